//! TR374: one request at a time for a client.

use super::AanvraagClientFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Check, Outcome, Rule};

/// A request is open until a JW301 with its reference or a JW319 that refuses it; one that is being
/// examined stays open. A rejected message never opened one (OP286).
pub static RULE: Rule = Rule {
    code: "TR374",
    level: 3,
    retourcode: Some(Retourcode::of("9374")),
    messages: &[BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "Voor deze client is nog een eerder verzoek van dezelfde aanbieder in behandeling.",
    source: "TR374, TR360, OP286, rulings 3.1",
    checks: &[Check::AanvraagClient(judge)],
};

fn judge(about: &AanvraagClientFacts<'_>) -> Outcome {
    let open = about.facts.known.open_verzoeken.get(&(about.facts.relatie, about.client.bsn));
    match open.and_then(|references| references.first()) {
        None => Outcome::Holds,
        Some(reference) => Outcome::Violated(vec![("openstaand verzoek", reference.to_string())]),
    }
}
