//! Where everything is kept: inbox, archive, findings, assignments, claims, ledger, work items,
//! outbox and journal. One trait, so that an embedded and a server database behave the same; both
//! pass one conformance suite (`tests/it/store_conformance.rs`).
//!
//! [`Store::ingest`] keeps what comes in. Who decides claims some of it ([`Store::claim`]), loads the facts
//! ([`Batch::load`]), decides message after message on the working set, records each ([`Batch::record`]) and commits
//! ([`Batch::commit`]); what [`Store::unpublished`] gives is published. Whatever moment a process dies at, the next one
//! continues with the same answers, once each.

use crate::clock::Moment;
use crate::codes::Datum;
use crate::decide::following::Promised;
use crate::messages::Partij;
use crate::state::{FactKeys, Gevolgd, TeVolgen, Vasthouding, WorkingSet};
use futures_util::stream::BoxStream;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

mod any;
pub mod audit;
mod cells;
mod convert;
mod error;
mod frame;
mod inbox;
mod journal;
mod outbox;
mod overview;
mod pack;
mod payment;
mod pending;
pub mod postgres;
mod promises;
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
mod work;

pub use any::{AnyBatch, AnyLock, AnyStore};
pub use error::StoreError;
pub use frame::{Frame, Room};
pub use inbox::{
    Arrival, InboxStatus, MessageMeta, ParkedContent, ParkedMessage, Receipt, TakeLimit, Taken, Waiting,
};
use inbox::{Known, claimable, within};
pub use journal::{Decided, Entered, Entry, JournalKind, JournalRecord, Parked};
pub use outbox::{Answer, OutboxMessage, SentMessage, UnsentNotice};
pub use overview::{FindingCount, Overview, VerdictCount};
pub use pack::pack;
pub use payment::{DeclaratieContent, HoldsOf, LedgerEntry, PaymentRecord, PaymentRun};
pub use register::{BudgetScope, RegisterAt, RegisterImport, RegisterInfo, RegisterSource, RegisterVersion};
use report::joined;
pub use report::{
    GemeldeLevering, OpenVerzoek, RejectedMessage, RelatieTotals, ReleaseTotals, ReportStore, StoredFinding,
    Unanswered, Unreturned,
};
pub use stand::{Schema, Stand};
pub use state::{KEPT_SINCE, NOT_STATE, NOT_STATE_COLUMNS, STATE, StateRow, StateTable};
pub use turn::{Turn, keeping};
pub use verwijzers::{ReferrerSource, ReferrerStore, Referrers};
pub use work::{Closed, WorkClosing, WorkItem, WorkStatus};

/// The numbers that a batch hands out; they become final with its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    journal: i64,
    send: i64,
    work: i64,
}

impl Numbers {
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

impl Numbers {
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

/// A store call: what it gives, or why not.
pub trait Call<T>: Future<Output = Result<T, StoreError>> + Send {}
impl<T, F: Future<Output = Result<T, StoreError>> + Send> Call<T> for F {}

/// Messages to be decided now, and the transaction to do it in.
pub struct Claim<B> {
    /// The transaction. It holds what keeps others off these messages: dropping it gives them free.
    pub batch: B,
    /// The messages, in order of arrival.
    pub messages: Vec<Waiting>,
}

impl<B> Claim<B> {
    fn with<T>(self, make: impl FnOnce(B) -> T) -> Claim<T> {
        let Self { batch, messages } = self;
        Claim { batch: make(batch), messages }
    }
}

/// What must be added to the numbers that a batch handed out, to have the final ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// To send numbers.
    pub send: i64,
    /// To numbers of work items.
    pub work: i64,
}

/// The store.
pub trait Store: ReferrerStore + Send + Sync {
    /// One transaction.
    type Batch: Batch;
    /// Held by the one who publishes.
    type Publishing: Turn;

    /// Several decide messages side by side; else whoever claims waits until the one before is done.
    fn shared(&self) -> bool;

    /// Stores what was received, in this order, and draws arrival numbers: one transaction. The
    /// same bytes again are known.
    fn ingest(&self, arrivals: Vec<Arrival>) -> impl Call<Vec<Receipt>>;

