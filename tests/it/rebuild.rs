//! State is the replay of the journal: deciding everything again gives the same store.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::old_releases::berichten::jw301;
use crate::xml::{Line, jw302_clean, jw315, jw323};
use chrono::NaiveDate;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::office::Settings;
use happyflow::office::core::Core;
use happyflow::replay::{
    Audit, Difference, Differences, Filter, Replay, ReplayError, Totals, differences, settings,
};
use happyflow::store::Store;
use happyflow::store::sqlite::SqliteStore;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::path::Path;

const WHO: [&str; 6] = ["--by", "A. Proef", "--why", "besproken", "--data", "data"];

/// Decides the journal of a data folder again, and changes what came of it; how many entries there were, and where both
/// states differ.
fn rebuilt(data: &Path, then: &'static str) -> Result<(u64, Differences), ReplayError> {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let from = SqliteStore::open(data).await?;
        let into = SqliteStore::open(folder.path()).await?;
        let clock = Clock::Fixed(NaiveDate::from_ymd_opt(2031, 1, 1).unwrap());
        let settings = Settings::new(&Config::default(), clock);
        let count = Replay { core: Core::STANDARD, settings }.rebuild(&from, &into).await?;
        let options = SqliteConnectOptions::new().filename(folder.path().join("happyflow.db"));
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(then).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let found = differences(&from, &into, 50).await?;
        from.close().await;
        into.close().await;
        Ok((count, found))
    })
}

/// Decides the journal of a data folder again in memory; the differences.
pub fn audited(data: &Path, filter: Filter, newest: bool) -> (Totals, Vec<Difference>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(data).await.unwrap();
        let settings = settings(&Config::default());
        let audit = Audit { core: Core::STANDARD, settings, filter, newest };
        let mut differences = Vec::new();
        let tell = &mut |difference| differences.push(difference);
        let (totals, known) = audit.run_with(&store, tell, &mut |_| {}).await.unwrap();
        // However many clients there are, their messages stay in the archive.
        assert!(known.clienten.values().all(|client| client.jw301.is_none()));
        store.close().await;
        (totals, differences)
    })
}

pub fn assert_same(data: &Path) -> u64 {
    let (totals, differences) = audited(data, Filter::default(), false);
    assert_eq!(differences, []);
    assert!(totals.compared > 0);
    let (count, found) = rebuilt(data, "").unwrap();
    assert_eq!(found, Differences::default());
    assert_eq!(totals.entries, count);
    count
}

fn line(referentie: &str, vorig: Option<&str>, toewijzing: u32, hours: i64) -> Line {
    Line {
        referentie: referentie.into(),
        vorig: vorig.map(Into::into),
        toewijzing,
        product: ("45", "45A04"),
        periode: ("2025-01-01".into(), "2025-01-31".into()),
        volume: hours,
        eenheid: "04",
        tarief: TARIEF,
    }
}

#[test]
fn everything_that_changes_state_is_decided_again_from_the_journal() {
    let relatie = (AANBIEDER, GEMEENTE);
    let mut office = Office::open(&contracts(Some("NL13TEST0123456789")));
    let send = |office: &mut Office, xml: &str| office.send("2025-02-03", xml);
    let request = |name: &str, reference: &str, hours: i64| {
        jw315(relatie, name, "2025-01-06", BSN, &[(reference, "2025-01-01", "2025-12-31", hours)])
    };
    let asked = office.send("2025-01-07", &request("V1", "REF1", 12));
    let id = asked["work"][0].as_i64().unwrap().to_string();
    let reject = ["work", "reject", &id, "--reason", "7", "--today", "2025-01-08"];
    office.expect(0, &[&reject[..], &WHO].concat());
    office.send("2025-01-09", &request("V2", "REF2", 13));
    office.expect(0, &["work", "due", "--today", "2025-01-20", "--data", "data"]);
    let open = office.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
    let open: Vec<_> = open.into_iter().filter(|item| item["reason"] == "verzoek-beoordelen").collect();
    let id = open[0]["work"].as_i64().unwrap().to_string();
    let approve = ["work", "approve", &id, "--json", "--today", "2025-01-21"];
    let honoured = &office.expect(0, &[&approve[..], &WHO].concat()).lines()[0];
    assert_eq!(honoured["answers"][0]["type"], "JW301", "{honoured}");
    let jw301 = std::fs::read_to_string(office.path(&honoured["answers"][0]["path"])).unwrap();
    let identificatie = jw301.split("Identificatie>").nth(2).unwrap().split('<').next().unwrap();
    send(&mut office, &jw302_clean((GEMEENTE, AANBIEDER), identificatie, "2025-01-08"));

    let claim = |name: &str, lines: &[Line]| {
        jw323(relatie, name, "2025-02-02", ("2025-01-01", "2025-01-31"), BSN, lines)
    };
    send(&mut office, &claim("C1", &[line("R1", None, 800_000_001, 6), line("R2", None, 7, 1)]));
    send(
        &mut office,
        &claim("C2", &[line("R3", Some("R1"), 800_000_001, 6), line("R4", None, 800_000_001, 5)]),
    );

    let first = send(&mut office, "<kapot>");
    assert_eq!(first["verdict"], "parked");
    send(&mut office, "<ook kapot/>");
    let parked = office.expect(0, &["parked", "list", "--json", "--data", "data"]).lines();
    let number =
        |at: usize| parked[at]["arrival"].as_i64().unwrap_or_else(|| panic!("{parked:?}")).to_string();
    office.expect(1, &[&["parked", "retry", &number(0)][..], &WHO].concat());
    office.expect(0, &[&["parked", "discard", &number(1)][..], &WHO].concat());

    office.expect(0, &["pay", "--data", "data", "--date", "2025-03-20", "--out", "pay"]);
    let mut more = contracts(None);
    more["contracten"][0]["tarief"] = 9000.into();
    std::fs::write(office.folder().join("contracts.json"), more.to_string()).unwrap();
    send(&mut office, &claim("C3", &[line("R5", None, 800_000_001, 2)]));

    assert!(assert_same(&office.folder().join("data")) > 12);
}

