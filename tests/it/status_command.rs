//! `happyflow status`: where something stands, by any of its numbers; never by the number of a person.

use crate::held_payments::with_a_held_line;
use crate::messages::jw301;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::postgres::TestDatabase;
use crate::requests::berichten::{jw301_for, toegewezen};
use crate::xml::{Line, jw315, jw323};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::path::Path;

/// A number of a person that nobody here knows.
const STRANGER: &str = "999990019";

fn look(office: &Office, code: i32, arguments: &[&str]) -> (String, Value) {
    let place = ["--data", "data"];
    let text = office.expect(code, &[&["status"][..], arguments, &place].concat());
    let json = office.expect(code, &[&["status", "--json"][..], arguments, &place].concat());
    let all = format!("{}{}{}{}", text.stdout, text.stderr, json.stdout, json.stderr);
    for person in [BSN, "Proef", "Proefstraat", "2014-05-17"] {
        assert!(!all.contains(person), "{person} in {all}");
    }
    (text.stdout, json.lines().remove(0))
}

/// Kinds and numbers of what was found.
fn found(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    answer["found"].as_array().unwrap().iter().map(|one| (text(&one["kind"]), text(&one["id"]))).collect()
}

fn kinds(answer: &Value) -> Vec<String> {
    found(answer).into_iter().map(|(kind, _)| kind).collect()
}

/// One assignment, a claim with a line that is paid, one that waits and one that was rejected.
fn told() -> Office {
    let mut office = with_a_held_line();
    let wrong = Line {
        referentie: "FOUT1".into(),
        vorig: None,
        toewijzing: 800_000_001,
        product: ("45", "45A04"),
        periode: ("2025-05-01".into(), "2025-05-31".into()),
        volume: 1,
        eenheid: "04",
        tarief: TARIEF + 100,
    };
    let xml = jw323((AANBIEDER, GEMEENTE), "C9", "2026-01-05", ("2025-12-01", "2025-12-31"), BSN, &[wrong]);
    assert_eq!(office.send("2026-01-06", &xml)["verdict"], "partial");
    office.expect(0, &["pay", "--data", "data", "--date", "2026-01-09", "--out", "pay"]);
    office
}

#[test]
fn a_claim_is_found_by_its_number_and_answers_what_is_asked_on_the_phone() {
    let office = told();
    let (text, answer) = look(&office, 0, &["DC1"]);
    assert_eq!(found(&answer), [("declaratie".into(), "DC1".into())], "{answer}");
    let claim = &answer["found"][0];
    assert_eq!(claim["state"], "deels vastgehouden");
    assert_eq!((&claim["aanbieder"], &claim["gemeente"]), (&AANBIEDER.into(), &GEMEENTE.into()));
    let amounts = &claim["amounts"];
    let cents = ["claimed", "granted", "payable", "held", "refused", "paid"]
        .map(|name| amounts[format!("{name}_cents")].as_i64().unwrap());
    assert_eq!(cents, [88_000, 88_000, 0, 40_000, 0, 48_000]);
    assert_eq!(claim["holds"][0]["referentie"], "R2");
    assert_eq!(
        (&claim["payments"][0]["run"], &claim["payments"][0]["date"]),
        (&1.into(), &"2026-01-09".into())
    );
    assert_eq!(claim["answers"][0]["type"], "JW325");
    for part in [
        "Ontvangen op 06-01-2026",
        "toegekend € 880,00",
        "Betaald: € 480,00 in betaalrun 1, betaaldatum 09-01-2026",
        "Vastgehouden door het plafond: € 400,00 (1 regel)",
        "wacht op een besluit, uiterlijk 05-02-2026",
        "verzonden, nog niet opgehaald",
    ] {
        assert!(text.contains(part), "{part:?} not in {text}");
    }
    // Who fetches it takes it away.
    std::fs::remove_dir_all(office.folder().join("data/out").join(AANBIEDER)).unwrap();
    assert!(look(&office, 0, &["DC1"]).0.contains("verzonden en opgehaald"));
}

#[test]
fn a_rejected_line_says_why_and_what_to_do() {
    let office = told();
    let (text, answer) = look(&office, 0, &["FOUT1"]);
    let line = &answer["found"][0];
    assert_eq!((&line["kind"], &line["state"]), (&"prestatie".into(), &"afgekeurd".into()), "{answer}");
    let reason = &line["rejected"][0]["reasons"][0];
    assert_eq!(reason["retourcode"], "0611", "{line}");
    assert!(reason["advice"].as_str().unwrap().contains("tarief"), "{reason}");
    assert!(text.contains("0611: ") && text.contains("Wat te doen: "), "{text}");
    let (_, claim) = look(&office, 0, &["DC9"]);
    assert_eq!(claim["found"][0]["rejected"][0]["referentie"], "FOUT1");
    assert_eq!(claim["found"][0]["state"], "afgekeurd", "granted nothing: {claim}");
}

