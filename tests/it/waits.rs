//! A command that waits for another process says for which, after a while and not before, and goes on by itself.

use crate::cli::{command, run};
use crate::cli_process::CONTRACTS;
use crate::messages::jw301;
use crate::store_conformance::{ALL, arrival};
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStore, OutboxStore, Store};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};
use std::time::{Duration, Instant};

const COMMANDS: [&[&str]; 5] = [
    &["process", "--data", "d"],
    &["contract", "import", "--data", "d", "c.json"],
    &["pay", "--data", "d", "--date", "2026-02-28", "--out", "betalen"],
    &["work", "approve", "1", "--by", "A. Proef", "--why", "proef", "--data", "d"],
    &["import", "--silent", "--data", "d", "leeg"],
];

fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("d/in/0193")).unwrap();
    fs::create_dir(folder.path().join("leeg")).unwrap();
    fs::write(folder.path().join("c.json"), CONTRACTS).unwrap();
    fs::write(folder.path().join("d/in/0193/1.xml"), jw301("1", 300_401)).unwrap();
    let run = run(folder.path(), &["process", "--data", "d", "--today", "2026-02-03"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "nobody waits");
    folder
}

/// A command under way, and when it began.
struct Waiting {
    child: Child,
    said: BufReader<ChildStderr>,
    begun: Instant,
}

fn start(folder: &Path, arguments: &[&str]) -> Waiting {
    let begun = Instant::now();
    let mut child =
        command(folder).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let said = BufReader::new(child.stderr.take().unwrap());
    Waiting { child, said, begun }
}

impl Waiting {
    /// The first line that it says, and that it took a while.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        assert!(self.begun.elapsed() >= Duration::from_secs(3), "too soon: {line}");
        line
    }

    /// What it says from then on until it ends by itself.
    fn end(mut self) -> String {
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().code().is_some());
        rest
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

#[test]
fn who_waits_for_the_data_says_for_which_process_and_since_when() {
    let folder = office();
    let runtime = runtime();
    let store = runtime.block_on(SqliteStore::open(&folder.path().join("d"))).unwrap();
    runtime.block_on(store.ingest(vec![arrival("2.xml", jw301("2", 300_402).as_bytes())])).unwrap();
    let held = runtime.block_on(store.claim(ALL, &[])).unwrap().unwrap();
    let mut waiting: Vec<_> = COMMANDS.iter().map(|arguments| start(folder.path(), arguments)).collect();
    let holder = format!("proces {}, sinds 20", std::process::id());
    for (command, arguments) in waiting.iter_mut().zip(COMMANDS) {
        let line = command.line();
        for text in ["wacht tot d/happyflow.lock vrij is", &holder, "gaat daarna vanzelf verder"] {
            assert!(line.contains(text), "{arguments:?}: {text:?} not in {line}");
        }
    }
    runtime.block_on(async { drop(held) });
    for command in waiting {
        let rest = command.end();
        assert!(!rest.contains("wacht"), "it is said once: {rest}");
    }
}

#[test]
fn who_waits_for_the_writing_of_another_process_says_so() {
    let folder = office();
    let runtime = runtime();
    let options = SqliteConnectOptions::new().filename(folder.path().join("d/happyflow.db"));
    let mut connection = runtime.block_on(SqliteConnection::connect_with(&options)).unwrap();
    runtime.block_on(sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection)).unwrap();
    let mut import = start(folder.path(), COMMANDS[1]);
    let line = import.line();
    assert!(line.contains("wacht sinds 20") && line.contains("schrijven in happyflow.db"), "{line}");
    runtime.block_on(sqlx::raw_sql("COMMIT").execute(&mut connection)).unwrap();
    assert_eq!(import.end(), "");
}

#[test]
fn who_waits_until_another_process_has_sent_says_so() {
    let folder = office();
    let runtime = runtime();
    let store = runtime.block_on(SqliteStore::open(&folder.path().join("d"))).unwrap();
    let held = runtime.block_on(store.lock_publishing()).unwrap().unwrap();
    let mut process = start(folder.path(), COMMANDS[0]);
    let line = process.line();
    assert!(line.contains("wacht sinds 20") && line.contains("klaar is met verzenden"), "{line}");
    drop(held);
    assert_eq!(process.end(), "");
}
