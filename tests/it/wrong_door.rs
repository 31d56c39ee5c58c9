//! A message that somebody else delivered first is no obstacle to who may send it (rulings 1.4): on folders and on
//! RabbitMQ, on SQLite and on PostgreSQL.

use crate::broker;
use crate::cli::{Run, run};
use crate::hub_conformance::broker_runtime;
use crate::messages::jw301;
use crate::postgres::TestDatabase;
use crate::serve::{Service, folder};
use crate::xml::jw302_clean;
use futures_util::TryStreamExt;
use happyflow::clock::Clock;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStatus, ReportStore, StateRow, StateTable, Store, TakeLimit};
use lapin::BasicProperties;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const GEMEENTE: &str = "0193";
const AANBIEDER: &str = "12345678";
/// Of another aanbieder, who may send nothing of this.
const STRANGER: &str = "87654321";
const ALL: TakeLimit = TakeLimit { messages: 1000, bytes: usize::MAX };
const WHO: [&str; 4] = ["--by", "A. Proef", "--why", "nagevraagd"];

/// An installation with contracts taken over.
struct Site {
    folder: tempfile::TempDir,
    database: Option<TestDatabase>,
    /// Address and prefix of the queues.
    broker: Option<(String, String)>,
}

impl Site {
    fn new(database: Option<TestDatabase>, broker: bool) -> Self {
        let broker = broker.then(|| (broker::url(), broker::prefix()));
        let site = Self { folder: folder(), database, broker };
        fs::write(site.path().join("h.toml"), site.settings()).unwrap();
        site.expect(0, &["contract", "import", "c.json"]);
        site
    }

    fn path(&self) -> &Path {
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

    fn start(&self) -> Service {
        let service =
            Service::start(self.path(), &self.settings(), &[("HAPPYFLOW_BROKER_PASSWORD", "guest")]);
        service.ready();
        service
    }

    fn run(&self, arguments: &[&str]) -> Run {
        run(self.path(), &[arguments, &["--config", "h.toml"]].concat())
    }

    fn expect(&self, code: i32, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}\n{}\n{}", run.stdout, run.stderr);
        run
    }

    /// Delivers bytes as a sender does; none is one whom the hub does not know.
    async fn deliver(&self, sender: Option<&str>, name: &str, bytes: &str) {
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
    async fn settled(&self, count: usize) -> Seen {
        match &self.database {
            Some(database) => settled(database.open().await, count).await,
            None => settled(SqliteStore::open(&self.path().join("d")).await.unwrap(), count).await,
        }
    }

    fn proved(&self) {
        self.expect(0, &["replay", "--verify-state"]);
        self.expect(0, &["replay", "--verify-chain"]);
    }
}

/// What a store has.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    /// By arrival, where they stand.
    standing: Vec<InboxStatus>,
    /// Sent messages without a retour.
    unreturned: usize,
    /// What was sent to aanbieders and how it was received, as it is compared.
    sent: Vec<StateRow>,
}

