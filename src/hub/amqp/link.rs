//! A connection to the broker that is made again when it breaks. Ours, not that of the library: what is
//! connected is one thing with its channel and topology, and dies as one.

use super::topology::Topology;
use crate::config::{Broker, Secret};
use crate::disk;
use crate::hub::{HubError, HubTrouble};
use crate::io_text::io_text;
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::tcp::OwnedTLSConfig;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Channel, Connection, ConnectionBuilder, ConnectionProperties, ErrorKind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long making a connection may take.
/// Bytes of the largest file with certificates.
const CERTIFICATES_BYTES: u64 = 4 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The first pause before a connection is tried again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const LAST_PAUSE: Duration = Duration::from_secs(10);

/// How to reach the broker.
#[derive(Clone)]
pub struct BrokerAddress {
    uri: AMQPUri,
    /// For people: without user or password.
    shown: String,
    certificates: Option<String>,
}

impl std::fmt::Debug for BrokerAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl BrokerAddress {
    /// From the settings; none when they name no broker.
    pub fn new(broker: &Broker, password: Option<&Secret>) -> Result<Option<Self>, HubError> {
        let Some(url) = &broker.url else {
            return Ok(None);
        };
        let fault = |path: &str, reason: String| HubError {
            kind: HubTrouble::Setting,
            doing: "instellen van",
            path: path.to_owned(),
            reason,
        };
        let mut uri: AMQPUri =
            url.parse().map_err(|_| fault("broker.url", "dit is geen adres van een broker".to_owned()))?;
        if let Some(password) = password {
            password.reveal().clone_into(&mut uri.authority.userinfo.password);
        }
        uri.query.heartbeat = Some(broker.heartbeat_seconds);
        let shown = format!("{}:{}/{}", uri.authority.host, uri.authority.port, uri.vhost);
        let read = |path: &std::path::PathBuf| {
            disk::read_text(path, CERTIFICATES_BYTES)
                .map_err(|refusal| fault(&path.display().to_string(), refusal.to_string()))
        };
        let certificates = broker.ca_file.as_ref().map(read).transpose()?;
        Ok(Some(Self { uri, shown, certificates }))
    }

    /// Host, port and vhost.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Connects once.
    pub async fn connect(&self, name: &str) -> Result<Connection, HubError> {
        let builder = ConnectionBuilder::new().map_err(|error| self.fault(&error))?;
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let tls = OwnedTLSConfig { identity: None, cert_chain: self.certificates.clone() };
        let builder = builder.with_uri(self.uri.clone()).with_properties(properties).with_tls_config(tls);
        match tokio::time::timeout(CONNECT_TIMEOUT, builder.connect()).await {
            Ok(connected) => connected.map_err(|error| self.fault(&error)),
            Err(_) => Err(self.silent()),
        }
    }

    /// What the library said, for operators.
    pub(super) fn fault(&self, error: &lapin::Error) -> HubError {
        HubError {
            kind: HubTrouble::Unreachable,
            doing: "verbinden met",
            path: self.shown.clone(),
            reason: reason(error),
        }
    }

    /// Host and port, when nothing is sealed on the way.
    pub(super) fn plain(&self) -> Option<(&str, u16)> {
        let authority = &self.uri.authority;
        (self.uri.scheme == AMQPScheme::AMQP).then_some((authority.host.as_str(), authority.port))
    }

    /// The broker takes nothing in until it has room again.
    pub(super) fn holding_back(&self) -> HubError {
        let reason = "de broker houdt verzenders tegen: zijn geheugen of schijf is vol (rabbitmqctl status, \
                      Alarms; vm_memory_high_watermark, disk_free_limit)"
            .to_owned();
        HubError { kind: HubTrouble::HoldsBack, doing: "verzenden via", path: self.shown.clone(), reason }
    }

    /// The broker did not answer in time.
    pub(super) fn silent(&self) -> HubError {
        let reason = "de broker antwoordt niet".to_owned();
        HubError { kind: HubTrouble::Silent, doing: "verbinden met", path: self.shown.clone(), reason }
    }
}

