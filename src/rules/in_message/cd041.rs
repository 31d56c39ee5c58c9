//! CD041: a specific product has a volume.

use crate::messages::BerichtSoort;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::regel::{ProductRegel, aangevraagd, nieuw, toegewezen};

pub static RULE: Rule = Rule {
    code: "CD041",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Staat er een productcode, dan staat er ook een Omvang.",
    source: "CD041",
    checks: &[
        RuleCheck::Jw301(|bericht, findings| judge(toegewezen(bericht), findings)),
        RuleCheck::Jw315(|bericht, findings| judge(aangevraagd(bericht), findings)),
        RuleCheck::Jw317(|bericht, findings| judge(nieuw(bericht), findings)),
    ],
};

fn judge<'a>(regels: impl Iterator<Item = ProductRegel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| regel.code().is_some() && regel.omvang.is_none()) {
        findings.add(regel.at, "Omvang");
    }
}
