//! CS340: a declaratie is for one calendar month.

use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::rules::{Findings, Rule, RuleCheck};
use chrono::Datelike;

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS340",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "DeclaratiePeriode loopt van de eerste tot en met de laatste dag van één en dezelfde \
           kalendermaand.",
    source: "CS340",
    checks: &[RuleCheck::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    let declaratie = &bericht.declaratie;
    let (begin, eind) = (declaratie.declaratie_periode.begindatum, declaratie.declaratie_periode.einddatum);
    let same_month = (begin.year(), begin.month()) == (eind.year(), eind.month());
    // The last day of the calendar has no day after it, and is no last day of a month of care either.
    let ends_a_month = eind.succ_opt().is_some_and(|next| next.day() == 1);
    if !(same_month && begin.day() == 1 && ends_a_month) {
        findings.add(declaratie.at, "DeclaratiePeriode");
    }
}
