//! A file that a person names and that is no file, or too large, is told at once with its path: never waited for, never
//! read without end. A link to a regular file is followed.

use crate::cli::{Run, command};
use crate::cli_process::CONTRACTS;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than any of these takes, were it not for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a command that must end by itself soon.
fn soon(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = command(folder);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Run::of(&child.wait_with_output().unwrap())
}

/// What is no file to read, by name.
fn traps(folder: &Path) -> [&'static str; 5] {
    let pipe = Command::new("mkfifo").arg(folder.join("pijp")).status().unwrap();
    assert!(pipe.success());
    fs::create_dir(folder.join("map")).unwrap();
    symlink("/dev/zero", folder.join("eindeloos")).unwrap();
    symlink("/dev/tty0", folder.join("apparaat")).unwrap();
    // It takes no room on the disk.
    fs::File::create(folder.join("groot")).unwrap().set_len(400 * 1024 * 1024).unwrap();
    ["pijp", "map", "eindeloos", "apparaat", "groot"]
}

/// Each trap in the place of a file of these commands.
fn told_at_once(folder: &Path, trap: &str, arguments: &[&str]) {
    let run = soon(folder, arguments);
    assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
    assert!(run.stderr.contains(trap), "{arguments:?}: {}", run.stderr);
    let reasons = ["is geen gewoon bestand", "is een map", "is groter dan ", "geen rechten"];
    // A device that is not there, or may not be opened, is told as such.
    let device = ["bestaat niet", "No such device"];
    let reasons = reasons.iter().chain(device.iter().filter(|_| trap == "apparaat"));
    assert!(reasons.into_iter().any(|reason| run.stderr.contains(reason)), "{arguments:?}: {}", run.stderr);
}

#[test]
fn settings_passwords_certificates_and_lists_that_are_no_files_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for trap in traps(path) {
        told_at_once(path, trap, &["process", "--data", "d", "--config", trap]);
        told_at_once(path, trap, &["doctor", "--config", trap]);
        let password =
            format!("data = 'd'\n[database]\nurl = 'postgres://u@127.0.0.1:1/x'\npassword_file = '{trap}'\n");
        fs::write(path.join("database.toml"), password).unwrap();
        told_at_once(path, trap, &["doctor", "--config", "database.toml"]);
        let broker =
            |key: &str| format!("data = 'd'\n[broker]\nurl = 'amqp://u@127.0.0.1:1/x'\n{key} = '{trap}'\n");
        for key in ["password_file", "ca_file"] {
            fs::write(path.join("broker.toml"), broker(key)).unwrap();
            told_at_once(path, trap, &["doctor", "--config", "broker.toml"]);
        }
        let list = ["replay", "--data", "d", "--client-file", trap, "--out", "dossier"];
        crate::cli::run(path, &["migrate", "--data", "d"]);
        told_at_once(path, trap, &list);
        let remove = ["remove", "--data", "d", "--client-file", trap, "--by", "A. Proef", "--why", "proef"];
        told_at_once(path, trap, &remove);
    }
}

#[test]
fn contracts_that_are_no_files_are_told_at_once_alone_and_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("contracten")).unwrap();
    let import = |what: &str| soon(path, &["contract", "import", "--data", "d", what]);
    for trap in traps(path) {
        if trap == "map" {
            continue;
        }
        told_at_once(path, trap, &["contract", "import", "--data", "d", trap]);
        let inside = format!("contracten/{trap}.json");
        fs::rename(path.join(trap), path.join(&inside)).unwrap();
        told_at_once(path, &format!("{trap}.json"), &["contract", "import", "--data", "d", "contracten"]);
        fs::remove_file(path.join(&inside)).unwrap();
    }
    // What a link leads to is read when it is a file.
    fs::write(path.join("echt.json"), CONTRACTS).unwrap();
    symlink("echt.json", path.join("link.json")).unwrap();
    assert_eq!(import("link.json").code, Some(0));
}
