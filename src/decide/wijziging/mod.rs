//! JW317, a request for change: judged, answered by a JW318, and then as a whole by a JW301, a JW319
//! or a person (rulings 3.6).

mod automatic;
mod oordeel;
mod regel;

use super::answer::retour::RetourVerdict as Retour;
use super::judge::parked;
use super::judge::{self, RuleVerdict};
use super::{Decision, Input, Requests, Verdict, limits, numbers};
use crate::contracts::Register;
use crate::messages::jw317::{Client, Jw317, TeWijzigenProduct};
use crate::messages::{Partij, Relatie};
use crate::rules::RuleCheck;
use crate::rules::across_messages::{NieuwFacts, OngewijzigdFacts, TeWijzigenFacts, WijzigingFacts};
use crate::state::{Change, FactKeys, Verzoek, VerzoekSoort, VerzoekStatus};

pub(super) use regel::{WijzigingRegel, regels};

/// The client with all assignments and open requests, the reference, limits, and what was claimed
/// after the last days that the request would give.
pub(super) fn keys(bericht: &Jw317<'_>, register: &Register, keys: &mut FactKeys) {
    let relatie = bericht.header.relatie();
    let Some(client) = &bericht.client else { return };
    let dagtekening = bericht.header.bericht_identificatie.dagtekening;
    keys.clienten.insert((relatie.gemeente, client.bsn));
    numbers::keys(relatie.gemeente, register, keys);
    keys.open_verzoeken.insert((relatie, client.bsn));
    keys.verzoeken.insert((relatie.aanbieder, client.verzoek.referentie_aanbieder.into()));
    limits::keys_of_client(relatie, client.bsn, dagtekening, register, &mut keys.budgetten);
    // A request does not say of which product an assignment is.
    keys.kinderen.extend(register.holds_fixed_prices().then_some(client.bsn));
    for product in &client.verzoek.te_wijzigen_producten {
        let TeWijzigenProduct { toewijzing_nummer, gewenste_ingangsdatum, einddatum, .. } = *product;
        // An end in the past is for a person, whatever was claimed after it.
        let replaced = (gewenste_ingangsdatum > dagtekening).then(|| gewenste_ingangsdatum.pred_opt());
        let ended = einddatum.filter(|end| *end >= dagtekening);
        let last_days = replaced.flatten().into_iter().chain(ended);
        keys.debets_na.extend(last_days.map(|day| (relatie.gemeente, toewijzing_nummer, day)));
    }
}

/// Judges, opens the request and answers it.
pub(super) fn decide(input: &Input<'_>, bericht: &Jw317<'_>) -> Decision {
    let Some(client) = &bericht.client else {
        return parked(input, "Het bericht heeft geen client.".to_owned());
    };
    let (stays, changes) = (&client.verzoek.ongewijzigde_producten, &client.verzoek.te_wijzigen_producten);
    let named = stays.iter().map(|product| product.toewijzing_nummer);
    let named = named.chain(changes.iter().map(|product| product.toewijzing_nummer));
    let dates = judge::first_days(judge::facts(input), named);
    let refusal = judge::refusal(input, &dates, |judged| judge_classes(input, bericht, client, judged));
    if let Some(refusal) = refusal {
        return refusal;
    }
    let mut numbers = judge::numbers(input);
    let retour = match judge::answer(input, Retour::Clean, &mut numbers) {
        Ok(retour) => retour,
        Err(alarm) => return Decision { work: vec![*alarm], ..Decision::of(Verdict::Parked) },
    };
    let relatie = bericht.header.relatie();
    let changes = vec![
        judge::identificatie_gebruikt(&bericht.header),
        Change::VerzoekGeopend(Box::new(opened(input, relatie, client))),
    ];
    let mut decision = Decision { answers: vec![retour], changes, ..Decision::of(Verdict::Accepted) };
    match input.requests {
        Requests::Manual => decision.forwards.push(Partij::Gemeente(relatie.gemeente)),
        Requests::Automatic => automatic::answer(input, relatie, client, &mut numbers, &mut decision),
    }
    decision.changes.extend(numbers.changes());
    decision
}

/// What lies below an unknown client is not judged (rulings 1.1).
fn judge_classes(input: &Input<'_>, bericht: &Jw317<'_>, client: &Client<'_>, judged: &mut RuleVerdict) {
    let facts = judge::facts(input);
    let dagtekening = bericht.header.bericht_identificatie.dagtekening;
    let wijziging = WijzigingFacts { facts, dagtekening, client };
    let below = wijziging.client_known();
    let overlappend = wijziging.overlappend();
    let verzoek = &client.verzoek;
    for (rule, check) in judge::checks(input.bericht.header()) {
        match check {
            RuleCheck::WijzigingClient(judge) => judged.note(rule, client.at, judge(&wijziging)),
            _ if !below => {}
            RuleCheck::Wijziging(judge) => judged.note(rule, verzoek.at, judge(&wijziging)),
            RuleCheck::OngewijzigdProduct(judge) => {
                for product in &verzoek.ongewijzigde_producten {
                    let genoemd = wijziging.genoemd(product.toewijzing_nummer);
                    let (toewijzing, overlappend) = (genoemd.as_deref(), &overlappend);
                    let about = OngewijzigdFacts { wijziging, product, toewijzing, overlappend };
                    judged.note(rule, product.at, judge(&about));
                }
            }
            RuleCheck::TeWijzigenProduct(judge) => {
                for product in &verzoek.te_wijzigen_producten {
                    let genoemd = wijziging.genoemd(product.toewijzing_nummer);
                    let (toewijzing, overlappend) = (genoemd.as_deref(), &overlappend);
                    let about = TeWijzigenFacts { wijziging, product, toewijzing, overlappend };
                    judged.note(rule, product.at, judge(&about));
                }
            }
            RuleCheck::NieuwProduct(judge) => {
                for product in &verzoek.nieuwe_producten {
                    let about = NieuwFacts { wijziging, product, overlappend: &overlappend };
                    judged.note(rule, product.at, judge(&about));
                }
            }
            _ => {}
        }
    }
}

fn opened(input: &Input<'_>, relatie: Relatie, client: &Client<'_>) -> Verzoek {
    Verzoek {
        aanbieder: relatie.aanbieder,
        referentie: client.verzoek.referentie_aanbieder.into(),
        gemeente: relatie.gemeente,
        bsn: client.bsn,
        soort: VerzoekSoort::Wijziging,
        bericht: input.journal,
        dagtekening: input.bericht.header().bericht_identificatie.dagtekening,
        ontvangen: input.moment.date(),
        status: VerzoekStatus::Open,
        verwijzer: None,
    }
}
