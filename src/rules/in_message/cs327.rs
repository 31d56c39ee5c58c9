//! CS327: the amounts of a line go one way.

use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::messages::shared::BedragMetDc;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS327",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "DebetCredit van BerekendBedrag en BtwBedrag is gelijk aan die van DeclaratieFactuurBedrag.",
    source: "CS327",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    for prestatie in bericht.prestaties() {
        let bedrag = &prestatie.bedrag;
        let other = |part: &Option<BedragMetDc>| {
            part.as_ref().is_some_and(|part| part.debet_credit != bedrag.bedrag.debet_credit)
        };
        if other(&bedrag.berekend_bedrag) {
            findings.add(prestatie.at, "IngediendeBedragPrestatie/BerekendBedrag/DebetCredit");
        }
        if other(&bedrag.btw_bedrag) {
            findings.add(prestatie.at, "IngediendeBedragPrestatie/BtwBedrag/DebetCredit");
        }
    }
}
