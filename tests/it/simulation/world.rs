//! A back office in which a plan is carried out, and what must hold when it is.

use super::faults::{Bug, Fault, Faults, Faulty};
use super::plan::Op;
use super::post::Post;
use crate::generator::Dice;
use crate::model::answer::Antwoord;
use crate::model::histories::day;
use crate::model::office::Model;
use crate::model::spec::{Bericht, Contract, Dag, Inhoud};
use crate::model::write::{contracts, message};
use happyflow::clock::Clock;
use happyflow::config::{Betaling, Config};
use happyflow::pipeline::core::Core;
use happyflow::pipeline::operator::Person;
use happyflow::pipeline::prepare::Incoming;
use happyflow::pipeline::{Engine, PipelineError, Settings};
use happyflow::replay::{Replay, different_rows};
use happyflow::store::{InboxStatus, JournalKind, JournalRecord, OutboxMessage, Store, TakeLimit};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const ALL: TakeLimit = TakeLimit { messages: usize::MAX >> 2, bytes: usize::MAX };
/// A worker that waits longer for its turn never gets it.
const TURN: Duration = Duration::from_secs(2);

/// Senders with what they have not been told that we have.
pub struct World<'a, S> {
    store: S,
    faults: Arc<Faults>,
    post: Post,
    folder: &'a Path,
    waiting: Vec<Arc<[u8]>>,
    today: Dag,
    sent: BTreeMap<Arc<[u8]>, Option<Bericht>>,
    contracts: Vec<Contract>,
}

fn person() -> Person {
    Person { who: "A. Proef".to_owned(), why: "opgelost".to_owned() }
}

type Worker<S> = Engine<Faulty<S>, Post>;

