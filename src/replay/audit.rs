//! Decides the archived messages again, in memory, and compares what comes out with what was recorded.
//!
//! Reading and judging at levels 1 and 2 go in parallel; deciding goes in journal order on one working
//! state (`group`). Everything is decided, whatever is asked for: what is compared and told is what the filter lets
//! through, so the state before it is always right.

mod compare;
mod newest;
mod telling;
mod work;

use super::difference::Difference;
use super::feed::{self, Fed, FeedItem, JournalFeed, ONE};
use super::group;
use super::memory::{BerichtBron, ClientAtGemeente, Memory, Thawed};
use super::rebuild::hand_out_again;
use super::registers::{ReadVersion, ReplayedRegisters};
use super::scratch::Scratch;
use crate::clock::Clock;
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::contracts::Register;
use crate::decide::in_memory::imported;
use crate::decide::overname::{Overname, OvernameInput};
use crate::decide::{Decision, Requests};
use crate::journal::overname::Stuk;
use crate::journal::regels::Piece;
use crate::messages::Relatie;
use crate::office::Settings;
use crate::office::core::Core;
use crate::office::damaged::damaged;
use crate::office::outcome::MessageOutcome;
use crate::office::step::{Context, JudgedRef, OpenRef, Step, ValidRef};
use crate::office::turns::in_turn;
use crate::schema::Document;
use crate::state::{Change, WorkingSet};
use crate::store::{
    BatchNumbers, Decided, Entry, JournalKind, Parked, RegisterAt, Store, StoreError, TakenMessage, WorkStore,
};
use compare::{compare, differs_now};
use newest::NewestJudgement;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use tokio::runtime::Handle;

/// What is told of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Decided on or after this day.
    pub from: Option<Datum>,
    /// Decided on or before this day.
    pub to: Option<Datum>,
    pub gemeente: Option<GemeenteCode>,
    pub aanbieder: Option<AgbCode>,
}

impl Filter {
    fn lets_through(&self, day: Option<Datum>, relatie: Option<Relatie>) -> bool {
        let day = day
            .is_none_or(|day| self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to));
        let gemeente = relatie.map(|relatie| relatie.gemeente);
        let aanbieder = relatie.map(|relatie| relatie.aanbieder);
        day && (self.gemeente.is_none() || gemeente.is_none() || self.gemeente == gemeente)
            && (self.aanbieder.is_none() || aanbieder.is_none() || self.aanbieder == aanbieder)
    }
}

/// How a journal is decided again.
#[derive(Clone)]
pub struct Audit {
    /// The rules.
    pub core: Core,
    /// Settings of the installation; moments and how requests are answered come from the journal.
    pub settings: Settings,
    /// What is told of.
    pub filter: Filter,
    /// Also decide with the newest register, and tell what would now be answered otherwise.
    pub newest: bool,
}

/// A decision on a message that was made again.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The entry as recorded.
    pub entry: &'a Entry,
    pub decision: &'a Decision,
    /// What the message led to.
    pub line: &'a MessageOutcome,
    /// The state before it.
    pub known: &'a WorkingSet,
}

/// What was decided again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Journal entries.
    pub entries: u64,
    /// Messages among them.
    pub messages: u64,
    /// Lines of claims.
    pub prestaties: u64,
    /// Entries that were compared with what was recorded.
    pub compared: u64,
    /// Granted by what was compared, signed eurocents.
    pub granted_cents: i64,
    /// Differences that mean that something is wrong.
    pub faults: u64,
    /// Differences of another kind.
    pub others: u64,
}

impl Audit {
    /// Decides the journal again and tells every difference in journal order. May be called on a runtime
    /// with more than one thread only.
    pub async fn run(
        &self,
        store: &dyn Store,
        tell: &mut dyn FnMut(Difference),
    ) -> Result<Totals, StoreError> {
        Ok(self.run_with(store, tell, &mut |_| {}).await?.0)
    }

