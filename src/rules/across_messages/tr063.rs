//! TR063: only what was reported can be removed.

use super::MeldingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// What was removed counts as never sent, so a second removal finds nothing.
pub static RULE: Rule = Rule {
    code: "TR063",
    level: 3,
    retourcode: Some(Retourcode::of("9063")),
    messages: &[BerichtSoort::Jw305, BerichtSoort::Jw307],
    text: "Wat verwijderd wordt (StatusAanlevering 3) is eerder met precies dezelfde sleutel gemeld, en is niet al verwijderd.",
    source: "TR063, OP033, IV008; rulings 4.1 en 4.5",
    checks: &[RuleCheck::Melding(judge)],
};

fn judge(about: &MeldingFacts<'_>) -> Outcome {
    about.verwijdering(|| Outcome::holds_if(about.leveringen.contains(about.melding)))
}
