//! Who may read and write what the program makes: nobody else, whatever the umask is, but for what is said here.

use crate::cli::Run;
use crate::faults::scene::{Installation, message};
use crate::hub_conformance::broker_runtime;
use crate::rights::run;
use crate::serve::{Service, wait_for};
use happyflow::store::Store;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;

/// What others may read, and why: ends of paths, part by part, in which `*` is anything.
const SHARED: [(&str, u32, &str); 2] = [
    ("out/*/*.xml", 0o640, "its receiver reads it, when the folder is given to the group of that receiver"),
    (
        "archief/*.xml",
        0o640,
        "receivers read what a queue refers to, when the folder is given to their group",
    ),
];

/// The program under an umask.
fn under(umask: &str) -> Vec<String> {
    let script = format!("umask {umask}; exec \"$@\"");
    ["sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_happyflow")].map(str::to_owned).to_vec()
}

/// Rights that a path must have.
fn expected(path: &Path, is_folder: bool) -> u32 {
    if is_folder {
        return FOLDER;
    }
    let parts: Vec<&str> = path.iter().map(|part| part.to_str().unwrap()).collect();
    let matches = |pattern: &str| {
        let one = |(part, pattern): (&&str, &str)| match pattern.split_once('*') {
            Some((_, end)) => part.ends_with(end),
            None => *part == pattern,
        };
        let count = pattern.split('/').count();
        parts.len() >= count && parts[parts.len() - count..].iter().zip(pattern.split('/')).all(one)
    };
    SHARED.iter().find(|(pattern, ..)| matches(pattern)).map_or(FILE, |(_, mode, _)| *mode)
}

/// Everything below a folder that this test did not make itself.
fn made(root: &Path, own: &BTreeSet<PathBuf>) -> Vec<(PathBuf, bool, u32)> {
    let (mut found, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            let path = path.strip_prefix(root).unwrap().to_owned();
            if !own.contains(&path) {
                found.push((path, metadata.is_dir(), metadata.permissions().mode() & 0o7777));
            }
        }
    }
    found
}

fn assert_modes(root: &Path, own: &BTreeSet<PathBuf>, umask: &str) -> Vec<PathBuf> {
    let found = made(root, own);
    for (path, is_folder, mode) in &found {
        let expected = expected(path, *is_folder);
        assert_eq!(*mode, expected, "{} has {mode:o}, not {expected:o} (umask {umask})", path.display());
    }
    found.into_iter().map(|(path, ..)| path).collect()
}

/// A folder in which commands are run under an umask.
struct Place {
    folder: tempfile::TempDir,
    before: Vec<String>,
    own: BTreeSet<PathBuf>,
}

impl Place {
    fn new(umask: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), before: under(umask), own: BTreeSet::new() }
    }

    fn run(&self, code: i32, arguments: &[&str]) -> Run {
        let run = run(&self.before, self.folder.path(), arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}\n{}\n{}", run.stdout, run.stderr);
        run
    }

    /// A file of the test itself.
    fn write(&mut self, path: &str, bytes: &[u8]) {
        let (whole, mut above) = (self.folder.path().join(path), Path::new(path));
        if !whole.parent().unwrap().exists() {
            fs::DirBuilder::new().mode(FOLDER).create(whole.parent().unwrap()).unwrap();
            above = above.parent().unwrap();
            self.own.insert(above.to_owned());
        }
        fs::write(&whole, bytes).unwrap();
        self.own.insert(PathBuf::from(path));
    }

    /// A BSN in a message of an invented region.
    fn a_bsn(&self) -> String {
        for path in made(&self.folder.path().join("demo/in"), &BTreeSet::new()) {
            let text =
                fs::read_to_string(self.folder.path().join("demo/in").join(path.0)).unwrap_or_default();
            if let Some((_, rest)) = text.split_once("Bsn>999") {
                return format!("999{}", &rest[..6]);
            }
        }
        panic!("no message names a client")
    }
}

