//! Settings of an installation that runs by itself (`happyflow serve`). `deploy/happyflow.example.toml`
//! explains every key.

use super::secret::{Secret, password};
use super::{ConfigError, Environment};
use crate::store::postgres::Patience;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// `[database]`: absent `url` means SQLite in the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `postgres://user@host:port/name`, without a password.
    pub url: Option<String>,
    pub password_file: Option<PathBuf>,
    /// Most connections of one process.
    pub connections: u32,
    /// Seconds that a session may stand still in a transaction; then others go on with its work.
    pub idle_seconds: u64,
    /// Seconds that a session waits for a lock of another.
    pub lock_seconds: u64,
    /// Seconds that the server works on one statement.
    pub statement_seconds: u64,
    /// Seconds that a connection may be without any sign of the other side.
    pub network_seconds: u64,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            password_file: None,
            connections: 12,
            idle_seconds: 30,
            lock_seconds: 120,
            statement_seconds: 300,
            network_seconds: 30,
        }
    }
}

impl Database {
    /// The password, when there is one.
    pub fn password(&self, environment: &Environment) -> Result<Option<Secret>, ConfigError> {
        password(self.password_file.as_deref(), environment.database_password.as_ref())
    }

    /// How long anybody waits for anybody.
    #[must_use]
    pub const fn patience(&self) -> Patience {
        Patience {
            idle: Duration::from_secs(self.idle_seconds),
            lock: Duration::from_secs(self.lock_seconds),
            statement: Duration::from_secs(self.statement_seconds),
            network: Duration::from_secs(self.network_seconds),
        }
    }
}

/// `hub.soort`: how messages come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HubSoort {
    /// In the folders `in/` and `out/` of the data folder.
    Mappen,
    /// By the broker of `[broker]`.
    Rabbitmq,
}

/// `[hub]`: which hub this installation has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hub {
    /// Absent, as it was before there was a choice: RabbitMQ when `broker.url` is there, else the folders.
    pub soort: Option<HubSoort>,
}

/// `[broker]`: for a hub that is RabbitMQ.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Broker {
    /// `amqps://user@host:port/vhost`, without a password.
    pub url: Option<String>,
    pub password_file: Option<PathBuf>,
    /// Certificates that the broker's own is checked with (PEM); absent: those of the system.
    pub ca_file: Option<PathBuf>,
    /// Begins every name of an exchange or queue.
    pub prefix: String,
    /// Users of the broker that may deliver messages of others.
    pub trusted_hubs: Vec<String>,
    /// Receivers that have a queue; others get one when the first message for them leaves.
    pub receivers: Vec<String>,
    /// Most messages under way to us and not stored yet.
    pub prefetch: u16,
    /// Most bytes of them; one message may be larger.
    pub prefetch_bytes: usize,
    /// Messages under way from us and not confirmed yet.
    pub confirm_window: usize,
    /// Seconds that the broker may take to confirm a message.
    pub confirm_timeout_seconds: u64,
    /// Seconds between signs of life.
    pub heartbeat_seconds: u16,
    /// Messages of more bytes leave compressed.
    pub compress_above_bytes: usize,
    /// Messages of more bytes, after compression, leave as a reference to the archive.
    pub refer_above_bytes: usize,
    /// Folder where messages lie that are referred to; absent: `archief` in the data folder.
    pub archive: Option<PathBuf>,
}

impl Default for Broker {
    fn default() -> Self {
        Self {
            url: None,
            password_file: None,
            ca_file: None,
            prefix: "happyflow".to_owned(),
            trusted_hubs: Vec::new(),
            receivers: Vec::new(),
            prefetch: 512,
            prefetch_bytes: 64 * 1024 * 1024,
            confirm_window: 256,
            confirm_timeout_seconds: 30,
            heartbeat_seconds: 20,
            compress_above_bytes: 64 * 1024,
            refer_above_bytes: 4 * 1024 * 1024,
            archive: None,
        }
    }
}

impl Broker {
    /// The password, when there is one.
    pub fn password(&self, environment: &Environment) -> Result<Option<Secret>, ConfigError> {
        password(self.password_file.as_deref(), environment.broker_password.as_ref())
    }

    /// How long the broker may take to confirm.
    #[must_use]
    pub fn confirm_timeout(&self) -> Duration {
        Duration::from_secs(self.confirm_timeout_seconds)
    }
}

/// `[worker]`: what one process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerSettings {
    /// Take messages from the hub.
    pub intake: bool,
    /// Workers that decide side by side, 0 where others do; more than one needs PostgreSQL. Absent: as many as there are
    /// processors with PostgreSQL, else one.
    pub workers: Option<u32>,
    /// Milliseconds between two looks when there is nothing to do.
    pub poll_ms: u64,
    /// Seconds between two looks at terms that passed.
    pub terms_seconds: u64,
    /// Seconds after which what does not move while something waits makes the service not ready.
    pub stuck_seconds: u64,
    /// Seconds that work under way may take when the service stops.
    pub stop_seconds: u64,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            intake: true,
            workers: None,
            poll_ms: 100,
            terms_seconds: 60,
            stuck_seconds: 60,
            stop_seconds: 30,
        }
    }
}

