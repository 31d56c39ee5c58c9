//! TR413: after a stop for a time comes no second one.

use super::MeldingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::Einde;

/// A new start gives another Begindatum, after which the next stop may be for a time again.
pub static RULE: Rule = Rule {
    code: "TR413",
    level: 3,
    retourcode: Some(Retourcode::of("9413")),
    messages: &[BerichtSoort::Jw307],
    text: "De levering is al tijdelijk gestopt (reden 20): zonder nieuwe start kan er alleen nog een definitieve stop volgen.",
    source: "TR413, OP377, OP378; rulings 4.2: TR074 kan ernaast staan",
    checks: &[RuleCheck::Melding(judge)],
};

fn judge(about: &MeldingFacts<'_>) -> Outcome {
    about.stop(|einde| {
        let stopped = || about.leveringen.stops(&about.melding.levering).any(Einde::is_tijdelijk);
        Outcome::holds_if(!einde.is_tijdelijk() || !stopped())
    })
}
