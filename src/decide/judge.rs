//! Runs the rules of levels 3 and 4 on a message and refuses it when one is violated (rulings 1.1).

use super::answer::retour::{self, RetourVerdict as Retour};
use super::numbers::GemeenteNumbers;
use super::{Decision, Input, Outgoing, Verdict};
use crate::calendar::add_working_days;
use crate::clock::Moment;
use crate::codes::{Datum, ToewijzingNummer};
use crate::messages::{BerichtSoort, Header};
use crate::rules::across_messages::{Facts, HeaderFacts};
use crate::rules::{Finding, Outcome, Rule, RuleCheck, rule_table};
use crate::schema::At;
use crate::state::{Bedragen, Change, NewWorkItem, Voorstel, WorkReason};
use std::collections::BTreeSet;

/// What the rules said: violations in order of precedence, and what could not be judged.
#[derive(Debug, Default)]
pub struct RuleVerdict {
    /// Violations.
    pub findings: Vec<Finding>,
    /// Rules that lacked a fact, with the fact in Dutch.
    pub missing: Vec<(&'static Rule, &'static str)>,
}

impl RuleVerdict {
    /// Keeps what a rule said about the class at a place.
    pub fn note(&mut self, rule: &'static Rule, at: At, outcome: Outcome) {
        match outcome {
            Outcome::Holds | Outcome::Silent => {}
            Outcome::Violated(values) => self.findings.push(Finding { rule, at, element: "", values }),
            Outcome::FactMissing(fact) => self.missing.push((rule, fact)),
        }
    }
}

/// The checks of levels 3 and 4 on a message, as its release has them, in order of precedence.
pub fn checks(header: &Header<'_>) -> impl Iterator<Item = (&'static Rule, RuleCheck)> + use<> {
    rule_table(header.release).of(header.soort).across.iter().copied()
}

/// What every rule of levels 3 and 4 may look at.
#[must_use]
pub fn facts<'a>(input: &Input<'a>) -> Facts<'a> {
    Facts {
        relatie: input.bericht.header().relatie(),
        known: input.known,
        register: input.register,
        moment: input.moment,
    }
}

/// The rules on the header. `dates` are those on which the gemeentecode may have been valid (TR378).
#[must_use]
pub fn header<'a>(input: &Input<'a>, dates: &'a [Datum]) -> RuleVerdict {
    header_of(facts(input), input.bericht.header(), dates, None)
}

/// The first days of these assignments at this aanbieder, as far as TR378 may ask for them: when the gemeentecode is
/// in use it does not, and a claim may name very many.
#[must_use]
pub fn first_days(facts: Facts<'_>, numbers: impl Iterator<Item = ToewijzingNummer>) -> Vec<Datum> {
    let Facts { relatie, known, register, moment } = facts;
    if register.gemeente_in_use(relatie.gemeente, moment.date()) {
        return Vec::new();
    }
    let found = numbers.filter_map(|nummer| known.toewijzingen.get(&(relatie.gemeente, nummer)));
    let own = found.filter(|toewijzing| toewijzing.aanbieder == relatie.aanbieder);
    let days: BTreeSet<Datum> = own.map(|toewijzing| toewijzing.ingangsdatum).collect();
    days.into_iter().collect()
}

/// The rules on the header of a message, of another or of ours (`eerste_vrije`, TR056).
#[must_use]
pub fn header_of<'a>(
    facts: Facts<'a>,
    header: &'a Header<'a>,
    dates: &'a [Datum],
    eerste_vrije: Option<i64>,
) -> RuleVerdict {
    let header_facts = HeaderFacts { facts, header, dates, eerste_vrije };
    let mut judged = RuleVerdict::default();
    for (rule, check) in checks(header) {
        if let RuleCheck::AcrossHeader(judge) = check {
            judged.note(rule, header.at, judge(&header_facts));
        }
    }
    judged
}

/// Judges a heenbericht that has a retour; the decision when it is refused, or cannot be judged.
///
/// The classes are judged only when level 2 and the header have nothing against the message: the
/// retour would not show more.
pub fn refusal(
    input: &Input<'_>,
    dates: &[Datum],
    classes: impl FnOnce(&mut RuleVerdict),
) -> Option<Decision> {
    if !input.in_message.is_empty() {
        return Some(rejected(input, input.in_message.to_vec(), true));
    }
    let mut judged = header(input, dates);
    let header_only = !judged.findings.is_empty();
    if !header_only {
        classes(&mut judged);
    }
    if !judged.missing.is_empty() {
        return Some(not_assessable(input, judged));
    }
    (!judged.findings.is_empty()).then(|| rejected(input, judged.findings, header_only))
}

