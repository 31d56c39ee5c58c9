//! TR350: what stays as it is, is there.

use super::OngewijzigdFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// Current on Dagtekening at the least: the sender cannot know what ends before the message is read.
pub static RULE: Rule = Rule {
    code: "TR350",
    level: 3,
    retourcode: Some(Retourcode::of("9350")),
    messages: &[BerichtSoort::Jw317],
    text: "Een ongewijzigd product noemt een lopende of komende toewijzing van deze cliënt bij deze aanbieder.",
    source: "TR350, rulings 1.7 en 2.6",
    checks: &[RuleCheck::OngewijzigdProduct(judge)],
};

fn judge(about: &OngewijzigdFacts<'_>) -> Outcome {
    match about.toewijzing {
        Some(_) => Outcome::Holds,
        None => Outcome::Violated(vec![("toewijzingnummer", about.product.toewijzing_nummer.to_string())]),
    }
}
