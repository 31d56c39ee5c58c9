//! CD075: a budget has an end.

use crate::messages::BerichtSoort;
use crate::rules::{Check, Findings, Rule};

use super::TECHNISCH;
use super::regel::{Regel, aangevraagd, te_wijzigen_en_nieuw, toegewezen};

/// The rule.
pub static RULE: Rule = Rule {
    code: "CD075",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Bij een Budget hoort een einddatum.",
    source: "CD075",
    checks: &[
        Check::Jw301(|bericht, findings| judge(toegewezen(bericht), findings)),
        Check::Jw315(|bericht, findings| judge(aangevraagd(bericht), findings)),
        Check::Jw317(|bericht, findings| judge(te_wijzigen_en_nieuw(bericht), findings)),
    ],
};

fn judge<'a>(regels: impl Iterator<Item = Regel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| regel.budget.is_some() && regel.eind.is_none()) {
        findings.add(regel.at, regel.eind_element);
    }
}
