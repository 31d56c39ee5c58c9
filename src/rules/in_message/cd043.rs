//! CD043: a decision has a number and a date, or neither.

use crate::messages::BerichtSoort;
use crate::messages::jw315::Jw315;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CD043",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw315],
    text: "BeschikkingIngangsdatum staat er precies dan als BeschikkingNummer er staat.",
    source: "CD043; IV052",
    checks: &[RuleCheck::Jw315(judge)],
};

fn judge(bericht: &Jw315<'_>, findings: &mut Findings) {
    for product in bericht.client.iter().flat_map(|client| &client.aangevraagde_producten) {
        if product.beschikking_nummer.is_some() != product.beschikking_ingangsdatum.is_some() {
            findings.add(product.at, "BeschikkingIngangsdatum");
        }
    }
}
