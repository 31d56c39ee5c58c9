//! CS331: weeks and timeless pieces ended with release 2.3.

use crate::codes::Eenheid;
use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::BEGIN_2_3;

pub static RULE: Rule = Rule {
    code: "CS331",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "Eenheid 21 en 81 zijn er alleen voor een ProductPeriode die voor 1 april 2019 begint.",
    source: "CS331",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    for prestatie in bericht.prestaties() {
        let expired = matches!(prestatie.bedrag.eenheid, Eenheid::Week | Eenheid::Tijdsonafhankelijk);
        if expired && prestatie.product_periode.begindatum >= BEGIN_2_3 {
            findings.add(prestatie.at, "IngediendeBedragPrestatie/Eenheid");
        }
    }
}
