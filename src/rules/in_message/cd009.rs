//! CD009: only a temporary address has a term.

use crate::codes::AdresSoort;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::contacten;

pub static RULE: Rule = Rule {
    code: "CD009",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Periode staat alleen bij een tijdelijk adres (Soort 04).",
    source: "CD009",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    for contact in contacten(bericht) {
        if contact.periode.is_some() && contact.soort != AdresSoort::Tijdelijk {
            findings.add(contact.at, "Periode");
        }
    }
}
