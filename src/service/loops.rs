//! The parts that decide, act on terms and publish.

use super::health::{ServicePart, told};
use super::{Shared, metrics, pause, wait};
use crate::hub::amqp::Backoff;
use crate::office::publish::try_publish;
use crate::office::{Office, OfficeError};
use crate::store::{Store, StoreError, keeping};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// Waits until the office is ready to decide; false when the service stops first.
async fn ready(part: ServicePart, office: &Office, shared: &Shared) -> bool {
    let mut backoff = Backoff::default();
    while !shared.stop.is_cancelled() {
        match office.begin().await {
            Ok(()) => match office.show_parked().await {
                Ok(()) => return true,
                Err(error) => {
                    shared.health.failed(part, told(&error));
                    tracing::error!(code = error.label(), %error, "geparkeerde berichten nog niet te tonen");
                }
            },
            Err(error) => {
                metrics::failed("store");
                shared.health.failed(part, told(&error));
                tracing::error!(code = error.label(), %error, "nog niet begonnen met beoordelen");
            }
        }
        pause(&mut backoff, shared).await;
    }
    false
}

/// Decides what is in the inbox, until the service stops; the batch under way is finished.
pub async fn decide(number: usize, office: Office, shared: Shared) {
    if !ready(ServicePart::Decide, &office, &shared).await {
        return;
    }
    let mut worker = office.worker();
    let mut backoff = Backoff::default();
    while !shared.stop.is_cancelled() {
        let begun = Instant::now();
        let span = tracing::info_span!("beoordelen", berichten = tracing::field::Empty);
        shared.health.busy(number);
        let done = worker.decide_next().instrument(span.clone()).await;
        shared.health.idle(number);
        if done.is_ok() {
            shared.health.fine(ServicePart::Decide);
        }
        match done {
            Ok(None) => {
                backoff.reset();
                wait(&shared.arrived, shared.poll, &shared.stop).await;
            }
            // They failed, or another was first, and are tried again.
            Ok(Some(lines)) if lines.is_empty() => {}
            Ok(Some(lines)) => {
                backoff.reset();
                span.record("berichten", lines.len());
                shared.decided.notify_one();
                ::metrics::histogram!(metrics::BATCH_SECONDS.name).record(begun.elapsed());
                let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
                ::metrics::histogram!(metrics::BATCH_MESSAGES.name).record(f64::from(count));
                lines.values().for_each(metrics::judged);
            }
            Err(error) => {
                metrics::failed("decide");
                shared.health.failed(ServicePart::Decide, told(&error));
                tracing::error!(code = error.label(), %error, "beoordelen mislukt; het gaat verder zodra het weer kan");
                pause(&mut backoff, &shared).await;
            }
        }
    }
}

/// Acts on terms that pass, until the service stops.
pub async fn terms(office: Office, shared: Shared) {
    if !ready(ServicePart::Terms, &office, &shared).await {
        return;
    }
    while !shared.stop.is_cancelled() {
        match office.pass_all_terms().await {
            Ok(passed) => {
                shared.health.fine(ServicePart::Terms);
                for passed in passed {
                    match passed.outcome {
                        Ok(_) => ::metrics::counter!(metrics::TERMS.name).increment(1),
                        Err(error) => {
                            metrics::failed("terms");
                            tracing::error!(code = error.label(), work = passed.id, %error, "termijn verstreken zonder dat er iets kon");
                        }
                    }
                }
                shared.decided.notify_one();
            }
            Err(error) => {
                metrics::failed("terms");
                shared.health.failed(ServicePart::Terms, told(&error));
                tracing::error!(code = error.label(), %error, "termijnen nalopen mislukt; het gebeurt straks weer");
            }
        }
        tokio::select! {
            () = shared.stop.cancelled() => {}
            () = tokio::time::sleep(shared.terms) => {}
        }
    }
}

/// Links what was committed in the chain, behind the commit, until the service stops. One process does it at a
/// time; another takes over when that one stops.
pub async fn seal(store: Arc<dyn Store>, shared: Shared) {
    const EVERY: Duration = Duration::from_secs(1);
    /// While entries keep coming: a second's worth at once would hold up those who decide.
    const AFTER_SOME: Duration = Duration::from_millis(200);
    let mut backoff = Backoff::default();
    while !shared.stop.is_cancelled() {
        match seal_once(&*store).await {
            Ok(sealed) => {
                backoff.reset();
                shared.health.fine(ServicePart::Seal);
                ::metrics::counter!(metrics::SEALED.name).increment(sealed);
                let pause = if sealed > 0 { AFTER_SOME } else { EVERY };
                tokio::select! {
                    () = shared.stop.cancelled() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
            Err(error) => {
                metrics::failed("seal");
                shared.health.failed(ServicePart::Seal, error.to_string());
                tracing::error!(code = error.label(), %error, "verzegelen mislukt; het gaat verder zodra het weer kan");
                pause(&mut backoff, &shared).await;
            }
        }
    }
}

/// How many entries were sealed; none while another process does it.
async fn seal_once(store: &dyn Store) -> Result<u64, StoreError> {
    match store.lock_sealing().await? {
        Some(mut turn) => keeping(turn.as_mut(), crate::chain::seal(store)).await,
        None => Ok(0),
    }
}

/// Publishes what is in the outbox, until the service stops.
pub async fn publish(office: Office, shared: Shared) {
    let mut backoff = Backoff::default();
    let clock = shared.settings.clock;
    let tell = move |answered| metrics::answered(answered, clock.exactly());
    while !shared.stop.is_cancelled() {
        let begun = Instant::now();
        let span = tracing::info_span!("verzenden", berichten = tracing::field::Empty);
        let round: Result<_, OfficeError> =
            try_publish(office.store(), office.hub(), &tell).instrument(span.clone()).await;
        let healthy = match round {
            // Another process publishes now.
            Ok(None) => true,
            Ok(Some(round)) => {
                if round.sent > 0 {
                    span.record("berichten", round.sent);
                    ::metrics::histogram!(metrics::PUBLISH_SECONDS.name).record(begun.elapsed());
                }
                ::metrics::counter!(metrics::PUBLISHED.name).increment(round.sent);
                ::metrics::counter!(metrics::NOTICES.name).increment(round.notices);
                let stuck = u32::try_from(round.stuck.len()).unwrap_or(u32::MAX);
                ::metrics::gauge!(metrics::STUCK.name).set(f64::from(stuck));
                shared.health.published(round.sent + round.notices + round.told, &round.stuck);
                for (receiver, error) in &round.stuck {
                    metrics::failed("receiver");
                    if matches!(error, OfficeError::Store(_)) {
                        tracing::error!(code = error.label(), %receiver, %error, "niet te verzenden; wat erna komt voor deze ontvanger wacht ook");
                    } else {
                        tracing::error!(code = error.label(), %receiver, %error, "ontvanger niet bereikbaar; zijn berichten wachten");
                    }
                }
                round.stuck.is_empty()
            }
            Err(error) => {
                metrics::failed("publish");
                shared.health.failed(ServicePart::Publish, told(&error));
                tracing::error!(code = error.label(), %error, "verzenden mislukt; het gaat verder zodra het weer kan");
                false
            }
        };
        if healthy {
            backoff.reset();
            wait(&shared.decided, shared.poll, &shared.stop).await;
        } else {
            pause(&mut backoff, &shared).await;
        }
    }
}
