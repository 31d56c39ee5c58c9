//! TR388: the period ends with the month or with the assignment.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::volume::last_of_month;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR388",
    level: 3,
    retourcode: Some(Retourcode::of("9388")),
    messages: &[BerichtSoort::Jw323],
    text: "De ProductPeriode eindigt op de laatste dag van de maand, of op de einddatum van de toewijzing als die eerder in die maand ligt.",
    source: "TR388, IV089",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let eind = facts.prestatie.product_periode.einddatum;
        let last = last_of_month(eind);
        let expected = toewijzing.einddatum.filter(|end| last_of_month(*end) == last).unwrap_or(last);
        if eind == expected {
            return Outcome::Holds;
        }
        Outcome::Violated(vec![("einddatum", eind.to_string()), ("verwacht", expected.to_string())])
    })
}
