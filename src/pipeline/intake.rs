//! Storing messages that came in, apart from deciding them: the bytes, their digest and their relatie.

use super::error::PipelineError;
use super::ordered::in_order;
use super::prepare::{Incoming, PACKED_APART};
use crate::clock::Moment;
use crate::messages::{Bericht, Relatie, peek};
use crate::schema::{Reading, read};
use crate::store::{Arrival, Receipt, Store, pack};
use sha2::{Digest, Sha256};
use std::ops::ControlFlow;
use std::panic::catch_unwind;

/// Stores messages in this order, for workers to decide; their receipts in the same order. Once it
/// returns, the messages are safe and the hub may forget them.
pub async fn take_in<S: Store>(
    store: &S,
    received: Moment,
    messages: Vec<Incoming>,
) -> Result<Vec<Receipt>, PipelineError> {
    Ok(store.ingest(arrivals(received, messages).await, false).await?)
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
    let ((sha256, packed), relatie) = if bytes.len() < PACKED_APART {
        (archive(), relatie(&bytes))
    } else {
        std::thread::scope(|scope| {
            let archive = scope.spawn(archive);
            let relatie = relatie(&bytes);
            (archive.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), relatie)
        })
    };
    Arrival { name, channel, bytes, sha256, packed: Some(packed), received, relatie }
}

/// Gemeente and aanbieder in the header; none when the message cannot be read. A message that is written plainly is
/// not read for it: whoever decides it does.
fn relatie(bytes: &[u8]) -> Option<Relatie> {
    peek::relatie(bytes).or_else(|| read_relatie(bytes))
}

fn read_relatie(bytes: &[u8]) -> Option<Relatie> {
    let read = || match read(bytes) {
        Reading::Valid(document) => Some(Bericht::read(&document).header().relatie()),
        Reading::Invalid(_) => None,
    };
    catch_unwind(read).ok().flatten()
}
