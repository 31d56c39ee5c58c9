//! CS319: a DeclaratieNummer is one word.

use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::rules::{Check, Findings, Rule};

use super::TECHNISCH;

/// The rule.
pub static RULE: Rule = Rule {
    code: "CS319",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "Een DeclaratieNummer bestaat uit letters en cijfers, zonder spaties of leestekens \
           ertussen.",
    source: "CS319",
    checks: &[Check::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    let declaratie = &bericht.declaratie;
    let nummer = declaratie.declaratie_nummer;
    if nummer.is_empty() || !nummer.chars().all(|sign| sign.is_alphabetic() || sign.is_ascii_digit()) {
        findings.add(declaratie.at, "DeclaratieNummer");
    }
}
