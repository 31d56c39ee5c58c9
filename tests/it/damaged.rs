//! One damaged row of the archive: what it is about is set aside or waits, with work or a reason for people; everything
//! else goes on.

use crate::decided_alone::{Keeps, assert_sound, beside, files, request, send};
use crate::messages::{BSN, jw301_between};
use crate::postgres::TestDatabase;
use crate::silent::Silent;
use crate::xml::jw315;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::hub::Spool;
use happyflow::messages::Partij;
use happyflow::office::core::Core;
use happyflow::office::intake;
use happyflow::office::prepare::Incoming;
use happyflow::office::publish::publish;
use happyflow::office::{Office, Settings};
use happyflow::state::WorkReason;
use happyflow::store::StoreError;
use happyflow::store::sqlite::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::sync::Arc;

fn settings() -> Settings {
    Settings::new(&Config::default(), Clock::Fixed("2026-02-03".parse().unwrap()))
}

async fn take_in<S: Keeps>(store: &S, sender: &str, name: &str, xml: String) {
    let channel = Partij::parse(sender);
    let incoming = Incoming { name: name.to_owned(), channel, claimed: None, bytes: xml.into_bytes().into() };
    intake::take_in(store, settings().clock.now(), vec![incoming]).await.unwrap();
}

/// Decides until nothing waits.
async fn decide<S: Keeps>(store: &S) {
    let office =
        Office::open(Arc::new(store.clone()), Arc::new(Silent), Core::STANDARD, settings()).await.unwrap();
    let mut worker = office.worker();
    for _ in 0..60 {
        worker.decide_next().await.unwrap();
        if store.overview().await.unwrap().waiting == 0 {
            return;
        }
    }
    panic!("{} messages wait for ever", store.overview().await.unwrap().waiting);
}

/// Damages rows of the archive, after it kept what they were.
fn damage(rows: &str, nothing: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS bewaard AS SELECT id, inhoud FROM archief WHERE 1 = 0;
         INSERT INTO bewaard SELECT id, inhoud FROM archief WHERE id IN ({rows});
         UPDATE archief SET inhoud = {nothing} WHERE id IN ({rows})"
    )
}

const MEND: &str = "UPDATE archief SET inhoud = (SELECT b.inhoud FROM bewaard b WHERE b.id = archief.id)
    WHERE id IN (SELECT id FROM bewaard)";

