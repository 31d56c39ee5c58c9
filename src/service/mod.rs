//! The service: takes messages in, decides them, publishes what follows and acts on terms, until it is
//! asked to stop. Every part goes on by itself when the store or the hub comes back.

mod health;
pub mod http;
mod intake;
mod loops;
pub mod metrics;
mod post;
mod watch;

pub use health::{Health, ServicePart};

use crate::clock::Clock;
use crate::config::{Config, HubSoort};
use crate::hub::amqp::{Backoff, LinkState};
use crate::hub::{Inbound, SpoolState};
use crate::labels::labels;
use crate::office::{Office, OfficeError, Settings};
use crate::post::Brievenbus;
use axum::Router;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What the service works with.
pub struct ServiceParts {
    /// Who decides; the console works with the same one.
    pub office: Office,
    /// Where messages come from; none when this process takes nothing in.
    pub inbound: Option<Box<dyn Inbound>>,
    /// The connections with the broker, by name.
    pub links: Vec<(&'static str, Arc<LinkState>)>,
    /// How taking in from the folders goes.
    pub folders: Arc<SpoolState>,
    /// Pages beside those of health and metrics, with where they are; none without a console.
    pub console: Option<(TcpListener, Router)>,
    /// Where mail to people is handed in; none where nobody gets any.
    pub post: Option<Brievenbus>,
}

/// What all parts of a running service share.
#[derive(Clone)]
struct Shared {
    stop: CancellationToken,
    /// Something is in the inbox.
    arrived: Arc<Notify>,
    /// Something is in the outbox.
    decided: Arc<Notify>,
    health: Arc<Health>,
    settings: Settings,
    poll: Duration,
    terms: Duration,
}

#[cfg(test)]
impl Shared {
    /// With nothing but defaults.
    fn of_a_test(stop: &CancellationToken) -> Self {
        Self {
            stop: stop.clone(),
            arrived: Arc::default(),
            decided: Arc::default(),
            health: Arc::new(Health::new(Vec::new(), 1, Duration::from_mins(1))),
            settings: Settings::new(&Config::default(), Clock::System),
            poll: Duration::from_secs(1),
            terms: Duration::from_secs(1),
        }
    }
}

/// Why the service ended otherwise than it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The address for health and metrics cannot be used.
    #[error("kan niet luisteren op {address}: {reason}. Kies een ander adres onder [http] listen")]
    Listen {
        address: String,
        /// What the system said.
        reason: String,
    },
    /// The address for the console cannot be used.
    #[error("kan voor de console niet luisteren op {address}: {reason}. Kies een ander adres")]
    Console {
        /// As the settings have it.
        address: String,
        /// What the system said.
        reason: String,
    },
    /// Metrics cannot be collected.
    #[error("meten kan niet worden gestart: {0}")]
    Metrics(String),
    /// The store or the hub, at the start.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// Work under way did not end in time; it is done at the next start.
    #[error(
        "het lopende werk was niet klaar na {0} seconden; er is niets verloren, de volgende start maakt het af"
    )]
    Slow(u64),
    /// A part ended by a fault of ours.
    #[error(
        "een onderdeel van de dienst is door een fout in happyflow gestopt; start opnieuw en meld het bij de beheerder"
    )]
    Broken,
}

labels!(ServiceError {
    Self::Listen { .. } => "service.listen",
    Self::Console { .. } => "service.console",
    Self::Metrics(_) => "service.metrics",
    Self::Slow(_) => "service.slow",
    Self::Broken => "service.broken",
} passes {
    Self::Office(error) => error,
});

