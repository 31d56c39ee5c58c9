//! Settings: one TOML file in which every key is known, and the environment. Nothing else reads it.

use crate::bank::Bankgrenzen;
use crate::codes::GemeenteCode;
use crate::decide::Requests;
use crate::disk;
use crate::labels::labels;
use crate::schema::limits::MAX_BYTES;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

mod betaling;
mod dutch;
mod inloggen;
mod post;
mod rol;
mod secret;
mod service;
mod twee_personen;

pub use betaling::Betaling;
pub use inloggen::{ConsoleInstelling, Inlogdienst, LoginSoort, Rolregel, env_name, is_safe};
pub use post::{PostInstelling, PostLijsten, PostTls};
pub use rol::{Rolsoort, Roltoekenning, Toegangsrol};
pub use secret::Secret;
pub use service::{Broker, Database, Http, Hub, HubSoort, LogFormat, Telemetry, WorkerSettings};
pub use twee_personen::TweePersonen;

/// What the environment says.
#[derive(Debug, Default, Clone)]
pub struct Environment {
    /// `HAPPYFLOW_LOG`: what is logged, as `info` or `happyflow=debug`.
    pub log: Option<String>,
    /// `HAPPYFLOW_DATABASE_PASSWORD`: the password of the database, when no file has it.
    pub database_password: Option<Secret>,
    /// `HAPPYFLOW_BROKER_PASSWORD`: the password of the broker, when no file has it.
    pub broker_password: Option<Secret>,
    /// `HAPPYFLOW_POST_PASSWORD`: the password of the mail server, when no file has it.
    pub post_password: Option<Secret>,
    /// `HAPPYFLOW_CONSOLE_SECRET_NAAM`: secrets for identity providers, by the name of their variable.
    pub console_secrets: BTreeMap<String, Secret>,
}

impl Environment {
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn read() -> Self {
        let secret = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty()).map(Secret::new);
        Self {
            log: std::env::var("HAPPYFLOW_LOG").ok(),
            database_password: secret("HAPPYFLOW_DATABASE_PASSWORD"),
            broker_password: secret("HAPPYFLOW_BROKER_PASSWORD"),
            post_password: secret("HAPPYFLOW_POST_PASSWORD"),
            console_secrets: std::env::vars_os()
                .filter_map(|(name, _)| name.into_string().ok())
                .filter(|name| name.starts_with(inloggen::SECRET))
                .filter_map(|name| Some((name.clone(), secret(&name)?)))
                .collect(),
        }
    }
}

/// Settings of an installation. Absent keys have the value of [`Config::default`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Data folder, when `--data` is not given.
    pub data: Option<PathBuf>,
    /// Gemeenten that we serve; empty means all (docs/ARCHITECTURE.md). Goes before the list of the region.
    pub gemeenten: BTreeSet<GemeenteCode>,
    /// Whether requests are answered by themselves, when `--requests` is not given.
    pub requests: RequestMode,
    /// Code in the notice on a message that is not valid at level 1; newer lists differ (ruling 1.6).
    pub notice_code: String,
    /// From which accounts is paid; absent without settings: [`Betaling::example`].
    pub betaling: Option<Betaling>,
    pub limits: Limits,
    pub database: Database,
    /// Which hub there is.
    pub hub: Hub,
    /// The message broker.
    pub broker: Broker,
    /// What a process of the service does.
    pub worker: WorkerSettings,
    /// Health and metrics.
    pub http: Http,
    /// Pages for people.
    pub console: ConsoleInstelling,
    /// Mail to people.
    pub post: PostInstelling,
    /// What two persons decide together.
    pub twee_personen: TweePersonen,
    /// Logs and traces.
    pub telemetry: Telemetry,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: None,
            gemeenten: BTreeSet::new(),
            requests: RequestMode::Automatic,
            notice_code: "StUF055".to_owned(),
            betaling: None,
            limits: Limits::default(),
            database: Database::default(),
            hub: Hub::default(),
            broker: Broker::default(),
            worker: WorkerSettings::default(),
            http: Http::default(),
            console: ConsoleInstelling::default(),
            post: PostInstelling::default(),
            twee_personen: TweePersonen::default(),
            telemetry: Telemetry::default(),
        }
    }
}

