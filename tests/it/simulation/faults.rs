//! A store and a hub that fail when they are told to, and with one known bug when that is asked for.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use happyflow::clock::Moment;
use happyflow::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use happyflow::contracts::Periode;
use happyflow::decide::following::Promised;
use happyflow::decide::new_register::{Kring, Toegekend};
use happyflow::digest::Digest;
use happyflow::hub::{HubError, HubTrouble, Outbound, Published, Told};
use happyflow::messages::{BerichtSoort, Partij, Relatie};
use happyflow::money::Cents;
use happyflow::state::{
    Betaalbesluit, FactKeys, GeboektePrestatie, GevolgdTot, TeVolgen, Toewijzing, Vasthouding,
    VasthoudingStatus, Verzoek, WorkingSet,
};
use happyflow::store::audit::{AuditStore, Recorded, Sealable, Sealed};
use happyflow::store::console::{Bewaren, ConsoleStore};
use happyflow::store::read::{OwnRow, Query, Reads};
use happyflow::store::removal::Removal;
use happyflow::store::{
    Answer, Arrival, Backlog, Batch, BatchNumbers, Claim, Decided, DeclaratieContent, Entered, Entry,
    GemeldeLevering, HoldsOf, InboxStatus, InboxStore, JournalKind, JournalRecord, JournalStore,
    KennisgevingSleutel, LateHold, LedgerEntry, LedgerStore, Moved, OpenVerzoek, OutboxMessage, OutboxStore,
    Overview, PackedMessage, Parked, ParkedContent, ParkedMessage, PaymentRecord, PaymentStore, Receipt,
    RecordedRun, ReferrerSource, ReferrerStore, Referrers, RegisterAt, RegisterImport, RegisterInfo,
    RegisterStore, RegisterVersion, RejectedMessage, RelatieTotals, ReleaseTotals, ReportStore, SentMessage,
    StateRow, StateTable, Store, StoreError, TakeLimit, TakenMessage, TeMelden, Turn, Unanswered, Unreturned,
    UnsentNotice, WorkClosing, WorkItem, WorkLine, WorkStore,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What goes wrong in one process. Calls of the store are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Killed before this call of the store.
    DieBefore(u32),
    /// Killed when the call was done, before its result is known: between commit and publish, between
    /// publish and the mark that says so.
    DieAfter(u32),
    /// Killed while it sends, when so many have left.
    DieSending(usize),
    /// The call fails once; a next one may succeed.
    Refuse(u32),
    /// The disk of the hub is full.
    DiskFull,
    /// One receiver cannot be reached.
    Unreachable(&'static str),
}

/// A bug that is put in on purpose; the simulation must find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    AcknowledgeBeforeCommit,
    NoDedupe,
    /// Bytes are known, whoever sent them.
    KnownByBytes,
    LostUnlock,
    DoublePublish,
}

#[derive(Debug, Default)]
struct State {
    calls: u32,
    dead: bool,
    blurred: u8,
}

/// What goes wrong in a process; shared by its store and its hub.
#[derive(Debug)]
pub struct Faults {
    fault: Fault,
    pub bug: Option<Bug>,
    /// Which process of the run this is.
    number: u8,
    state: Mutex<State>,
}

const DEAD: StoreError = StoreError::corrupt("het proces is gestopt");

impl Faults {
    pub fn new(fault: Fault, bug: Option<Bug>, number: u8) -> Arc<Self> {
        Arc::new(Self { fault, bug, number, state: Mutex::default() })
    }

    pub fn is_dead(&self) -> bool {
        self.state.lock().unwrap().dead
    }

    fn die(&self) {
        self.state.lock().unwrap().dead = true;
    }

    fn before(&self) -> Result<u32, StoreError> {
        let mut state = self.state.lock().unwrap();
        let call = state.calls;
        state.calls += 1;
        match self.fault {
            _ if state.dead => Err(DEAD),
            Fault::DieBefore(at) if at == call => {
                state.dead = true;
                Err(DEAD)
            }
            Fault::Refuse(at) if at == call => {
                Err(StoreError::Database { doing: "proberen", reason: "bezet".to_owned() })
            }
            _ => Ok(call),
        }
    }

