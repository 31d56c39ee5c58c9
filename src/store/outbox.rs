//! Messages that leave.

use crate::messages::{BerichtSoort, Partij};

/// A message in the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Send number: order per receiver, unique.
    pub send: i64,
    /// Kind.
    pub soort: BerichtSoort,
    /// To whom.
    pub receiver: Partij,
    /// Its Identificatie, or IdentificatieRetour of a retour.
    pub identificatie: String,
    /// Journal number of the decision that it follows from.
    pub journal: i64,
    /// Exactly what is sent.
    pub bytes: Vec<u8>,
}

/// A message that was sent or will be, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// Send number.
    pub send: i64,
    /// Kind.
    pub soort: BerichtSoort,
    /// To whom.
    pub receiver: Partij,
    /// Its Identificatie, or IdentificatieRetour of a retour.
    pub identificatie: String,
    /// Whether the hub has it.
    pub published: bool,
}
