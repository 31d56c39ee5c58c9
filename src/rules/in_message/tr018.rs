//! TR018: a stop does not lie before its start.

use crate::messages::BerichtSoort;
use crate::messages::jw307::Jw307;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "TR018",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw307],
    text: "De Einddatum van een StopProduct ligt op of na de Begindatum ervan.",
    source: "TR018",
    checks: &[RuleCheck::Jw307(judge)],
};

fn judge(bericht: &Jw307<'_>, findings: &mut Findings) {
    for product in bericht.client.iter().flat_map(|client| &client.stop_producten) {
        if product.einddatum < product.begindatum {
            findings.add(product.at, "Einddatum");
        }
    }
}
