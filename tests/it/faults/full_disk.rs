//! A disk on which nothing more fits: under the folders of the outbox, and under the embedded database. What
//! is decided waits, nothing is half there, and everything leaves once when there is room. The limit is one
//! on the size of a file of the process (`RLIMIT_FSIZE`), which anyone may set.

use super::scene::{Outcome, Sent};
use super::{Installation, messages};
use crate::broker::PATIENCE;
use crate::cli_process::tree;
use crate::hub_conformance::broker_runtime;
use crate::postgres::TestDatabase;
use crate::serve::{Service, wait_for};
use happyflow::clock::Clock;
use happyflow::store::{InboxStore, OutboxStore, Store};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Between two looks.
const BETWEEN: Duration = Duration::from_millis(50);

fn drop_in(folder: &Path, messages: &[Sent]) {
    for one in messages {
        let place = folder.join("d/in").join(&one.sender);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(format!(".{}", one.id)), &one.bytes).unwrap();
        fs::rename(place.join(format!(".{}", one.id)), place.join(format!("{}.xml", one.id))).unwrap();
    }
}

/// Files in the outbox, also unfinished ones; they may be renamed meanwhile.
fn outbox(folder: &Path) -> usize {
    let receivers = fs::read_dir(folder.join("d/out")).into_iter().flatten().flatten();
    receivers.map(|receiver| fs::read_dir(receiver.path()).into_iter().flatten().count()).sum()
}

/// Every answer and every forwarded assignment lies there once, whole, and nothing else.
fn assert_answered(folder: &Path, sent: &[Sent]) {
    let found = tree(&folder.join("d/out"));
    let of = |kind: &str| found.iter().filter(|(path, _)| path.to_string_lossy().ends_with(kind)).count();
    let count = |wanted: fn(&Outcome) -> bool| sent.iter().filter(|one| wanted(&one.outcome)).count();
    let toewijzingen = count(|outcome| matches!(outcome, Outcome::Toewijzing));
    let declaraties = count(|outcome| matches!(outcome, Outcome::Declaratie(_)));
    assert_eq!(
        (of("JW301.xml"), of("JW302.xml"), of("JW325.xml")),
        (toewijzingen, toewijzingen, declaraties)
    );
    assert_eq!(found.len(), 2 * toewijzingen + declaraties);
    for (path, bytes) in &found {
        assert!(
            bytes.ends_with(b"Bericht>\n") || bytes.ends_with(b"Bericht>"),
            "{} is cut off",
            path.display()
        );
    }
    for one in sent.iter().filter(|one| one.outcome == Outcome::Toewijzing) {
        assert_eq!(found.iter().filter(|(_, bytes)| *bytes == one.bytes).count(), 1, "{}", one.id);
    }
    assert!(tree(&folder.join("d/in")).is_empty() && tree(&folder.join("d/claimed")).is_empty());
}

/// Messages that are messages.
fn valid(numbers: std::ops::Range<u32>) -> Vec<Sent> {
    messages(numbers).into_iter().filter(|one| one.outcome != Outcome::Geen).collect()
}

#[test]
fn what_does_not_fit_in_the_outbox_waits_and_leaves_once_when_there_is_room() {
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        let settings = installation.settings(None, "");
        let settings = settings.split("[broker]").next().unwrap();
        let sent = valid(0..24);
        drop_in(installation.path(), &sent);
        let mut service = Service::start_limited(1, installation.path(), settings);
        service.wait_for_figure("happyflow_failures_total{part=\"receiver\"}", 4.0);
        let store = installation.store().await;
        // Not by the figure: that is as old as the last look at the store.
        let decided = async || {
            let stored = store.inbox(0, super::ALL).await.unwrap().len();
            stored == sent.len() && store.stand(Clock::System.now()).await.unwrap().waiting == 0
        };
        let begun = Instant::now();
        while !decided().await {
            assert!(begun.elapsed() < PATIENCE, "it is not decided");
            tokio::time::sleep(BETWEEN).await;
        }
        assert_eq!(outbox(installation.path()), 0, "nothing is half there");
        assert!(service.figure("happyflow_outbox_stuck_receivers").unwrap() > 0.0);
        // It goes on taking in and deciding, and nothing leaves.
        let (status, text) = service.page("/health/ready").unwrap();
        assert!(status == 503 && text.contains("gegevensmap: in d is niet te schrijven"), "{text}");
        service.give_room();
        service.ready();
        let waits = async || !store.unpublished(super::ALL, &[]).await.unwrap().is_empty();
        let begun = Instant::now();
        while waits().await {
            assert!(begun.elapsed() < PATIENCE, "it does not leave");
            tokio::time::sleep(BETWEEN).await;
        }
        assert_eq!(service.stop(), Some(0));
        assert_answered(installation.path(), &sent);
    });
}

