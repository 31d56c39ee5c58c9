//! A back office in which a plan is carried out.

use super::bank::Bank;
use super::faults::{Bug, Fault, Faults, Faulty, FaultyHub};
use super::mail::Mail;
use super::plan::Op;
use super::react::Retour;
use crate::generator::Dice;
use crate::model::histories::{AANBIEDERS, GEMEENTEN, day};
use crate::model::spec::{Bericht, Contract, Dag};
use crate::model::write::{contracts, message};
use chrono::Days;
use futures_util::future::{join, join_all};
use happyflow::clock::Clock;
use happyflow::codes::RedenAfwijzingVerzoek;
use happyflow::config::Config;
use happyflow::decide::operator::Besluit;
use happyflow::hub::Inbound;
use happyflow::hub::amqp::properties::NAME;
use happyflow::messages::Partij;
use happyflow::office::again::answer_again;
use happyflow::office::core::Core;
use happyflow::office::intake::arrival;
use happyflow::office::operator::Person;
use happyflow::office::prepare::Incoming;
use happyflow::office::{Office, Run, Settings};
use happyflow::state::Voorstel;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStore, Store, TakeLimit};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two looks at what another worker is deciding.
const BESIDE_OTHERS: Duration = Duration::from_millis(2);
/// How long one operation may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// Where it is known that nobody ever gives back what is waited for.
const NO_PATIENCE: Duration = Duration::from_secs(2);

/// What a sender says.
#[derive(Debug, Clone)]
pub enum What {
    /// No message at all.
    Kapot,
    Bericht(Bericht),
    Retour(Retour),
}

/// A message as its sender has it.
pub struct Sent {
    pub name: String,
    pub sender: Partij,
    pub what: What,
}

/// Bytes on their way to us.
#[derive(Debug, Clone)]
pub struct Letter {
    pub bytes: Arc<[u8]>,
    pub name: String,
    /// Who delivers them, who need not be who may.
    pub by: Partij,
}

/// A store that a plan can be carried out on.
pub trait Keeps: Store + Clone + 'static {}
impl<S: Store + Clone + 'static> Keeps for S {}

/// Senders with what they have not been told that we have, and us.
pub struct World<'a, S, M> {
    pub store: S,
    pub mail: &'a mut M,
    bug: Option<Bug>,
    folder: &'a Path,
    /// With the senders.
    pub waiting: Vec<Letter>,
    /// With the hub: sent, and not acknowledged.
    pub under_way: usize,
    pub today: Dag,
    processes: u8,
    pub sent: BTreeMap<Arc<[u8]>, Sent>,
    /// By whoever may not: the name under which it was delivered.
    pub strange: BTreeMap<(Arc<[u8]>, Partij), String>,
    pub contracts: Vec<Contract>,
    pub bank: Bank,
    /// What was taken over, or was to be.
    pub archief: Vec<(Vec<u8>, Bericht)>,
}

/// Everybody who may send something.
pub fn parties() -> impl Iterator<Item = Partij> {
    GEMEENTEN.iter().chain(&AANBIEDERS).map(|code| Partij::parse(code).unwrap())
}

pub fn person() -> Person {
    Person { who: "A. Proef".to_owned(), second: None, why: "opgelost".to_owned() }
}

/// Nobody went on.
fn stuck() -> String {
    "nobody gives the turn back".to_owned()
}

pub fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// One process: it has a store and a hub as long as it lives.
struct Process {
    store: Arc<Faulty>,
    hub: Arc<FaultyHub>,
    faults: Arc<Faults>,
}

impl Process {
    /// As `process` and the commands of operators begin, unless it dies or is refused before it is ready.
    async fn start(&self, settings: Settings) -> Option<Run> {
        let opening = Office::open(self.store.clone(), self.hub.clone(), Core::STANDARD, settings);
        let office = opening.await.ok()?;
        office.publish().await.ok()?;
        office.show_parked().await.ok()?;
        let mut run = Run::new(&office);
        run.decide_backlog().await.is_ok().then_some(run)
    }

    /// Decides beside others, as the service does, until nothing waits; publishes what it decided.
    async fn decide(&self, settings: Settings, patience: Duration) -> Result<(), String> {
        let opening = Office::open(self.store.clone(), self.hub.clone(), Core::STANDARD, settings);
        let Ok(office) = opening.await else { return Ok(()) };
        let mut worker = office.worker();
        let mut idle = Instant::now();
        loop {
            match worker.decide_next().await {
                Ok(Some(lines)) if lines.is_empty() => {}
                Ok(Some(_)) => idle = Instant::now(),
                Ok(None) if self.store.inner.overview().await.map_err(text)?.waiting == 0 => break,
                Ok(None) if idle.elapsed() > patience => return Err(stuck()),
                Ok(None) => tokio::time::sleep(BESIDE_OTHERS).await,
                Err(_) if self.faults.is_dead() => return Ok(()),
                // A next attempt may succeed.
                Err(_) => {}
            }
            // What does not leave now leaves later.
            let _ = office.publish().await;
        }
        let _ = office.publish().await;
        Ok(())
    }
}

