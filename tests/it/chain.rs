//! The chain over the journal: what is changed, taken out or put in behind its back is named.

use crate::office::Office;
use crate::postgres::TestDatabase;
use crate::replay::{region, tamper};
use happyflow::chain::{seal, verify};
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::office::Settings;
use happyflow::office::core::Core;
use happyflow::replay::{Audit, Filter, Replay};
use happyflow::store::Store;
use happyflow::store::audit::AuditStore;
use happyflow::store::sqlite::SqliteStore;
use serde_json::Value;

fn verified(office: &Office, code: i32) -> Value {
    let run = office.expect(code, &["replay", "--data", "data", "--verify-chain", "--json"]);
    run.lines()[0].clone()
}

/// Journal number, body and what happened, of every fault.
fn faults(office: &Office) -> Vec<(i64, Option<String>, String)> {
    let line = verified(office, 1);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let faults = line["faults"].as_array().unwrap();
    faults
        .iter()
        .map(|fault| {
            (fault["journal"].as_i64().unwrap(), text(&fault["part"]), text(&fault["fault"]).unwrap())
        })
        .collect()
}

fn fault(journal: i64, part: &str, fault: &str) -> (i64, Option<String>, String) {
    (journal, Some(part.to_owned()).filter(|part| !part.is_empty()), fault.to_owned())
}

#[test]
fn what_is_processed_is_sealed_and_holds() {
    let office = region();
    let line = verified(&office, 0);
    assert_eq!((&line["sealed"], &line["newly_sealed"]), (&5.into(), &0.into()), "{line}");
    let people = office.expect(0, &["replay", "--data", "data", "--verify-chain"]).stdout;
    assert!(people.contains("De keten klopt."), "{people}");
}

