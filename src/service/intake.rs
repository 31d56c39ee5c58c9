//! Takes messages in: stored first, then acknowledged.

use super::health::{ServicePart, brief};
use super::{Shared, metrics, pause};
use crate::hub::amqp::Backoff;
use crate::hub::{Delivered, HubError, Inbound};
use crate::office::Office;
use crate::office::again::answer_again;
use crate::office::intake::arrivals;
use crate::office::prepare::Incoming;
use crate::store::{Arrival, Receipt, StoreError, TakeLimit};
use std::pin::pin;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// Attempts to store one message by itself, while others can be stored, before the hub has it again.
const ATTEMPTS: u32 = 3;

/// Rounds in which a message that came alone is tried and the store takes nothing else either: some minute.
const ROUNDS_ALONE: u32 = 10;

/// Time from one small group of messages to the next, while messages keep coming: what comes meanwhile goes together.
/// Many small groups would keep the machine so busy that all wait longer. What comes after a silence does not wait.
const APART: Duration = Duration::from_millis(40);
/// How long waiting for messages goes well before what failed earlier is over.
const WAITS_WELL: Duration = Duration::from_secs(1);
/// A group of one part in so many of a batch is small.
const SMALL_PART: usize = 4;

/// Runs until the service stops. What was received last is stored and acknowledged first.
pub async fn run(office: Office, mut inbound: Box<dyn Inbound>, shared: Shared) {
    let limits = shared.settings.limits;
    let limit = TakeLimit { messages: limits.batch_messages, bytes: limits.batch_bytes };
    let mut backoff = Backoff::default();
    let mut next = tokio::time::Instant::now();
    while !shared.stop.is_cancelled() {
        let received = tokio::select! {
            () = shared.stop.cancelled() => break,
            received = async {
                tokio::time::sleep_until(next).await;
                receive(inbound.as_mut(), limit, &shared).await
            } => received,
        };
        let received = match received {
            Ok(received) => received,
            Err(error) => {
                metrics::failed("intake");
                shared.health.failed(ServicePart::Intake, brief(&error));
                tracing::error!(code = error.label(), %error, "innemen mislukt");
                pause(&mut backoff, &shared).await;
                continue;
            }
        };
        if received.is_empty() {
            continue;
        }
        if received.len() < limit.messages / SMALL_PART {
            next = tokio::time::Instant::now() + APART;
        }
        let span = tracing::info_span!("innemen", berichten = received.len());
        let Some(stored) = store_all(&office, received, &shared).instrument(span).await else {
            break;
        };
        if let Err(error) = inbound.settle(&stored).await {
            metrics::failed("intake");
            shared.health.failed(ServicePart::Intake, brief(&error));
            tracing::error!(code = error.label(), %error, "ingenomen berichten niet afgemeld; ze komen nog eens");
            pause(&mut backoff, &shared).await;
            continue;
        }
        if stored.contains(&true) {
            shared.health.fine(ServicePart::Intake);
            backoff.reset();
        } else {
            pause(&mut backoff, &shared).await;
        }
    }
    inbound.stop().await;
}

/// What came in. Whoever waits for messages for a while without a failure could take them in.
async fn receive(
    inbound: &mut dyn Inbound,
    limit: TakeLimit,
    shared: &Shared,
) -> Result<Vec<Delivered>, HubError> {
    let mut receiving = pin!(inbound.receive(limit));
    tokio::select! {
        received = &mut receiving => return received,
        () = tokio::time::sleep(WAITS_WELL) => shared.health.fine(ServicePart::Intake),
    }
    receiving.await
}

