//! The auditor's replay: what was tampered with is named, what would now be otherwise is listed.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::postgres::TestDatabase;
use crate::xml::{Line, jw315, jw323};
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::office::Settings;
use happyflow::office::core::Core;
use happyflow::replay::Replay;
use happyflow::store::Store;
use happyflow::store::sqlite::SqliteStore;
use serde_json::Value;
use std::path::Path;

const RELATIE: (&str, &str) = (AANBIEDER, GEMEENTE);

fn month(maand: &str) -> (String, String) {
    let last = if maand == "02" { 28 } else { 31 };
    (format!("2025-{maand}-01"), format!("2025-{maand}-{last}"))
}

fn line(referentie: &str, toewijzing: u32, maand: &str, hours: i64) -> Line {
    Line {
        referentie: referentie.into(),
        vorig: None,
        toewijzing,
        product: ("45", "45A04"),
        periode: month(maand),
        volume: hours,
        eenheid: "04",
        tarief: TARIEF,
    }
}

/// A request that is honoured, and three claims of three months.
pub fn region() -> Office {
    let mut office = Office::open(&contracts(None));
    let asked = jw315(RELATIE, "V1", "2025-01-06", BSN, &[("REF1", "2025-01-01", "2025-12-31", 8)]);
    assert_eq!(office.send("2025-01-07", &asked)["answers"][1]["type"], "JW301");
    for (name, maand, hours) in [("C1", "01", 3), ("C2", "02", 4), ("C3", "03", 5)] {
        let line = line(&format!("R{name}"), 800_000_001, maand, hours);
        let periode = month(maand);
        let xml = jw323(RELATIE, name, "2025-04-02", (&periode.0, &periode.1), BSN, &[line]);
        let done = office.send("2025-04-03", &xml);
        assert_eq!(done["amounts"]["granted_cents"], hours * TARIEF, "{done}");
    }
    office
}

/// Changes the store behind the program's back.
pub fn tamper(office: &Office, sql: &'static str, bind: Option<Vec<u8>>) {
    let path = office.folder().join("data/happyflow.db");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        let mut query = sqlx::query(sql);
        if let Some(bytes) = bind {
            query = query.bind(bytes);
        }
        let done = query.execute(&pool).await.unwrap();
        assert!(done.rows_affected() > 0 || sql.starts_with("DROP"), "{sql}");
        pool.close().await;
    });
}

/// The differences that replay tells, without the last line.
pub fn differences(office: &Office, code: i32, more: &[&str]) -> Vec<Value> {
    let mut lines = office.expect(code, &[&["replay", "--data", "data", "--json"], more].concat()).lines();
    assert!(lines.pop().unwrap()["summary"]["entries"].as_i64().unwrap() > 0);
    lines
}

fn received(office: &Office, arrival: i64) -> String {
    let path = office.folder().join(format!("{arrival:03}.xml"));
    std::fs::read_to_string(path).unwrap()
}

/// Puts other bytes of the same length in the archive for the message under this arrival number.
fn alter(office: &Office, bytes: &str) {
    let packed = happyflow::store::pack(bytes.as_bytes());
    let sql = "UPDATE archief SET inhoud = ? WHERE id = (SELECT archief FROM inkomend WHERE aankomst = 3)";
    tamper(office, sql, Some(packed));
}

#[test]
fn an_untouched_journal_has_no_differences() {
    let office = region();
    assert_eq!(differences(&office, 0, &[]), Vec::<Value>::new());
    let people = office.expect(0, &["replay", "--data", "data"]).stdout;
    assert!(people.contains("0 verschillen"), "{people}");
    let state = office.expect(0, &["replay", "--data", "data", "--verify-state"]).stdout;
    assert!(state.contains("gelijk aan"), "{state}");
}

#[test]
fn an_altered_message_is_named() {
    let office = region();
    let xml = received(&office, 3);
    let altered = xml.replace("Volume>4<", "Volume>9<");
    assert_ne!(xml, altered);
    alter(&office, &altered);
    let found = differences(&office, 1, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["kind"], "message");
    assert_eq!(found[0]["arrival"], 3);
    assert_eq!(found[0]["identificatie"], "C2");
    assert_eq!(found[0]["old"]["granted_cents"], 4 * TARIEF);
    assert!(!found[0].to_string().contains(BSN));
}

