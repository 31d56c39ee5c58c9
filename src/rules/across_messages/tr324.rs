//! TR324: an invoice number is used once (care before 2021).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::DeclaratieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR324",
    level: 3,
    retourcode: Some(Retourcode::of("0030")),
    messages: &[BerichtSoort::Jw303],
    text: "Het DeclarantFactuurNummer mag niet eerder door de aanbieder gebruikt zijn; dat van een bericht dat als geheel is afgekeurd, is weer vrij.",
    source: "TR324; OP286",
    checks: &[RuleCheck::Declaratie(judge)],
};

fn judge(facts: &DeclaratieFacts<'_>) -> Outcome {
    let key = (facts.facts.relatie.aanbieder, facts.declaratie.declaratie_nummer.into());
    Outcome::holds_if(!facts.facts.known.declaratie_nummers.contains(&key))
}
