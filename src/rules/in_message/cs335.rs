//! CS335: a deleted assignment ends on its first day.
//!
//! An assignment without Einddatum does not.

use crate::codes::RedenWijziging;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS335",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Een toewijzing met RedenWijziging 13 (verwijderd) eindigt op haar eigen \
           Ingangsdatum.",
    source: "CS335",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    for product in bericht.client.iter().flat_map(|client| &client.toegewezen_producten) {
        if product.reden_wijziging == Some(RedenWijziging::Verwijderd)
            && product.einddatum != Some(product.ingangsdatum)
        {
            findings.add(product.at, "RedenWijziging");
        }
    }
}
