//! TR019: a start or stop belongs to an assignment.

use super::MeldingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::Toewijzing;

/// Without ToewijzingNummer care is taakgericht, and there is no assignment to belong to. What was held back from the
/// aanbieder does not exist for it (rulings 8.7). A deletion
/// that is held, or that the aanbieder rejected, is nothing it can know of (OP095, rulings 1.7); when it rejected
/// the newest version, a deletion that came later and is older is what it has.
pub static RULE: Rule = Rule {
    code: "TR019",
    level: 3,
    retourcode: Some(Retourcode::of("9019")),
    messages: &[BerichtSoort::Jw305, BerichtSoort::Jw307],
    text: "Een start of stop met een ToewijzingNummer hoort bij een toewijzing van deze gemeente aan deze aanbieder voor deze cliënt, die niet verwijderd is.",
    source: "TR019, IV096; rulings 4.4: een toewijzing van een ander, of een verwijderde, bestaat niet",
    checks: &[RuleCheck::Melding(judge)],
};

fn judge(about: &MeldingFacts<'_>) -> Outcome {
    about.aanlevering(|| {
        let taakgericht = about.melding.levering.toewijzing.is_none();
        Outcome::holds_if(taakgericht || about.toewijzing.is_some_and(exists))
    })
}

fn exists(toewijzing: &Toewijzing) -> bool {
    let known = toewijzing.bij_aanbieder().or_else(|| toewijzing.zoals_bekend());
    known.is_some_and(|known| !known.is_verwijderd())
}
