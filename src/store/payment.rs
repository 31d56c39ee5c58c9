//! Entries that wait for payment, and payment runs.

use super::Result;
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum};
use crate::journal::Overschrijving;
use crate::ledger::Overboeking;
use crate::state::{Boeking, GeboekteDeclaratie, GeboektePrestatie, Vasthouding};
use async_trait::async_trait;

/// Claims, what is held of them, and payment runs.
#[async_trait]
pub trait PaymentStore: Send + Sync {
    /// Entries that may be paid and were not, by number.
    async fn payable(&self) -> Result<Vec<LedgerEntry>>;

    /// Entries that a payment run paid, by number.
    async fn paid_by(&self, run: i64) -> Result<Vec<LedgerEntry>>;

    /// Payment runs, oldest first.
    async fn payment_runs(&self) -> Result<Vec<PaymentRecord>>;

    /// The files that a payment run made, name and content, in order; none when there is no such run.
    async fn payment_files(&self, run: i64) -> Result<Vec<(String, Vec<u8>)>>;

    /// A claim with its lines.
    async fn declaratie(&self, aanbieder: AgbCode, nummer: &str) -> Result<Option<DeclaratieContent>>;

    /// Lines that are or were held, in the order in which they were held.
    async fn holds(&self, of: HoldsOf) -> Result<Vec<Vasthouding>>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Number of the entry.
    pub id: i64,
    /// The entry.
    pub boeking: Boeking,
    /// Number of the claim in the store; 0 when the entry belongs to none.
    pub declaratie: i64,
    /// Journal number of the input that made it.
    pub journal: i64,
    /// Journal number of the entry that it was first: another one of what came back and is owed again.
    pub oorsprong: i64,
    /// Held money that an operator released by older rules: it stands on this entry itself.
    pub vrijgegeven: bool,
    /// The payment run that paid it.
    pub betaalrun: Option<i64>,
}

/// Which lines that are or were held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldsOf {
    /// Those of this aanbieder.
    Aanbieder(AgbCode),
    /// Those that wait.
    Open,
    All,
}

/// A payment run to be recorded. Its journal entry is recorded with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRun {
    /// Day of payment.
    pub datum: Datum,
    /// Numbers of the entries that it pays, each once ever.
    pub entries: Vec<i64>,
    /// The files that were made, name and content.
    pub files: Vec<(String, Vec<u8>)>,
    /// Its transfers, in the order of the file for the bank.
    pub betalingen: Vec<Overschrijving>,
    /// What they move in the ledger.
    pub overboekingen: Vec<Overboeking>,
}

/// A payment run that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRecord {
    /// Number of the run, from 1 up.
    pub run: i64,
    /// Journal number.
    pub journal: i64,
    /// When it was recorded.
    pub moment: Moment,
    /// Day of payment.
    pub datum: Datum,
    /// Entries paid.
    pub entries: i64,
    /// What they come to, signed eurocents.
    pub bedrag_cents: i64,
}

/// A claim with its lines, granted and rejected, in the order in which they count: credits, then debits, each
/// as in the file (OP366). A line whose reference was used before is not there: the reference stands for the
/// line that used it first, and the finding tells of it (TR314). Such a line is never granted, so the granted
/// lines always add up to what the claim granted; what it claimed may be more than its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaratieContent {
    /// The claim.
    pub declaratie: GeboekteDeclaratie,
    /// Its lines.
    pub prestaties: Vec<GeboektePrestatie>,
}