#[test]
fn every_number_of_a_story_leads_to_it() {
    let office = told();
    for (number, kind) in [
        ("R1", "prestatie"),
        ("R2", "prestatie"),
        ("REF1", "verzoek"),
        ("800000001", "toewijzing"),
        ("V1", "bericht"),
        ("C1", "bericht"),
        ("HF-20260109-RUN-1", "betaalrun"),
        ("run-1-12345678-0193", "betaalrun"),
    ] {
        let (_, answer) = look(&office, 0, &[number]);
        assert!(kinds(&answer).contains(&kind.to_owned()), "{number}: {answer}");
    }
    let (text, _) = look(&office, 0, &["REF1"]);
    assert!(text.contains("toewijzing 800000001 afgegeven"), "{text}");
    let (text, answer) = look(&office, 0, &["R1"]);
    assert!(text.contains("Betaald in betaalrun 1"), "{text}");
    assert_eq!(answer["found"][0]["amounts"]["paid_cents"], 48_000);
    let (_, answer) = look(&office, 0, &["R2"]);
    assert_eq!(answer["found"][0]["amounts"]["held_cents"], 40_000);
    let (text, _) = look(&office, 0, &["run-1-12345678-0193"]);
    assert!(text.contains("€ 480,00") && text.contains("kenmerk RUN-1-12345678-0193"), "{text}");
    // What was sent has a number of ours, and one that its receiver knows it by.
    let (_, claim) = look(&office, 0, &["DC1"]);
    let sent = &claim["found"][0]["answers"][0];
    let (_, answer) = look(&office, 0, &[sent["identificatie"].as_str().unwrap(), "--soort", "verzonden"]);
    assert_eq!(found(&answer)[0].1, sent["send"].to_string());
}

#[test]
fn a_number_of_several_things_tells_all_and_a_choice_tells_one() {
    let office = told();
    let (text, answer) = look(&office, 0, &["1"]);
    assert_eq!(kinds(&answer), ["bericht", "verzonden", "werkitem", "betaalrun"], "{answer}");
    assert!(text.starts_with("4 dingen hebben dit nummer") && text.contains("== werkitem"), "{text}");
    let (text, answer) = look(&office, 0, &["1", "--soort", "werkitem"]);
    assert_eq!(kinds(&answer), ["werkitem"]);
    assert!(!text.contains("=="), "{text}");
    let (_, answer) = look(&office, 0, &["1", "--van", GEMEENTE, "--soort", "bericht"]);
    assert_eq!(kinds(&answer), ["bericht"]);
    let (text, _) = look(&office, 1, &["R1", "--van", "87654321"]);
    assert!(text.contains("niets bekend met nummer R1 van 87654321"), "{text}");
    for typed in ["000001", " 1 ", "0 0 1"] {
        assert_eq!(kinds(&look(&office, 0, &[typed, "--soort", "werkitem"]).1), ["werkitem"], "{typed:?}");
    }
    for typed in ["800 000 001", "0800000001"] {
        assert!(kinds(&look(&office, 0, &[typed]).1).contains(&"toewijzing".to_owned()), "{typed:?}");
    }
    let wrong = office.expect(2, &["status", "1", "--soort", "kind", "--data", "data"]);
    assert!(wrong.stderr.contains("kies uit declaratie"), "{}", wrong.stderr);
}

#[test]
fn the_number_of_a_person_tells_nothing_whether_it_is_known_or_not() {
    let office = told();
    let ask = |number: &str, more: &[&str]| {
        let run = office.run(&[&["status", number, "--data", "data"][..], more].concat());
        (run.code, run.stdout, run.stderr)
    };
    for more in [&[][..], &["--json"], &["--van", AANBIEDER], &["--soort", "toewijzing", "--json"]] {
        let known = ask(BSN, more);
        assert_eq!(known, ask(STRANGER, more), "{more:?}");
        assert_eq!(known.0, Some(2));
        let said = format!("{}{}", known.1, known.2);
        assert!(said.contains("op een BSN wordt niet gezocht") && !said.contains("9999"), "{said}");
    }
    for typed in ["9999 00 006", "9999.00.006", " 999900006"] {
        let (code, stdout, stderr) = ask(typed, &[]);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{typed}");
        assert!(stderr.contains("op een BSN wordt niet gezocht") && !stderr.contains("0006"), "{stderr}");
    }
    // An assignment may have such a number.
    let mut office = Office::open(&contracts(None));
    assert_eq!(office.send("2026-03-04", &jw301("T1", 999_990_019))["verdict"], "accepted");
    let (_, answer) = look(&office, 0, &["999990019"]);
    assert_eq!(found(&answer), [("toewijzing".into(), "999990019".into())]);
}

