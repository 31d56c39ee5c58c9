//! A reader that stops reading (`| head`): every command ends quietly, and what it did is done.

use crate::cli::command;
use crate::messages::jw301;
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

/// Runs a command of which nobody reads what it says; what it says on stderr.
fn unread(folder: &Path, arguments: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command(folder).args(arguments).stdin(Stdio::null()).stdout(writer).output().unwrap()
}

fn ends_with(folder: &Path, code: i32, arguments: &[&str]) {
    let Output { status, stderr, .. } = unread(folder, arguments);
    let told = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!((status.code(), told.as_str()), (Some(code), ""), "{arguments:?}");
}

#[test]
fn every_command_ends_quietly_when_nobody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ends_with(folder, 0, &["demo", "--dir", "demo", "--clients", "20", "--months", "2"]);
    fs::write(folder.join("a.xml"), jw301("1", 300_401)).unwrap();
    fs::write(folder.join("b.xml"), "geen bericht").unwrap();
    let data = "demo/data";
    ends_with(folder, 0, &["generate", "--out", "verkeer", "--seed", "1", "--clients", "5", "--months", "1"]);
    ends_with(folder, 0, &["--help"]);
    ends_with(folder, 0, &["--version"]);
    ends_with(folder, 0, &["explain", "TR322"]);
    ends_with(folder, 0, &["check", "--json", "a.xml"]);
    ends_with(folder, 1, &["check", "b.xml"]);
    ends_with(folder, 1, &["process", "--data", data, "b.xml"]);
    ends_with(folder, 0, &["work", "list", "--data", data]);
    ends_with(folder, 0, &["work", "due", "--data", data]);
    ends_with(folder, 0, &["parked", "list", "--data", data]);
    ends_with(folder, 0, &["contract", "list", "--data", data]);
    ends_with(folder, 0, &["contract", "import", "demo/in/contracts.json", "--data", data]);
    for report in ["rejections", "deadlines", "budget", "work"] {
        ends_with(folder, 0, &["report", report, "--data", data]);
        ends_with(folder, 0, &["report", report, "--data", data, "--format", "xlsx"]);
    }
    ends_with(folder, 0, &["replay", "--data", data]);
    ends_with(folder, 0, &["replay", "--data", data, "--verify-state", "--json"]);
    ends_with(folder, 0, &["replay", "--data", data, "--verify-chain"]);
    ends_with(folder, 0, &["replay", "--data", data, "--sample", "2", "--out", "uit"]);
    ends_with(folder, 0, &["doctor", "--data", data]);
    ends_with(folder, 0, &["migrate", "--data", data]);
    ends_with(folder, 0, &["backup", "--data", data, "kopie.db"]);
    ends_with(folder, 0, &["resend", "1", "--data", data]);
    ends_with(folder, 0, &["pay", "--data", data, "--run", "1", "--out", "pay"]);
    ends_with(folder, 1, &["import", "--silent", "--data", "leeg", "b.xml"]);
    let remove = ["remove", "--data", data, "--expired", "--dry-run", "--by", "A", "--why", "x"];
    ends_with(folder, 0, &remove);
}

/// Nobody reads what went wrong either.
#[test]
fn an_error_that_nobody_reads_is_still_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["process", "--data"][..], &["work", "list", "--data", "weg"], &["check", "--soms"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let other = writer.try_clone().unwrap();
        let status = command(folder.path()).args(arguments).stdout(writer).stderr(other).status().unwrap();
        assert_eq!(status.code(), Some(2), "{arguments:?}");
    }
}

/// More than a pipe holds: what is not waited for is not judged, nothing of it is lost, and the exit says that it
/// was not all.
#[test]
fn long_work_stops_when_nobody_reads_and_goes_on_the_next_time() {
    const MESSAGES: u32 = 300;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("c.json"), crate::cli_process::CONTRACTS).unwrap();
    fs::create_dir_all(folder.join("d/in/0193")).unwrap();
    for number in 1..=MESSAGES {
        let path = folder.join(format!("d/in/0193/{number:03}.xml"));
        fs::write(path, jw301(&number.to_string(), 300_400 + number)).unwrap();
    }
    ends_with(folder, 1, &["check", "--json", "d/in"]);
    fs::write(folder.join("h.toml"), "data = 'd'\n[limits]\nbatch_messages = 5").unwrap();
    ends_with(folder, 1, &["process", "--json", "--contracts", "c.json", "--config", "h.toml"]);
    let answers = || fs::read_dir(folder.join("d/out/0193")).unwrap().count();
    let before = answers();
    assert!(before < usize::try_from(MESSAGES).unwrap(), "it did not stop");
    let process = crate::cli::run(folder, &["process", "--config", "h.toml"]);
    assert_eq!((process.code, process.stderr.as_str()), (Some(0), ""), "{}", process.stdout);
    assert_eq!(answers(), usize::try_from(MESSAGES).unwrap());
}
