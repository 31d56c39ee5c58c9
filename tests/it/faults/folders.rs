//! What senders do to their own folders, and what may lie in them: a mode that keeps us out, another file system, a
//! file that cannot be read, one of gigabytes, links. It holds up its own sender, or that file, alone; it is told; and
//! what waited is answered once when it can be taken in.

use super::messages;
use super::scene::{Outcome, Sent, contracts};
use crate::cli_process::tree;
use crate::rights::{chmod, is_root, mounted_on, ordinary_user};
use crate::serve::{Service, wait_for};
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of a file that takes no room on the disk.
const HUGE: u64 = 3 * 1024 * 1024 * 1024;
/// More than the service needs for small messages, and far less than a huge file would take.
const MEMORY: u64 = 400 * 1024 * 1024;

/// An installation without servers.
struct Office(tempfile::TempDir);

impl Office {
    fn new() -> Self {
        let office = Self(tempfile::tempdir().unwrap());
        fs::write(office.path("c.json"), contracts()).unwrap();
        let import = crate::cli::run(office.folder(), &["contract", "import", "c.json", "--data", "d"]);
        assert_eq!(import.code, Some(0), "{}", import.stderr);
        office
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn inbox(&self, sender: &str) -> PathBuf {
        let folder = self.path("d/in").join(sender);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn drop_in(&self, messages: &[Sent]) {
        for one in messages {
            deliver(&self.inbox(&one.sender), one);
        }
    }

    /// A service that looks for files every so many milliseconds.
    fn serve(&self, before: &[String], poll_ms: u32) -> Service {
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        let settings = format!("data = 'd'\n[worker]\npoll_ms = {poll_ms}");
        let service = Service::start_as(&before, self.folder(), &settings, &[]);
        service.ready();
        service
    }

    /// Messages in the outbox of a receiver, of a kind.
    fn answers(&self, receiver: &str, kind: &str) -> usize {
        let found = tree(&self.path("d/out").join(receiver));
        let whole = |path: &Path| !path.to_string_lossy().starts_with('.');
        found.iter().filter(|(path, _)| whole(path) && path.to_string_lossy().contains(kind)).count()
    }

    /// Waits for the answer to every message of one of these senders.
    fn answered(&self, sent: &[Sent], senders: &[&str]) {
        for sender in senders {
            let own = |kind: fn(&Outcome) -> bool| {
                sent.iter().filter(|one| one.sender == **sender && kind(&one.outcome)).count()
            };
            let assignments = own(|outcome| matches!(outcome, Outcome::Toewijzing));
            let claims = own(|outcome| matches!(outcome, Outcome::Declaratie(_)));
            wait_for(&format!("the answers of {sender}"), || {
                self.answers(sender, "JW302") >= assignments && self.answers(sender, "JW325") >= claims
            });
            let found = (self.answers(sender, "JW302"), self.answers(sender, "JW325"));
            assert_eq!(found, (assignments, claims), "{sender}");
        }
    }
}

fn deliver(folder: &Path, one: &Sent) {
    fs::write(folder.join(format!(".{}", one.id)), &one.bytes).unwrap();
    fs::rename(folder.join(format!(".{}", one.id)), folder.join(format!("{}.xml", one.id))).unwrap();
}

/// Messages that are messages, of all senders.
fn valid(numbers: std::ops::Range<u32>) -> Vec<Sent> {
    messages(numbers).into_iter().filter(|one| one.outcome != Outcome::Geen).collect()
}

const SENDERS: [&str; 4] = ["0150", "0193", "12345678", "23456789"];

/// How often a text stands in another.
fn times(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn a_folder_that_its_owner_closed_holds_up_its_owner_alone_and_comes_back() {
    for mode in [0o555, 0o000] {
        let office = Office::new();
        let sent = valid(0..16);
        office.drop_in(&sent);
        let before = ordinary_user(office.folder());
        chmod(&office.inbox("0193"), mode);
        let mut service = office.serve(&before, 20);
        // Assignments of the other gemeente, and claims on them.
        office.answered(&sent, &["0150"]);
        service.wait_for_figure("happyflow_intake_held_senders", 1.0);
        service.wait_for_figure("happyflow_failures_total{part=\"sender\"}", 4.0);
        assert_eq!(office.answers("0193", "JW302"), 0, "{mode:o}");
        let log = service.log(office.folder());
        let told = times(&log, "is niet in te nemen: geen rechten");
        // By now some hundred looks were made.
        assert!((4..12).contains(&told), "told {told} times:\n{log}");
        let doctor = crate::rights::run(&before, office.folder(), &["doctor", "--data", "d"]);
        assert!(doctor.stdout.contains("LET OP aanlevering: de map d/in/0193"), "{}", doctor.stdout);
        chmod(&office.inbox("0193"), 0o755);
        office.answered(&sent, &["0193"]);
        wait_for("nobody to wait", || service.figure("happyflow_intake_held_senders") == Some(0.0));
        assert_eq!(service.stop(), Some(0));
        assert!(tree(&office.path("d/claimed")).is_empty() && tree(&office.path("d/in")).is_empty());
    }
}

#[test]
fn process_goes_on_with_the_others_and_says_whose_folder_it_could_not_take_in() {
    let office = Office::new();
    let sent = valid(0..16);
    office.drop_in(&sent);
    let before = ordinary_user(office.folder());
    let file = office.inbox("23456789").join("heen-5.xml");
    assert!(file.exists(), "a claim of the other aanbieder");
    chmod(&office.inbox("0193"), 0o500);
    chmod(&file, 0o000);
    for _ in 0..2 {
        let run = crate::rights::run(&before, office.folder(), &["process", "--data", "d"]);
        assert_eq!(run.code, Some(1), "{}\n{}", run.stdout, run.stderr);
        assert_eq!(times(&run.stderr, "is niet in te nemen: geen rechten"), 1, "{}", run.stderr);
        assert_eq!(times(&run.stderr, "heen-5.xml is niet te lezen: geen rechten"), 1, "{}", run.stderr);
    }
    office.answered(&sent, &["0150"]);
    chmod(&office.inbox("0193"), 0o700);
    chmod(&file, 0o600);
    let run = crate::rights::run(&before, office.folder(), &["process", "--data", "d"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    office.answered(&sent, &SENDERS);
}

#[test]
fn a_file_that_we_may_not_read_waits_and_is_then_set_aside_with_a_notice() {
    let office = Office::new();
    let sent = valid(0..16);
    office.drop_in(&sent);
    let before = ordinary_user(office.folder());
    let (late, never) = (office.inbox("0193").join("heen-0.xml"), office.inbox("0193").join("heen-8.xml"));
    chmod(&late, 0o000);
    chmod(&never, 0o000);
    // With pauses of seconds there is time to look.
    let mut service = office.serve(&before, 50);
    service.wait_for_figure("happyflow_intake_held_files", 2.0);
    office.answered(&sent, &["0150"]);
    assert_eq!(office.answers("0193", "JW302"), 2, "its other messages are answered");
    chmod(&late, 0o600);
    wait_for("the file that may be read now", || office.answers("0193", "JW302") == 3);
    assert_eq!(service.stop(), Some(0));
    // With pauses of milliseconds it is given up soon.
    let mut service = office.serve(&before, 1);
    service.wait_for_figure("happyflow_intake_set_aside_total{reason=\"unreadable\"}", 1.0);
    wait_for("nothing to wait", || service.figure("happyflow_intake_held_files") == Some(0.0));
    let log = service.log(office.folder());
    assert_eq!(times(&log, "heen-8.xml is niet te lezen: geen rechten"), 9, "{log}");
    assert_eq!(service.stop(), Some(0));
    assert!(!never.exists() && office.path("d/fout/apart-000000000001-bericht.xml").exists());
    let notice = fs::read_to_string(office.path("d/fout/apart-000000000001-melding.xml")).unwrap();
    for part in ["<ontvanger>0193</ontvanger>", "niet te lezen: geen rechten", "heen-8.xml", "leesrechten"] {
        assert!(notice.contains(part), "{part}: {notice}");
    }
    let doctor = crate::rights::run(&before, office.folder(), &["doctor", "--data", "d"]);
    assert!(doctor.stdout.contains("LET OP opzij gezet: 1 bestanden"), "{}", doctor.stdout);
}

/// A share of a party, mounted in its folder: files cannot be renamed from there.
#[test]
fn messages_on_another_file_system_are_taken_in_as_well() {
    let office = Office::new();
    let sent = valid(0..16);
    let inbox = office.inbox("0193");
    let before = mounted_on(&inbox, &[env!("CARGO_BIN_EXE_happyflow").to_owned()]);
    let mut service = office.serve(&before, 20);
    let inside = PathBuf::from(format!("/proc/{}/root{}", service.process(), inbox.display()));
    for one in &sent {
        let folder = if one.sender == "0193" { inside.clone() } else { office.inbox(&one.sender) };
        deliver(&folder, one);
    }
    File::create(inside.join("groot.xml")).unwrap().set_len(HUGE).unwrap();
    office.answered(&sent, &["0150", "0193"]);
    service.wait_for_figure("happyflow_intake_set_aside_total{reason=\"too_large\"}", 1.0);
    let left: Vec<PathBuf> = tree_of_names(&inside);
    assert_eq!(left, [PathBuf::from(".apart-000000000001-bericht.xml")]);
    assert!(fs::read_to_string(office.path("d/fout/apart-000000000001-melding.xml")).is_ok());
    assert!(fs::read_dir(&inbox).unwrap().next().is_none(), "it was not mounted");
    assert_eq!(service.stop(), Some(0));
    assert!(tree(&office.path("d/claimed")).is_empty());
}

fn tree_of_names(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| PathBuf::from(entry.unwrap().file_name())).collect()
}

#[test]
fn a_file_of_gigabytes_costs_no_memory_and_holds_up_nobody() {
    let office = Office::new();
    let sent = valid(0..24);
    let huge = |sender: &str, name: &str| {
        File::create(office.inbox(sender).join(name)).unwrap().set_len(HUGE).unwrap();
    };
    huge("0150", "a.xml");
    huge("0193", "a.xml");
    office.drop_in(&sent);
    let mut service = office.serve(&[env!("CARGO_BIN_EXE_happyflow").to_owned()], 20);
    office.answered(&sent, &["0150", "0193"]);
    huge("0193", "heen-zz.xml");
    service.wait_for_figure("happyflow_intake_set_aside_total{reason=\"too_large\"}", 3.0);
    assert!(service.most_memory() < MEMORY, "{} bytes", service.most_memory());
    let log = service.log(office.folder());
    assert_eq!(times(&log, "groter dan 67108864 bytes"), 3, "{log}");
    // It is not killed, and not tried again after the next start either.
    assert_eq!(service.stop(), Some(0));
    let process = crate::cli::run(office.folder(), &["process", "--data", "d"]);
    assert_eq!((process.code, process.stderr.as_str()), (Some(0), ""));
    huge("0150", "b.xml");
    let process = crate::cli::run(office.folder(), &["process", "--data", "d"]);
    assert_eq!((process.code, times(&process.stderr, "groter dan")), (Some(1), 1), "{}", process.stderr);
}

/// The limit is a setting.
#[test]
fn what_is_larger_than_the_settings_say_is_not_taken_in_from_a_folder_nor_from_a_path() {
    let office = Office::new();
    let sent = valid(0..2);
    let most = sent.iter().map(|one| one.bytes.len()).max().unwrap();
    let settings = format!("data = 'd'\n[limits]\nmax_message_bytes = {most}");
    fs::write(office.path("h.toml"), settings).unwrap();
    office.drop_in(&sent);
    fs::write(office.inbox("0193").join("groot.xml"), vec![b' '; most + 1]).unwrap();
    fs::write(office.path("groot.xml"), vec![b' '; most + 1]).unwrap();
    let run = crate::cli::run(office.folder(), &["process", "--config", "h.toml"]);
    assert_eq!((run.code, times(&run.stderr, "groter dan")), (Some(1), 1), "{}", run.stderr);
    office.answered(&sent, &["0150", "0193"]);
    let run = crate::cli::run(office.folder(), &["process", "--config", "h.toml", "--json", "groot.xml"]);
    assert_eq!(run.code, Some(1));
    let text = run.lines()[0]["findings"][0]["text"].as_str().unwrap().to_owned();
    assert!(text.contains(&format!("is groter dan {most} bytes")), "{text}");
}

/// Links to what a sender may not read itself, and a link that says that it is the folder of a sender.
#[test]
fn nothing_that_a_link_leads_to_is_read_or_moved() {
    const SECRET: &str = "dit is van niemand anders";
    let office = Office::new();
    let sent = valid(0..8);
    office.drop_in(&sent);
    let elsewhere = office.path("elders");
    fs::create_dir(&elsewhere).unwrap();
    for name in ["een.xml", "twee.xml"] {
        fs::write(elsewhere.join(name), SECRET).unwrap();
    }
    symlink(elsewhere.join("een.xml"), office.inbox("0193").join("link.xml")).unwrap();
    symlink("/proc/self/environ", office.inbox("0193").join("omgeving.xml")).unwrap();
    fs::hard_link(elsewhere.join("een.xml"), office.inbox("0193").join("hard.xml")).unwrap();
    symlink(&elsewhere, office.path("d/in/23456780")).unwrap();
    // What a receiver who may write in its own folder could put in our way.
    fs::create_dir_all(office.path("d/out/0193")).unwrap();
    for number in 1..40 {
        for kind in ["JW302", "JW301"] {
            let half = format!("d/out/0193/.half-{number:012}-{kind}.xml");
            symlink(elsewhere.join("twee.xml"), office.path(&half)).unwrap();
        }
    }
    symlink(&elsewhere, office.path("d/out/12345678")).unwrap();
    let before = ordinary_user(office.folder());
    let mut service = office.serve(&before, 1);
    office.answered(&sent, &["0150", "0193"]);
    service.wait_for_figure("happyflow_intake_left_files", 4.0);
    service.wait_for_figure("happyflow_outbox_stuck_receivers", 1.0);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(service.stop(), Some(0));
    let log = service_log(&office);
    assert_eq!(times(&log, "wordt niet ingenomen"), 4, "each once:\n{log}");
    assert_eq!(tree_of_names(&elsewhere).len(), 2);
    for (path, bytes) in tree(&elsewhere) {
        assert_eq!(bytes, SECRET.as_bytes(), "{}", path.display());
    }
    // Nothing of it is anywhere else, packed or not.
    fs::remove_file(office.path("d/out/12345678")).unwrap();
    for (path, bytes) in tree(&office.path("d")) {
        let found = memchr::memmem::find(&bytes, SECRET.as_bytes()).is_some();
        assert!(
            path.starts_with("in") || office.path("d").join(&path).is_symlink() || !found,
            "{}",
            path.display()
        );
    }
    let received = crate::cli::run(office.folder(), &["parked", "list", "--data", "d"]);
    assert!(!received.stdout.contains("0193"), "{}", received.stdout);
}

fn service_log(office: &Office) -> String {
    let logs = tree(office.folder()).into_iter();
    logs.filter(|(path, _)| path.extension().is_some_and(|end| end == "log"))
        .map(|(_, log)| String::from_utf8(log).unwrap())
        .collect()
}

/// What a sender wrote in a way that nobody else can read, as root leaves it to others: told apart from what is ours.
#[test]
fn the_tests_of_rights_run_with_rights() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.xml"), "x").unwrap();
    let before = ordinary_user(folder.path());
    chmod(&folder.path().join("a.xml"), 0o000);
    let run = crate::rights::run(&before, folder.path(), &["check", "a.xml"]);
    assert!(run.stdout.contains("geen rechten"), "root: {}\n{}\n{}", is_root(), run.stdout, run.stderr);
}
