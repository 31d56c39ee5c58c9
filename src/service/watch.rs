//! Watches how much waits, and whether the store and the broker are there, and keeps the figures small.

use super::{Shared, metrics};
use crate::clock::Moment;
use crate::hub::SpoolState;
use crate::hub::amqp::LinkState;
use crate::store::Store;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(2);

/// How the service is.
pub struct Health {
    store: AtomicBool,
    links: Vec<(&'static str, Arc<LinkState>)>,
    folders: Arc<SpoolState>,
}

impl Health {
    pub(super) fn new(links: Vec<(&'static str, Arc<LinkState>)>, folders: Arc<SpoolState>) -> Self {
        Self { store: AtomicBool::new(false), links, folders }
    }

    /// What is not ready, in Dutch; empty when everything is.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if !self.store.load(Ordering::Relaxed) {
            missing.push("de opslag antwoordt niet".to_owned());
        }
        for (name, link) in &self.links {
            if !link.is_up() {
                missing.push(format!("geen verbinding met de broker ({name})"));
            }
        }
        missing
    }
}

/// Looks until the service stops. `add_up` is called with every look: what was measured is kept one by one until
/// then, and nobody may ever ask for the figures.
pub async fn run<S: Store>(store: S, shared: Shared, add_up: impl Fn()) {
    while !shared.stop.is_cancelled() {
        add_up();
        let now = shared.settings.clock.now();
        let stand = store.stand(now).await;
        let up = stand.is_ok();
        shared.health.store.store(up, Ordering::Relaxed);
        ::metrics::gauge!(metrics::STORE_UP.name).set(f64::from(u8::from(up)));
        match stand {
            Ok(stand) => {
                metrics::stand(&stand, age(now, stand.oldest_waiting), age(now, stand.oldest_unpublished));
            }
            Err(error) => {
                metrics::failed("store");
                tracing::error!(%error, "de opslag antwoordt niet");
            }
        }
        for (name, link) in &shared.health.links {
            ::metrics::gauge!(metrics::BROKER_UP.name, "link" => *name)
                .set(f64::from(u8::from(link.is_up())));
            ::metrics::counter!(metrics::BROKER_CONNECTS.name, "link" => *name)
                .absolute(link.times_connected());
        }
        let set_aside = shared.health.links.iter().map(|(_, link)| link.set_aside()).sum();
        ::metrics::counter!(metrics::SET_ASIDE.name).absolute(set_aside);
        metrics::folders(&shared.health.folders);
        tokio::select! {
            () = shared.stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Seconds since a moment; 0 when there is none.
fn age(now: Moment, since: Option<Moment>) -> f64 {
    let seconds = since.map_or(0, |since| (now - since).num_seconds().max(0));
    f64::from(u32::try_from(seconds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::SqliteStore;
    use tokio::sync::mpsc::unbounded_channel;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn what_was_measured_is_added_up_when_nobody_asks_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let stop = CancellationToken::new();
        let shared = Shared::of_a_test(&stop);
        let (told, mut times) = unbounded_channel();
        let watch = tokio::spawn(run(store, shared, move || told.send(()).unwrap()));
        for time in 0..2 {
            let added_up = tokio::time::timeout(EVERY * 10, times.recv()).await;
            assert_eq!(added_up, Ok(Some(())), "{time}");
        }
        stop.cancel();
        watch.await.unwrap();
    }
}
