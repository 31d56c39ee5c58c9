//! One message decided, or set aside: from what is known to what the store must record.

use super::core::Core;
use super::line::{AmountsLine, FindingLine, ProcessVerdict, lowest_level};
use super::outcome::{Leaving, MessageOutcome};
use super::prepare::Judged;
use super::rule_set::rule_set;
use super::sender;
use super::settings::Settings;
use crate::clock::Moment;
use crate::codes::GemeenteCode;
use crate::contracts::Register;
use crate::decide::own::broken_by;
use crate::decide::verzamelen::set_apart;
use crate::decide::{Decision, Input, Outgoing, Verdict};
use crate::hub::notice::{self, Notice};
use crate::messages::{Bericht, Header, Partij, Relatie};
use crate::rules::Finding;
use crate::schema::{Document, Invalid};
use crate::state::{Bedragen, NewWorkItem, Voorstel, WorkReason, WorkingSet};
use crate::store::{BatchNumbers, Decided, Entry, JournalKind, MessageMeta, Moved, Parked};
use std::sync::Arc;

/// A message in the inbox that is to be judged now.
#[derive(Debug)]
pub struct OpenMessage {
    /// Arrival number.
    pub arrival: i64,
    /// File name for people and scripts.
    pub name: String,
    /// The authenticated sender; none is the operator's own file.
    pub channel: Option<Partij>,
    /// The message.
    pub bytes: Arc<[u8]>,
    /// Levels 1 and 2.
    pub judged: Judged,
}

impl OpenMessage {
    /// The message, typed; none when levels 1 and 2 could say nothing of it.
    #[must_use]
    pub fn bericht(&self) -> Option<Bericht<'_>> {
        match &self.judged {
            Judged::Valid(valid) => Some(Bericht::read(&valid.document)),
            Judged::Invalid(_) | Judged::Panicked | Judged::Damaged(_) => None,
        }
    }

    /// The message as it is decided on, with what [`OpenMessage::bericht`] gives.
    #[must_use]
    pub fn subject<'m>(&'m self, bericht: Option<&'m Bericht<'m>>) -> OpenRef<'m> {
        let said = match (&self.judged, bericht) {
            (Judged::Valid(valid), Some(bericht)) => JudgedRef::Valid(ValidRef {
                document: &valid.document,
                bericht,
                in_message: &valid.in_message,
            }),
            (Judged::Invalid(invalid), _) => JudgedRef::Invalid(invalid),
            _ => JudgedRef::Nothing,
        };
        OpenRef { arrival: self.arrival, name: &self.name, channel: self.channel, said }
    }
}

/// A message as it is decided on.
#[derive(Debug, Clone, Copy)]
pub struct OpenRef<'m> {
    /// Arrival number.
    pub arrival: i64,
    /// File name for people and scripts.
    pub name: &'m str,
    /// The authenticated sender; none is the operator's own file.
    pub channel: Option<Partij>,
    /// What levels 1 and 2 say of it.
    pub said: JudgedRef<'m>,
}

/// What levels 1 and 2 say of a message.
#[derive(Debug, Clone, Copy)]
pub enum JudgedRef<'m> {
    /// Valid at level 1.
    Valid(ValidRef<'m>),
    /// Not valid at level 1.
    Invalid(&'m Invalid),
    /// Nothing: a rule or the reader panicked, or there is nothing to read.
    Nothing,
}

/// A message that is valid at level 1.
#[derive(Debug, Clone, Copy)]
pub struct ValidRef<'m> {
    /// As it was read.
    pub document: &'m Document<'m>,
    /// Typed.
    pub bericht: &'m Bericht<'m>,
    /// Findings of level 2.
    pub in_message: &'m [Finding],
}

impl ValidRef<'_> {
    /// The gemeente that its answer takes an Identificatie of.
    #[must_use]
    pub fn gemeente(&self) -> GemeenteCode {
        self.bericht.header().relatie().gemeente
    }
}

/// What a message led to.
#[derive(Debug)]
pub enum Step {
    /// It was judged.
    Decided(Box<Decided>, MessageOutcome),
    /// It is set aside.
    Parked(Box<Parked>, MessageOutcome),
}

