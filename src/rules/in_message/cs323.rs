//! CS323: no more is asked than was computed.

use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS323",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "DeclaratieFactuurBedrag is niet hoger dan BerekendBedrag.",
    source: "CS323",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    for prestatie in bericht.prestaties() {
        let bedrag = &prestatie.bedrag;
        if bedrag.berekend_bedrag.as_ref().is_some_and(|berekend| bedrag.bedrag.bedrag > berekend.bedrag) {
            findings.add(prestatie.at, "IngediendeBedragPrestatie/DeclaratieFactuurBedrag");
        }
    }
}
