//! Decides the archived messages again, in memory, and compares what comes out with what was recorded.
//!
//! Reading and judging at levels 1 and 2 go in parallel; deciding goes in journal order on one working
//! state (`group`). Everything is decided, whatever is asked for: what is compared and told is what the filter lets
//! through, so the state before it is always right.

use super::difference::{Difference, Kind, Short, deviation};
use super::feed::{self, Fed, Feed, Item, ONE};
use super::group;
use super::hub::Silent;
use super::memory::{Bron, Client, Memory, Thawed};
use super::rebuild::hand_out_again;
use super::registers::{Reads, Registers};
use super::scratch::Scratch;
use super::work::read_besluit;
use crate::clock::Clock;
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::contracts::Versie;
use crate::decide::operator::{WorkInput, decide_work, due};
use crate::decide::overname::{Overname, OvernameInput};
use crate::decide::termijn::Signaal;
use crate::decide::{Decision, Outgoing, Requests, Verdict};
use crate::digest::Digest;
use crate::messages::{Bericht, BerichtSoort, Relatie};
use crate::pipeline::Settings;
use crate::pipeline::core::Core;
use crate::pipeline::damaged::was_damaged;
use crate::pipeline::line::ProcessLine;
use crate::pipeline::operator::{DISCARDED, RETRIED};
use crate::pipeline::overname::stuk::Stuk;
use crate::pipeline::register::scopes;
use crate::pipeline::rule_set;
use crate::pipeline::step::{Context, Said, Step, Subject, Valid};
use crate::pipeline::turns::in_turn;
use crate::pipeline::work::{is_retour, passed};
use crate::schema::{Document, Reading, read};
use crate::state::{Boeking, Change, NewWorkItem, Reeks, WorkingSet};
use crate::store::audit::{AuditStore, Recorded, RecordedSend};
use crate::store::freeze::Piece;
use crate::store::{Decided, Entry, JournalKind, Numbers, Parked, RegisterAt, Store, StoreError, Taken};
use rustc_hash::FxHashMap;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
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
    /// Of this gemeente.
    pub gemeente: Option<GemeenteCode>,
    /// Of this aanbieder.
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
    /// The decision.
    pub decision: &'a Decision,
    /// What `process --json` prints of it.
    pub line: &'a ProcessLine,
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
    pub async fn run<S: AuditStore>(
        &self,
        store: &S,
        tell: &mut dyn FnMut(Difference),
    ) -> Result<Totals, StoreError> {
        Ok(self.run_with(store, tell, &mut |_| {}).await?.0)
    }

    /// As [`Audit::run`]; `seen` gets every decision on a message in journal order, before its changes are
    /// applied. Also gives the state at the end.
    pub async fn run_with<S: AuditStore>(
        &self,
        store: &S,
        tell: &mut dyn FnMut(Difference),
        seen: &mut (dyn FnMut(&Seen<'_>) + Send),
    ) -> Result<(Totals, WorkingSet), StoreError> {
        let versions = store.register_versions().await?;
        let handle = Handle::current();
        let reads = |version| handle.block_on(store.register(RegisterAt::Version(version)));
        let newest = || {
            let mut all = Registers::before(versions.clone());
            all.follow(i64::MAX, &reads).map(|()| all.versie)
        };
        let newest = self.newest.then(|| tokio::task::block_in_place(newest)).transpose()?;
        let fetch = |bron: Bron| match bron {
            Bron::Aankomst(arrival) => handle.block_on(store.received(arrival)).ok()?.map(Into::into),
            Bron::Journaal(journal) => {
                let record = handle.block_on(store.journal(journal - 1, ONE)).ok()?.pop()?;
                let message = record.message.map(|taken| taken.bytes.bytes()).transpose().ok()?;
                message.or(record.entry.body.map(Into::into))
            }
        };
        let (told, differences) = channel();
        let run = Run {
            audit: self,
            registers: Registers::before(versions),
            reads: &reads,
            memory: Memory::default(),
            totals: Totals::default(),
            first: FxHashMap::default(),
            now: newest.map(Now::of),
            failed: None,
            told,
            seen,
            fetch: &fetch,
            frozen: None,
            handle: handle.clone(),
        };
        let feed = Feed::new(store, handle.clone());
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
pub(super) struct Run<'a> {
    audit: &'a Audit,
    registers: Registers,
    reads: &'a Reads<'a>,
    memory: Memory,
    totals: Totals,
    /// The first difference of each relatie.
    first: FxHashMap<Relatie, i64>,
    /// With the newest register: the state that its answers lead to.
    now: Option<Now>,
    /// Why the journal could not be read to its end.
    failed: Option<StoreError>,
    /// To who tells of differences, in journal order.
    told: Sender<Difference>,
    seen: &'a mut (dyn FnMut(&Seen<'_>) + Send),
    /// State that older rules left, while its pieces come.
    frozen: Option<Scratch>,
    handle: Handle,
    /// A message of the archive; none when it cannot be read.
    fetch: &'a (dyn Fn(Bron) -> Option<Arc<[u8]>> + Sync),
}

