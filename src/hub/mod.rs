//! Where messages come from and go to. The embedded hub is a folder ([`Spool`]).

mod any;
mod claim;
mod files;
mod spool;

pub(crate) use files::{Unfinished, make_folder, sync_folder};

pub use any::AnyHub;
pub use claim::{Claimed, Claims};
pub use spool::Spool;

use crate::messages::{BerichtSoort, Partij};
use crate::store::{OutboxMessage, UnsentNotice};
use std::future::Future;

/// What went wrong with the hub. Whatever was decided is in the store: it leaves at the next start.
#[derive(Debug, thiserror::Error)]
#[error("{doing} {path} mislukt: {reason}. Er is niets verloren: start opnieuw als het probleem is opgelost")]
pub struct HubError {
    /// What we were doing, in Dutch.
    pub doing: &'static str,
    /// With what.
    pub path: String,
    /// What the system said.
    pub reason: String,
}

/// What a hub took.
#[derive(Debug, Default)]
pub struct Published {
    /// Send numbers of what it has, durably.
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

    /// Tells senders of parked messages what was wrong, durably; one that nobody can be told is left.
    fn notify(&self, notices: &[UnsentNotice]) -> impl Future<Output = Result<(), HubError>> + Send;

    /// Whether a parked message lies with its notice where people look for it.
    fn has_parked(&self, arrival: i64) -> bool;

    /// Puts a parked message, and its notice when there is one, where people look for it.
    fn park(&self, arrival: i64, bytes: &[u8], notice: Option<&[u8]>) -> Result<(), HubError>;

    /// Takes a message away that is no longer parked.
    fn unpark(&self, arrival: i64) -> Result<(), HubError>;
}