/// Rejected as a whole: as if it had never been sent (OP286, rulings 1.2).
fn rejected(input: &Input<'_>, findings: Vec<Finding>, header_only: bool) -> Decision {
    let said = if header_only { Retour::Header(&findings) } else { Retour::Classes(&findings) };
    let mut numbers = numbers(input);
    let mut decision = match answer(input, said, &mut numbers) {
        Ok(retour) => Decision { answers: vec![retour], ..Decision::of(Verdict::Rejected) },
        Err(alarm) => Decision { work: vec![*alarm], ..Decision::of(Verdict::Parked) },
    };
    decision.changes = numbers.changes();
    decision.level = findings.iter().map(|finding| finding.rule.level).min();
    decision.findings = findings;
    decision
}

/// A fact is missing: no answer leaves, a person looks (docs/ARCHITECTURE.md).
pub(super) fn not_assessable(input: &Input<'_>, judged: RuleVerdict) -> Decision {
    let facts: Vec<String> =
        judged.missing.iter().map(|(rule, fact)| format!("{}: {fact}", rule.code)).collect();
    let item = NewWorkItem {
        reason: WorkReason::FeitOntbreekt,
        relatie: input.bericht.header().relatie(),
        toewijzing: None,
        due: claim_due(input.bericht.header().soort, input.moment.date()),
        story: format!(
            "Het bericht is niet beantwoord, want er ontbreekt een gegeven om het te beoordelen: {}.",
            facts.join("; ")
        ),
        voorstel: Voorstel::Kennisnemen,
        bedragen: Bedragen::default(),
        verzamel: None,
    };
    let level = judged.findings.iter().map(|finding| finding.rule.level).min();
    Decision { level, findings: judged.findings, work: vec![item], ..Decision::of(Verdict::Parked) }
}

/// When a claim must have its answer: a JW325 within 10 working days, a JW304 within 20 (OP090x3, OP090x4).
fn claim_due(soort: BerichtSoort, received: Datum) -> Option<Moment> {
    let working_days = match soort {
        BerichtSoort::Jw303 => 20,
        BerichtSoort::Jw323 => 10,
        _ => return None,
    };
    add_working_days(received, working_days).and_hms_opt(12, 0, 0)
}

/// The ranges of the gemeente of a message.
#[must_use]
pub fn numbers<'a>(input: &Input<'a>) -> GemeenteNumbers<'a> {
    GemeenteNumbers::new(input.known, input.register, input.bericht.header().relatie().gemeente)
}

/// The retour on a message, to its sender (rulings 1.3); the alarm when there is no number for it.
pub fn answer(
    input: &Input<'_>,
    said: Retour<'_>,
    numbers: &mut GemeenteNumbers<'_>,
) -> Result<Outgoing, Box<NewWorkItem>> {
    let header = input.bericht.header();
    let relatie = header.relatie();
    let identificatie = numbers.identificatie().map_err(|exhausted| Box::new(exhausted.work(relatie)))?;
    let bytes = retour::write(input.document, said, &identificatie, input.moment.date());
    let soort = header.soort.retour().unwrap_or(header.soort);
    Ok(Outgoing { soort, receiver: header.afzender, relatie, identificatie, bytes })
}

/// The Identificatie of a message that was not rejected as a whole is used (rulings 1.2).
#[must_use]
pub fn identificatie_gebruikt(header: &Header<'_>) -> Change {
    Change::IdentificatieGebruikt {
        afzender: header.afzender,
        soort: header.soort,
        identificatie: header.bericht_identificatie.identificatie.into(),
    }
}

/// Set aside for a person: nothing is answered and nothing changes.
pub(super) fn parked(input: &Input<'_>, story: String) -> Decision {
    let item = NewWorkItem {
        reason: WorkReason::BerichtGeparkeerd,
        relatie: input.bericht.header().relatie(),
        toewijzing: None,
        due: None,
        story,
        voorstel: Voorstel::Kennisnemen,
        bedragen: Bedragen::default(),
        verzamel: None,
    };
    Decision { work: vec![item], ..Decision::of(Verdict::Parked) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_waits_is_due_when_its_answer_is() {
        let received: Datum = "2021-02-01".parse().unwrap();
        let due = |soort| claim_due(soort, received).map(|due| due.date().to_string());
        assert_eq!(due(BerichtSoort::Jw323).as_deref(), Some("2021-02-15"));
        assert_eq!(due(BerichtSoort::Jw303).as_deref(), Some("2021-03-01"));
        assert_eq!(due(BerichtSoort::Jw301), None);
    }
}
