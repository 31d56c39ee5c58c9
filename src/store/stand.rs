//! Backlog: how much waits, and how long, for monitoring. Every figure comes from an index over what is open.

use crate::clock::Moment;

/// How far the tables of a store are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Steps that were done.
    pub applied: usize,
    /// Steps that this program knows.
    pub known: usize,
    /// A newer program did steps that this one does not know.
    pub unknown: bool,
}

impl Schema {
    /// From the steps that were done and those that are known.
    #[must_use]
    pub fn of(applied: &[i64], known: &[i64]) -> Self {
        let unknown = applied.iter().any(|step| !known.contains(step));
        Self { applied: applied.len(), known: known.len(), unknown }
    }
}

/// What waits at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Messages in the inbox that wait to be judged.
    pub waiting: i64,
    /// When the first of them was received.
    pub oldest_waiting: Option<Moment>,
    /// Messages in the outbox, and notices about decisions, that the hub does not have.
    pub unpublished: i64,
    /// When the first of them was decided.
    pub oldest_unpublished: Option<Moment>,
    /// Notices that their senders do not have.
    pub notices: i64,
    /// Parked messages.
    pub parked: i64,
    /// Work items that wait for a person.
    pub work: i64,
    /// Those of them whose term has passed.
    pub work_overdue: i64,
    /// Those of them whose term passes within 24 hours.
    pub work_due_soon: i64,
    /// Journal entries that are not in the chain yet.
    pub unsealed: i64,
}
