//! TR414: a later stop does not end earlier.

use super::MeldingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// The same day is fine: care that was stopped for a time and does not go on ended on that day.
pub static RULE: Rule = Rule {
    code: "TR414",
    level: 3,
    retourcode: Some(Retourcode::of("9414")),
    messages: &[BerichtSoort::Jw307],
    text: "Een tweede stop op dezelfde start eindigt op of na de Einddatum van de eerste.",
    source: "TR414, OP377",
    checks: &[RuleCheck::Melding(judge)],
};

fn judge(about: &MeldingFacts<'_>) -> Outcome {
    about.stop(|einde| {
        let latest = about.leveringen.stops(&about.melding.levering).map(|stop| stop.einddatum).max();
        match latest {
            Some(latest) if einde.einddatum < latest => {
                Outcome::Violated(vec![("eerder gemelde einddatum", latest.to_string())])
            }
            _ => Outcome::Holds,
        }
    })
}