impl<'a, S: Keeps, M: Mail> World<'a, S, M> {
    pub fn new(store: S, mail: &'a mut M, folder: &'a Path, bug: Option<Bug>) -> Self {
        Self {
            store,
            mail,
            bug,
            folder,
            waiting: Vec::new(),
            under_way: 0,
            today: day(2025, 1, 1),
            processes: 0,
            sent: BTreeMap::new(),
            strange: BTreeMap::new(),
            contracts: Vec::new(),
            bank: Bank::default(),
            archief: Vec::new(),
        }
    }

    /// Carries out a plan, lets everything come to rest, and says what does not hold.
    pub async fn run(mut self, plan: &[Op], replay: Option<&SqliteStore>) -> Option<String> {
        for op in plan {
            if let Err(stuck) = self.perform_in_time(op).await {
                return Some(format!("{op:?}: {stuck}"));
            }
        }
        // Three strikes may park what only had bad luck: an operator has it judged again.
        for _ in 0..3 {
            for op in [Op::Serve(50, vec![Fault::None]), Op::Retry(Fault::None)] {
                if let Err(stuck) = self.perform_in_time(&op).await {
                    return Some(format!("at rest: {stuck}"));
                }
            }
        }
        if let Some(run) = self.started(Fault::None).await {
            run.office().follow_limits().await.unwrap();
        }
        if let Err(wrong) = self.bank_at_last().await {
            return Some(wrong);
        }
        if let Err(wrong) = self.check().await {
            let work = self.store.work(false).await.unwrap_or_default();
            let stories: Vec<&str> = work.iter().map(|item| item.item.story.as_str()).collect();
            return Some(format!("{wrong}\nwork: {stories:#?}"));
        }
        self.replayed(replay?).await
    }

    fn patience(&self) -> Duration {
        if self.bug == Some(Bug::LostUnlock) { NO_PATIENCE } else { PATIENCE }
    }

    pub async fn perform_in_time(&mut self, op: &Op) -> Result<(), String> {
        let patience = self.patience() * 2;
        tokio::time::timeout(patience, self.perform(op)).await.unwrap_or_else(|_| Err(stuck()))
    }

    async fn perform(&mut self, op: &Op) -> Result<(), String> {
        match op {
            Op::Send(today, bericht) | Op::Again(today, bericht) => self.send(*today, bericht),
            Op::Poison(number) => self.poison(*number),
            Op::WrongDoor(seed) => self.wrong_door(*seed),
            Op::Reorder(seed) => {
                let mut dice = Dice::new(*seed);
                for place in 1..self.waiting.len() {
                    let other = dice.below(place + 1);
                    self.waiting.swap(place, other);
                }
            }
            Op::Process(at_once, fault) => return self.process(*at_once, *fault).await,
            Op::Serve(at_once, faults) => return self.serve(*at_once, faults).await,
            Op::Import(contract, fault) => return self.import(contract, *fault).await,
            Op::ImportBesideTerms(contract, days, faults) => {
                return Box::pin(self.import_beside_terms(contract, *days, *faults)).await;
            }
            Op::Pay(fault) => self.pay(*fault).await,
            Op::Call(seed, fault) => self.call(*seed, *fault).await,
            Op::TakeOver(seed, fault) => self.take_over(*seed, *fault).await,
            Op::Bank(seed, fault) => return self.bank(*seed, *fault).await,
            Op::Explain(seed, fault) => return self.explain(*seed, *fault).await,
            Op::Retry(fault) => return self.retry(*fault).await,
            Op::Request(seed) => self.request(*seed),
            Op::React(seed) => self.react(*seed).await,
            Op::Decide(seed, fault) => return self.decide(*seed, *fault).await,
            Op::Terms(days, fault) => self.terms(*days, *fault).await,
        }
        Ok(())
    }

    pub fn send(&mut self, today: Dag, bericht: &Bericht) {
        let bytes: Arc<[u8]> = message(bericht).into_bytes().into();
        let sender = Partij::parse(bericht.afzender()).unwrap();
        self.today = self.today.max(today);
        self.put(bytes, sender, What::Bericht(bericht.clone()));
    }

