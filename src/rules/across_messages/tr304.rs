//! TR304: the gemeente knows the client.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::{DeclaratieClientFacts, WijzigingFacts};
use crate::rules::{Check, Outcome, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    code: "TR304",
    level: 3,
    retourcode: Some(Retourcode::of("8187")),
    messages: &[BerichtSoort::Jw317, BerichtSoort::Jw323],
    text: "De cliënt moet bij deze gemeente bekend zijn uit een eerdere toewijzing.",
    source: "TR304; rulings 5.9: elke aanvaarde JW301 van deze gemeente telt, ook een verwijderde",
    checks: &[Check::WijzigingClient(judge_wijziging), Check::DeclaratieClient(judge)],
};

fn judge_wijziging(about: &WijzigingFacts<'_>) -> Outcome {
    Outcome::holds_if(about.client_known())
}

fn judge(facts: &DeclaratieClientFacts<'_>) -> Outcome {
    let key = (facts.facts.relatie.gemeente, facts.client.bsn);
    Outcome::holds_if(facts.facts.known.clienten.contains_key(&key))
}