    /// The next open messages that nobody else decides on, in a transaction of their own: of every
    /// aanbieder in it the oldest ones, so that the messages of one relatie are decided in order of
    /// arrival. That they are in hand is counted and committed before they are returned; one that was in hand before
    /// comes alone, and this process has nothing else in hand meanwhile. Aanbieders with a message among `own`, in
    /// order, which the caller has at hand, come first. `None`: nothing waits, or others have all of it.
    fn claim(&self, limit: TakeLimit, own: &[i64]) -> impl Call<Option<Claim<Self::Batch>>>;

    /// That these were in hand does not count: it ended for a reason that has nothing to do with the messages.
    fn uncount(&self, arrivals: &[i64]) -> impl Call<()>;

    /// Starts a transaction that may write. No other writer gets in until it ends; dropping it
    /// leaves nothing.
    fn begin(&self) -> impl Call<Self::Batch>;

    /// Outcomes of messages as `process --json` printed them, with where they stand, by arrival number;
    /// without those that have none.
    fn outcomes(&self, arrivals: &[i64]) -> impl Call<BTreeMap<i64, (InboxStatus, String)>>;

    /// The right to publish, for one at a time, so that what leaves for a receiver keeps its order;
    /// `None` while another has it.
    fn lock_publishing(&self) -> impl Call<Option<Self::Publishing>>;

    /// Messages that the hub does not have yet, in order of send number, without those for the receivers
    /// of `except`: up to one that is damaged. When that is the first, [`StoreError::DamagedMessage`] says whose it is.
    fn unpublished(&self, limit: TakeLimit, except: &[Partij]) -> impl Call<Vec<OutboxMessage>>;

    /// The hub has these.
    fn mark_published(&self, sends: &[i64]) -> impl Call<()>;

    /// A message of the outbox, published or not.
    fn sent(&self, send: i64) -> impl Call<Option<OutboxMessage>>;

    /// Messages of the outbox with this Identificatie (or IdentificatieRetour), by send number.
    fn find_sent(&self, identificatie: &str) -> impl Call<Vec<SentMessage>>;

    /// What was sent as the answers on these messages, by send number.
    fn answers(&self, arrivals: &[i64]) -> impl Call<Vec<Answer>>;

    /// What was sent as the answers on messages of this sender with this Identificatie, and on its booked claims with
    /// this DeclaratieNummer, by send number.
    fn find_answers(&self, sender: Partij, id: &str) -> impl Call<Vec<Answer>>;

    /// Puts messages that left in line for publishing once more, with the same bytes and send numbers.
    fn resend(&self, sends: &[i64]) -> impl Call<()>;

    /// Notices on parked messages behind this one that their senders do not have yet, in order of arrival. One that is
    /// damaged ([`StoreError::DamagedNotice`]) does not keep the others away.
    fn unsent_notices(
        &self,
        after: i64,
        limit: TakeLimit,
    ) -> impl Call<Vec<Result<UnsentNotice, StoreError>>>;

    /// The senders of these arrivals have their notice, or nobody can be told.
    fn mark_notices_sent(&self, arrivals: &[i64]) -> impl Call<()>;

    /// Parked messages in order of arrival.
    fn parked(&self) -> impl Call<Vec<ParkedMessage>>;

    /// A parked message with its bytes and notice.
    fn parked_content(&self, arrival: i64) -> impl Call<Option<ParkedContent>>;

    /// Work items by number; `open`: only those that wait for a person.
    fn work(&self, open: bool) -> impl Call<Vec<WorkItem>>;

    /// A work item.
    fn work_item(&self, id: i64) -> impl Call<Option<WorkItem>>;

    /// Exactly the bytes that were received under an arrival number.
    fn received(&self, arrival: i64) -> impl Call<Option<Vec<u8>>>;

    /// Everything that was received after an arrival number, judged or not, in order of arrival.
    fn inbox(&self, after: i64, limit: TakeLimit) -> impl Call<Vec<Taken>>;

    /// A version of the contract register; `None` when nothing was imported by then.
    fn register(&self, at: RegisterAt) -> impl Call<Option<RegisterVersion>>;

    /// Every version of the contract register, oldest first.
    fn register_versions(&self) -> impl Call<Vec<RegisterInfo>>;

    /// Entries that may be paid and were not, by number.
    fn payable(&self) -> impl Call<Vec<LedgerEntry>>;

    /// Entries that a payment run paid, by number.
    fn paid_by(&self, run: i64) -> impl Call<Vec<LedgerEntry>>;

    /// Payment runs, oldest first.
    fn payment_runs(&self) -> impl Call<Vec<PaymentRecord>>;

