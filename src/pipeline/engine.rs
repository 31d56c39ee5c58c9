//! The cycle of a run: store what came in, decide it in batches, publish, and go on where an earlier
//! run was broken off.
//!
//! One process at a time runs a cycle on the same data. Whatever moment it dies at, the next start
//! gives the same answers, once each: bytes are stored before they are judged, a batch is one
//! transaction, and what leaves is made from the outbox.

use super::core::Core;
use super::error::PipelineError;
use super::intake::{Intake, Stored};
use super::issued::Issued;
use super::lanes::Lanes;
use super::line::ProcessLine;
use super::ordered::in_order;
use super::prepare::{Incoming, Judged, Prepared, judge, prepare};
use super::publish::publish;
use super::register;
use super::rule_set::rule_set;
use super::settings::Settings;
use super::step::{Context, Open, Step};
use crate::clock::Clock;
use crate::contracts::{Import, Register, Versies};
use crate::hub::Hub;
use crate::state::FactKeys;
use crate::store::{
    Batch, Claim, Entry, InboxStatus, JournalKind, Receipt, Store, StoreError, TakeLimit, Taken,
};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Between two looks at what another worker is deciding.
const BESIDE_OTHERS: Duration = Duration::from_millis(5);
/// After a failure, messages are judged one by one.
const ONE: TakeLimit = TakeLimit { messages: 1, bytes: usize::MAX };

/// A run on one data folder.
pub struct Engine<S: Store, H> {
    store: Arc<S>,
    hub: Arc<H>,
    core: Core,
    pub(super) settings: Settings,
    versies: Versies,
    register_version: i64,
    pub(super) issued: Issued,
    /// Messages that an earlier run stored and this one decided, until they are asked for.
    recovered: BTreeMap<i64, ProcessLine>,
    /// Lines of messages that were decided along with others and may be asked for.
    ahead: BTreeMap<i64, ProcessLine>,
    /// Messages of which an attempt was counted that was none.
    uncounted: Vec<i64>,
    /// Held by a run that has the data to itself.
    turn: Option<S::Cycle>,
    /// Others of this run that decide as well.
    lanes: Option<Lanes>,
}

/// What an import of contract files did.
#[derive(Debug)]
pub struct Imported {
    /// The new version; none when nothing changed.
    pub version: Option<i64>,
    /// What was read.
    pub import: Import,
    /// The register before.
    pub before: Arc<Register>,
    /// The register after.
    pub after: Arc<Register>,
}

/// Why a batch was not recorded.
enum BatchFailure {
    /// A rule panicked: the messages are judged one by one.
    Panicked,
    /// The store refused.
    Store(StoreError),
}

impl From<StoreError> for BatchFailure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A parked message that people must be able to look at.
struct Shown {
    arrival: i64,
    bytes: Arc<[u8]>,
    notice: Option<Vec<u8>>,
}

impl<S: Store, H: Hub> Engine<S, H> {
    /// Waits for its turn, publishes what an earlier run did not and decides what it left.
    pub async fn start(store: S, hub: H, core: Core, settings: Settings) -> Result<Self, PipelineError> {
        let turn = if store.shared() { None } else { Some(store.lock_cycle().await?) };
        let engine = Self { turn, ..Self::beside(store, hub, core, settings).await? };
        engine.publish().await?;
        engine.show_parked().await?;
        Ok(engine)
    }

    /// For one of several that work on the same data: each takes its turn with every round.
    pub async fn beside(store: S, hub: H, core: Core, settings: Settings) -> Result<Self, PipelineError> {
        let versies = register::load(&store).await?;
        let register_version = newest_version(&store).await?;
        // A fixed clock goes on where the runs before it on that day left it.
        let issued = match settings.clock {
            Clock::Fixed(_) => store.issued_at(settings.clock.now()).await?,
            Clock::System => 0,
        };
        Ok(Self {
            store: Arc::new(store),
            hub: Arc::new(hub),
            core,
            settings,
            versies,
            register_version,
            issued: Issued::from(issued),
            recovered: BTreeMap::new(),
            ahead: BTreeMap::new(),
            uncounted: Vec::new(),
            turn: None,
            lanes: None,
        })
    }

