//! An installation on a database server and a broker, messages for it, and what must be true of it after
//! whatever happened.

use super::steps::{Halt, Side};
use crate::broker;
use crate::messages::{BSN, jw301_between};
use crate::postgres::TestDatabase;
use crate::same_state::different;
use crate::serve::Service;
use crate::silent::Silent;
use crate::xml::{Line, jw323};
use happyflow::chain::{seal, verify};
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::hub::amqp::properties::NAME;
use happyflow::office::core::Core;
use happyflow::office::{Office, Settings};
use happyflow::replay::Replay;
use happyflow::store::postgres::{PgSettings, PgStore};
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{Backlog, InboxStore, PaymentStore, Store};
use lapin::options::{ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Channel};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Two gemeenten, each with two aanbieders.
const RELATIES: [(&str, &str); 4] =
    [("0193", "12345678"), ("0193", "23456789"), ("0150", "12345678"), ("0150", "23456789")];
const TARIEF: i64 = 8000;
/// Hours claimed with each claim.
const HOURS: i64 = 3;

/// What must come of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A JW302 for its sender, and the message itself for the aanbieder.
    Toewijzing,
    /// A JW325 that grants so many cents.
    Declaratie(i64),
    /// A notice.
    Geen,
}

/// A message as a sender has it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub id: String,
    pub sender: String,
    pub receiver: String,
    pub bytes: Vec<u8>,
    pub outcome: Outcome,
}

/// A message by its number: assignments, claims on them, some at a wrong rate, and some that are none. The
/// claims on the assignments `n` come with `n + 4`.
pub fn message(number: u32) -> Sent {
    let (gemeente, aanbieder) = RELATIES[usize::try_from(number % 4).unwrap()];
    let (id, text) = (format!("heen-{number}"), number.to_string());
    let no_message = |number: u32| number % 11 == 10;
    let sent = |sender: &str, receiver: &str, bytes: String, outcome| Sent {
        id: id.clone(),
        sender: sender.to_owned(),
        receiver: receiver.to_owned(),
        bytes: bytes.into_bytes(),
        outcome,
    };
    if no_message(number) {
        return sent(gemeente, "", format!("geen bericht {number}"), Outcome::Geen);
    }
    if (number / 4).is_multiple_of(2) {
        let bytes = jw301_between(gemeente, aanbieder, &text, 300_000 + number);
        return sent(gemeente, aanbieder, bytes, Outcome::Toewijzing);
    }
    let wrong = number.is_multiple_of(7);
    let line = Line {
        referentie: format!("R{number}"),
        vorig: None,
        toewijzing: 300_000 + number - 4,
        product: ("45", "45A04"),
        periode: ("2026-02-01".to_owned(), "2026-02-28".to_owned()),
        volume: HOURS,
        eenheid: "04",
        tarief: if wrong { TARIEF + 1 } else { TARIEF },
    };
    let month = ("2026-02-01", "2026-02-28");
    let bytes = jw323((aanbieder, gemeente), &text, "2026-03-02", month, BSN, &[line]);
    let granted = if wrong || no_message(number - 4) { 0 } else { HOURS * TARIEF };
    sent(aanbieder, gemeente, bytes, Outcome::Declaratie(granted))
}

/// The contracts that cover them.
pub fn contracts() -> String {
    let line = |(gemeente, aanbieder): &(&str, &str)| {
        json!({"aanbieder": aanbieder, "gemeente": gemeente, "productcode": "45A04", "productcategorie": "45",
            "tarief": TARIEF, "eenheid": "04", "geldig_tot": null, "geldig_van": "2025-01-01"})
    };
    json!({ "contracten": RELATIES.iter().map(line).collect::<Vec<_>>() }).to_string()
}

/// A database, queues with names of their own, and a folder for settings.
pub struct Installation {
    broker: String,
    prefix: String,
    url: String,
    folder: tempfile::TempDir,
    _database: Option<TestDatabase>,
}