/// What the newest register makes of everything.
struct Now {
    versie: Versie,
    memory: Memory,
    /// Something was decided with another register than it was.
    apart: bool,
    /// The first answer of each relatie that differs.
    first: FxHashMap<Relatie, i64>,
}

impl Now {
    fn of(versie: Versie) -> Self {
        let mut memory = Memory::default();
        memory.begin_budgets(&scopes(&versie.register));
        Self { versie, memory, apart: false, first: FxHashMap::default() }
    }
}

impl Run<'_> {
    /// Goes on with the next item of the feed; `said` is what levels 1 and 2 say of its message.
    pub(super) fn item(&mut self, item: Item, said: Said<'_>) -> ControlFlow<()> {
        match item {
            Item::Failed(error) => {
                self.failed = Some(error);
                return ControlFlow::Break(());
            }
            Item::Unreadable(journal, recorded) => self.unreadable(journal, recorded.as_deref()),
            Item::Entry(fed) => {
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

    fn entry(&mut self, fed: &Fed, said: Said<'_>) {
        self.totals.entries += 1;
        let entry = &fed.entry;
        let (next_send, next_work) =
            (self.memory.numbers.clone().draw_send(0), self.memory.numbers.clone().draw_work(0));
        let recorded = fed.recorded.as_ref();
        let send = recorded.and_then(|recorded| recorded.sent.first()).map_or(next_send, |sent| sent.send);
        let work = recorded.and_then(|recorded| recorded.first_work).unwrap_or(next_work);
        self.memory.numbers = Numbers::next(entry.journal, send, work);
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
        let register = self.registers.versie.register.clone();
        self.memory.begin_budgets(&scopes(&register));
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
                let bron = Bron::of(&fed.entry);
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

    fn message(&mut self, fed: &Fed, said: Said<'_>) {
        self.totals.messages += 1;
        let Fed { entry, message, recorded, altered, .. } = fed;
        let (entry, recorded) = (entry, recorded.as_ref());
        let Some(Taken { arrival, name, channel, .. }) = message else {
            return self.cannot(fed, "het bericht ontbreekt in het archief");
        };
        let open = Subject { arrival: *arrival, name, channel: *channel, said };
        let register = self.registers.versie.register.clone();
        let settings = self.audit.settings.of_entry(entry);
        let before = self.memory.numbers;
        // Who passes requests on, copies nothing of a client.
        let asked = match said {
            Said::Valid(Valid { document, .. }) if entry.requests == Requests::Automatic => {
                self.lay_client(document)
            }
            _ => None,
        };
        let context = Context {
            core: self.audit.core,
            settings: &settings,
            register: &register,
            register_version: entry.register_version,
            hub: &Silent,
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
        if let Some(client) = asked {
            self.lay(client, None);
        }
        let step = match (entry.kind, step) {
            (JournalKind::Parkeren, Ok(step @ Step::Parked(..))) | (JournalKind::Bericht, Ok(step))
                if was_damaged(entry).is_none() =>
            {
                step
            }
            // It was given up then, whatever it would be now.
            (JournalKind::Parkeren, _) => {
                self.memory.numbers = before;
                match was_damaged(entry) {
                    Some(relatie) => context.set_damaged_aside(&open, relatie, &mut self.memory.numbers),
                    None => context.give_up(&open, &mut self.memory.numbers),
                }
            }
            _ => return self.cannot(fed, "de regels lopen vast op dit bericht"),
        };
        let (line, relatie) = match &step {
            Step::Decided(decided, line) => (line, Some(decided.message.relatie)),
            Step::Parked(parked, line) => (line, parked.message.as_ref().map(|message| message.relatie)),
        };
        if self.lets_through(entry, relatie) {
            self.totals.compared += 1;
            self.totals.granted_cents += line.amounts.map_or(0, |amounts| amounts.granted_cents);
            let found = compare(entry, recorded, &step, *altered);
            let now = newest.as_ref().and_then(|newest| differs_now(entry, line, newest));
            for difference in found.into_iter().chain(now) {
                self.say(
                    Difference {
                        moment: Some(entry.moment),
                        arrival: Some(open.arrival),
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
        match step {
            Step::Decided(decided, line) => {
                let known = &self.memory.known;
                (self.seen)(&Seen { entry, decision: &decided.decision, line: &line, known });
                let Decided { decision, first_work, message, .. } = *decided;
                let bron = Bron::of(entry);
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

    fn apply(&mut self, changes: Vec<Change>, bron: Bron) {
        for change in &changes {
            if let Change::PrestatiesGeboekt(prestaties) = change {
                self.totals.prestaties += prestaties.len() as u64;
            }
        }
        self.memory.apply(changes, bron);
    }

    /// Lays the newest data of the client of a request ready; says whose they are.
    fn lay_client(&mut self, document: &Document<'_>) -> Option<Client> {
        let (client, bron) = self.memory.asked(document)?;
        self.lay(client, (self.fetch)(bron));
        Some(client)
    }

    fn lay(&mut self, client: Client, jw301: Option<Arc<[u8]>>) {
        if let Some(now) = &mut self.now {
            now.memory.lay(client, jw301.clone());
        }
        self.memory.lay(client, jw301);
    }

    /// Tells that a person was removed lawfully.
    fn removed(&mut self, entry: &Entry, recorded: Option<&Recorded>, relatie: Option<Relatie>) {
        let Some(removal) = recorded.and_then(|recorded| recorded.removed) else { return };
        let fact = format!("een persoon is rechtmatig verwijderd, zie journaal {removal}");
        let mut difference = Difference::of(Kind::Removed, entry.journal, fact);
        let outcome = recorded.and_then(|recorded| recorded.outcome.as_ref());
        if let Some(line) = outcome.and_then(|outcome| stored(&outcome.json)) {
            difference = of_line(difference, &line);
            difference.new = difference.old.clone();
        }
        self.say(about_entry(difference, entry).about(relatie), relatie);
    }

    /// What the newest register says, on the state that its answers led to.
    fn newest(&self, entry: &Entry, open: &Subject<'_>, mut numbers: Numbers) -> Option<Step> {
        let now = self.now.as_ref()?;
        let newest = &now.versie;
        // As long as nothing differs, the register of the entry itself says the same.
        if entry.kind != JournalKind::Bericht || (!now.apart && newest.journal <= entry.journal) {
            return None;
        }
        let settings = self.audit.settings.of_entry(entry);
        let context = Context {
            core: self.audit.core,
            settings: &settings,
            register: &newest.register,
            register_version: entry.register_version,
            hub: &Silent,
            moment: entry.moment,
            issued: entry.issued,
        };
        catch_unwind(AssertUnwindSafe(|| context.decide(open, &now.memory.known, &mut numbers))).ok()
    }

    /// Takes the state of the newest register along. What others sent rested on the numbers and assignments that
    /// we gave out, so those stay as they were; what is granted on a claim is what is granted now.
    fn follow(&mut self, newest: Option<Step>, changes: &[Change], soort: BerichtSoort, bron: Bron) {
        let Some(now) = &mut self.now else { return };
        now.apart |= newest.is_some();
        let claim = matches!(soort, BerichtSoort::Jw323 | BerichtSoort::Jw303);
        match newest {
            Some(Step::Decided(decided, _)) if claim => now.memory.apply(decided.decision.changes, bron),
            Some(Step::Parked(..)) if claim => {}
            _ => now.memory.apply(changes.to_vec(), bron),
        }
    }

    fn lets_through(&self, entry: &Entry, relatie: Option<Relatie>) -> bool {
        self.audit.filter.lets_through(Some(entry.moment.date()), relatie)
    }

    /// A decision of a person, or the passing of a term.
    fn work(&mut self, fed: &Fed) {
        let entry = &fed.entry;
        let body = entry.body.as_deref().unwrap_or_default();
        if body == RETRIED.as_bytes() || body == DISCARDED.as_bytes() {
            return;
        }
        match self.decide_work(fed, body) {
            Ok((relatie, decision)) => {
                if self.lets_through(entry, Some(relatie)) {
                    self.totals.compared += 1;
                    let recorded = fed.recorded.as_ref();
                    let sent = recorded.map_or(&[][..], |recorded| &recorded.sent);
                    let received = recorded.and_then(|recorded| recorded.received);
                    let found = answers(&decision, sent, received);
                    if let Some(fact) = found {
                        let difference = Difference::of(kind(entry, Kind::Answer), entry.journal, fact);
                        self.say(about_entry(difference, entry).about(Some(relatie)), Some(relatie));
                    }
                    self.removed(entry, recorded, Some(relatie));
                }
                let bron = Bron::of(entry);
                if let Some(now) = &mut self.now {
                    now.memory.apply(decision.changes.clone(), bron);
                }
                self.apply(decision.changes, bron);
                let first = self.memory.numbers.draw_work(decision.work.len());
                self.memory.numbers.draw_send(decision.answers.len() + decision.forwards.len());
                self.memory.add_work(first, decision.work);
            }
            Err(what) => self.cannot(fed, &what),
        }
    }

    fn decide_work(&mut self, fed: &Fed, body: &[u8]) -> Result<(Relatie, Decision), String> {
        let entry = &fed.entry;
        let body: Value = serde_json::from_slice(body).map_err(|_| "het besluit is onleesbaar".to_owned())?;
        if body.get("signaal").is_some() {
            // A term that passed without a work item: the entry says all of it.
            let signaal: Signaal =
                serde_json::from_value(body).map_err(|_| "de termijn is onleesbaar".to_owned())?;
            let item = signaal.werk();
            let relatie = item.relatie;
            return Ok((relatie, Decision { work: vec![item], ..Decision::of(Verdict::Accepted) }));
        }
        let id = body["werkitem"].as_i64().ok_or("het besluit noemt geen werkitem")?;
        let besluit =
            read_besluit(&body["gedaan"], entry).map_err(|_| "het besluit is onbekend".to_owned())?;
        let item = self.memory.work.get_mut(&id).filter(|item| item.open);
        let item = item.ok_or_else(|| format!("werkitem {id} staat niet open"))?;
        item.open = false;
        let item = item.clone();
        if let Some(first) = entry.first_identificatie {
            self.memory.known.hand_out_from(item.item.relatie.gemeente, first);
        }
        let bytes = match &fed.about {
            Some(bytes) if is_retour(bytes) => self.asking(&item.item),
            bytes => bytes.clone(),
        };
        let document = bytes.as_deref().and_then(|bytes| match read(bytes) {
            Reading::Valid(document) => Some(document),
            Reading::Invalid(_) => None,
        });
        let client = document.as_ref().and_then(|document| self.lay_client(document));
        let bericht = document.as_ref().map(|document| Bericht::read(document));
        let input = WorkInput {
            item: &item.item,
            bericht: bericht.as_ref(),
            journal: entry.journal,
            known: &self.memory.known,
            register: &self.registers.versie.register,
            moment: entry.moment,
            issued: entry.issued,
        };
        let decided = || match besluit {
            Some(besluit) => decide_work(&input, besluit),
            None => due(&input).map(|due| {
                passed(due).map_or_else(|| Decision::of(Verdict::Accepted), |(decision, _)| decision)
            }),
        };
        let decided = catch_unwind(AssertUnwindSafe(decided));
        if let Some(client) = client {
            self.lay(client, None);
        }
        let decided = decided.map_err(|_| "de regels lopen vast".to_owned())?;
        let decision = decided.map_err(|error| error.to_string())?;
        Ok((item.item.relatie, decision))
    }

    /// The message of the request that an item is about, when a retour made the item.
    fn asking(&self, item: &NewWorkItem) -> Option<Arc<[u8]>> {
        let key = (item.relatie.aanbieder, item.voorstel.verzoek()?.into());
        (self.fetch)(Bron::Journaal(self.memory.known.verzoeken.get(&key)?.bericht))
    }

    /// Numbers that were handed out with what cannot be decided again count as used: the next answers
    /// have the next ones.
    fn skip_numbers(&mut self, recorded: Option<&Recorded>) {
        for sent in recorded.into_iter().flat_map(|recorded| &recorded.sent) {
            if let Ok(number) = sent.identificatie.parse::<i64>() {
                let key = (sent.relatie.gemeente, Reeks::Identificatie);
                let next = self.memory.known.nummers.entry(key).or_insert(number + 1);
                *next = (*next).max(number + 1);
            }
        }
    }

    fn cannot(&mut self, fed: &Fed, what: &str) {
        self.skip_numbers(fed.recorded.as_ref());
        let recorded = fed.recorded.as_ref().and_then(|recorded| recorded.outcome.as_ref());
        let relatie = recorded.and_then(|outcome| outcome.relatie);
        if self.lets_through(&fed.entry, relatie) {
            let mut difference = Difference::of(Kind::Input, fed.entry.journal, what);
            if let Some(line) = recorded.and_then(|outcome| stored(&outcome.json)) {
                difference = of_line(difference, &line);
            }
            self.say(about_entry(difference, &fed.entry).about(relatie), relatie);
        }
    }

    fn unreadable(&mut self, journal: i64, recorded: Option<&Recorded>) {
        self.totals.entries += 1;
        self.skip_numbers(recorded);
        let outcome = recorded.and_then(|recorded| recorded.outcome.as_ref());
        let relatie = outcome.and_then(|outcome| outcome.relatie);
        let fact = "het gearchiveerde bericht of besluit is beschadigd en niet te lezen";
        let mut difference = Difference::of(Kind::Message, journal, fact);
        if let Some(line) = outcome.and_then(|outcome| stored(&outcome.json)) {
            difference = of_line(difference, &line);
        }
        if self.audit.filter.lets_through(None, relatie) {
            self.say(difference.about(relatie), relatie);
        }
    }

    /// Tells a difference, with the earlier one that it may follow from.
    fn say(&mut self, mut difference: Difference, relatie: Option<Relatie>) {
        let version = difference.register_version;
        let register = version.and_then(|version| self.registers.faulty(version));
        let earlier = relatie.and_then(|relatie| self.first.get(&relatie).copied());
        difference.follows = register.or(earlier).filter(|journal| *journal < difference.journal);
        if let (Kind::NewestRegister, Some(now), Some(relatie)) = (difference.kind, &mut self.now, relatie) {
            let first = *now.first.entry(relatie).or_insert(difference.journal);
            difference.follows = Some(first).filter(|first| *first < difference.journal);
        }
        if difference.kind.is_fault() {
            self.totals.faults += 1;
            if let Some(relatie) = relatie {
                self.first.entry(relatie).or_insert(difference.journal);
            }
        } else {
            self.totals.others += 1;
        }
        // Nobody stops listening before this ends.
        let _ = self.told.send(difference);
    }
}

/// Takes up a piece of frozen state; gives all of it with the last one.
async fn thaw(frozen: &mut Option<Scratch>, entry: &Entry) -> Result<Option<Thawed>, StoreError> {
    let piece = Piece::read(entry.body.as_deref().unwrap_or_default())?;
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

fn stored(json: &str) -> Option<ProcessLine> {
    serde_json::from_str(json).ok()
}

fn of_line(difference: Difference, line: &ProcessLine) -> Difference {
    Difference {
        file: Some(line.file.clone()),
        message: line.message.clone(),
        identificatie: line.identificatie.clone(),
        old: Short::of(line),
        ..difference
    }
}

fn about_entry(difference: Difference, entry: &Entry) -> Difference {
    Difference {
        moment: Some(entry.moment),
        arrival: entry.arrival,
        rule_set: Some(entry.rule_set.clone()),
        register_version: Some(entry.register_version),
        ..difference
    }
}

/// A difference that newer rules explain is no fault.
fn kind(entry: &Entry, otherwise: Kind) -> Kind {
    if rule_set::is_current(&entry.rule_set) { otherwise } else { Kind::NewerRules }
}

/// Every difference between what was recorded of a message and what was decided again.
fn compare(entry: &Entry, recorded: Option<&Recorded>, step: &Step, altered: bool) -> Vec<Difference> {
    let (line, json) = match step {
        Step::Decided(decided, line) => (line, &decided.outcome_json),
        Step::Parked(parked, line) => (line, &parked.outcome_json),
    };
    let mut found = Vec::new();
    let mut note = |kind, fact: String| {
        let new = Short::of(line);
        found.push(Difference { new, ..Difference::of(kind, entry.journal, fact) });
    };
    if altered {
        // What follows from other bytes says nothing of the decision.
        let old = recorded.and_then(|recorded| stored(&recorded.outcome.as_ref()?.json));
        let fact = "de bytes in het archief zijn niet die van ontvangst";
        found.push(Difference {
            old: old.as_ref().map(Short::of).unwrap_or_default(),
            new: Short::of(line),
            ..Difference::of(Kind::Message, entry.journal, fact)
        });
        return found;
    }
    let outcome = recorded.and_then(|recorded| recorded.outcome.as_ref());
    let Some(outcome) = outcome else {
        return found;
    };
    if outcome.json != *json {
        let Some(old) = stored(&outcome.json) else {
            note(Kind::Decision, "de vastgelegde uitkomst is onleesbaar".to_owned());
            return found;
        };
        if let Some(deviation) = deviation(&old, line, true) {
            found.push(Difference {
                class: deviation.class,
                rule: deviation.rule,
                old: Short::of(&old),
                new: Short::of(line),
                ..Difference::of(kind(entry, Kind::Decision), entry.journal, deviation.fact)
            });
        }
    }
    let counted = (Short::of(line).verdict, line.amounts.map(|a| (a.claimed_cents, a.granted_cents)));
    if found.is_empty() && (Some(outcome.verdict.as_str()), outcome.amounts) != counted {
        let old = Short {
            claimed_cents: outcome.amounts.map(|a| a.0),
            granted_cents: outcome.amounts.map(|a| a.1),
            ..Short::of(line)
        };
        let fact = "het oordeel of bedrag waarmee rapporten tellen is niet dat van de beslissing".to_owned();
        found.push(Difference {
            old,
            new: Short::of(line),
            ..Difference::of(kind(entry, Kind::Decision), entry.journal, fact)
        });
    }
    if let (Step::Decided(decided, _), Some(recorded), true) = (step, recorded, found.is_empty()) {
        let sent = answers(&decided.decision, &recorded.sent, recorded.received);
        let booked = ledger(&decided.decision, &recorded.boekingen);
        let sent = sent.map(|fact| (Kind::Answer, fact)).or(booked.map(|fact| (Kind::Ledger, fact)));
        if let Some((what, fact)) = sent {
            let (old, new) = (Short::of(line), Short::of(line));
            found.push(Difference { old, new, ..Difference::of(kind(entry, what), entry.journal, fact) });
        }
    }
    found
}

/// How what left differs from what follows from a decision.
fn answers(decision: &Decision, sent: &[RecordedSend], received: Option<Digest>) -> Option<String> {
    let made = decision.answers.iter().map(|answer| (Some(answer.soort), answer.receiver, digest(answer)));
    let forwarded = decision.forwards.iter().map(|receiver| (None, *receiver, received.unwrap_or_default()));
    let made: Vec<(Option<BerichtSoort>, _, Digest)> = made.chain(forwarded).collect();
    if made.len() != sent.len() {
        return Some(format!("er zijn {} berichten verstuurd en er volgen er {}", sent.len(), made.len()));
    }
    made.iter().zip(sent).find_map(|((soort, receiver, digest), sent)| {
        let name = sent.soort.name();
        if soort.is_some_and(|soort| soort != sent.soort) || *receiver != sent.receiver {
            Some(format!("bericht {} ({name}) is van een andere soort of ging naar een ander", sent.send))
        } else if *digest != sent.sha256 {
            Some(format!("de bytes van bericht {} ({name}) zijn andere", sent.send))
        } else {
            None
        }
    })
}

fn digest(answer: &Outgoing) -> Digest {
    Sha256::digest(&answer.bytes).into()
}

/// How the ledger differs from what follows from a decision.
fn ledger(decision: &Decision, recorded: &[Boeking]) -> Option<String> {
    let booked = decision.changes.iter().filter_map(|change| match change {
        Change::Geboekt(boeking) => Some(boeking),
        _ => None,
    });
    let booked: Vec<&Boeking> = booked.collect();
    if booked.len() == recorded.len() && booked.iter().zip(recorded).all(|(one, other)| *one == other) {
        return None;
    }
    let sum = |bedragen: &mut dyn Iterator<Item = i64>| crate::money::Cents(bedragen.sum());
    let (old, new) = (
        sum(&mut recorded.iter().map(|boeking| boeking.bedrag.0)),
        sum(&mut booked.iter().map(|boeking| boeking.bedrag.0)),
    );
    Some(format!("geboekt is {old} en er volgt {new}"))
}

/// What the newest register would answer otherwise.
fn differs_now(entry: &Entry, then: &ProcessLine, now: &Step) -> Option<Difference> {
    let (Step::Decided(_, now) | Step::Parked(_, now)) = now;
    let deviation = deviation(then, now, false)?;
    Some(Difference {
        class: deviation.class,
        rule: deviation.rule,
        old: Short::of(then),
        new: Short::of(now),
        ..Difference::of(Kind::NewestRegister, entry.journal, deviation.fact)
    })
}

/// Settings for deciding again: the clock is never asked.
#[must_use]
pub fn settings(config: &crate::config::Config) -> Settings {
    Settings::new(config, Clock::Fixed(Datum::MIN))
}