    /// Another one of the same run, that decides beside this one on a shared store.
    pub(super) fn lane(&self) -> Self {
        Self {
            store: self.store.clone(),
            hub: self.hub.clone(),
            core: self.core,
            settings: self.settings.clone(),
            versies: self.versies.clone(),
            register_version: self.register_version,
            issued: self.issued.clone(),
            recovered: BTreeMap::new(),
            ahead: BTreeMap::new(),
            uncounted: Vec::new(),
            turn: None,
            lanes: None,
        }
    }

    /// Waits for the turn of one that works beside others.
    pub(super) async fn take_turn(&mut self) -> Result<Option<S::Cycle>, PipelineError> {
        // On a shared store nobody waits; claiming says who decides what.
        if self.turn.is_some() || self.store.shared() {
            return Ok(None);
        }
        let turn = self.store.lock_cycle().await?;
        let newest = newest_version(&*self.store).await?;
        if newest != self.register_version {
            self.versies = register::load(&*self.store).await?;
            self.register_version = newest;
        }
        Ok(Some(turn))
    }

    /// As [`Engine::decide_next`], for one that works beside others.
    pub async fn work(&mut self) -> Result<Option<Vec<ProcessLine>>, PipelineError> {
        let _turn = self.take_turn().await?;
        Ok(self.decide_next().await?.map(|lines| lines.into_values().collect()))
    }

    /// The contract register in force.
    #[must_use]
    pub fn register(&self) -> Arc<Register> {
        self.versies.latest().register.clone()
    }

    /// The store, to look things up.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The hub.
    #[must_use]
    pub fn hub(&self) -> &H {
        &self.hub
    }

    /// The functions that judge.
    #[must_use]
    pub fn core(&self) -> Core {
        self.core
    }

    /// Takes over contract files; content that changes nothing makes no version.
    pub async fn import(&mut self, path: &Path) -> Result<Imported, PipelineError> {
        let import = crate::contracts::import_path(path)?;
        let before = self.register();
        let mut version = None;
        if let Some(next) = self.versies.next(&import) {
            let mut batch = self.store.begin().await?;
            let journal = batch.numbers().draw_journal();
            let entry = self.entry(JournalKind::Contract, journal);
            self.register_version = batch.import_register(entry, register::for_store(&import, &next)).await?;
            batch.commit().await?;
            self.versies.record(journal, &import);
            version = Some(self.register_version);
        }
        Ok(Imported { version, import, before, after: self.register() })
    }

    /// Decides what an earlier run stored and did not decide. Its lines come out with the batch that
    /// brings the same bytes again, or with [`Engine::recovered`].
    pub async fn recover(&mut self) -> Result<(), PipelineError> {
        let lines = self.drain().await?;
        self.recovered.extend(lines);
        self.publish().await
    }

    /// Lines of recovered messages that were not asked for, in order of arrival.
    pub fn recovered(&mut self) -> Vec<ProcessLine> {
        std::mem::take(&mut self.recovered).into_values().collect()
    }

    /// The line of one recovered message.
    pub(super) fn take_recovered(&mut self, arrival: i64) -> Option<ProcessLine> {
        self.recovered.remove(&arrival)
    }

    /// Stores, decides and publishes messages; their lines in the same order.
    pub async fn process(&mut self, messages: Vec<Prepared>) -> Result<Vec<ProcessLine>, PipelineError> {
        let lines = self.take_in(messages).await?;
        self.publish().await?;
        Ok(lines)
    }

    /// Stores and decides messages; their lines in the same order. What leaves is in the outbox.
    pub async fn take_in(&mut self, messages: Vec<Prepared>) -> Result<Vec<ProcessLine>, PipelineError> {
        let stored = self.intake().store(messages).await?;
        self.decide_stored(stored).await
    }

    /// What stores messages for this run.
    #[must_use]
    pub fn intake(&self) -> Intake<S> {
        Intake::new(self.store.clone(), self.settings.clock)
    }

