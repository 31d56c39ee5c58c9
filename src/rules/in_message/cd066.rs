//! CD066: a referrer with a code goes without a name.

use crate::messages::BerichtSoort;
use crate::messages::jw315::Jw315;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CD066",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw315],
    text: "Heeft een huisarts, jeugdarts, gecertificeerde instelling of medisch specialist \
           (Type 02 tot en met 05) een ZorgverlenerCode, dan blijft de Naam van de verwijzer \
           leeg.",
    source: "CD066",
    checks: &[RuleCheck::Jw315(judge)],
};

fn judge(bericht: &Jw315<'_>, findings: &mut Findings) {
    for product in bericht.client.iter().flat_map(|client| &client.aangevraagde_producten) {
        let verwijzer = &product.verwijzer;
        if verwijzer.soort.has_code() && verwijzer.zorgverlener_code.is_some() && verwijzer.naam.is_some() {
            findings.add(product.at, "Verwijzer/Naam");
        }
    }
}
