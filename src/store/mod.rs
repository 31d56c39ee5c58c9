//! Where everything is kept: inbox, archive, findings, assignments, claims, ledger, work items,
//! outbox and journal. A trait per topic, so that an embedded and a server database behave the same; both
//! pass one conformance suite (`tests/it/store_conformance.rs`).
//!
//! [`InboxStore::ingest`] keeps what comes in. Who decides claims some of it ([`Store::claim`]), loads the facts
//! ([`Batch::load`]), decides message after message on the working set, records each ([`Batch::record`]) and commits
//! ([`Batch::commit`]); what [`OutboxStore::unpublished`] gives is published. Whatever moment a process dies at, the next one
//! continues with the same answers, once each.

use crate::clock::Moment;
use crate::codes::Datum;
use crate::contracts::Periode;
use crate::decide::following::Promised;
use crate::decide::new_register::{Kring, Toegekend};
use crate::state::{Betaalbesluit, FactKeys, TeVolgen, WorkingSet};
use async_trait::async_trait;
use std::collections::BTreeSet;

pub mod audit;
mod both;
mod cells;
pub mod console;
mod convert;
mod error;
mod frame;
mod gathered;
mod inbox;
mod journal;
mod kennisgeving;
mod ledger;
mod outbox;
mod overview;
mod pack;
mod payment;
mod pending;
pub mod post;
pub mod postgres;
mod posting;
mod promises;
mod promising;
pub mod read;
mod register;
pub mod removal;
mod report;
mod rows;
mod settling;
pub mod sqlite;
mod stand;
mod state;
mod turn;
mod verwijzers;
pub mod voordracht;
mod work;

use audit::AuditStore;
pub use error::{RowNumber, Spot, StoreError};
pub use frame::{PackedMessage, Room};
pub use inbox::{
    Arrival, InboxStatus, InboxStore, MessageMeta, ParkedContent, ParkedMessage, Receipt, TakeLimit,
    TakenMessage, Waiting,
};
use inbox::{KnownMessages, claimable, within};
pub use journal::{Decided, Entered, Entry, JournalKind, JournalRecord, JournalStore, Parked};
pub use kennisgeving::{KennisgevingSleutel, TeMelden};
pub use ledger::{GrootboekSaldo, LedgerStore, OwedByInput, PostedRow, TransferRow};
pub use outbox::{Answer, OutboxMessage, OutboxStore, SentMessage, UnsentNotice};
pub use overview::{FindingCount, Overview, VerdictCount};
pub use pack::pack;
pub use payment::{DeclaratieContent, HoldsOf, LedgerEntry, PaymentRecord, PaymentStore, RecordedRun};
pub use register::{
    RegisterAt, RegisterImport, RegisterInfo, RegisterSource, RegisterStore, RegisterVersion,
};
use report::joined;
pub use report::{
    GemeldeLevering, LateHold, OpenVerzoek, RejectedMessage, RelatieTotals, ReleaseTotals, ReportStore,
    StoredFinding, Unanswered, Unreturned,
};
pub use stand::{Backlog, Schema};
pub use state::{KEPT_SINCE, NOT_STATE, NOT_STATE_COLUMNS, OTHERWISE_BEFORE, STATE, StateRow, StateTable};
pub use turn::{Turn, keeping};
pub use verwijzers::{ReferrerSource, ReferrerStore, Referrers};
pub use work::{Closed, WorkClosing, WorkItem, WorkLine, WorkStatus, WorkStore};

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The numbers that a batch hands out; they become final with its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchNumbers {
    journal: i64,
    send: i64,
    work: i64,
}

impl BatchNumbers {
    /// The next of each, for who decides without a store.
    #[must_use]
    pub const fn next(journal: i64, send: i64, work: i64) -> Self {
        Self { journal, send, work }
    }

    /// The next journal number.
    pub fn draw_journal(&mut self) -> i64 {
        draw(&mut self.journal, 1)
    }

    /// The first of this many send numbers.
    pub fn draw_send(&mut self, count: usize) -> i64 {
        draw(&mut self.send, count)
    }

    /// The first of this many numbers of work items.
    pub fn draw_work(&mut self, count: usize) -> i64 {
        draw(&mut self.work, count)
    }
}

impl BatchNumbers {
    /// Goes on where an entry of another store's journal began: what replay hands out is what was handed out.
    pub fn resume(&mut self, record: &JournalRecord) {
        self.journal = record.entry.journal;
        if let Some((send, work)) = record.first {
            (self.send, self.work) = (send, work);
        }
    }
}

fn draw(next: &mut i64, count: usize) -> i64 {
    let first = *next;
    *next += i64::try_from(count).unwrap_or(i64::MAX);
    first
}

/// Messages to be decided now, and the transaction to do it in.
pub struct Claim {
    /// The transaction. It holds what keeps others off these messages: dropping it gives them free.
    pub batch: Box<dyn Batch>,
    /// The messages, in order of arrival.
    pub messages: Vec<Waiting>,
}

/// What must be added to the numbers that a batch handed out, to have the final ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// To send numbers.
    pub send: i64,
    /// To numbers of work items.
    pub work: i64,
}