    /// As [`Audit::run`]; `seen` gets every decision on a message in journal order, before its changes are
    /// applied. Also gives the state at the end.
    pub async fn run_with(
        &self,
        store: &dyn Store,
        tell: &mut dyn FnMut(Difference),
        seen: &mut (dyn FnMut(&Seen<'_>) + Send),
    ) -> Result<(Totals, WorkingSet), StoreError> {
        let versions = store.register_versions().await?;
        let handle = Handle::current();
        let reads = |version| handle.block_on(store.register(RegisterAt::Version(version)));
        let newest = || {
            let mut all = ReplayedRegisters::before(versions.clone());
            all.follow(i64::MAX, &reads).map(|()| all.versie)
        };
        let newest = self.newest.then(|| tokio::task::block_in_place(newest)).transpose()?;
        let fetch = |bron: BerichtBron| match bron {
            BerichtBron::Aankomst(arrival) => handle.block_on(store.received(arrival)).ok()?.map(Into::into),
            BerichtBron::Journaal(journal) => {
                let record = handle.block_on(store.journal(journal - 1, ONE)).ok()?.pop()?;
                let message = record.message.map(|taken| taken.bytes.bytes()).transpose().ok()?;
                message.or(record.entry.body.map(Into::into))
            }
        };
        let (told, differences) = channel();
        let run = AuditRun {
            audit: self,
            registers: ReplayedRegisters::before(versions),
            reads: &reads,
            memory: Memory::default(),
            totals: Totals::default(),
            first: FxHashMap::default(),
            now: newest.map(NewestJudgement::of),
            failed: None,
            told,
            seen,
            fetch: &fetch,
            frozen: None,
            handle: handle.clone(),
        };
        let feed = JournalFeed::new(store, handle.clone());
        let decide = move || {
            let run = in_turn(
                feed,
                |group| feed::weight(group),
                run,
                |group, room, turn| group::decide(group, room, turn, self.core),
            );
            (run.totals, run.memory.known, run.failed)
        };
        let (totals, known, failed) = tokio::task::block_in_place(|| {
            std::thread::scope(|scope| {
                let deciding = scope.spawn(decide);
                // Ends with who decides: then nobody can tell more.
                differences.into_iter().for_each(tell);
                deciding.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        });
        failed.map_or(Ok((totals, known)), Err)
    }
}

/// A journal while it is decided again.
pub(super) struct AuditRun<'a> {
    audit: &'a Audit,
    registers: ReplayedRegisters,
    reads: &'a ReadVersion<'a>,
    memory: Memory,
    totals: Totals,
    /// The first difference of each relatie.
    first: FxHashMap<Relatie, i64>,
    /// With the newest register: the state that its answers lead to.
    now: Option<NewestJudgement>,
    /// Why the journal could not be read to its end.
    failed: Option<StoreError>,
    /// To who tells of differences, in journal order.
    told: Sender<Difference>,
    seen: &'a mut (dyn FnMut(&Seen<'_>) + Send),
    /// State that older rules left, while its pieces come.
    frozen: Option<Scratch>,
    handle: Handle,
    /// A message of the archive; none when it cannot be read.
    fetch: &'a (dyn Fn(BerichtBron) -> Option<Arc<[u8]>> + Sync),
}

impl AuditRun<'_> {
    /// Goes on with the next item of the feed; `said` is what levels 1 and 2 say of its message.
    pub(super) fn item(&mut self, item: FeedItem, said: JudgedRef<'_>) -> ControlFlow<()> {
        match item {
            FeedItem::Failed(error) => {
                self.failed = Some(error);
                return ControlFlow::Break(());
            }
            FeedItem::Unreadable(journal, recorded) => self.unreadable(journal, recorded.as_deref()),
            FeedItem::Entry(fed) => {
                if self.audit.filter.to.is_some_and(|until| fed.entry.moment.date() > until) {
                    return ControlFlow::Break(());
                }
                if let Err(error) = self.registers.follow(fed.entry.journal, self.reads) {
                    self.failed = Some(error);
                    return ControlFlow::Break(());
                }
                self.entry(&fed, said);
            }
        }
        ControlFlow::Continue(())
    }

    fn entry(&mut self, fed: &Fed, said: JudgedRef<'_>) {
        self.totals.entries += 1;
        let entry = &fed.entry;
        let (next_send, next_work) =
            (self.memory.numbers.clone().draw_send(0), self.memory.numbers.clone().draw_work(0));
        let recorded = fed.recorded.as_ref();
        let send = recorded.and_then(|recorded| recorded.sent.first()).map_or(next_send, |sent| sent.send);
        let work = recorded.and_then(|recorded| recorded.first_work).unwrap_or(next_work);
        self.memory.numbers = BatchNumbers::next(entry.journal, send, work);
        match entry.kind {
            JournalKind::Bericht | JournalKind::Parkeren => self.message(fed, said),
            JournalKind::Contract => self.contract(entry),
            JournalKind::Betaling | JournalKind::Verwijdering => {}
            JournalKind::Besluit | JournalKind::Termijn => self.work(fed),
            JournalKind::Overname => self.overname(fed),
            JournalKind::Regels => self.regels(fed),
            JournalKind::Clienten => self.cannot(fed, "deze soort wordt niet herkend"),
        }
    }

