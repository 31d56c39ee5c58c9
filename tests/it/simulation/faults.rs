//! A store that fails when it is told to, and with one known bug when that is asked for.

use happyflow::clock::Moment;
use happyflow::codes::AgbCode;
use happyflow::messages::{Partij, Relatie};
use happyflow::state::{FactKeys, WorkingSet};
use happyflow::store::{
    Arrival, Batch, Claim, Decided, DeclaratieContent, Entered, Entry, InboxStatus, JournalRecord,
    LedgerEntry, Moved, Numbers, OutboxMessage, Overview, Parked, ParkedContent, ParkedMessage,
    PaymentRecord, PaymentRun, Receipt, RegisterAt, RegisterImport, RegisterInfo, RegisterVersion,
    SentMessage, Stand, Store, StoreError, TakeLimit, Taken, UnsentNotice, WorkClosing, WorkItem,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// What goes wrong in one run of a worker. Calls of the store are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Killed before this call of the store.
    DieBefore(u32),
    /// Killed when the call was done, before its result is known: between commit and publish, between
    /// publish and the mark that says so.
    DieAfter(u32),
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
    LostUnlock,
    DoublePublish,
}

#[derive(Debug, Default)]
struct State {
    fault: Option<Fault>,
    calls: u32,
    dead: bool,
    fresh: u8,
}

/// Shared by the store and the hub of a world.
#[derive(Debug, Default)]
pub struct Faults {
    state: Mutex<State>,
    pub bug: Option<Bug>,
}

const DEAD: StoreError = StoreError::Corrupt("het proces is gestopt");

impl Faults {
    pub fn with(bug: Option<Bug>) -> Arc<Self> {
        Arc::new(Self { bug, ..Self::default() })
    }

    /// A new process starts, in which this goes wrong.
    pub fn plan(&self, fault: Fault) {
        let mut state = self.state.lock().unwrap();
        (state.fault, state.calls, state.dead) = (Some(fault), 0, false);
    }

    pub fn fault(&self) -> Fault {
        self.state.lock().unwrap().fault.unwrap_or(Fault::None)
    }

    pub fn is_dead(&self) -> bool {
        self.state.lock().unwrap().dead
    }

    fn before(&self) -> Result<u32, StoreError> {
        let mut state = self.state.lock().unwrap();
        let call = state.calls;
        state.calls += 1;
        match state.fault {
            _ if state.dead => Err(DEAD),
            Some(Fault::DieBefore(at)) if at == call => {
                state.dead = true;
                Err(DEAD)
            }
            Some(Fault::Refuse(at)) if at == call => {
                Err(StoreError::Database { doing: "proberen", reason: "bezet".to_owned() })
            }
            _ => Ok(call),
        }
    }

    fn after<T>(&self, call: u32, result: T) -> Result<T, StoreError> {
        let mut state = self.state.lock().unwrap();
        if state.fault == Some(Fault::DieAfter(call)) {
            state.dead = true;
            return Err(DEAD);
        }
        Ok(result)
    }

    /// Another digest every time.
    fn blur(&self, arrivals: &mut [Arrival]) {
        let mut state = self.state.lock().unwrap();
        for arrival in arrivals {
            state.fresh = state.fresh.wrapping_add(1);
            arrival.sha256[0] ^= state.fresh;
        }
    }
}

/// A store with faults.
#[derive(Clone)]
pub struct Faulty<S> {
    pub inner: S,
    pub faults: Arc<Faults>,
}

/// The turn of a process; one with a bug forgets to give it back when it dies.
pub struct Turn<C> {
    cycle: Option<C>,
    faults: Arc<Faults>,
}

impl<C> Drop for Turn<C> {
    fn drop(&mut self) {
        if self.faults.bug == Some(Bug::LostUnlock) && self.faults.is_dead() {
            std::mem::forget(self.cycle.take());
        }
    }
}

/// A transaction with faults.
pub struct FaultyBatch<B> {
    inner: B,
    faults: Arc<Faults>,
}

macro_rules! through {
    ($faults:expr, $call:expr) => {{
        let call = $faults.before()?;
        let result = $call.await?;
        $faults.after(call, result)
    }};
}

macro_rules! delegate {
    ($(fn $name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)*) => {
        $(async fn $name(&self, $($arg: $ty),*) -> Result<$out, StoreError> {
            through!(self.faults, self.inner.$name($($arg),*))
        })*
    };
}

impl<S: Store> Store for Faulty<S> {
    type Batch = FaultyBatch<S::Batch>;
    type Cycle = Turn<S::Cycle>;
    type Publishing = S::Publishing;

    fn shared(&self) -> bool {
        self.inner.shared()
    }