impl Step {
    pub(super) fn entry(&mut self) -> &mut Entry {
        match self {
            Self::Decided(decided, _) => &mut decided.entry,
            Self::Parked(parked, _) => &mut parked.entry,
        }
    }

    /// The same with its final send numbers and numbers of work items.
    #[must_use]
    pub fn moved(mut self, by: Moved) -> Self {
        if by == Moved::default() {
            return self;
        }
        match &mut self {
            Self::Decided(decided, outcome) => {
                decided.first_send += by.send;
                decided.first_work += by.work;
                outcome.moved(by.send, by.work);
                decided.outcome_json = outcome.json();
            }
            Self::Parked(parked, outcome) => {
                parked.first_send += by.send;
                parked.first_work += by.work;
                outcome.moved(by.send, by.work);
                parked.outcome_json = outcome.json();
            }
        }
        self
    }
}

/// What every message of a batch is decided with.
pub struct Context<'a> {
    /// The rules.
    pub core: Core,
    /// Settings of this run.
    pub settings: &'a Settings,
    /// Contract register in force.
    pub register: &'a Register,
    pub register_version: i64,
    /// When.
    pub moment: Moment,
    /// JW301s that a fixed clock issued before.
    pub issued: u32,
}

/// Why a message is set aside.
pub(super) struct SetAside<'a> {
    pub(super) reason: String,
    pub(super) message: Option<MessageMeta>,
    pub(super) outcome: MessageOutcome,
    pub(super) notice: Option<Notice<'a>>,
    pub(super) work: Vec<NewWorkItem>,
}