#[test]
fn what_is_no_number_is_refused_and_what_is_unknown_is_told() {
    let office = told();
    for hostile in ["", "   ", &"9".repeat(65), "a\u{7}b", "C1\n"] {
        let run = office.run(&["status", hostile, "--data", "data"]);
        if hostile == "C1\n" {
            assert_eq!(run.code, Some(0), "space around it: {}", run.stderr);
            continue;
        }
        assert_eq!(run.code, Some(2), "{hostile:?} {}", run.stdout);
        assert!(!run.stderr.contains("99999"), "{}", run.stderr);
    }
    for unknown in
        ["' OR 1=1 --", "%", "_", "999999999999999999999999", "-1", "<script>", "C1'", "--", "\u{202e}1"]
    {
        let run = office.run(&["status", "--data", "data", "--", unknown]);
        assert_eq!(run.code, Some(1), "{unknown:?} {} {}", run.stdout, run.stderr);
        assert!(run.stdout.contains("Er is niets bekend"), "{}", run.stdout);
    }
    let (text, answer) = look(&office, 1, &[AANBIEDER]);
    assert!(text.contains("report brief --aanbieder"), "{text}");
    assert_eq!(answer["found"].as_array().unwrap().len(), 0);
    let none = office.expect(2, &["status", "1", "--data", "nergens"]);
    assert!(none.stderr.contains("bestaat niet"), "{}", none.stderr);
}

#[test]
fn what_was_rejected_as_a_whole_is_found_by_who_sent_it() {
    let mut office = told();
    // The period lies before the one that was claimed last.
    let line = Line { referentie: "OUD1".into(), ..old_line() };
    let xml = jw323((AANBIEDER, GEMEENTE), "C8", "2026-01-07", ("2025-11-01", "2025-11-30"), BSN, &[line]);
    assert_eq!(office.send("2026-01-08", &xml)["verdict"], "rejected");
    let (text, _) = look(&office, 1, &["OUD1"]);
    assert!(text.contains("geef met --van"), "{text}");
    let (text, answer) = look(&office, 0, &["OUD1", "--van", AANBIEDER]);
    assert_eq!(kinds(&answer), ["bericht"]);
    assert!(text.contains("8214") && text.contains("geldt als niet verzonden"), "{text}");
    // Nor does this road lead to a person.
    assert_eq!(office.run(&["status", BSN, "--van", AANBIEDER, "--data", "data"]).code, Some(2));
}

fn old_line() -> Line {
    Line {
        referentie: String::new(),
        vorig: None,
        toewijzing: 800_000_001,
        product: ("45", "45A04"),
        periode: ("2025-06-01".into(), "2025-06-30".into()),
        volume: 1,
        eenheid: "04",
        tarief: TARIEF,
    }
}

