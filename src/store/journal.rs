//! The journal: every input that changes state has a number here, in the order of decision.

use super::Result;
use super::{MessageMeta, PackedMessage, StateRow, StateTable, TakeLimit, TakenMessage};
use crate::clock::Moment;
use crate::codes::code_enum;
use crate::decide::{Decision, Outgoing, Requests};
use crate::journal::Rol;
use crate::messages::Partij;
use crate::state::{Change, GevolgdTot, NewWorkItem};
use async_trait::async_trait;
use futures_util::stream::BoxStream;

code_enum!(
    /// What kind of input a journal entry is.
    JournalKind {
        /// A message was judged; the body is in the inbox.
        Bericht = "bericht",
        /// A message was parked.
        Parkeren = "parkeren",
        /// A version of the contract register was imported.
        Contract = "contract",
        /// Client data were imported.
        Clienten = "clienten",
        /// A person decided: a work item, a parked message.
        Besluit = "besluit",
        /// A term passed.
        Termijn = "termijn",
        /// A payment run.
        Betaling = "betaling",
        /// Bodies were removed lawfully.
        Verwijdering = "verwijdering",
        /// Other rules began; the body is a piece of the state as the older ones left it.
        Regels = "regels",
        /// An assignment or a claim of a previous system was taken over; the body is what was taken over.
        Overname = "overname",
    }
);

/// What was decided, in order, and the state that it led to.
#[async_trait]
pub trait JournalStore: Send + Sync {
    /// Up to where limits were followed, and whether messages wait for that.
    async fn gevolgd(&self) -> Result<(Option<GevolgdTot>, bool)>;

    /// Numbers of the journal entries of a kind that few have, in order.
    async fn journal_of(&self, kind: JournalKind) -> Result<Vec<i64>>;

    /// Number and rule set of the newest journal entry.
    async fn newest_entry(&self) -> Result<Option<(i64, String)>>;

    /// Journal entries after a number, in order, with their bodies.
    async fn journal(&self, after: i64, limit: TakeLimit) -> Result<Vec<JournalRecord>>;

    /// The rows of a table of [`STATE`], in a fixed order, without what replay cannot know (what was published,
    /// attempts). They have personal data: to compare, never to show.
    fn state(&self, table: &'static StateTable) -> BoxStream<'_, Result<StateRow>>;
}

impl JournalKind {
    /// In which role somebody acts who gives no other; none for messages: there the sender acts.
    #[must_use]
    pub const fn role(self) -> Option<Rol> {
        match self {
            Self::Bericht | Self::Parkeren => None,
            Self::Termijn | Self::Regels => Some(Rol::Dienst),
            Self::Contract
            | Self::Clienten
            | Self::Besluit
            | Self::Betaling
            | Self::Verwijdering
            | Self::Overname => Some(Rol::Operator),
        }
    }
}

/// One input with everything that it was decided with: enough to decide it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Journal number, drawn from [`super::BatchNumbers`].
    pub journal: i64,
    /// Kind of input.
    pub kind: JournalKind,
    /// When it was decided.
    pub moment: Moment,
    /// Version of the contract register that it was decided with; 0: none was imported.
    pub register_version: i64,
    /// Version of the rule set.
    pub rule_set: String,
    /// Whether requests were answered by themselves.
    pub requests: Requests,
    /// How many JW301s a fixed clock had issued before.
    pub issued: u32,
    /// The first Identificatie that it could hand out for its gemeente; none for what hands out none, for the first
    /// of a gemeente, and for what was recorded before it was kept: then it is the one after those of the entries
    /// before it.
    pub first_identificatie: Option<i64>,
    /// Arrival number of the message that was judged, parked or decided about.
    pub arrival: Option<i64>,
    /// Who decided, for inputs of a person.
    pub who: Option<String>,
    /// Why, for inputs of a person.
    pub why: Option<String>,
    /// In which role, for inputs that are no message; none for what was recorded before roles were kept.
    pub role: Option<Rol>,
    /// The input itself where the inbox does not have it: what was decided, or imported.
    pub body: Option<Vec<u8>>,
}

/// A message that was judged.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The journal entry; its `arrival` names the message.
    pub entry: Entry,
    /// What its header says.
    pub message: MessageMeta,
    /// What follows from it.
    pub decision: Decision,
    /// Number of the first message that leaves: answers first, then forwards.
    pub first_send: i64,
    /// Number of the first work item.
    pub first_work: i64,
    /// What `process --json` prints of it, for when the same bytes come again.
    pub outcome_json: String,
}

/// A message that is set aside for a person. Nothing was booked.
#[derive(Debug, Clone)]
pub struct Parked {
    /// The journal entry; its `arrival` names the message.
    pub entry: Entry,
    /// What its header says, when it could be read.
    pub message: Option<MessageMeta>,
    /// Why, in Dutch.
    pub reason: String,
    /// The notice to the sender.
    pub notice: Option<Vec<u8>>,
    /// Work items to be made.
    pub work: Vec<NewWorkItem>,
    /// The send number that would come next: nothing leaves.
    pub first_send: i64,
    /// Number of the first work item.
    pub first_work: i64,
    /// What `process --json` prints of it.
    pub outcome_json: String,
}

/// What follows from an input that is not a message: a person, a term, a payment run, an import.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The journal entry.
    pub entry: Entry,
    pub changes: Vec<Change>,
    /// Messages that leave.
    pub answers: Vec<Outgoing>,
    /// The header of the message of `entry.arrival`; needed when it is forwarded.
    pub forwarded: Option<MessageMeta>,
    /// To whom the message of `entry.arrival` goes on, unchanged.
    pub forwards: Vec<Partij>,
    /// Number of the first message that leaves: answers first, then forwards.
    pub first_send: i64,
    /// What a person must see.
    pub work: Vec<NewWorkItem>,
    /// Number of the first work item.
    pub first_work: i64,
}

impl Entered {
    /// An entry from which nothing follows but that it is in the journal.
    #[must_use]
    pub const fn alone(entry: Entry) -> Self {
        Self {
            entry,
            changes: Vec::new(),
            answers: Vec::new(),
            forwarded: None,
            forwards: Vec::new(),
            first_send: 0,
            work: Vec::new(),
            first_work: 0,
        }
    }
}

/// A journal entry as replay reads it.
#[derive(Clone)]
pub struct JournalRecord {
    /// The entry; `body` is filled.
    pub entry: Entry,
    /// The message that was judged or parked, as the archive keeps it: who needs its bytes, unpacks them.
    pub message: Option<TakenMessage<PackedMessage>>,
    /// The first send number and work item that it could hand out; none for what was recorded before these
    /// were kept, and for inputs that hand out none.
    pub first: Option<(i64, i64)>,
}

impl From<Entry> for super::pending::EntryRow {
    fn from(entry: Entry) -> Self {
        Self { entry, first: None }
    }
}
