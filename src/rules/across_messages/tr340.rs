//! TR340: the code is the one assigned.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR340",
    level: 3,
    retourcode: Some(Retourcode::of("9340")),
    messages: &[BerichtSoort::Jw323],
    text: "De ProductCode van de prestatie is die van de toewijzing, als die er een noemt.",
    source: "TR340",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let claimed = facts.prestatie.product_code;
        match toewijzing.product.and_then(|product| product.code) {
            Some(code) if code != claimed => {
                Outcome::Violated(vec![("code", claimed.to_string()), ("toegewezen", code.to_string())])
            }
            _ => Outcome::Holds,
        }
    })
}
