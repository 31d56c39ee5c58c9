//! CS100: a JW323 is for care since 2021; older care is claimed with a JW303.
//!
//! The first day of the period decides (so do the official style sheets, 2.10.5); TR137 takes care of the
//! last day.

use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::EERSTE_DAG_2021;
use super::parts::prestaties;

pub static RULE: Rule = Rule {
    code: "CS100",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "DeclaratiePeriode en ProductPeriode beginnen op of na 1 januari 2021; oudere zorg \
           gaat met een JW303.",
    source: "CS100",
    checks: &[RuleCheck::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    let declaratie = &bericht.declaratie;
    if declaratie.declaratie_periode.begindatum < EERSTE_DAG_2021 {
        findings.add(declaratie.at, "DeclaratiePeriode/Begindatum");
    }
    for prestatie in prestaties(bericht) {
        if prestatie.product_periode.begindatum < EERSTE_DAG_2021 {
            findings.add(prestatie.at, "ProductPeriode/Begindatum");
        }
    }
}
