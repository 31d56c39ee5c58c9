//! The ledger: rows, balances and transfers as they are kept, and what was booked before there was one.

use super::Result;
use crate::codes::Datum;
use crate::iban::Iban;
use crate::ledger::{Boekgebeurtenis, Grootboekrekening};
use crate::messages::Relatie;
use crate::money::Cents;
use async_trait::async_trait;

/// A row of the ledger as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostedRow {
    /// Journal number of the input that posted it.
    pub journal: i64,
    /// Its place among the rows of that input.
    pub regel: i64,
    pub gebeurtenis: Boekgebeurtenis,
    pub debet: Grootboekrekening,
    pub credit: Grootboekrekening,
    pub bedrag: Cents,
    /// Day of the input.
    pub boekdatum: Datum,
    /// Taken up from what was booked before there was a ledger.
    pub overgenomen: bool,
}

/// Kept sums of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrootboekSaldo {
    pub rekening: Grootboekrekening,
    pub debet: Cents,
    pub credit: Cents,
}

impl GrootboekSaldo {
    /// What is on it: credit less debit.
    #[must_use]
    pub fn saldo(&self) -> Cents {
        self.credit - self.debet
    }
}

/// A transfer of a payment run, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRow {
    /// Number of the run.
    pub run: i64,
    /// Its place in the run, from 1 up.
    pub volgnummer: i64,
    pub relatie: Relatie,
    /// The account that pays; none of runs of before the ledger.
    pub van: Option<Iban>,
    /// The account of the aanbieder; none of runs of before the ledger.
    pub naar: Option<Iban>,
    pub bedrag: Cents,
    /// EndToEndId, by which banks name it.
    pub kenmerk: Box<str>,
    /// Which of the files of the run it stands in; none where there is one.
    pub deel: Option<i64>,
}

/// What an input made payable and held, of one relatie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwedByInput {
    /// Journal number of the input.
    pub journal: i64,
    pub relatie: Relatie,
    pub betaalbaar: Cents,
    pub vastgehouden: Cents,
}

/// Rows and balances of what was booked before there was a ledger.
#[async_trait]
pub trait LedgerStore: Send + Sync {
    /// Posts what has no rows yet; gives how many rows came. It may stop anywhere and be done again.
    async fn take_up_ledger(&self) -> Result<u64>;
}