#[test]
fn a_damaged_archive_names_the_entry_and_goes_on() {
    let office = region();
    tamper(
        &office,
        "UPDATE archief SET inhoud = x'00ff' WHERE id = (SELECT archief FROM inkomend WHERE aankomst = 3)",
        None,
    );
    let found = differences(&office, 1, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["kind"], &found[0]["identificatie"]), (&"message".into(), &"C2".into()));
}

#[test]
fn a_forged_decision_is_named_with_its_first_deviating_fact() {
    let office = region();
    let json = office_outcome(&office, 4).replace("\"granted_cents\":40000", "\"granted_cents\":90000");
    let sql = "UPDATE uitkomst SET json = ?, toegekend = 90000 WHERE aankomst = 4";
    tamper(&office, sql, Some(json.into_bytes()));
    let found = differences(&office, 1, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["kind"], &found[0]["identificatie"]), (&"decision".into(), &"C3".into()));
    assert_eq!(found[0]["old"]["granted_cents"], 90_000);
    assert_eq!(found[0]["new"]["granted_cents"], 40_000);
    assert!(found[0]["fact"].as_str().unwrap().contains("toegekend was"));
}

/// What an earlier version of the program decided by other rules is no fault: it stands apart, with the rule.
#[test]
fn what_newer_rules_judge_otherwise_stands_apart_with_the_rule() {
    let mut office = region();
    let dear = Line { tarief: TARIEF + 1, ..line("RC4", 800_000_001, "03", 1) };
    let (begin, end) = month("03");
    let done = office.send("2025-04-03", &jw323(RELATIE, "C4", "2025-04-02", (&begin, &end), BSN, &[dear]));
    let rule = done["findings"][0]["rule"].as_str().expect("a rate that is not agreed is found").to_owned();
    let then = office_outcome(&office, 5).replace(&format!("\"rule\":\"{rule}\""), "\"rule\":\"TR900\"");
    tamper(&office, "UPDATE uitkomst SET json = ? WHERE aankomst = 5", Some(then.into_bytes()));
    let found = differences(&office, 1, &[]);
    assert_eq!((found.len(), &found[0]["kind"]), (1, &"decision".into()), "{found:?}");
    tamper(&office, "UPDATE journaal SET regelset = 'iJw 3.2, happyflow 0.0.1' WHERE aankomst = 5", None);
    let found = differences(&office, 0, &[]);
    assert_eq!(
        (found.len(), &found[0]["kind"], &found[0]["rule"]),
        (1, &"newer-rules".into(), &"TR900".into()),
        "{found:?}"
    );
    let people = office.expect(0, &["replay", "--data", "data"]).stdout;
    assert!(people.contains("Anders onder nieuwere regels"), "{people}");
    assert!(
        people.contains("regels van toen: iJw 3.2, happyflow 0.0.1; veranderde regel: TR900"),
        "{people}"
    );
}

fn office_outcome(office: &Office, arrival: i64) -> String {
    let path = office.folder().join("data/happyflow.db");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        let query = sqlx::query_scalar("SELECT json FROM uitkomst WHERE aankomst = ?").bind(arrival);
        let json: Vec<u8> = query.fetch_one(&pool).await.unwrap();
        pool.close().await;
        String::from_utf8(json).unwrap()
    })
}

#[test]
fn a_total_that_only_reports_read_is_compared_too() {
    let office = region();
    tamper(&office, "UPDATE uitkomst SET toegekend = 90000 WHERE aankomst = 4", None);
    let found = differences(&office, 1, &[]);
    assert_eq!((found.len(), &found[0]["kind"]), (1, &"decision".into()), "{found:?}");
}

#[test]
fn a_forged_booking_and_a_forged_line_are_named() {
    let office = region();
    tamper(&office, "DROP TRIGGER boeking_onveranderlijk", None);
    tamper(&office, "UPDATE boeking SET bedrag = 99 WHERE declaratie_nummer = 'DC2'", None);
    let found = differences(&office, 1, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["kind"], &found[0]["identificatie"]), (&"ledger".into(), &"C2".into()));
    let office = region();
    tamper(&office, "UPDATE prestatie SET bedrag = 99 WHERE referentie = 'RC3'", None);
    let line = &office.expect(1, &["replay", "--data", "data", "--verify-state", "--json"]).lines()[0];
    assert_eq!(
        (&line["equal"], &line["table"], &line["rows"]),
        (&false.into(), &"prestatie".into(), &1.into())
    );
}

