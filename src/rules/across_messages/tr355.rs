//! TR355: an answer belongs to a request.

use super::AntwoordFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::Verzoek;

/// The request must be one of this aanbieder to this gemeente.
pub static RULE: Rule = Rule {
    code: "TR355",
    level: 3,
    retourcode: Some(Retourcode::of("9355")),
    messages: &[BerichtSoort::Jw319],
    text: "Het antwoord hoort niet bij een eerder verzoek: deze ReferentieAanbieder is onbekend.",
    source: "TR355",
    checks: &[RuleCheck::Antwoord(judge)],
};

fn judge(about: &AntwoordFacts<'_>) -> Outcome {
    match answered(about) {
        Some(_) => Outcome::Holds,
        None => Outcome::Violated(vec![("referentie", about.antwoord.referentie_aanbieder.to_owned())]),
    }
}

/// The request that is answered; without it TR359, TR360 and TR365 stay silent.
pub(super) fn answered<'a>(about: &AntwoordFacts<'a>) -> Option<&'a Verzoek> {
    let relatie = about.facts.relatie;
    let key = (relatie.aanbieder, about.antwoord.referentie_aanbieder.into());
    about.facts.known.verzoeken.get(&key).filter(|request| request.gemeente == relatie.gemeente)
}
