//! JW323, and JW303 for care before 2021: judged line by line, booked in the same way, and answered with a
//! JW325 or a JW304 (rulings 5 and 6).
//!
//! `lines` judges, `deels` grants a part, `spending` keeps budgets and ceilings, `book` states what changes,
//! [`answer::jw325`](super::answer::jw325) and [`answer::jw304`](super::answer::jw304) write the answer.

mod beyond;
mod book;
mod deels;
mod factuur;
mod keys;
mod lines;
mod overname;
mod spending;

pub use beyond::births_asked;
pub(super) use factuur::{decide_factuur, keys_of_factuur};
pub(super) use keys::keys;
pub(super) use lines::{JudgedClient, Line, Lines, Oordeel};
pub(super) use overname::{take_over, take_over_factuur};

pub(super) use beyond::grond;
use spending::Spending;
pub(super) use spending::counting_on;

use super::answer::jw304;
use super::answer::jw325::{self, Jw325Content};
use super::judge::{self, RuleVerdict};
use super::kennisgeving::{self, BetalingBericht};
use super::{Amounts, Decision, Input, Outgoing, Verdict};
use crate::codes::Datum;
use crate::messages::jw303::Jw303;
use crate::messages::jw323::Jw323;
use crate::messages::{BerichtSoort, Header};
use crate::money::Cents;
use crate::rules::across_messages::{DeclaratieFacts, Facts};
use crate::rules::{Finding, RuleCheck};
use crate::state::{Change, NewWorkItem, Vasthouding, Voorstel};

/// Decides a JW323.
pub(super) fn decide(input: &Input<'_>, bericht: &Jw323<'_>) -> Decision {
    decide_claim(input, bericht, None)
}

/// Decides a claim; `factuur` is what it came as when it is a JW303.
fn decide_claim(input: &Input<'_>, bericht: &Jw323<'_>, factuur: Option<&Jw303<'_>>) -> Decision {
    let rejected = |said| rejected(input, bericht, factuur, said);
    if !input.in_message.is_empty() {
        return rejected(Jw325Content::Header(input.in_message));
    }
    let dates = claimed_first_days(judge::facts(input), bericht);
    let mut header = judge::header(input, &dates);
    let mut declaratie = judge_declaratie(input, bericht, factuur);
    if factuur.is_some() {
        // The header of a JW303 is the claim itself: all that is wrong with it is told at once.
        header.missing.append(&mut declaratie.missing);
        let known = |found: &Finding| header.findings.iter().any(|other| other.rule.code == found.rule.code);
        let more: Vec<Finding> = declaratie.findings.drain(..).filter(|found| !known(found)).collect();
        header.findings.extend(more);
    }
    if !header.missing.is_empty() {
        return judge::not_assessable(input, header);
    }
    if !header.findings.is_empty() {
        return rejected(Jw325Content::Header(&header.findings));
    }
    if !declaratie.missing.is_empty() {
        return judge::not_assessable(input, declaratie);
    }
    if !declaratie.findings.is_empty() {
        return rejected(Jw325Content::Declaratie(&declaratie.findings));
    }
    match lines::judge(input, bericht, factuur) {
        Ok(judged) => settled(input, bericht, factuur, judged),
        Err(missing) => judge::not_assessable(input, missing),
    }
}

/// The first days of the assignments that a claim is on (TR378).
pub(in crate::decide) fn claimed_first_days(facts: Facts<'_>, bericht: &Jw323<'_>) -> Vec<Datum> {
    let lines = bericht.declaratie.clienten.iter().flat_map(|client| &client.prestaties);
    judge::first_days(facts, lines.map(|prestatie| prestatie.toewijzing_nummer))
}

/// The rules on the class Declaratie.
fn judge_declaratie(input: &Input<'_>, bericht: &Jw323<'_>, factuur: Option<&Jw303<'_>>) -> RuleVerdict {
    let declaratie = &bericht.declaratie;
    let kop = factuur.map(|factuur| &factuur.kop);
    let facts = DeclaratieFacts { facts: judge::facts(input), declaratie, factuur: kop };
    let mut judged = RuleVerdict::default();
    for (rule, check) in judge::checks(input.bericht.header()) {
        if let RuleCheck::Declaratie(judge) = check {
            judged.note(rule, declaratie.at, judge(&facts));
        }
    }
    judged
}

