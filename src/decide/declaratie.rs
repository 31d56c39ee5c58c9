//! JW323: judged line by line, booked, and answered with a JW325 (rulings 5).
//!
//! `lines` judges, `spending` keeps budgets and ceilings, `book` states what changes,
//! [`answer::jw325`](super::answer::jw325) writes the answer.

mod book;
mod keys;
mod lines;
mod spending;

pub(super) use keys::keys;
pub(super) use lines::{JudgedClient, Line, Lines, Oordeel};

use spending::Spending;

use super::answer::jw325::{self, Said};
use super::judge::{self, Judged};
use super::{Amounts, Decision, Input, Outgoing, Verdict};
use crate::messages::jw323::Jw323;
use crate::messages::{BerichtSoort, Header};
use crate::money::Cents;
use crate::rules::across_messages::DeclaratieFacts;
use crate::rules::{Check, Finding};

/// Decides a JW323.
pub(super) fn decide(input: &Input<'_>, bericht: &Jw323<'_>) -> Decision {
    if !input.in_message.is_empty() {
        return rejected(input, bericht, Said::Header(input.in_message));
    }
    let header = judge::header(input, &[]);
    let declaratie = judge_declaratie(input, bericht);
    if !header.missing.is_empty() {
        return judge::not_assessable(input, header);
    }
    if !header.findings.is_empty() {
        return rejected(input, bericht, Said::Header(&header.findings));
    }
    if !declaratie.missing.is_empty() {
        return judge::not_assessable(input, declaratie);
    }
    if !declaratie.findings.is_empty() {
        return rejected(input, bericht, Said::Declaratie(&declaratie.findings));
    }
    match lines::judge(input, bericht) {
        Ok(judged) => settled(input, bericht, judged),
        Err(missing) => judge::not_assessable(input, missing),
    }
}

/// The rules on the class Declaratie.
fn judge_declaratie(input: &Input<'_>, bericht: &Jw323<'_>) -> Judged {
    let declaratie = &bericht.declaratie;
    let facts = DeclaratieFacts { facts: judge::facts(input), declaratie };
    let mut judged = Judged::default();
    for (rule, check) in judge::checks(input.bericht.header()) {
        if let Check::Declaratie(judge) = check {
            judged.note(rule, declaratie.at, judge(&facts));
        }
    }
    judged
}

/// Rejected as a whole: as if it had never been sent, so nothing is booked and every number in it is
/// free again (OP286, IV087, rulings 1.2).
fn rejected(input: &Input<'_>, bericht: &Jw323<'_>, said: Said<'_>) -> Decision {
    let findings: Vec<Finding> = match said {
        Said::Header(findings) | Said::Declaratie(findings) => findings.to_vec(),
        Said::Lines(_) => Vec::new(),
    };
    let mut decision = answered(input, bericht, said, Verdict::Rejected);
    if !decision.answers.is_empty() {
        let claimed = bericht.declaratie.totaal_ingediend_bedrag.signed();
        decision.amounts = Some(Amounts { claimed, granted: Cents::ZERO });
    }
    decision.level = lowest_level(&findings);
    decision.findings = findings;
    decision
}

/// Judged per line: answered and booked.
fn settled(input: &Input<'_>, bericht: &Jw323<'_>, judged: Lines<'_>) -> Decision {
    let verdict = if judged.all_granted() { Verdict::Accepted } else { Verdict::Partial };
    let mut decision = answered(input, bericht, Said::Lines(&judged), verdict);
    if decision.answers.is_empty() {
        return decision;
    }
    let mut spending = Spending::new(input);
    let held = spending.spend(&judged);
    decision.held = held.contains(&true);
    decision.amounts = Some(Amounts {
        claimed: bericht.declaratie.totaal_ingediend_bedrag.signed(),
        granted: judged.granted(),
    });
    decision.changes.extend(book::changes(bericht, &judged, &held));
    decision.changes.extend(spending.changes());
    decision.work.extend(spending.work(bericht.declaratie.declaratie_nummer));
    decision.findings = judged.into_findings();
    decision.level = lowest_level(&decision.findings);
    decision
}

/// The JW325; parked with an alarm when there is no number for it, because nothing may be booked that
/// was not answered.
fn answered(input: &Input<'_>, bericht: &Jw323<'_>, said: Said<'_>, verdict: Verdict) -> Decision {
    let header: &Header<'_> = &bericht.header;
    let relatie = header.relatie();
    let mut numbers = judge::numbers(input);
    match numbers.identificatie() {
        Err(exhausted) => Decision { work: vec![exhausted.work(relatie)], ..Decision::of(Verdict::Parked) },
        Ok(identificatie) => {
            let bytes = jw325::write(input.document, bericht, said, &identificatie, input.moment.date());
            let soort = BerichtSoort::Jw325;
            let answer = Outgoing { soort, receiver: header.afzender, relatie, identificatie, bytes };
            Decision { answers: vec![answer], changes: numbers.changes(), ..Decision::of(verdict) }
        }
    }
}

fn lowest_level(findings: &[Finding]) -> Option<u8> {
    findings.iter().map(|finding| finding.rule.level).min()
}