    fn contract(&mut self, entry: &Entry) {
        if let Some(fault) = self.registers.fault(entry.journal)
            && self.audit.filter.lets_through(None, None)
        {
            self.totals.compared += 1;
            self.say(fault.clone(), None);
        }
        let registers = (&*self.registers.before.register, &*self.registers.versie.register);
        let at = (entry.moment.date(), entry.register_version + 1);
        let changes = imported(&self.memory.known, registers, at);
        self.memory.apply(changes, BerichtBron::of(entry));
    }

    /// Other rules began: what follows is decided on the state that the older ones left.
    fn regels(&mut self, fed: &Fed) {
        match self.handle.clone().block_on(thaw(&mut self.frozen, &fed.entry)) {
            Ok(None) => {}
            Ok(Some(thawed)) => self.memory.thaw(thawed),
            Err(_) => self.cannot(fed, "de stand waarmee oudere regels eindigden, is niet te lezen"),
        }
    }

    /// What was taken over from a previous system is taken over again.
    fn overname(&mut self, fed: &Fed) {
        let Entry { journal, moment, .. } = fed.entry;
        let register = self.registers.versie.register.clone();
        let body = fed.entry.body.as_deref().unwrap_or_default();
        let (known, beoordeeld) = (&self.memory.known, &BTreeSet::new());
        let input = OvernameInput { journal, known, register: &register, moment, beoordeeld };
        match Stuk::read(body).map(|stuk| stuk.decide(&input)) {
            Ok(Overname::Overgenomen(taken)) => {
                let bron = BerichtBron::of(&fed.entry);
                if let Some(now) = &mut self.now {
                    now.memory.apply(taken.changes.clone(), bron);
                }
                self.memory.apply(taken.changes, bron);
                if self.lets_through(&fed.entry, None) {
                    self.totals.compared += 1;
                    self.removed(&fed.entry, fed.recorded.as_ref(), None);
                }
            }
            _ => self.cannot(fed, "wat is overgenomen, kan niet opnieuw worden overgenomen"),
        }
    }

    fn message(&mut self, fed: &Fed, said: JudgedRef<'_>) {
        self.totals.messages += 1;
        let Fed { entry, message, .. } = fed;
        let Some(TakenMessage { arrival, name, channel, .. }) = message else {
            return self.cannot(fed, "het bericht ontbreekt in het archief");
        };
        let open = OpenRef { arrival: *arrival, name, channel: *channel, said };
        let register = self.registers.versie.register.clone();
        let settings = self.audit.settings.of_entry(entry);
        let before = self.memory.numbers;
        // Who passes requests on, copies nothing of a client.
        let answers = entry.requests == Requests::Automatic;
        let asked = match said {
            JudgedRef::Valid(ValidRef { document, .. }) => self.lay_clients(document, &register, answers),
            _ => Vec::new(),
        };
        let context = Context {
            core: self.audit.core,
            settings: &settings,
            register: &register,
            register_version: entry.register_version,
            moment: entry.moment,
            issued: entry.issued,
        };
        hand_out_again(&mut self.memory.known, entry, said);
        if let Some(now) = &mut self.now {
            hand_out_again(&mut now.memory.known, entry, said);
        }
        let step = {
            let (known, numbers) = (&self.memory.known, &mut self.memory.numbers);
            catch_unwind(AssertUnwindSafe(|| context.decide(&open, known, numbers)))
        };
        let newest = self.newest(entry, &open, before);
        for client in asked {
            self.lay(client, None);
        }
        let step = match (entry.kind, step) {
            (JournalKind::Parkeren, Ok(step @ Step::Parked(..))) | (JournalKind::Bericht, Ok(step))
                if damaged(entry).is_none() =>
            {
                step
            }
            // It was given up then, whatever it would be now.
            (JournalKind::Parkeren, _) => {
                self.memory.numbers = before;
                match damaged(entry) {
                    Some(relatie) => context.set_damaged_aside(&open, relatie, &mut self.memory.numbers),
                    None => context.give_up(&open, &mut self.memory.numbers),
                }
            }
            _ => return self.cannot(fed, "de regels lopen vast op dit bericht"),
        };
        self.compared(fed, &step, newest.as_ref());
        self.keep(entry, step, newest);
    }

