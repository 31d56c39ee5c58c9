//! TR387: the period begins with the month or with the assignment.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::volume::first_of_month;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR387",
    level: 3,
    retourcode: Some(Retourcode::of("9387")),
    messages: &[BerichtSoort::Jw323],
    text: "De ProductPeriode begint op de eerste dag van de maand, of op de ingangsdatum van de toewijzing als die later in die maand ligt.",
    source: "TR387, IV089",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let begin = facts.prestatie.product_periode.begindatum;
        let first = first_of_month(begin);
        let starts_in_month = first_of_month(toewijzing.ingangsdatum) == first;
        let expected = if starts_in_month { toewijzing.ingangsdatum } else { first };
        if begin == expected {
            return Outcome::Holds;
        }
        Outcome::Violated(vec![("begindatum", begin.to_string()), ("verwacht", expected.to_string())])
    })
}