    /// Decides messages that were stored; their lines in the same order.
    pub async fn decide_stored(&mut self, stored: Stored) -> Result<Vec<ProcessLine>, PipelineError> {
        let Stored { names, receipts, open } = stored;
        let mut lines = if self.store.shared() {
            // What was stored ahead may have been known then and not decided yet.
            let open = |receipt: &Receipt| match receipt {
                Receipt::New { arrival } | Receipt::Known { arrival, outcome: None, .. } => Some(*arrival),
                Receipt::Known { .. } => None,
            };
            let arrivals: Vec<i64> = receipts.iter().filter_map(open).collect();
            self.decide_until(&arrivals).await?
        } else {
            self.decide(&open).await?
        };
        names.into_iter().zip(receipts).map(|(name, receipt)| self.line(name, receipt, &mut lines)).collect()
    }

    /// The line of one message: of a new one its own, of a known one that of the first.
    fn line(
        &mut self,
        name: String,
        receipt: Receipt,
        lines: &mut BTreeMap<i64, ProcessLine>,
    ) -> Result<ProcessLine, PipelineError> {
        let (arrival, outcome) = match receipt {
            Receipt::New { arrival } => {
                let corrupt = || PipelineError::from(StoreError::Corrupt("de uitkomst van een bericht"));
                return lines.get(&arrival).cloned().ok_or_else(corrupt);
            }
            Receipt::Known { arrival, outcome, .. } => (arrival, outcome),
        };
        if let Some(line) = self.recovered.remove(&arrival) {
            return Ok(ProcessLine { file: name, ..line });
        }
        let first = match lines.get(&arrival) {
            Some(line) => line.clone(),
            None => stored_line(outcome.as_deref())?,
        };
        Ok(ProcessLine { file: name, duplicate: true, ..first })
    }

    /// Decides whatever waits until these messages are decided, by whoever.
    pub(super) async fn decide_until(
        &mut self,
        arrivals: &[i64],
    ) -> Result<BTreeMap<i64, ProcessLine>, PipelineError> {
        let mut lines = std::mem::take(&mut self.ahead);
        loop {
            if let Some(lanes) = &mut self.lanes {
                lines.append(&mut lanes.decided()?);
            }
            let missing = |arrival: &&i64| !lines.contains_key(*arrival);
            let open: Vec<i64> = arrivals.iter().filter(missing).copied().collect();
            if open.is_empty() {
                break;
            }
            if let Some(done) = self.decide_next().await? {
                lines.extend(done);
                if let Some(lanes) = &self.lanes {
                    lanes.work().notify_waiters();
                }
                continue;
            }
            lines.append(&mut self.decided_by_others(&open).await?);
        }
        // What came later may be ours and be asked for; nobody asks us for what came before.
        let last = arrivals.iter().max().copied().unwrap_or_default();
        self.ahead = lines.split_off(&last.saturating_add(1));
        Ok(lines)
    }

    /// What other workers came to on these messages; waits a moment when they have them.
    async fn decided_by_others(
        &mut self,
        arrivals: &[i64],
    ) -> Result<BTreeMap<i64, ProcessLine>, PipelineError> {
        let mut lines = BTreeMap::new();
        for (arrival, (status, outcome)) in self.store.outcomes(arrivals).await? {
            if status != InboxStatus::Open {
                lines.insert(arrival, stored_line(Some(&outcome))?);
            }
        }
        match &mut self.lanes {
            Some(beside) => lines.append(&mut beside.wait().await?),
            None => tokio::time::sleep(BESIDE_OTHERS).await,
        }
        Ok(lines)
    }

