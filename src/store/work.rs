//! Work items as operators see them.

use super::Result;
use crate::clock::Moment;
use crate::codes::code_enum;
use crate::state::NewWorkItem;
use async_trait::async_trait;

code_enum!(
    /// Where a work item stands.
    WorkStatus {
        /// Waits for a person.
        Open = "open",
        /// Approved: its proposal was carried out.
        Goedgekeurd = "goedgekeurd",
        /// Rejected: its proposal was not carried out.
        Afgewezen = "afgewezen",
        /// Settled by something that happened since, such as an answer or a term.
        Afgehandeld = "afgehandeld",
    }
);

/// What waits for people.
#[async_trait]
pub trait WorkStore: Send + Sync {
    /// Work items by number; `open`: only those that wait for a person.
    async fn work(&self, open: bool) -> Result<Vec<WorkItem>>;

    /// A work item.
    async fn work_item(&self, id: i64) -> Result<Option<WorkItem>>;
}

/// A work item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkItem {
    /// Number for people.
    pub id: i64,
    /// What it is about.
    pub item: NewWorkItem,
    /// Where it stands.
    pub status: WorkStatus,
    /// Journal number of the input that made it.
    pub journal: i64,
    /// Arrival number of the message that made it.
    pub arrival: Option<i64>,
    /// When it was made.
    pub made: Moment,
    /// Release of that message.
    pub release: Option<String>,
    /// Who closed it, with the reason, once it is closed.
    pub closed: Option<Closed>,
}

/// Who closed a work item and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Journal number of the input that closed it.
    pub journal: i64,
    /// When.
    pub moment: Moment,
    /// Who; empty when nobody did: a term passed or an answer came.
    pub who: String,
    /// Why.
    pub why: String,
}

/// A work item to be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkClosing {
    /// Its number.
    pub id: i64,
    /// What it becomes; not `Open`.
    pub status: WorkStatus,
    /// Who, when and why.
    pub closed: Closed,
}