/// `requests` in the settings and `--requests`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum RequestMode {
    /// Answer what can be answered.
    #[value(help = "beantwoord verzoeken waar dat kan")]
    Automatic,
    /// Answer nothing; the gemeente gets the requests.
    #[value(help = "beantwoord niets, stuur verzoeken door naar de gemeente")]
    Manual,
}

impl From<RequestMode> for Requests {
    fn from(mode: RequestMode) -> Self {
        match mode {
            RequestMode::Automatic => Self::Automatic,
            RequestMode::Manual => Self::Manual,
        }
    }
}

/// Limits of the office, each with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Most messages in one transaction.
    pub batch_messages: usize,
    /// Most bytes of messages in one transaction; one message may be larger.
    pub batch_bytes: usize,
    /// Largest message that is taken in, wherever it comes from, and largest answer that leaves. What is larger is set
    /// aside unread.
    pub max_message_bytes: u64,
    /// Largest file of a bank that is taken in.
    pub max_bank_bytes: u64,
    /// Most posts, and transactions in them, of a file of a bank.
    pub max_bank_entries: u32,
    /// Attempts to judge a message, alone in hand, that fail before it is parked.
    pub attempts: u32,
    /// Years that everything about a young person is kept, from the last change on.
    pub retention_years: u32,
}

/// Jeugdwet, article 7.3.8, third paragraph: twenty years from the last change of the file.
const RETENTION_YEARS: u32 = 20;
/// OP179 asks of senders that they stay below 25 MB, and lets receivers take more where they can.
const MAX_MESSAGE_BYTES: u64 = 64 * 1024 * 1024;

impl Limits {
    /// How much a file of a bank may hold.
    #[must_use]
    pub const fn bank(&self) -> Bankgrenzen {
        Bankgrenzen { bytes: self.max_bank_bytes, posten: self.max_bank_entries }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch_messages: 1024,
            batch_bytes: 24 * 1024 * 1024,
            max_message_bytes: MAX_MESSAGE_BYTES,
            max_bank_bytes: Bankgrenzen::default().bytes,
            max_bank_entries: Bankgrenzen::default().posten,
            attempts: 3,
            retention_years: RETENTION_YEARS,
        }
    }
}

/// Bytes of the largest file with settings.
const SETTINGS_BYTES: u64 = 1024 * 1024;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuratie {path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The file says something that is not a setting.
    #[error("configuratie {path}, regel {line}: {reason}")]
    Invalid {
        /// The file.
        path: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

labels!(ConfigError {
    Self::Unreadable { .. } => "config.unreadable",
    Self::Invalid { .. } => "config.invalid",
});

impl Config {
    /// How messages come and go.
    #[must_use]
    pub fn hub(&self) -> HubSoort {
        let by_broker = if self.broker.url.is_some() { HubSoort::Rabbitmq } else { HubSoort::Mappen };
        self.hub.soort.unwrap_or(by_broker)
    }

    /// How many decide side by side in one process.
    #[must_use]
    pub fn workers(&self) -> u32 {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        match (self.worker.workers, &self.database.url) {
            (Some(workers), _) => workers,
            // Storing and publishing need connections as well.
            (None, Some(_)) => {
                u32::try_from(processors()).unwrap_or(1).min(self.database.connections / 2).max(1)
            }
            (None, None) => 1,
        }
    }

    /// Reads the settings; without a file those of [`Config::default`].
    pub fn read(path: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let shown = path.display().to_string();
        let text = disk::read_text(path, SETTINGS_BYTES).map_err(|refusal| ConfigError::Unreadable {
            path: shown.clone(),
            reason: refusal.to_string(),
        })?;
        Self::parse(&text).map_err(|(line, reason)| ConfigError::Invalid { path: shown, line, reason })
    }

    /// Settings from text; a fault comes with its line.
    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start).min(text.len());
            let line = memchr::memchr_iter(b'\n', &text.as_bytes()[..offset]).count() + 1;
            let is_toml = toml::from_str::<toml::Table>(text).is_ok();
            let explain = if is_toml { dutch::no_setting } else { dutch::no_toml };
            (line, explain(error.message()))
        })?;
        let Limits {
            batch_messages,
            batch_bytes,
            max_message_bytes,
            max_bank_bytes,
            max_bank_entries,
            attempts,
            retention_years,
        } = config.limits;
        if [batch_messages, batch_bytes].contains(&0)
            || max_message_bytes == 0
            || max_bank_bytes == 0
            || max_bank_entries == 0
            || attempts == 0
            || retention_years == 0
        {
            return Err((1, "de grenzen onder [limits] moeten groter zijn dan 0".to_owned()));
        }
        if max_message_bytes > MAX_BYTES as u64 {
            return Err((1, format!("limits.max_message_bytes is hoogstens {MAX_BYTES}")));
        }
        let code = config.notice_code.chars().count();
        if code == 0 || code > 7 {
            return Err((1, "notice_code heeft 1 tot 7 tekens".to_owned()));
        }
        if let Some(fault) = service::contradiction(&config) {
            return Err((line_of(text, "hub", "soort"), fault.to_owned()));
        }
        if let Some(fault) = service::fault(&config) {
            return Err((1, fault));
        }
        Ok(config)
    }
}

