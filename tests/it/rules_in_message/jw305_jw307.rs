//! JW305 and JW307, the regieberichten.

use super::base::{bsn, day, geboren, jw305, jw307, product, start, stop};
use super::case::{Case, Place, breaks, holds};
use happyflow::codes::{DatumGebruik, StatusAanlevering};
use happyflow::messages::Bericht;
use happyflow::messages::jw305::StartProduct;
use happyflow::messages::jw307::StopProduct;

const CLIENT: &str = "Client";
const START: &str = "Client/StartProducten/StartProduct[1]";
const START_2: &[Place] = &[("Client/StartProducten/StartProduct[2]", "")];
const STOP: &str = "Client/StopProducten/StopProduct[1]";
const STOP_2: &[Place] = &[("Client/StopProducten/StopProduct[2]", "")];
const BORN: &[Place] = &[(CLIENT, "Geboortedatum/Datum")];
const USE: &[Place] = &[(CLIENT, "Geboortedatum/DatumGebruik")];

pub fn cases() -> Vec<Case> {
    [starts(), stops(), start_keys(), stop_keys()].concat()
}

fn with_start(change: impl FnOnce(&mut StartProduct)) -> Bericht<'static> {
    jw305(|client| change(&mut client.start_producten[0]))
}

fn with_stop(change: impl FnOnce(&mut StopProduct<'static>)) -> Bericht<'static> {
    jw307(|client| change(&mut client.stop_producten[0]))
}

fn starts() -> Vec<Case> {
    vec![
        breaks("CS002", "one digit off", jw305(|client| client.bsn = bsn("999900007")), &[(CLIENT, "Bsn")]),
        holds("TR002", "120th birthday", jw305(|client| client.geboortedatum = geboren("1906-01-05"))),
        breaks("TR002", "a day older", jw305(|client| client.geboortedatum = geboren("1906-01-04")), BORN),
        holds(
            "TR134",
            "born and started today",
            jw305(|client| client.geboortedatum = geboren("2026-01-05")),
        ),
        breaks("TR134", "born tomorrow", jw305(|client| client.geboortedatum = geboren("2026-01-06")), BORN),
        breaks(
            "TR134",
            "starts tomorrow",
            with_start(|product| product.begindatum = day("2026-01-06")),
            &[(START, "Begindatum")],
        ),
        holds(
            "TR134",
            "assigned from tomorrow",
            with_start(|product| product.toewijzing_ingangsdatum = Some(day("2026-01-06"))),
        ),
        breaks(
            "CS139",
            "day unknown but not 01",
            jw305(|client| client.geboortedatum.datum_gebruik = Some(DatumGebruik::DagOnbekend)),
            USE,
        ),
        holds(
            "CS058",
            "withdrawn",
            with_start(|product| product.status_aanlevering = StatusAanlevering::Verwijderen),
        ),
        breaks(
            "CS058",
            "changed",
            with_start(|product| product.status_aanlevering = StatusAanlevering::Gewijzigd),
            &[(START, "StatusAanlevering")],
        ),
        breaks(
            "CS058",
            "unchanged",
            with_start(|product| product.status_aanlevering = StatusAanlevering::Ongewijzigd),
            &[(START, "StatusAanlevering")],
        ),
    ]
}

fn stops() -> Vec<Case> {
    vec![
        breaks("CS002", "one digit off", jw307(|client| client.bsn = bsn("999900007")), &[(CLIENT, "Bsn")]),
        breaks("TR002", "too old", jw307(|client| client.geboortedatum = geboren("1906-03-30")), BORN),
        breaks("TR134", "born tomorrow", jw307(|client| client.geboortedatum = geboren("2026-04-01")), BORN),
        holds("TR134", "stops today", with_stop(|product| product.einddatum = day("2026-03-31"))),
        breaks(
            "TR134",
            "stops tomorrow",
            with_stop(|product| product.einddatum = day("2026-04-01")),
            &[(STOP, "Einddatum")],
        ),
        holds("TR018", "stops on the first day", with_stop(|product| product.einddatum = product.begindatum)),
        breaks(
            "TR018",
            "stops the day before",
            with_stop(|product| product.einddatum = day("2026-01-04")),
            &[(STOP, "Einddatum")],
        ),
        breaks(
            "CS139",
            "month unknown but not 01",
            jw307(|client| client.geboortedatum.datum_gebruik = Some(DatumGebruik::DagEnMaandOnbekend)),
            USE,
        ),
        breaks(
            "CS058",
            "changed",
            with_stop(|product| product.status_aanlevering = StatusAanlevering::Gewijzigd),
            &[(STOP, "StatusAanlevering")],
        ),
    ]
}

fn start_keys() -> Vec<Case> {
    let and = |change: fn(&mut StartProduct)| {
        jw305(|client| {
            let mut other = start();
            change(&mut other);
            client.start_producten.push(other);
        })
    };
    let without_number = |change: fn(&mut StartProduct)| {
        jw305(|client| {
            let mut first = start();
            first.toewijzing_nummer = None;
            let mut other = first.clone();
            change(&mut other);
            client.start_producten = vec![first, other];
        })
    };
    vec![
        breaks(
            "TR101",
            "replaced in one message, same key",
            and(|other| other.status_aanlevering = StatusAanlevering::Verwijderen),
            START_2,
        ),
        breaks("TR101", "only the term differs", and(|other| other.toewijzing_ingangsdatum = None), START_2),
        holds("TR101", "another day", and(|other| other.begindatum = day("2026-01-04"))),
        holds("TR101", "another code", and(|other| other.product = product("45", Some("45A05")))),
        holds("TR101", "no code", and(|other| other.product = product("45", None))),
        holds("TR101", "no product", and(|other| other.product = None)),
        holds("TR101", "no number", and(|other| other.toewijzing_nummer = None)),
        breaks("TR101", "twice without number", without_number(|_| {}), START_2),
        holds("TR101", "without number, another product", without_number(|other| other.product = None)),
    ]
}

fn stop_keys() -> Vec<Case> {
    let and = |change: fn(&mut StopProduct<'static>)| {
        jw307(|client| {
            let mut other = stop();
            change(&mut other);
            client.stop_producten.push(other);
        })
    };
    vec![
        breaks("TR101", "the same stop", and(|_| {}), STOP_2),
        holds("TR101", "another reason", and(|other| other.reden_beeindiging = "20")),
        holds("TR101", "another last day", and(|other| other.einddatum = day("2026-03-30"))),
        holds("TR101", "another first day", and(|other| other.begindatum = day("2026-01-06"))),
        holds("TR101", "another product", and(|other| other.product = None)),
        breaks(
            "TR101",
            "twice without product and number",
            jw307(|client| {
                let mut bare = stop();
                (bare.toewijzing_nummer, bare.product) = (None, None);
                client.stop_producten = vec![bare.clone(), bare];
            }),
            STOP_2,
        ),
    ]
}
