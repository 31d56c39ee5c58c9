//! CD062: euros have no rate.

use crate::codes::Eenheid;
use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CD062",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "Bij eenheid 83 (euro) blijft ProductTarief leeg.",
    source: "CD062; IV042",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    for prestatie in bericht.prestaties() {
        if prestatie.bedrag.eenheid == Eenheid::Euro && prestatie.bedrag.product_tarief.is_some() {
            findings.add(prestatie.at, "IngediendeBedragPrestatie/ProductTarief");
        }
    }
}
