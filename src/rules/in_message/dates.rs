//! Dates that several rules of level 2 compare with.

use crate::codes::Datum;
use crate::messages::Header;
use crate::messages::shared::Geboortedatum;
use crate::messages::{jw301, jw305, jw307, jw315};
use crate::schema::At;

/// First day of the care that a JW323 may claim (CS100).
pub(super) use crate::codes::EERSTE_DAG_2021;

/// First day of the Jeugdwet (CS328).
pub(super) const JEUGDWET: Datum = day(2015, 1, 1);

/// First day of release 2.3 (CS331).
pub(super) const BEGIN_2_3: Datum = day(2019, 4, 1);

const LAATSTE_DAG_2020: Datum = day(2020, 12, 31);

const fn day(year: i32, month: u32, day: u32) -> Datum {
    match Datum::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => panic!("no such day"),
    }
}

/// Whether a period runs past 2020: the condition of CD080, CD095, CD096, CS338 and CS343.
pub(in crate::rules) fn runs_past_2020(einddatum: Option<Datum>) -> bool {
    einddatum.is_none_or(|einddatum| einddatum > LAATSTE_DAG_2020)
}

/// Date of the message.
pub(super) fn dagtekening(header: &Header<'_>) -> Datum {
    header.bericht_identificatie.dagtekening
}

/// A date of birth with the class that it stands in.
pub(super) type GeborenIn<'a> = (At, &'a Geboortedatum);

/// Dates of birth in a JW301: of the client and of relations.
pub(super) fn geboren_in_jw301<'a>(bericht: &'a jw301::Jw301<'_>) -> impl Iterator<Item = GeborenIn<'a>> {
    bericht.client.iter().flat_map(|client| {
        let relaties = client.relaties.iter().filter_map(|relatie| {
            relatie.geboortedatum.as_ref().map(|geboortedatum| (relatie.at, geboortedatum))
        });
        std::iter::once((client.at, &client.geboortedatum)).chain(relaties)
    })
}

/// Date of birth in a JW305.
pub(super) fn geboren_in_jw305<'a>(bericht: &'a jw305::Jw305<'_>) -> impl Iterator<Item = GeborenIn<'a>> {
    bericht.client.iter().map(|client| (client.at, &client.geboortedatum))
}

/// Date of birth in a JW307.
pub(super) fn geboren_in_jw307<'a>(bericht: &'a jw307::Jw307<'_>) -> impl Iterator<Item = GeborenIn<'a>> {
    bericht.client.iter().map(|client| (client.at, &client.geboortedatum))
}

/// Date of birth in a JW315.
pub(super) fn geboren_in_jw315<'a>(bericht: &'a jw315::Jw315<'_>) -> impl Iterator<Item = GeborenIn<'a>> {
    bericht.client.iter().map(|client| (client.at, &client.geboortedatum))
}
