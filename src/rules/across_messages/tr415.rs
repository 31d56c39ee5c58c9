//! TR415: care that was stopped for good is not stopped again.

use super::MeldingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::Einde;

/// The reason that matters is that of the stop which is known; the new one may have any.
pub static RULE: Rule = Rule {
    code: "TR415",
    level: 3,
    retourcode: Some(Retourcode::of("9415")),
    messages: &[BerichtSoort::Jw307],
    text: "De levering is al definitief gestopt: zonder nieuwe start volgt er geen andere stop meer.",
    source: "TR415, OP377; rulings 4.2: TR074 kan ernaast staan",
    checks: &[RuleCheck::Melding(judge)],
};

fn judge(about: &MeldingFacts<'_>) -> Outcome {
    about.stop(|_| {
        let mut stops = about.leveringen.stops(&about.melding.levering);
        Outcome::holds_if(stops.all(Einde::is_tijdelijk))
    })
}
