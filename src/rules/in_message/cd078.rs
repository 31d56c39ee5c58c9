//! CD078: with a volume there is no budget.
//!
//! The mirror of CD077: a class with both breaks both, and both are reported.

use crate::messages::BerichtSoort;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::regel::{ProductRegel, aangevraagd, te_wijzigen_en_nieuw, toegewezen};

pub static RULE: Rule = Rule {
    code: "CD078",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Bij een Omvang blijft Budget leeg.",
    source: "CD078",
    checks: &[
        RuleCheck::Jw301(|bericht, findings| judge(toegewezen(bericht), findings)),
        RuleCheck::Jw315(|bericht, findings| judge(aangevraagd(bericht), findings)),
        RuleCheck::Jw317(|bericht, findings| judge(te_wijzigen_en_nieuw(bericht), findings)),
    ],
};

fn judge<'a>(regels: impl Iterator<Item = ProductRegel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| regel.omvang.is_some() && regel.budget.is_some()) {
        findings.add(regel.at, "Budget");
    }
}
