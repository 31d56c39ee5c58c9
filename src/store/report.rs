//! What reports and passing terms look at: reading only, a bounded part at a time.

use super::{Call, TakeLimit};
use crate::codes::{GemeenteCode, ToewijzingNummer};
use crate::messages::{BerichtSoort, Relatie};
use crate::money::Cents;
use crate::schema::At;
use crate::state::{GeboektePrestatie, Toewijzing};
use std::collections::BTreeMap;
use std::ops::Range;

/// A message that was rejected as a whole or in part, with what was found in it.
#[derive(Debug, Clone)]
pub struct RejectedMessage {
    /// Arrival number.
    pub arrival: i64,
    /// Kind.
    pub soort: BerichtSoort,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Rejected as a whole: it counts as never sent (rulings 1.2).
    pub whole: bool,
    /// Claimed minus granted, of claims that were booked.
    pub rejected: Cents,
    /// The message; empty when its body was removed.
    pub bytes: Vec<u8>,
    /// What was found, in order of precedence.
    pub findings: Vec<StoredFinding>,
}

/// A finding as it was recorded.
#[derive(Debug, Clone)]
pub struct StoredFinding {
    /// Level of the rule.
    pub level: u8,
    /// Its code.
    pub rule: String,
    /// Its retourcode.
    pub retourcode: Option<String>,
    /// The class that it is about.
    pub at: At,
}

/// Sums of one relatie, each kept by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelatieTotals {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Claimed in booked claims, signed.
    pub ingediend: Cents,
    /// Granted in booked claims, signed.
    pub toegekend: Cents,
    /// Entries of the ledger together.
    pub geboekt: Cents,
    /// Entries that wait for an operator.
    pub vastgehouden: Cents,
    /// Entries that were paid.
    pub betaald: Cents,
}

/// What reports look at. Lists are in order of their key.
pub trait ReportStore: Send + Sync {
    /// Rejected messages after an arrival number.
    fn rejected(&self, after: i64, limit: TakeLimit) -> impl Call<Vec<RejectedMessage>>;

    /// Sums of every relatie with claims or entries.
    fn totals(&self) -> impl Call<Vec<RelatieTotals>>;

    /// Booked lines after a number, with their numbers.
    fn lines(&self, after: i64, count: usize) -> impl Call<Vec<(i64, GeboektePrestatie)>>;

    /// Numbers of the lines of claims that have entries which wait for an operator.
    fn held_lines(&self) -> impl Call<Vec<Range<i64>>>;

    /// Assignments after a key, with what was spent on them.
    fn assignments(
        &self,
        after: Option<(GemeenteCode, ToewijzingNummer)>,
        count: usize,
    ) -> impl Call<Vec<Toewijzing>>;

    /// What was spent of every budget and ceiling that was ever in the register.
    fn limit_sums(&self) -> impl Call<BTreeMap<Box<str>, Cents>>;
}