/// `[http]`: health and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port.
    pub listen: SocketAddr,
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 9464)) }
    }
}

/// `[telemetry]`: logs and traces.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// How logs are written.
    pub log_format: LogFormat,
    /// Where traces go (OTLP over HTTP); absent: nowhere.
    pub traces_url: Option<String>,
    /// The part of the traces that is kept, from 0 to 1.
    pub traces_ratio: f64,
}

impl Eq for Telemetry {}

impl Default for Telemetry {
    fn default() -> Self {
        Self { log_format: LogFormat::Json, traces_url: None, traces_ratio: 1.0 }
    }
}

/// `log_format` in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Lines for people.
    Text,
}

/// A hub that was chosen, against what is there for it.
pub(super) fn contradiction(config: &super::Config) -> Option<&'static str> {
    match (config.hub.soort?, &config.broker.url) {
        (HubSoort::Rabbitmq, None) => Some("hub.soort is rabbitmq, en broker.url ontbreekt: vul die in"),
        (HubSoort::Mappen, Some(_)) => {
            Some("hub.soort is mappen, en broker.url staat er ook: haal een van de twee weg")
        }
        _ => None,
    }
}

/// What makes settings of a service unusable; a key and what is wrong with it.
pub(super) fn fault(config: &super::Config) -> Option<String> {
    let (database, broker, worker) = (&config.database, &config.broker, &config.worker);
    let positive = [
        ("database.connections", u64::from(database.connections)),
        ("database.idle_seconds", database.idle_seconds),
        ("database.lock_seconds", database.lock_seconds),
        ("database.statement_seconds", database.statement_seconds),
        ("database.network_seconds", database.network_seconds),
        ("broker.prefetch", u64::from(broker.prefetch)),
        ("broker.prefetch_bytes", broker.prefetch_bytes as u64),
        ("broker.confirm_window", broker.confirm_window as u64),
        ("broker.confirm_timeout_seconds", broker.confirm_timeout_seconds),
        ("broker.heartbeat_seconds", u64::from(broker.heartbeat_seconds)),
        ("broker.refer_above_bytes", broker.refer_above_bytes as u64),
        ("worker.poll_ms", worker.poll_ms),
        ("worker.terms_seconds", worker.terms_seconds),
        ("worker.stuck_seconds", worker.stuck_seconds),
        ("worker.stop_seconds", worker.stop_seconds),
    ];
    if let Some((key, _)) = positive.iter().find(|(_, value)| *value == 0) {
        return Some(format!("{key} moet groter zijn dan 0"));
    }
    if database.lock_seconds <= database.idle_seconds || database.statement_seconds < database.lock_seconds {
        return Some(
            "database.lock_seconds is langer dan idle_seconds, en niet langer dan statement_seconds: wie wacht, wacht \
             langer dan een ander stil mag staan"
                .to_owned(),
        );
    }
    if !(0.0..=1.0).contains(&config.telemetry.traces_ratio) {
        return Some("telemetry.traces_ratio ligt tussen 0 en 1".to_owned());
    }
    if broker.prefix.is_empty()
        || !broker.prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Some("broker.prefix heeft letters, cijfers en streepjes".to_owned());
    }
    if let Some(receiver) =
        broker.receivers.iter().find(|code| crate::messages::Partij::parse(code).is_none())
    {
        return Some(format!("broker.receivers: {receiver} is geen gemeentecode of AGB-code"));
    }
    if worker.workers.is_some_and(|workers| workers > 1) && config.database.url.is_none() {
        return Some("worker.workers boven 1 vraagt PostgreSQL: vul database.url".to_owned());
    }
    if config.twee_personen.dagen == 0 {
        return Some("twee_personen.dagen moet groter zijn dan 0".to_owned());
    }
    let of_people = super::inloggen::console_fault(config).or_else(|| super::post::post_fault(&config.post));
    if of_people.is_some() {
        return of_people;
    }
    let urls = [
        ("database.url", config.database.url.as_deref(), &["postgres://", "postgresql://"][..]),
        ("broker.url", broker.url.as_deref(), &["amqp://", "amqps://"]),
        ("telemetry.traces_url", config.telemetry.traces_url.as_deref(), &["http://", "https://"]),
    ];
    urls.into_iter().find_map(|(key, url, schemes)| url_fault(key, url?, schemes))
}

/// A password in an address would be printed with it.
fn url_fault(key: &str, url: &str, schemes: &[&str]) -> Option<String> {
    let Some(rest) = schemes.iter().find_map(|scheme| url.strip_prefix(scheme)) else {
        return Some(format!("{key} begint met {}", schemes.join(" of ")));
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    let secret = user.contains(':') || rest.contains("password=");
    secret.then(|| format!("{key} mag geen wachtwoord bevatten: zet het in een bestand of in de omgeving"))
}