/// Every command that makes something.
#[test]
fn nothing_that_a_command_makes_is_for_others_whatever_the_umask() {
    for umask in ["000", "077"] {
        let mut place = Place::new(umask);
        let region = ["--clients", "40", "--months", "3"];
        place.run(0, &[&["generate", "--out", "verkeer/x", "--seed", "3"][..], &region].concat());
        place.run(0, &[&["demo", "--dir", "demo"][..], &region].concat());
        let data = ["--data", "demo/data"];
        let with = |arguments: &[&'static str]| -> Vec<&str> { [arguments, &data].concat() };
        place.write("wie.txt", place.a_bsn().as_bytes());
        place.run(0, &with(&["replay", "--client-file", "wie.txt", "--out", "inzage/diep"]));
        place.run(0, &with(&["replay", "--sample", "4", "--out", "steekproef"]));
        let as_if =
            ["replay", "--contracts", "demo/in/contracts.json", "--as-if", "2026", "--out", "wat-als"];
        place.run(0, &with(&as_if));
        place.run(0, &with(&["replay", "--verify-chain", "--export-anchor", "anker.jsonl"]));
        place.run(0, &with(&["report", "budget", "--format", "xlsx", "--out", "budget.xlsx"]));
        place.run(0, &with(&["backup", "kopie.db"]));
        place.run(0, &["pay", "--data", "demo/data", "--run", "1", "--out", "betalen"]);
        // A new data folder, with a message that is none and a file that is not taken in.
        place.run(0, &["contract", "import", "verkeer/x/contracts.json", "--data", "diep/nieuw"]);
        place.write("diep/nieuw/in/0193/a.xml", b"dit is geen bericht");
        place.write("diep/nieuw/in/0193/b.xml", b"");
        fs::File::options()
            .write(true)
            .open(place.folder.path().join("diep/nieuw/in/0193/b.xml"))
            .unwrap()
            .set_len(1 << 30)
            .unwrap();
        place.own.insert(PathBuf::from("diep/nieuw/fout/apart-000000000001-bericht.xml"));
        place.run(1, &["process", "--data", "diep/nieuw"]);
        place.run(0, &["doctor", "--data", "diep/nieuw"]);
        place.run(0, &["migrate", "--data", "gemigreerd"]);
        let mut found = assert_modes(place.folder.path(), &place.own, umask);
        found.sort();
        for made in [
            "anker.jsonl",
            "betalen",
            "budget.xlsx",
            "demo/data/happyflow.db",
            "demo/data/happyflow.lock",
            "demo/data/out",
            "demo/pay",
            "diep",
            "diep/nieuw/fout/000000000001-bericht.xml",
            "diep/nieuw/fout/000000000001-melding.xml",
            "diep/nieuw/fout/apart-000000000001-melding.xml",
            "diep/nieuw/happyflow-intake.lock",
            "gemigreerd/happyflow.db",
            "inzage/diep/inzage.md",
            "kopie.db",
            "steekproef/0001.md",
            "verkeer/x/manifest.jsonl",
            "wat-als/wat-als.html",
        ] {
            assert!(found.binary_search(&PathBuf::from(made)).is_ok(), "{made} was not made");
        }
        let of = |folder: &str| found.iter().filter(|path| path.starts_with(folder)).count();
        assert!(of("demo/data/out") > 20 && of("betalen") > 1 && of("demo/pay") > 1 && of("verkeer/x") > 20);
    }
}

/// While it runs: the log of the database and its index, what waits, what leaves.
#[test]
fn nothing_that_a_running_service_makes_is_for_others() {
    let mut place = Place::new("000");
    place.write("c.json", crate::faults::scene::contracts().as_bytes());
    place.run(0, &["contract", "import", "c.json", "--data", "d"]);
    for number in [0, 1, 2, 3, 10] {
        let one = message(number);
        place.write(&format!("d/in/{}/{}.xml", one.sender, one.id), &one.bytes);
    }
    let before: Vec<&str> = place.before.iter().map(String::as_str).collect();
    let mut service = Service::start_as(&before, place.folder.path(), "data = 'd'", &[]);
    wait_for("all answers", || service.figure("happyflow_published_total") == Some(8.0));
    let own = made(place.folder.path(), &BTreeSet::new());
    let logs = own.iter().filter(|(path, ..)| path.iter().count() == 1 && path != Path::new("d"));
    place.own.extend(logs.map(|(path, ..)| path.clone()));
    let found = assert_modes(place.folder.path(), &place.own, "000");
    for path in ["d/happyflow.db-wal", "d/happyflow.db-shm", "d/claimed", "d/happyflow-publish.lock"] {
        assert!(path.ends_with("claimed") || found.contains(&PathBuf::from(path)), "{path}: {found:?}");
    }
    assert_eq!(service.stop(), Some(0));
}

/// Messages that a queue only refers to.
#[test]
fn what_queues_refer_to_is_for_those_whom_the_folder_is_given_to() {
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        let settings = installation
            .settings(None, "")
            .replace("confirm_window", "refer_above_bytes = 1\ncompress_above_bytes = 1\nconfirm_window");
        let before = under("000");
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        let environment = [("HAPPYFLOW_BROKER_PASSWORD", "guest")];
        let mut service = Service::start_as(&before, installation.path(), &settings, &environment);
        service.ready();
        installation.send([message(0)]).await;
        installation.settled(1).await.close().await;
        assert_eq!(service.stop(), Some(0));
        let archive = installation.path().join("d/archief");
        assert_eq!(fs::read_dir(&archive).unwrap().count(), 2);
        assert_modes(&installation.path().join("d"), &BTreeSet::new(), "000");
    });
}

/// A database of an earlier version, which others may read: not any more.
#[test]
fn what_an_earlier_version_left_open_to_others_is_closed() {
    let place = Place::new("022");
    place.run(0, &["migrate", "--data", "d"]);
    let database = place.folder.path().join("d/happyflow.db");
    for mode in [0o644, 0o660, 0o666] {
        crate::rights::chmod(&database, mode);
        place.run(0, &["work", "list", "--data", "d"]);
        assert_eq!(fs::metadata(&database).unwrap().permissions().mode() & 0o777, FILE, "{mode:o}");
    }
}

/// What is written to is not always a file: a pipe, or the screen, is not for us to change.
#[test]
fn a_report_goes_to_a_pipe_as_it_goes_to_a_file() {
    let place = Place::new("000");
    place.run(0, &["migrate", "--data", "d"]);
    let report = ["report", "work", "--data", "d", "--format", "json", "--out", "/dev/stdout"];
    let text = place.run(0, &report).stdout;
    assert!(text.contains("\"report\":\"work\""), "{text}");
}
