//! CD025: an address in the Netherlands has a house.

use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::adressen;

pub static RULE: Rule = Rule {
    code: "CD025",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Bij een adres in Nederland (LandCode NL) is Huis gevuld.",
    source: "CD025",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    for (at, adres) in adressen(bericht) {
        if adres.land_code == Some("NL") && adres.huis.is_none() {
            findings.add(at, "Adres/Huis");
        }
    }
}