    /// The files that a payment run made, name and content, in order; none when there is no such run.
    fn payment_files(&self, run: i64) -> impl Call<Vec<(String, Vec<u8>)>>;

    /// A claim with its lines.
    fn declaratie(
        &self,
        aanbieder: crate::codes::AgbCode,
        nummer: &str,
    ) -> impl Call<Option<DeclaratieContent>>;

    /// Lines that are or were held, in the order in which they were held.
    fn holds(&self, of: HoldsOf) -> impl Call<Vec<Vasthouding>>;

    /// How many JW301s we issued at this moment of a fixed clock.
    fn issued_at(&self, moment: Moment) -> impl Call<u32>;

    /// Ends sessions of ours that stand still in the middle of a statement and hold what others wait for; gives how
    /// many.
    fn end_silent(&self) -> impl Call<u64>;

    /// Up to where limits were followed, and whether messages wait for that.
    fn gevolgd(&self) -> impl Call<(Option<Gevolgd>, bool)>;

    /// What waits at this moment.
    fn stand(&self, now: Moment) -> impl Call<Stand>;

    /// Numbers of the journal entries of a kind that few have, in order.
    fn journal_of(&self, kind: JournalKind) -> impl Call<Vec<i64>>;

    /// Number and rule set of the newest journal entry.
    fn newest_entry(&self) -> impl Call<Option<(i64, String)>>;

    /// Counts for people.
    fn overview(&self) -> impl Call<Overview>;

    /// Journal entries after a number, in order, with their bodies.
    fn journal(&self, after: i64, limit: TakeLimit) -> impl Call<Vec<JournalRecord>>;

    /// The rows of a table of [`STATE`], in a fixed order, without what replay cannot know (what was published,
    /// attempts). They have personal data: to compare, never to show.
    fn state(&self, table: &'static StateTable) -> BoxStream<'_, Result<StateRow, StoreError>>;
}

/// One transaction. What is recorded is written at [`Batch::commit`]; facts that are loaded after
/// something was recorded do not show it yet.
pub trait Batch: Turn {
    /// The numbers that this transaction hands out.
    fn numbers(&mut self) -> &mut Numbers;

    /// The newest version of the contract register; 0 before the first. It cannot change until the transaction ends.
    fn register_version(&self) -> i64;

    /// What these messages are, in order of arrival: those that were claimed with this transaction. As the archive
    /// keeps them: one that is damaged does not keep the others away.
    fn content(&mut self, arrivals: &[i64]) -> impl Call<Vec<Taken<Frame>>>;

    /// Everything known under these keys: one round trip per table.
    fn load(&mut self, keys: &FactKeys) -> impl Call<WorkingSet>;

    /// Ends the drawing of send numbers and numbers of work items, before anything is recorded: workers that
    /// decide side by side draw them in turns once they know how many.
    fn settle_numbers(&mut self) -> impl Call<Moved>;

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
    fn unpark(&mut self, entry: Entry, retry: bool) -> impl Call<()>;

    /// Records a version of the contract register under this entry, unless the newest has the same
    /// digest. Returns the version in force.
    fn import_register(&mut self, entry: Entry, import: RegisterImport) -> impl Call<i64>;

    /// Records a payment run under this entry. Returns its number. An entry is paid once, ever.
    fn pay(&mut self, entry: Entry, run: PaymentRun) -> impl Call<i64>;

    /// Takes a person out of everything that was recorded, under this entry; its body is what the chain needs to
    /// go on. Written at once, durable with [`Batch::commit`].
    fn remove(&mut self, entry: Entry, removal: &removal::Removal) -> impl Call<()>;

    /// Relaties of which a message was judged here and not rejected as a whole; what was taken over from a
    /// previous system does not count.
    fn judged_relaties(&mut self) -> impl Call<BTreeSet<crate::messages::Relatie>>;

    /// What messages up to a journal number did to limits and was not followed yet, in order, at most so many.
    fn te_volgen(&mut self, until: i64, count: usize) -> impl Call<Vec<TeVolgen>>;

    /// Everything that promises of limits are made of; lines as far as they begin on a day or later.
    fn promised(&mut self, since: Datum) -> impl Call<Promised>;

    /// Writes what was recorded so far, so that facts that are loaded from now on show it. Nothing is durable
    /// before [`Batch::commit`].
    fn write(&mut self) -> impl Call<()>;

    /// Writes everything and makes it durable.
    fn commit(self) -> impl Call<()>;
}
