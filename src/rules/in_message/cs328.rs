//! CS328: the Jeugdwet began in 2015.

use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::JEUGDWET;

pub static RULE: Rule = Rule {
    code: "CS328",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "Een ProductPeriode begint op of na 1 januari 2015.",
    source: "CS328",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    for prestatie in bericht.prestaties().filter(|prestatie| prestatie.product_periode.begindatum < JEUGDWET)
    {
        findings.add(prestatie.at, "ProductPeriode/Begindatum");
    }
}
