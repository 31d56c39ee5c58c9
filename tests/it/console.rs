//! The console over a played region, as a browser without script sees it.

use crate::cli::run;
use axum::Router;
use chrono::NaiveDate;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::console::{Console, Login};
use happyflow::hub::Spool;
use happyflow::office::core::Core;
use happyflow::office::{Office, Settings};
use happyflow::service::http;
use happyflow::store::Store;
use happyflow::store::sqlite::SqliteStore;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

mod bank;
mod besluiten;
mod betaalvoorstel;
mod browser;
mod clientfeiten;
mod commands;
mod contractaanbod;
mod crafted;
mod figures;
pub mod gemeente;
mod hervat;
mod hoek;
mod hostile;
mod inloggen;
mod inlogrollen;
mod inlogtls;
mod op;
mod oppakken;
mod owners;
mod persons;
mod roles;
mod served;
mod server;
mod sessions;
mod stil;
mod trouble;
mod views;
mod voordracht;

/// A region that was played, with the last day of it.
pub struct Region {
    folder: TempDir,
}

impl Region {
    /// Two gemeenten, five aanbieders, two months, many faults.
    pub fn played() -> Self {
        Self::of(["40", "2", "5", "0.25"])
    }

    /// As many as a region has, with more faults than it has.
    pub fn whole() -> Self {
        Self::of(["300", "11", "24", "0.2"])
    }

    fn of([clients, gemeenten, aanbieders, faults]: [&str; 4]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let demo = [
            &["demo", "--dir", "spel", "--months", "2", "--clients", clients][..],
            &["--gemeenten", gemeenten, "--aanbieders", aanbieders, "--faults", faults],
        ]
        .concat();
        let played = run(folder.path(), &demo);
        assert_eq!(played.code, Some(0), "{}", played.stderr);
        Self { folder }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("spel/data")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The day after its last month.
    pub fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 3, 1).unwrap()
    }

    /// The console over it.
    pub fn open(&self) -> Open {
        Open::over(&self.data())
    }

    /// The console over it with an office that carries out what is decided.
    pub fn deciding(&self) -> Open {
        Open::of(&self.data(), true)
    }
}

/// A console that answers.
pub struct Open {
    pub address: SocketAddr,
    pub store: Arc<dyn Store>,
    runtime: Runtime,
    stop: CancellationToken,
}

impl Open {
    pub fn over(data: &Path) -> Self {
        Self::of(data, false)
    }

    pub fn of(data: &Path, decides: bool) -> Self {
        Self::on(data, decides.then(Config::default).as_ref(), Region::today())
    }

    /// With an office that has these settings.
    pub fn by(data: &Path, decides: Option<&Config>) -> Self {
        Self::on(data, decides, Region::today())
    }

    /// With an office of this day that has these settings.
    fn on(data: &Path, decides: Option<&Config>, today: NaiveDate) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let store: Arc<dyn Store> = Arc::new(runtime.block_on(SqliteStore::open(data)).unwrap());
        let clock = Clock::Fixed(today);
        let office = |config: &Config| {
            let hub = Arc::new(Spool::open(data).unwrap());
            let settings = Settings::new(config, clock);
            runtime.block_on(Office::open(store.clone(), hub, Core::STANDARD, settings)).unwrap()
        };
        let office = decides.map(office);
        Self::listening(runtime, store, office, |_| Login::Ontwikkeling)
    }

    /// Over a store.
    pub fn with(runtime: Runtime, store: Arc<dyn Store>) -> Self {
        Self::listening(runtime, store, None, |_| Login::Ontwikkeling)
    }

    /// Over a store, perhaps with an office, with a login that may need to know where it is.
    pub fn listening(
        runtime: Runtime,
        store: Arc<dyn Store>,
        office: Option<Office>,
        login: impl FnOnce(SocketAddr) -> Login,
    ) -> Self {
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Clock::Fixed(Region::today());
        let mut console = Console::new(store.clone(), clock, Box::new(|_, _, _| None), login(address));
        console.office = office;
        let pages: Router = console.router();
        let stop = CancellationToken::new();
        runtime.spawn(http::serve(listener, pages, stop.clone()));
        Self { address, store, runtime, stop }
    }

    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Somebody who is not logged in.
    pub fn nobody(&self) -> Browser {
        Browser { address: self.address, cookie: None }
    }

    /// Somebody who logged in.
    pub fn login(&self, rol: &str, partij: &str) -> Browser {
        let mut browser = self.nobody();
        let answer = browser.login("Test Persoon", rol, partij);
        assert_eq!((answer.status, browser.cookie.is_some()), (303, true), "{rol} {}", answer.body);
        browser
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.stop.cancel();
        self.runtime.block_on(self.store.close());
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let line =
            self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        Some(line.split_once(':')?.1.trim())
    }

    /// The key of the form on it.
    pub fn key(&self) -> String {
        let (_, behind) = self.body.split_once("name=\"sleutel\" value=\"").expect("a form with a key");
        behind.split('"').next().unwrap().to_owned()
    }

    /// The addresses that it leads to.
    pub fn doors(&self) -> Vec<String> {
        let parts = self.body.split("href=\"").skip(1);
        parts
            .map(|part| part.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"))
            .collect()
    }
}

/// A browser without script.
#[derive(Clone)]
pub struct Browser {
    pub address: SocketAddr,
    pub cookie: Option<String>,
}

impl Browser {
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "")
    }

    /// Sends a form as our own page does.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask("POST", path, &[("Sec-Fetch-Site", "same-origin")], &body)
    }

    pub fn login(&mut self, naam: &str, rol: &str, partij: &str) -> Answer {
        let key = self.get("/inloggen").key();
        let fields = [("sleutel", key.as_str()), ("naam", naam), ("rol", rol), ("partij", partij)];
        let answer = self.post("/inloggen", &fields);
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        answer
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head.push_str(&format!("Host: {}\r\n", self.address));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(cookie) = &self.cookie {
            head.push_str(&format!("Cookie: {cookie}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes()).unwrap();
        // Who is refused unread closes while we write.
        let _ = stream.write_all(body.as_bytes());
        let mut answer = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(answer.read_line(&mut head).unwrap() > 0, "a head: {head}");
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answered = Answer { status, head, body: String::new(), bytes: Vec::new() };
        // Not everybody closes when that was asked.
        let length = answered.header("content-length").map_or(u64::MAX, |length| length.parse().unwrap());
        answer.take(length).read_to_end(&mut answered.bytes).unwrap();
        answered.body = String::from_utf8_lossy(&answered.bytes).into_owned();
        answered
    }
}

/// Every page that a role comes at by its doors, from the first on; at most so many of each kind.
pub fn walk(browser: &Browser, each: usize) -> Vec<(String, Answer)> {
    let kind = |path: &str| {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        path.split('/')
            .map(|part| if part.bytes().any(|byte| byte.is_ascii_digit()) { "N" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    };
    let mut waiting = std::collections::VecDeque::from(["/".to_owned()]);
    let (mut seen, mut kinds) =
        (std::collections::BTreeSet::new(), std::collections::BTreeMap::<String, usize>::new());
    let mut pages = Vec::new();
    while let Some(path) = waiting.pop_front() {
        let plain = path.split('#').next().unwrap().to_owned();
        if !plain.starts_with('/') || plain.starts_with("/stijl") || !seen.insert(plain.clone()) {
            continue;
        }
        let count = kinds.entry(kind(&plain)).or_default();
        *count += 1;
        if *count > each {
            continue;
        }
        let answer = browser.get(&plain);
        if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            waiting.extend(answer.doors());
        }
        pages.push((plain, answer));
    }
    pages
}
