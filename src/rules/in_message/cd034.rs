//! CD034: where somebody is registered or stays has a postcode.
//!
//! Also when the whole address is absent: the official style sheets (2.10.5) judge the Contact.

use crate::codes::AdresSoort;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::contacten;

pub static RULE: Rule = Rule {
    code: "CD034",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Bij een BRP-adres (Soort 01) of verblijfadres (Soort 03) is Postcode gevuld.",
    source: "CD034",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    for contact in contacten(bericht) {
        let has_postcode = contact.adres.as_ref().is_some_and(|adres| adres.postcode.is_some());
        if matches!(contact.soort, AdresSoort::Brp | AdresSoort::Verblijf) && !has_postcode {
            findings.add(contact.at, "Adres/Postcode");
        }
    }
}