/// Runs until `stop`, then finishes, commits, acknowledges and returns.
pub async fn run(config: &Config, parts: ServiceParts, stop: CancellationToken) -> Result<(), ServiceError> {
    let ServiceParts { office, inbound, links, folders, console, post } = parts;
    let post = post.map(Arc::new);
    let store = office.shared_store();
    let address = config.http.listen;
    let listener = TcpListener::bind(address).await.map_err(|error| ServiceError::Listen {
        address: address.to_string(),
        reason: crate::io_text::io_text(&error),
    })?;
    let handle = metrics::install().map_err(|error| ServiceError::Metrics(error.to_string()))?;
    let shared = Shared {
        stop: stop.clone(),
        arrived: Arc::default(),
        decided: Arc::default(),
        health: Arc::new(Health::new(
            links,
            config.workers(),
            Duration::from_secs(config.worker.stuck_seconds),
        )),
        settings: office.settings().clone(),
        poll: Duration::from_millis(config.worker.poll_ms),
        terms: Duration::from_secs(config.worker.terms_seconds),
    };
    // Health is told until everything has ended.
    let end = CancellationToken::new();
    let pages = http::health(handle.clone(), shared.health.clone());
    let pages = tokio::spawn(http::serve(listener, pages, end.clone()));
    let console = console.map(|(listener, pages)| tokio::spawn(http::serve(listener, pages, end.clone())));
    let mut parts = JoinSet::new();
    if let Some(inbound) = inbound {
        parts.spawn(intake::run(office.clone(), inbound, shared.clone()));
    }
    for number in 0..shared.settings.workers as usize {
        parts.spawn(loops::decide(number, office.clone(), shared.clone()));
    }
    parts.spawn(loops::terms(office.clone(), shared.clone()));
    parts.spawn(loops::publish(office.clone(), shared.clone()));
    parts.spawn(loops::seal(store.clone(), shared.clone()));
    let folder = needs_folder(config).then(|| config.data.clone()).flatten();
    parts.spawn(watch::run(store.clone(), folder, folders, shared.clone(), move || handle.run_upkeep()));
    if let Some(bus) = &post {
        parts.spawn(post::run(store.clone(), bus.clone(), shared.clone()));
    }
    tracing::info!(listen = %address, workers = shared.settings.workers, "happyflow draait");
    let broken = until_stopped(&mut parts, &stop).await;
    if let Some(bus) = post.filter(|_| broken) {
        post::broken(&*store, &bus, Clock::System.now()).await;
    }
    // All of what follows together: whoever asked us to stop waits no longer.
    let seconds = config.worker.stop_seconds;
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let ended = ended(&mut parts, broken, deadline, seconds).await;
    if ended.is_ok() && tokio::time::timeout_at(deadline, last(&office)).await.is_err() {
        tracing::warn!("geen tijd meer voor de laatste berichten; ze vertrekken bij de volgende start");
    }
    end.cancel();
    let _ = pages.await;
    if let Some(console) = console {
        let _ = console.await;
    }
    tracing::info!("happyflow gestopt");
    ended
}

/// Whether nothing goes without the data folder; else it has messages that are referred to at most.
fn needs_folder(config: &Config) -> bool {
    config.database.url.is_none() || config.hub() == HubSoort::Mappen
}

/// What was decided last leaves as well, and is sealed.
async fn last(office: &Office) {
    let tell = |answered| metrics::answered(answered, Clock::System.exactly());
    if let Err(error) = crate::office::publish::try_publish(office.store(), office.hub(), &tell).await {
        tracing::warn!(code = error.label(), %error, "de laatste berichten vertrekken bij de volgende start");
    }
    if let Err(error) = crate::chain::seal(office.store()).await {
        tracing::warn!(code = error.label(), %error, "de laatste journaalregels worden bij de volgende start verzegeld");
    }
}

/// Waits until it is asked to stop, or a part broke: whether that is so.
async fn until_stopped(parts: &mut JoinSet<()>, stop: &CancellationToken) -> bool {
    let broken = tokio::select! {
        // In this order: a part that ended because it was asked to is not broken.
        biased;
        () = stop.cancelled() => false,
        // No part ends by itself.
        _ = parts.join_next() => true,
    };
    stop.cancel();
    broken
}

/// Waits for every part, until the deadline.
async fn ended(
    parts: &mut JoinSet<()>,
    broken: bool,
    deadline: Instant,
    seconds: u64,
) -> Result<(), ServiceError> {
    let rest = async {
        let mut whole = true;
        while let Some(part) = parts.join_next().await {
            whole &= part.is_ok();
        }
        whole
    };
    match tokio::time::timeout_at(deadline, rest).await {
        Ok(whole) if whole && !broken => Ok(()),
        Ok(_) => Err(ServiceError::Broken),
        Err(_) => {
            parts.abort_all();
            Err(ServiceError::Slow(seconds))
        }
    }
}

/// Waits for a signal, at most so long, or until the service stops.
async fn wait(signal: &Notify, at_most: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = signal.notified() => {}
        () = tokio::time::sleep(at_most) => {}
    }
}

/// Waits after a failure, or until the service stops.
async fn pause(backoff: &mut Backoff, shared: &Shared) {
    tokio::select! {
        () = shared.stop.cancelled() => {}
        () = tokio::time::sleep(backoff.pause()) => {}
    }
}