async fn one_damaged_row_stops_nobody<S: Keeps>(store: &S, nothing: &str, run: impl AsyncFn(String)) {
    take_in(store, "0193", "een.xml", jw301_between("0193", "12345678", "1", 300_401)).await;
    decide(store).await;
    take_in(store, "0150", "twee.xml", jw301_between("0150", "23456789", "2", 300_402)).await;
    let request = [("REF1", "2026-03-01", "2026-12-31", 12)];
    take_in(store, "12345678", "drie.xml", jw315(("12345678", "0193"), "3", "2026-02-02", BSN, &request))
        .await;
    take_in(store, "0150", "vier.xml", jw301_between("0150", "34567890", "4", 300_404)).await;
    for (sender, name) in [("0150", "vijf.xml"), ("0193", "zes.xml")] {
        let invalid = jw301_between(sender, "34567890", name, 300_405).replace("8011AA", "");
        take_in(store, sender, name, invalid).await;
    }
    // The second itself, and what is known of the client that the third is about.
    run(damage("SELECT archief FROM inkomend WHERE aankomst IN (1, 2)", nothing)).await;
    decide(store).await;

    let parked: Vec<_> = store.parked().await.unwrap().iter().map(|parked| parked.arrival).collect();
    assert_eq!(parked, [2, 3, 5, 6], "the last two are not valid");
    let work = store.work(true).await.unwrap();
    let work = work.iter().filter(|item| item.item.reason == WorkReason::BerichtGeparkeerd);
    let work: Vec<_> = work.map(|item| (item.arrival, item.item.relatie.gemeente.to_string())).collect();
    assert_eq!(work, [(Some(2), "0150".to_owned()), (Some(3), "0193".to_owned())]);
    assert!(store.parked().await.unwrap()[0].reason.contains("beschadigd in de opslag"));
    assert!(store.outcomes(&[4]).await.unwrap()[&4].1.contains("\"verdict\":\"accepted\""));

    let kept = "CREATE TABLE bewaarde_uitkomst AS SELECT json AS uitkomst FROM uitkomst WHERE aankomst = 4";
    run(kept.to_owned()).await;

    // The first was on its way to its aanbieder; the notice on the fifth to its sender.
    run(damage("SELECT melding FROM uitkomst WHERE aankomst = 5", nothing)).await;
    let round = publish(store, &Silent).await.unwrap();
    let stuck: Vec<_> = round.stuck.iter().map(|(receiver, error)| (receiver.to_string(), error)).collect();
    let receivers: Vec<_> = stuck.iter().map(|(receiver, _)| receiver.as_str()).collect();
    assert_eq!(receivers, ["12345678", "0150"]);
    assert!(stuck.iter().all(|(_, error)| error.to_string().contains("beschadigd")), "{stuck:?}");
    assert!(matches!(
        store.unpublished(super::faults::ALL, &[]).await,
        Err(StoreError::DamagedMessage { .. })
    ));
    assert!(round.sent > 0 && round.notices == 1, "{round:?}");

    // A start shows what it can.
    let folder = tempfile::tempdir().unwrap();
    let hub = Spool::open(folder.path()).unwrap();
    let office = Office::open(Arc::new(store.clone()), Arc::new(hub.clone()), Core::STANDARD, settings())
        .await
        .unwrap();
    office.show_parked().await.unwrap();
    let shown: Vec<_> = parked.iter().filter(|arrival| hub.has_parked(**arrival)).copied().collect();
    assert_eq!(shown, [3, 6]);

    // One that is known comes again; what came of it is damaged, and that does not keep away what comes with it.
    run(format!("UPDATE uitkomst SET json = {nothing} WHERE aankomst = 4")).await;
    take_in(store, "0150", "weer.xml", jw301_between("0150", "34567890", "4", 300_404)).await;
    assert_eq!(store.stand(settings().clock.now()).await.unwrap().waiting, 0);
    // Who asks is told which row it is.
    let outcome = store.outcomes(&[4]).await.unwrap_err().to_string();
    assert!(outcome.contains("in uitkomst (aankomst 4)."), "{outcome}");
    let content = store.parked_content(2).await.err().unwrap().to_string();
    assert!(content.contains("in archief (aankomst 2)."), "{content}");
    run("UPDATE uitkomst SET json = (SELECT uitkomst FROM bewaarde_uitkomst) WHERE aankomst = 4".to_owned())
        .await;

    // From a copy that is whole the journal gives the same.
    run(MEND.to_owned()).await;
    assert_sound(store).await;
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn one_damaged_row_stops_nobody_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("happyflow.db"));
        let run = async |sql: String| {
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        };
        one_damaged_row_stops_nobody(&store, "x'00'", run).await;
    });
}

#[test]
fn one_damaged_row_stops_nobody_on_postgresql() {
    let database = TestDatabase::new();
    runtime().block_on(async {
        let run = async |sql: String| {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut database.connect().await).await.unwrap();
        };
        one_damaged_row_stops_nobody(&database.open().await, "'\\x00'::bytea", run).await;
    });
}

#[test]
fn a_damaged_request_does_not_stop_the_terms_of_others() {
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let contracts = tempfile::tempdir().unwrap();
        files(contracts.path());
        let importer = beside(&store, "2025-01-07").await;
        for name in ["contracten.json", "clienten.json"] {
            importer.import(&contracts.path().join(name)).await.unwrap();
        }
        send(&store, "2025-01-07", "v1.xml", request("V1", "REF1", BSN)).await;
        send(&store, "2025-01-07", "v2.xml", request("V2", "REF2", "999900018")).await;
        let options = SqliteConnectOptions::new().filename(folder.path().join("happyflow.db"));
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let sql = damage("SELECT archief FROM inkomend WHERE aankomst = 1", "x'00'");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let passed = beside(&store, "2025-01-14").await.pass_all_terms().await.unwrap();
        let passed: Vec<_> = passed.iter().map(|passed| passed.outcome.is_ok()).collect();
        assert_eq!(passed, [false, true]);
    });
}
