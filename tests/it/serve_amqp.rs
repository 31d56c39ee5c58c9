//! `happyflow serve` on RabbitMQ, with everything that can happen between the two: every message is answered
//! exactly once, by content, and nothing is left.

use crate::broker;
use crate::hub_conformance::broker_runtime;
use crate::messages::jw301;
use crate::postgres::TestDatabase;
use crate::proxy::Proxy;
use crate::serve::{Service, folder, wait_for};
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Messages of a test; each tenth is no message at all.
const MESSAGES: u32 = 100;

/// A broker with names of a test, and a service on it.
struct Scene {
    url: String,
    prefix: String,
    folder: tempfile::TempDir,
    database: Option<TestDatabase>,
}

impl Scene {
    fn new(database: Option<TestDatabase>) -> Self {
        Self { url: broker::url(), prefix: broker::prefix(), folder: folder(), database }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Settings for a broker on this port.
    fn settings(&self, port: u16) -> String {
        let vhost = self.url.rsplit_once('/').unwrap().1;
        let database = match &self.database {
            Some(database) => format!("[database]\nurl = '{}'\n", database.settings().url),
            None => String::new(),
        };
        format!(
            "data = 'd'\n[limits]\nbatch_messages = 7\n{database}[broker]\nurl = 'amqp://guest@127.0.0.1:{port}/{vhost}'\n\
             prefix = '{}'\ntrusted_hubs = ['hub']\nconfirm_window = 8\nconfirm_timeout_seconds = 5\n\
             compress_above_bytes = 2000",
            self.prefix
        )
    }

    fn port(&self) -> u16 {
        let host = self.url.rsplit_once('@').unwrap().1;
        host.split('/').next().unwrap().rsplit_once(':').map_or(5672, |(_, port)| port.parse().unwrap())
    }

    fn start(&self, port: u16) -> Service {
        Service::start(self.path(), &self.settings(port), &[("HAPPYFLOW_BROKER_PASSWORD", "guest")])
    }

    fn import(&self) {
        let import = crate::cli::run(self.path(), &["contract", "import", "c.json", "--data", "d"]);
        assert_eq!(import.code, Some(0), "{}", import.stderr);
    }

    async fn send(&self, channel: &Channel, number: u32) {
        let body = match number % 10 {
            0 => format!("geen bericht {number}"),
            _ => jw301(&number.to_string(), 300_400 + number),
        };
        let properties = BasicProperties::default()
            .with_user_id("0193".into())
            .with_message_id(format!("heen-{number}").as_str().into());
        broker::send(channel, &self.prefix, properties, body.as_bytes()).await;
    }

    /// Messages in a queue that nobody took; none when it is not there.
    async fn count(&self, name: &str) -> u32 {
        let (connection, channel) = broker::channel(&self.url).await;
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let name = format!("{}.{name}", self.prefix);
        let count = channel.queue_declare(name.as_str().into(), options, FieldTable::default()).await;
        let count = count.map_or(0, |queue| queue.message_count());
        let _ = connection.close(200, "klaar".into()).await;
        count
    }

    async fn wait_for_count(&self, name: &str, least: u32) {
        let begun = std::time::Instant::now();
        while self.count(name).await < least {
            assert!(begun.elapsed() < broker::PATIENCE, "waited in vain for {least} in {name}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Every message was answered once, everything valid was forwarded once, in order, and nothing is left.
    async fn check(&self, service: &Service) {
        let answers = MESSAGES;
        self.wait_for_count("out.0193.1", answers).await;
        wait_for("everything to be done", || {
            let metrics = service.page("/metrics").map(|page| page.1).unwrap_or_default();
            ["happyflow_inbox_messages 0\n", "happyflow_outbox_messages 0\n", "happyflow_notices_waiting 0\n"]
                .iter()
                .all(|part| metrics.contains(part))
        });
        let (_connection, channel) = broker::channel(&self.url).await;
        let mut answered: BTreeMap<String, u32> = BTreeMap::new();
        for (kind, cause, _) in self.taken(&channel, "out.0193.1").await {
            assert!(kind == "JW302" || kind == "foutbericht", "{kind}");
            *answered.entry(cause).or_default() += 1;
        }
        let expected = (1..=MESSAGES).map(|number| (format!("heen-{number}"), 1)).collect();
        assert_eq!(answered, expected, "each message is answered once");
        let forwarded = self.taken(&channel, "out.12345678.1").await;
        let contents: BTreeSet<&Vec<u8>> = forwarded.iter().map(|(_, _, bytes)| bytes).collect();
        let valid = usize::try_from(MESSAGES - MESSAGES / 10).unwrap();
        assert_eq!((forwarded.len(), contents.len()), (valid, valid));
        assert_eq!((self.count("intake.1").await, self.count("dead.1").await), (0, 0));
    }

    /// What lies in a queue, each `message_id` once, and those in order: kind, `correlation_id` and bytes.
    async fn taken(&self, channel: &Channel, name: &str) -> Vec<(String, String, Vec<u8>)> {
        let text = |value: &Option<lapin::types::ShortString>| value.as_ref().unwrap().as_str().to_owned();
        let mut known = BTreeSet::new();
        let (mut taken, mut last) = (Vec::new(), String::new());
        for (properties, bytes) in broker::drain(channel, &format!("{}.{name}", self.prefix)).await {
            let (id, kind) = (text(properties.message_id()), text(properties.kind()));
            if !known.insert(id.clone()) {
                continue;
            }
            if kind != "foutbericht" {
                assert!(id > last, "{id} after {last}");
                last = id;
            }
            taken.push((kind, text(properties.correlation_id()), bytes));
        }
        taken
    }
}

async fn undisturbed(scene: Scene) {
    let mut service = scene.start(scene.port());
    service.ready();
    let (_connection, channel) = broker::channel(&scene.url).await;
    for number in 1..=MESSAGES {
        scene.send(&channel, number).await;
        // The broker may deliver twice, and a sender may send again.
        if number % 7 == 0 {
            scene.send(&channel, number).await;
        }
    }
    scene.check(&service).await;
    assert_eq!(service.stop(), Some(0));
}

#[test]
fn the_doctor_names_the_version_of_the_broker() {
    let scene = Scene::new(None);
    std::fs::write(scene.path().join("w"), "guest\n").unwrap();
    let with_password = scene.settings(scene.port()) + "\npassword_file = 'w'\n";
    std::fs::write(scene.path().join("c.toml"), with_password).unwrap();
    let told = crate::cli::run(scene.path(), &["doctor", "--config", "c.toml"]).stdout;
    assert!(told.contains("broker: RabbitMQ ") && !told.contains("niet te lezen"), "{told}");
}

#[test]
fn every_message_is_answered_once_on_sqlite() {
    let scene = Scene::new(None);
    scene.import();
    broker_runtime().block_on(undisturbed(scene));
}

#[test]
fn every_message_is_answered_once_on_postgresql() {
    broker_runtime().block_on(undisturbed(Scene::new(Some(TestDatabase::new()))));
}

#[test]
fn killed_at_every_step_and_cut_off_in_between_it_answers_once() {
    let scene = Scene::new(None);
    scene.import();
    broker_runtime().block_on(async {
        let proxy = Proxy::to(format!("127.0.0.1:{}", scene.port())).await;
        let mut service = scene.start(proxy.port());
        service.ready();
        let (_connection, channel) = broker::channel(&scene.url).await;
        for number in 1..=MESSAGES {
            scene.send(&channel, number).await;
        }
        // Before, between and after storing, deciding, publishing and confirming.
        for answered in [1, 8, 15, 30] {
            scene.wait_for_count("out.0193.1", answered).await;
            // What was sent and not marked is sent again. A message under which three services die is set apart.
            if answered > 1 {
                wait_for("a decision", || {
                    let metrics = service.page("/metrics").map(|page| page.1).unwrap_or_default();
                    metrics.contains("happyflow_messages_total{")
                });
            }
            service.kill();
            service = scene.start(proxy.port());
        }
        for bytes in [40_000, 9_000, 3_000, 500] {
            proxy.cut_after(bytes);
            let before = scene.count("out.0193.1").await;
            scene.wait_for_count("out.0193.1", (before + 3).min(MESSAGES)).await;
        }
        proxy.cut();
        scene.check(&service).await;
        assert_eq!(service.stop(), Some(0));
    });
}
