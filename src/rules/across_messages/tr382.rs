//! TR382: a stop names the start that it ends.

use super::MeldingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// Of several starts the one reported last. A stop on care that never started is the same fault.
pub static RULE: Rule = Rule {
    code: "TR382",
    level: 3,
    retourcode: Some(Retourcode::of("9069")),
    messages: &[BerichtSoort::Jw307],
    text: "Een stop neemt ToewijzingNummer, Product en Begindatum precies over van de laatst gemelde start.",
    source: "TR382, OP072, OP155; rulings 4.3",
    checks: &[RuleCheck::Melding(judge)],
};

fn judge(about: &MeldingFacts<'_>) -> Outcome {
    let levering = &about.melding.levering;
    about.stop(|_| match about.leveringen.latest(levering) {
        Some(latest) if latest == levering => Outcome::Holds,
        Some(latest) => Outcome::Violated(vec![("laatste start", latest.begin.to_string())]),
        None => Outcome::Violated(Vec::new()),
    })
}