impl Context<'_> {
    /// Decides one message. May panic when a rule does; the caller catches that.
    pub fn step(&self, open: &OpenMessage, known: &WorkingSet, numbers: &mut BatchNumbers) -> Step {
        self.decide(&open.subject(open.bericht().as_ref()), known, numbers)
    }

    /// As [`Context::step`], on a message that was typed before.
    pub fn decide(&self, open: &OpenRef<'_>, known: &WorkingSet, numbers: &mut BatchNumbers) -> Step {
        match open.said {
            JudgedRef::Valid(valid) => {
                let mut step = self.valid(open, valid, known, numbers);
                step.entry().first_identificatie = known.first_identificatie(valid.gemeente());
                step
            }
            JudgedRef::Invalid(invalid) => self.invalid(open, invalid, numbers),
            // It is given up only after as many attempts as one that panics later.
            JudgedRef::Nothing => panic!("a message could not be judged by itself"),
        }
    }

    /// Sets a message aside that could not be judged, time after time.
    pub fn give_up(&self, open: &OpenRef<'_>, numbers: &mut BatchNumbers) -> Step {
        let reason = format!(
            "Het bericht kon na {} pogingen niet worden beoordeeld door een fout in happyflow. \
             Meld het bij de beheerder; probeer het daarna opnieuw.",
            self.settings.limits.attempts
        );
        let (message, relatie) = match open.said {
            JudgedRef::Valid(ValidRef { document, bericht, .. }) => {
                let header = bericht.header();
                (Some(meta(header, document)), Some(header.relatie()))
            }
            JudgedRef::Invalid(_) | JudgedRef::Nothing => (None, None),
        };
        let work = relatie.map(|relatie| item(WorkReason::BerichtGeparkeerd, relatie, reason.clone()));
        let outcome = message.as_ref().map_or_else(
            || MessageOutcome::parked(open.name.to_owned(), reason.clone()),
            |message| parked(open, message, reason.clone()),
        );
        let work = work.into_iter().collect();
        self.aside(open, SetAside { reason, message, outcome, notice: None, work }, None, numbers)
    }

    fn invalid(&self, open: &OpenRef<'_>, invalid: &Invalid, numbers: &mut BatchNumbers) -> Step {
        let header = invalid.header.clone().unwrap_or_default();
        let findings = FindingLine::of_invalid(invalid);
        let outcome = MessageOutcome {
            message: invalid.soort.map(|soort| soort.name().to_owned()),
            release: invalid.release.map(str::to_owned),
            identificatie: header.identificatie.clone(),
            level: lowest_level(&findings),
            findings,
            ..MessageOutcome::parked(
                open.name.to_owned(),
                "Het bericht is niet geldig op niveau 1.".to_owned(),
            )
        };
        let omschrijving = notice::omschrijving(invalid);
        let notice = Notice {
            arrival: Some(open.arrival),
            receiver: receiver(open.channel, header.afzender),
            identificatie: header.identificatie.as_deref(),
            code: &self.settings.notice_code,
            omschrijving: omschrijving.clone(),
            details: notice::details(invalid),
        };
        let aside =
            SetAside { reason: omschrijving, message: None, outcome, notice: Some(notice), work: Vec::new() };
        self.aside(open, aside, None, numbers)
    }

    fn valid(
        &self,
        open: &OpenRef<'_>,
        valid: ValidRef<'_>,
        known: &WorkingSet,
        numbers: &mut BatchNumbers,
    ) -> Step {
        let ValidRef { document, bericht, in_message } = valid;
        let header = bericht.header();
        let message = meta(header, document);
        let configured = &self.settings.gemeenten;
        if let Err(refusal) = sender::check(header, open.channel, configured, self.register) {
            let reason = refusal.to_string();
            let notice = Notice {
                arrival: Some(open.arrival),
                receiver: receiver(open.channel, Some(header.afzender)),
                identificatie: Some(header.bericht_identificatie.identificatie),
                code: &self.settings.notice_code,
                omschrijving: reason.clone(),
                details: String::new(),
            };
            let outcome = parked(open, &message, reason.clone());
            let aside =
                SetAside { reason, message: Some(message), outcome, notice: Some(notice), work: Vec::new() };
            return self.aside(open, aside, None, numbers);
        }
        let journal = numbers.draw_journal();
        let input = Input {
            bericht,
            document,
            in_message,
            journal,
            known,
            register: self.register,
            requests: self.settings.requests,
            moment: self.moment,
            issued: self.issued,
        };
        let mut decision = (self.core.decide)(&input);
        let findings = FindingLine::of_findings(document, &decision.findings);
        let across = |answer: &Bericht<'_>| broken_by(&input, &decision, answer);
        let small = |answer: &&Outgoing| !self.is_too_large(answer);
        let fault = decision.answers.iter().filter(small).find_map(|answer| self.fault_in(answer, across));
        let outcome =
            MessageOutcome { level: decision.level, findings, ..parked(open, &message, String::new()) };
        if let Some(answer) = decision.answers.iter().find(|answer| self.is_too_large(answer)) {
            return self.answer_too_large(open, message, answer, outcome, journal, numbers);
        }
        if let Some(fault) = fault {
            let reason = format!("Ons eigen antwoord is niet geldig en is niet verstuurd: {fault}");
            tracing::error!(arrival = open.arrival, journal, %fault, "eigen antwoord ongeldig");
            let work = vec![item(WorkReason::AntwoordOngeldig, message.relatie, reason.clone())];
            let aside = SetAside { reason, message: Some(message), outcome, notice: None, work };
            return self.aside(open, aside, Some(journal), numbers);
        }
        if decision.verdict == Verdict::Parked {
            let reason = decision.work.first().map_or_else(String::new, |item| item.story.clone());
            let aside =
                SetAside { reason, message: Some(message), outcome, notice: None, work: decision.work };
            return self.aside(open, aside, Some(journal), numbers);
        }
        set_apart(journal, header, &mut decision);
        self.decided(open, message, decision, outcome, journal, numbers)
    }

    fn decided(
        &self,
        open: &OpenRef<'_>,
        message: MessageMeta,
        decision: Decision,
        judged: MessageOutcome,
        journal: i64,
        numbers: &mut BatchNumbers,
    ) -> Step {
        let first_send = numbers.draw_send(decision.answers.len() + decision.forwards.len());
        let first_work = numbers.draw_work(decision.work.len());
        let (answers, forwarded) = leaving(&decision, first_send);
        let outcome = MessageOutcome {
            verdict: decision.verdict.into(),
            reason: None,
            held: decision.held,
            work: (first_work..).take(decision.work.len()).collect(),
            amounts: decision.amounts.map(|amounts| AmountsLine {
                claimed_cents: amounts.claimed.0,
                granted_cents: amounts.granted.0,
            }),
            answers,
            forwarded,
            ..judged
        };
        let entry = self.entry(JournalKind::Bericht, journal, open.arrival, Some(message.release));
        let outcome_json = outcome.json();
        Step::Decided(
            Box::new(Decided { entry, message, decision, first_send, first_work, outcome_json }),
            outcome,
        )
    }

    pub(super) fn aside(
        &self,
        open: &OpenRef<'_>,
        aside: SetAside<'_>,
        journal: Option<i64>,
        numbers: &mut BatchNumbers,
    ) -> Step {
        let SetAside { reason, message, mut outcome, notice, work } = aside;
        let journal = journal.unwrap_or_else(|| numbers.draw_journal());
        let (first_send, first_work) = (numbers.draw_send(0), numbers.draw_work(work.len()));
        outcome.reason = Some(reason.clone());
        outcome.work = (first_work..).take(work.len()).collect();
        let entry = self.entry(JournalKind::Parkeren, journal, open.arrival, outcome.release.as_deref());
        let notice = notice.map(|notice| notice.write());
        let outcome_json = outcome.json();
        Step::Parked(
            Box::new(Parked { entry, message, reason, notice, work, first_send, first_work, outcome_json }),
            outcome,
        )
    }

    fn entry(&self, kind: JournalKind, journal: i64, arrival: i64, release: Option<&str>) -> Entry {
        Entry {
            journal,
            kind,
            moment: self.moment,
            register_version: self.register_version,
            rule_set: rule_set(release),
            requests: self.settings.requests,
            issued: self.issued,
            first_identificatie: None,
            arrival: Some(arrival),
            who: None,
            why: None,
            role: None,
            body: None,
        }
    }
}

