//! CD078: with a volume there is no budget.
//!
//! The mirror of CD077: a class with both breaks both, and both are reported.

use crate::messages::BerichtSoort;
use crate::rules::{Check, Findings, Rule};

use super::TECHNISCH;
use super::regel::{Regel, aangevraagd, te_wijzigen_en_nieuw, toegewezen};

/// The rule.
pub static RULE: Rule = Rule {
    code: "CD078",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Bij een Omvang blijft Budget leeg.",
    source: "CD078",
    checks: &[
        Check::Jw301(|bericht, findings| judge(toegewezen(bericht), findings)),
        Check::Jw315(|bericht, findings| judge(aangevraagd(bericht), findings)),
        Check::Jw317(|bericht, findings| judge(te_wijzigen_en_nieuw(bericht), findings)),
    ],
};

fn judge<'a>(regels: impl Iterator<Item = Regel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| regel.omvang.is_some() && regel.budget.is_some()) {
        findings.add(regel.at, "Budget");
    }
}