/// What lay in a queue of a receiver: kind, the message that it follows from, bytes.
type Taken = (String, String, Vec<u8>);

impl Installation {
    /// On the servers that all tests share.
    pub async fn new() -> Self {
        let database = TestDatabase::new();
        let url = database.url().to_owned();
        Self { _database: Some(database), ..Self::on(broker::url(), url).await }
    }

    /// On these servers; the contracts are taken over.
    pub async fn on(broker: String, url: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let contracts = folder.path().join("c.json");
        std::fs::write(&contracts, self::contracts()).unwrap();
        let this = Self { broker, prefix: broker::prefix(), url, folder, _database: None };
        let settings = Settings::new(&Config::default(), Clock::System);
        let office = Office::open(Arc::new(this.store().await), Arc::new(Silent), Core::STANDARD, settings)
            .await
            .unwrap();
        office.import(&contracts).await.unwrap();
        this
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn broker(&self) -> &str {
        &self.broker
    }

    pub fn queue(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    pub async fn store(&self) -> PgStore {
        PgStore::open(&PgSettings::new(self.url.clone())).await.unwrap()
    }

    /// Settings with these ports instead of those of the servers, and more.
    pub fn settings(&self, ports: Option<[u16; 2]>, more: &str) -> String {
        let vhost = self.broker.rsplit_once('/').unwrap().1;
        let [database, broker] = ports.unwrap_or_else(|| [port(&self.url, 5432), port(&self.broker, 5672)]);
        let (start, rest) = self.url.split_once("://").unwrap();
        let (host, name) = rest.split_once('/').unwrap();
        let (name, options) = name.split_once('?').unwrap_or((name, ""));
        let user = host.split_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
        let and = if options.is_empty() { "" } else { "&" };
        format!(
            "data = 'd'\n[limits]\nbatch_messages = 5\n[database]\n\
             url = '{start}://{user}127.0.0.1:{database}/{name}?{options}{and}sslmode=disable'\n[broker]\n\
             url = 'amqp://guest@127.0.0.1:{broker}/{vhost}'\nprefix = '{}'\ntrusted_hubs = ['hub']\n\
             confirm_window = 8\nconfirm_timeout_seconds = 5\n[worker]\nworkers = 2\npoll_ms = 50\n{more}",
            self.prefix
        )
    }

    /// A service that speaks to the servers themselves.
    pub fn start(&self) -> Service {
        self.start_with(&self.settings(None, ""))
    }

    pub fn start_with(&self, settings: &str) -> Service {
        Service::start(self.path(), settings, &[("HAPPYFLOW_BROKER_PASSWORD", "guest")])
    }

    /// A service that speaks through what stands in between.
    pub async fn start_through(&self, halt: &std::sync::Arc<Halt>) -> Service {
        let ports = self.ports_through(halt).await;
        self.start_with(&self.settings(Some(ports), ""))
    }

    /// The ports of what stands in between.
    pub async fn ports_through(&self, halt: &std::sync::Arc<Halt>) -> [u16; 2] {
        let database = halt.between(Side::Database, address(&self.url, 5432)).await;
        [database, halt.between(Side::Broker, address(&self.broker, 5672)).await]
    }

    /// Sends messages in this order.
    pub async fn send(&self, messages: impl IntoIterator<Item = Sent>) {
        let (connection, channel) = broker::channel(&self.broker).await;
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        for message in messages {
            let properties = BasicProperties::default()
                .with_user_id(message.sender.as_str().into())
                .with_message_id(message.id.as_str().into());
            broker::send(&channel, &self.prefix, properties, &message.bytes).await;
        }
        assert!(channel.wait_for_confirms().await.unwrap().is_empty(), "the broker took nothing");
        let _ = connection.close(200, "klaar".into()).await;
    }

    /// Messages in a queue that nobody took; none when it is not there.
    pub async fn count(&self, name: &str) -> u32 {
        let (connection, channel) = broker::channel(&self.broker).await;
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let name = self.queue(name);
        let found = channel.queue_declare(name.as_str().into(), options, FieldTable::default()).await;
        let count = found.map_or(0, |queue| queue.message_count());
        let _ = connection.close(200, "klaar".into()).await;
        count
    }

    /// Waits until so many different messages are stored and nothing waits for anything.
    pub async fn settled(&self, messages: usize) -> PgStore {
        let store = self.store().await;
        let begun = Instant::now();
        loop {
            let stand = store.stand(Clock::System.now()).await.unwrap();
            let Backlog { waiting, unpublished, notices, .. } = stand;
            let stored = store.inbox(0, super::ALL).await.unwrap().len();
            if (stored, waiting, unpublished, notices) == (messages, 0, 0, 0)
                && self.count("intake.1").await == 0
            {
                return store;
            }
            assert!(
                begun.elapsed() < broker::PATIENCE,
                "stuck: {stored} of {messages} stored, {waiting} wait, {unpublished} and {notices} not sent\n{}\n{}",
                self.sessions().await,
                self.logs()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What the database is doing, for a test that fails.
    async fn sessions(&self) -> String {
        const SQL: &str = "SELECT coalesce(string_agg(concat_ws(' ', state, wait_event_type, wait_event,
            now() - state_change, left(query, 60)), E'\\n'), '') FROM pg_stat_activity
            WHERE datname = current_database()";
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        sqlx::query_scalar(SQL).fetch_one(&mut connection).await.unwrap()
    }

    /// The ends of the logs, for a test that fails.
    fn logs(&self) -> String {
        let logs = crate::cli_process::tree(self.path()).into_iter();
        let logs = logs.filter(|(path, _)| path.extension().is_some_and(|extension| extension == "log"));
        let mut text = String::new();
        for (path, log) in logs {
            let log = String::from_utf8_lossy(&log).into_owned();
            let mut lines: Vec<&str> = log.lines().rev().take(40).collect();
            lines.reverse();
            text.push_str(&format!("{}:\n{}\n", path.display(), lines.join("\n")));
        }
        text
    }

    /// Every message was answered exactly once, by content; sums are right, nothing is stuck, the chain
    /// holds and state is the replay of the journal.
    pub async fn check(&self, sent: &[Sent]) {
        self.check_beside(sent, 0).await;
    }

    /// As [`Installation::check`], with so many messages of senders that nobody knows.
    pub async fn check_beside(&self, sent: &[Sent], strangers: usize) {
        let store = self.settled(sent.len() + strangers).await;
        // For a test that fails: what came in first.
        let stored = store.inbox(0, super::ALL).await.unwrap();
        println!("in order of arrival: {:?}", stored.iter().map(|taken| &taken.name).collect::<Vec<_>>());
        self.answered(sent).await;
        assert_eq!(self.count("dead.1").await, 0, "dead letters");
        money(&store, sent).await;
        replayed(&store).await;
        store.close().await;
    }

    async fn answered(&self, sent: &[Sent]) {
        let (connection, channel) = broker::channel(&self.broker).await;
        let parties: BTreeSet<&str> =
            sent.iter().flat_map(|sent| [sent.sender.as_str(), sent.receiver.as_str()]).collect();
        let mut taken: BTreeMap<&str, Vec<Taken>> = BTreeMap::new();
        for party in parties.into_iter().filter(|party| !party.is_empty()) {
            taken.insert(party, self.taken(&channel, party).await);
        }
        for one in sent {
            let mut take = |party: &str| -> Vec<Taken> {
                let of = |(_, cause, _): &mut Taken| *cause == one.id;
                taken.get_mut(party).unwrap().extract_if(.., of).collect()
            };
            let own = take(&one.sender);
            let [(kind, _, bytes)] = &own[..] else { panic!("{}: answered {} times", one.id, own.len()) };
            let text = String::from_utf8_lossy(bytes);
            match one.outcome {
                Outcome::Toewijzing => {
                    assert_eq!(kind, "JW302", "{}", one.id);
                    let forwarded = take(&one.receiver);
                    assert!(
                        matches!(&forwarded[..], [(kind, _, bytes)] if kind == "JW301" && *bytes == one.bytes)
                    );
                }
                Outcome::Declaratie(cents) => {
                    let granted = text.split("TotaalToegekendBedrag>").nth(1).unwrap_or_default();
                    assert_eq!(kind, "JW325", "{}", one.id);
                    assert!(granted.contains(&format!("TotaalBedrag>{cents}<")), "{}: {text}", one.id);
                }
                Outcome::Geen => assert_eq!(kind, "foutbericht", "{}", one.id),
            }
        }
        assert!(taken.values().all(Vec::is_empty), "nobody asked for these: {taken:?}");
        let _ = connection.close(200, "klaar".into()).await;
    }

    /// What lies in the queue of a receiver, each `message_id` once, and those in order. The same
    /// `message_id` has the same content.
    async fn taken(&self, channel: &Channel, party: &str) -> Vec<Taken> {
        let text = |value: &Option<ShortString>| value.as_ref().unwrap().as_str().to_owned();
        let mut known: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let (mut taken, mut last) = (Vec::new(), String::new());
        for (properties, bytes) in broker::drain(channel, &self.queue(&format!("out.{party}.1"))).await {
            let (id, kind) = (text(properties.message_id()), text(properties.kind()));
            if let Some(first) = known.get(&id) {
                assert_eq!(*first, bytes, "{id} has two contents");
                continue;
            }
            if kind != "foutbericht" {
                assert!(id > last, "{id} after {last} for {party}");
                last.clone_from(&id);
            }
            known.insert(id, bytes.clone());
            taken.push((kind, text(properties.correlation_id()), bytes));
        }
        taken
    }
}

/// What can be paid is what was granted, per gemeente and aanbieder.
async fn money(store: &PgStore, sent: &[Sent]) {
    let mut booked: BTreeMap<(String, String), i64> = BTreeMap::new();
    for entry in store.payable().await.unwrap() {
        let key = (entry.boeking.gemeente.to_string(), entry.boeking.aanbieder.to_string());
        *booked.entry(key).or_default() += entry.boeking.bedrag.0;
    }
    let mut granted: BTreeMap<(String, String), i64> = BTreeMap::new();
    for one in sent {
        if let Outcome::Declaratie(cents @ 1..) = one.outcome {
            *granted.entry((one.receiver.clone(), one.sender.clone())).or_default() += cents;
        }
    }
    assert_eq!(booked, granted);
}

async fn replayed(store: &PgStore) {
    seal(store).await.unwrap();
    let report = verify(store).await.unwrap();
    assert!(report.faults.is_empty() && report.sealed > 0, "{:?}", report.faults);
    let folder = tempfile::tempdir().unwrap();
    let into = SqliteStore::open(folder.path()).await.unwrap();
    let settings = Settings::new(&Config::default(), Clock::System);
    let replay = Replay { core: Core::STANDARD, settings };
    replay.rebuild(store, &into).await.unwrap();
    assert_eq!(different(store, &into).await, None, "state is the replay of the journal");
    into.close().await;
}

/// Host and port in an address.
fn address(url: &str, usual: u16) -> String {
    format!("127.0.0.1:{}", port(url, usual))
}

fn port(url: &str, usual: u16) -> u16 {
    let rest = url.split_once("://").unwrap().1;
    let host = rest.split(['/', '?']).next().unwrap();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    host.rsplit_once(':').map_or(usual, |(_, port)| port.parse().unwrap())
}

/// The name under which a message is kept.
pub fn kept(sent: &Sent) -> String {
    format!("{NAME}{}", sent.id)
}
