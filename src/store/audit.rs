//! What was recorded of journal entries, for who decides them again.

use crate::messages::{BerichtSoort, Partij, Relatie};
use crate::state::Boeking;

/// SHA-256.
pub type Digest = [u8; 32];

/// What the store has of one journal entry, apart from the entry and its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Journal number.
    pub journal: i64,
    /// Digest of the message as it was received; none when the entry has no message.
    pub received: Option<Digest>,
    /// Its outcome; none for an entry without message, and when a later entry on the same message
    /// replaced it.
    pub outcome: Option<RecordedOutcome>,
    /// What left with it, by send number.
    pub sent: Vec<RecordedSend>,
    /// What it booked in the ledger, in order.
    pub boekingen: Vec<Boeking>,
    /// Number of the first work item that it made.
    pub first_work: Option<i64>,
}

/// What became of a message, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedOutcome {
    /// Verdict of the row that reports count.
    pub verdict: String,
    /// Claimed and granted of that row, signed eurocents.
    pub amounts: Option<(i64, i64)>,
    /// Gemeente and aanbieder, when the header could be read.
    pub relatie: Option<Relatie>,
    /// As `process --json` printed it.
    pub json: String,
}

/// A message that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSend {
    /// Send number.
    pub send: i64,
    /// Kind.
    pub soort: BerichtSoort,
    /// To whom.
    pub receiver: Partij,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Its Identificatie, or IdentificatieRetour.
    pub identificatie: Box<str>,
    /// Digest of its bytes.
    pub sha256: Digest,
}
