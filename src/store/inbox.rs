//! Messages that came in, and what is said of them before they are judged.

use super::Result;
use super::cells::Fields;
use super::convert::Coded;
use super::{PackedMessage, StoreError};
use crate::clock::Moment;
use crate::codes::code_enum;
use crate::messages::{BerichtSoort, Envelope, Partij, Relatie};
use async_trait::async_trait;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What came in, in order of arrival.
#[async_trait]
pub trait InboxStore: Send + Sync {
    /// Stores what was received, in this order, and draws arrival numbers: one transaction. The
    /// same bytes again are known.
    async fn ingest(&self, arrivals: Vec<Arrival>) -> Result<Vec<Receipt>>;

    /// That these were in hand does not count: it ended for a reason that has nothing to do with the messages.
    async fn uncount(&self, arrivals: &[i64]) -> Result<()>;

    /// Outcomes of messages as `process --json` printed them, with where they stand, by arrival number;
    /// without those that have none.
    async fn outcomes(&self, arrivals: &[i64]) -> Result<BTreeMap<i64, (InboxStatus, String)>>;

    /// Parked messages in order of arrival.
    async fn parked(&self) -> Result<Vec<ParkedMessage>>;

    /// A parked message with its bytes and notice.
    async fn parked_content(&self, arrival: i64) -> Result<Option<ParkedContent>>;

    /// Exactly the bytes that were received under an arrival number.
    async fn received(&self, arrival: i64) -> Result<Option<Vec<u8>>>;

    /// Everything that was received after an arrival number, judged or not, in order of arrival.
    async fn inbox(&self, after: i64, limit: TakeLimit) -> Result<Vec<TakenMessage>>;
}

/// A file or queue message to be stored.
#[derive(Clone)]
pub struct Arrival {
    /// File name for people; never personal data.
    pub name: String,
    /// The authenticated sender; `None` is the operator's own file, trusted.
    pub channel: Option<Partij>,
    /// Exactly what was received.
    pub bytes: Arc<[u8]>,
    /// SHA-256 of `bytes`.
    pub sha256: [u8; 32],
    /// `bytes` as a zstd frame, when the caller made one already (in parallel).
    pub packed: Option<Vec<u8>>,
    /// When it was received, to the millisecond where that is known.
    pub received: Moment,
    /// What its header says; none when it cannot be read.
    pub envelope: Option<Envelope>,
}

impl Arrival {
    /// Gemeente and aanbieder as the inbox keeps them: 0 and 0 when the message cannot be read.
    pub(super) fn relatie_codes(&self) -> (i64, i64) {
        let relatie = self.envelope.map(|envelope| envelope.relatie);
        relatie.map_or((0, 0), |relatie| (relatie.gemeente.to_integer(), relatie.aanbieder.to_integer()))
    }

    /// When it was received as the inbox keeps it: to the second, and the milliseconds apart.
    pub(super) fn received_parts(&self) -> (Moment, i64) {
        let part = self.received.and_utc().timestamp_subsec_nanos();
        (self.received - TimeDelta::nanoseconds(part.into()), (part / 1_000_000).into())
    }
}

/// What a message is known by: its bytes and who it comes from (rulings 1.4). That is the authenticated sender, whatever
/// hub it came through: two parties with one and the same file have sent two messages, and one that came in by the wrong
/// door does not stand in the way of who may send it. What no sender delivered, an operator's own file or the work of a trusted hub, comes from
/// whom its header names: given by hand it is the message that its sender delivered (8.13). Where the header cannot be
/// read it comes from nobody, and is known by what nobody sent.
type InboxKey = ([u8; 32], Option<Partij>);

/// What is known of messages that come in.
pub(super) struct KnownMessages<T> {
    /// Senders by the headers.
    senders: BTreeMap<[u8; 32], Partij>,
    first: BTreeMap<InboxKey, T>,
}

impl<T> KnownMessages<T> {
    /// Nothing yet of these.
    pub(super) fn among(arrivals: &[Arrival]) -> Self {
        let sender = |arrival: &Arrival| Some((arrival.sha256, arrival.envelope?.sender));
        Self { senders: arrivals.iter().filter_map(sender).collect(), first: BTreeMap::new() }
    }

    fn key(&self, sha256: [u8; 32], channel: Option<Partij>) -> InboxKey {
        (sha256, channel.or_else(|| self.senders.get(&sha256).copied()))
    }

    /// These bytes came in by this channel; what came first is what is known.
    pub(super) fn add(&mut self, sha256: [u8; 32], channel: Option<Partij>, of_it: T) {
        self.first.entry(self.key(sha256, channel)).or_insert(of_it);
    }

    /// What is known of a message.
    pub(super) fn of(&self, arrival: &Arrival) -> Option<&T> {
        self.first.get(&self.key(arrival.sha256, arrival.channel))
    }
}

code_enum!(
    /// Where a message in the inbox stands.
    InboxStatus {
        /// Stored, to be judged.
        Open = "open",
        /// Judged; its outcome is stored.
        Beslist = "beslist",
        /// Set aside for a person.
        Geparkeerd = "geparkeerd",
        /// Parked, and a person decided that nothing will be done with it.
        Vervallen = "vervallen",
    }
);

/// What became of an [`Arrival`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// Stored under this arrival number.
    New {
        /// Arrival number.
        arrival: i64,
    },
    /// The same bytes were received before from the same sender; nothing was stored.
    Known {
        /// Arrival number of the first.
        arrival: i64,
        /// Where the first stands.
        status: InboxStatus,
        /// The outcome of the first as `process --json` printed it, once it is judged or parked.
        outcome: Option<String>,
    },
}

