//! TR379: ReferentieAanbieder names the request that an assignment honours.

use super::ToewijzingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Check, Outcome, Rule};
use crate::state::{Ontvangst, VerzoekStatus};

/// Filled the first time that an assignment is sent because of a request, and then only (IV097). That
/// an empty one should have been filled cannot be told: a gemeente may assign the same on its own
/// initiative. A refused request may still be honoured, after an objection. Sending the very
/// same version again, or again after the aanbieder rejected it, is no second time.
pub static RULE: Rule = Rule {
    code: "TR379",
    level: 3,
    retourcode: Some(Retourcode::of("9379")),
    messages: &[BerichtSoort::Jw301],
    text: "ReferentieAanbieder is gevuld, maar deze toewijzing is niet het directe gevolg van een verzoek met die referentie.",
    source: "TR379, IV097, IV013, rulings 2.5",
    checks: &[Check::Toewijzing(judge)],
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

fn is_sent_again(about: &ToewijzingFacts<'_>) -> bool {
    about.known.is_some_and(|known| {
        known.referentie_aanbieder.as_deref() == about.product.referentie_aanbieder
            && (known.ontvangst == Ontvangst::Afgewezen
                || known
                    .compare_moment(about.product.toewijzingsdatum, about.product.toewijzingstijd)
                    .is_eq())
    })
}
