//! Messages that leave.

use super::convert::Coded;
use crate::clock::Moment;
use crate::messages::{BerichtSoort, Partij};
use chrono::TimeDelta;

/// The moment of receipt from its two columns.
pub(super) fn received(seconds: Moment, milliseconds: Option<i64>) -> Moment {
    seconds + TimeDelta::milliseconds(milliseconds.unwrap_or_default())
}

/// An aanbieder as the columns of that name have it; none for a gemeente.
pub(super) fn aanbieder(party: Partij) -> Option<i64> {
    match party {
        Partij::Gemeente(_) => None,
        Partij::Aanbieder(code) => Some(code.to_integer()),
    }
}

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
    /// Name under which the message came in that this one follows from; none for what has another cause.
    pub cause: Option<String>,
    /// When that message was received, to the millisecond where that is known; none for what leaves once more.
    pub received: Option<Moment>,
    /// Exactly what is sent.
    pub bytes: Vec<u8>,
}

/// A notice on a parked message.
#[derive(Clone, PartialEq, Eq)]
pub struct UnsentNotice {
    /// Arrival number of the message.
    pub arrival: i64,
    /// Name under which the message came in.
    pub name: String,
    /// The authenticated sender; `None` is the operator's own file, or a trusted hub.
    pub channel: Option<Partij>,
    /// When the message was received, to the millisecond where that is known.
    pub received: Moment,
    /// The notice.
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

/// What was sent as the answer on a message: its retour, or what was granted of a claim; never the JW301 or JW319 that
/// followed on it (rulings 8.13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Arrival number of the message.
    pub arrival: i64,
    /// When it was decided.
    pub decided: Moment,
    /// The answer.
    pub sent: SentMessage,
}

impl Answer {
    /// This was sent because of a message of this kind; none when it is not the answer on it.
    pub(super) fn on(
        received: BerichtSoort,
        arrival: i64,
        decided: Moment,
        sent: SentMessage,
    ) -> Option<Self> {
        (received.antwoord() == Some(sent.soort)).then_some(Self { arrival, decided, sent })
    }
}
