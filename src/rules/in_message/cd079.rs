//! CD079: without a budget there is a product.
//!
//! Only a budget can be generic.

use crate::messages::BerichtSoort;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::regel::{ProductRegel, aangevraagd, nieuw, toegewezen};

pub static RULE: Rule = Rule {
    code: "CD079",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Zonder Budget is Product gevuld; alleen een budget kan zonder product.",
    source: "CD079; IV075",
    checks: &[
        RuleCheck::Jw301(|bericht, findings| judge(toegewezen(bericht), findings)),
        RuleCheck::Jw315(|bericht, findings| judge(aangevraagd(bericht), findings)),
        RuleCheck::Jw317(|bericht, findings| judge(nieuw(bericht), findings)),
    ],
};

fn judge<'a>(regels: impl Iterator<Item = ProductRegel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| regel.budget.is_none() && regel.product.is_none()) {
        findings.add(regel.at, "Product");
    }
}