/// Rejected as a whole: as if it had never been sent, so nothing is booked and every number in it is
/// free again (OP286, IV087, rulings 1.2).
fn rejected(
    input: &Input<'_>,
    bericht: &Jw323<'_>,
    factuur: Option<&Jw303<'_>>,
    said: Jw325Content<'_>,
) -> Decision {
    let findings: Vec<Finding> = match said {
        Jw325Content::Header(findings) | Jw325Content::Declaratie(findings) => findings.to_vec(),
        Jw325Content::Lines(_) => Vec::new(),
    };
    let mut decision = answered(input, bericht, factuur, said, Verdict::Rejected);
    if !decision.answers.is_empty() {
        let claimed = bericht.declaratie.totaal_ingediend_bedrag.signed();
        decision.amounts = Some(Amounts { claimed, granted: Cents::ZERO });
    }
    decision.level = lowest_level(&findings);
    decision.findings = findings;
    decision
}

/// Judged per line: answered and booked.
fn settled(
    input: &Input<'_>,
    bericht: &Jw323<'_>,
    factuur: Option<&Jw303<'_>>,
    judged: Lines<'_>,
) -> Decision {
    let verdict = if judged.all_granted() { Verdict::Accepted } else { Verdict::Partial };
    let mut decision = answered(input, bericht, factuur, Jw325Content::Lines(&judged), verdict);
    if decision.answers.is_empty() {
        return decision;
    }
    let mut spending = Spending::new(input.known, input.register, input.bericht.header().relatie());
    let accounts = spending.spend(&judged);
    let holds = spending.holds(input, &bericht.declaratie, &judged);
    decision.held = holds.iter().any(|change| matches!(change, Change::Vastgehouden(_)));
    decision.amounts = Some(Amounts {
        claimed: bericht.declaratie.totaal_ingediend_bedrag.signed(),
        granted: judged.granted(),
    });
    decision.changes.extend(book::changes(bericht, &judged, &accounts));
    let tegen = |place: usize| book::tegenrekening(accounts[place]);
    decision.changes.extend(book::posted(bericht, &judged, input.register, tegen));
    decision.changes.extend(spending.spent());
    let ingediend = bericht.declaratie.totaal_ingediend_bedrag.signed();
    let work = spending.work(&bericht.declaratie, ingediend, input.moment.date());
    let told = told(&holds, &work, input);
    decision.changes.extend(holds);
    decision.changes.extend(told);
    decision.work.extend(work);
    decision.findings = judged.into_findings();
    decision.level = lowest_level(&decision.findings);
    decision
}

/// The aanbieder is told on the day of the hold which of its payments wait, and until when: as the item about them says.
fn told(holds: &[Change], work: &[NewWorkItem], input: &Input<'_>) -> Vec<Change> {
    let held = holds.iter().filter_map(|change| match change {
        Change::Vastgehouden(line) => Some(&**line),
        _ => None,
    });
    let held: Vec<&Vasthouding> = held.collect();
    let item = work.iter().find(|item| matches!(item.voorstel, Voorstel::Vrijgeven { .. }));
    let last = item.and_then(|item| item.due).map(|due| due.date());
    last.map(|last| kennisgeving::of_payments(&held, BetalingBericht::Vastgehouden(last), input.register))
        .unwrap_or_default()
}

/// The JW325 or JW304; parked with an alarm when there is no number for it, because nothing may be booked that
/// was not answered.
fn answered(
    input: &Input<'_>,
    bericht: &Jw323<'_>,
    factuur: Option<&Jw303<'_>>,
    said: Jw325Content<'_>,
    verdict: Verdict,
) -> Decision {
    let header: &Header<'_> = &bericht.header;
    let relatie = header.relatie();
    let mut numbers = judge::numbers(input);
    match numbers.identificatie() {
        Err(exhausted) => Decision { work: vec![exhausted.work(relatie)], ..Decision::of(Verdict::Parked) },
        Ok(identificatie) => {
            let (document, today) = (input.document, input.moment.date());
            let (soort, bytes) = match factuur {
                None => {
                    let bytes = jw325::write(document, bericht, said, &identificatie, today);
                    (BerichtSoort::Jw325, bytes)
                }
                Some(factuur) => {
                    (BerichtSoort::Jw304, jw304::write(document, factuur, said, &identificatie, today))
                }
            };
            let answer = Outgoing { soort, receiver: header.afzender, relatie, identificatie, bytes };
            Decision { answers: vec![answer], changes: numbers.changes(), ..Decision::of(verdict) }
        }
    }
}

fn lowest_level(findings: &[Finding]) -> Option<u8> {
    findings.iter().map(|finding| finding.rule.level).min()
}
