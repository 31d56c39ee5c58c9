//! Forwarding of a JW301 that is held (rulings 8.7): it is forwarded, refused in the name of the gemeente, or its term
//! passes. Whatever becomes of it, the gemeente is told.

use super::operator::{TermPassed, WorkError, WorkInput};
use super::{Decision, Verdict, kennisgeving, termijn, toewijzing};
use crate::clock::Moment;
use crate::codes::ToewijzingNummer;
use crate::contracts::NaTermijn;
use crate::messages::jw301::{Client, Jw301};
use crate::messages::{Bericht, Header, Partij, Relatie};
use crate::state::{Change, Mededeling, NewWorkItem, Toegewezen, Toewijzing, Voorstel};

/// Who lets it through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vrijgever {
    /// A person; the payment of what it has beyond one trajectory at a fixed price goes with it, or waits.
    Persoon { met_betaling: bool },
    /// Nobody decided in its term.
    Termijn,
}

/// Whether it is about a held JW301 of which the term has passed.
fn is_late(item: &NewWorkItem, now: Moment) -> bool {
    item.voorstel == Voorstel::Doorsturen && item.due.is_some_and(|due| termijn::is_late(due, now))
}

/// Whether time does something to a held JW301 now. One that waits on is told of on the first day after its term, and once
/// more each time that as many working days passed without a decision: `told` is the last time. More often would be noise
/// for a gemeente that can do nothing but ask.
#[must_use]
pub fn acts(item: &NewWorkItem, told: Option<Moment>, na_termijn: NaTermijn, now: Moment) -> bool {
    let again = |told: Moment| termijn::vasthouding(told.date()) < now.date();
    is_late(item, now) && (na_termijn == NaTermijn::Doorsturen || told.is_none_or(again))
}

/// The message that is held.
fn held<'a>(input: &WorkInput<'a>) -> Result<(&'a Header<'a>, &'a Client<'a>), WorkError> {
    match input.bericht {
        Some(Bericht::Toewijzing(Jw301 { header, client: Some(client), .. })) => Ok((header, client)),
        _ => Err(WorkError::NoMessage),
    }
}

/// The message for its gemeente, with the assignments in it that are held back.
fn told(input: &WorkInput<'_>, header: &Header<'_>, client: &Client<'_>) -> Toegewezen {
    let relatie = header.relatie();
    let waits = |nummer: &ToewijzingNummer| {
        input.known.toewijzingen.get(&(relatie.gemeente, *nummer)).is_some_and(Toewijzing::is_achtergehouden)
    };
    let numbers = client.toegewezen_producten.iter().filter_map(|product| product.toewijzing_nummer);
    of_message(header, numbers.filter(waits).collect())
}

/// A JW301 as its gemeente knows it.
pub(super) fn of_message(header: &Header<'_>, toewijzingen: Vec<ToewijzingNummer>) -> Toegewezen {
    Toegewezen {
        bericht: header.bericht_identificatie.identificatie.into(),
        aanbieder: header.relatie().aanbieder,
        toewijzingen,
    }
}

/// Forwards it, as far as no newer message overtook it.
pub(super) fn forward(input: &WorkInput<'_>, by: Vrijgever) -> Result<Decision, WorkError> {
    let (header, client) = held(input)?;
    let relatie = header.relatie();
    let mut changes = toewijzing::delivered(header, client, input.known, (|_: &_| false, input.journal));
    let carries = |change: &Change| matches!(change, Change::ToewijzingOntvangst { .. });
    if !changes.iter().any(carries) {
        return Err(WorkError::Superseded);
    }
    changes.extend(with_payment(input, relatie, client, by)?);
    let inhoud = Mededeling::ToewijzingDoorgestuurd {
        toewijzing: told(input, header, client),
        vanzelf: by == Vrijgever::Termijn,
    };
    changes.push(kennisgeving::to_gemeente(relatie, inhoud));
    // An older one is never forwarded after a newer.
    let (overtaken, vervangt) = toewijzing::overtaken(relatie, client, input.known);
    changes.extend(overtaken);
    if !vervangt.is_empty() {
        let toewijzing = told(input, header, client);
        changes.push(kennisgeving::to_gemeente(
            relatie,
            Mededeling::ToewijzingVervangen { toewijzing, vervangt },
        ));
    }
    let forwards = vec![Partij::Aanbieder(relatie.aanbieder)];
    Ok(Decision { forwards, changes, ..Decision::of(Verdict::Accepted) })
}

/// Whether the payments of what it has beyond one trajectory at a fixed price go with it: without a word of a person they
/// wait (rulings 8.6).
fn with_payment(
    input: &WorkInput<'_>,
    relatie: Relatie,
    client: &Client<'_>,
    by: Vrijgever,
) -> Result<Vec<Change>, WorkError> {
    let beyond = toewijzing::beyond_fixed_price(relatie, client, input.known, input.register);
    let met_betaling = by == Vrijgever::Persoon { met_betaling: true };
    if met_betaling && beyond.is_empty() {
        return Err(WorkError::NoFixedPrice);
    }
    let gemeente = relatie.gemeente;
    let vrijgegeven = Some(met_betaling);
    let released = |nummer| Change::ToewijzingVrijgegeven { gemeente, nummer, vrijgegeven };
    Ok(beyond.into_iter().map(released).collect())
}

/// Refuses it in the name of the gemeente: what it brought never happened, until the gemeente sends it anew.
pub(super) fn withhold(input: &WorkInput<'_>) -> Result<Decision, WorkError> {
    let (header, client) = held(input)?;
    let mut changes = toewijzing::withheld(header.relatie(), client, input.known);
    let inhoud = Mededeling::ToewijzingGeweigerd { toewijzing: told(input, header, client) };
    changes.push(kennisgeving::to_gemeente(header.relatie(), inhoud));
    Ok(Decision { changes, ..Decision::of(Verdict::Accepted) })
}

/// Its term has passed: it is forwarded where the region says so (`na_termijn`); else it waits on, and the gemeente hears
/// that it does.
pub(super) fn term_passed(input: &WorkInput<'_>) -> Result<TermPassed, WorkError> {
    let Some(due) = input.item.due.filter(|_| is_late(input.item, input.moment)) else {
        return Ok(TermPassed::Nothing);
    };
    if input.register.regio().bewaking.na_termijn == NaTermijn::Doorsturen {
        return Ok(TermPassed::Forwarded(Box::new(forward(input, Vrijgever::Termijn)?)));
    }
    let (header, client) = held(input)?;
    let toewijzing = told(input, header, client);
    let inhoud = Mededeling::ToewijzingWacht { toewijzing, uiterlijk: due.date() };
    let changes = vec![kennisgeving::to_gemeente(header.relatie(), inhoud)];
    Ok(TermPassed::Waits(Box::new(Decision { changes, ..Decision::of(Verdict::Accepted) })))
}
