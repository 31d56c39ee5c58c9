//! TR347: a request has a reference of its own.

use super::{AanvraagFacts, Facts, WijzigingFacts};
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// Per aanbieder, over all gemeenten; the references of a rejected message are free again (OP286).
/// Within one message TR383 looks after it.
pub static RULE: Rule = Rule {
    code: "TR347",
    level: 3,
    retourcode: Some(Retourcode::of("9347")),
    messages: &[BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "De aanbieder heeft deze ReferentieAanbieder al voor een ander verzoek gebruikt.",
    source: "TR347, OP361, OP286, rulings 5.10",
    checks: &[RuleCheck::Aanvraag(judge_aanvraag), RuleCheck::Wijziging(judge_wijziging)],
};

fn judge_aanvraag(about: &AanvraagFacts<'_>) -> Outcome {
    judge(&about.facts, about.product.referentie_aanbieder)
}

fn judge_wijziging(about: &WijzigingFacts<'_>) -> Outcome {
    judge(&about.facts, about.client.verzoek.referentie_aanbieder)
}

fn judge(facts: &Facts<'_>, reference: &str) -> Outcome {
    let key = (facts.relatie.aanbieder, reference.into());
    if !facts.known.verzoeken.contains_key(&key) {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("referentie", reference.to_owned())])
}
