//! Random sequences of what can happen to a back office, against the independent model. After each:
//! every message answered exactly once (by content), sums right, nothing stuck, state = replay.
//!
//! `HAPPYFLOW_SIMULATION_RUNS=N` tries N sequences on SQLite and a tenth of that on PostgreSQL and RabbitMQ;
//! `make long` 2,000 and 200. `HAPPYFLOW_SEED` begins where a run began that failed.

mod answers;
mod bank;
mod bankier;
mod check;
mod faults;
mod limits;
mod mail;
mod plan;
mod post;
mod rabbit;
mod react;
mod site;
mod walk;
mod world;

use crate::model::shrink::fewer_steps;
use crate::share::Share;
use faults::Bug;
use plan::{Op, calm, plan};
use site::{Embedded, Moved, Served, Site};

/// How many sequences, and seconds of an ordinary test run.
const RUNS: &str = "HAPPYFLOW_SIMULATION_RUNS";
const SECONDS: u64 = 20;
/// Messages in a sequence; with what else happens it has more than thirty operations.
const MESSAGES: usize = 24;
/// One in so many runs is also on PostgreSQL and RabbitMQ.
const SERVED: u64 = 10;
/// Every so many sequences the whole state is compared with a replay of the journal.
const REPLAYED: u64 = 5;
/// Sequences in which a bug must show.
const CAUGHT_WITHIN: u64 = 200;

fn report(site: &mut impl Site, seed: u64, bug: Option<Bug>) -> (String, Vec<Op>) {
    let mut why = String::new();
    let mut rest = plan(seed, MESSAGES);
    // Everything begins with the contracts.
    let begin = rest.remove(0);
    let whole = |rest: &[Op]| [std::slice::from_ref(&begin), rest].concat();
    let smallest = fewer_steps(rest, &mut |rest| match site.failure(&whole(rest), bug, bug.is_none()) {
        Some(failure) => {
            why = failure;
            true
        }
        None => false,
    });
    (why, whole(&smallest))
}

/// Tries sequences until one goes wrong, and tells of it as small as it gets.
fn try_all(site: &mut impl Site, share: Share) {
    for seed in share.seeds() {
        let plan = plan(seed, MESSAGES);
        assert!(plan.len() >= 30, "{}", plan.len());
        if let Some(first) = site.failure(&plan, None, seed.is_multiple_of(REPLAYED)) {
            let (why, smallest) = report(site, seed, None);
            let steps: Vec<String> = smallest.iter().map(|op| format!("{op:?}")).collect();
            panic!("seed {seed}: {first}\nsmallest: {why}\n{}", steps.join("\n"));
        }
    }
}

#[test]
fn whatever_happens_every_message_is_answered_once_and_rightly() {
    try_all(&mut Embedded, Share::of(RUNS, SECONDS));
}

#[test]
fn whatever_happens_on_postgresql_and_rabbitmq_every_message_is_answered_once_and_rightly() {
    try_all(&mut Served::new(), Share::of(RUNS, SECONDS).one_in(SERVED));
}

/// Seconds in which the auditor looks over the shoulder in an ordinary test run.
const AUDITED_SECONDS: u64 = 5;

/// So many sequences have every event.
const ENOUGH: u64 = 1_000;
const EVENTS: [&str; 18] = [
    "overgenomen",
    "toegekend",
    "toegekend-vastgehouden",
    "credit",
    "credit-vastgehouden",
    "vrijgegeven",
    "geweigerd",
    "heropend",
    "betaald",
    "bank-geboekt",
    "bank-afgewezen",
    "bank-onbekend",
    "teruggekomen",
    "ontvangen-gemeente",
    "betaling-herkend",
    "alsnog-betaald",
    "bankkosten",
    "terugvordering",
];

/// Sequences in which nothing dies, with the auditor behind every operation; what moved per event.
fn audit_all(site: &mut impl Site, share: Share) -> Moved {
    let mut moved = Moved::new();
    for seed in share.seeds() {
        let all = calm(seed, MESSAGES);
        let Some(first) = site.audited(&all, &mut moved) else { continue };
        let mut why = String::new();
        let smallest = fewer_steps(all[1..].to_vec(), &mut |rest| {
            let failure = site.audited(&[&all[..1], rest].concat(), &mut Moved::new());
            failure.map(|failure| why = failure).is_some()
        });
        let steps: Vec<String> = smallest.iter().map(|op| format!("{op:?}")).collect();
        panic!("seed {seed}: {first}\nsmallest: {why}\n{}", steps.join("\n"));
    }
    moved
}

#[test]
fn after_every_step_every_balance_is_the_one_of_the_auditor() {
    let share = Share::of(RUNS, AUDITED_SECONDS);
    let many = share.count().is_some_and(|count| count >= ENOUGH);
    let moved = audit_all(&mut Embedded, share);
    println!("{moved:?}");
    let missing: Vec<&str> = EVENTS.into_iter().filter(|event| !moved.contains_key(event)).collect();
    assert!(!many || missing.is_empty(), "no sequence has {missing:?}");
}

#[test]
fn after_every_step_on_postgresql_every_balance_is_the_one_of_the_auditor() {
    audit_all(&mut Served::new(), Share::of(RUNS, AUDITED_SECONDS).one_in(SERVED));
}

/// The first of a few sequences that goes wrong with this bug: why, and the smallest that still does.
fn caught(site: &mut impl Site, bug: Bug) -> (String, Vec<Op>) {
    let seed =
        (0..CAUGHT_WITHIN).find(|seed| site.failure(&plan(*seed, MESSAGES), Some(bug), false).is_some());
    report(site, seed.expect("the bug is caught"), Some(bug))
}

fn is_caught(site: &mut impl Site, bug: Bug, reason: &str) {
    let (why, plan) = caught(site, bug);
    assert!(why.contains(reason), "{why}\n{plan:?}");
    assert!(plan.len() < 16, "{why}\n{plan:?}");
}

#[test]
fn a_message_that_is_acknowledged_before_it_is_stored_is_missed() {
    is_caught(&mut Embedded, Bug::AcknowledgeBeforeCommit, "not decided");
    is_caught(&mut Served::new(), Bug::AcknowledgeBeforeCommit, "not decided");
}

#[test]
fn bytes_that_are_not_recognised_are_decided_twice() {
    is_caught(&mut Embedded, Bug::NoDedupe, "the same message");
    is_caught(&mut Served::new(), Bug::NoDedupe, "the same message");
}

#[test]
fn bytes_that_a_stranger_delivered_first_are_missed() {
    is_caught(&mut Embedded, Bug::KnownByBytes, "not decided");
    is_caught(&mut Served::new(), Bug::KnownByBytes, "not decided");
}

/// Every sequence that still fails takes its time, so that it is not made small.
fn stops_everything(site: &mut impl Site) {
    let failures =
        (0..CAUGHT_WITHIN).find_map(|seed| site.failure(&plan(seed, MESSAGES), Some(Bug::LostUnlock), false));
    let why = failures.expect("the bug is caught");
    assert!(why.contains("gives the turn back"), "{why}");
}

#[test]
fn a_turn_that_a_dead_worker_keeps_stops_everything() {
    stops_everything(&mut Embedded);
    stops_everything(&mut Served::new());
}

#[test]
fn an_answer_that_leaves_twice_is_seen() {
    is_caught(&mut Embedded, Bug::DoublePublish, "2 answers");
    is_caught(&mut Served::new(), Bug::DoublePublish, "2 answers");
}