/// Who is told: the authenticated sender; nobody when the hub does not say who that is, for the header may
/// say anything.
pub(super) fn receiver(channel: Option<Partij>, header: Option<Partij>) -> Option<Partij> {
    channel.or(header).filter(|_| channel != Some(Partij::onbekend()))
}

/// What leaves of a decision, from a send number on: answers first, then forwards.
pub(super) fn leaving(decision: &Decision, first_send: i64) -> (Vec<Leaving>, Vec<Leaving>) {
    let answers = decision.answers.iter().zip(first_send..);
    let answers = answers.map(|(answer, send)| Leaving::new(Some(answer.soort), answer.receiver, send));
    let answers: Vec<Leaving> = answers.collect();
    let forwards = first_send + i64::try_from(answers.len()).unwrap_or(i64::MAX)..;
    let forwarded = decision.forwards.iter().zip(forwards);
    let forwarded = forwarded.map(|(receiver, send)| Leaving::new(None, *receiver, send)).collect();
    (answers, forwarded)
}

fn meta(header: &Header<'_>, document: &Document<'_>) -> MessageMeta {
    MessageMeta {
        soort: header.soort,
        release: document.schema.release.name,
        afzender: header.afzender,
        relatie: header.relatie(),
        identificatie: header.bericht_identificatie.identificatie.into(),
    }
}

pub(super) fn item(reason: WorkReason, relatie: Relatie, story: String) -> NewWorkItem {
    NewWorkItem {
        reason,
        relatie,
        toewijzing: None,
        due: None,
        story,
        voorstel: Voorstel::Kennisnemen,
        bedragen: Bedragen::default(),
        verzamel: None,
    }
}

fn parked(open: &OpenRef<'_>, message: &MessageMeta, reason: String) -> MessageOutcome {
    MessageOutcome {
        message: Some(message.soort.name().to_owned()),
        release: Some(message.release.to_owned()),
        identificatie: Some(message.identificatie.to_string()),
        verdict: ProcessVerdict::Parked,
        ..MessageOutcome::parked(open.name.to_owned(), reason)
    }
}
