//! `happyflow serve` on folders: it takes in, answers, tells how it is, and stops when asked.

use crate::broker::PATIENCE;
use crate::cli::command;
use crate::cli_process::CONTRACTS;
use crate::messages::{BSN, jw301};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// Messages of the test that kills it.
const MESSAGES: u32 = 120;

/// A running service.
pub struct Service {
    child: Option<Child>,
    port: u16,
}

impl Service {
    /// Starts one with the settings in `happyflow.toml`, to which the address of its pages is added.
    pub fn start(folder: &Path, settings: &str, environment: &[(&str, &str)]) -> Self {
        Self::start_as(&[], folder, settings, environment)
    }

    /// As [`Service::start`], when no file may have more than so many times 512 bytes: writing more fails, as
    /// on a disk that is full. Needs no rights, and can be ended with [`Service::give_room`].
    pub fn start_limited(blocks: u64, folder: &Path, settings: &str) -> Self {
        Self::start_within(&format!("-S -f {blocks}"), folder, settings)
    }

    /// As [`Service::start`], within limits as `ulimit` takes them.
    pub fn start_within(limits: &str, folder: &Path, settings: &str) -> Self {
        // The signal that comes with a file that is too large would end the process.
        let script = format!("trap '' XFSZ; ulimit {limits}; exec \"$@\"");
        let program = env!("CARGO_BIN_EXE_happyflow");
        Self::start_as(&["sh", "-c", &script, "sh", program], folder, settings, &[])
    }

    /// Where its pages are.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The disk has room again.
    pub fn give_room(&self) {
        let process = self.process().to_string();
        let given = Command::new("prlimit").args(["--pid", &process, "--fsize=unlimited"]).status().unwrap();
        assert!(given.success());
    }

    /// As [`Service::start`], run by these programs, as `setpriv` or `unshare`: the last argument but for those of the
    /// service is the program itself.
    pub fn start_as(before: &[&str], folder: &Path, settings: &str, environment: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = format!("happyflow-{port}.toml");
        let telemetry =
            if settings.contains("[telemetry]") { "" } else { "[telemetry]\nlog_format = 'text'\n" };
        let text = format!("{settings}\n{telemetry}[http]\nlisten = '127.0.0.1:{port}'\n");
        fs::write(folder.join(&file), text).unwrap();
        let log = fs::File::create(folder.join(format!("serve-{port}.log"))).unwrap();
        let mut command: Command = match before {
            [] => command(folder),
            [program, rest @ ..] => {
                let mut command = Command::new(program);
                command.args(rest).current_dir(folder).env_remove("HAPPYFLOW_LOG");
                command
            }
        };
        command.args(["serve", "--config", &file]).envs(environment.iter().copied());
        command.stdout(Stdio::null()).stderr(log);
        Self { child: Some(command.spawn().unwrap()), port }
    }

    /// Its number.
    pub fn process(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Most bytes of memory that it ever had.
    pub fn most_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }

    /// What it logged so far.
    pub fn log(&self, folder: &Path) -> String {
        fs::read_to_string(folder.join(format!("serve-{}.log", self.port))).unwrap()
    }

    /// Sends it a signal, such as `STOP`: it stands still, and the system answers for it.
    pub fn signal(&self, name: &str) {
        let process = self.process().to_string();
        let told = Command::new("kill").args(["-s", name, &process]).status().unwrap();
        assert!(told.success());
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
    }

    /// Asks it to stop; its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        let asked = Command::new("kill").arg(child.id().to_string()).status().unwrap();
        assert!(asked.success());
        child.wait().unwrap().code()
    }

    /// A page: its status and text; none when nobody answers.
    pub fn page(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let status = text.split(' ').nth(1)?.parse().ok()?;
        Some((status, text.split_once("\r\n\r\n")?.1.to_owned()))
    }

    /// A figure with its labels, as the page writes them; none when it is not there.
    pub fn figure(&self, name: &str) -> Option<f64> {
        let page = self.page("/metrics")?.1;
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        Some(line.parse().unwrap())
    }

    /// Waits until a figure is at least so much.
    pub fn wait_for_figure(&self, name: &str, least: f64) {
        wait_for(name, || self.figure(name).is_some_and(|value| value >= least));
    }

    /// Waits until it says that it is not ready, with one of these reasons.
    pub fn not_ready(&self, reasons: &[&str]) {
        wait_for(&format!("{reasons:?}"), || {
            let page = self.page("/health/ready");
            page.is_some_and(|(status, text)| status == 503 && reasons.iter().any(|part| text.contains(part)))
        });
    }

    /// Waits until it is ready.
    pub fn ready(&self) {
        wait_for("the service to be ready", || self.page("/health/ready").is_some_and(|page| page.0 == 200));
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits for a condition, with a bound.
pub fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// A folder with contracts taken over.
pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.json"), CONTRACTS).unwrap();
    fs::create_dir_all(folder.path().join("d/in/0193")).unwrap();
    folder
}

