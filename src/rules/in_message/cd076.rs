//! CD076: a volume per week has an end.

use crate::codes::Frequentie;
use crate::messages::BerichtSoort;
use crate::rules::{Check, Findings, Rule};

use super::TECHNISCH;
use super::regel::{Regel, aangevraagd, te_wijzigen_en_nieuw, toegewezen};

/// The rule.
pub static RULE: Rule = Rule {
    code: "CD076",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Bij een Omvang per week (Frequentie 2) hoort een einddatum.",
    source: "CD076",
    checks: &[
        Check::Jw301(|bericht, findings| judge(toegewezen(bericht), findings)),
        Check::Jw315(|bericht, findings| judge(aangevraagd(bericht), findings)),
        Check::Jw317(|bericht, findings| judge(te_wijzigen_en_nieuw(bericht), findings)),
    ],
};

fn judge<'a>(regels: impl Iterator<Item = Regel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| is_per_week(regel) && regel.eind.is_none()) {
        findings.add(regel.at, regel.eind_element);
    }
}

fn is_per_week(regel: &Regel<'_>) -> bool {
    regel.omvang.is_some_and(|omvang| omvang.frequentie == Frequentie::PerWeek)
}