    /// Somebody else delivers a message: before its sender, when that one has it still.
    fn wrong_door(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        if self.sent.is_empty() {
            return;
        }
        let (bytes, sent) = self.sent.iter().nth(dice.below(self.sent.len())).expect("one of them");
        let mut others: Vec<Partij> = parties().collect();
        others.retain(|party| *party != sent.sender);
        let (bytes, by) = (bytes.clone(), others[dice.below(others.len())]);
        let name = format!("vreemd-{}", self.strange.len());
        let name = self.strange.entry((bytes.clone(), by)).or_insert(name).clone();
        let before = self.waiting.iter().position(|letter| letter.bytes == bytes);
        self.waiting.insert(before.unwrap_or(self.waiting.len()), Letter { bytes, name, by });
    }

    fn poison(&mut self, number: u32) {
        let senders: Vec<Partij> = parties().collect();
        let sender = senders[number as usize % senders.len()];
        self.put(format!("<kapot-{number}>").into_bytes().into(), sender, What::Kapot);
    }

    pub fn put(&mut self, bytes: Arc<[u8]>, sender: Partij, what: What) {
        let name = format!("heen-{}", self.sent.len());
        let Sent { name, sender: by, .. } =
            self.sent.entry(bytes.clone()).or_insert(Sent { name, sender, what });
        let (name, by) = (name.clone(), *by);
        self.waiting.push(Letter { bytes, name, by });
    }

    fn settings(&self) -> Settings {
        Settings::new(&Config::default(), Clock::Fixed(self.today))
    }

    fn new_process(&mut self, fault: Fault) -> Process {
        self.processes = self.processes.wrapping_add(1);
        let faults = Faults::new(fault, self.bug, self.processes);
        let inner = Arc::new(self.store.clone());
        let store = Arc::new(Faulty { inner, faults: faults.clone() });
        let hub = Arc::new(FaultyHub { inner: self.mail.hub(), faults: faults.clone() });
        Process { store, hub, faults }
    }

    pub async fn started(&mut self, fault: Fault) -> Option<Run> {
        let settings = self.settings();
        self.new_process(fault).start(settings).await
    }

    /// `happyflow process`, with what the senders have.
    async fn process(&mut self, at_once: usize, fault: Fault) -> Result<(), String> {
        let Some(mut run) = self.started(fault).await else { return Ok(()) };
        let early = self.bug == Some(Bug::AcknowledgeBeforeCommit);
        while !self.waiting.is_empty() {
            let taken: Vec<Letter> = self.waiting.iter().take(at_once).cloned().collect();
            let count = taken.len();
            if early {
                self.waiting.drain(..count);
            }
            let incoming = |Letter { bytes, name, by }: Letter| {
                let (name, channel) = (format!("{NAME}{name}"), Some(by));
                Incoming { name, channel, claimed: None, bytes }
            };
            let messages = taken.into_iter().map(incoming).collect();
            if run.process(messages).await.is_err() {
                return Ok(());
            }
            if !early {
                self.waiting.drain(..count);
            }
        }
        Ok(())
    }

    /// `happyflow serve`, as many processes as there are faults, until nothing waits or they died.
    async fn serve(&mut self, at_once: usize, faults: &[Fault]) -> Result<(), String> {
        for Letter { bytes, name, by } in std::mem::take(&mut self.waiting) {
            self.mail.send(by, &name, &bytes).await;
            self.under_way += 1;
        }
        let processes: Vec<Process> = faults.iter().map(|fault| self.new_process(*fault)).collect();
        self.take_in(&processes[0], at_once).await?;
        let mut settings = self.settings();
        settings.limits.batch_messages = at_once;
        let patience = self.patience();
        let working = processes.iter().map(|process| process.decide(settings.clone(), patience));
        for done in join_all(working).await {
            done?;
        }
        if processes.iter().any(|process| process.faults.is_dead()) {
            self.mail.crashed();
        }
        Ok(())
    }

    /// Stores what the hub has, and tells the hub.
    async fn take_in(&mut self, process: &Process, at_once: usize) -> Result<(), String> {
        let early = self.bug == Some(Bug::AcknowledgeBeforeCommit);
        let limit = TakeLimit { messages: at_once, bytes: usize::MAX };
        let moment = Clock::Fixed(self.today).now();
        let mut intake = self.mail.intake();
        while self.under_way > 0 {
            let received = intake.receive(limit).await.map_err(text)?;
            let count = received.len();
            if early {
                intake.settle(&vec![true; count]).await.map_err(text)?;
                self.under_way -= count;
            }
            let arrivals = received.into_iter().map(|delivered| {
                let happyflow::hub::Delivered { name, channel, bytes } = delivered;
                arrival(Incoming { name, channel, claimed: None, bytes }, moment)
            });
            let receipts = process.store.ingest(arrivals.collect()).await;
            let stored = receipts.is_ok();
            if let Ok(receipts) = receipts {
                // Who got no answer asks again.
                let _ = answer_again(&*process.store, &*process.hub, &receipts).await;
            }
            if process.faults.is_dead() {
                return Ok(());
            }
            if !early {
                intake.settle(&vec![stored; count]).await.map_err(text)?;
                self.under_way -= if stored { count } else { 0 };
            }
        }
        intake.stop().await;
        Ok(())
    }

