//! The cycle of a run: store what came in, decide it in batches, publish, and go on where an earlier
//! run was broken off.
//!
//! On SQLite one process at a time runs a cycle on the same data, on PostgreSQL any number do (`docs/ARCHITECTURE.md`).
//! Whatever moment one dies at, the same answers follow, once each: bytes are stored before they are decided on, a
//! batch is one transaction, and what leaves is made from the outbox.

use super::again::answer_again;
use super::core::Core;
use super::error::OfficeError;
use super::fresh::Fresh;
use super::intake::{Intake, Stored};
use super::issued::Issued;
use super::lanes::Lanes;
use super::line::ProcessLine;
use super::prepare::{Incoming, Prepared, prepare};
use super::publish::publish;
use super::regels::begin_rules;
use super::register::{self, InForce, Registers};
use super::rule_set::rule_set;
use super::settings::Settings;
use super::step::Context;
use crate::clock::Clock;
use crate::contracts::{Import, Register};
use crate::hub::Hub;
use crate::store::{Batch, Entry, InboxStatus, JournalKind, Receipt, Store, StoreError};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Between two looks at what another worker is deciding.
const BESIDE_OTHERS: Duration = Duration::from_millis(5);

/// A run on one data folder.
pub struct Engine<S: Store, H> {
    pub(super) store: Arc<S>,
    hub: Arc<H>,
    pub(super) core: Core,
    pub(super) settings: Settings,
    /// The contract register that is decided with: that of the transaction under way.
    in_force: InForce,
    registers: Registers,
    pub(super) issued: Issued,
    pub(super) fresh: Fresh,
    /// Messages that an earlier run stored and this one decided, until they are asked for.
    recovered: BTreeMap<i64, ProcessLine>,
    /// Lines of messages that were decided along with others and may be asked for.
    ahead: BTreeMap<i64, ProcessLine>,
    /// Messages of which an attempt was counted that was none.
    pub(super) uncounted: Vec<i64>,
    /// Races that were lost after one another.
    pub(super) races_lost: u32,
    /// The last day of which aanbieders were looked at that name children of others.
    pub(super) strange_until: Option<crate::codes::Datum>,
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

/// A parked message that people must be able to look at.
pub(super) struct Shown {
    pub(super) arrival: i64,
    pub(super) bytes: Arc<[u8]>,
    pub(super) notice: Option<Vec<u8>>,
}

impl<S: Store, H: Hub> Engine<S, H> {
    /// Waits for its turn, publishes what an earlier run did not and decides what it left.
    pub async fn start(store: S, hub: H, core: Core, settings: Settings) -> Result<Self, OfficeError> {
        let turn = if store.shared() { None } else { Some(store.lock_cycle().await?) };
        let engine = Self { turn, ..Self::beside(store, hub, core, settings).await? };
        engine.publish().await?;
        engine.show_parked().await?;
        Ok(engine)
    }

