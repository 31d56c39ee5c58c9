//! Where messages come from and go to. The embedded hub is a folder ([`Spool`]), that of production is
//! RabbitMQ ([`amqp`]). Both pass one conformance suite (`tests/it/hub_conformance.rs`).

pub mod amqp;
mod any;
mod files;
pub mod notice;
pub mod spool;

pub(crate) use files::{Unfinished, make_folder, sync_folder};

pub use any::AnyHub;
pub use spool::{Claimed, Claims, Spool, SpoolIntake, SpoolState, Taking};

use crate::io_text::io_text;
use crate::messages::{BerichtSoort, Partij};
use crate::store::{OutboxMessage, SentMessage, TakeLimit, UnsentNotice};
use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What went wrong with the hub. Whatever was decided is in the store: it leaves at the next start.
#[derive(Debug, thiserror::Error)]
#[error("{doing} {path} mislukt: {reason}. Er is niets verloren: het gaat verder zodra dit is opgelost")]
pub struct HubError {
    /// What we were doing, in Dutch.
    pub doing: &'static str,
    /// With what.
    pub path: String,
    /// What the system said.
    pub reason: String,
}

impl HubError {
    /// What the system said of a path.
    pub(crate) fn of(doing: &'static str, path: &Path, error: &io::Error) -> Self {
        Self { doing, path: path.display().to_string(), reason: io_text(error) }
    }
}

/// What a hub took.
#[derive(Debug, Default)]
pub struct Published {
    /// Send numbers of what it has, durably; of notices the arrival numbers.
    pub sent: Vec<i64>,
    /// Receivers that could not be reached, each with the reason.
    pub stuck: Vec<(Partij, HubError)>,
}

/// A place that takes messages for others. All calls may be done again with the same result.
pub trait Hub: Send + Sync {
    /// Whether what is decided here leaves from here; else it waits in the outbox for who does publish.
    fn publishes(&self) -> bool {
        true
    }

    /// Where a message lies for its receiver, for people and scripts.
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String;

    /// Delivers messages in this order, durably. After one that cannot be delivered, later ones for the
    /// same receiver wait.
    fn publish(&self, messages: &[OutboxMessage])
    -> impl Future<Output = Result<Published, HubError>> + Send;

    /// Of messages that left, and whose cause came again: which leave once more (rulings 8.13).
    fn to_give_again(&self, sent: &[SentMessage]) -> Vec<i64>;

    /// Tells senders of parked messages what was wrong, durably. What is sent are the arrival numbers that need no
    /// more telling; one whose sender is not known is among them.
    fn notify(&self, notices: &[UnsentNotice]) -> impl Future<Output = Result<Published, HubError>> + Send;

    /// Whether a parked message lies with its notice where people look for it.
    fn has_parked(&self, arrival: i64) -> bool;

    /// Puts a parked message, and its notice when there is one, where people look for it.
    fn park(&self, arrival: i64, bytes: &[u8], notice: Option<&[u8]>) -> Result<(), HubError>;

    /// Takes a message away that is no longer parked.
    fn unpark(&self, arrival: i64) -> Result<(), HubError>;
}

impl<H: Hub> Hub for Arc<H> {
    fn publishes(&self) -> bool {
        (**self).publishes()
    }

    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        (**self).address(receiver, send, soort)
    }

    async fn publish(&self, messages: &[OutboxMessage]) -> Result<Published, HubError> {
        (**self).publish(messages).await
    }

    fn to_give_again(&self, sent: &[SentMessage]) -> Vec<i64> {
        (**self).to_give_again(sent)
    }

    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Published, HubError> {
        (**self).notify(notices).await
    }

    fn has_parked(&self, arrival: i64) -> bool {
        (**self).has_parked(arrival)
    }

    fn park(&self, arrival: i64, bytes: &[u8], notice: Option<&[u8]>) -> Result<(), HubError> {
        (**self).park(arrival, bytes, notice)
    }

    fn unpark(&self, arrival: i64) -> Result<(), HubError> {
        (**self).unpark(arrival)
    }
}

/// A message that the hub delivered and the store does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Name for people; never personal data.
    pub name: String,
    /// The authenticated sender; none is a trusted hub.
    pub channel: Option<Partij>,
    /// The message.
    pub bytes: Arc<[u8]>,
}

/// A place that messages come from, in order. One that is not settled comes again.
pub trait Inbound: Send {
    /// Waits until there are messages, and gives them in order. What was received before and not settled
    /// comes again, later. Dropping this call loses nothing.
    fn receive(&mut self, limit: TakeLimit) -> impl Future<Output = Result<Vec<Delivered>, HubError>> + Send;

    /// Of what was received last, in order: whether the store has it. What it does not have comes again.
    fn settle(&mut self, stored: &[bool]) -> impl Future<Output = Result<(), HubError>> + Send;

    /// Takes nothing more; what is not settled comes again at the next start, here or elsewhere.
    fn stop(&mut self) -> impl Future<Output = ()> + Send;
}
