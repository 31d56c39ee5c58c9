//! TR308: not after the assignment ends.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR308",
    level: 3,
    retourcode: Some(Retourcode::of("9308")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "De ProductPeriode mag niet later eindigen dan de toewijzing, als die een einddatum heeft.",
    source: "TR308, OP368",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let claimed = facts.prestatie.product_periode.einddatum;
        match toewijzing.einddatum {
            Some(end) if claimed > end => Outcome::Violated(vec![
                ("einddatum", claimed.to_string()),
                ("einddatum toewijzing", end.to_string()),
            ]),
            _ => Outcome::Holds,
        }
    })
}
