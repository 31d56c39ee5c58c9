//! TR071: a start that was stopped stays.

use super::MeldingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// A stop that was removed counts as never sent, and so no longer stands in the way.
pub static RULE: Rule = Rule {
    code: "TR071",
    level: 3,
    retourcode: Some(Retourcode::of("9071")),
    messages: &[BerichtSoort::Jw305],
    text: "Een start waarop al een stop is gemeld, kan niet verwijderd worden; de stop moet er eerst af.",
    source: "TR071, OP033",
    checks: &[RuleCheck::Melding(judge)],
};

fn judge(about: &MeldingFacts<'_>) -> Outcome {
    about.verwijdering(|| Outcome::holds_if(!about.leveringen.is_gestopt(&about.melding.levering)))
}
