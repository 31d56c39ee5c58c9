//! What messages would lead to if they came now: all four levels, with nothing kept and nothing answered.
//!
//! The facts are those of one moment of the store, read as a decision reads them; the decision is the one of live work,
//! message after message in the order given, so that what the first one uses counts for the next. Nothing is locked, no
//! number is drawn, and whoever decides meanwhile is not waited for.

use super::core::Core;
use super::error::OfficeError;
use super::line::{AmountsLine, FindingLine, ProcessVerdict, evidence, lowest_level};
use super::ordered::in_order;
use super::outcome::MessageOutcome;
use super::prepare::{Judged, judge};
use super::register::{InForce, in_force};
use super::settings::Settings;
use super::source::{Reader, Source, SourceError};
use super::step::{Context, OpenMessage, Step};
use crate::clock::Clock;
use crate::codes::AgbCode;
use crate::contracts::Register;
use crate::decide::Decision;
use crate::messages::Partij;
use crate::money::Cents;
use crate::state::{BoekingSoort, Change, FactKeys, NewWorkItem, Ontvangst, WorkingSet};
use crate::store::read::{arrivals_of_bytes, message};
use crate::store::{BatchNumbers, Store};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

mod aanbieder;

pub use aanbieder::TO_AANBIEDER;

/// Messages that are tried at once: they lie in memory together.
pub const MAX_MESSAGES: usize = 1000;
/// Bytes of those together.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;
/// How often facts are read anew because somebody decided something meanwhile.
const IN_THE_WAY: usize = 4;

/// An answer that would leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// `JW302`; none for the message itself, which would go on unchanged.
    #[serde(rename = "type")]
    pub soort: Option<String>,
    /// Code of the receiver.
    pub receiver: String,
}

/// What would wait for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpectedHold {
    /// ReferentieNummer of a line whose payment would wait.
    pub referentie: Option<String>,
    /// Assignment that would not go to the aanbieder.
    pub toewijzing: Option<String>,
    /// Amount of the line.
    pub amount_cents: Option<i64>,
}

/// What a person would have to see or decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpectedWork {
    /// Why.
    pub reason: &'static str,
    /// When it would have to be done.
    pub due: Option<String>,
    /// The story in Dutch.
    pub story: String,
}

/// What would follow, for the region's own people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Follows {
    /// What would leave, in order.
    pub answers: Vec<Expected>,
    /// What would wait for a person.
    pub holds: Vec<ExpectedHold>,
    /// Granted and payable at the next run; of a declaratie.
    pub payable_cents: Option<i64>,
    /// Granted and held; of a declaratie.
    pub held_cents: Option<i64>,
    /// What a person would have to see or decide.
    pub work: Vec<ExpectedWork>,
}

/// What became of one message: a line of `check --level 4 --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialLine {
    /// The path as it was given.
    pub file: String,
    /// `JW323`; none when unknown.
    pub message: Option<String>,
    /// `3.2`; none when unknown.
    pub release: Option<String>,
    pub verdict: ProcessVerdict,
    /// Lowest level with findings.
    pub level: Option<u8>,
    /// All findings, in order.
    pub findings: Vec<FindingLine>,
    /// Identificatie in the header; none when unknown.
    pub identificatie: Option<String>,
    /// The same bytes came before from the same sender: the verdict is the one of then.
    pub duplicate: bool,
    /// Declaraties only.
    pub amounts: Option<AmountsLine>,
    /// What would follow; not there in a trial for an aanbieder, and none for what came before.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
    /// As [`ProcessLine::evidence`](super::line::ProcessLine).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Why it would be set aside, for people.
    #[serde(skip)]
    pub reason: Option<String>,
}

impl TrialLine {
    fn of(file: &str, outcome: MessageOutcome) -> Self {
        let MessageOutcome {
            message, release, identificatie, verdict, level, findings, amounts, reason, ..
        } = outcome;
        Self {
            file: file.to_owned(),
            evidence: evidence(release.as_deref()),
            message,
            release,
            verdict,
            level,
            findings,
            identificatie,
            duplicate: false,
            amounts,
            follows: None,
            reason,
        }
    }

    fn failed(file: &str, finding: FindingLine) -> Self {
        let mut outcome = MessageOutcome::parked(file.to_owned(), finding.text.clone());
        outcome.findings.push(finding);
        outcome.level = lowest_level(&outcome.findings);
        Self::of(file, outcome)
    }
}

/// How messages are tried.
pub struct Trial<'a> {
    /// A store that does not change while it is read.
    pub store: &'a dyn Store,
    /// The rules.
    pub core: Core,
    pub settings: &'a Settings,
    /// For whom: with an aanbieder only what it may know counts, and only retourcodes are told.
    pub aanbieder: Option<AgbCode>,
}