/// What is wrong, in Dutch; what the broker says of it, it says in English, and that stands behind it.
fn reason(error: &lapin::Error) -> String {
    match error.kind() {
        ErrorKind::IOError(error) => io_text(error),
        ErrorKind::MissingHeartbeatError => "de broker geeft geen teken van leven".to_owned(),
        ErrorKind::ProtocolError(error) => {
            let what = match error.kind() {
                AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED) => "deze gebruiker mag dat niet",
                AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND) => "dat is er niet",
                AMQPErrorKind::Soft(AMQPSoftError::RESOURCELOCKED) => "een ander houdt het vast",
                AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED) => {
                    "het is er al, met andere eigenschappen"
                }
                AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => "deze gebruiker of virtual host is er niet",
                AMQPErrorKind::Hard(AMQPHardError::CONNECTIONFORCED) => "de broker stopt",
                _ => "de broker weigerde",
            };
            format!("{what} (de broker: {})", error.get_message())
        }
        ErrorKind::InvalidConnectionState(_) | ErrorKind::InvalidChannelState(..) => {
            "de verbinding is verbroken".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Whether a link is up, for health and metrics.
#[derive(Debug)]
pub struct LinkState {
    /// Since when it is not up; none while it is.
    down: Mutex<Option<Instant>>,
    connected: AtomicU64,
    set_aside: AtomicU64,
}

impl Default for LinkState {
    fn default() -> Self {
        let down = Mutex::new(Some(Instant::now()));
        Self { down, connected: AtomicU64::new(0), set_aside: AtomicU64::new(0) }
    }
}

impl LinkState {
    /// Whether it is up now.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.down_since().is_none()
    }

    /// Since when it is not up; none while it is.
    #[must_use]
    pub fn down_since(&self) -> Option<Instant> {
        *self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often it was made.
    #[must_use]
    pub fn times_connected(&self) -> u64 {
        self.connected.load(Ordering::Relaxed)
    }

    /// Messages that came in on it and were set aside: the store never had them.
    #[must_use]
    pub fn set_aside(&self) -> u64 {
        self.set_aside.load(Ordering::Relaxed)
    }

    pub(super) fn one_aside(&self) {
        self.set_aside.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set(&self, up: bool) {
        if up {
            self.connected.fetch_add(1, Ordering::Relaxed);
        }
        let mut down = self.down.lock().unwrap_or_else(PoisonError::into_inner);
        *down = if up { None } else { down.or_else(|| Some(Instant::now())) };
    }
}

/// A connection with its one channel.
pub(super) struct Link {
    connection: Connection,
    pub(super) channel: Channel,
    state: Arc<LinkState>,
}

impl Link {
    /// Connects, opens a channel and makes what every installation has.
    pub(super) async fn open(
        address: &BrokerAddress,
        topology: &Topology,
        name: &str,
        state: &Arc<LinkState>,
    ) -> Result<Self, HubError> {
        let connection = address.connect(name).await?;
        let prepare = async {
            let channel = connection.create_channel().await?;
            for exchange in topology.exchanges() {
                exchange.declare(&channel).await?;
            }
            topology.dead_letters().declare(&channel).await?;
            topology.intake().declare(&channel).await?;
            Ok(channel)
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, prepare).await {
            Ok(Ok(channel)) => {
                state.set(true);
                Ok(Self { connection, channel, state: state.clone() })
            }
            Ok(Err(error)) => Err(address.fault(&error)),
            Err(_) => Err(address.silent()),
        }
    }

    /// Another channel, for what may fail without harm to the first.
    pub(super) async fn another(&self) -> lapin::Result<Channel> {
        self.connection.create_channel().await
    }

    /// Why nothing was confirmed in time.
    pub(super) fn silence(&self, address: &BrokerAddress) -> HubError {
        if self.connection.status().blocked() {
            return address.holding_back();
        }
        address.silent()
    }

    /// Whether it can still be used.
    pub(super) fn usable(&self) -> bool {
        self.connection.status().connected() && self.channel.status().connected()
    }

    /// Says goodbye later; from now on it is not counted as a connection.
    pub(super) fn leave(mut self) -> impl Future<Output = ()> + Send + 'static {
        self.state.set(false);
        self.state = Arc::default();
        self.close()
    }

    /// Says goodbye.
    pub(super) async fn close(self) {
        let goodbye = self.connection.close(200, "klaar".into());
        // What was not acknowledged comes again; a broker that is gone needs no goodbye.
        let _ = tokio::time::timeout(CONNECT_TIMEOUT, goodbye).await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.state.set(false);
    }
}

/// Pauses between attempts: twice as long every time, with a part of chance, so that many processes do not
/// come back at the same moment.
#[derive(Debug)]
pub struct Backoff {
    failures: u32,
    first: Duration,
    longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::between(FIRST_PAUSE, LAST_PAUSE)
    }
}

impl Backoff {
    /// From the first pause to the longest.
    #[must_use]
    pub const fn between(first: Duration, longest: Duration) -> Self {
        Self { failures: 0, first, longest }
    }

    /// It went well: the next pause is short again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait now: between half of and the whole of the pause.
    pub fn pause(&mut self) -> Duration {
        let pause = self.first.saturating_mul(1 << self.failures.min(16)).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        pause.mul_f64(0.5 + 0.5 * chance())
    }
}

/// A number from 0 to 1. The hasher of the standard library draws its keys at random.
fn chance() -> f64 {
    use std::hash::{BuildHasher, Hasher};
    let bits = std::collections::hash_map::RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_begin_again() {
        let mut backoff = Backoff::default();
        let mut longest = Duration::ZERO;
        for turn in 0..40 {
            let pause = backoff.pause();
            let whole = FIRST_PAUSE.saturating_mul(1 << turn.min(16)).min(LAST_PAUSE);
            assert!(pause >= whole / 2 && pause <= whole, "{turn}: {pause:?}");
            longest = longest.max(pause);
        }
        assert!(longest > LAST_PAUSE / 2);
        backoff.reset();
        assert!(backoff.pause() <= FIRST_PAUSE);
    }

    #[test]
    fn an_address_is_shown_without_user_and_password() {
        let broker = Broker { url: Some("amqp://wie@h:1/v".to_owned()), ..Broker::default() };
        let secret = Secret::new("geheim".to_owned());
        let address = BrokerAddress::new(&broker, Some(&secret)).unwrap().unwrap();
        assert_eq!((address.shown(), format!("{address:?}").as_str()), ("h:1/v", "h:1/v"));
        assert_eq!(address.uri.authority.userinfo.password, "geheim");
        assert!(BrokerAddress::new(&Broker::default(), None).unwrap().is_none());
    }
}
