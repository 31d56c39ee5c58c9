//! CS089: a Dutch postcode looks like one.
//!
//! Four digits, the first not 0, and two letters, in capitals or not, without a space: the pattern of the
//! official style sheets (2.10.5). An absent postcode has no shape; CD005 reports it.

use crate::codes::is_dutch_postcode;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::adressen;

pub static RULE: Rule = Rule {
    code: "CS089",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Een postcode in Nederland (LandCode NL) bestaat uit vier cijfers, waarvan het eerste \
           geen 0 is, direct gevolgd door twee letters.",
    source: "CS089",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    for (at, adres) in adressen(bericht) {
        let wrong = adres.postcode.is_some_and(|postcode| !is_dutch_postcode(postcode.0));
        if wrong && adres.land_code == Some("NL") {
            findings.add(at, "Adres/Postcode");
        }
    }
}