    /// Decides messages that were just stored: as one batch, and one by one when that fails.
    async fn decide(&mut self, open: &[Open]) -> Result<BTreeMap<i64, ProcessLine>, PipelineError> {
        if open.is_empty() {
            return Ok(BTreeMap::new());
        }
        match self.batch(open).await {
            Ok(lines) => Ok(lines),
            Err(BatchFailure::Store(error)) if !may_pass(&error) => {
                if error.is_of_the_store() {
                    self.uncounted = open.iter().map(|open| open.arrival).collect();
                    // This run ends here. Where nothing can be written the attempt stays counted.
                    if self.store.uncount(&self.uncounted).await.is_ok() {
                        self.uncounted.clear();
                    }
                }
                Err(error.into())
            }
            Err(failure) => {
                failure.log();
                self.drain().await
            }
        }
    }

    /// Judges everything in the inbox that was not judged yet, one by one.
    async fn drain(&mut self) -> Result<BTreeMap<i64, ProcessLine>, PipelineError> {
        let mut lines = BTreeMap::new();
        while let Some(done) = self.decide_claimed(ONE).await? {
            lines.extend(done);
        }
        Ok(lines)
    }

    /// Decides the next open messages that nobody else decides on, as one batch: the step of a worker, of
    /// which any number may run side by side on a shared store. Their lines by arrival number, none when
    /// the batch failed and its messages wait for another attempt; `None` when there was nothing to take.
    /// What leaves is in the outbox.
    pub async fn decide_next(&mut self) -> Result<Option<BTreeMap<i64, ProcessLine>>, PipelineError> {
        let limits = self.settings.limits;
        self.decide_claimed(TakeLimit { messages: limits.batch_messages, bytes: limits.batch_bytes }).await
    }

    async fn decide_claimed(
        &mut self,
        limit: TakeLimit,
    ) -> Result<Option<BTreeMap<i64, ProcessLine>>, PipelineError> {
        if !self.uncounted.is_empty() {
            self.store.uncount(&self.uncounted).await?;
            self.uncounted.clear();
        }
        // The attempt is counted before it is made: what kills us is not tried for ever.
        let Some(Claim { batch, messages, register_version }) = self.store.claim(limit).await? else {
            return Ok(None);
        };
        if register_version != self.register_version {
            self.versies = register::load(&*self.store).await?;
            self.register_version = register_version;
        }
        let arrivals: Vec<i64> = messages.iter().map(|message| message.arrival).collect();
        let failed_attempts = messages.first().map_or(0, |message| message.failed_attempts);
        let attempts = self.settings.limits.attempts;
        let done = match &self.judged(messages).await[..] {
            [open] if failed_attempts >= attempts => self.give_up(batch, open).await,
            open => self.decide_in(batch, open).await,
        };
        match done {
            Ok(lines) => Ok(Some(lines)),
            Err(BatchFailure::Store(error)) if self.another_was_first(&error) => {
                tracing::debug!(%error, "de berichten worden opnieuw beoordeeld");
                self.uncounted = arrivals;
                Ok(Some(BTreeMap::new()))
            }
            Err(BatchFailure::Store(error)) if !may_pass(&error) || failed_attempts > attempts => {
                if error.is_of_the_store() {
                    self.uncounted = arrivals;
                }
                Err(error.into())
            }
            Err(failure) => {
                failure.log();
                Ok(Some(BTreeMap::new()))
            }
        }
    }

    /// A race that was lost on a shared store is run again, as often as it takes.
    fn another_was_first(&self, error: &StoreError) -> bool {
        self.store.shared() && matches!(error, StoreError::LostRace { .. })
    }

