//! TR347: a request has a reference of its own.

use super::AanvraagFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Check, Outcome, Rule};

/// Per aanbieder, over all gemeenten; the references of a rejected message are free again (OP286).
/// Within one message TR383 looks after it.
pub static RULE: Rule = Rule {
    code: "TR347",
    level: 3,
    retourcode: Some(Retourcode::of("9347")),
    messages: &[BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "De aanbieder heeft deze ReferentieAanbieder al voor een ander verzoek gebruikt.",
    source: "TR347, OP361, OP286, rulings 5.10",
    checks: &[Check::Aanvraag(judge)],
};

fn judge(about: &AanvraagFacts<'_>) -> Outcome {
    let reference = about.product.referentie_aanbieder;
    let key = (about.facts.relatie.aanbieder, reference.into());
    if !about.facts.known.verzoeken.contains_key(&key) {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("referentie", reference.to_owned())])
}