    fn after<T>(&self, call: u32, result: T) -> Result<T, StoreError> {
        if self.fault == Fault::DieAfter(call) {
            self.die();
            return Err(DEAD);
        }
        Ok(result)
    }

    /// Another digest every time.
    fn blur(&self, arrivals: &mut [Arrival]) {
        let mut state = self.state.lock().unwrap();
        for arrival in arrivals {
            state.blurred = state.blurred.wrapping_add(1);
            arrival.sha256[0] ^= state.blurred;
            arrival.sha256[1] ^= self.number;
        }
    }

    /// What a process that died holds; one with a bug never gives it back.
    fn let_go<T>(&self, held: &mut Option<T>) {
        if self.bug == Some(Bug::LostUnlock) && self.is_dead() {
            std::mem::forget(held.take());
        }
    }
}

/// A store with faults.
#[derive(Clone)]
pub struct Faulty {
    pub inner: Arc<dyn Store>,
    pub faults: Arc<Faults>,
}

/// As if everything came in as its bytes did the first time.
async fn by_the_first_door(store: &dyn Store, arrivals: &mut [Arrival]) -> Result<(), StoreError> {
    let kept = store.inbox(0, TakeLimit { messages: usize::MAX >> 2, bytes: usize::MAX }).await?;
    let mut first: BTreeMap<Arc<[u8]>, Option<Partij>> = BTreeMap::new();
    for (bytes, channel) in kept.into_iter().map(|taken| (taken.bytes, taken.channel)) {
        first.entry(bytes).or_insert(channel);
    }
    for arrival in arrivals {
        arrival.channel = *first.entry(arrival.bytes.clone()).or_insert(arrival.channel);
    }
    Ok(())
}

/// A transaction with faults.
pub struct FaultyBatch {
    inner: Option<Box<dyn Batch>>,
    faults: Arc<Faults>,
}

impl FaultyBatch {
    fn inner(&mut self) -> &mut dyn Batch {
        self.inner.as_deref_mut().expect("not committed yet")
    }
}

impl Drop for FaultyBatch {
    fn drop(&mut self) {
        self.faults.let_go(&mut self.inner);
    }
}

macro_rules! through {
    ($faults:expr, $call:expr) => {{
        let call = $faults.before()?;
        let result = $call.await?;
        $faults.after(call, result)
    }};
}

/// A topic of the store: calls that are written out, and the others as `through` has them.
macro_rules! delegate {
    ($topic:ident { $(fn $name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)* } $($own:tt)*) => {
        #[async_trait]
        impl $topic for Faulty {
            $($own)*

            $(async fn $name(&self, $($arg: $ty),*) -> Result<$out, StoreError> {
                through!(self.faults, self.inner.$name($($arg),*))
            })*
        }
    };
}

#[async_trait]
impl Store for Faulty {
    fn shared(&self) -> bool {
        self.inner.shared()
    }

    async fn claim(&self, limit: TakeLimit, own: &[i64]) -> Result<Option<Claim>, StoreError> {
        let claim = through!(self.faults, self.inner.claim(limit, own))?;
        Ok(claim.map(|Claim { batch, messages }| Claim { batch: self.batch(batch), messages }))
    }

    async fn begin(&self) -> Result<Box<dyn Batch>, StoreError> {
        let inner = through!(self.faults, self.inner.begin())?;
        Ok(self.batch(inner))
    }

    async fn end_silent(&self) -> Result<u64, StoreError> {
        through!(self.faults, self.inner.end_silent())
    }

    async fn stand(&self, now: Moment) -> Result<Backlog, StoreError> {
        through!(self.faults, self.inner.stand(now))
    }

    async fn overview(&self) -> Result<Overview, StoreError> {
        through!(self.faults, self.inner.overview())
    }

    async fn lock_run(&self) -> Result<Option<Box<dyn Turn>>, StoreError> {
        self.inner.lock_run().await
    }

