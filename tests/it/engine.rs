//! The pipeline with a core that fails: one message that goes wrong does not harm the others.

use crate::messages::jw301;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::decide::{Decision, Input};
use happyflow::hub::Spool;
use happyflow::messages::Bericht;
use happyflow::pipeline::core::Core;
use happyflow::pipeline::line::{ProcessLine, ProcessVerdict};
use happyflow::pipeline::prepare::Incoming;
use happyflow::pipeline::{Engine, Settings};
use happyflow::rules::Finding;
use happyflow::state::WorkReason;
use happyflow::store::Store;
use happyflow::store::sqlite::SqliteStore;
use std::path::Path;
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
    let mut engine = Engine::start(store.clone(), spool, core, settings).await.unwrap();
    engine.recover().await.unwrap();
    let message = |number: u32| {
        let bytes = jw301(&number.to_string(), 300_400 + number).into_bytes().into();
        engine.prepare(Incoming { name: format!("{number}.xml"), channel: None, claimed: None, bytes })
    };
    let messages = (1..=20).map(message).collect();
    let lines = engine.process(messages).await.unwrap();
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
async fn a_rule_that_panics_is_tried_three_times_and_then_parks_its_message() {
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
    assert_eq!(TIMES.load(Ordering::SeqCst), 3);
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
