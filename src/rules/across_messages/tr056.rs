//! TR056: every message of a kind has an Identificatie of its own at its sender.

use super::HeaderFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// A message that was rejected as a whole is not in the facts: its Identificatie is free again
/// (OP286). The same bytes again never come here: they get the answer they got before.
pub static RULE: Rule = Rule {
    code: "TR056",
    level: 3,
    retourcode: Some(Retourcode::of("9056")),
    messages: &[
        BerichtSoort::Jw301,
        BerichtSoort::Jw305,
        BerichtSoort::Jw307,
        BerichtSoort::Jw315,
        BerichtSoort::Jw317,
        BerichtSoort::Jw319,
        BerichtSoort::Jw323,
        BerichtSoort::Jw325,
    ],
    text: "De afzender heeft deze Identificatie al gebruikt voor een ander bericht van dezelfde soort.",
    source: "TR056, OP286, rulings 1.2 en 1.4",
    checks: &[RuleCheck::AcrossHeader(judge)],
};

fn judge(about: &HeaderFacts<'_>) -> Outcome {
    let header = about.header;
    let key = (header.afzender, header.soort, header.bericht_identificatie.identificatie.into());
    Outcome::holds_if(!about.facts.known.identificaties.contains(&key) && !is_drawn_before(about))
}

/// Whether a message of ours has a number that was handed out before.
fn is_drawn_before(about: &HeaderFacts<'_>) -> bool {
    let number = about.header.bericht_identificatie.identificatie.parse();
    matches!((about.eerste_vrije, number), (Some(free), Ok(number)) if free > number)
}
