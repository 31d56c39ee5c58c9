//! CS318: a client is a person.

use crate::codes::NaamGebruik;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS318",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "NaamGebruik 6 (organisatie) is niet voor de cliënt; een relatie kan wel een \
           organisatie zijn.",
    source: "CS318; IV045",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client
        && client.naam.naam_gebruik == NaamGebruik::NietNatuurlijkPersoon
    {
        findings.add(client.at, "Naam/NaamGebruik");
    }
}
