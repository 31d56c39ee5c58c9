//! TR333: a claim number is used once.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::DeclaratieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR333",
    level: 3,
    retourcode: Some(Retourcode::of("9333")),
    messages: &[BerichtSoort::Jw323],
    text: "Het DeclaratieNummer mag niet eerder door de aanbieder gebruikt zijn, bij geen enkele gemeente.",
    source: "TR333; rulings 1.2 en 5.10: het nummer van een declaratie die als geheel is afgewezen, is weer vrij",
    checks: &[RuleCheck::Declaratie(judge)],
};

fn judge(facts: &DeclaratieFacts<'_>) -> Outcome {
    let key = (facts.facts.relatie.aanbieder, facts.declaratie.declaratie_nummer.into());
    Outcome::holds_if(!facts.facts.known.declaratie_nummers.contains(&key))
}
