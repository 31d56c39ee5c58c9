//! CD076: a volume per week has an end.

use crate::codes::Frequentie;
use crate::messages::BerichtSoort;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::regel::{ProductRegel, aangevraagd, te_wijzigen_en_nieuw, toegewezen};

pub static RULE: Rule = Rule {
    code: "CD076",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Bij een Omvang per week (Frequentie 2) hoort een einddatum.",
    source: "CD076",
    checks: &[
        RuleCheck::Jw301(|bericht, findings| judge(toegewezen(bericht), findings)),
        RuleCheck::Jw315(|bericht, findings| judge(aangevraagd(bericht), findings)),
        RuleCheck::Jw317(|bericht, findings| judge(te_wijzigen_en_nieuw(bericht), findings)),
    ],
};

fn judge<'a>(regels: impl Iterator<Item = ProductRegel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| is_per_week(regel) && regel.eind.is_none()) {
        findings.add(regel.at, regel.eind_element);
    }
}

fn is_per_week(regel: &ProductRegel<'_>) -> bool {
    regel.omvang.is_some_and(|omvang| omvang.frequentie == Frequentie::PerWeek)
}
