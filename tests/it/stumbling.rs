//! One message over which every attempt stumbles does not stop the others: it is parked, with work for people, after
//! so many attempts.

use crate::faults::ALL;
use crate::messages::jw301_between;
use crate::postgres::TestDatabase;
use crate::silent::Silent;
use crate::store_conformance::claim_soon;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::office::core::Core;
use happyflow::office::intake;
use happyflow::office::prepare::Incoming;
use happyflow::office::{Office, Settings};
use happyflow::state::WorkReason;
use happyflow::store::Store;
use happyflow::store::sqlite::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// More rounds than it takes, were it not for ever.
const ROUNDS: usize = 60;

fn settings() -> Settings {
    Settings::new(&Config::default(), Clock::Fixed("2026-02-03".parse().unwrap()))
}

/// A message of this gemeente about an assignment of its own.
fn message(gemeente: &str, aanbieder: &str, identificatie: &str, nummer: u32) -> Incoming {
    let bytes = jw301_between(gemeente, aanbieder, identificatie, nummer).into_bytes().into();
    let name = format!("{gemeente}-{identificatie}.xml");
    Incoming { name, channel: None, claimed: None, bytes }
}

async fn take_in<S: Store>(store: &S, messages: Vec<Incoming>) {
    intake::take_in(store, settings().clock.now(), messages).await.unwrap();
}

/// Decides until nothing waits; the rounds that it took.
async fn decide<S: Store + Clone + 'static>(store: &S) -> usize {
    let office =
        Office::open(Arc::new(store.clone()), Arc::new(Silent), Core::STANDARD, settings()).await.unwrap();
    let mut worker = office.worker();
    for round in 0..ROUNDS {
        worker.decide_next().await.unwrap();
        if store.overview().await.unwrap().waiting == 0 {
            return round;
        }
    }
    panic!("{} messages wait for ever", store.overview().await.unwrap().waiting);
}

/// A gap in the rules: what they let through, the tables do not.
const DUPLICATE: &str = "CREATE UNIQUE INDEX geplant ON verzonden (identificatie)";

async fn a_duplicate_is_parked<S: Store + Clone + 'static>(store: &S) {
    take_in(store, vec![message("0193", "12345678", "1", 300_401)]).await;
    decide(store).await;
    let mut messages = vec![message("0150", "23456789", "1", 300_402)];
    messages.extend((2..12).map(|number| {
        let aanbieder = (34_567_890 + number).to_string();
        message("0150", &aanbieder, &number.to_string(), 300_402 + number)
    }));
    take_in(store, messages).await;
    decide(store).await;
    let parked = store.parked().await.unwrap();
    assert_eq!(parked.iter().map(|parked| parked.arrival).collect::<Vec<_>>(), [2]);
    let work = store.work(true).await.unwrap();
    let about: Vec<_> = work
        .iter()
        .filter(|item| item.item.reason == WorkReason::BerichtGeparkeerd)
        .map(|item| item.arrival)
        .collect();
    assert_eq!(about, [Some(2)]);
    let arrivals: Vec<i64> = (1..=12).collect();
    let outcomes = store.outcomes(&arrivals).await.unwrap();
    let accepted = outcomes.values().filter(|(_, outcome)| outcome.contains("\"verdict\":\"accepted\""));
    assert_eq!(accepted.count(), 11);
}

/// Six messages of as many aanbieders, and a number of deaths of whoever has them in hand.
async fn deaths<S: Store + Clone + 'static>(store: &S, count: usize) -> Vec<i64> {
    take_in(
        store,
        (1..7)
            .map(|number| {
                message("0150", &(34_567_890 + number).to_string(), &number.to_string(), 300_402 + number)
            })
            .collect(),
    )
    .await;
    let mut in_hand = Vec::new();
    for _ in 0..count {
        in_hand.push(claim_soon(store).await.messages.len());
    }
    assert_eq!(in_hand, [&[6][..], &vec![1; count - 1]].concat(), "after the first death each is alone");
    decide(store).await;
    store.parked().await.unwrap().iter().map(|parked| parked.arrival).collect()
}

/// Three ends from outside park nothing, wherever they hit; a message in whose hands a process dies three times while it
/// has nothing else in hand, does not stop the office.
async fn ends_from_outside<S: Store + Clone + 'static>(store: &S, other: &S) {
    assert_eq!(deaths(store, 3).await, Vec::<i64>::new());
    assert_eq!(deaths(other, 4).await, [1]);
}

#[test]
fn three_ends_from_outside_park_nothing_on_sqlite() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    runtime().block_on(async {
        let store = SqliteStore::open(folder.path()).await.unwrap();
        ends_from_outside(&store, &SqliteStore::open(other.path()).await.unwrap()).await;
    });
}

#[test]
fn three_ends_from_outside_park_nothing_on_postgresql() {
    let (database, other) = (TestDatabase::new(), TestDatabase::new());
    runtime().block_on(async { ends_from_outside(&database.open().await, &other.open().await).await });
}

/// A process has nothing else in hand beside a message that was in hand before: its death says something of that one
/// only. Other processes go on.
#[test]
fn what_was_in_hand_before_is_in_hand_alone_in_its_process() {
    let database = TestDatabase::new();
    runtime().block_on(async {
        let (store, other) = (database.open().await, database.open().await);
        take_in(
            &store,
            (1..4)
                .map(|number| {
                    message("0150", &(34_567_890 + number).to_string(), &number.to_string(), 300_402 + number)
                })
                .collect(),
        )
        .await;
        drop(claim_soon(&store).await);
        let first = claim_soon(&store).await;
        assert_eq!(first.messages.iter().map(|message| message.arrival).collect::<Vec<_>>(), [1]);
        let mut waits = std::pin::pin!(store.claim(ALL, &[]));
        assert!(tokio::time::timeout(Duration::from_millis(200), &mut waits).await.is_err());
        take_in(&store, vec![message("0193", "45678901", "4", 300_409)]).await;
        assert_eq!(claim_soon(&other).await.messages[0].arrival, 4);
        drop(first);
        waits.await.unwrap();
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn a_duplicate_that_the_tables_refuse_is_parked_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("happyflow.db"));
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(DUPLICATE)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        a_duplicate_is_parked(&store).await;
    });
}

#[test]
fn a_duplicate_that_the_tables_refuse_is_parked_on_postgresql_after_pauses() {
    let database = TestDatabase::new();
    runtime().block_on(async {
        sqlx::raw_sql(DUPLICATE).execute(&mut database.connect().await).await.unwrap();
        let begun = Instant::now();
        a_duplicate_is_parked(&database.open().await).await;
        // Six pauses, of 5 to 160 ms, before an attempt counts.
        assert!(begun.elapsed() > Duration::from_millis(315), "{:?}", begun.elapsed());
    });
}
