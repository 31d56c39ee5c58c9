//! TR326: care that runs does not start again.

use super::MeldingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// A stop for a time ends it as well: after either kind a new start may follow.
pub static RULE: Rule = Rule {
    code: "TR326",
    level: 3,
    retourcode: Some(Retourcode::of("9326")),
    messages: &[BerichtSoort::Jw305],
    text: "De levering loopt al: een nieuwe start kan pas na een stop, of na verwijdering van de vorige start.",
    source: "TR326, OP289, IV096; rulings 4.2: TR074 kan ernaast staan",
    checks: &[RuleCheck::Melding(judge)],
};

fn judge(about: &MeldingFacts<'_>) -> Outcome {
    about.aanlevering(|| match about.leveringen.running(&about.melding.levering) {
        None => Outcome::Holds,
        Some(running) => Outcome::Violated(vec![("loopt sinds", running.begin.to_string())]),
    })
}
