//! TR317: the amount computed is volume times rate.

use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "TR317",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "Staat BerekendBedrag er, dan is het GeleverdVolume maal ProductTarief.",
    source: "TR317",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    for prestatie in bericht.prestaties() {
        let bedrag = &prestatie.bedrag;
        let Some(berekend) = &bedrag.berekend_bedrag else { continue };
        let expected = bedrag.product_tarief.and_then(|tarief| tarief.times(bedrag.geleverd_volume).ok());
        if expected != Some(berekend.bedrag) {
            findings.add(prestatie.at, "IngediendeBedragPrestatie/BerekendBedrag");
        }
    }
}
