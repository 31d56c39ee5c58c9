//! TR061: a client has an address for post or stay.
//!
//! The kind stands in Contact, and so it is the Contact that is looked for; CD034 asks for the address itself.

use crate::codes::AdresSoort;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "TR061",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Onder Contactgegevens van de cliënt staat ten minste één Contact van soort 01 (BRP), \
           02 (correspondentie) of 03 (verblijf). Een tijdelijk adres alleen is te weinig.",
    source: "TR061; IV047",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client
        && client.contactgegevens.iter().all(|contact| contact.soort == AdresSoort::Tijdelijk)
    {
        findings.add(client.at, "Contactgegevens");
    }
}
