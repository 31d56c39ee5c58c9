//! TR351: what is to change, is there.

use super::TeWijzigenFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// Current on Dagtekening at the least: the sender cannot know what ends before the message is read.
pub static RULE: Rule = Rule {
    code: "TR351",
    level: 3,
    retourcode: Some(Retourcode::of("9351")),
    messages: &[BerichtSoort::Jw317],
    text: "Een te wijzigen product noemt een lopende of komende toewijzing van deze cliënt bij deze aanbieder.",
    source: "TR351, rulings 1.7 en 2.6",
    checks: &[RuleCheck::TeWijzigenProduct(judge)],
};

fn judge(about: &TeWijzigenFacts<'_>) -> Outcome {
    match about.toewijzing {
        Some(_) => Outcome::Holds,
        None => Outcome::Violated(vec![("toewijzingnummer", about.product.toewijzing_nummer.to_string())]),
    }
}