#[test]
fn what_does_not_fit_in_the_database_stays_where_it_is_and_is_answered_once_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let contracts = crate::faults::scene::contracts();
    fs::write(folder.path().join("c.json"), contracts).unwrap();
    let import = crate::cli::run(folder.path(), &["contract", "import", "c.json", "--data", "d"]);
    assert_eq!(import.code, Some(0), "{}", import.stderr);
    let size = fs::metadata(folder.path().join("d/happyflow.db")).unwrap().len();
    let sent = valid(0..160);
    drop_in(folder.path(), &sent);
    let settings = "data = 'd'\n[limits]\nbatch_messages = 5\n[worker]\npoll_ms = 50";
    let mut service = Service::start_limited(size / 512 + 128, folder.path(), settings);
    wait_for("the disk to be full", || {
        ["store", "decide", "intake", "publish"].iter().any(|part| {
            service
                .figure(&format!("happyflow_failures_total{{part=\"{part}\"}}"))
                .is_some_and(|times| times > 1.0)
        })
    });
    assert!(outbox(folder.path()) < sent.len(), "the limit came too late to see anything");
    service.not_ready(&["schijf is vol", "schijf weigerde dienst", "groter dan het systeem toestaat"]);
    service.give_room();
    service.ready();
    let expected = sent.len() + sent.iter().filter(|one| one.outcome == Outcome::Toewijzing).count();
    wait_for("every answer", || outbox(folder.path()) == expected);
    assert_eq!(service.stop(), Some(0));
    assert_answered(folder.path(), &sent);
    // Whatever fails is tried again with a pause: the log does not fill the disk.
    for (path, log) in tree(folder.path()) {
        assert!(
            path.extension().is_none_or(|is| is != "log") || log.len() < 200_000,
            "{} bytes of log",
            log.len()
        );
    }
    let state = crate::cli::run(folder.path(), &["replay", "--data", "d", "--verify-state"]);
    assert_eq!(state.code, Some(0), "{}", state.stdout);
}

/// The database refuses every message for want of room. None of them is given back so often that the broker
/// sets it apart.
#[test]
fn what_a_full_database_server_refuses_waits_at_the_broker() {
    const REFUSE: &str = "CREATE FUNCTION vol() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100'', MESSAGE = ''could not extend file''; END';
        CREATE TRIGGER vol BEFORE INSERT ON inkomend FOR EACH ROW EXECUTE FUNCTION vol()";
    broker_runtime().block_on(async {
        let database = TestDatabase::new();
        let installation = Installation::on(crate::broker::url(), database.url().to_owned()).await;
        let mut connection = database.connect().await;
        sqlx::raw_sql(REFUSE).execute(&mut connection).await.unwrap();
        let mut service = installation.start();
        service.ready();
        installation.send(messages(0..24)).await;
        service.wait_for_figure("happyflow_failures_total{part=\"store\"}", 4.0);
        assert_eq!(installation.count("dead.1").await, 0, "dead letters");
        sqlx::raw_sql("DROP TRIGGER vol ON inkomend").execute(&mut connection).await.unwrap();
        installation.check(&messages(0..24)).await;
        assert_eq!(service.stop(), Some(0));
    });
}
