//! Difference: what an auditor is told where deciding again came to something else.

use crate::clock::Moment;
use crate::messages::Relatie;
use crate::office::line::{FindingLine, ProcessVerdict};
use crate::office::outcome::MessageOutcome;
use serde::Serialize;

/// Why something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// The archived message, or the input of an entry, is not what was received.
    Message,
    /// A version of the contract register is not what was imported.
    Register,
    /// The recorded verdict, findings or amounts are not what the rules come to.
    Decision,
    /// What left is not what follows from the decision.
    Answer,
    /// What was booked is not what follows from the decision.
    Ledger,
    /// The input cannot be decided again.
    Input,
    /// A person was removed from it lawfully: it was decided again without the person.
    Removed,
    /// The rules have changed since: the recorded decision was right then.
    NewerRules,
    /// The newest contract register comes to something else than the one that was known then.
    NewestRegister,
}

impl DifferenceKind {
    /// Whether it means that something is wrong, so that the exit code is 1.
    #[must_use]
    pub const fn is_fault(self) -> bool {
        !matches!(self, Self::NewerRules | Self::NewestRegister | Self::Removed)
    }

    /// Heading for people.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Message => "Gearchiveerd bericht of besluit is veranderd",
            Self::Register => "Vastgelegde contracten zijn veranderd",
            Self::Decision => "Beslissing wijkt af",
            Self::Answer => "Verstuurd antwoord wijkt af",
            Self::Ledger => "Boeking wijkt af",
            Self::Input => "Kan niet opnieuw worden beslist",
            Self::Removed => "Een persoon is rechtmatig verwijderd; zonder die persoon opnieuw beslist",
            Self::NewerRules => "Anders onder nieuwere regels",
            Self::NewestRegister => "Zou nu anders worden beantwoord",
        }
    }
}

/// A verdict in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Short {
    /// `accepted`, `partial`, `rejected`, `parked`; none when unknown.
    pub verdict: Option<&'static str>,
    /// Every retourcode of a finding, each once, in order.
    pub codes: Vec<String>,
    /// Claimed, signed eurocents.
    pub claimed_cents: Option<i64>,
    /// Granted, signed eurocents.
    pub granted_cents: Option<i64>,
    /// Whether part of it waits for an operator.
    pub held: bool,
}

impl Short {
    /// Of what a message led to.
    #[must_use]
    pub fn of(line: &MessageOutcome) -> Self {
        let mut codes: Vec<String> = Vec::new();
        for code in line.findings.iter().filter_map(|finding| finding.retourcode.as_ref()) {
            if !codes.contains(code) {
                codes.push(code.clone());
            }
        }
        Self {
            verdict: Some(match line.verdict {
                ProcessVerdict::Accepted => "accepted",
                ProcessVerdict::Partial => "partial",
                ProcessVerdict::Rejected => "rejected",
                ProcessVerdict::Parked => "parked",
            }),
            codes,
            claimed_cents: line.amounts.map(|amounts| amounts.claimed_cents),
            granted_cents: line.amounts.map(|amounts| amounts.granted_cents),
            held: line.held,
        }
    }
}

/// One difference. Nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Why.
    pub kind: DifferenceKind,
    /// Journal number; 0 for a message of another system.
    pub journal: i64,
    /// When it was decided.
    #[serde(serialize_with = "moment")]
    pub moment: Option<Moment>,
    /// Arrival number of the message.
    pub arrival: Option<i64>,
    /// Name of the file that it came in.
    pub file: Option<String>,
    /// `JW323`.
    pub message: Option<String>,
    /// Identificatie in the header.
    pub identificatie: Option<String>,
    pub gemeente: Option<String>,
    pub aanbieder: Option<String>,
    /// The first fact that deviates, in Dutch.
    pub fact: String,
    /// Path of the class that it stands in, when it is one.
    pub class: Option<String>,
    /// The rule, when it is one.
    pub rule: Option<String>,
    /// As recorded.
    pub old: Short,
    /// As decided again.
    pub new: Short,
    /// Rule set that the recorded decision names.
    pub rule_set: Option<String>,
    /// Register version that the recorded decision names.
    pub register_version: Option<i64>,
    /// Journal number of an earlier difference that this one may follow from: of the same relatie, or the
    /// register that it was decided with.
    pub follows: Option<i64>,
}

#[expect(clippy::ref_option, reason = "serde gives the field by reference")]
fn moment<S: serde::Serializer>(moment: &Option<Moment>, to: S) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => to.collect_str(&moment.format("%Y-%m-%dT%H:%M:%S")),
        None => to.serialize_none(),
    }
}

