//! Storing messages that came in, apart from deciding them: the bytes, their digest and their envelope.

use super::error::OfficeError;
use super::fresh::AtHand;
use super::handle::Office;
use super::ordered::in_order;
use super::prepare::{Incoming, PACKED_APART, Prepared};
use crate::clock::Moment;
use crate::hub::Claimed;
use crate::messages::{Bericht, Envelope, peek};
use crate::schema::{Reading, read};
use crate::store::{Arrival, Receipt, Store, StoreError, pack};
use sha2::{Digest, Sha256};
use std::ops::ControlFlow;
use std::panic::catch_unwind;

/// Stores messages in this order, for workers to decide; their receipts in the same order. Once it
/// returns, the messages are safe and the hub may forget them.
pub async fn take_in(
    store: &dyn Store,
    received: Moment,
    messages: Vec<Incoming>,
) -> Result<Vec<Receipt>, OfficeError> {
    Ok(store.ingest(arrivals(received, messages).await).await?)
}

impl Office {
    /// Stores messages in this order, for workers to decide; those of this process need not read what is new. Once it
    /// returns, the messages are safe and the hub may forget them.
    pub async fn take_in(&self, arrivals: Vec<Arrival>) -> Result<Vec<Receipt>, StoreError> {
        let at_hand = |Arrival { name, channel, bytes, .. }: &Arrival| AtHand {
            name: name.clone(),
            channel: *channel,
            bytes: bytes.clone(),
            judged: None,
        };
        let at_hand: Vec<AtHand> = arrivals.iter().map(at_hand).collect();
        let receipts = self.store().ingest(arrivals).await?;
        for (message, receipt) in at_hand.into_iter().zip(&receipts) {
            if let Receipt::New { arrival } = *receipt {
                self.fresh().keep(arrival, message);
            }
        }
        Ok(receipts)
    }
}

/// Stores messages for a run.
pub(super) struct Intake {
    office: Office,
    /// The version of the register that they were judged with.
    register_version: i64,
}

/// Messages that the store has.
#[derive(Debug)]
pub(super) struct StoredMessages {
    pub(super) names: Vec<String>,
    pub(super) receipts: Vec<Receipt>,
}

impl Intake {
    pub(super) const fn new(office: Office, register_version: i64) -> Self {
        Self { office, register_version }
    }

    /// Stores messages in this order, for whoever claims them; their files, if they are ours, are not needed any more.
    pub(super) async fn store(&self, messages: Vec<Prepared>) -> Result<StoredMessages, OfficeError> {
        let received = self.office.settings().clock.now();
        let mut arrivals = Vec::with_capacity(messages.len());
        let mut judged = Vec::with_capacity(messages.len());
        for Prepared { incoming, sha256, packed, judged: verdict } in messages {
            let Incoming { name, channel, claimed, bytes } = incoming;
            arrivals.push(Arrival {
                name: name.clone(),
                channel,
                bytes: bytes.clone(),
                sha256,
                packed: Some(packed),
                received,
                envelope: verdict.envelope().or_else(|| peek::envelope(&bytes)),
            });
            judged.push((name, channel, claimed, bytes, verdict));
        }
        let receipts = self.office.store().ingest(arrivals).await?;
        let mut names = Vec::with_capacity(receipts.len());
        for ((name, channel, claimed, bytes, judged), receipt) in judged.into_iter().zip(&receipts) {
            // The store has it now.
            if let Some(path) = claimed {
                Claimed::remove(&path)?;
            }
            names.push(name.clone());
            if let Receipt::New { arrival } = *receipt {
                let judged = Some((judged, self.register_version));
                self.office.fresh().keep(arrival, AtHand { name, channel, bytes, judged });
            }
        }
        Ok(StoredMessages { names, receipts })
    }
}

/// Messages as the inbox keeps them, made on all cores.
pub async fn arrivals(received: Moment, messages: Vec<Incoming>) -> Vec<Arrival> {
    let arrivals = tokio::task::spawn_blocking(move || {
        let mut arrivals = Vec::with_capacity(messages.len());
        in_order(
            messages.into_iter(),
            |incoming| incoming.bytes.len(),
            |incoming| arrival(incoming, received),
            |arrival| {
                arrivals.push(arrival);
                ControlFlow::Continue(())
            },
        );
        arrivals
    });
    arrivals.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// A message as the inbox keeps it.
#[must_use]
pub fn arrival(incoming: Incoming, received: Moment) -> Arrival {
    let Incoming { name, channel, bytes, .. } = incoming;
    let archive = || (Sha256::digest(&bytes).into(), pack(&bytes));
    let ((sha256, packed), envelope) = if bytes.len() < PACKED_APART {
        (archive(), envelope(&bytes))
    } else {
        std::thread::scope(|scope| {
            let archive = scope.spawn(archive);
            let envelope = envelope(&bytes);
            (archive.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), envelope)
        })
    };
    Arrival { name, channel, bytes, sha256, packed: Some(packed), received, envelope }
}

/// What the header says; none when the message cannot be read. A message that is written plainly is not read for it:
/// whoever decides it does.
fn envelope(bytes: &[u8]) -> Option<Envelope> {
    peek::envelope(bytes).or_else(|| read_envelope(bytes))
}

fn read_envelope(bytes: &[u8]) -> Option<Envelope> {
    let read = || match read(bytes) {
        Reading::Valid(document) => Some(Bericht::read(&document).header().envelope()),
        Reading::Invalid(_) => None,
    };
    catch_unwind(read).ok().flatten()
}