/// Stores messages, however long that takes; whether each is stored. None when the service stops first.
async fn store_all(office: &Office, received: Vec<Delivered>, shared: &Shared) -> Option<Vec<bool>> {
    let begun = Instant::now();
    let moment = shared.settings.clock.exactly();
    let incoming = |Delivered { name, channel, bytes }| Incoming { name, channel, claimed: None, bytes };
    let arrivals = arrivals(moment, received.into_iter().map(incoming).collect()).await;
    let (mut backoff, mut rounds) = (Backoff::default(), 0);
    loop {
        let of_the_store = match ingest(office, arrivals.clone(), shared).await {
            Ok(()) => {
                ::metrics::histogram!(metrics::INTAKE_SECONDS.name).record(begun.elapsed());
                return Some(vec![true; arrivals.len()]);
            }
            Err(error) => {
                metrics::failed("store");
                shared.health.failed(ServicePart::Intake, error.to_string());
                tracing::error!(code = error.label(), %error, "ingenomen berichten nog niet opgeslagen");
                error.is_of_the_store()
            }
        };
        if shared.stop.is_cancelled() {
            return None;
        }
        // While the store is away or full nothing is taken in: the broker keeps it, in its order. When it is
        // there, one message may be the cause.
        if !of_the_store && let Some(stored) = one_by_one(office, &arrivals, shared).await {
            rounds += 1;
            // A store that takes none of several, as on a disk that is full, is the cause itself: what is given
            // back too often the broker sets apart.
            if stored.contains(&true) || (arrivals.len() == 1 && rounds >= ROUNDS_ALONE) {
                return Some(stored);
            }
        }
        pause(&mut backoff, shared).await;
    }
}

/// Which messages could be stored. None when the store itself gave up: what comes behind must wait.
async fn one_by_one(office: &Office, arrivals: &[Arrival], shared: &Shared) -> Option<Vec<bool>> {
    let mut stored = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        let mut done = false;
        for _ in 0..ATTEMPTS {
            match ingest(office, vec![arrival.clone()], shared).await {
                Ok(()) => done = true,
                Err(error) if error.is_of_the_store() => return None,
                Err(_) => {}
            }
            if done {
                break;
            }
        }
        if !done {
            tracing::error!(
                name = arrival.name,
                "bericht niet op te slaan; het blijft bij de broker of in de map"
            );
        }
        stored.push(done);
    }
    Some(stored)
}

async fn ingest(office: &Office, arrivals: Vec<Arrival>, shared: &Shared) -> Result<(), StoreError> {
    let receipts = office.take_in(arrivals).await?;
    let new = receipts.iter().filter(|receipt| matches!(receipt, Receipt::New { .. })).count();
    ::metrics::counter!(metrics::RECEIVED.name, "known" => "no").increment(new as u64);
    ::metrics::counter!(metrics::RECEIVED.name, "known" => "yes").increment((receipts.len() - new) as u64);
    shared.arrived.notify_one();
    match answer_again(office.store(), office.hub(), &receipts).await {
        Ok(0) => {}
        Ok(_) => shared.decided.notify_one(),
        // Who asked does so again; what is new is stored.
        Err(error) => {
            metrics::failed("store");
            tracing::error!(code = error.label(), %error, "antwoorden niet nog eens verzonden");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::ByService;
    use crate::office::core::Core;
    use crate::store::Store;
    use crate::store::sqlite::SqliteStore;
    use async_trait::async_trait;
    use std::sync::Arc;
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
    use tokio_util::sync::CancellationToken;

    /// Has a message whenever it is asked, and tells when that was.
    struct Trickle {
        asked: UnboundedSender<Instant>,
        given: u8,
    }

    #[async_trait]
    impl Inbound for Trickle {
        async fn receive(&mut self, _: TakeLimit) -> Result<Vec<Delivered>, HubError> {
            self.asked.send(Instant::now()).unwrap();
            self.given += 1;
            Ok(vec![Delivered { name: "een.xml".to_owned(), channel: None, bytes: [self.given].into() }])
        }

        async fn settle(&mut self, stored: &[bool]) -> Result<(), HubError> {
            assert_eq!(stored, [true]);
            Ok(())
        }

        async fn stop(&mut self) {}
    }

    #[tokio::test]
    async fn small_groups_stand_apart() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let stop = CancellationToken::new();
        let shared = Shared::of_a_test(&stop);
        let (asked, mut times) = unbounded_channel();
        let office = Office::new(
            Arc::new(store.clone()),
            Arc::new(ByService),
            Core::STANDARD,
            shared.settings.clone(),
        );
        let intake = tokio::spawn(run(office, Box::new(Trickle { asked, given: 0 }), shared));
        let mut before = times.recv().await.unwrap();
        for _ in 0..3 {
            let next = times.recv().await.unwrap();
            assert!(next - before >= APART, "{:?}", next - before);
            before = next;
        }
        stop.cancel();
        intake.await.unwrap();
        assert!(store.overview().await.unwrap().waiting >= 3, "all were stored");
    }
}
