//! The parts of a message that several rules go through.

use crate::messages::shared::{Adres, Contact};
use crate::messages::{jw301, jw323, jw325};
use crate::schema::At;

/// Every Contact of a JW301: of the client and of relations.
pub(super) fn contacten<'a, 'd>(bericht: &'a jw301::Jw301<'d>) -> impl Iterator<Item = &'a Contact<'d>> {
    bericht.client.iter().flat_map(|client| {
        client.contactgegevens.iter().chain(client.relaties.iter().map(|relatie| &relatie.contact))
    })
}

/// Every address of a JW301 with the Contact that it stands in.
pub(super) fn adressen<'a, 'd>(bericht: &'a jw301::Jw301<'d>) -> impl Iterator<Item = (At, &'a Adres<'d>)> {
    contacten(bericht).filter_map(|contact| contact.adres.as_ref().map(|adres| (contact.at, adres)))
}

/// Every Prestatie of a JW323, client after client.
pub(super) fn prestaties<'a, 'd>(
    bericht: &'a jw323::Jw323<'d>,
) -> impl Iterator<Item = &'a jw323::Prestatie<'d>> {
    bericht.declaratie.clienten.iter().flat_map(|client| &client.prestaties)
}

/// Every Prestatie that a JW325 returns.
pub(super) fn afgewezen<'a, 'd>(
    bericht: &'a jw325::Jw325<'d>,
) -> impl Iterator<Item = &'a jw325::Prestatie<'d>> {
    bericht
        .declaratie_antwoord
        .iter()
        .flat_map(|antwoord| &antwoord.clienten)
        .flat_map(|client| &client.prestaties)
}