    /// For one of several that work on the same data: each takes its turn with every round.
    pub async fn beside(store: S, hub: H, core: Core, settings: Settings) -> Result<Self, OfficeError> {
        begin_rules(&store, settings.clock.now()).await?;
        let registers = Registers::default();
        let in_force = registers.get(&store, register::newest_version(&store).await?).await?;
        // A fixed clock goes on where the runs before it on that day left it.
        let issued = match settings.clock {
            Clock::Fixed(_) => store.issued_at(settings.clock.now()).await?,
            Clock::System => 0,
        };
        // What one batch of those who decide and one of those who store hold.
        let fresh = Fresh::new(settings.limits.batch_bytes.saturating_mul(2));
        Ok(Self {
            store: Arc::new(store),
            hub: Arc::new(hub),
            core,
            settings,
            in_force,
            registers,
            issued: Issued::from(issued),
            fresh,
            recovered: BTreeMap::new(),
            ahead: BTreeMap::new(),
            uncounted: Vec::new(),
            strange_until: None,
            races_lost: 0,
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
            in_force: self.in_force.clone(),
            registers: self.registers.clone(),
            issued: self.issued.clone(),
            fresh: self.fresh.clone(),
            recovered: BTreeMap::new(),
            ahead: BTreeMap::new(),
            uncounted: Vec::new(),
            strange_until: None,
            races_lost: 0,
            turn: None,
            lanes: None,
        }
    }

    /// Waits for the turn of one that works beside others.
    pub(super) async fn take_turn(&mut self) -> Result<Option<S::Cycle>, OfficeError> {
        // On a shared store nobody waits; claiming says who decides what.
        if self.turn.is_some() || self.store.shared() {
            return Ok(None);
        }
        Ok(Some(self.store.lock_cycle().await?))
    }

    /// From now on decides with this version of the contract register.
    pub(super) async fn follow(&mut self, register_version: i64) -> Result<(), OfficeError> {
        if self.in_force.version != register_version {
            self.in_force = self.registers.get(&*self.store, register_version).await?;
        }
        Ok(())
    }

    /// A transaction in which nobody else decides anything, with the contract register as it is then.
    pub(crate) async fn alone(&mut self) -> Result<S::Batch, OfficeError> {
        let batch = self.store.begin().await?;
        self.follow(batch.register_version()).await?;
        Ok(batch)
    }

    /// As [`Engine::decide_next`], for one that works beside others.
    pub async fn work(&mut self) -> Result<Option<Vec<ProcessLine>>, OfficeError> {
        let _turn = self.take_turn().await?;
        Ok(self.decide_next().await?.map(|lines| lines.into_values().collect()))
    }

    /// The contract register in force.
    #[must_use]
    pub fn register(&self) -> Arc<Register> {
        self.in_force.versie.register.clone()
    }

    /// Its version number; 0 before the first import.
    pub(super) const fn register_version(&self) -> i64 {
        self.in_force.version
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

    /// Takes over contract files; content that changes nothing makes no version. Somebody keeps this register: a
    /// gemeente in them that nobody knows is refused.
    pub async fn import(&mut self, path: &Path) -> Result<Imported, OfficeError> {
        let import = super::import_path(path)?;
        self.follow(register::newest_version(&*self.store).await?).await?;
        import.known_to(&self.register())?;
        self.import_read(import).await
    }

    /// As [`Engine::import`], for what a script gives as a whole beside messages that are judged by themselves (TR378):
    /// a gemeente that nobody knows is told.
    pub async fn import_given(&mut self, path: &Path) -> Result<Imported, OfficeError> {
        let import = super::import_path(path)?;
        self.follow(register::newest_version(&*self.store).await?).await?;
        if let Err(errors) = import.known_to(&self.register()) {
            errors.0.iter().for_each(|fault| tracing::warn!("{fault}"));
        }
        self.import_read(import).await
    }

    async fn import_read(&mut self, import: Import) -> Result<Imported, OfficeError> {
        let mut before = self.register();
        let mut version = None;
        // Nobody waits for what changes nothing. What changes something changes the register of that moment: another
        // import may have been first.
        if self.in_force.versie.next(0, &import).is_some() {
            let mut batch = self.alone().await?;
            before = self.register();
            let journal = batch.numbers().draw_journal();
            if let Some(versie) = self.in_force.versie.next(journal, &import) {
                let entry = self.entry(JournalKind::Contract, journal);
                let made = batch.import_register(entry, register::for_store(&import, &versie)).await?;
                batch.commit().await?;
                self.in_force = InForce { version: made, versie };
                version = Some(made);
            }
        }
        Ok(Imported { version, import, before, after: self.register() })
    }

    /// Decides what an earlier run stored and did not decide. Its lines come out with the batch that
    /// brings the same bytes again, or with [`Engine::recovered`].
    pub async fn recover(&mut self) -> Result<(), OfficeError> {
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
    pub async fn process(&mut self, messages: Vec<Prepared>) -> Result<Vec<ProcessLine>, OfficeError> {
        let lines = self.take_in(messages).await?;
        self.publish().await?;
        Ok(lines)
    }

    /// Stores and decides messages; their lines in the same order. What leaves is in the outbox.
    pub async fn take_in(&mut self, messages: Vec<Prepared>) -> Result<Vec<ProcessLine>, OfficeError> {
        let stored = self.intake().store(messages).await?;
        self.decide_stored(stored).await
    }

    /// What stores messages for this run.
    #[must_use]
    pub fn intake(&self) -> Intake<S> {
        Intake::new(self.store.clone(), self.settings.clock, self.fresh.clone(), self.register_version())
    }

    /// Decides messages that were stored; their lines in the same order.
    pub async fn decide_stored(&mut self, stored: Stored) -> Result<Vec<ProcessLine>, OfficeError> {
        let Stored { names, receipts, open } = stored;
        answer_again(&*self.store, &self.hub, &receipts).await?;
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
    ) -> Result<ProcessLine, OfficeError> {
        let (arrival, outcome) = match receipt {
            Receipt::New { arrival } => {
                let corrupt = || OfficeError::from(StoreError::Corrupt("de uitkomst van een bericht"));
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
    ) -> Result<BTreeMap<i64, ProcessLine>, OfficeError> {
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
    ) -> Result<BTreeMap<i64, ProcessLine>, OfficeError> {
        let mut lines = BTreeMap::new();
        for (arrival, (status, outcome)) in self.store.outcomes(arrivals).await? {
            if status != InboxStatus::Open {
                lines.insert(arrival, stored_line(Some(&outcome))?);
            }
        }
        self.fresh.forget(lines.keys());
        match &mut self.lanes {
            Some(beside) => lines.append(&mut beside.wait().await?),
            None => tokio::time::sleep(BESIDE_OTHERS).await,
        }
        Ok(lines)
    }

    /// What everything in a batch is decided with.
    pub(super) fn context<'a>(&'a self, register: &'a Register, issued: u32) -> Context<'a, H> {
        Context {
            core: self.core,
            settings: &self.settings,
            register,
            register_version: self.register_version(),
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
            register_version: self.register_version(),
            rule_set: rule_set(None),
            requests: self.settings.requests,
            issued: self.issued.get(),
            first_identificatie: None,
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
    pub async fn publish(&self) -> Result<(), OfficeError> {
        if !self.hub.publishes() {
            return Ok(());
        }
        publish_all(&*self.store, &*self.hub).await
    }

    /// As [`Engine::publish`], while the caller goes on. Only one at a time: what leaves keeps its order.
    #[must_use]
    pub fn start_publishing(&self) -> JoinHandle<Result<(), OfficeError>>
    where
        S: 'static,
        H: 'static,
    {
        let (store, hub) = (self.store.clone(), self.hub.clone());
        tokio::spawn(async move { if hub.publishes() { publish_all(&*store, &*hub).await } else { Ok(()) } })
    }

    /// Parked messages lie in the hub for people; what fails here is done again at the next start.
    pub(super) fn show(&self, shown: Vec<Shown>) {
        for Shown { arrival, bytes, notice } in shown {
            if let Err(error) = self.hub.park(arrival, &bytes, notice.as_deref()) {
                tracing::warn!(arrival, %error, "geparkeerd bericht staat nog niet in de map fout");
            }
        }
    }

    /// Puts parked messages where people look for them, when they are not there yet. One that is damaged stands in the
    /// list of what is parked, and stops nobody.
    pub async fn show_parked(&self) -> Result<(), OfficeError> {
        for parked in self.store.parked().await? {
            if self.hub.has_parked(parked.arrival) {
                continue;
            }
            match self.store.parked_content(parked.arrival).await {
                Ok(Some(content)) => {
                    self.hub.park(parked.arrival, &content.bytes, content.notice.as_deref())?;
                }
                Ok(None) => {}
                Err(error @ StoreError::Corrupt(_)) => {
                    let arrival = parked.arrival;
                    tracing::error!(arrival, %error, "geparkeerd bericht is beschadigd en niet te tonen");
                }
                Err(error) => return Err(error.into()),
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

/// Gives the hub what it does not have yet; a receiver that cannot be reached is an error.
async fn publish_all<S: Store, H: Hub>(store: &S, hub: &H) -> Result<(), OfficeError> {
    match publish(store, hub).await?.stuck.pop() {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

fn stored_line(outcome: Option<&str>) -> Result<ProcessLine, OfficeError> {
    let corrupt = || StoreError::Corrupt("de uitkomst van een bericht");
    let outcome = outcome.ok_or_else(corrupt)?;
    Ok(serde_json::from_str(outcome).map_err(|_| corrupt())?)
}
