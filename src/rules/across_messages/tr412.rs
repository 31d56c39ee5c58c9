//! TR412: an assignment without code has no volume.

use super::TeWijzigenFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::in_message::runs_past_2020;
use crate::rules::{Outcome, Rule, RuleCheck};

/// Without product there is no code either, as in CD080 and CD096: TR375 then stands beside it.
pub static RULE: Rule = Rule {
    code: "TR412",
    level: 3,
    retourcode: Some(Retourcode::of("9412")),
    messages: &[BerichtSoort::Jw317],
    text: "Voor een toewijzing zonder productcode die na 2020 doorloopt of geen einddatum krijgt, wordt geen Omvang gevraagd.",
    source: "TR412, IV075",
    checks: &[RuleCheck::TeWijzigenProduct(judge)],
};

fn judge(about: &TeWijzigenFacts<'_>) -> Outcome {
    let Some(toewijzing) = about.toewijzing else { return Outcome::Silent };
    let without_code = toewijzing.product.is_none_or(|product| product.code.is_none())
        && runs_past_2020(about.product.einddatum);
    Outcome::holds_if(!without_code || about.product.omvang.is_none())
}
