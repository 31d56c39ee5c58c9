//! TR311: the claim comes from who was assigned (care before 2021).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR311",
    level: 3,
    retourcode: Some(Retourcode::of("9311")),
    messages: &[BerichtSoort::Jw303],
    text: "De declarant is de aanbieder van de toewijzing.",
    source: "TR311",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet(|| Outcome::holds_if(!facts.is_of_other_aanbieder()))
}
