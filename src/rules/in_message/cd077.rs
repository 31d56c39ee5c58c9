//! CD077: with a budget there is no volume.
//!
//! The mirror of CD078: a class with both breaks both, and both are reported.

use crate::messages::BerichtSoort;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::regel::{ProductRegel, aangevraagd, te_wijzigen_en_nieuw, toegewezen};

pub static RULE: Rule = Rule {
    code: "CD077",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Bij een Budget blijft Omvang leeg.",
    source: "CD077",
    checks: &[
        RuleCheck::Jw301(|bericht, findings| judge(toegewezen(bericht), findings)),
        RuleCheck::Jw315(|bericht, findings| judge(aangevraagd(bericht), findings)),
        RuleCheck::Jw317(|bericht, findings| judge(te_wijzigen_en_nieuw(bericht), findings)),
    ],
};

fn judge<'a>(regels: impl Iterator<Item = ProductRegel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| regel.budget.is_some() && regel.omvang.is_some()) {
        findings.add(regel.at, "Omvang");
    }
}
