//! TR374: one request at a time for a client.

use super::{AanvraagClientFacts, Facts, WijzigingFacts};
use crate::codes::{Bsn, Retourcode};
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// A request is open until a JW301 with its reference or a JW319 that refuses it; one that is being
/// examined stays open. A rejected message never opened one (OP286).
pub static RULE: Rule = Rule {
    code: "TR374",
    level: 3,
    retourcode: Some(Retourcode::of("9374")),
    messages: &[BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Voor deze client is nog een eerder verzoek van dezelfde aanbieder in behandeling.",
    source: "TR374, TR360, OP286, rulings 3.1",
    checks: &[RuleCheck::AanvraagClient(judge_aanvraag), RuleCheck::WijzigingClient(judge_wijziging)],
};

fn judge_aanvraag(about: &AanvraagClientFacts<'_>) -> Outcome {
    judge(&about.facts, about.client.bsn)
}

fn judge_wijziging(about: &WijzigingFacts<'_>) -> Outcome {
    judge(&about.facts, about.client.bsn)
}

fn judge(facts: &Facts<'_>, bsn: Bsn) -> Outcome {
    let open = facts.known.open_verzoeken.get(&(facts.relatie, bsn));
    match open.and_then(|references| references.first()) {
        None => Outcome::Holds,
        Some(reference) => Outcome::Violated(vec![("openstaand verzoek", reference.to_string())]),
    }
}
