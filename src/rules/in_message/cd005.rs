//! CD005: postcode and country go together.

use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::adressen;

pub static RULE: Rule = Rule {
    code: "CD005",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "LandCode staat er precies dan als er ook een Postcode staat.",
    source: "CD005",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    for (at, adres) in adressen(bericht) {
        if adres.postcode.is_some() != adres.land_code.is_some() {
            findings.add(at, "Adres/LandCode");
        }
    }
}
