//! TR306: the code is the one assigned (care before 2021).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR306",
    level: 3,
    retourcode: Some(Retourcode::of("1142")),
    messages: &[BerichtSoort::Jw303],
    text: "De ProductCode is die van de toewijzing, als die er een heeft.",
    source: "TR306",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let code = toewijzing.product.and_then(|product| product.code);
        Outcome::holds_if(code.is_none_or(|code| code == facts.prestatie.product_code))
    })
}
