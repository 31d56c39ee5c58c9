//! Work items as operators see them.

use super::Result;
use crate::clock::Moment;
use crate::codes::code_enum;
use crate::state::{NewWorkItem, Werkregel};
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

    async fn work_item(&self, id: i64) -> Result<Option<WorkItem>>;

    /// What a work item is about, one by one, in order; none when it is about one thing.
    async fn work_lines(&self, id: i64) -> Result<Vec<WorkLine>>;

    /// Open work items about lines whose rate is another since, of which every line is credited and claimed anew.
    async fn revised(&self) -> Result<Vec<i64>>;
}

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
    /// How many things it is about that count, when it gathers.
    pub regels: i64,
    /// Journal number of the input that last brought something to it.
    pub laatst: Option<i64>,
    /// Who closed it, with the reason, once it is closed.
    pub closed: Option<Closed>,
}

/// Something that a work item is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkLine {
    pub regel: Werkregel,
    /// It counts no more.
    pub vervallen: bool,
    /// DeclaratieNummer of the claim that a line stands in.
    pub declaratie: Option<String>,
    /// The line was credited since.
    pub gecrediteerd: bool,
    /// The same care was claimed again since, and granted.
    pub opnieuw: bool,
}

impl WorkLine {
    /// A line whose rate is another since still waits: to be credited, or to be claimed anew.
    #[must_use]
    pub fn waits(&self) -> bool {
        !self.vervallen && (!self.gecrediteerd || self.regel.nieuw.is_some() && !self.opnieuw)
    }
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
