//! Watches how much waits, and whether the store and the broker are there, and keeps the figures small.

use super::health::{Health, ServicePart};
use super::{Shared, metrics};
use crate::clock::Moment;
use crate::hub::SpoolState;
use crate::io_text::io_text;
use crate::store::Store;
use crate::writable::try_write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(2);
/// How long writing a page may take.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// Looks until the service stops. `add_up` is called with every look: what was measured is kept one by one until
/// then, and nobody may ever ask for the figures.
pub async fn run(
    store: Arc<dyn Store>,
    folder: Option<PathBuf>,
    folders: Arc<SpoolState>,
    shared: Shared,
    add_up: impl Fn(),
) {
    let (mut writing, mut told) = (None, Vec::new());
    while !shared.stop.is_cancelled() {
        add_up();
        look(&*store, &shared).await;
        if let Some(folder) = &folder {
            writing = try_folder(folder, writing.take(), &shared.health).await;
        }
        broker_figures(&shared.health);
        metrics::folders(&folders);
        tell(&shared.health, &mut told);
        tokio::select! {
            () = shared.stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn look(store: &dyn Store, shared: &Shared) {
    match store.end_silent().await {
        Ok(0) => {}
        Ok(sessions) => {
            tracing::warn!(sessions, "verbindingen met de database beëindigd die niets meer zeiden");
        }
        // What is wrong with the store is told below.
        Err(error) => tracing::debug!(%error, "stilstaande verbindingen niet beëindigd"),
    }
    let now = shared.settings.clock.now();
    let stand = store.stand(now).await;
    ::metrics::gauge!(metrics::STORE_UP.name).set(f64::from(u8::from(stand.is_ok())));
    match stand {
        Ok(stand) => {
            shared.health.looked(&stand);
            metrics::stand(&stand, age(now, stand.oldest_waiting), age(now, stand.oldest_unpublished));
        }
        Err(error) => {
            shared.health.failed(ServicePart::Store, error.to_string());
            metrics::failed("store");
            tracing::error!(code = error.label(), %error, "de opslag antwoordt niet");
        }
    }
}

/// An attempt to write that is under way.
type Writing = JoinHandle<std::io::Result<()>>;

/// Tries whether the data folder takes anything, beside everything else: a disk may also not answer at all. Gives the
/// attempt that is still under way.
async fn try_folder(folder: &Path, under_way: Option<Writing>, health: &Health) -> Option<Writing> {
    let path = folder.to_owned();
    let mut writing = under_way.unwrap_or_else(|| tokio::task::spawn_blocking(move || try_write(&path)));
    match tokio::time::timeout(WRITE_TIMEOUT, &mut writing).await {
        Ok(Ok(Ok(()))) => health.fine(ServicePart::Folder),
        Ok(Ok(Err(error))) => {
            let reason = io_text(&error);
            health.failed(
                ServicePart::Folder,
                format!("in {} is niet te schrijven: {reason}", folder.display()),
            );
        }
        Ok(Err(_)) => {}
        Err(_) => {
            let text = format!("schrijven in {} duurt te lang; de schijf antwoordt niet", folder.display());
            health.failed(ServicePart::Folder, text);
            return Some(writing);
        }
    }
    None
}

fn broker_figures(health: &Health) {
    for (name, link) in health.links() {
        ::metrics::gauge!(metrics::BROKER_UP.name, "link" => *name).set(f64::from(u8::from(link.is_up())));
        ::metrics::counter!(metrics::BROKER_CONNECTS.name, "link" => *name).absolute(link.times_connected());
    }
    let set_aside = health.links().iter().map(|(_, link)| link.set_aside()).sum();
    ::metrics::counter!(metrics::SET_ASIDE.name).absolute(set_aside);
}

/// Says in the log what is not ready any more, and what is again.
fn tell(health: &Health, told: &mut Vec<Option<ServicePart>>) {
    let missing = health.missing_parts();
    for (part, text) in &missing {
        if !told.contains(part) {
            tracing::error!("niet gereed: {text}");
        }
    }
    if missing.is_empty() && !told.is_empty() {
        tracing::info!("weer gereed");
    }
    ::metrics::gauge!(metrics::READY.name).set(f64::from(u8::from(missing.is_empty())));
    *told = missing.into_iter().map(|(part, _)| part).collect();
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
        let watch =
            tokio::spawn(run(Arc::new(store), None, Arc::default(), shared, move || told.send(()).unwrap()));
        for time in 0..2 {
            let added_up = tokio::time::timeout(EVERY * 10, times.recv()).await;
            assert_eq!(added_up, Ok(Some(())), "{time}");
        }
        stop.cancel();
        watch.await.unwrap();
    }
}