async fn execute(folder: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(folder.join("data/happyflow.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn wait(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

#[test]
fn a_damaged_message_still_tells_what_is_known_of_it() {
    let office = told();
    wait(execute(
        office.folder(),
        "UPDATE archief SET inhoud = x'00' WHERE id IN (SELECT archief FROM inkomend)",
    ));
    let (text, answer) = look(&office, 0, &["DC9"]);
    assert!(text.contains("0611"), "{text}");
    assert_eq!(answer["found"][0]["amounts"]["granted_cents"], 0);
}

#[test]
fn a_store_of_an_older_version_is_left_as_it_is() {
    let office = told();
    let last = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    wait(execute(office.folder(), last));
    let before = std::fs::read(office.folder().join("data/happyflow.db")).unwrap();
    let run = office.expect(2, &["status", "C1", "--data", "data"]);
    assert!(run.stderr.contains("happyflow migrate"), "{}", run.stderr);
    assert!(before == std::fs::read(office.folder().join("data/happyflow.db")).unwrap());
}

#[test]
fn both_engines_tell_the_same() {
    let database = TestDatabase::new();
    let story = |place: &[&str]| {
        let office = Office::open(&contracts(Some("NL13TEST0123456789")));
        std::fs::write(
            office.folder().join("c.toml"),
            format!(
                "data = 'data'\n[betaling]\nopdrachtgever = 'Voorbeeld BVO'\n[betaling.rekening]\n\
                 naam = 'Voorbeeld BVO'\niban = 'NL13TEST0123456789'\n[database]\nurl = '{}'\n",
                database.url()
            ),
        )
        .unwrap();
        let relatie = (AANBIEDER, GEMEENTE);
        let write = |name: &str, text: &str| std::fs::write(office.folder().join(name), text).unwrap();
        write("1.xml", &jw315(relatie, "V1", "2025-01-06", BSN, &[("REF1", "2025-01-01", "2025-12-31", 8)]));
        let lines = [
            Line { referentie: "R1".into(), ..old_line() },
            Line {
                tarief: 1,
                referentie: "R2".into(),
                periode: ("2025-05-01".into(), "2025-05-31".into()),
                ..old_line()
            },
        ];
        write("2.xml", &jw323(relatie, "C1", "2025-07-02", ("2025-06-01", "2025-06-30"), BSN, &lines));
        write("3.xml", "<onleesbaar");
        let today = ["--today", "2025-07-03"];
        for (file, day, code) in
            [("1.xml", "2025-01-06", 0), ("2.xml", "2025-07-03", 0), ("3.xml", "2025-07-03", 1)]
        {
            let command = ["process", "--contracts", "contracts.json", "--today", day, file];
            office.expect(code, &[&command[..], place].concat());
        }
        office.expect(0, &[&["pay", "--date", "2025-07-10", "--out", "pay"][..], &today, place].concat());
        let numbers =
            ["DC1", "C1", "R1", "R2", "REF1", "V1", "800000001", "1", "2", "3", "RUN-1-12345678-0193"];
        let mut told = Vec::new();
        for number in numbers {
            let run = office.expect(0, &[&["status", number, "--json"][..], place].concat());
            told.push(run.lines().remove(0));
        }
        told
    };
    let (one, other) = (story(&["--data", "data"]), story(&["--config", "c.toml"]));
    for (one, other) in one.iter().zip(&other) {
        // In folders can be seen whether something was fetched; here neither is looked at by itself.
        assert_eq!(kinds(one), kinds(other), "{one}\n{other}");
        for (one, other) in one["found"].as_array().unwrap().iter().zip(other["found"].as_array().unwrap()) {
            for key in
                ["id", "state", "amounts", "rejected", "holds", "payments", "arrival", "message", "work"]
            {
                assert_eq!(one[key], other[key], "{key}\n{one}\n{other}");
            }
        }
    }
}

#[test]
fn a_number_that_very_many_aanbieders_use_is_found_of_each_of_them() {
    const MANY: u32 = 55;
    let aanbieders: Vec<String> = (1..=MANY).map(|number| format!("991000{number:02}")).collect();
    let rows = aanbieders.iter().map(|aanbieder| {
        json!({"gemeente": GEMEENTE, "aanbieder": aanbieder, "productcategorie": "45", "productcode": "45A04",
            "eenheid": "04", "tarief": TARIEF, "geldig_van": "2024-01-01", "geldig_tot": null,
            "iban": "NL13TEST0123456789"})
    });
    let office = Office::open(&json!({"contracten": rows.collect::<Vec<_>>()}));
    let folder = office.folder().join("alles");
    std::fs::create_dir(&folder).unwrap();
    let days = ("2025-03-01", "2025-03-31");
    for (number, aanbieder) in (1..).zip(&aanbieders) {
        let assigned = jw301_for(BSN, aanbieder, &format!("A{number}"), &[toegewezen(number)]);
        std::fs::write(folder.join(format!("a{number:02}.xml")), assigned).unwrap();
        let line = Line {
            referentie: "R1".into(),
            vorig: None,
            toewijzing: number,
            product: ("45", "45A04"),
            periode: (days.0.into(), days.1.into()),
            volume: 1,
            eenheid: "04",
            tarief: TARIEF,
        };
        let claim = jw323((aanbieder, GEMEENTE), "C1", "2025-04-02", days, BSN, &[line]);
        std::fs::write(folder.join(format!("c{number:02}.xml")), claim).unwrap();
    }
    let all =
        ["process", "alles", "--data", "data", "--contracts", "contracts.json", "--today", "2025-04-03"];
    office.expect(0, &all);
    let last = aanbieders.last().unwrap();
    for number in ["R1", "DC1"] {
        let (_, answer) = look(&office, 0, &[number, "--van", last]);
        assert_eq!(answer["found"].as_array().unwrap().len(), 1, "{answer}");
        assert_eq!(answer["found"][0]["aanbieder"], last.as_str(), "{answer}");
        let (text, answer) = look(&office, 0, &[number]);
        assert_eq!(answer["found"].as_array().unwrap().len(), 50);
        assert!(text.contains("minstens 50"), "{text}");
    }
}
