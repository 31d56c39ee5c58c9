//! Random sequences of what can happen to a back office, against the independent model. After each:
//! every message answered exactly once (by content), sums right, nothing stuck, state = replay.
//!
//! `HAPPYFLOW_SIMULATION_RUNS=N` tries N sequences; `make simulation` 2,000.

mod faults;
mod plan;
mod post;
mod world;

use crate::model::shrink::fewer_steps;
use faults::Bug;
use happyflow::store::sqlite::SqliteStore;
use plan::{Op, plan};
use std::path::Path;
use world::World;

/// Sequences in an ordinary test run, and messages in each; with what else happens they have more than
/// thirty operations.
const RUNS: u64 = 60;
const MESSAGES: usize = 26;
/// Every so many sequences the whole state is compared with a replay of the journal.
const REPLAYED: u64 = 5;

/// In memory where there is such a place: what is durable is tried by other tests.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// What does not hold after a plan was carried out on SQLite.
fn failure(plan: &[Op], bug: Option<Bug>, replay: bool) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (folder, second) = (folder(), folder());
    let failure = runtime.block_on(async {
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let again = if replay { Some(SqliteStore::open(second.path()).await.unwrap()) } else { None };
        let failure = World::new(store.clone(), folder.path(), bug).run(plan, again.clone()).await;
        for store in [Some(store), again].into_iter().flatten() {
            store.close().await;
        }
        failure
    });
    // Who waits for a turn that never comes is left behind.
    runtime.shutdown_background();
    failure
}

fn report(seed: u64, plan: Vec<Op>) -> String {
    let smallest = fewer_steps(plan, &|plan| failure(plan, None, true).is_some());
    let why = failure(&smallest, None, true);
    let steps: Vec<String> = smallest.iter().map(|op| format!("{op:?}")).collect();
    format!("seed {seed}: {}\n{}", why.unwrap_or_default(), steps.join("\n"))
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test is told by the environment how long to try")]
fn whatever_happens_every_message_is_answered_once_and_rightly() {
    let runs = std::env::var("HAPPYFLOW_SIMULATION_RUNS").map_or(RUNS, |runs| runs.parse().unwrap());
    for seed in 0..runs {
        let plan = plan(seed, MESSAGES);
        assert!(plan.len() >= 30, "{}", plan.len());
        let fails = failure(&plan, None, seed.is_multiple_of(REPLAYED)).is_some();
        assert!(!fails, "{}", report(seed, plan));
    }
}

/// The first of a few sequences that goes wrong with this bug, made small.
fn caught(bug: Bug) -> (String, Vec<Op>) {
    for seed in 0..200 {
        let plan = plan(seed, MESSAGES);
        if failure(&plan, Some(bug), false).is_some() {
            let smallest = fewer_steps(plan, &|plan| failure(plan, Some(bug), false).is_some());
            return (failure(&smallest, Some(bug), false).unwrap(), smallest);
        }
    }
    panic!("{bug:?} was not caught");
}

#[test]
fn a_message_that_is_acknowledged_before_it_is_stored_is_missed() {
    let (why, plan) = caught(Bug::AcknowledgeBeforeCommit);
    assert!(why.contains("not decided"), "{why}\n{plan:?}");
}

#[test]
fn bytes_that_are_not_recognised_are_decided_twice() {
    let (why, plan) = caught(Bug::NoDedupe);
    assert!(why.contains("the same message"), "{why}\n{plan:?}");
}

#[test]
fn a_turn_that_a_dead_worker_keeps_stops_everything() {
    let seed = (0..50).find(|seed| failure(&plan(*seed, MESSAGES), Some(Bug::LostUnlock), false).is_some());
    let why = failure(&plan(seed.expect("caught"), MESSAGES), Some(Bug::LostUnlock), false).unwrap();
    assert!(why.contains("gives the turn back"), "{why}");
}

#[test]
fn an_answer_that_leaves_twice_is_seen() {
    let (why, plan) = caught(Bug::DoublePublish);
    assert!(why.contains("2 answers"), "{why}\n{plan:?}");
}