impl Difference {
    /// One about a journal entry.
    #[must_use]
    pub fn of(kind: DifferenceKind, journal: i64, fact: impl Into<String>) -> Self {
        Self {
            kind,
            journal,
            moment: None,
            arrival: None,
            file: None,
            message: None,
            identificatie: None,
            gemeente: None,
            aanbieder: None,
            fact: fact.into(),
            class: None,
            rule: None,
            old: Short::default(),
            new: Short::default(),
            rule_set: None,
            register_version: None,
            follows: None,
        }
    }

    /// About this gemeente and aanbieder.
    #[must_use]
    pub fn about(mut self, relatie: Option<Relatie>) -> Self {
        self.gemeente = relatie.map(|relatie| relatie.gemeente.to_string());
        self.aanbieder = relatie.map(|relatie| relatie.aanbieder.to_string());
        self
    }
}

/// The first fact in which two lines differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// In Dutch.
    pub fact: String,
    /// Path of the class.
    pub class: Option<String>,
    pub rule: Option<String>,
}

impl Deviation {
    fn of(fact: String) -> Self {
        Self { fact, class: None, rule: None }
    }

    fn finding(finding: &FindingLine, what: &str) -> Self {
        let code = finding.retourcode.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
        Self {
            fact: format!("bevinding {}{code} {what}", finding.rule),
            class: Some(finding.path.clone()),
            rule: Some(finding.rule.clone()),
        }
    }
}

/// The first fact in which a line that was recorded differs from one that was decided again; addresses
/// and numbers of what leaves are looked at only when `all`.
#[must_use]
pub fn deviation(old: &MessageOutcome, new: &MessageOutcome, all: bool) -> Option<Deviation> {
    if old.message != new.message || old.identificatie != new.identificatie {
        return Some(Deviation::of("de kop van het bericht is een andere".to_owned()));
    }
    if let Some(deviation) = finding(&old.findings, &new.findings, all) {
        return Some(deviation);
    }
    if old.verdict != new.verdict {
        let (old, new) = (verdict(old.verdict), verdict(new.verdict));
        return Some(Deviation::of(format!("het oordeel was {old} en wordt {new}")));
    }
    if old.amounts != new.amounts {
        let of = |line: &MessageOutcome| line.amounts.map_or(0, |amounts| amounts.granted_cents);
        let (old, new) = (crate::money::Cents(of(old)), crate::money::Cents(of(new)));
        return Some(Deviation::of(format!("toegekend was {old} en wordt {new}")));
    }
    if old.held != new.held {
        return Some(Deviation::of("wat vastgehouden wordt is anders".to_owned()));
    }
    if !all {
        return None;
    }
    let leaves = |line: &MessageOutcome| {
        let answers = line.answers.iter().map(|answer| (answer.soort.clone(), answer.receiver.clone()));
        let forwards = line.forwarded.iter().map(|forward| (None, forward.receiver.clone()));
        answers.chain(forwards).collect::<Vec<_>>()
    };
    if leaves(old) != leaves(new) {
        return Some(Deviation::of("wat vertrekt, of naar wie, is anders".to_owned()));
    }
    (old.level != new.level || old.work.len() != new.work.len())
        .then(|| Deviation::of("het niveau of het aantal werkitems is anders".to_owned()))
}

fn finding(old: &[FindingLine], new: &[FindingLine], all: bool) -> Option<Deviation> {
    let key =
        |finding: &FindingLine| (finding.rule.clone(), finding.retourcode.clone(), finding.path.clone());
    let place = (0..old.len().max(new.len())).find(|place| match (old.get(*place), new.get(*place)) {
        (Some(old), Some(new)) => key(old) != key(new) || (all && old.text != new.text),
        _ => true,
    })?;
    match (old.get(place), new.get(place)) {
        (Some(one), Some(other)) if key(one) == key(other) => {
            Some(Deviation::finding(one, "heeft een andere toelichting"))
        }
        (Some(one), _) if !new.iter().any(|other| key(other) == key(one)) => {
            Some(Deviation::finding(one, "is vastgelegd en volgt niet uit de regels"))
        }
        (_, Some(other)) => Some(Deviation::finding(other, "volgt uit de regels en is niet vastgelegd")),
        (one, None) => one.map(|one| Deviation::finding(one, "is vastgelegd en volgt niet uit de regels")),
    }
}

const fn verdict(verdict: ProcessVerdict) -> &'static str {
    match verdict {
        ProcessVerdict::Accepted => "goedgekeurd",
        ProcessVerdict::Partial => "deels toegekend",
        ProcessVerdict::Rejected => "afgekeurd",
        ProcessVerdict::Parked => "geparkeerd",
    }
}