    async fn tidy(&self) -> Result<(), StoreError> {
        self.inner.tidy().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

impl Faulty {
    fn batch(&self, inner: Box<dyn Batch>) -> Box<dyn Batch> {
        Box::new(FaultyBatch { inner: Some(inner), faults: self.faults.clone() })
    }
}

delegate!(InboxStore {
    fn uncount(arrivals: &[i64]) -> ();
    fn outcomes(arrivals: &[i64]) -> BTreeMap<i64, (InboxStatus, String)>;
    fn parked() -> Vec<ParkedMessage>;
    fn parked_content(arrival: i64) -> Option<ParkedContent>;
    fn received(arrival: i64) -> Option<Vec<u8>>;
    fn inbox(after: i64, limit: TakeLimit) -> Vec<TakenMessage>;
}
    async fn ingest(&self, mut arrivals: Vec<Arrival>) -> Result<Vec<Receipt>, StoreError> {
        if self.faults.bug == Some(Bug::NoDedupe) {
            self.faults.blur(&mut arrivals);
        }
        if self.faults.bug == Some(Bug::KnownByBytes) {
            by_the_first_door(&*self.inner, &mut arrivals).await?;
        }
        through!(self.faults, self.inner.ingest(arrivals))
    }
);

delegate!(JournalStore {
    fn journal_of(kind: JournalKind) -> Vec<i64>;
    fn newest_entry() -> Option<(i64, String)>;
    fn journal(after: i64, limit: TakeLimit) -> Vec<JournalRecord>;
    fn gevolgd() -> (Option<GevolgdTot>, bool);
}
    fn state(&self, table: &'static StateTable) -> BoxStream<'_, Result<StateRow, StoreError>> {
        self.inner.state(table)
    }
);

delegate!(OutboxStore {
    fn lock_publishing() -> Option<Box<dyn Turn>>;
    fn unpublished(limit: TakeLimit, except: &[Partij]) -> Vec<OutboxMessage>;
    fn mark_published(sends: &[i64]) -> ();
    fn sent(send: i64) -> Option<OutboxMessage>;
    fn find_sent(identificatie: &str) -> Vec<SentMessage>;
    fn answers(arrivals: &[i64]) -> Vec<Answer>;
    fn find_answers(sender: Partij, id: &str) -> Vec<Answer>;
    fn resend(sends: &[i64]) -> ();
    fn unsent_notices(after: i64, limit: TakeLimit) -> Vec<Result<UnsentNotice, StoreError>>;
    fn mark_notices_sent(arrivals: &[i64]) -> ();
    fn unsent_kennisgevingen(limit: TakeLimit, except: &[Partij]) -> Vec<TeMelden>;
    fn mark_kennisgevingen_sent(keys: &[KennisgevingSleutel]) -> ();
    fn issued_at(moment: Moment) -> u32;
});

delegate!(WorkStore {
    fn work(open: bool) -> Vec<WorkItem>;
    fn work_item(id: i64) -> Option<WorkItem>;
    fn work_lines(id: i64) -> Vec<WorkLine>;
    fn revised() -> Vec<i64>;
});

delegate!(RegisterStore {
    fn register(at: RegisterAt) -> Option<RegisterVersion>;
    fn register_versions() -> Vec<RegisterInfo>;
});

delegate!(PaymentStore {
    fn payable() -> Vec<LedgerEntry>;
    fn paid_by(run: i64) -> Vec<LedgerEntry>;
    fn payment_runs() -> Vec<PaymentRecord>;
    fn payment_files(run: i64) -> Vec<(String, Vec<u8>)>;
    fn declaratie(aanbieder: AgbCode, nummer: &str) -> Option<DeclaratieContent>;
    fn holds(of: HoldsOf) -> Vec<Vasthouding>;
});

delegate!(ReferrerStore {
    fn referrer_sources(source: ReferrerSource, after: i64, count: usize) -> Vec<i64>;
    fn keep_referrers(found: &Referrers) -> ();
    fn pass_on_referrers() -> ();
});

delegate!(LedgerStore {
    fn take_up_ledger() -> u64;
});

delegate!(Reads {
    fn rows(query: Query) -> Vec<OwnRow>;
    fn facts(keys: &FactKeys) -> WorkingSet;
});

delegate!(ReportStore {
    fn rejected(after: i64, limit: TakeLimit) -> Vec<RejectedMessage>;
    fn strange(day: Datum, after: i64, limit: TakeLimit) -> Vec<RejectedMessage>;
    fn is_reminded(aanbieder: AgbCode, kenmerk: &str) -> bool;
    fn totals() -> Vec<RelatieTotals>;
    fn release_totals() -> Vec<ReleaseTotals>;
    fn lines_in(releases: &[&str]) -> Vec<Range<i64>>;
    fn lines(after: i64, count: usize) -> Vec<(i64, GeboektePrestatie)>;
    fn standing_lines(status: VasthoudingStatus) -> Vec<Range<i64>>;
    fn limit_holds() -> BTreeMap<(Box<str>, AgbCode), Cents>;
    fn unbalanced_claims() -> Vec<(AgbCode, String)>;
    fn assignments(after: Option<(GemeenteCode, ToewijzingNummer)>, count: usize) -> Vec<Toewijzing>;
    fn limit_sums() -> BTreeMap<Box<str>, Cents>;
    fn limit_promises() -> BTreeMap<Box<str>, (Cents, i64)>;
    fn open_requests() -> Vec<OpenVerzoek>;
    fn late_holds(day: Datum) -> Vec<LateHold>;
    fn request_work(moment: Moment) -> Vec<(WorkItem, Option<Verzoek>)>;
    fn unanswered() -> Vec<Unanswered>;
    fn unreturned(most: usize) -> Vec<Unreturned>;
    fn deliveries() -> Vec<GemeldeLevering>;
    fn journal_days(journals: &[i64]) -> BTreeMap<i64, Datum>;
});

delegate!(ConsoleStore {
    fn keep(what: Bewaren) -> u64;
});

delegate!(AuditStore {
    fn recorded(after: i64, to: i64) -> Vec<Recorded>;
    fn settled() -> i64;
    fn last_link() -> Option<(i64, Digest)>;
    fn sealable(after: i64, to: i64, content: bool) -> Vec<Sealable>;
    fn links(after: i64, to: i64) -> Vec<Sealed>;
    fn lock_sealing() -> Option<Box<dyn Turn>>;
    fn seal(behind: i64, links: Vec<Sealed>) -> bool;
});

#[async_trait]
impl Turn for FaultyBatch {
    fn every(&self) -> Option<Duration> {
        self.inner.as_ref().and_then(|batch| batch.every())
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        self.inner().keep().await
    }
}

#[async_trait]
impl Batch for FaultyBatch {
    fn numbers(&mut self) -> &mut BatchNumbers {
        self.inner().numbers()
    }

    fn register_version(&self) -> i64 {
        self.inner.as_ref().expect("not committed yet").register_version()
    }

    async fn content(&mut self, arrivals: &[i64]) -> Result<Vec<TakenMessage<PackedMessage>>, StoreError> {
        through!(self.faults, self.inner().content(arrivals))
    }

    async fn load(&mut self, keys: &FactKeys) -> Result<WorkingSet, StoreError> {
        through!(self.faults, self.inner().load(keys))
    }

    async fn settle_numbers(&mut self) -> Result<Moved, StoreError> {
        through!(self.faults, self.inner().settle_numbers())
    }

    async fn judged_relaties(&mut self) -> Result<BTreeSet<Relatie>, StoreError> {
        through!(self.faults, self.inner().judged_relaties())
    }

    async fn te_volgen(&mut self, until: i64, count: usize) -> Result<Vec<TeVolgen>, StoreError> {
        through!(self.faults, self.inner().te_volgen(until, count))
    }

    async fn promised(&mut self, since: Datum, of: &Kring) -> Result<Promised, StoreError> {
        through!(self.faults, self.inner().promised(since, of))
    }

    async fn granted(&mut self, days: Periode, of: &Kring) -> Result<Vec<Toegekend>, StoreError> {
        through!(self.faults, self.inner().granted(days, of))
    }

    async fn write(&mut self) -> Result<(), StoreError> {
        through!(self.faults, self.inner().write())
    }

    fn record(&mut self, decided: Decided) {
        self.inner().record(decided);
    }

    fn park(&mut self, parked: Parked) {
        self.inner().park(parked);
    }

    fn enter(&mut self, entered: Entered) {
        self.inner().enter(entered);
    }

    fn reopen_work(&mut self, id: i64) {
        self.inner().reopen_work(id);
    }

    fn close_work(&mut self, closing: WorkClosing) {
        self.inner().close_work(closing);
    }

    async fn unpark(&mut self, entry: Entry, retry: bool) -> Result<(), StoreError> {
        through!(self.faults, self.inner().unpark(entry, retry))
    }

    async fn note(&mut self, entry: Entry, werk: i64) -> Result<(), StoreError> {
        through!(self.faults, self.inner().note(entry, werk))
    }

    async fn decide_paying(&mut self, entry: Entry, besluit: &Betaalbesluit) -> Result<(), StoreError> {
        through!(self.faults, self.inner().decide_paying(entry, besluit))
    }

    async fn tell(&mut self, journal: i64, uitkomst: &str, werk: &[i64]) -> Result<(), StoreError> {
        through!(self.faults, self.inner().tell(journal, uitkomst, werk))
    }

    async fn carry_out(&mut self, voordracht: i64, journal: i64) -> Result<(), StoreError> {
        through!(self.faults, self.inner().carry_out(voordracht, journal))
    }

    async fn import_register(&mut self, entry: Entry, import: RegisterImport) -> Result<i64, StoreError> {
        through!(self.faults, self.inner().import_register(entry, import))
    }

    async fn pay(&mut self, entry: Entry, run: RecordedRun) -> Result<i64, StoreError> {
        through!(self.faults, self.inner().pay(entry, run))
    }

    async fn remove(&mut self, entry: Entry, removal: &Removal) -> Result<(), StoreError> {
        through!(self.faults, self.inner().remove(entry, removal))
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        let call = self.faults.before()?;
        self.inner.take().expect("not committed yet").commit().await?;
        self.faults.after(call, ())
    }
}

/// A hub with faults.
pub struct FaultyHub {
    pub inner: Arc<dyn Outbound>,
    pub faults: Arc<Faults>,
}

impl FaultyHub {
    fn refuse(path: &str, reason: &str) -> HubError {
        HubError {
            kind: HubTrouble::File,
            doing: "schrijven van",
            path: path.to_owned(),
            reason: reason.to_owned(),
        }
    }

    fn usable(&self) -> Result<(), HubError> {
        let unusable = self.faults.fault == Fault::DiskFull || self.faults.is_dead();
        if unusable { Err(Self::refuse("out", "schijf vol")) } else { Ok(()) }
    }
}

/// A send number that nobody drew.
const SECOND: i64 = 1_000_000;

#[async_trait]
impl Outbound for FaultyHub {
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        self.inner.address(receiver, send, soort)
    }

    async fn publish(&self, messages: &[OutboxMessage]) -> Result<Published, HubError> {
        self.usable()?;
        if let Fault::DieSending(count) = self.faults.fault {
            self.inner.publish(&messages[..count.min(messages.len())]).await?;
            self.faults.die();
            return Err(Self::refuse("out", "het proces is gestopt"));
        }
        let away = |receiver: Partij| matches!(self.faults.fault, Fault::Unreachable(code) if receiver.to_string() == code);
        let (stuck, reached): (Vec<OutboxMessage>, Vec<_>) =
            messages.iter().cloned().partition(|message| away(message.receiver));
        let mut published = self.inner.publish(&reached).await?;
        if let Some(stuck) = stuck.first() {
            published.stuck.push((stuck.receiver, Self::refuse("out", "stil")));
        }
        if self.faults.bug == Some(Bug::DoublePublish) {
            let again = |message: OutboxMessage| OutboxMessage { send: message.send + SECOND, ..message };
            let again: Vec<OutboxMessage> = reached.into_iter().map(again).collect();
            self.inner.publish(&again).await?;
        }
        Ok(published)
    }

    fn to_give_again(&self, sent: &[SentMessage]) -> Vec<i64> {
        self.inner.to_give_again(sent)
    }

    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Published, HubError> {
        self.usable()?;
        self.inner.notify(notices).await
    }

    async fn tell(&self, notices: &[TeMelden]) -> Result<Told, HubError> {
        self.usable()?;
        self.inner.tell(notices).await
    }
}
