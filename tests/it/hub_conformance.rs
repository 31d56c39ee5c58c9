//! What every hub must do, whatever it is made of. One suite, generic over [`Outbound`] and [`Inbound`].

use crate::broker;
use happyflow::config::Config;
use happyflow::hub::amqp::{AmqpHub, AmqpIntake, Packing};
use happyflow::hub::{Delivered, Inbound, Outbound, Spool, SpoolIntake, Taking};
use happyflow::messages::{BerichtSoort, Partij};
use happyflow::store::{OutboxMessage, TakeLimit, UnsentNotice};
use lapin::BasicProperties;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

const FEW: TakeLimit = TakeLimit { messages: 3, bytes: usize::MAX };
const POLL_MS: u64 = 10;

/// A hub with those who use it.
trait World {
    type Hub: Outbound;
    type Intake: Inbound;
    /// A hub as a process has one.
    async fn hub(&self) -> Self::Hub;
    /// An intake as a process has one.
    async fn intake(&self) -> Self::Intake;
    /// Delivers as a sender does.
    async fn send(&self, sender: &str, name: &str, bytes: &[u8]);
    /// Everything that lies there for a receiver, oldest first, each message once: type and bytes.
    async fn lies(&self, receiver: &str) -> Vec<(String, Vec<u8>)>;
    /// Makes a receiver impossible to reach.
    async fn block(&self, receiver: &str);
}

fn party(code: &str) -> Partij {
    Partij::parse(code).unwrap()
}

fn message(send: i64, receiver: &str, bytes: &[u8]) -> OutboxMessage {
    OutboxMessage {
        send,
        soort: BerichtSoort::Jw302,
        receiver: party(receiver),
        identificatie: "../../x".to_owned(),
        journal: 1,
        cause: None,
        received: None,
        bytes: bytes.to_vec(),
    }
}

/// As many as this, waiting for each.
async fn receive(intake: &mut dyn Inbound, count: usize) -> Vec<Delivered> {
    let mut received = Vec::new();
    while received.len() < count {
        let more = tokio::time::timeout(broker::PATIENCE, intake.receive(FEW)).await;
        let more = more.expect("no message came").unwrap();
        assert!(more.len() <= FEW.messages);
        intake.settle(&vec![true; more.len()]).await.unwrap();
        received.extend(more);
    }
    assert_eq!(received.len(), count);
    received
}

async fn nothing_comes(intake: &mut dyn Inbound) {
    assert!(tokio::time::timeout(Duration::from_millis(500), intake.receive(FEW)).await.is_err());
}

fn shown(received: &[Delivered]) -> Vec<(Option<Partij>, Vec<u8>)> {
    received.iter().map(|delivered| (delivered.channel, delivered.bytes.to_vec())).collect()
}

/// Messages come in order, byte for byte, with the sender who delivered them.
async fn messages_come_with_their_sender(world: &impl World) {
    let mut intake = world.intake().await;
    let bodies: Vec<Vec<u8>> =
        (0..10_u8).map(|number| vec![number; 1 + usize::from(number) * 3000]).collect();
    nothing_comes(&mut intake).await;
    for (number, body) in bodies.iter().enumerate() {
        world.send("0193", &format!("{number:02}.xml"), body).await;
    }
    let received = receive(&mut intake, bodies.len()).await;
    let expected: Vec<_> = bodies.iter().map(|body| (Some(party("0193")), body.clone())).collect();
    assert_eq!(shown(&received), expected);
    world.send("12345678", "een.xml", b"een").await;
    assert_eq!(shown(&receive(&mut intake, 1).await), [(Some(party("12345678")), b"een".to_vec())]);
    nothing_comes(&mut intake).await;
    intake.stop().await;
}

