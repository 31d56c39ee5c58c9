//! What a previous system decided, taken over as opening state: no answers, no forwarding, no payment.
//!
//! An assignment or a claim is judged on what it would change here: its own content (levels 1 and 2, by the
//! caller), the rules on identity and order of level 3, and the answer that the previous system gave. What
//! that system granted is not judged again against contract or volume: it was granted.

use super::{declaratie, judge, toewijzing};
use crate::clock::Moment;
use crate::codes::GemeenteCode;
use crate::contracts::Register;
use crate::messages::jw301::Jw301;
use crate::messages::jw303::Jw303;
use crate::messages::jw323::Jw323;
use crate::messages::jw325::Jw325;
use crate::messages::{Bericht, Relatie};
use crate::money::Cents;
use crate::rules::Finding;
use crate::rules::across_messages::Facts;
use crate::schema::At;
use crate::state::{Change, FactKeys, Reeks, WorkingSet};
use std::collections::BTreeSet;

/// Everything that taking something over rests on.
#[derive(Debug, Clone, Copy)]
pub struct OvernameInput<'a> {
    /// Journal number.
    pub journal: i64,
    /// Facts, what was taken over before applied.
    pub known: &'a WorkingSet,
    /// Contract register in force: its budgets and ceilings count what is taken over.
    pub register: &'a Register,
    /// When.
    pub moment: Moment,
    /// Relaties of which this system itself judged a message: nothing is slipped in before that.
    pub beoordeeld: &'a BTreeSet<Relatie>,
}

/// Why something is not taken over.
#[derive(Debug, Clone)]
pub struct Bezwaar {
    /// The rule that says so, with its place; none for what no rule of the standard is about.
    pub finding: Option<Finding>,
    /// Where, when there is no rule.
    pub at: At,
    /// Whether the place is in the answer rather than in the message.
    pub in_antwoord: bool,
    /// What is wrong, in Dutch, when there is no rule.
    pub tekst: String,
}

impl Bezwaar {
    /// A fault that no rule of the standard is about.
    #[must_use]
    pub fn of(at: At, tekst: impl Into<String>) -> Self {
        Self { finding: None, at, in_antwoord: false, tekst: tekst.into() }
    }

    /// A rule is violated in the message.
    #[must_use]
    pub fn rule(finding: Finding) -> Self {
        Self { at: finding.at, finding: Some(finding), in_antwoord: false, tekst: String::new() }
    }

    /// The same in the answer.
    #[must_use]
    pub fn in_antwoord(self) -> Self {
        Self { in_antwoord: true, ..self }
    }
}

/// What was taken over.
#[derive(Debug, Clone, Default)]
pub struct Overgenomen {
    pub changes: Vec<Change>,
    /// Assignments that are new or newer than what was known.
    pub toewijzingen: usize,
    /// Assignments of which something newer was known (IV013).
    pub ouder: usize,
    /// Lines booked, granted and rejected.
    pub prestaties: usize,
    /// Claimed, signed.
    pub ingediend: Cents,
    /// Granted, signed.
    pub toegekend: Cents,
}

/// What became of one message or group of rows.
#[derive(Debug, Clone)]
pub enum Overname {
    /// It is state now.
    Overgenomen(Box<Overgenomen>),
    /// All of it is there already.
    Bekend,
    /// There is nothing in it to take over, in Dutch why.
    Niets(String),
    /// It is not taken over; never empty.
    Geweigerd(Vec<Bezwaar>),
}

/// The facts that taking over needs.
#[must_use]
pub fn keys(bericht: &Bericht<'_>, register: &Register) -> FactKeys {
    let mut keys = super::keys(bericht, register);
    // Only whether the client is known: nothing is issued. A line of a JW303 without number needs all that was
    // assigned to its client.
    if !matches!(bericht, Bericht::Factuur(_)) {
        keys.bekende_clienten.extend(std::mem::take(&mut keys.clienten));
    }
    keys
}

/// Takes a JW301 over. `volledig`: it is a message with the client's data; else the rows of a table.
#[must_use]
pub fn take_over_toewijzing(input: &OvernameInput<'_>, bericht: &Jw301<'_>, volledig: bool) -> Overname {
    toewijzing::take_over(input, bericht, volledig)
}

/// Takes a claim over as it was answered; without answer it was granted in full.
#[must_use]
pub fn take_over_declaratie(
    input: &OvernameInput<'_>,
    bericht: &Jw323<'_>,
    antwoord: Option<&Jw325<'_>>,
) -> Overname {
    declaratie::take_over(input, bericht, antwoord)
}

/// Takes a claim of care before 2021 over as it was answered; without answer it was granted in full.
#[must_use]
pub fn take_over_factuur(
    input: &OvernameInput<'_>,
    factuur: &Jw303<'_>,
    antwoord: Option<&Jw303<'_>>,
) -> Overname {
    declaratie::take_over_factuur(input, factuur, antwoord)
}

/// What every rule may look at.
pub(super) fn facts<'a>(input: &OvernameInput<'a>, relatie: Relatie) -> Facts<'a> {
    Facts { relatie, known: input.known, register: input.register, moment: input.moment }
}

/// Violations, and what could not be judged: that is not taken over either.
pub(super) fn bezwaren(judged: judge::RuleVerdict) -> Vec<Bezwaar> {
    let missing = judged.missing.iter().map(|(rule, fact)| {
        Bezwaar::of(At::default(), format!("{} is niet te beoordelen: {fact} ontbreekt", rule.code))
    });
    let missing: Vec<Bezwaar> = missing.collect();
    judged.findings.into_iter().map(Bezwaar::rule).chain(missing).collect()
}

/// Nothing is slipped in before what this system judged itself.
pub(super) fn too_late(input: &OvernameInput<'_>, relatie: Relatie, at: At) -> Option<Bezwaar> {
    input.beoordeeld.contains(&relatie).then(|| {
        let Relatie { gemeente, aanbieder } = relatie;
        Bezwaar::of(
            at,
            format!(
                "van gemeente {gemeente} met aanbieder {aanbieder} heeft dit systeem zelf al berichten beoordeeld; \
                 overnemen zou dat oordeel veranderen"
            ),
        )
    })
}

/// Numbers of the previous system that lie in a range of ours are not handed out again.
#[derive(Debug, Default)]
pub(super) struct Nummers {
    highest: std::collections::BTreeMap<Reeks, i64>,
}

impl Nummers {
    /// A number that was seen.
    pub(super) fn seen(&mut self, reeks: Reeks, number: i64) {
        let highest = self.highest.entry(reeks).or_insert(number);
        *highest = (*highest).max(number);
    }

    /// An Identificatie that may be of our range.
    pub(super) fn seen_identificatie(&mut self, identificatie: &str) {
        if let Ok(number) = identificatie.parse() {
            self.seen(Reeks::Identificatie, number);
        }
    }

    /// The ranges of a gemeente that begin later now.
    pub(super) fn changes(self, input: &OvernameInput<'_>, gemeente: GemeenteCode) -> Vec<Change> {
        let ranges = input.register.regio().nummers(gemeente);
        let later = |(reeks, highest): (Reeks, i64)| {
            let crate::contracts::Nummerreeks { van, tot } = ranges.of(reeks);
            let next = input.known.nummers.get(&(gemeente, reeks)).copied().unwrap_or(van);
            let taken = (van..=tot).contains(&highest) && highest >= next;
            taken.then_some(Change::NummersGebruikt { gemeente, reeks, volgende: highest + 1 })
        };
        self.highest.into_iter().filter_map(later).collect()
    }
}