impl<'a, S: Store + Clone + 'static> World<'a, S> {
    pub fn new(store: S, folder: &'a Path, bug: Option<Bug>) -> Self {
        let faults = Faults::with(bug);
        let post = Post::new(faults.clone());
        let today = day(2025, 1, 1);
        let (waiting, sent, contracts) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { store, faults, post, folder, waiting, today, sent, contracts }
    }

    /// Carries out a plan, lets everything come to rest, and says what does not hold.
    pub async fn run(mut self, plan: &[Op], replay: Option<S>) -> Option<String> {
        for op in plan {
            if let Err(stuck) = self.perform(op).await {
                return Some(format!("{op:?}: {stuck}"));
            }
        }
        // Three strikes may park what only had bad luck: an operator has it judged again.
        for _ in 0..3 {
            for op in [Op::Work(50, Fault::None), Op::Retry(Fault::None)] {
                if let Err(stuck) = self.perform(&op).await {
                    return Some(format!("at rest: {stuck}"));
                }
            }
        }
        match self.check().await {
            Ok(()) => {}
            Err(wrong) => return Some(wrong),
        }
        self.replayed(replay?).await
    }

    fn send(&mut self, today: Dag, bytes: Vec<u8>, bericht: Option<&Bericht>) {
        let bytes: Arc<[u8]> = bytes.into();
        self.today = self.today.max(today);
        self.sent.insert(bytes.clone(), bericht.cloned());
        self.waiting.push(bytes);
    }

    async fn perform(&mut self, op: &Op) -> Result<(), String> {
        match op {
            Op::Send(today, bericht) | Op::Again(today, bericht) => {
                self.send(*today, message(bericht).into_bytes(), Some(bericht));
            }
            Op::Poison(number) => self.send(self.today, format!("<kapot-{number}>").into_bytes(), None),
            Op::Reorder(seed) => {
                let mut dice = Dice::new(*seed);
                for place in 1..self.waiting.len() {
                    let other = dice.below(place + 1);
                    self.waiting.swap(place, other);
                }
            }
            Op::Work(at_once, fault) => return self.work(*at_once, *fault).await,
            Op::Import(contract, fault) => return self.import(contract, *fault).await,
            Op::Pay(fault) => {
                let today = self.today;
                if let Some(mut worker) = self.start(*fault).await? {
                    // What is refused here is tried by a later run.
                    let planned = worker.plan_payment(today, &Betaling::example()).await;
                    if let Ok(planned) = planned
                        && !planned.run.paid.is_empty()
                    {
                        let _ = worker.record_payment(&planned).await;
                    }
                }
            }
            Op::Retry(fault) => {
                let parked = self.store.parked().await.map_err(|error| error.to_string())?;
                if let Some(mut worker) = self.start(*fault).await? {
                    for parked in parked.iter().filter(|parked| parked.soort.is_some()) {
                        if worker.retry(parked.arrival, person()).await.is_err() {
                            break;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A worker, unless it dies or is refused before it is ready.
    async fn start(&mut self, fault: Fault) -> Result<Option<Worker<S>>, String> {
        self.faults.plan(fault);
        let settings = Settings::new(&Config::default(), Clock::Fixed(self.today));
        let store = Faulty { inner: self.store.clone(), faults: self.faults.clone() };
        let starting = Engine::start(store, self.post.clone(), Core::STANDARD, settings);
        let mut worker = match tokio::time::timeout(TURN, starting).await {
            Ok(Ok(worker)) => worker,
            Ok(Err(_)) => return Ok(None),
            Err(_) => return Err("nobody gives the turn back".to_owned()),
        };
        Ok(worker.recover().await.is_ok().then_some(worker))
    }

    async fn work(&mut self, at_once: usize, fault: Fault) -> Result<(), String> {
        let Some(mut worker) = self.start(fault).await? else { return Ok(()) };
        while !self.waiting.is_empty() {
            let taken: Vec<Arc<[u8]>> = self.waiting.iter().take(at_once).cloned().collect();
            if self.faults.bug == Some(Bug::AcknowledgeBeforeCommit) {
                self.waiting.drain(..taken.len());
            }
            if give(&mut worker, &taken).await.is_err() {
                return Ok(());
            }
            if self.faults.bug != Some(Bug::AcknowledgeBeforeCommit) {
                self.waiting.drain(..taken.len());
            }
        }
        Ok(())
    }

    async fn import(&mut self, contract: &Contract, fault: Fault) -> Result<(), String> {
        let path = self.folder.join("contracts.json");
        std::fs::write(&path, contracts(contract).to_string()).unwrap();
        if let Some(mut worker) = self.start(fault).await? {
            let _ = worker.import(&path).await;
        }
        let versions = self.store.register_versions().await.map_err(|error| error.to_string())?;
        if versions.len() > self.contracts.len() {
            self.contracts.push(contract.clone());
        }
        Ok(())
    }

    /// Every message answered once, as the model does; everything paid or payable that was granted;
    /// nothing left behind.
    async fn check(&self) -> Result<(), String> {
        let text = |error: happyflow::store::StoreError| error.to_string();
        if !self.waiting.is_empty() {
            return Err(format!("{} messages wait", self.waiting.len()));
        }
        let unpublished = self.store.unpublished(ALL, &[]).await.map_err(text)?;
        if !unpublished.is_empty() {
            return Err(format!("{} answers were not sent", unpublished.len()));
        }
        let mut decided: BTreeMap<Arc<[u8]>, i64> = BTreeMap::new();
        let delivered = self.post.messages();
        let mut model = Model::default();
        let mut imported = self.contracts.iter();
        for record in self.store.journal(0, ALL).await.map_err(text)? {
            match (record.entry.kind, &record.message) {
                (JournalKind::Contract, _) => {
                    model.contract = imported.next().ok_or("a contract that nobody imported")?.clone();
                }
                (JournalKind::Bericht, Some(taken)) => {
                    if let Some(first) = decided.insert(taken.bytes.clone(), taken.arrival) {
                        return Err(format!("arrivals {first} and {} are the same message", taken.arrival));
                    }
                    self.answered(&mut model, &record, &taken.bytes, &delivered)?;
                }
                _ => {}
            }
        }
        for (bytes, bericht) in &self.sent {
            if bericht.is_some() != decided.contains_key(bytes) {
                return Err(format!("not decided, or decided and no message: {bericht:?}"));
            }
        }
        self.parked().await?;
        self.money(&model).await
    }

    /// One answer of ours with what the model says, and the message itself to whom it is for.
    fn answered(
        &self,
        model: &mut Model,
        record: &JournalRecord,
        bytes: &Arc<[u8]>,
        delivered: &[OutboxMessage],
    ) -> Result<(), String> {
        let known = self.sent.get(bytes).and_then(Option::as_ref);
        let bericht = known.ok_or("a message that nobody sent")?;
        let expected = model.receive(record.entry.moment.date(), bericht);
        let own: Vec<&OutboxMessage> =
            delivered.iter().filter(|message| message.journal == record.entry.journal).collect();
        let (forwards, answers): (Vec<&OutboxMessage>, Vec<_>) =
            own.into_iter().partition(|message| message.bytes[..] == bytes[..]);
        let [answer] = answers.as_slice() else {
            return Err(format!("{} answers on {bericht:?}", answers.len()));
        };
        if answer.receiver.to_string() != bericht.afzender() {
            return Err(format!("answered to {} instead of {}", answer.receiver, bericht.afzender()));
        }
        let found = Antwoord::read(&answer.bytes);
        if found != expected {
            return Err(format!("{bericht:?}\n model: {expected:?}\nengine: {found:?}"));
        }
        let accepted = expected.codes["Header"][0].is_empty();
        let wanted = usize::from(accepted && matches!(bericht.inhoud, Inhoud::Jw301 { .. }));
        if forwards.len() != wanted {
            return Err(format!("forwarded {} times: {bericht:?}", forwards.len()));
        }
        Ok(())
    }

    /// What is no message, and nothing else, is parked, and its sender was told.
    async fn parked(&self) -> Result<(), String> {
        let parked = self.store.parked().await.map_err(|error| error.to_string())?;
        let poison = self.sent.values().filter(|bericht| bericht.is_none()).count();
        if parked.len() != poison {
            return Err(format!("{} are parked, {poison} are no message", parked.len()));
        }
        for parked in parked {
            if !self.post.notices().contains(&parked.arrival) {
                return Err(format!("nobody was told of arrival {}", parked.arrival));
            }
            let outcome = self.store.outcome(parked.arrival).await.map_err(|error| error.to_string())?;
            if outcome.map(|(status, _)| status) != Some(InboxStatus::Geparkeerd) {
                return Err(format!("arrival {} is not parked", parked.arrival));
            }
        }
        Ok(())
    }

    /// What is payable and what was paid is what was granted, and nothing was paid twice.
    async fn money(&self, model: &Model) -> Result<(), String> {
        let text = |error: happyflow::store::StoreError| error.to_string();
        let mut entries = self.store.payable().await.map_err(text)?;
        for run in self.store.payment_runs().await.map_err(text)? {
            entries.extend(self.store.paid_by(run.run).await.map_err(text)?);
        }
        let mut numbers: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.len() != entries.len() {
            return Err("an entry is paid twice".to_owned());
        }
        let mut booked: BTreeMap<(String, String), i64> = BTreeMap::new();
        for entry in &entries {
            let key = (entry.boeking.gemeente.to_string(), entry.boeking.aanbieder.to_string());
            *booked.entry(key).or_default() += entry.boeking.bedrag.0;
        }
        let mut counted: BTreeMap<(String, String), i64> = BTreeMap::new();
        for line in model.regels.iter().filter(|line| line.toegekend) {
            let key = (line.gemeente.to_owned(), line.aanbieder.to_owned());
            *counted.entry(key).or_default() += line.inhoud.signed();
        }
        booked.retain(|_, bedrag| *bedrag != 0);
        counted.retain(|_, bedrag| *bedrag != 0);
        if booked == counted { Ok(()) } else { Err(format!("booked {booked:?}, counted {counted:?}")) }
    }

    /// State is the replay of the journal.
    async fn replayed(&self, into: S) -> Option<String> {
        let settings = Settings::new(&Config::default(), Clock::Fixed(day(2031, 1, 1)));
        let replay = Replay { core: Core::STANDARD, settings, hub: &self.post };
        if let Err(error) = replay.rebuild(&self.store, &into).await {
            return Some(format!("no replay: {error}"));
        }
        let (one, other) = (self.store.dump().await.unwrap(), into.dump().await.unwrap());
        (one != other).then(|| format!("not the replay of the journal: {:?}", different_rows(&one, &other)))
    }
}

async fn give<S: Store + 'static>(worker: &mut Worker<S>, taken: &[Arc<[u8]>]) -> Result<(), PipelineError> {
    let prepared = taken
        .iter()
        .enumerate()
        .map(|(place, bytes)| {
            let name = format!("{place}.xml");
            worker.prepare(Incoming { name, channel: None, claimed: None, bytes: bytes.clone() })
        })
        .collect();
    worker.process(prepared).await.map(drop)
}