/// A message from the inbox that is to be judged now; as the archive keeps it where it says so.
#[derive(Clone)]
pub struct TakenMessage<B = Arc<[u8]>> {
    /// Arrival number.
    pub arrival: i64,
    /// File name for people.
    pub name: String,
    /// The authenticated sender; `None` is the operator's own file.
    pub channel: Option<Partij>,
    /// Exactly what was received.
    pub bytes: B,
    /// When it was received.
    pub received: Moment,
    /// Gemeente and aanbieder as its header said when it came in; none when that could not be read.
    pub relatie: Option<Relatie>,
    /// As [`Waiting::times_in_hand`].
    pub times_in_hand: u32,
}

impl TakenMessage<PackedMessage> {
    pub fn unpacked(self) -> Result<TakenMessage, StoreError> {
        let Self { arrival, name, channel, bytes, received, relatie, times_in_hand } = self;
        Ok(TakenMessage { arrival, name, channel, bytes: bytes.bytes()?, received, relatie, times_in_hand })
    }
}

/// A message that is to be decided now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Arrival number.
    pub arrival: i64,
    /// How often it was in hand before without being decided, and without a reason that lies elsewhere.
    pub times_in_hand: u32,
}

impl Waiting {
    /// Attempts to decide it that failed by itself. The first time that it was in hand says nothing of it, whatever
    /// ended it: others were in hand as well, or the same process was doing something else. From then on it is in hand
    /// alone, and the next time it is, what ended the time before was its own: an error, a panic, or the death of the
    /// process. So an end from outside counts only for the one message that it hits alone, and three of them for none.
    #[must_use]
    pub const fn failed_attempts(&self) -> u32 {
        self.times_in_hand.saturating_sub(1)
    }
}

/// A relatie as the inbox keeps it: nothing, or 0 and 0, when the message could not be read.
pub(super) fn read_relatie(gemeente: Option<i64>, aanbieder: Option<i64>) -> Option<Relatie> {
    let (gemeente, aanbieder) = (gemeente.filter(|code| *code != 0)?, aanbieder.filter(|code| *code != 0)?);
    Some(Relatie { gemeente: Coded::from_integer(gemeente)?, aanbieder: Coded::from_integer(aanbieder)? })
}

/// How much is taken at once; at least one message when there is one.
#[derive(Debug, Clone, Copy)]
pub struct TakeLimit {
    /// Number of messages.
    pub messages: usize,
    /// Bytes of the messages together.
    pub bytes: usize,
}

/// What the header of a message says, kept in the inbox for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageMeta {
    /// Kind.
    pub soort: BerichtSoort,
    /// Release, such as `3.2`.
    pub release: &'static str,
    /// Sender in the header.
    pub afzender: Partij,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    pub identificatie: Box<str>,
}

/// A parked message as `happyflow parked list` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedMessage {
    /// Arrival number.
    pub arrival: i64,
    /// File name for people.
    pub name: String,
    /// The authenticated sender; `None` is the operator's own file.
    pub channel: Option<Partij>,
    /// When it was received.
    pub received: Moment,
    /// Kind, when it could be read.
    pub soort: Option<BerichtSoort>,
    /// Release, when it could be read.
    pub release: Option<String>,
    /// Why it was parked, in Dutch.
    pub reason: String,
    /// When it was parked.
    pub parked: Moment,
}

/// A parked message with its bytes.
#[derive(Clone)]
pub struct ParkedContent {
    /// What the list shows.
    pub message: ParkedMessage,
    /// Exactly what was received.
    pub bytes: Vec<u8>,
    /// The notice to the sender, when there is one.
    pub notice: Option<Vec<u8>>,
    /// Outcome as `process --json` printed it.
    pub outcome: String,
}

/// The first of these numbers whose lengths together stay within a limit; at least one.
pub(super) fn within(rows: Vec<(i64, i64)>, bytes: usize) -> Vec<i64> {
    let limit = i64::try_from(bytes).unwrap_or(i64::MAX);
    let mut sum = 0_i64;
    let fits = rows.into_iter().enumerate().take_while(|(index, (_, length))| {
        sum = sum.saturating_add(*length);
        *index == 0 || sum <= limit
    });
    fits.map(|(_, (number, _))| number).collect()
}

/// What of the open messages (number, length, times in hand) is decided at once: up to the first that was in hand
/// before, or that one alone.
pub(super) fn claimable(open: Vec<(i64, i64, i64)>, bytes: usize) -> Vec<Waiting> {
    let stumbled = open.iter().position(|(_, _, times)| *times > 0).unwrap_or(open.len());
    let times_in_hand = open.first().map_or(0, |(_, _, times)| u32::try_from(*times).unwrap_or(u32::MAX));
    let fresh = open.into_iter().take(stumbled.max(1)).map(|(arrival, length, _)| (arrival, length));
    let waiting = |arrival| Waiting { arrival, times_in_hand };
    within(fresh.collect(), bytes).into_iter().map(waiting).collect()
}

/// The party in the column that comes next.
pub(super) fn read_channel(row: &mut impl Fields) -> Result<Option<Partij>> {
    let corrupt = row.corrupt();
    row.text_or_null()?.map(|text| Partij::parse(text).ok_or(corrupt)).transpose()
}