/// The store: everything by topic, and what none of them has alone.
#[async_trait]
pub trait Store:
    InboxStore
    + OutboxStore
    + WorkStore
    + RegisterStore
    + PaymentStore
    + LedgerStore
    + JournalStore
    + ReportStore
    + AuditStore
    + ReferrerStore
    + console::ConsoleStore
    + read::Reads
{
    /// Several decide messages side by side; else whoever claims waits until the one before is done.
    fn shared(&self) -> bool;

    /// The next open messages that nobody else decides on, in a transaction of their own: of every
    /// aanbieder in it the oldest ones, so that the messages of one relatie are decided in order of
    /// arrival. That they are in hand is counted and committed before they are returned; one that was in hand before
    /// comes alone, and this process has nothing else in hand meanwhile. Aanbieders with a message among `own`, in
    /// order, which the caller has at hand, come first. `None`: nothing waits, or others have all of it.
    async fn claim(&self, limit: TakeLimit, own: &[i64]) -> Result<Option<Claim>>;

    /// Starts a transaction that may write. No other writer gets in until it ends; dropping it
    /// leaves nothing.
    async fn begin(&self) -> Result<Box<dyn Batch>>;

    /// Ends sessions of ours that stand still in the middle of a statement and hold what others wait for; gives how
    /// many.
    async fn end_silent(&self) -> Result<u64>;

    /// What waits at this moment.
    async fn stand(&self, now: Moment) -> Result<Backlog>;

    /// Counts for people.
    async fn overview(&self) -> Result<Overview>;

    /// Waits for the turn of a run of `process`, where one at a time decides; none on a server, where nobody waits.
    async fn lock_run(&self) -> Result<Option<Box<dyn Turn>>>;

    /// Clears away what was overwritten, as far as the engine can.
    async fn tidy(&self) -> Result<()>;

    /// Ends all connections.
    async fn close(&self);
}

/// One transaction. What is recorded is written at [`Batch::commit`]; facts that are loaded after
/// something was recorded do not show it yet.
#[async_trait]
pub trait Batch: Turn {
    /// The numbers that this transaction hands out.
    fn numbers(&mut self) -> &mut BatchNumbers;

    /// The newest version of the contract register; 0 before the first. It cannot change until the transaction ends.
    fn register_version(&self) -> i64;

    /// What these messages are, in order of arrival: those that were claimed with this transaction. As the archive
    /// keeps them: one that is damaged does not keep the others away.
    async fn content(&mut self, arrivals: &[i64]) -> Result<Vec<TakenMessage<PackedMessage>>>;

    /// Everything known under these keys: one round trip per table.
    async fn load(&mut self, keys: &FactKeys) -> Result<WorkingSet>;

    /// Ends the drawing of send numbers and numbers of work items, before anything is recorded: workers that
    /// decide side by side draw them in turns once they know how many.
    async fn settle_numbers(&mut self) -> Result<Moved>;

    /// A message was judged.
    fn record(&mut self, decided: Decided);

    /// A message was set aside.
    fn park(&mut self, parked: Parked);

    /// Something else than a message changed the state.
    fn enter(&mut self, entered: Entered);

    /// A work item was settled. The journal number in it belongs to an entry of this batch.
    fn close_work(&mut self, closing: WorkClosing);

    /// A work item that a person closed is open again.
    fn reopen_work(&mut self, id: i64);

    /// A parked message is to be judged again (`retry`) or will never be: who and why stand in the
    /// entry, which is recorded with it.
    async fn unpark(&mut self, entry: Entry, retry: bool) -> Result<()>;

    /// Somebody wrote about a work item: who and what stand in the entry, which is recorded with it.
    async fn note(&mut self, entry: Entry, werk: i64) -> Result<()>;

    /// Somebody decided about paying; it is recorded with its entry.
    async fn decide_paying(&mut self, entry: Entry, besluit: &Betaalbesluit) -> Result<()>;

    /// What one decision about many work items did with these, for who asks later. Written at once, durable with
    /// [`Batch::commit`].
    async fn tell(&mut self, journal: i64, uitkomst: &str, werk: &[i64]) -> Result<()>;

    /// A proposal that was approved is carried out by an entry: once. Written at once, durable with [`Batch::commit`].
    async fn carry_out(&mut self, voordracht: i64, journal: i64) -> Result<()>;

    /// Records a version of the contract register under this entry, unless the newest has the same
    /// digest. Returns the version in force.
    async fn import_register(&mut self, entry: Entry, import: RegisterImport) -> Result<i64>;

    /// Records a payment run under this entry. Returns its number. An entry is paid once, ever.
    async fn pay(&mut self, entry: Entry, run: RecordedRun) -> Result<i64>;

    /// Takes a person out of everything that was recorded, under this entry; its body is what the chain needs to
    /// go on. Written at once, durable with [`Batch::commit`].
    async fn remove(&mut self, entry: Entry, removal: &removal::Removal) -> Result<()>;

    /// Relaties of which a message was judged here and not rejected as a whole; what was taken over from a
    /// previous system does not count.
    async fn judged_relaties(&mut self) -> Result<BTreeSet<crate::messages::Relatie>>;

    /// What messages up to a journal number did to limits and was not followed yet, in order, at most so many.
    async fn te_volgen(&mut self, until: i64, count: usize) -> Result<Vec<TeVolgen>>;

    /// Everything that promises of limits are made of, of those whose they are; lines as far as they begin on a day or
    /// later.
    async fn promised(&mut self, since: Datum, of: &Kring) -> Result<Promised>;

    /// What was granted to these, in lines that begin on these days.
    async fn granted(&mut self, days: Periode, of: &Kring) -> Result<Vec<Toegekend>>;

    /// Writes what was recorded so far, so that facts that are loaded from now on show it. Nothing is durable
    /// before [`Batch::commit`].
    async fn write(&mut self) -> Result<()>;

    /// Writes everything and makes it durable.
    async fn commit(self: Box<Self>) -> Result<()>;
}