#[test]
fn changed_contract_content_is_named_with_the_version() {
    let office = region();
    let text = std::fs::read_to_string(office.folder().join("contracts.json")).unwrap();
    let packed = happyflow::store::pack(text.replace("8000", "7000").as_bytes());
    let sql = "UPDATE archief SET inhoud = ? WHERE id = (SELECT archief FROM registerbron WHERE versie = 1 AND volgnummer = 1)";
    tamper(&office, sql, Some(packed));
    let found = differences(&office, 1, &[]);
    assert_eq!(found[0]["kind"], "register");
    assert_eq!(found[0]["register_version"], 1);
    let register = found[0]["journal"].clone();
    // What was decided with it differs as well, and says that it may follow from it.
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[1..].iter().all(|found| found["follows"] == register), "{found:?}");
}

#[test]
fn a_contract_that_changed_since_lists_what_would_now_differ_and_is_no_fault() {
    let office = region();
    let mut newer = contracts(None);
    newer["contracten"][0]["tarief"] = 7500.into();
    std::fs::write(office.folder().join("contracts.json"), newer.to_string()).unwrap();
    office.expect(0, &["contract", "import", "contracts.json", "--data", "data"]);
    assert_eq!(differences(&office, 0, &[]), Vec::<Value>::new());
    let found = differences(&office, 0, &["--register", "newest"]);
    let names: Vec<&str> = found.iter().map(|found| found["identificatie"].as_str().unwrap()).collect();
    assert_eq!(names, ["C1", "C2", "C3"], "{found:?}");
    for (found, hours) in found.iter().zip([3, 4, 5]) {
        assert_eq!(found["kind"], "newest-register");
        assert_eq!(found["old"]["granted_cents"], hours * TARIEF);
        assert_eq!(found["new"]["granted_cents"], 0);
        assert_eq!(found["rule"], "TR418");
    }
}

#[test]
fn later_answers_follow_what_newer_contracts_grant_earlier() {
    let mut first = contracts(None);
    first["contracten"][0]["tarief"] = 7500.into();
    let mut office = Office::open(&first);
    let asked = jw315(RELATIE, "V1", "2025-01-06", BSN, &[("REF1", "2025-01-01", "2025-12-31", 8)]);
    office.send("2025-01-07", &asked);
    // Claimed at a rate that was not known yet, and again at the old one: the second is granted.
    let claim = |name: &str, tarief: i64| {
        let line = Line { tarief, ..line(&format!("R{name}"), 800_000_001, "01", 3) };
        jw323(RELATIE, name, "2025-02-02", ("2025-01-01", "2025-01-31"), BSN, &[line])
    };
    assert_eq!(office.send("2025-02-03", &claim("C1", TARIEF))["amounts"]["granted_cents"], 0);
    assert_eq!(office.send("2025-02-04", &claim("C2", 7500))["amounts"]["granted_cents"], 3 * 7500);
    std::fs::write(office.folder().join("contracts.json"), contracts(None).to_string()).unwrap();
    office.expect(0, &["contract", "import", "contracts.json", "--data", "data"]);
    assert_eq!(differences(&office, 0, &[]), Vec::<Value>::new());
    let found = differences(&office, 0, &["--register", "newest"]);
    let told: Vec<_> = found
        .iter()
        .map(|one| {
            (
                one["identificatie"].as_str().unwrap(),
                one["new"]["granted_cents"].as_i64(),
                one["follows"].as_i64(),
            )
        })
        .collect();
    // The first is granted now, so the second is claimed twice (TR389).
    assert_eq!(
        told,
        [("C1", Some(3 * TARIEF), None), ("C2", Some(0), Some(found[0]["journal"].as_i64().unwrap()))]
    );
    assert!(found[1]["new"]["codes"].as_array().unwrap().contains(&"9389".into()), "{}", found[1]);
}

