//! Counts for the demo and for reports.

use crate::messages::BerichtSoort;

/// How many messages of a kind got which verdict, with the money in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictCount {
    /// Kind; `None` when it could not be read.
    pub soort: Option<BerichtSoort>,
    /// `accepted`, `partial`, `rejected` or `parked`.
    pub verdict: String,
    pub messages: i64,
    /// Claimed, signed eurocents.
    pub claimed_cents: i64,
    /// Granted, signed eurocents.
    pub granted_cents: i64,
}

/// How often a rule was violated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingCount {
    pub rule: String,
    pub retourcode: Option<String>,
    pub times: i64,
}

/// Everything counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// By kind and verdict.
    pub verdicts: Vec<VerdictCount>,
    /// By rule and retourcode, most frequent first.
    pub findings: Vec<FindingCount>,
    /// Messages sent, by kind.
    pub sent: Vec<(BerichtSoort, i64)>,
    /// Open work items by reason label.
    pub work: Vec<(String, i64)>,
    /// Lines granted and rejected.
    pub prestaties: (i64, i64),
    /// Messages in the inbox that wait to be judged.
    pub waiting: i64,
    /// Eurocents that may be paid now.
    pub payable_cents: i64,
    /// Eurocents that wait for an operator.
    pub held_cents: i64,
    /// Eurocents that were paid.
    pub paid_cents: i64,
}
