//! TR379: ReferentieAanbieder names the request that an assignment honours.

use super::ToewijzingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::messages::jw301::ToegewezenProduct;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::VerzoekStatus;

/// Filled the first time that an assignment is sent because of a request, and then only (IV097). That
/// an empty one should have been filled cannot be told: a gemeente may assign the same on its own
/// initiative. A refused request may still be honoured, after an objection. Sending the very
/// same versions again is no second time; a request whose answer the aanbieder rejected is open again
/// (OP286), for every line of that answer.
pub static RULE: Rule = Rule {
    code: "TR379",
    level: 3,
    retourcode: Some(Retourcode::of("9379")),
    messages: &[BerichtSoort::Jw301],
    text: "ReferentieAanbieder is gevuld, maar deze toewijzing is niet het directe gevolg van een verzoek met die referentie.",
    source: "TR379, IV097, IV013, OP286, rulings 2.5",
    checks: &[RuleCheck::Toewijzing(judge)],
};

fn judge(about: &ToewijzingFacts<'_>) -> Outcome {
    let Some(reference) = about.product.referentie_aanbieder else { return Outcome::Holds };
    let relatie = about.facts.relatie;
    let request = about
        .facts
        .known
        .verzoeken
        .get(&(relatie.aanbieder, reference.into()))
        .filter(|request| request.gemeente == relatie.gemeente && request.bsn == about.client.bsn);
    let holds =
        request.is_some_and(|request| request.status != VerzoekStatus::Gehonoreerd || is_sent_again(about));
    if holds { Outcome::Holds } else { Outcome::Violated(vec![("referentie", reference.to_owned())]) }
}

/// The version that is known, beside one that honoured the request. A line that a request for change left
/// alone bears the reference as well, though the assignment keeps none (IV093, IV097).
fn is_sent_again(about: &ToewijzingFacts<'_>) -> bool {
    let same = |product: &ToegewezenProduct<'_>| {
        let key = (about.facts.relatie.gemeente, product.nummer());
        let known = about.facts.known.toewijzingen.get(&key)?;
        known.compare_moment(product.toewijzingsdatum, product.toewijzingstijd).is_eq().then_some(known)
    };
    let reference = about.product.referentie_aanbieder;
    same(about.product).is_some()
        && about.client.toegewezen_producten.iter().any(|product| {
            product.referentie_aanbieder == reference
                && same(product).is_some_and(|known| known.referentie_aanbieder.as_deref() == reference)
        })
}
