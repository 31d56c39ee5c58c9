//! CD068: other referrers have no code.

use crate::messages::BerichtSoort;
use crate::messages::jw315::Jw315;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CD068",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw315],
    text: "Een verwijzer van een ander Type dan 02, 03, 04 of 05 heeft geen ZorgverlenerCode.",
    source: "CD068",
    checks: &[RuleCheck::Jw315(judge)],
};

fn judge(bericht: &Jw315<'_>, findings: &mut Findings) {
    for product in bericht.client.iter().flat_map(|client| &client.aangevraagde_producten) {
        let verwijzer = &product.verwijzer;
        if !verwijzer.soort.has_code() && verwijzer.zorgverlener_code.is_some() {
            findings.add(product.at, "Verwijzer/ZorgverlenerCode");
        }
    }
}
