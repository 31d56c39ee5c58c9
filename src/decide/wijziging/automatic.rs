//! Answers a JW317 by itself, as a whole, or makes it work for a person.

use super::oordeel::WijzigingAanvraag;
use super::regels;
use crate::decide::answer::jw319::Bescheid;
use crate::decide::numbers::GemeenteNumbers;
use crate::decide::verzoek::{Beoordeling, Bezorging, VerzoekOordeel, not_sent, with_known_client};
use crate::decide::{Decision, Input};
use crate::messages::jw317::Client;
use crate::messages::{Relatie, jw301};

/// Adds the answer, changes and work items to a decision on a JW317 that was accepted.
pub(super) fn answer(
    input: &Input<'_>,
    relatie: Relatie,
    client: &Client<'_>,
    numbers: &mut GemeenteNumbers<'_>,
    decision: &mut Decision,
) {
    with_known_client(input.known, input.register, relatie, client.bsn, |found| {
        answer_about(input, relatie, client, found, numbers, decision);
    });
}

fn answer_about(
    input: &Input<'_>,
    relatie: Relatie,
    client: &Client<'_>,
    found: Result<jw301::Client<'_>, &'static str>,
    numbers: &mut GemeenteNumbers<'_>,
    decision: &mut Decision,
) {
    let Input { known, register, .. } = *input;
    let bezorging = Bezorging { input, relatie };
    let reference = client.verzoek.referentie_aanbieder;
    let regels = regels(known, register, relatie, client.bsn, &client.verzoek);
    let aanvraag = WijzigingAanvraag {
        known,
        register,
        relatie,
        client,
        regels: regels.as_deref().map_err(|why| *why),
        geboren: found.as_ref().map(|client| &client.geboortedatum).map_err(|missing| *missing),
        vandaag: input.moment.date(),
    };
    let verdict = aanvraag.oordeel();
    let possible = found.and_then(|found| regels.map(|regels| (found, regels)));
    match (verdict, possible) {
        (VerzoekOordeel::Honoreren(told), Ok((found, regels))) => {
            let sent = bezorging.issue(decision, numbers, |issue, numbers| {
                issue.wijziging(found, reference, &regels, numbers)
            });
            decision.issued = u32::from(sent.is_ok());
            match sent {
                Ok(()) => {
                    let told = told.iter().map(|(reason, what)| bezorging.told(reference, *reason, what));
                    decision.work.extend(told);
                }
                Err(error) => decision.work.push(bezorging.review(reference, &not_sent(&error))),
            }
        }
        (VerzoekOordeel::Weigeren(reden), _) => {
            let bescheid = Bescheid::Afgewezen { reden, gemeente: None };
            let sent = bezorging
                .issue(decision, numbers, |issue, numbers| issue.antwoord(reference, bescheid, numbers));
            if let Err(error) = sent {
                let proposal = Beoordeling { afwijzen: Some(reden), ..not_sent(&error) };
                decision.work.push(bezorging.review(reference, &proposal));
            }
        }
        (VerzoekOordeel::Beoordelen(proposal), _) => {
            decision.work.push(bezorging.review(reference, &proposal));
        }
        // What is missing was a step of its own.
        (VerzoekOordeel::Honoreren(_), Err(missing)) => {
            decision.work.push(bezorging.review(reference, &Beoordeling::of(missing)));
        }
    }
}