/// A message that was read.
enum Read {
    Message { open: Box<OpenMessage>, sha256: [u8; 32] },
    Unreadable(String, SourceError),
}

impl Trial<'_> {
    /// Tries messages, in this order; `report` hears of each.
    pub async fn run(
        &self,
        sources: Vec<Source>,
        mut report: impl FnMut(TrialLine) -> ControlFlow<()>,
    ) -> Result<(), OfficeError> {
        if sources.len() > MAX_MESSAGES {
            return Err(OfficeError::TrialTooLarge);
        }
        let register = in_force(self.store).await?;
        let messages = self.judged(sources, &register).await?;
        let mut known = self.facts(&messages).await?;
        let moment = self.settings.clock.now();
        let mut issued = match self.settings.clock {
            Clock::Fixed(_) => self.store.issued_at(moment).await?,
            Clock::System => 0,
        };
        let next = self.store.newest_entry().await?.map_or(1, |(journal, _)| journal + 1);
        let mut numbers = BatchNumbers::next(next, 1, 1);
        let mut before: BTreeMap<([u8; 32], Option<Partij>), TrialLine> = BTreeMap::new();
        for read in messages {
            let line = match read {
                Read::Unreadable(name, error) => TrialLine::failed(&name, FindingLine::unreadable(&error)),
                Read::Message { open, sha256 } => {
                    let sender = open.judged.envelope().map(|envelope| envelope.sender);
                    let again = match before.get(&(sha256, sender)) {
                        Some(line) => Some(line.clone()),
                        None => self.received(sha256, sender, &open.name).await?,
                    };
                    if let Some(line) = again {
                        TrialLine { file: open.name.clone(), duplicate: true, follows: None, ..line }
                    } else {
                        let context = Context {
                            core: self.core,
                            settings: self.settings,
                            register: &register.versie.register,
                            register_version: register.version,
                            moment,
                            issued,
                        };
                        let (line, decision) = step(&context, &open, &known, &mut numbers);
                        if let Some(decision) = decision {
                            known.apply(&decision.changes, &open.bytes);
                            if matches!(self.settings.clock, Clock::Fixed(_)) {
                                issued += decision.issued;
                            }
                        }
                        before.insert((sha256, sender), line.clone());
                        line
                    }
                }
            };
            let line = match self.aanbieder {
                Some(_) => aanbieder::told(line),
                None => line,
            };
            if report(line).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Levels 1 and 2 of all messages, on all cores.
    async fn judged(&self, sources: Vec<Source>, register: &InForce) -> Result<Vec<Read>, OfficeError> {
        let (core, register) = (self.core, register.versie.register.clone());
        let aanbieder = self.aanbieder;
        let work = move || {
            let mut reader = Reader::default();
            let (mut all, mut bytes, mut too_large) = (Vec::with_capacity(sources.len()), 0_usize, false);
            let messages = sources.into_iter().map(move |source| {
                let bytes = reader.read(&source);
                (source.name, bytes)
            });
            in_order(
                messages,
                |(_, bytes)| bytes.as_ref().map_or(0, Vec::len),
                |(name, bytes)| read(name, bytes, core, &register, aanbieder),
                |read| {
                    if let Read::Message { open, .. } = &read {
                        bytes = bytes.saturating_add(open.bytes.len());
                    }
                    too_large = bytes > MAX_BYTES;
                    all.push(read);
                    if too_large { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                },
            );
            if too_large { Err(OfficeError::TrialTooLarge) } else { Ok(all) }
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// Everything that the messages refer to.
    async fn facts(&self, messages: &[Read]) -> Result<WorkingSet, OfficeError> {
        let mut keys = FactKeys::default();
        for read in messages {
            if let Read::Message { open, .. } = read
                && let Judged::Valid(valid) = &open.judged
            {
                keys.merge(&valid.keys);
            }
        }
        let Some(aanbieder) = self.aanbieder else { return self.facts_of_one_moment(&keys).await };
        // Which clients are its own, their assignments say.
        keys.clienten.extend(keys.bekende_clienten.iter().copied());
        let mut known = self.facts_of_one_moment(&keys).await?;
        aanbieder::only_own(&mut known, aanbieder);
        Ok(known)
    }

    /// They are read table by table: what others decided in between is read again, as often as they may be in the way.
    async fn facts_of_one_moment(&self, keys: &FactKeys) -> Result<WorkingSet, OfficeError> {
        let newest =
            async || Ok::<_, OfficeError>(self.store.newest_entry().await?.map(|(journal, _)| journal));
        let mut before = newest().await?;
        for _ in 0..IN_THE_WAY {
            let known = self.store.facts(keys).await?;
            let after = newest().await?;
            if after == before {
                return Ok(known);
            }
            before = after;
        }
        Ok(self.store.facts(keys).await?)
    }

    /// What became of the same bytes from the same sender; none when they did not come or wait to be judged.
    async fn received(
        &self,
        sha256: [u8; 32],
        sender: Option<Partij>,
        name: &str,
    ) -> Result<Option<TrialLine>, OfficeError> {
        // What another sent is no business of an aanbieder.
        if self.aanbieder.is_some_and(|aanbieder| sender != Some(Partij::Aanbieder(aanbieder))) {
            return Ok(None);
        }
        let found = arrivals_of_bytes(self.store, sha256).await?;
        let same = found.iter().find(|(_, channel)| channel.or(sender) == sender);
        let Some((arrival, _)) = same else { return Ok(None) };
        let judged = message(self.store, *arrival).await?.and_then(|message| message.judged);
        let outcome =
            judged.and_then(|judged| Some((MessageOutcome::read(&judged.outcome?)?, judged.reason)));
        Ok(outcome.map(|(outcome, reason)| TrialLine::of(name, MessageOutcome { reason, ..outcome })))
    }
}

fn read(
    name: String,
    bytes: Result<Vec<u8>, SourceError>,
    core: Core,
    register: &Register,
    aanbieder: Option<AgbCode>,
) -> Read {
    match bytes {
        Ok(bytes) => {
            let (sha256, bytes): (_, Arc<[u8]>) = (Sha256::digest(&bytes).into(), bytes.into());
            let judged = judge(&bytes, core, register);
            // What another sends is parked, as if it came in by the door of the aanbieder.
            let channel = aanbieder.map(Partij::Aanbieder);
            Read::Message { open: Box::new(OpenMessage { arrival: 0, name, channel, bytes, judged }), sha256 }
        }
        Err(error) => Read::Unreadable(name, error),
    }
}

/// What a message would lead to, and the decision where there is one.
fn step(
    context: &Context<'_>,
    open: &OpenMessage,
    known: &WorkingSet,
    numbers: &mut BatchNumbers,
) -> (TrialLine, Option<Decision>) {
    let made = catch_unwind(AssertUnwindSafe(|| context.step(open, known, numbers)));
    match made {
        Ok(Step::Decided(decided, outcome)) => {
            let decision = decided.decision;
            let follows = follows(&decision, &outcome);
            let line = TrialLine { follows: Some(follows), ..TrialLine::of(&open.name, outcome) };
            (line, Some(decision))
        }
        Ok(Step::Parked(parked, outcome)) => {
            let work = parked.work.iter().map(expected_work).collect();
            let follows = Follows { work, ..Follows::default() };
            (TrialLine { follows: Some(follows), ..TrialLine::of(&open.name, outcome) }, None)
        }
        Err(_) => (TrialLine::failed(&open.name, FindingLine::not_judged()), None),
    }
}

fn follows(decision: &Decision, outcome: &MessageOutcome) -> Follows {
    let leaves = outcome.answers.iter().chain(&outcome.forwarded);
    let answers =
        leaves.map(|leaving| Expected { soort: leaving.soort.clone(), receiver: leaving.receiver.clone() });
    let mut holds = Vec::new();
    let (mut payable, mut held) = (0_i64, 0_i64);
    for change in &decision.changes {
        match change {
            Change::Vastgehouden(line) => holds.push(ExpectedHold {
                referentie: Some(line.referentie.to_string()),
                toewijzing: None,
                amount_cents: Some(line.bedrag.0),
            }),
            Change::ToewijzingOpgeslagen(toewijzing) if toewijzing.ontvangst == Ontvangst::Vastgehouden => {
                let nummer = Some(toewijzing.nummer.to_string());
                holds.push(ExpectedHold { referentie: None, toewijzing: nummer, amount_cents: None });
            }
            Change::Geboekt(boeking) => {
                let Cents(amount) = boeking.bedrag;
                match boeking.soort {
                    BoekingSoort::Betaalbaar => payable = payable.saturating_add(amount),
                    BoekingSoort::Vastgehouden => held = held.saturating_add(amount),
                    BoekingSoort::Geweigerd => {}
                }
            }
            _ => {}
        }
    }
    let of_claim = |amount: i64| decision.amounts.map(|_| amount);
    Follows {
        answers: answers.collect(),
        holds,
        payable_cents: of_claim(payable),
        held_cents: of_claim(held),
        work: decision.work.iter().map(expected_work).collect(),
    }
}

fn expected_work(item: &NewWorkItem) -> ExpectedWork {
    ExpectedWork {
        reason: item.reason.as_str(),
        due: item.due.map(|due| due.to_string()),
        story: item.story.clone(),
    }
}