/// The line on which a key of a table stands, from 1; the first when it is written in another way.
fn line_of(text: &str, table: &str, key: &str) -> usize {
    let mut within = false;
    for (line, content) in (1..).zip(text.lines().map(str::trim)) {
        if let Some(header) = content.strip_prefix('[') {
            within = header.split(']').next().is_some_and(|name| name.trim() == table);
        }
        let named = content.split('=').next().unwrap_or_default().trim();
        if (within && named == key) || named == format!("{table}.{key}") {
            return line;
        }
    }
    1
}

#[cfg(test)]
mod example_test;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_keys_have_their_defaults_and_given_ones_are_read() {
        assert_eq!(Config::parse("").unwrap(), Config::default());
        let config = Config::parse(
            "data = 'd'\ngemeenten = ['0193']\nrequests = 'manual'\n[limits]\nbatch_messages = 3\n",
        )
        .unwrap();
        assert_eq!(config.data, Some("d".into()));
        assert_eq!(config.requests, RequestMode::Manual);
        assert_eq!(config.limits.batch_messages, 3);
        assert_eq!(config.limits.attempts, 3);
        assert!(config.gemeenten.contains(&GemeenteCode::parse("0193").unwrap()));
    }

    #[test]
    fn a_gemeente_pays_from_its_own_account_and_the_others_from_the_common_one() {
        let text = "[betaling]\nopdrachtgever = 'BVO'\n\
                    [betaling.rekening]\nnaam = 'BVO'\niban = 'NL13TEST0123456789'\n\
                    [betaling.gemeenten.0193]\nnaam = 'Eigen'\niban = 'NL13TEST0123456789'\n";
        let betaling = Config::parse(text).unwrap().betaling.unwrap();
        let naam = |code| betaling.debtor(GemeenteCode::parse(code).unwrap()).unwrap().naam.clone();
        assert_eq!((naam("0193").as_str(), naam("0177").as_str()), ("Eigen", "BVO"));
        assert!(Betaling::example().rekening.is_some());
    }

    #[test]
    fn a_password_comes_from_a_file_or_the_environment_and_is_not_shown() {
        for key in ["database]\nurl = 'postgres://a:geheim@h/d", "broker]\nurl = 'amqp://a:geheim@h/v"] {
            let (_, reason) = Config::parse(&format!("[{key}'")).unwrap_err();
            assert!(reason.contains("geen wachtwoord") && !reason.contains("geheim"), "{reason}");
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wachtwoord");
        std::fs::write(&file, "uit-bestand\n").unwrap();
        let environment = Environment {
            broker_password: Some(Secret::new("uit-omgeving".to_owned())),
            ..Environment::default()
        };
        let mut broker = Broker::default();
        assert_eq!(broker.password(&environment).unwrap().unwrap().reveal(), "uit-omgeving");
        broker.password_file = Some(file.clone());
        let secret = broker.password(&environment).unwrap().unwrap();
        assert_eq!((secret.reveal(), format!("{secret:?}").as_str()), ("uit-bestand", "***"));
        std::fs::write(&file, "\n").unwrap();
        assert!(broker.password(&environment).is_err());
        assert_eq!(Database::default().password(&environment).unwrap(), None);
    }

    #[test]
    fn the_hub_is_a_choice_and_without_one_what_it_was() {
        let hub = |text: &str| Config::parse(text).map(|config| config.hub());
        let broker = "[broker]\nurl = 'amqp://h/v'\n";
        assert_eq!(hub(""), Ok(HubSoort::Mappen));
        assert_eq!(hub(broker), Ok(HubSoort::Rabbitmq));
        assert_eq!(hub("[hub]\nsoort = 'mappen'\n"), Ok(HubSoort::Mappen));
        assert_eq!(hub(&format!("{broker}[hub]\nsoort = 'rabbitmq'\n")), Ok(HubSoort::Rabbitmq));
        let (line, reason) = hub(&format!("{broker}[hub]\n# Waar\nsoort = 'mappen'\n")).unwrap_err();
        assert_eq!((line, reason.starts_with("hub.soort is mappen, en broker.url staat er ook")), (5, true));
        let (line, reason) = hub("data = 'd'\nhub.soort = 'rabbitmq'\n").unwrap_err();
        assert_eq!((line, reason.starts_with("hub.soort is rabbitmq, en broker.url ontbreekt")), (2, true));
    }

    /// Every kind of fault that serde or TOML tells of.
    #[test]
    fn what_is_wrong_is_said_in_dutch() {
        for (text, said) in [
            ("onbekend = 1", "de sleutel onbekend bestaat niet hier; wel: data, gemeenten"),
            (
                "[http]\nlisten = '127.0.0.1:9464'\nlisten = '127.0.0.1:9465'",
                "dezelfde sleutel staat er twee keer",
            ),
            ("requests = 'soms'", "soms kan hier niet staan; wel: automatic, manual"),
            (
                "[limits]\nattempts = 'veel'",
                "hier staat een tekst, en er hoort een geheel getal van 0 of meer te staan",
            ),
            (
                "[limits]\nattempts = -1",
                "hier staat een geheel getal, en er hoort een geheel getal van 0 of meer te staan",
            ),
            ("limits = 3", "hier staat een geheel getal, en er hoort een tabel te staan"),
            ("gemeenten = '0193'", "hier staat een tekst, en er hoort een lijst te staan"),
            ("data = ['d']", "hier staat een lijst, en er hoort een pad als tekst te staan"),
            ("[telemetry]\ntraces_ratio = 'half'", "hier staat een tekst, en er hoort een getal te staan"),
            (
                "[http]\nlisten = 'overal'",
                "hier hoort een adres met een poort te staan, zoals 127.0.0.1:9464",
            ),
            (
                "[betaling.rekening]\nnaam = 'BVO'\niban = 'NL13TEST0123456789'",
                "de sleutel opdrachtgever ontbreekt",
            ),
            ("[http", "dit is geen TOML. Kijk naar haakjes"),
            ("data = d", "dit is geen TOML. Kijk naar haakjes"),
            ("data 'd'", "dit is geen TOML. Kijk naar haakjes"),
            ("data = 'd", "dit is geen TOML. Kijk naar haakjes"),
        ] {
            let (_, reason) = Config::parse(text).unwrap_err();
            assert!(reason.starts_with(said), "{text}: {reason}");
        }
        // A value may be a password.
        let (_, reason) = Config::parse("[limits]\nattempts = 'geheim'").unwrap_err();
        assert!(!reason.contains("geheim"), "{reason}");
    }

    #[test]
    fn what_is_no_setting_is_refused_with_its_line() {
        for (text, line) in [
            ("\nonbekend = 1", 2),
            ("[limits]\nbatch = 1", 2),
            ("gemeenten = ['19']", 1),
            ("requests = 'soms'", 1),
            ("[limits]\nattempts = 0", 1),
            ("[limits]\nmax_message_bytes = 0", 1),
            ("[limits]\nmax_message_bytes = 268435457", 1),
            ("notice_code = ''", 1),
            ("[broker]\nprefetch = 0", 1),
            ("[database]\nidle_seconds = 0", 1),
            ("[database]\nidle_seconds = 120", 1),
            ("[database]\nstatement_seconds = 60", 1),
            ("[broker]\nprefix = 'a.b'", 1),
            ("[broker]\nreceivers = ['19']", 1),
            ("[broker]\nurl = 'http://h'", 1),
            ("[worker]\nworkers = 2", 1),
            ("[http]\nlisten = 'overal'", 2),
            ("[telemetry]\ntraces_ratio = 1.5", 1),
            ("[telemetry]\nlog_format = 'xml'", 2),
            (
                "[betaling]\nopdrachtgever = 'BVO'\n[betaling.rekening]\nnaam = 'BVO'\niban = 'NL14TEST0123456789'",
                5,
            ),
        ] {
            assert_eq!(Config::parse(text).unwrap_err().0, line, "{text}");
        }
    }
}