    async fn import(&mut self, contract: &Contract, fault: Fault) -> Result<(), String> {
        let path = self.written(contract);
        if let Some(run) = self.started(fault).await {
            let _ = run.office().import(&path).await;
        }
        self.imported(contract).await
    }

    /// Whichever of the two is first: what is due is decided with the contracts of that moment.
    async fn import_beside_terms(
        &mut self,
        contract: &Contract,
        days: u64,
        faults: [Fault; 2],
    ) -> Result<(), String> {
        let path = self.written(contract);
        self.today = self.today + Days::new(days);
        let settings = self.settings();
        let [one, other] = faults.map(|fault| self.new_process(fault));
        let importing = async {
            if let Some(run) = one.start(settings.clone()).await {
                let _ = run.office().import(&path).await;
            }
        };
        let passing = async {
            if let Some(run) = other.start(settings.clone()).await {
                let _ = run.office().pass_all_terms().await;
            }
        };
        join(importing, passing).await;
        self.imported(contract).await
    }

    fn written(&self, contract: &Contract) -> PathBuf {
        let path = self.folder.join("contracts.json");
        std::fs::write(&path, contracts(contract).to_string()).unwrap();
        path
    }

    async fn imported(&mut self, contract: &Contract) -> Result<(), String> {
        let versions = self.store.register_versions().await.map_err(text)?;
        if versions.len() > self.contracts.len() {
            self.contracts.push(contract.clone());
        }
        Ok(())
    }

    async fn retry(&mut self, fault: Fault) -> Result<(), String> {
        let parked = self.store.parked().await.map_err(text)?;
        let Some(run) = self.started(fault).await else { return Ok(()) };
        for parked in parked {
            // What has a notice was judged: it is no message.
            let content = self.store.parked_content(parked.arrival).await.map_err(text)?;
            if content.is_some_and(|content| content.notice.is_some()) {
                continue;
            }
            if run.office().retry(parked.arrival, person()).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// A person decides on something that waits; what cannot be done is left.
    async fn decide(&mut self, seed: u64, fault: Fault) -> Result<(), String> {
        let mut dice = Dice::new(seed);
        if dice.one_in(5) {
            return self.decide_many(dice.one_in(2), fault).await;
        }
        // One in four: a refusal of a payment is taken back.
        let reopens = dice.one_in(4);
        let mut items = self.store.work(!reopens).await.map_err(text)?;
        if reopens {
            items.retain(|item| matches!(item.item.voorstel, Voorstel::Vrijgeven { .. }));
        }
        if items.is_empty() {
            return Ok(());
        }
        let item = &items[dice.below(items.len())];
        let reden = Some(RedenAfwijzingVerzoek::PastNietBinnenContract);
        let besluit = match dice.below(6) {
            _ if reopens => Besluit::Heropenen,
            0 | 1 => Besluit::Afwijzen { reden },
            2 => Besluit::GoedkeurenKindBekend,
            // Of what is beyond nothing it cannot be said, and the item stays.
            3 if item.item.voorstel == Voorstel::Doorsturen => Besluit::GoedkeurenMetBetaling,
            _ => Besluit::Goedkeuren,
        };
        if let Some(run) = self.started(fault).await {
            let _ = run.office().decide_work(item.id, besluit, person()).await;
        }
        Ok(())
    }

    /// A person decides on all payments that wait, as one decision; something may come in between.
    async fn decide_many(&mut self, vrijgeven: bool, fault: Fault) -> Result<(), String> {
        if let Some(run) = self.started(fault).await
            && let Ok(vooraf) = run.office().preview("alles", vrijgeven).await
        {
            let _ = run.office().decide_many("alles", &vooraf.token, vrijgeven, person()).await;
        }
        Ok(())
    }

    /// Days pass, and what was due by then is done.
    async fn terms(&mut self, days: u64, fault: Fault) {
        self.today = self.today + Days::new(days);
        if let Some(run) = self.started(fault).await {
            let _ = run.office().pass_all_terms().await;
        }
    }
}