    /// Tells how what was recorded of a message differs from what was decided again.
    fn compared(&mut self, fed: &Fed, step: &Step, newest: Option<&Step>) {
        let Fed { entry, recorded, altered, .. } = fed;
        let recorded = recorded.as_ref();
        let (line, relatie) = match step {
            Step::Decided(decided, line) => (line, Some(decided.message.relatie)),
            Step::Parked(parked, line) => (line, parked.message.as_ref().map(|message| message.relatie)),
        };
        if self.lets_through(entry, relatie) {
            self.totals.compared += 1;
            self.totals.granted_cents += line.amounts.map_or(0, |amounts| amounts.granted_cents);
            let found = compare(entry, recorded, step, *altered);
            let now = newest.and_then(|newest| differs_now(entry, line, newest));
            for difference in found.into_iter().chain(now) {
                self.say(
                    Difference {
                        moment: Some(entry.moment),
                        arrival: fed.message.as_ref().map(|message| message.arrival),
                        file: Some(line.file.clone()),
                        message: line.message.clone(),
                        identificatie: line.identificatie.clone(),
                        rule_set: Some(entry.rule_set.clone()),
                        register_version: Some(entry.register_version),
                        ..difference
                    }
                    .about(relatie),
                    relatie,
                );
            }
            self.removed(entry, recorded, relatie);
        }
    }

    /// Takes what was decided of a message into the state.
    fn keep(&mut self, entry: &Entry, step: Step, newest: Option<Step>) {
        match step {
            Step::Decided(decided, line) => {
                let known = &self.memory.known;
                (self.seen)(&Seen { entry, decision: &decided.decision, line: &line, known });
                let Decided { decision, first_work, message, .. } = *decided;
                let bron = BerichtBron::of(entry);
                self.follow(newest, &decision.changes, message.soort, bron);
                self.apply(decision.changes, bron);
                self.memory.add_work(first_work, decision.work);
            }
            Step::Parked(parked, _) => {
                let Parked { work, first_work, .. } = *parked;
                self.memory.add_work(first_work, work);
            }
        }
    }

    fn apply(&mut self, changes: Vec<Change>, bron: BerichtBron) {
        for change in &changes {
            if let Change::PrestatiesGeboekt(prestaties) = change {
                self.totals.prestaties += prestaties.len() as u64;
            }
        }
        self.memory.apply(changes, bron);
    }

    /// Lays the newest data of clients ready that a message asks for; says whose they are.
    fn lay_clients(
        &mut self,
        document: &Document<'_>,
        register: &Register,
        answers: bool,
    ) -> Vec<ClientAtGemeente> {
        let mut laid = Vec::new();
        for (client, bron) in self.memory.asked(document, register, answers) {
            self.lay(client, (self.fetch)(bron));
            laid.push(client);
        }
        laid
    }

    fn lay(&mut self, client: ClientAtGemeente, jw301: Option<Arc<[u8]>>) {
        if let Some(now) = &mut self.now {
            now.memory.lay(client, jw301.clone());
        }
        self.memory.lay(client, jw301);
    }

    fn lets_through(&self, entry: &Entry, relatie: Option<Relatie>) -> bool {
        self.audit.filter.lets_through(Some(entry.moment.date()), relatie)
    }
}

/// Takes up a piece of frozen state; gives all of it with the last one.
async fn thaw(frozen: &mut Option<Scratch>, entry: &Entry) -> Result<Option<Thawed>, StoreError> {
    let piece = Piece::read(entry.body.as_deref().unwrap_or_default());
    let piece = piece.ok_or(StoreError::Corrupt("journaal"))?;
    if piece.deel == 1 {
        *frozen = Some(Scratch::open().await?);
    }
    let scratch = frozen.as_ref().ok_or(StoreError::Corrupt("journaal"))?;
    scratch.store().adopt(&piece).await?;
    if !piece.laatste {
        return Ok(None);
    }
    let everything = scratch.store().everything().await?;
    let work = scratch.store().work(false).await?;
    if let Some(scratch) = frozen.take() {
        scratch.close().await;
    }
    Ok(Some(Thawed { everything, work }))
}

/// Settings for deciding again: the clock is never asked.
#[must_use]
pub fn settings(config: &crate::config::Config) -> Settings {
    Settings::new(config, Clock::Fixed(Datum::MIN))
}
