//! CD087: what is not claimed in euros has a rate.

use crate::codes::Eenheid;
use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::prestaties;

pub static RULE: Rule = Rule {
    code: "CD087",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "ProductTarief staat bij elke eenheid behalve 83 (euro's); bij euro's blijft het \
           leeg.",
    source: "CD087",
    checks: &[RuleCheck::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    for prestatie in prestaties(bericht) {
        if (prestatie.eenheid == Eenheid::Euro) == prestatie.product_tarief.is_some() {
            findings.add(prestatie.at, "ProductTarief");
        }
    }
}