async fn settled<S: Store + ReportStore>(store: S, count: usize) -> Seen {
    let begun = Instant::now();
    loop {
        let stored: Vec<i64> = store.inbox(0, ALL).await.unwrap().iter().map(|taken| taken.arrival).collect();
        let waiting = store.stand(Clock::System.now()).await.unwrap().waiting;
        if stored.len() == count && waiting == 0 {
            let outcomes = store.outcomes(&stored).await.unwrap();
            let standing = outcomes.into_values().map(|(status, _)| status).collect();
            let unreturned = store.unreturned().await.unwrap().len();
            let sent = store.state(StateTable::named("verzonden").unwrap()).try_collect().await.unwrap();
            return Seen { standing, unreturned, sent };
        }
        assert!(begun.elapsed() < broker::PATIENCE, "{stored:?} stored, {waiting} wait");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The retour of an aanbieder has a header only, and whoever knows the JW301 can guess it.
async fn a_stranger_cannot_silence_an_aanbieder(site: Site) {
    let assignment = jw301("1", 300_401);
    let retour = jw302_clean((GEMEENTE, AANBIEDER), "1", "2026-02-03");
    let mut service = site.start();
    site.deliver(Some(GEMEENTE), "toewijzing", &assignment).await;
    assert_eq!(site.settled(1).await.unreturned, 1);
    site.deliver(Some(STRANGER), "aanval", &retour).await;
    let mut expected = vec![InboxStatus::Beslist, InboxStatus::Geparkeerd];
    if site.broker.is_some() {
        // Nor can one whom the broker does not know.
        site.deliver(None, "naamloos", &retour).await;
        expected.push(InboxStatus::Geparkeerd);
    }
    let parked = site.settled(expected.len()).await;
    assert_eq!((&parked.standing, parked.unreturned), (&expected, 1));
    site.deliver(Some(AANBIEDER), "retour", &retour).await;
    expected.push(InboxStatus::Beslist);
    let seen = site.settled(expected.len()).await;
    assert_eq!((&seen.standing, seen.unreturned), (&expected, 0), "{seen:?}");
    assert_ne!(seen.sent, parked.sent);
    // Each of them again: nothing new.
    for sender in [Some(STRANGER), None, Some(AANBIEDER), Some(GEMEENTE)] {
        let bytes = if sender == Some(GEMEENTE) { &assignment } else { &retour };
        site.deliver(sender, "nogmaals", bytes).await;
    }
    let known = if site.broker.is_some() { 4.0 } else { 3.0 };
    service.wait_for_figure("happyflow_received_total{known=\"yes\"}", known);
    assert_eq!(site.settled(expected.len()).await, seen);
    assert_eq!(service.stop(), Some(0));
    site.proved();
    // A person may have it judged again, with the same outcome, or leave it for what it is.
    let again = site.expect(1, &[&["parked", "retry", "2", "--json"][..], &WHO].concat());
    assert_eq!(again.lines()[0]["verdict"], "parked");
    site.expect(0, &[&["parked", "discard", "2"][..], &WHO].concat());
    expected[1] = InboxStatus::Vervallen;
    assert_eq!(site.settled(expected.len()).await, Seen { standing: expected, ..seen });
    site.proved();
}

/// A mistake, mended by whoever made it: the same file in the right folder, or sent under the right name.
async fn a_mistake_can_be_mended(site: Site) {
    let message = jw301("1", 300_401);
    let mut service = site.start();
    let wrong = if site.broker.is_some() { None } else { Some("0150") };
    site.deliver(wrong, "een", &message).await;
    assert_eq!(site.settled(1).await.standing, [InboxStatus::Geparkeerd]);
    site.deliver(Some(GEMEENTE), "een", &message).await;
    let seen = site.settled(2).await;
    assert_eq!(seen.standing, [InboxStatus::Geparkeerd, InboxStatus::Beslist]);
    assert_eq!(seen.unreturned, 1, "it went to the aanbieder");
    assert_eq!(service.stop(), Some(0));
    // An operator who gives the file gives what the gemeente sent.
    fs::write(site.path().join("hand.xml"), &message).unwrap();
    let by_hand = site.expect(0, &["process", "--json", "hand.xml"]);
    assert_eq!(
        (&by_hand.lines()[0]["duplicate"], &by_hand.lines()[0]["verdict"]),
        (&true.into(), &"accepted".into())
    );
    assert_eq!(site.settled(2).await, seen);
    site.proved();
}

/// An operator takes the parked message and gives it by hand: that is trusted, and its sender may come after.
async fn an_operator_can_mend_it(site: Site) {
    let message = jw301("1", 300_401);
    let process = |file: &str| {
        let run = site.run(&["process", "--json", file]);
        let line = run.lines().remove(0);
        (line["verdict"].as_str().unwrap().to_owned(), line["duplicate"].as_bool().unwrap())
    };
    let mut service = site.start();
    site.deliver(Some(STRANGER), "aanval", &message).await;
    site.settled(1).await;
    fs::write(site.path().join("hand.xml"), &message).unwrap();
    assert_eq!(process("hand.xml"), ("accepted".to_owned(), false));
    assert_eq!(process("hand.xml"), ("accepted".to_owned(), true));
    site.deliver(Some(GEMEENTE), "een", &message).await;
    site.deliver(Some(STRANGER), "aanval", &message).await;
    service.wait_for_figure("happyflow_received_total{known=\"yes\"}", 2.0);
    let seen = site.settled(2).await;
    assert_eq!((seen.standing, seen.unreturned), (vec![InboxStatus::Geparkeerd, InboxStatus::Beslist], 1));
    assert_eq!(service.stop(), Some(0));
    site.proved();
}

macro_rules! everywhere {
    ($($story:ident: $folders:ident, $folders_on_a_server:ident, $queues:ident, $queues_on_a_server:ident;)*) => {
        $(
            #[test]
            fn $folders() {
                broker_runtime().block_on($story(Site::new(None, false)));
            }

            #[test]
            fn $folders_on_a_server() {
                broker_runtime().block_on($story(Site::new(Some(TestDatabase::new()), false)));
            }

            #[test]
            fn $queues() {
                broker_runtime().block_on($story(Site::new(None, true)));
            }

            #[test]
            fn $queues_on_a_server() {
                broker_runtime().block_on($story(Site::new(Some(TestDatabase::new()), true)));
            }
        )*
    };
}

everywhere! {
    a_stranger_cannot_silence_an_aanbieder: not_in_folders_on_sqlite, not_in_folders_on_postgresql,
        not_on_queues_on_sqlite, not_on_queues_on_postgresql;
    a_mistake_can_be_mended: mended_in_folders_on_sqlite, mended_in_folders_on_postgresql,
        mended_on_queues_on_sqlite, mended_on_queues_on_postgresql;
    an_operator_can_mend_it: by_hand_in_folders_on_sqlite, by_hand_in_folders_on_postgresql,
        by_hand_on_queues_on_sqlite, by_hand_on_queues_on_postgresql;
}
