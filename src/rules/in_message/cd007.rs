//! CD007: a language belongs to an interpreter for it.

use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

/// Interpreter for a language (COD747).
const TOLK_TAAL: &str = "1";

pub static RULE: Rule = Rule {
    code: "CD007",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Bij een tolk voor een taal (Vorm 1) staat welke Taal; bij een andere vorm blijft \
           Taal leeg.",
    source: "CD007",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client
        && let Some(communicatie) = &client.communicatie
        && (communicatie.vorm == TOLK_TAAL) != communicatie.taal.is_some()
    {
        findings.add(client.at, "Communicatie/Taal");
    }
}