pub fn drop_file(folder: &Path, number: u32, bytes: &str) {
    let place = folder.join("d/in/0193");
    fs::write(place.join(format!(".{number}")), bytes).unwrap();
    fs::rename(place.join(format!(".{number}")), place.join(format!("{number:03}.xml"))).unwrap();
}

pub fn answers(folder: &Path) -> usize {
    let shown = |entry: &fs::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
    fs::read_dir(folder.join("d/out/0193")).into_iter().flatten().flatten().filter(shown).count()
}

#[test]
fn on_folders_it_answers_what_is_dropped_tells_how_it_is_and_stops_when_asked() {
    let folder = folder();
    let import = crate::cli::run(folder.path(), &["contract", "import", "c.json", "--data", "d"]);
    assert_eq!(import.code, Some(0), "{}", import.stderr);
    for number in 1..=10 {
        drop_file(folder.path(), number, &jw301(&number.to_string(), 300_400 + number));
    }
    let mut service = Service::start(folder.path(), "data = 'd'", &[]);
    service.ready();
    wait_for("ten answers", || answers(folder.path()) == 10);
    drop_file(folder.path(), 11, "dit is geen bericht");
    drop_file(folder.path(), 12, &jw301("12", 300_412));
    wait_for("the eleventh answer", || answers(folder.path()) == 11);
    wait_for("the notice", || folder.path().join("d/fout/000000000011-melding.xml").exists());
    assert_eq!(service.page("/health/live").unwrap().0, 200);
    wait_for("the parked message to be counted", || {
        service.page("/metrics").unwrap().1.contains("happyflow_parked_messages 1\n")
    });
    let metrics = service.page("/metrics").unwrap().1;
    for part in [
        "happyflow_messages_total{type=\"JW301\",verdict=\"accepted\"} 11",
        "happyflow_received_total{known=\"no\"} 12",
        "happyflow_inbox_messages 0",
        "happyflow_store_up 1",
        "happyflow_batch_seconds_bucket{le=",
    ] {
        assert!(metrics.contains(part), "{part} is not in\n{metrics}");
    }
    assert!(!metrics.contains(BSN) && !metrics.contains("12345678"), "{metrics}");
    // What is committed is sealed behind it, while the service runs.
    wait_for("the chain", || {
        let metrics = service.page("/metrics").unwrap().1;
        metrics.contains("happyflow_chain_unsealed 0\n")
            && metrics.contains("happyflow_chain_sealed_total 13\n")
    });
    // Another command on the same data does not have to wait for the service to end.
    let work = crate::cli::run(
        folder.path(),
        &["parked", "discard", "11", "--data", "d", "--by", "A", "--why", "x"],
    );
    assert_eq!(work.code, Some(0), "{}", work.stderr);
    // Only one process takes what is dropped.
    let process = crate::cli::run(folder.path(), &["process", "--data", "d"]);
    assert_eq!(process.code, Some(2));
    assert!(process.stderr.contains("serve"), "{}", process.stderr);
    assert_eq!(service.stop(), Some(0));
    let chain = crate::cli::run(folder.path(), &["replay", "--verify-chain", "--json", "--data", "d"]);
    let line = &chain.lines()[0];
    assert_eq!((&line["newly_sealed"], &line["sealed"]), (&0.into(), &14.into()), "{line}");
    assert_eq!(fs::read_dir(folder.path().join("d/claimed")).map_or(0, Iterator::count), 0);
}

#[test]
fn killed_at_any_moment_it_ends_with_the_same_answers() {
    let folder = folder();
    crate::cli::run(folder.path(), &["contract", "import", "c.json", "--data", "d"]);
    for number in 1..=MESSAGES {
        drop_file(folder.path(), number, &jw301(&number.to_string(), 300_400 + number));
    }
    let settings = "data = 'd'\n[limits]\nbatch_messages = 5";
    for answered in [0, 1, 30, 70] {
        let mut service = Service::start(folder.path(), settings, &[]);
        wait_for("some answers", || answers(folder.path()) >= answered);
        service.kill();
    }
    let mut service = Service::start(folder.path(), settings, &[]);
    wait_for("every answer", || answers(folder.path()) == usize::try_from(MESSAGES).unwrap());
    assert_eq!(service.stop(), Some(0));
    let forwarded = fs::read_dir(folder.path().join("d/out/12345678")).unwrap().count();
    assert_eq!(forwarded, usize::try_from(MESSAGES).unwrap());
    let contents: std::collections::BTreeSet<Vec<u8>> = fs::read_dir(folder.path().join("d/out/12345678"))
        .unwrap()
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert_eq!(contents.len(), usize::try_from(MESSAGES).unwrap(), "each once");
}

#[test]
fn it_is_not_ready_when_nothing_can_be_taken_in_and_is_again_when_it_can() {
    let folder = folder();
    fs::write(folder.path().join("d/claimed"), "in de weg").unwrap();
    drop_file(folder.path(), 1, &jw301("1", 300_401));
    let mut service = Service::start(folder.path(), "data = 'd'\n[worker]\npoll_ms = 50\n", &[]);
    service.not_ready(&["innemen: "]);
    assert!(service.page("/health/ready").unwrap().1.contains("(sinds "));
    wait_for("the figure", || service.figure("happyflow_ready") == Some(0.0));
    // Nothing comes in any more: it waits, and could take in.
    fs::remove_file(folder.path().join("d/in/0193/001.xml")).unwrap();
    fs::remove_file(folder.path().join("d/claimed")).unwrap();
    service.ready();
    wait_for("the figure", || service.figure("happyflow_ready") == Some(1.0));
    assert_eq!(service.stop(), Some(0));
}

