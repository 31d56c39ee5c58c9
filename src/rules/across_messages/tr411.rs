//! TR411: a specific assignment has a volume.

use super::TeWijzigenFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR411",
    level: 3,
    retourcode: Some(Retourcode::of("9411")),
    messages: &[BerichtSoort::Jw317],
    text: "Voor een toewijzing met een productcode staat de gewenste Omvang in het verzoek, ook als die gelijk blijft.",
    source: "TR411, IV092",
    checks: &[RuleCheck::TeWijzigenProduct(judge)],
};

fn judge(about: &TeWijzigenFacts<'_>) -> Outcome {
    let Some(toewijzing) = about.toewijzing else { return Outcome::Silent };
    let specific = toewijzing.product.is_some_and(|product| product.code.is_some());
    Outcome::holds_if(!specific || about.product.omvang.is_some())
}