    /// Levels 1 and 2 of claimed messages, on all cores.
    async fn judged(&self, messages: Vec<Taken>) -> Vec<Open> {
        let (core, register) = (self.core, self.register());
        let open = move |taken: Taken| {
            let Taken { arrival, name, channel, bytes, .. } = taken;
            let judged = judge(&bytes, core, &register);
            Open { arrival, name, channel, bytes, judged }
        };
        if messages.len() == 1 {
            return messages.into_iter().map(open).collect();
        }
        let all = tokio::task::spawn_blocking(move || {
            let mut all = Vec::with_capacity(messages.len());
            let keep = |open| {
                all.push(open);
                ControlFlow::Continue(())
            };
            in_order(messages.into_iter(), |taken| taken.bytes.len(), open, keep);
            all
        });
        all.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// Decides messages one after another on one working set, and records them in one transaction.
    async fn batch(&mut self, messages: &[Open]) -> Result<BTreeMap<i64, ProcessLine>, BatchFailure> {
        let batch = self.store.begin().await?;
        self.decide_in(batch, messages).await
    }

    async fn decide_in(
        &mut self,
        mut batch: S::Batch,
        messages: &[Open],
    ) -> Result<BTreeMap<i64, ProcessLine>, BatchFailure> {
        let register = self.register();
        let mut keys = FactKeys::default();
        for open in messages {
            match &open.judged {
                Judged::Valid(valid) => keys.merge(&valid.keys),
                Judged::Invalid(_) => {}
                Judged::Panicked => return Err(BatchFailure::Panicked),
            }
        }
        let mut known = batch.load(&keys).await?;
        let mut issued = self.issued.get();
        let mut steps = Vec::with_capacity(messages.len());
        for open in messages {
            let context = self.context(&register, issued);
            let step = catch_unwind(AssertUnwindSafe(|| context.step(open, &known, batch.numbers())))
                .map_err(|_| BatchFailure::Panicked)?;
            if let Step::Decided(decided, _) = &step {
                known.apply(&decided.decision.changes, &open.bytes);
                // The clock of the machine moves by itself.
                if matches!(self.settings.clock, Clock::Fixed(_)) {
                    issued += decided.decision.issued;
                }
            }
            steps.push(step);
        }
        if self.store.shared() {
            // Whoever gets these aanbieders next counts on, also before this one hears of its commit.
            self.issued.at_least(issued);
        }
        let lines = self.record(batch, messages, steps).await?;
        self.issued.at_least(issued);
        Ok(lines)
    }

    /// Parks a message that failed too often.
    async fn give_up(
        &mut self,
        mut batch: S::Batch,
        open: &Open,
    ) -> Result<BTreeMap<i64, ProcessLine>, BatchFailure> {
        tracing::error!(arrival = open.arrival, "bericht geparkeerd na te veel pogingen");
        let register = self.register();
        batch.load(&FactKeys::default()).await?;
        let step = self.context(&register, self.issued.get()).give_up(open, batch.numbers());
        self.record(batch, std::slice::from_ref(open), vec![step]).await
    }

    async fn record(
        &self,
        mut batch: S::Batch,
        messages: &[Open],
        steps: Vec<Step>,
    ) -> Result<BTreeMap<i64, ProcessLine>, BatchFailure> {
        let by = batch.settle_numbers().await?;
        let (mut lines, mut shown) = (BTreeMap::new(), Vec::new());
        for (open, step) in messages.iter().zip(steps) {
            record(&mut batch, open, step.moved(by, &*self.hub), &mut lines, &mut shown);
        }
        batch.commit().await?;
        self.show(shown);
        Ok(lines)
    }

    /// What everything in a batch is decided with.
    pub(super) fn context<'a>(&'a self, register: &'a Register, issued: u32) -> Context<'a, H> {
        Context {
            core: self.core,
            settings: &self.settings,
            register,
            register_version: self.register_version,
            hub: &self.hub,
            moment: self.settings.clock.now(),
            issued,
        }
    }

    /// A journal entry of an input that is no message.
    pub(super) fn entry(&self, kind: JournalKind, journal: i64) -> Entry {
        Entry {
            journal,
            kind,
            moment: self.settings.clock.now(),
            register_version: self.register_version,
            rule_set: rule_set(None),
            requests: self.settings.requests,
            issued: self.issued.get(),
            arrival: None,
            who: None,
            why: None,
            body: None,
        }
    }

    /// From now on as many as the settings say decide beside this one, until [`Engine::end_lanes`]. Where to tell
    /// that messages came in; none where this one is alone.
    pub(super) fn start_lanes(&mut self) -> Option<Arc<Notify>>
    where
        S: 'static,
        H: 'static,
    {
        let beside = self.settings.workers.saturating_sub(1);
        if self.store.shared() && beside > 0 {
            self.lanes = Some(Lanes::start((0..beside).map(|_| self.lane())));
        }
        self.lanes.as_ref().map(Lanes::work)
    }

    /// Waits until nobody decides beside this one.
    pub(super) async fn end_lanes(&mut self) {
        if let Some(lanes) = self.lanes.take() {
            lanes.end().await;
        }
    }

    /// Gives the hub what it does not have yet.
    pub async fn publish(&self) -> Result<(), PipelineError> {
        if !self.hub.publishes() {
            return Ok(());
        }
        publish_all(&*self.store, &*self.hub).await
    }

    /// As [`Engine::publish`], while the caller goes on. Only one at a time: what leaves keeps its order.
    #[must_use]
    pub fn start_publishing(&self) -> JoinHandle<Result<(), PipelineError>>
    where
        S: 'static,
        H: 'static,
    {
        let (store, hub) = (self.store.clone(), self.hub.clone());
        tokio::spawn(async move { if hub.publishes() { publish_all(&*store, &*hub).await } else { Ok(()) } })
    }

    /// Parked messages lie in the hub for people; what fails here is done again at the next start.
    fn show(&self, shown: Vec<Shown>) {
        for Shown { arrival, bytes, notice } in shown {
            if let Err(error) = self.hub.park(arrival, &bytes, notice.as_deref()) {
                tracing::warn!(arrival, %error, "geparkeerd bericht staat nog niet in de map fout");
            }
        }
    }

    /// Puts parked messages where people look for them, when they are not there yet.
    pub async fn show_parked(&self) -> Result<(), PipelineError> {
        for parked in self.store.parked().await? {
            if self.hub.has_parked(parked.arrival) {
                continue;
            }
            if let Some(content) = self.store.parked_content(parked.arrival).await? {
                self.hub.park(parked.arrival, &content.bytes, content.notice.as_deref())?;
            }
        }
        Ok(())
    }

    /// Reads and judges a message at levels 1 and 2 with the register of this run.
    #[must_use]
    pub fn prepare(&self, incoming: Incoming) -> Prepared {
        prepare(incoming, self.core, &self.register())
    }
}

impl BatchFailure {
    fn log(&self) {
        match self {
            Self::Panicked => {
                tracing::error!("een regel liep vast; de berichten worden een voor een beoordeeld");
            }
            Self::Store(error) => tracing::error!(%error, "de berichten worden een voor een beoordeeld"),
        }
    }
}

/// Gives the hub what it does not have yet; a receiver that cannot be reached is an error.
async fn publish_all<S: Store, H: Hub>(store: &S, hub: &H) -> Result<(), PipelineError> {
    match publish(store, hub).await?.stuck.pop() {
        Some((_, error)) => Err(error.into()),
        None => Ok(()),
    }
}

/// Whether another attempt may succeed, so that one message cannot stop the others.
fn may_pass(error: &StoreError) -> bool {
    matches!(error, StoreError::Database { .. } | StoreError::LostRace { .. })
}

fn record<B: Batch>(
    batch: &mut B,
    open: &Open,
    step: Step,
    lines: &mut BTreeMap<i64, ProcessLine>,
    shown: &mut Vec<Shown>,
) {
    let line = match step {
        Step::Decided(decided, line) => {
            batch.record(*decided);
            line
        }
        Step::Parked(parked, line) => {
            let (bytes, notice) = (open.bytes.clone(), parked.notice.clone());
            shown.push(Shown { arrival: open.arrival, bytes, notice });
            batch.park(*parked);
            line
        }
    };
    lines.insert(open.arrival, line);
}

fn stored_line(outcome: Option<&str>) -> Result<ProcessLine, PipelineError> {
    let corrupt = || StoreError::Corrupt("de uitkomst van een bericht");
    let outcome = outcome.ok_or_else(corrupt)?;
    Ok(serde_json::from_str(outcome).map_err(|_| corrupt())?)
}

async fn newest_version<S: Store>(store: &S) -> Result<i64, StoreError> {
    Ok(store.register_versions().await?.last().map_or(0, |info| info.version))
}
