//! Messages that leave.

use super::StoreError;
use super::convert::Coded;
use super::{KennisgevingSleutel, Result, TakeLimit, TeMelden, Turn};
use crate::clock::Moment;
use crate::messages::{BerichtSoort, Partij};
use async_trait::async_trait;
use chrono::TimeDelta;

/// What leaves, in order of send number.
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// The right to publish, for one at a time, so that what leaves for a receiver keeps its order;
    /// `None` while another has it.
    async fn lock_publishing(&self) -> Result<Option<Box<dyn Turn>>>;

    /// Messages that the hub does not have yet, in order of send number, without those for the receivers
    /// of `except`: up to one that is damaged. When that is the first, [`StoreError::DamagedMessage`] says whose it is.
    async fn unpublished(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<OutboxMessage>>;

    /// The hub has these.
    async fn mark_published(&self, sends: &[i64]) -> Result<()>;

    /// A message of the outbox, published or not.
    async fn sent(&self, send: i64) -> Result<Option<OutboxMessage>>;

    /// Messages of the outbox with this Identificatie (or IdentificatieRetour), by send number.
    async fn find_sent(&self, identificatie: &str) -> Result<Vec<SentMessage>>;

    /// What was sent as the answers on these messages, by send number.
    async fn answers(&self, arrivals: &[i64]) -> Result<Vec<Answer>>;

    /// What was sent as the answers on messages of this sender with this Identificatie, and on its booked claims with
    /// this DeclaratieNummer, by send number.
    async fn find_answers(&self, sender: Partij, id: &str) -> Result<Vec<Answer>>;

    /// Puts messages that left in line for publishing once more, with the same bytes and send numbers.
    async fn resend(&self, sends: &[i64]) -> Result<()>;

    /// Notices on parked messages behind this one that their senders do not have yet, in order of arrival. One that is
    /// damaged ([`StoreError::DamagedNotice`]) does not keep the others away.
    async fn unsent_notices(&self, after: i64, limit: TakeLimit) -> Result<Vec<Result<UnsentNotice>>>;

    /// The senders of these arrivals have their notice, or nobody can be told.
    async fn mark_notices_sent(&self, arrivals: &[i64]) -> Result<()>;

    /// Notices about decisions that the hub does not have yet, in order of journal number, without those for the
    /// receivers of `except`: up to one that is damaged. When that is the first, [`StoreError::DamagedKennisgeving`] says
    /// whose it is.
    async fn unsent_kennisgevingen(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<TeMelden>>;

    /// The hub has these.
    async fn mark_kennisgevingen_sent(&self, keys: &[KennisgevingSleutel]) -> Result<()>;

    /// How many JW301s we issued at this moment of a fixed clock.
    async fn issued_at(&self, moment: Moment) -> Result<u32>;
}

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

/// Messages up to one that is damaged; when that is the first, it is the error.
pub(super) fn up_to_damaged(
    messages: impl Iterator<Item = Result<OutboxMessage, StoreError>>,
) -> Result<Vec<OutboxMessage>, StoreError> {
    let mut whole = Vec::new();
    for message in messages {
        match message {
            Ok(message) => whole.push(message),
            Err(StoreError::DamagedMessage { .. }) if !whole.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(whole)
}

/// What is damaged of a message that leaves is its own.
pub(super) fn damaged(send: i64, receiver: Partij) -> impl Fn(StoreError) -> StoreError {
    move |error| match error {
        StoreError::Corrupt(_) => StoreError::DamagedMessage { send, receiver },
        other => other,
    }
}

pub(super) fn damaged_notice(arrival: i64, sender: Option<Partij>) -> impl Fn(StoreError) -> StoreError {
    move |error| match error {
        StoreError::Corrupt(_) => StoreError::DamagedNotice { arrival, sender },
        other => other,
    }
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
