//! TR006: a Contact says how to reach somebody.

use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::contacten;

pub static RULE: Rule = Rule {
    code: "TR006",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "In een Contact staat een telefoonnummer, of een adres met zowel Huis als Postcode. \
           Allebei mag ook.",
    source: "TR006",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    for contact in contacten(bericht) {
        let house_and_postcode =
            contact.adres.as_ref().is_some_and(|adres| adres.huis.is_some() && adres.postcode.is_some());
        if contact.telefoon.is_none() && !house_and_postcode {
            findings.add(contact.at, "");
        }
    }
}