#[test]
fn it_is_ready_as_long_as_some_receiver_can_be_reached_and_not_when_none_can() {
    let folder = folder();
    let import = crate::cli::run(folder.path(), &["contract", "import", "c.json", "--data", "d"]);
    assert_eq!(import.code, Some(0), "{}", import.stderr);
    let out = folder.path().join("d/out");
    fs::create_dir_all(&out).unwrap();
    fs::write(out.join("12345678"), "in de weg").unwrap();
    drop_file(folder.path(), 1, &jw301("1", 300_401));
    let mut service = Service::start(folder.path(), "data = 'd'", &[]);
    wait_for("the answer", || answers(folder.path()) == 1);
    // The assignment waits for its aanbieder, and is tried again and again.
    service.wait_for_figure("happyflow_failures_total{part=\"receiver\"}", 4.0);
    assert_eq!(service.page("/health/ready").unwrap().0, 200);
    assert_eq!(service.figure("happyflow_outbox_stuck_receivers"), Some(1.0));
    fs::remove_dir_all(out.join("0193")).unwrap();
    fs::write(out.join("0193"), "in de weg").unwrap();
    drop_file(folder.path(), 2, &jw301("2", 300_402));
    service.not_ready(&["verzenden: geen van 2 ontvangers is bereikbaar"]);
    fs::remove_file(out.join("0193")).unwrap();
    service.ready();
    wait_for("the second answer", || answers(folder.path()) == 1);
    assert_eq!(service.stop(), Some(0));
}

#[test]
fn it_leaves_no_core_however_much_the_machine_allows() {
    let folder = folder();
    let mut service = Service::start_within("-c unlimited", folder.path(), "data = 'd'");
    service.ready();
    let mut child = service.child.take().unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    let aborted = Command::new("kill").args(["-ABRT", &child.id().to_string()]).status().unwrap();
    assert!(aborted.success());
    let status = child.wait().unwrap();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let folder = folder();
    let run = |arguments: &[&str]| crate::cli::run(folder.path(), arguments);
    let absent = run(&["doctor", "--data", "weg"]);
    assert_eq!(absent.code, Some(1), "{}", absent.stdout);
    assert!(absent.stdout.contains("FOUT") && absent.stdout.contains("bestaat niet"), "{}", absent.stdout);
    let empty = run(&["doctor", "--data", "d"]);
    assert!(empty.stdout.contains("happyflow migrate"), "{}", empty.stdout);
    assert_eq!(run(&["migrate", "--data", "d"]).code, Some(0));
    let good = run(&["doctor", "--data", "d"]);
    assert_eq!(good.code, Some(0), "{}", good.stdout);
    assert!(good.stdout.contains("stappen gedaan") && !good.stdout.contains("FOUT"), "{}", good.stdout);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    fs::write(
        folder.path().join("b.toml"),
        format!("data='d'\n[broker]\nurl='amqp://a@127.0.0.1:{closed}/v'\n"),
    )
    .unwrap();
    let broker = run(&["doctor", "--config", "b.toml"]);
    assert_eq!(broker.code, Some(1), "{}", broker.stdout);
    assert!(broker.stdout.contains("of de broker draait"), "{}", broker.stdout);
    assert!(broker.stdout.contains("er luistert niemand op dat adres"), "{}", broker.stdout);
    assert_eq!(run(&["doctor"]).code, Some(2));
    assert_eq!(run(&["serve", "--config", "weg.toml"]).code, Some(2));
}

#[test]
fn the_doctor_knows_who_listens_and_who_may_speak_for_others() {
    let folder = folder();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = |listen: &str| {
        let text =
            format!("data='d'\n[http]\nlisten='{listen}'\n[broker]\ntrusted_hubs=['99100001', 'hub']\n");
        fs::write(folder.path().join("h.toml"), text).unwrap();
        crate::cli::run(folder.path(), &["doctor", "--config", "h.toml"]).stdout
    };
    assert_eq!(crate::cli::run(folder.path(), &["migrate", "--data", "d"]).code, Some(0));
    let told = settings(&taken.local_addr().unwrap().to_string());
    assert!(told.contains("FOUT   http:") && told.contains("dat adres is al in gebruik"), "{told}");
    assert!(told.contains("FOUT   hubs: [broker] trusted_hubs noemt 99100001"), "{told}");
    assert!(!told.contains("noemt hub"), "{told}");
    let mut service = Service::start(folder.path(), "data = 'd'", &[]);
    service.ready();
    let running = settings(&format!("127.0.0.1:{}", service.port));
    assert!(running.contains("goed   http: de dienst draait"), "{running}");
    assert_eq!(service.stop(), Some(0));
}
