//! An installation with a service: on folders or on RabbitMQ, on SQLite or on PostgreSQL.

use crate::broker;
use crate::cli::{Run, run};
use crate::cli_process::tree;
use crate::hub_conformance::broker_runtime;
use crate::postgres::TestDatabase;
use crate::serve::{Service, folder};
use futures_util::TryStreamExt;
use happyflow::clock::Clock;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStatus, StateRow, StateTable, Store, TakeLimit};
use lapin::BasicProperties;
use lapin::types::ShortString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ALL: TakeLimit = TakeLimit { messages: 1000, bytes: usize::MAX };

/// An installation with contracts taken over.
pub struct Site {
    folder: tempfile::TempDir,
    database: Option<TestDatabase>,
    /// Address and prefix of the queues.
    pub broker: Option<(String, String)>,
}

impl Site {
    pub fn new(database: Option<TestDatabase>, broker: bool) -> Self {
        let broker = broker.then(|| (broker::url(), broker::prefix()));
        let site = Self { folder: folder(), database, broker };
        fs::write(site.path().join("h.toml"), site.settings()).unwrap();
        site.expect(0, &["contract", "import", "c.json"]);
        site
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn settings(&self) -> String {
        let mut settings = "data = 'd'\n[worker]\npoll_ms = 50\n".to_owned();
        if let Some(database) = &self.database {
            settings.push_str(&format!("[database]\nurl = '{}'\n", database.settings().url));
        }
        if let Some((url, prefix)) = &self.broker {
            let url = url.replace("guest:guest@", "guest@");
            settings.push_str(&format!("[broker]\nurl = '{url}'\nprefix = '{prefix}'\n"));
        }
        settings
    }

    pub fn start(&self) -> Service {
        let service =
            Service::start(self.path(), &self.settings(), &[("HAPPYFLOW_BROKER_PASSWORD", "guest")]);
        service.ready();
        service
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        run(self.path(), &[arguments, &["--config", "h.toml"]].concat())
    }

    pub fn expect(&self, code: i32, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}\n{}\n{}", run.stdout, run.stderr);
        run
    }

    /// Delivers bytes as a sender does; none is one whom the hub does not know.
    pub async fn deliver(&self, sender: Option<&str>, name: &str, bytes: &str) {
        if let Some((url, prefix)) = &self.broker {
            let (connection, channel) = broker::channel(url).await;
            let mut properties = BasicProperties::default().with_message_id(name.into());
            if let Some(sender) = sender {
                properties = properties.with_user_id(sender.into());
            }
            broker::send(&channel, prefix, properties, bytes.as_bytes()).await;
            connection.close(200, "klaar".into()).await.unwrap();
        } else if let Some(sender) = sender {
            let place = self.path().join("d/in").join(sender);
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join(format!(".{name}")), bytes).unwrap();
            fs::rename(place.join(format!(".{name}")), place.join(format!("{name}.xml"))).unwrap();
        }
    }

    /// Waits until so many messages are stored and decided.
    pub async fn settled(&self, count: usize) -> Seen {
        match &self.database {
            Some(database) => settled(database.open().await, count).await,
            None => settled(SqliteStore::open(&self.path().join("d")).await.unwrap(), count).await,
        }
    }

    /// What lies there for a receiver, oldest first: its number, kind and bytes. From a queue it is taken.
    pub async fn lies(&self, receiver: &str) -> Vec<(String, String, Vec<u8>)> {
        let text = |value: &Option<ShortString>| value.as_ref().unwrap().as_str().to_owned();
        let Some((url, prefix)) = &self.broker else {
            let mut files = tree(&self.path().join("d/out").join(receiver));
            files.retain(|(path, _)| path.extension().is_some_and(|kind| kind == "xml") && !is_hidden(path));
            let parts = |(path, bytes): (PathBuf, Vec<u8>)| {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let (number, kind) = name.split_once('-').unwrap();
                (number.to_owned(), kind.to_owned(), bytes)
            };
            return files.into_iter().map(parts).collect();
        };
        let (connection, channel) = broker::channel(url).await;
        let found = broker::drain(&channel, &format!("{prefix}.out.{receiver}.1")).await;
        connection.close(200, "klaar".into()).await.unwrap();
        let parts = |(properties, bytes): (BasicProperties, Vec<u8>)| {
            (text(properties.message_id()), text(properties.kind()), bytes)
        };
        found.into_iter().map(parts).collect()
    }

    /// As [`Site::lies`], as soon as there are so many.
    pub async fn soon(&self, receiver: &str, count: usize) -> Vec<(String, String, Vec<u8>)> {
        let begun = Instant::now();
        let mut found = Vec::new();
        while found.len() < count {
            assert!(begun.elapsed() < broker::PATIENCE, "{} of {count} for {receiver}", found.len());
            tokio::time::sleep(Duration::from_millis(50)).await;
            let lies = self.lies(receiver).await;
            if self.broker.is_some() { found.extend(lies) } else { found = lies }
        }
        found
    }

    pub fn proved(&self) {
        self.expect(0, &["replay", "--verify-state"]);
        self.expect(0, &["replay", "--verify-chain"]);
    }
}

/// Not whole yet.
fn is_hidden(path: &Path) -> bool {
    path.file_name().unwrap().to_str().unwrap().starts_with('.')
}

/// What a store has.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    /// By arrival, where they stand.
    pub standing: Vec<InboxStatus>,
    /// Sent messages without a retour.
    pub unreturned: usize,
    /// What was sent to aanbieders and how it was received, as it is compared.
    pub sent: Vec<StateRow>,
}

async fn settled<S: Store>(store: S, count: usize) -> Seen {
    let begun = Instant::now();
    loop {
        let stored: Vec<i64> = store.inbox(0, ALL).await.unwrap().iter().map(|taken| taken.arrival).collect();
        let waiting = store.stand(Clock::System.now()).await.unwrap().waiting;
        if stored.len() == count && waiting == 0 {
            let outcomes = store.outcomes(&stored).await.unwrap();
            let standing = outcomes.into_values().map(|(status, _)| status).collect();
            let unreturned = store.unreturned(usize::MAX).await.unwrap().len();
            let sent = store.state(StateTable::named("verzonden").unwrap()).try_collect().await.unwrap();
            return Seen { standing, unreturned, sent };
        }
        assert!(begun.elapsed() < broker::PATIENCE, "{stored:?} stored, {waiting} wait");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A story on all four: its name, and that of the test on each.
macro_rules! everywhere {
    ($($story:ident: $folders:ident, $folders_on_a_server:ident, $queues:ident, $queues_on_a_server:ident;)*) => {
        $(
            #[test]
            fn $folders() {
                crate::site::tell(false, false, $story);
            }

            #[test]
            fn $folders_on_a_server() {
                crate::site::tell(true, false, $story);
            }

            #[test]
            fn $queues() {
                crate::site::tell(false, true, $story);
            }

            #[test]
            fn $queues_on_a_server() {
                crate::site::tell(true, true, $story);
            }
        )*
    };
}
pub(crate) use everywhere;

/// Carries out a story.
pub fn tell<F: Future<Output = ()>>(server: bool, broker: bool, story: impl FnOnce(Site) -> F) {
    let site = Site::new(server.then(TestDatabase::new), broker);
    broker_runtime().block_on(story(site));
}