/// What was not settled comes again, at this process or another; what was, never.
async fn what_is_not_settled_comes_again(world: &impl World) {
    let mut intake = world.intake().await;
    for name in ["a", "b", "c"] {
        world.send("0193", &format!("{name}.xml"), name.as_bytes()).await;
    }
    let mut seen: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
    let often = |seen: &BTreeMap<Vec<u8>, u32>| seen.len() == 3 && seen.values().sum::<u32>() >= 5;
    while !often(&seen) {
        let more = tokio::time::timeout(broker::PATIENCE, intake.receive(FEW)).await.unwrap().unwrap();
        // The store has the first; the others come again.
        let stored: Vec<bool> = more.iter().map(|delivered| *delivered.bytes == *b"a").collect();
        intake.settle(&stored).await.unwrap();
        for delivered in more {
            *seen.entry(delivered.bytes.to_vec()).or_default() += 1;
        }
    }
    assert_eq!(seen[&b"a".to_vec()], 1, "{seen:?}");
    // This process goes without settling: another gets them.
    let left = tokio::time::timeout(broker::PATIENCE, intake.receive(FEW)).await.unwrap().unwrap();
    assert!(!left.is_empty());
    intake.stop().await;
    drop(intake);
    let mut other = world.intake().await;
    let received: BTreeSet<_> = receive(&mut other, 2).await.iter().map(|one| one.bytes.to_vec()).collect();
    assert_eq!(received, BTreeSet::from([b"b".to_vec(), b"c".to_vec()]));
    nothing_comes(&mut other).await;
    other.stop().await;
}

/// What leaves lies with its receiver, in order, whole, and once, however often it is published.
async fn what_leaves_lies_there_in_order(world: &impl World) {
    let hub = world.hub().await;
    let large: Vec<u8> =
        (0..60_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let text = "<bericht/>".repeat(2_000).into_bytes();
    let mut messages =
        vec![message(1, "0193", b"een"), message(2, "12345678", &large), message(3, "0193", &text)];
    messages.extend((4..60).map(|send| message(send, "0193", format!("nummer {send}").as_bytes())));
    let sends: BTreeSet<i64> = messages.iter().map(|message| message.send).collect();
    let published = hub.publish(&messages).await.unwrap();
    assert!(published.stuck.is_empty());
    assert_eq!(published.sent.iter().copied().collect::<BTreeSet<_>>(), sends);
    // A process that died before it told the store publishes again.
    world.hub().await.publish(&messages[20..]).await.unwrap();
    let of = |receiver: &str| -> Vec<(String, Vec<u8>)> {
        let own = messages.iter().filter(|message| message.receiver == party(receiver));
        own.map(|message| ("JW302".to_owned(), message.bytes.clone())).collect()
    };
    for receiver in ["0193", "12345678"] {
        assert!(world.lies(receiver).await == of(receiver), "{receiver}");
    }
    let address = hub.address(party("0193"), 7, BerichtSoort::Jw302);
    assert!(address.contains("0193") && address.contains("000000000007-JW302"), "{address}");
}

/// A receiver that cannot be reached holds up nobody else, and says why.
async fn one_that_cannot_be_reached_holds_up_nobody(world: &impl World) {
    world.block("0166").await;
    let hub = world.hub().await;
    let messages = [message(1, "0193", b"een"), message(2, "0166", b"twee"), message(3, "0193", b"drie")];
    for _ in 0..2 {
        let published = hub.publish(&messages).await.unwrap();
        assert_eq!(published.sent.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::from([1, 3]));
        let (receiver, error) = &published.stuck[0];
        assert_eq!((*receiver, published.stuck.len()), (party("0166"), 1));
        assert!(error.to_string().contains("0166"), "{error}");
    }
    let lies: Vec<_> = world.lies("0193").await.into_iter().map(|(_, bytes)| bytes).collect();
    assert_eq!(lies, [b"een".to_vec(), b"drie".to_vec()]);
}

/// Notices are told, or cannot be, and then need no more telling.
async fn notices_need_no_more_telling(world: &impl World) {
    let hub = world.hub().await;
    let notice = |arrival: i64, xml: &str| UnsentNotice {
        arrival,
        name: "amqp:m1".to_owned(),
        channel: None,
        received: "2026-02-03T12:00:00".parse().unwrap(),
        bytes: xml.as_bytes().to_vec(),
    };
    let known = "<foutbericht>\n  <ontvanger>0193</ontvanger>\n</foutbericht>\n";
    let notices = [notice(4, known), notice(5, "<foutbericht>\n</foutbericht>\n")];
    let told: BTreeSet<i64> = hub.notify(&notices).await.unwrap().sent.into_iter().collect();
    assert_eq!(told, BTreeSet::from([4, 5]));
}

macro_rules! conformance {
    ($world:expr) => {
        broker_runtime().block_on(async {
            messages_come_with_their_sender(&$world).await;
            what_is_not_settled_comes_again(&$world).await;
            what_leaves_lies_there_in_order(&$world).await;
            one_that_cannot_be_reached_holds_up_nobody(&$world).await;
            notices_need_no_more_telling(&$world).await;
        });
    };
}

/// A runtime as the service has one.
pub fn broker_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

struct Folders(tempfile::TempDir);

impl Folders {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }
}