    async fn lock_cycle(&self) -> Result<Self::Cycle, StoreError> {
        let cycle = through!(self.faults, self.inner.lock_cycle())?;
        Ok(Turn { cycle: Some(cycle), faults: self.faults.clone() })
    }

    async fn ingest(&self, mut arrivals: Vec<Arrival>, judging: bool) -> Result<Vec<Receipt>, StoreError> {
        if self.faults.bug == Some(Bug::NoDedupe) {
            self.faults.blur(&mut arrivals);
        }
        through!(self.faults, self.inner.ingest(arrivals, judging))
    }

    async fn claim(&self, limit: TakeLimit) -> Result<Option<Claim<Self::Batch>>, StoreError> {
        let claim = through!(self.faults, self.inner.claim(limit))?;
        Ok(claim.map(|claim| Claim {
            batch: FaultyBatch { inner: claim.batch, faults: self.faults.clone() },
            messages: claim.messages,
            register_version: claim.register_version,
        }))
    }

    async fn begin(&self) -> Result<Self::Batch, StoreError> {
        let inner = through!(self.faults, self.inner.begin())?;
        Ok(FaultyBatch { inner, faults: self.faults.clone() })
    }

    delegate! {
        fn take(limit: TakeLimit) -> Vec<Taken>;
        fn uncount(arrivals: &[i64]) -> ();
        fn issued_at(moment: Moment) -> u32;
        fn outcome(arrival: i64) -> Option<(InboxStatus, String)>;
        fn lock_publishing() -> Option<Self::Publishing>;
        fn unpublished(limit: TakeLimit, except: &[Partij]) -> Vec<OutboxMessage>;
        fn mark_published(sends: &[i64]) -> ();
        fn sent(send: i64) -> Option<OutboxMessage>;
        fn find_sent(identificatie: &str) -> Vec<SentMessage>;
        fn resend(send: i64) -> ();
        fn unsent_notices(limit: TakeLimit) -> Vec<UnsentNotice>;
        fn mark_notices_sent(arrivals: &[i64]) -> ();
        fn parked() -> Vec<ParkedMessage>;
        fn parked_content(arrival: i64) -> Option<ParkedContent>;
        fn work(open: bool) -> Vec<WorkItem>;
        fn work_item(id: i64) -> Option<WorkItem>;
        fn received(arrival: i64) -> Option<Vec<u8>>;
        fn inbox(after: i64, limit: TakeLimit) -> Vec<Taken>;
        fn register(at: RegisterAt) -> Option<RegisterVersion>;
        fn register_versions() -> Vec<RegisterInfo>;
        fn payable() -> Vec<LedgerEntry>;
        fn paid_by(run: i64) -> Vec<LedgerEntry>;
        fn payment_runs() -> Vec<PaymentRecord>;
        fn declaratie(aanbieder: AgbCode, nummer: &str) -> Option<DeclaratieContent>;
        fn stand(now: Moment) -> Stand;
        fn overview() -> Overview;
        fn journal(after: i64, limit: TakeLimit) -> Vec<JournalRecord>;
        fn dump() -> Vec<String>;
    }
}

impl<B: Batch> Batch for FaultyBatch<B> {
    fn numbers(&mut self) -> &mut Numbers {
        self.inner.numbers()
    }

    async fn load(&mut self, keys: &FactKeys) -> Result<WorkingSet, StoreError> {
        through!(self.faults, self.inner.load(keys))
    }

    async fn settle_numbers(&mut self) -> Result<Moved, StoreError> {
        through!(self.faults, self.inner.settle_numbers())
    }

    async fn judged_relaties(&mut self) -> Result<BTreeSet<Relatie>, StoreError> {
        through!(self.faults, self.inner.judged_relaties())
    }

    async fn write(&mut self) -> Result<(), StoreError> {
        through!(self.faults, self.inner.write())
    }

    fn record(&mut self, decided: Decided) {
        self.inner.record(decided);
    }

    fn park(&mut self, parked: Parked) {
        self.inner.park(parked);
    }

    fn enter(&mut self, entered: Entered) {
        self.inner.enter(entered);
    }

    fn close_work(&mut self, closing: WorkClosing) {
        self.inner.close_work(closing);
    }

    async fn unpark(&mut self, entry: Entry, retry: bool) -> Result<(), StoreError> {
        through!(self.faults, self.inner.unpark(entry, retry))
    }

    async fn import_register(&mut self, entry: Entry, import: RegisterImport) -> Result<i64, StoreError> {
        through!(self.faults, self.inner.import_register(entry, import))
    }

    async fn pay(&mut self, entry: Entry, run: PaymentRun) -> Result<i64, StoreError> {
        through!(self.faults, self.inner.pay(entry, run))
    }

    async fn commit(self) -> Result<(), StoreError> {
        let Self { inner, faults } = self;
        through!(faults, inner.commit())
    }
}
