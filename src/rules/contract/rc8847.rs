//! RC8847: a claim is not about what has yet to begin (retourcode 8847 without a rule).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::DeclaratieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "RC8847",
    level: 4,
    retourcode: Some(Retourcode::of("8847")),
    messages: &[BerichtSoort::Jw303],
    text: "De Begindatum van de DeclaratiePeriode ligt niet in de toekomst.",
    source: "RC8847: retourcode 8847, waar geen regel bij hoort",
    checks: &[RuleCheck::Declaratie(judge)],
};

fn judge(facts: &DeclaratieFacts<'_>) -> Outcome {
    Outcome::holds_if(facts.declaratie.declaratie_periode.begindatum <= facts.facts.moment.date())
}
