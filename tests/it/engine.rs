//! The office with a core that fails: one message that goes wrong does not harm the others.

use crate::messages::jw301;
use crate::same_state::Dump;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::decide::{Decision, Input};
use happyflow::hub::Spool;
use happyflow::messages::Bericht;
use happyflow::office::core::Core;
use happyflow::office::line::{ProcessLine, ProcessVerdict};
use happyflow::office::prepare::Incoming;
use happyflow::office::{Office, Run, Settings};
use happyflow::rules::Finding;
use happyflow::state::WorkReason;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStore, WorkStore};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Identificatie of the message that goes wrong.
const BAD: &str = "13";

fn is_bad(bericht: &Bericht<'_>) -> bool {
    bericht.header().bericht_identificatie.identificatie == BAD
}

/// Processes twenty messages, of which one is bad, in one batch.
async fn process(folder: &Path, core: Core) -> (Vec<ProcessLine>, SqliteStore) {
    let store = SqliteStore::open(folder).await.unwrap();
    let settings = Settings::new(&Config::default(), Clock::Fixed("2026-02-03".parse().unwrap()));
    let spool = Spool::open(folder).unwrap();
    let office = Office::open(Arc::new(store.clone()), Arc::new(spool), core, settings).await.unwrap();
    let message = |number: u32| {
        let bytes = jw301(&number.to_string(), 300_400 + number).into_bytes().into();
        Incoming { name: format!("{number}.xml"), channel: None, claimed: None, bytes }
    };
    let messages = (1..=20).map(message).collect();
    let lines = Run::new(&office).process(messages).await.unwrap();
    (lines, store)
}

/// All but the bad one are accepted and answered; the bad one is parked and sends nothing.
fn assert_only_the_bad_one_is_parked(lines: &[ProcessLine]) {
    assert_eq!(lines.len(), 20);
    for line in lines {
        let bad = line.identificatie.as_deref() == Some(BAD) || line.file == format!("{BAD}.xml");
        let expected = if bad { ProcessVerdict::Parked } else { ProcessVerdict::Accepted };
        assert_eq!((line.verdict, line.answers.len()), (expected, usize::from(!bad)), "{}", line.file);
    }
}

#[tokio::test]
async fn a_rule_that_panics_is_tried_three_times_alone_and_then_parks_its_message() {
    static TIMES: AtomicU32 = AtomicU32::new(0);
    fn decide(input: &Input<'_>) -> Decision {
        if is_bad(input.bericht) {
            TIMES.fetch_add(1, Ordering::SeqCst);
            panic!("a rule that fails");
        }
        happyflow::decide::decide(input)
    }
    let folder = tempfile::tempdir().unwrap();
    let (lines, store) = process(folder.path(), Core { decide, ..Core::STANDARD }).await;
    assert_only_the_bad_one_is_parked(&lines);
    // Once among the others, where nobody can tell whose fault it was.
    assert_eq!(TIMES.load(Ordering::SeqCst), 1 + 3);
    let work = store.work(true).await.unwrap();
    let parked: Vec<_> =
        work.iter().filter(|item| item.item.reason == WorkReason::BerichtGeparkeerd).collect();
    assert_eq!(parked.len(), 1);
    assert_eq!(lines[12].work, [parked[0].id]);
    assert_eq!(store.parked().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_rule_of_level_2_that_panics_does_the_same() {
    fn judge_in_message(bericht: &Bericht<'_>) -> Vec<Finding> {
        assert!(!is_bad(bericht), "a rule that fails");
        happyflow::rules::judge_in_message(bericht)
    }
    let folder = tempfile::tempdir().unwrap();
    let (lines, store) = process(folder.path(), Core { judge_in_message, ..Core::STANDARD }).await;
    assert_only_the_bad_one_is_parked(&lines);
    assert_eq!(store.parked().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_of_ours_that_is_not_valid_does_not_leave() {
    fn decide(input: &Input<'_>) -> Decision {
        let mut decision = happyflow::decide::decide(input);
        if is_bad(input.bericht) {
            decision.answers[0].bytes.truncate(100);
        }
        decision
    }
    let folder = tempfile::tempdir().unwrap();
    let (lines, store) = process(folder.path(), Core { decide, ..Core::STANDARD }).await;
    assert_only_the_bad_one_is_parked(&lines);
    let work = store.work(true).await.unwrap();
    assert!(work.iter().any(|item| item.item.reason == WorkReason::AntwoordOngeldig));
    let published = crate::cli_process::tree(&folder.path().join("out"));
    assert_eq!(published.len(), 2 * 19, "answers and forwarded assignments");
    // Nothing of the parked message was booked: its numbers are free.
    let dump = store.dump().await.unwrap().join("\n");
    assert!(!dump.contains("300413"), "the assignment of the parked message is not stored");
}

#[tokio::test]
async fn an_answer_that_is_not_about_its_claim_does_not_leave() {
    fn decide(input: &Input<'_>) -> Decision {
        let mut decision = happyflow::decide::decide(input);
        for answer in &mut decision.answers {
            let xml = String::from_utf8(std::mem::take(&mut answer.bytes)).unwrap();
            answer.bytes = xml.replace("GeleverdVolume>6<", "GeleverdVolume>7<").into_bytes();
        }
        decision
    }
    let periode = || ("2025-01-01".to_owned(), "2025-01-31".to_owned());
    let line = crate::xml::Line {
        referentie: "R1".to_owned(),
        vorig: None,
        toewijzing: 1,
        product: ("45", "45A04"),
        periode: periode(),
        volume: 6,
        eenheid: "04",
        tarief: 8000,
    };
    let month = ("2025-01-01", "2025-01-31");
    let xml = crate::xml::jw323(("12345678", "0193"), "C1", "2025-02-02", month, "999900006", &[line]);
    for (core, verdict) in [
        (Core { decide, ..Core::STANDARD }, ProcessVerdict::Parked),
        (Core::STANDARD, ProcessVerdict::Partial),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let settings = Settings::new(&Config::default(), Clock::Fixed("2025-02-03".parse().unwrap()));
        let spool = Spool::open(folder.path()).unwrap();
        let office = Office::open(Arc::new(store.clone()), Arc::new(spool), core, settings).await.unwrap();
        let bytes = xml.clone().into_bytes().into();
        let incoming = Incoming { name: "C1.xml".to_owned(), channel: None, claimed: None, bytes };
        let lines = Run::new(&office).process(vec![incoming]).await.unwrap();
        assert_eq!(lines[0].verdict, verdict, "{:?}", lines[0]);
        let alarms = store.work(true).await.unwrap();
        let alarms = alarms.iter().filter(|item| item.item.reason == WorkReason::AntwoordOngeldig);
        let told = alarms.map(|item| item.item.story.contains("JW325: TR367")).collect::<Vec<_>>();
        assert_eq!(told, if verdict == ProcessVerdict::Parked { vec![true] } else { vec![] });
    }
}