#[test]
fn every_kind_of_tampering_is_named() {
    let cases: [(&[&str], &str, &str, &str); 9] = [
        (&["UPDATE archief SET inhoud = x'00' WHERE id = (SELECT archief FROM inkomend WHERE aankomst = 3)"],
            "4", "bericht", "changed"),
        (&["UPDATE inkomend SET ontvangen = ontvangen - 86400 WHERE aankomst = 3"], "4", "bericht", "changed"),
        (&["UPDATE uitkomst SET toegekend = 1 WHERE aankomst = 3"], "4", "uitkomst", "changed"),
        (&["DELETE FROM uitkomst WHERE aankomst = 3"], "4", "uitkomst", "missing"),
        (&["DROP TRIGGER boeking_onveranderlijk", "UPDATE boeking SET bedrag = 1 WHERE journaal = 4"],
            "4", "boeking 2", "changed"),
        (&["INSERT INTO boeking SELECT 99, aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden,
            bedrag, journaal, NULL, NULL, 0, NULL FROM boeking WHERE id = 2"], "4", "boeking 99", "inserted"),
        (&["UPDATE journaal SET moment = moment + 1 WHERE nummer = 4"], "4", "", "link"),
        (&["DELETE FROM uitgaand WHERE journaal = 4"], "4", "uitgaand 5", "missing"),
        (&["UPDATE keten SET schakel = zeroblob(32) WHERE journaal = 5"], "5", "", "link"),
    ];
    for (statements, journal, part, what) in cases {
        let office = region();
        for sql in statements {
            tamper(&office, sql, None);
        }
        assert_eq!(faults(&office), [fault(journal.parse().unwrap(), part, what)], "{statements:?}");
    }
}

#[test]
fn an_entry_that_is_gone_and_one_that_was_put_in_are_named() {
    let office = region();
    tamper(&office, "UPDATE journaal SET nummer = 0 WHERE nummer = 4", None);
    let found = faults(&office);
    assert!(found.contains(&fault(4, "", "missing")), "{found:?}");
    // A number below the end of the chain that was never sealed.
    let office = region();
    for sql in ["DELETE FROM keten_inhoud WHERE journaal = 4", "DELETE FROM keten WHERE journaal = 4"] {
        tamper(&office, sql, None);
    }
    let found = faults(&office);
    assert!(found.contains(&fault(4, "", "inserted")), "{found:?}");
    assert!(found.contains(&fault(5, "", "link")), "{found:?}");
}

#[test]
fn a_seal_that_was_broken_off_goes_on() {
    let office = region();
    for sql in ["DELETE FROM keten_inhoud WHERE journaal > 2", "DELETE FROM keten WHERE journaal > 2"] {
        tamper(&office, sql, None);
    }
    let line = verified(&office, 0);
    assert_eq!((&line["sealed"], &line["newly_sealed"]), (&2.into(), &3.into()), "{line}");
    assert_eq!(verified(&office, 0)["sealed"], 5);
}

#[test]
fn an_anchor_shows_that_the_chain_was_made_anew() {
    let office = region();
    let chain = |code, more: &[&str]| office.expect(code, &[&["replay", "--data", "data"], more].concat());
    chain(0, &["--export-anchor", "anker.jsonl"]);
    chain(0, &["--check-anchor", "anker.jsonl"]);
    // Somebody forges an outcome and makes the chain anew: it holds by itself.
    for sql in [
        "UPDATE uitkomst SET toegekend = 1 WHERE aankomst = 3",
        "DELETE FROM keten_inhoud",
        "DELETE FROM keten",
    ] {
        tamper(&office, sql, None);
    }
    assert_eq!(verified(&office, 0)["newly_sealed"], 5);
    let run = chain(1, &["--check-anchor", "anker.jsonl"]);
    assert!(run.stdout.contains("is geen schakel van deze keten"), "{}", run.stdout);
    std::fs::write(office.folder().join("anker.jsonl"), "{}").unwrap();
    chain(2, &["--check-anchor", "anker.jsonl"]);
}

/// The same journal in the other store: decided again there, sealed, changed and named.
#[test]
fn postgresql_is_audited_and_sealed_as_well() {
    let office = region();
    let database = TestDatabase::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let from = SqliteStore::open(&office.folder().join("data")).await.unwrap();
        let into = database.open().await;
        let settings = Settings::new(&Config::default(), Clock::System);
        let replay = Replay { core: Core::STANDARD, settings: settings.clone() };
        assert_eq!(replay.rebuild(&from, &into).await.unwrap(), 5);
        let audit = Audit { core: Core::STANDARD, settings, filter: Filter::default(), newest: false };
        let mut found = Vec::new();
        let totals = audit.run(&into, &mut |difference| found.push(difference)).await.unwrap();
        assert_eq!((totals.entries, found), (5, Vec::new()));
        assert_eq!(into.recorded(0, 9).await.unwrap(), from.recorded(0, 9).await.unwrap());
        // One process seals at a time, and it waits for who is deciding, not the other way round.
        let turn = into.lock_sealing().await.unwrap();
        assert!(turn.is_some() && into.lock_sealing().await.unwrap().is_none());
        drop(turn);
        let mut deciding = into.begin().await.unwrap();
        deciding.numbers().draw_journal();
        let sealing = tokio::spawn({
            let into = into.clone();
            async move { seal(&into).await.unwrap() }
        });
        deciding.commit().await.unwrap();
        assert_eq!(sealing.await.unwrap(), 5);
        assert_eq!(seal(&into).await.unwrap(), 0);
        let report = verify(&into).await.unwrap();
        assert_eq!((report.sealed, report.last, report.faults), (5, 5, Vec::new()));
        let mut connection = database.connect().await;
        for sql in [
            "UPDATE uitkomst SET toegekend = 1 WHERE aankomst = 3",
            "DELETE FROM uitgaand WHERE journaal = 5",
        ] {
            sqlx::query(sql).execute(&mut connection).await.unwrap();
        }
        let faults = verify(&into).await.unwrap().faults;
        let named: Vec<_> = faults.iter().map(|fault| (fault.journal, fault.part.as_deref())).collect();
        assert_eq!(named, [(4, Some("uitkomst")), (5, Some("uitgaand 6"))], "{faults:?}");
        from.close().await;
        into.close().await;
    });
}
