//! The process dies at any moment; the next start gives the same answers, once each.
//!
//! Where it is killed is told by what can be seen from outside: a file that appears, a line that is
//! printed. The result is compared with a run that nobody disturbed.

use crate::cli::{Run, command};
use crate::cli_process::{CONTRACTS, tree};
use crate::messages::{jw301, jw305};
use crate::same_state::Dump;
use happyflow::store::Store;
use happyflow::store::sqlite::SqliteStore;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Stdio};

/// Messages dropped; every tenth is not valid and every twelfth is a start of care.
const MESSAGES: u32 = 240;
const SENDER: &str = "d/in/0193";

fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for sender in ["0193", "12345678"] {
        fs::create_dir_all(folder.path().join("d/in").join(sender)).unwrap();
    }
    fs::write(folder.path().join("c.json"), CONTRACTS).unwrap();
    fs::write(folder.path().join("config.toml"), "[limits]\nbatch_messages = 4\n").unwrap();
    for number in 1..=MESSAGES {
        let (sender, message) = match number {
            number if number % 10 == 0 => ("0193", jw301(&number.to_string(), 300_400).replace("8011AA", "")),
            number if number % 12 == 0 => ("12345678", jw305(&number.to_string())),
            number => ("0193", jw301(&number.to_string(), 300_400 + number)),
        };
        fs::write(folder.path().join(format!("d/in/{sender}/{number:04}.xml")), message).unwrap();
    }
    folder
}

fn start(folder: &Path) -> Child {
    let arguments = [
        "process",
        "--data",
        "d",
        "--config",
        "config.toml",
        "--contracts",
        "c.json",
        "--today",
        "2026-02-03",
        "--json",
    ];
    command(folder).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn finish(folder: &Path) -> Run {
    let run = Run::of(&start(folder).wait_with_output().unwrap());
    assert_eq!(run.code, Some(1), "some are parked: {}", run.stderr);
    run
}

/// Kills the process as soon as the condition holds. It must not have ended by itself before.
fn kill_when(mut child: Child, condition: impl Fn() -> bool) {
    while !condition() {
        assert!(child.try_wait().unwrap().is_none(), "ended before it could be killed");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9), "ended before it was killed");
}

/// Whole files below a folder, while another process changes it.
fn files_in(folder: &Path, path: &str) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder.join(path)).into_iter().flatten().flatten() {
        let name = format!("{path}/{}", entry.file_name().to_string_lossy());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => count += files_in(folder, &name),
            Ok(_) if !name.contains("/.") => count += 1,
            _ => {}
        }
    }
    count
}

/// Everything that must be the same: what others see, and all state.
fn result(folder: &Path) -> (Vec<(std::path::PathBuf, Vec<u8>)>, Vec<String>) {
    let mut seen = Vec::new();
    for part in ["out", "fout", "in", "claimed"] {
        seen.extend(tree(&folder.join("d").join(part)));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let state = runtime.block_on(async {
        let store = SqliteStore::open(&folder.join("d")).await.unwrap();
        let state = store.dump().await.unwrap();
        store.close().await;
        state
    });
    (seen, state)
}

fn undisturbed() -> (Vec<(std::path::PathBuf, Vec<u8>)>, Vec<String>) {
    let folder = office();
    let lines = finish(folder.path()).lines();
    assert_eq!(lines.len(), usize::try_from(MESSAGES).unwrap());
    result(folder.path())
}

#[test]
fn killed_while_taking_over_storing_publishing_and_again_it_ends_the_same() {
    let expected = undisturbed();
    let folder = office();
    let folder = folder.path();
    // Some are taken over, none may be stored yet.
    kill_when(start(folder), || files_in(folder, "d/claimed") > 0);
    assert!(files_in(folder, SENDER) + files_in(folder, "d/claimed") > 0);
    // The store has the first messages.
    let claimed = files_in(folder, "d/claimed") + files_in(folder, "d/in");
    kill_when(start(folder), || files_in(folder, "d/claimed") + files_in(folder, "d/in") < claimed);
    // Something is published.
    kill_when(start(folder), || files_in(folder, "d/out") > 0);
    // More of it, somewhere halfway.
    let published = files_in(folder, "d/out");
    kill_when(start(folder), || files_in(folder, "d/out") > published + 40);
    finish(folder);
    let found = result(folder);
    assert_eq!(found.0.len(), expected.0.len());
    assert!(found.0 == expected.0, "other files");
    assert_eq!(found.1, expected.1);
}

#[test]
fn killed_after_its_first_line_every_message_has_a_line_in_the_two_runs_together() {
    let expected = undisturbed();
    let folder = office();
    let mut child = start(folder.path());
    let mut printed = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    printed.read_line(&mut line).unwrap();
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9), "ended before it was killed");
    let last = finish(folder.path()).lines();
    assert!(
        last.iter().all(|line| line["duplicate"] == serde_json::json!(false)),
        "nothing is said to be known"
    );
    assert!(last.len() < usize::try_from(MESSAGES).unwrap());
    assert!(result(folder.path()) == expected, "other files or state");
}

#[test]
fn a_file_that_was_published_and_lost_is_not_sent_twice_by_the_next_run() {
    let folder = office();
    let folder = folder.path();
    finish(folder);
    // The receiver took its files; a later run has nothing to publish.
    fs::remove_dir_all(folder.join("d/out")).unwrap();
    fs::create_dir(folder.join("d/out")).unwrap();
    let run = Run::of(&start(folder).wait_with_output().unwrap());
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    assert_eq!(files_in(folder, "d/out"), 0);
}
