//! TR375: an assignment without product has no volume.

use super::TeWijzigenFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::in_message::runs_past_2020;
use crate::rules::{Outcome, Rule, RuleCheck};

/// The rule text names no element: it is Omvang, as in its siblings TR411 and TR412 and in CD080 for
/// the assignment itself.
pub static RULE: Rule = Rule {
    code: "TR375",
    level: 3,
    retourcode: Some(Retourcode::of("9375")),
    messages: &[BerichtSoort::Jw317],
    text: "Voor een toewijzing zonder product die na 2020 doorloopt of geen einddatum krijgt, wordt geen Omvang gevraagd.",
    source: "TR375, IV075",
    checks: &[RuleCheck::TeWijzigenProduct(judge)],
};

fn judge(about: &TeWijzigenFacts<'_>) -> Outcome {
    let Some(toewijzing) = about.toewijzing else { return Outcome::Silent };
    let generic = toewijzing.product.is_none() && runs_past_2020(about.product.einddatum);
    Outcome::holds_if(!generic || about.product.omvang.is_none())
}
