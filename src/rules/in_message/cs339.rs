//! CS339: claimed in euros, the volume is the amount.

use crate::codes::Eenheid;
use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::prestaties;

pub static RULE: Rule = Rule {
    code: "CS339",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "Bij eenheid 83 (euro's) zijn GeleverdVolume en IngediendBedrag hetzelfde bedrag in \
           eurocenten.",
    source: "CS339; IV042",
    checks: &[RuleCheck::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    for prestatie in prestaties(bericht) {
        if prestatie.eenheid == Eenheid::Euro
            && prestatie.ingediend_bedrag.bedrag.0 != prestatie.geleverd_volume
        {
            findings.add(prestatie.at, "IngediendBedrag/Bedrag");
        }
    }
}
