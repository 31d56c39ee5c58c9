//! TR385: an assignment on which claims were granted is not deleted.

use super::ToewijzingFacts;
use crate::codes::{RedenWijziging, Retourcode};
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// Granted lines that were taken back do not count.
pub static RULE: Rule = Rule {
    code: "TR385",
    level: 3,
    retourcode: Some(Retourcode::of("9385")),
    messages: &[BerichtSoort::Jw301],
    text: "De toewijzing kan niet worden verwijderd: er zijn prestaties op toegekend die niet zijn gecrediteerd.",
    source: "TR385, OP362, rulings 2.2",
    checks: &[RuleCheck::Toewijzing(judge)],
};

fn judge(about: &ToewijzingFacts<'_>) -> Outcome {
    if about.product.reden_wijziging != Some(RedenWijziging::Verwijderd) {
        return Outcome::Holds;
    }
    let Some(known) = about.known else { return Outcome::Holds };
    if known.besteed.volume == 0 && known.besteed.bedrag.0 == 0 {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("toegekend", known.besteed.bedrag.to_string())])
}
