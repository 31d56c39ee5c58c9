//! A RabbitMQ to test with: the one that `HAPPYFLOW_TEST_AMQP` names, else a throw-away instance that ends
//! with the tests. Every test has names of its own on it.

use crate::standard::environment;
use happyflow::config::{Broker, Limits};
use happyflow::hub::amqp::{BrokerAddress, Packing};
use lapin::options::{BasicGetOptions, BasicPublishOptions};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A broker needs seconds to start, and more on a machine that has other work.
const START: Duration = Duration::from_mins(2);
/// How long a test waits for something that must happen.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A broker of ours. Dropping it ends it.
pub struct Throwaway {
    folder: tempfile::TempDir,
    port: u16,
    ports: [u16; 2],
    running: Option<Child>,
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/rabbitmq.sh")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Throwaway {
    /// Starts one, and installs the packages first when they are missing.
    pub fn start() -> Self {
        let installed = Command::new("sh").arg(script()).arg("install").status().unwrap();
        assert!(installed.success(), "RabbitMQ cannot be installed");
        let ports = [free_port(), free_port()];
        let folder = tempfile::tempdir().unwrap();
        let mut broker = Self { folder, port: free_port(), ports, running: None };
        broker.restart();
        broker
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.port)
    }

    /// Kills it, as a power cut would.
    pub fn kill(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        std::fs::write(self.folder.path().join("stop"), "").unwrap();
        running.wait().unwrap();
        assert!(self.folder.path().join("stopped").exists());
    }

    /// Starts it on the data that it has.
    pub fn restart(&mut self) {
        self.kill();
        for left in ["stopped", "log/out"] {
            let _ = std::fs::remove_file(self.folder.path().join(left));
        }
        let mut command = Command::new("sh");
        command.arg(script()).arg("run").arg(self.folder.path()).arg(self.port.to_string());
        command.args(self.ports.map(|port| port.to_string())).arg(std::process::id().to_string());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.running = Some(command.spawn().unwrap());
        let begun = Instant::now();
        let log = self.folder.path().join("log/out");
        while !std::fs::read_to_string(&log).unwrap_or_default().contains("completed with") {
            assert!(begun.elapsed() < START, "{}", std::fs::read_to_string(&log).unwrap_or_default());
            std::thread::sleep(Duration::from_millis(100));
        }
        assert!(TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The broker that all tests share, with its user and password.
pub fn url() -> String {
    static SHARED: OnceLock<(String, Option<Throwaway>)> = OnceLock::new();
    let start = || {
        if let Some(url) = environment("HAPPYFLOW_TEST_AMQP") {
            return (url, None);
        }
        let broker = Throwaway::start();
        (broker.url(), Some(broker))
    };
    SHARED.get_or_init(start).0.clone()
}

/// A prefix that no other test has.
pub fn prefix() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// User and password in an address of a test broker, and the address without the password.
fn split(url: &str) -> (String, String) {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (user, host) = rest.split_once('@').unwrap();
    let (name, password) = user.split_once(':').unwrap();
    (format!("{scheme}://{name}@{host}"), password.to_owned())
}

/// Code in notices of a test.
pub const NOTICE_CODE: &str = "StUF055";

/// Settings, address and packing for a test.
pub fn settings(url: &str, prefix: &str, archive: &Path) -> (Broker, BrokerAddress, Packing) {
    let (plain, password) = split(url);
    let broker = Broker {
        url: Some(plain),
        prefix: prefix.to_owned(),
        trusted_hubs: vec!["hub".to_owned()],
        confirm_window: 16,
        confirm_timeout_seconds: 5,
        ..Broker::default()
    };
    let secret = happyflow::config::Secret::new(password);
    let address = BrokerAddress::new(&broker, Some(&secret)).unwrap().unwrap();
    let packing = Packing {
        compress_above: 8_000,
        refer_above: 20_000,
        archive: archive.to_owned(),
        max_message_bytes: Limits::default().max_message_bytes,
    };
    (broker, address, packing)
}

/// A connection of a test, as senders and receivers have one.
pub async fn channel(url: &str) -> (Connection, Channel) {
    let begun = Instant::now();
    loop {
        let connected = Connection::connect(url, ConnectionProperties::default()).await;
        match connected {
            Ok(connection) => {
                let channel = connection.create_channel().await.unwrap();
                return (connection, channel);
            }
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Puts a message where senders put them.
pub async fn send(channel: &Channel, prefix: &str, properties: BasicProperties, body: &[u8]) {
    let options = BasicPublishOptions::default();
    let exchange = format!("{prefix}.in");
    let properties = properties.with_delivery_mode(2);
    channel.basic_publish(exchange.as_str().into(), "".into(), options, body, properties).await.unwrap();
}

/// Takes everything that is in a queue now.
pub async fn drain(channel: &Channel, queue: &str) -> Vec<(BasicProperties, Vec<u8>)> {
    let mut found = Vec::new();
    while let Some(message) = channel.basic_get(queue.into(), BasicGetOptions { no_ack: true }).await.unwrap()
    {
        found.push((message.delivery.properties, message.delivery.data));
    }
    found
}
