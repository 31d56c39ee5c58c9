//! A process that ends leaves everything in `happyflow.db`: a copy of that file alone is a whole copy.

use crate::cli::run;
use crate::cli_process::CONTRACTS;
use crate::faults::ALL;
use crate::messages::jw301;
use crate::same_state::Dump;
use crate::serve::{Service, answers, drop_file, folder, wait_for};
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStore, Store};
use std::fs;
use std::path::Path;

/// Nothing is beside the database, and it alone has what was recorded.
fn whole_alone(folder: &Path, messages: usize, after: &str) {
    let data = folder.join("d");
    let log = data.join("happyflow.db-wal").metadata().map_or(0, |log| log.len());
    assert_eq!(log, 0, "{after} leaves {log} bytes in the log");
    let copy = tempfile::tempdir().unwrap();
    fs::copy(data.join("happyflow.db"), copy.path().join("happyflow.db")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(copy.path()).await.unwrap();
        assert_eq!(store.inbox(0, ALL).await.unwrap().len(), messages, "{after}");
        assert!(!store.dump().await.unwrap().is_empty());
        store.close().await;
    });
}

#[test]
fn every_command_leaves_everything_in_the_database_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("d/in/0193")).unwrap();
    fs::write(path.join("c.json"), CONTRACTS).unwrap();
    for number in 1..=40 {
        let xml = jw301(&number.to_string(), 300_400 + number);
        fs::write(path.join(format!("d/in/0193/{number:04}.xml")), xml).unwrap();
    }
    for (arguments, messages) in [
        (&["process", "--data", "d", "--today", "2026-02-03"][..], 40),
        (&["contract", "import", "--data", "d", "c.json"], 40),
        (&["pay", "--data", "d", "--date", "2026-02-28", "--out", "betalen"], 40),
        (&["work", "list", "--data", "d"], 40),
        (&["replay", "--data", "d"], 40),
        (&["parked", "retry", "7", "--by", "A. Proef", "--why", "proef", "--data", "d"], 40),
    ] {
        let run = run(path, arguments);
        assert!(!run.stderr.contains("Gebruik:") && !run.stderr.contains("ontbreekt"), "{}", run.stderr);
        whole_alone(path, messages, &format!("{arguments:?} ({:?}, {})", run.code, run.stderr));
    }
}

#[test]
fn a_service_that_is_asked_to_stop_leaves_everything_in_the_database_alone() {
    let folder = folder();
    let mut service = Service::start(folder.path(), "data = 'd'", &[]);
    for number in 1..=40 {
        drop_file(folder.path(), number, &jw301(&number.to_string(), 300_400 + number));
    }
    wait_for("answers", || answers(folder.path()) >= 40);
    assert_eq!(service.stop(), Some(0));
    whole_alone(folder.path(), 40, "serve");
}
