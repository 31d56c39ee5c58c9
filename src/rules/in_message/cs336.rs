//! CS336: a reason that is no longer used.

use crate::codes::RedenWijziging;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS336",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "RedenWijziging 01 is vervallen en wordt niet meer gebruikt.",
    source: "CS336; JZ002",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    for product in bericht.client.iter().flat_map(|client| &client.toegewezen_producten) {
        if product.reden_wijziging == Some(RedenWijziging::AdministratieveCorrectieVervallen) {
            findings.add(product.at, "RedenWijziging");
        }
    }
}
