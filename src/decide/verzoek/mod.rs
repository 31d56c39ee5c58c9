//! JW315, a request for assignments: judged, answered by a JW316, and then by JW301, JW319 or a person
//! (rulings 3).

mod automatic;
mod bezorging;
mod client;
mod kennis;
mod moment;
mod oordeel;
mod samen;
mod uitgifte;

use super::answer::retour::RetourVerdict as Retour;
use super::judge::parked;
use super::judge::{self, RuleVerdict};
use super::{Decision, Input, Requests, Verdict, fixed_price, limits, numbers, termijn};
use crate::clock::Moment;
use crate::codes::Datum;
use crate::contracts::Register;
use crate::messages::jw315::{AangevraagdProduct, Client, Jw315};
use crate::messages::shared::Product;
use crate::messages::{Partij, Relatie};
use crate::rules::RuleCheck;
use crate::rules::across_messages::{AanvraagClientFacts, AanvraagFacts};
use crate::state::{Change, FactKeys, ToegewezenOmvang, Verzoek, VerzoekSoort, VerzoekStatus};

pub(super) use bezorging::{Bezorging, not_sent};
pub(super) use client::{BekendKind, lacking, lacking_of, newest_birth, with_client, with_known_client};
pub use oordeel::GI_CATEGORIES;
pub(super) use oordeel::{Beoordeling, NATIONAL_CATEGORY, VerzoekOordeel, age_limited, review};
pub use uitgifte::UitgifteError;
pub(super) use uitgifte::{Gehonoreerd, Uitgegeven, Uitgifte};

/// The client with all assignments and open requests, the references used, and limits.
pub(super) fn keys(bericht: &Jw315<'_>, register: &Register, keys: &mut FactKeys) {
    let relatie = bericht.header.relatie();
    let Some(client) = &bericht.client else { return };
    keys.clienten.insert((relatie.gemeente, client.bsn));
    numbers::keys(relatie.gemeente, register, keys);
    keys.open_verzoeken.insert((relatie, client.bsn));
    for product in &client.aangevraagde_producten {
        keys.verzoeken.insert((relatie.aanbieder, product.referentie_aanbieder.into()));
        let zorg = oordeel::zorg(relatie, client, product);
        limits::keys(&zorg, register, &mut keys.budgetten);
        keys.kinderen.extend(fixed_price::compares(&zorg, register).then_some(client.bsn));
    }
}

/// Judges, opens the requests and answers them.
pub(super) fn decide(input: &Input<'_>, bericht: &Jw315<'_>) -> Decision {
    let Some(client) = &bericht.client else {
        return parked(input, "Het bericht heeft geen client.".to_owned());
    };
    let products = &client.aangevraagde_producten;
    let dates: Vec<Datum> = products.iter().map(|product| product.toewijzing_ingangsdatum).collect();
    let refusal = judge::refusal(input, &dates, |judged| judge_classes(input, client, judged));
    if let Some(refusal) = refusal {
        return refusal;
    }
    // Releases before 3.0 have no retourcode for a reference that was used (TR347).
    let used = |reference: &str| {
        input.known.verzoeken.contains_key(&(bericht.header.relatie().aanbieder, reference.into()))
    };
    if products.iter().any(|product| used(product.referentie_aanbieder)) {
        let story = "Het verzoek draagt een ReferentieAanbieder die al gebruikt is, en de release van het \
                     bericht heeft daar geen retourcode voor. Vraag de aanbieder om een nieuwe referentie.";
        return parked(input, story.to_owned());
    }
    let mut numbers = judge::numbers(input);
    let retour = match judge::answer(input, Retour::Clean, &mut numbers) {
        Ok(retour) => retour,
        Err(alarm) => return Decision { work: vec![*alarm], ..Decision::of(Verdict::Parked) },
    };
    let relatie = bericht.header.relatie();
    let mut changes = vec![judge::identificatie_gebruikt(&bericht.header)];
    let opened = products.iter().map(|product| opened(input, relatie, client, product));
    changes.extend(opened.map(|verzoek| Change::VerzoekGeopend(Box::new(verzoek))));
    let mut decision = Decision { answers: vec![retour], changes, ..Decision::of(Verdict::Accepted) };
    match input.requests {
        Requests::Manual => decision.forwards.push(Partij::Gemeente(relatie.gemeente)),
        Requests::Automatic => automatic::answer(input, relatie, client, &mut numbers, &mut decision),
    }
    decision.changes.extend(numbers.changes());
    decision
}

fn judge_classes(input: &Input<'_>, client: &Client<'_>, judged: &mut RuleVerdict) {
    let facts = judge::facts(input);
    for (rule, check) in judge::checks(input.bericht.header()) {
        match check {
            RuleCheck::AanvraagClient(judge) => {
                judged.note(rule, client.at, judge(&AanvraagClientFacts { facts, client }));
            }
            RuleCheck::Aanvraag(judge) => {
                for product in &client.aangevraagde_producten {
                    judged.note(rule, product.at, judge(&AanvraagFacts { facts, client, product }));
                }
            }
            _ => {}
        }
    }
}

fn opened(
    input: &Input<'_>,
    relatie: Relatie,
    client: &Client<'_>,
    product: &AangevraagdProduct<'_>,
) -> Verzoek {
    Verzoek {
        aanbieder: relatie.aanbieder,
        referentie: product.referentie_aanbieder.into(),
        gemeente: relatie.gemeente,
        bsn: client.bsn,
        soort: VerzoekSoort::Toewijzing,
        bericht: input.journal,
        dagtekening: input.bericht.header().bericht_identificatie.dagtekening,
        ontvangen: input.moment.date(),
        status: VerzoekStatus::Open,
        verwijzer: Some(product.verwijzer.soort),
    }
}

/// A product as it is honoured when nothing about it changes.
pub(super) fn as_requested(product: &AangevraagdProduct<'_>) -> Gehonoreerd {
    Gehonoreerd {
        referentie: product.referentie_aanbieder.into(),
        product: product.product.as_ref().map(Product::sleutel),
        begin: product.toewijzing_ingangsdatum,
        eind: product.toewijzing_einddatum,
        omvang: product.omvang.as_ref().map(ToegewezenOmvang::from),
        budget: product.budget,
        verwijzer: Some(product.verwijzer.soort),
    }
}

/// When an operator must have answered a request that came in on this day: noon of the fifth working
/// day, so that a JW319 can still leave in time.
fn answer_due(ontvangen: Datum) -> Option<Moment> {
    termijn::moment(termijn::antwoord(ontvangen))
}