#[test]
fn what_a_request_copies_of_a_client_is_found_again_wherever_it_lies() {
    let mut prices = contracts(None);
    prices.as_object_mut().unwrap().remove("clienten");
    let assigned = jw301("3.2", "A1", "2025-01-02", ("2025-01-01", "2025-03-31"));
    let assigned = assigned.replace("2010-05-17", "2014-05-17");
    let asks = |office: &mut Office, hours: i64| {
        let rows = [("REF1", "2025-04-01", "2025-12-31", hours)];
        office.send("2025-01-07", &jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows))
    };
    let mut received = Office::open(&prices);
    received.send("2025-01-03", &assigned);
    assert_eq!(asks(&mut received, 8)["answers"][1]["type"], "JW301");

    // In the journal, from a previous system; and a person decides.
    let mut taken_over = Office::open(&prices);
    let silent = ["import", "--silent", "--today", "2025-01-03", "--data", "data", "oud.xml"];
    taken_over.expect(0, &["contract", "import", "contracts.json", "--data", "data"]);
    std::fs::write(taken_over.folder().join("oud.xml"), assigned).unwrap();
    taken_over.expect(0, &silent);
    let id = asks(&mut taken_over, 12)["work"][0].as_i64().unwrap().to_string();
    let approve = ["work", "approve", &id, "--json", "--today", "2025-01-08"];
    let honoured = &taken_over.expect(0, &[&approve[..], &WHO].concat()).lines()[0];
    assert_eq!(honoured["answers"][0]["type"], "JW301", "{honoured}");

    for office in [received, taken_over] {
        let data = office.folder().join("data");
        assert!(assert_same(&data) > 2);
        assert_eq!(audited(&data, Filter::default(), true).1, []);
    }
}

#[test]
fn an_answer_that_was_rejected_is_given_once_more_from_the_request_itself() {
    let mut office = Office::open(&contracts(None));
    let rows = [("REF1", "2025-01-01", "2025-12-31", 12)];
    let asked = office.send("2025-01-07", &jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows));
    let refuse = |id: &serde_json::Value| {
        let id = id.to_string();
        let arguments = ["work", "reject", &id, "--reason", "7", "--json", "--today", "2025-01-08"];
        office.expect(0, &[&arguments[..], &WHO].concat()).lines()[0].clone()
    };
    let refused = refuse(&asked["work"][0]);
    let heen = std::fs::read(office.path(&refused["answers"][0]["path"])).unwrap();
    let rejected = crate::requests::world::retour_on(&heen, Some("TR056"));
    let line = office.send("2025-01-09", &rejected);
    let [_, id] = line["work"].as_array().unwrap().as_slice() else { panic!("{line}") };
    // The term of five working days is of the item, whose message is the JW320.
    let passed = ["work", "due", "--json", "--data", "data", "--today", "2025-01-16"];
    let passed = &office.expect(0, &passed).lines()[0];
    assert_eq!((&passed["work"], &passed["answers"][0]["type"]), (id, &"JW319".into()), "{passed}");
    let id = passed["follow_up"][0].to_string();
    let approve = ["work", "approve", &id, "--json", "--today", "2025-01-20"];
    let honoured = &office.expect(0, &[&approve[..], &WHO].concat()).lines()[0];
    assert_eq!(honoured["answers"][0]["type"], "JW301", "{honoured}");
    assert!(assert_same(&office.folder().join("data")) > 5);
}

#[test]
fn months_of_traffic_are_decided_again() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| crate::cli::run(folder.path(), arguments);
    let size =
        ["--clients", "60", "--months", "3", "--gemeenten", "2", "--aanbieders", "4", "--faults", "0.1"];
    let made = run(&[&["generate", "--out", "in"][..], &size].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let arguments =
        ["process", "--data", "data", "--contracts", "in/contracts.json", "--today", "2025-06-01", "in"];
    let processed = run(&arguments);
    assert!(processed.code < Some(2), "{}", processed.stderr);
    assert!(assert_same(&folder.path().join("data")) > 50);
}

#[test]
fn another_rule_gives_another_state() {
    let mut office = Office::open(&contracts(None));
    let rows = [("REF1", "2025-01-01", "2025-12-31", 8)];
    office.send("2025-01-07", &jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows));
    let found = |then| rebuilt(&office.folder().join("data"), then).unwrap().1;
    let changed = found("UPDATE besteding SET bedrag = bedrag + 1");
    assert_eq!(changed.first, Some(("besteding", 1)));
    assert_eq!(changed.named.len(), 1);
    // Rows behind one that is missing are the same, a place earlier.
    let missing = found("DELETE FROM journaal WHERE nummer = 1; UPDATE besteding SET bedrag = bedrag + 1");
    assert_eq!(missing.first, Some(("journaal", 1)));
    assert_eq!(missing.named[0], ("journaal", "1".to_owned()));
    assert_eq!(missing.named[1].0, "besteding");
}