impl World for Folders {
    type Hub = Spool;
    type Intake = SpoolIntake;

    async fn hub(&self) -> Spool {
        Spool::open(self.0.path()).unwrap()
    }

    async fn intake(&self) -> SpoolIntake {
        let mut config = Config::default();
        config.worker.poll_ms = POLL_MS;
        SpoolIntake::new(self.hub().await, Taking::new(&config))
    }

    async fn send(&self, sender: &str, name: &str, bytes: &[u8]) {
        let folder = self.path(&format!("in/{sender}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!(".{name}")), bytes).unwrap();
        std::fs::rename(folder.join(format!(".{name}")), folder.join(name)).unwrap();
    }

    async fn lies(&self, receiver: &str) -> Vec<(String, Vec<u8>)> {
        let mut names: Vec<_> = std::fs::read_dir(self.path(&format!("out/{receiver}")))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        let kind = |path: &PathBuf| {
            path.file_stem().unwrap().to_str().unwrap().split_once('-').unwrap().1.to_owned()
        };
        names.iter().map(|path| (kind(path), std::fs::read(path).unwrap())).collect()
    }

    async fn block(&self, receiver: &str) {
        self.hub().await;
        std::fs::write(self.path(&format!("out/{receiver}")), "in de weg").unwrap();
    }
}

struct Queues {
    prefix: String,
    url: String,
    archive: tempfile::TempDir,
}

impl Queues {
    fn new() -> Self {
        Self { prefix: broker::prefix(), url: broker::url(), archive: tempfile::tempdir().unwrap() }
    }

    fn packing(&self) -> Packing {
        broker::settings(&self.url, &self.prefix, self.archive.path()).2
    }
}

impl World for Queues {
    type Hub = AmqpHub;
    type Intake = AmqpIntake;

    async fn hub(&self) -> AmqpHub {
        let (settings, address, packing) = broker::settings(&self.url, &self.prefix, self.archive.path());
        AmqpHub::new(address, &settings, packing)
    }

    async fn intake(&self) -> AmqpIntake {
        let (settings, address, packing) = broker::settings(&self.url, &self.prefix, self.archive.path());
        AmqpIntake::new(address, &settings, packing, broker::NOTICE_CODE)
    }

    async fn send(&self, sender: &str, name: &str, bytes: &[u8]) {
        self.hub().await.connect().await.unwrap();
        let (connection, channel) = broker::channel(&self.url).await;
        let body = self.packing().pack(bytes).unwrap();
        let mut properties = BasicProperties::default()
            .with_user_id(sender.into())
            .with_message_id(name.into())
            .with_content_type(body.content_type.into());
        if let Some(encoding) = body.encoding {
            properties = properties.with_content_encoding(encoding.into());
        }
        broker::send(&channel, &self.prefix, properties, &body.bytes).await;
        connection.close(200, "klaar".into()).await.unwrap();
    }

    async fn lies(&self, receiver: &str) -> Vec<(String, Vec<u8>)> {
        let (_connection, channel) = broker::channel(&self.url).await;
        let found = broker::drain(&channel, &format!("{}.out.{receiver}.1", self.prefix)).await;
        let mut known = BTreeSet::new();
        let text =
            |value: &Option<lapin::types::ShortString>| value.as_ref().map(|text| text.as_str().to_owned());
        let mut lies = Vec::new();
        for (properties, body) in found {
            // As receivers do: the same message_id is the same message.
            if !known.insert(text(properties.message_id()).unwrap()) {
                continue;
            }
            let (kind, encoding) = (text(properties.content_type()), text(properties.content_encoding()));
            let bytes = self.packing().unpack(kind.as_deref(), encoding.as_deref(), &body).unwrap();
            lies.push((text(properties.kind()).unwrap(), bytes.into_owned()));
        }
        lies
    }

    async fn block(&self, receiver: &str) {
        let (connection, channel) = broker::channel(&self.url).await;
        let name = format!("{}.out.{receiver}.1", self.prefix);
        // Somebody made it with other arguments.
        let options = lapin::options::QueueDeclareOptions { durable: true, ..Default::default() };
        channel
            .queue_declare(name.as_str().into(), options, lapin::types::FieldTable::default())
            .await
            .unwrap();
        connection.close(200, "klaar".into()).await.unwrap();
    }
}

#[test]
fn folders_conform() {
    conformance!(Folders::new());
}

#[test]
fn rabbitmq_conforms() {
    conformance!(Queues::new());
}