#[test]
fn a_filter_tells_less_and_decides_the_same() {
    let office = region();
    let json = office_outcome(&office, 4).replace("\"granted_cents\":40000", "\"granted_cents\":90000");
    tamper(&office, "UPDATE uitkomst SET json = ? WHERE aankomst = 4", Some(json.into_bytes()));
    for (filter, code, count) in [
        (["--from", "2025-04-03"], 1, 1),
        (["--from", "2025-04-04"], 0, 0),
        (["--to", "2025-04-02"], 0, 0),
        (["--gemeente", "0193"], 1, 1),
        (["--gemeente", "0177"], 0, 0),
        (["--aanbieder", "12345678"], 1, 1),
        (["--aanbieder", "87654321"], 0, 0),
    ] {
        assert_eq!(differences(&office, code, &filter).len(), count, "{filter:?}");
    }
    office.expect(2, &["replay", "--data", "data", "--gemeente", "19"]);
    office.expect(2, &["replay", "--data", "nergens"]);
    assert!(!Path::new("nergens").exists());
}

/// The auditor's story: a contract, a message and a decision were changed after the fact. `change` changes the
/// store behind the program's back.
fn auditors_story(office: &Office, place: &[&str], change: &dyn Fn(&'static str, Vec<u8>)) {
    let run = |code: i32, arguments: &[&str]| office.expect(code, &[arguments, place].concat());
    let mut newer = contracts(None);
    newer["contracten"][0]["tarief"] = 7500.into();
    std::fs::write(office.folder().join("contracts.json"), newer.to_string()).unwrap();
    let json = office_outcome(office, 4).replace("\"granted_cents\":40000", "\"granted_cents\":90000");
    run(0, &["contract", "import", "contracts.json"]);
    run(0, &["replay", "--verify-chain"]);

    let packed = happyflow::store::pack(newer.to_string().replace("7500", "7600").as_bytes());
    change(
        "UPDATE archief SET inhoud = $1 WHERE id = (SELECT archief FROM registerbron WHERE versie = 2 AND volgnummer = 1)",
        packed,
    );
    let altered = received(office, 3).replace("Volume>4<", "Volume>9<");
    change(
        "UPDATE archief SET inhoud = $1 WHERE id = (SELECT archief FROM inkomend WHERE aankomst = 3)",
        happyflow::store::pack(altered.as_bytes()),
    );
    change("UPDATE uitkomst SET json = $1 WHERE aankomst = 4", json.into_bytes());

    let mut found = run(1, &["replay", "--json"]).lines();
    assert_eq!(found.pop().unwrap()["summary"]["faults"], 3);
    let named = |found: &Value| {
        let text = |key: &str| found[key].as_str().map(str::to_owned);
        (found["journal"].as_i64().unwrap(), text("kind").unwrap(), text("identificatie"))
    };
    let expected = [
        (4, "message".to_owned(), Some("C2".to_owned())),
        (5, "decision".to_owned(), Some("C3".to_owned())),
        (6, "register".to_owned(), None),
    ];
    assert_eq!(found.iter().map(named).collect::<Vec<_>>(), expected, "{found:?}");
    assert_eq!(found[2]["register_version"], 2);

    let faults = run(1, &["replay", "--verify-chain", "--json"]).lines()[0]["faults"].clone();
    let named: Vec<_> =
        faults.as_array().unwrap().iter().map(|fault| (&fault["journal"], &fault["part"])).collect();
    let expected: [(Value, Value); 3] =
        [(4.into(), "bericht".into()), (5.into(), "uitkomst".into()), (6.into(), "contract 1".into())];
    assert_eq!(named, expected.iter().map(|(one, other)| (one, other)).collect::<Vec<_>>(), "{faults}");
}

#[test]
fn a_changed_contract_an_altered_message_and_a_forged_decision_are_each_named() {
    let office = region();
    auditors_story(&office, &["--data", "data"], &|sql, bytes| tamper(&office, sql, Some(bytes)));
}

#[test]
fn the_same_is_named_on_a_database_server() {
    let (office, database) = (region(), TestDatabase::new());
    let settings = format!("data = 'data'\n[database]\nurl = '{}'\n", database.url());
    std::fs::write(office.folder().join("config.toml"), settings).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let from = SqliteStore::open(&office.folder().join("data")).await.unwrap();
        let into = database.open().await;
        let settings = Settings::new(&Config::default(), Clock::System);
        let replay = Replay { core: Core::STANDARD, settings };
        assert_eq!(replay.rebuild(&from, &into).await.unwrap(), 5);
        into.close().await;
    });
    auditors_story(&office, &["--config", "config.toml"], &|sql, bytes| {
        runtime.block_on(async {
            let done = sqlx::query(sql).bind(bytes).execute(&mut database.connect().await).await.unwrap();
            assert_eq!(done.rows_affected(), 1, "{sql}");
        });
    });
}
