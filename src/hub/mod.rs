//! Where messages come from and go to. The embedded hub is a folder ([`Spool`]), that of production is
//! RabbitMQ ([`amqp`]). Both pass one conformance suite (`tests/it/hub_conformance.rs`).

pub mod amqp;
mod by_service;
mod files;
pub mod kennisgeving;
pub mod notice;
pub mod spool;

pub(crate) use files::{Unfinished, make_folder, sync_folder};

pub use by_service::ByService;
pub use spool::{Claimed, Claims, Spool, SpoolIntake, SpoolState, Taking};

use crate::io_text::io_text;
use crate::labels::labels;
use crate::messages::{BerichtSoort, Partij};
use crate::store::{KennisgevingSleutel, OutboxMessage, SentMessage, TakeLimit, TeMelden, UnsentNotice};
use async_trait::async_trait;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What went wrong with the hub. Whatever was decided is in the store: it leaves at the next start.
#[derive(Debug, thiserror::Error)]
#[error("{doing} {path} mislukt: {reason}. Er is niets verloren: het gaat verder zodra dit is opgelost")]
pub struct HubError {
    /// What kind of thing went wrong.
    pub kind: HubTrouble,
    /// What we were doing, in Dutch.
    pub doing: &'static str,
    pub path: String,
    /// What the system said.
    pub reason: String,
}

/// What kind of thing goes wrong with a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HubTrouble {
    /// A file or folder cannot be used.
    File,
    /// Another process takes in from here.
    TakenIn,
    /// A setting of the broker cannot be used.
    Setting,
    /// The broker is not there, or refused the connection.
    Unreachable,
    /// The broker does not answer.
    Silent,
    /// The broker takes nothing in until it has room.
    HoldsBack,
    /// The broker refused a message, or has no queue for it.
    Refused,
}

labels!(HubTrouble {
    Self::File => "hub.file",
    Self::TakenIn => "hub.taken-in",
    Self::Setting => "hub.setting",
    Self::Unreachable => "hub.unreachable",
    Self::Silent => "hub.silent",
    Self::HoldsBack => "hub.holds-back",
    Self::Refused => "hub.refused",
});

impl HubError {
    /// What the system said of a path.
    pub(crate) fn of(doing: &'static str, path: &Path, error: &io::Error) -> Self {
        let kind = HubTrouble::File;
        Self { kind, doing, path: path.display().to_string(), reason: io_text(error) }
    }

    /// What scripts know it by.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.kind.label()
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

/// What a hub took of notices about decisions.
#[derive(Debug, Default)]
pub struct Told {
    /// Which it has, durably.
    pub sent: Vec<KennisgevingSleutel>,
    /// Receivers that could not be reached, each with the reason.
    pub stuck: Vec<(Partij, HubError)>,
}

/// A place that takes messages for others. All calls may be done again with the same result.
#[async_trait]
pub trait Outbound: Send + Sync {
    /// Whether what is decided here leaves from here; else it waits in the outbox for who does publish.
    fn publishes(&self) -> bool {
        true
    }

    /// Where a message lies for its receiver, for people and scripts.
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String;

    /// Delivers messages in this order, durably. After one that cannot be delivered, later ones for the
    /// same receiver wait.
    async fn publish(&self, messages: &[OutboxMessage]) -> Result<Published, HubError>;

    /// Of messages that left, and whose cause came again: which leave once more (rulings 8.13).
    fn to_give_again(&self, sent: &[SentMessage]) -> Vec<i64>;

    /// Tells senders of parked messages what was wrong, durably. What is sent are the arrival numbers that need no
    /// more telling; one whose sender is not known is among them.
    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Published, HubError>;

    /// Tells receivers of decisions, in this order, durably. After one that cannot be delivered, later ones for the same
    /// receiver wait.
    async fn tell(&self, notices: &[TeMelden]) -> Result<Told, HubError>;

    /// Ends what it is connected with, at the end of a process.
    async fn close(&self) {}

    /// The folders in which people look for what was parked; none where the list of it is all there is.
    fn spool(&self) -> Option<&Spool> {
        None
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
#[async_trait]
pub trait Inbound: Send {
    /// Waits until there are messages, and gives them in order. What was received before and not settled
    /// comes again, later. Dropping this call loses nothing.
    async fn receive(&mut self, limit: TakeLimit) -> Result<Vec<Delivered>, HubError>;

    /// Of what was received last, in order: whether the store has it. What it does not have comes again.
    async fn settle(&mut self, stored: &[bool]) -> Result<(), HubError>;

    /// Takes nothing more; what is not settled comes again at the next start, here or elsewhere.
    async fn stop(&mut self);
}
