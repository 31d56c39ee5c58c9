//! The persons of a JW301: client, relations and where they live.

use super::base::{AT, contact, day, geboren, jw301, met_partnernaam, relatie};
use super::case::{Case, Place, breaks, holds};
use happyflow::codes::{AdresSoort, DatumGebruik, NaamGebruik};
use happyflow::messages::Persoonlijk;
use happyflow::messages::jw301::Client;
use happyflow::messages::shared::{Communicatie, Contact, OpenPeriode, Telefoon, Telefoonnummers};

const CLIENT: &str = "Client";
const RELATIE: &str = "Client/Relaties/Relatie[1]";
const CONTACT: &str = "Client/Contactgegevens/Contact[1]";
const RELATIE_CONTACT: &str = "Client/Relaties/Relatie[1]/Contact";

pub fn cases() -> Vec<Case> {
    [persons(), contacts(), keys()].concat()
}

/// A JW301 with another first Contact of the client.
fn with_contact(change: impl FnOnce(&mut Contact<'static>)) -> happyflow::messages::Bericht<'static> {
    jw301(|client| change(&mut client.contactgegevens[0]))
}

#[expect(clippy::unnecessary_wraps, reason = "fills an optional element")]
fn telefoon() -> Option<Telefoonnummers<'static>> {
    let telefoon01 = Telefoon { at: AT, telefoonnummer: Persoonlijk("0612345678"), landnummer: "0031" };
    Some(Telefoonnummers { at: AT, telefoon01, telefoon02: None })
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn persons() -> Vec<Case> {
    let born = |datum: &'static str, gebruik| {
        move |client: &mut Client<'static>| {
            client.geboortedatum = geboren(datum);
            client.geboortedatum.datum_gebruik = gebruik;
        }
    };
    let named = |gebruik, partner| {
        move |client: &mut Client<'static>| {
            client.naam.naam_gebruik = gebruik;
            if partner {
                met_partnernaam(&mut client.naam);
            }
        }
    };
    let tolk = |vorm, taal| {
        move |client: &mut Client<'static>| client.communicatie = Some(Communicatie { at: AT, vorm, taal })
    };
    let elsewhere: &[Place] = &[(CLIENT, "Naam/NaamGebruik")];
    let language: &[Place] = &[(CLIENT, "Communicatie/Taal")];
    vec![
        holds("CS002", "test number", jw301(|client| client.bsn = super::base::bsn("999900018"))),
        breaks(
            "CS002",
            "one digit off",
            jw301(|client| client.bsn = super::base::bsn("999900007")),
            &[(CLIENT, "Bsn")],
        ),
        holds("TR002", "120th birthday", jw301(born("1905-12-15", None))),
        breaks("TR002", "a day older", jw301(born("1905-12-14", None)), &[(CLIENT, "Geboortedatum/Datum")]),
        holds("TR002", "unknown", jw301(born("1900-01-01", Some(DatumGebruik::Onbekend)))),
        breaks(
            "TR002",
            "1900 without saying unknown",
            jw301(born("1900-01-01", None)),
            &[(CLIENT, "Geboortedatum/Datum")],
        ),
        breaks(
            "TR002",
            "a relation",
            jw301(|client| client.relaties[0].geboortedatum = Some(geboren("1905-12-14"))),
            &[(RELATIE, "Geboortedatum/Datum")],
        ),
        holds("TR134", "born today", jw301(born("2025-12-15", None))),
        breaks("TR134", "born tomorrow", jw301(born("2025-12-16", None)), &[(CLIENT, "Geboortedatum/Datum")]),
        breaks(
            "TR134",
            "a relation born tomorrow",
            jw301(|client| client.relaties[0].geboortedatum = Some(geboren("2025-12-16"))),
            &[(RELATIE, "Geboortedatum/Datum")],
        ),
        holds("CS139", "day unknown", jw301(born("2012-05-01", Some(DatumGebruik::DagOnbekend)))),
        breaks(
            "CS139",
            "day unknown but not 01",
            jw301(born("2012-05-02", Some(DatumGebruik::DagOnbekend))),
            &[(CLIENT, "Geboortedatum/DatumGebruik")],
        ),
        holds("CS139", "month unknown", jw301(born("2012-01-01", Some(DatumGebruik::DagEnMaandOnbekend)))),
        breaks(
            "CS139",
            "month unknown but not 01",
            jw301(born("2012-02-01", Some(DatumGebruik::DagEnMaandOnbekend))),
            &[(CLIENT, "Geboortedatum/DatumGebruik")],
        ),
        holds("CS139", "all unknown", jw301(born("1900-01-01", Some(DatumGebruik::Onbekend)))),
        breaks(
            "CS139",
            "all unknown but a year",
            jw301(born("2012-01-01", Some(DatumGebruik::Onbekend))),
            &[(CLIENT, "Geboortedatum/DatumGebruik")],
        ),
        breaks(
            "CS139",
            "a relation",
            jw301(|client| {
                let geboortedatum = client.relaties[0].geboortedatum.as_mut().unwrap();
                geboortedatum.datum_gebruik = Some(DatumGebruik::DagOnbekend);
            }),
            &[(RELATIE, "Geboortedatum/DatumGebruik")],
        ),
        holds("CS050", "own name first", jw301(named(NaamGebruik::EigenDanPartner, true))),
        holds("CS050", "own name with a partner", jw301(named(NaamGebruik::EigenNaam, true))),
        breaks(
            "CS050",
            "partner's name without one",
            jw301(named(NaamGebruik::NaamPartner, false)),
            elsewhere,
        ),
        breaks(
            "CS050",
            "organisation with a partner",
            jw301(named(NaamGebruik::NietNatuurlijkPersoon, true)),
            elsewhere,
        ),
        breaks("CS050", "pseudonym", jw301(named(NaamGebruik::Onbekend, false)), elsewhere),
        holds(
            "CS050",
            "a relation that is an organisation",
            jw301(|client| client.relaties[0].naam.naam_gebruik = NaamGebruik::NietNatuurlijkPersoon),
        ),
        breaks(
            "CS050",
            "a relation",
            jw301(|client| client.relaties[0].naam.naam_gebruik = NaamGebruik::PartnerDanEigen),
            &[(RELATIE, "Naam/NaamGebruik")],
        ),
        breaks("CS318", "organisation", jw301(named(NaamGebruik::NietNatuurlijkPersoon, false)), elsewhere),
        holds(
            "CS318",
            "a relation may be one",
            jw301(|client| client.relaties[0].naam.naam_gebruik = NaamGebruik::NietNatuurlijkPersoon),
        ),
        holds("CD007", "language with its interpreter", jw301(tolk("1", Some("Tigrinya")))),
        breaks("CD007", "interpreter without language", jw301(tolk("1", None)), language),
        breaks("CD007", "language with a sign interpreter", jw301(tolk("2", Some("Tigrinya"))), language),
        holds("CD007", "sign interpreter", jw301(tolk("2", None))),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn contacts() -> Vec<Case> {
    let postcode = |postcode: Option<&'static str>| {
        move |contact: &mut Contact<'static>| {
            contact.adres.as_mut().unwrap().postcode = postcode.map(Persoonlijk);
        }
    };
    let land = |land| move |contact: &mut Contact<'static>| contact.adres.as_mut().unwrap().land_code = land;
    let no_house = |contact: &mut Contact<'static>| contact.adres.as_mut().unwrap().huis = None;
    let open = |begindatum: Option<&str>, einddatum: Option<&str>| {
        let (begindatum, einddatum) = (begindatum.map(day), einddatum.map(day));
        move |client: &mut Client<'static>| {
            let mut temporary = contact(AdresSoort::Tijdelijk);
            temporary.periode = Some(OpenPeriode { at: AT, begindatum, einddatum });
            client.contactgegevens.push(temporary);
        }
    };
    let wrong_shape: &[Place] = &[(CONTACT, "Adres/Postcode")];
    vec![
        breaks("TR006", "address without house", with_contact(no_house), &[(CONTACT, "")]),
        breaks("TR006", "address without postcode", with_contact(postcode(None)), &[(CONTACT, "")]),
        holds(
            "TR006",
            "telephone only",
            with_contact(|contact| {
                contact.adres = None;
                contact.telefoon = telefoon();
            }),
        ),
        breaks(
            "TR006",
            "a relation without either",
            jw301(|client| client.relaties[0].contact.adres = None),
            &[(RELATIE_CONTACT, "")],
        ),
        breaks(
            "TR061",
            "temporary address only",
            with_contact(|contact| contact.soort = AdresSoort::Tijdelijk),
            &[(CLIENT, "Contactgegevens")],
        ),
        holds("TR061", "letters", with_contact(|contact| contact.soort = AdresSoort::Correspondentie)),
        breaks("CD005", "postcode without country", with_contact(land(None)), &[(CONTACT, "Adres/LandCode")]),
        breaks(
            "CD005",
            "country without postcode",
            with_contact(postcode(None)),
            &[(CONTACT, "Adres/LandCode")],
        ),
        holds(
            "CD005",
            "neither",
            with_contact(|contact| {
                let adres = contact.adres.as_mut().unwrap();
                (adres.postcode, adres.land_code) = (None, None);
            }),
        ),
        breaks(
            "CD005",
            "a relation",
            jw301(|client| land(None)(&mut client.relaties[0].contact)),
            &[(RELATIE_CONTACT, "Adres/LandCode")],
        ),
        holds("CD009", "term of a temporary address", jw301(open(Some("2026-01-01"), None))),
        breaks(
            "CD009",
            "term of an address of stay",
            with_contact(|contact| {
                contact.periode = Some(OpenPeriode { at: AT, begindatum: None, einddatum: None });
            }),
            &[(CONTACT, "Periode")],
        ),
        breaks("CD025", "no house in the Netherlands", with_contact(no_house), &[(CONTACT, "Adres/Huis")]),
        holds(
            "CD025",
            "no house in Belgium",
            with_contact(|contact| {
                land(Some("BE"))(contact);
                no_house(contact);
                contact.telefoon = telefoon();
            }),
        ),
        breaks("CD034", "address of stay without postcode", with_contact(postcode(None)), wrong_shape),
        breaks(
            "CD034",
            "address of stay without address",
            with_contact(|contact| contact.adres = None),
            wrong_shape,
        ),
        breaks(
            "CD034",
            "a relation in the registry",
            jw301(|client| {
                client.relaties[0].contact = contact(AdresSoort::Brp);
                postcode(None)(&mut client.relaties[0].contact);
            }),
            &[(RELATIE_CONTACT, "Adres/Postcode")],
        ),
        holds(
            "CD034",
            "letters without postcode",
            with_contact(|contact| {
                contact.soort = AdresSoort::Correspondentie;
                postcode(None)(contact);
            }),
        ),
        holds("CS089", "lower case", with_contact(postcode(Some("8011aa")))),
        breaks("CS089", "a space", with_contact(postcode(Some("8011 AA"))), wrong_shape),
        breaks("CS089", "first digit 0", with_contact(postcode(Some("0811AA"))), wrong_shape),
        breaks("CS089", "five digits", with_contact(postcode(Some("80111A"))), wrong_shape),
        breaks("CS089", "too long", with_contact(postcode(Some("8011AAA"))), wrong_shape),
        breaks("CS089", "four digits", with_contact(postcode(Some("8011"))), wrong_shape),
        holds(
            "CS089",
            "Belgian",
            with_contact(|contact| {
                land(Some("BE"))(contact);
                postcode(Some("1000"))(contact);
            }),
        ),
        holds("CS003", "temporary address of one day", jw301(open(Some("2026-01-01"), Some("2026-01-01")))),
        breaks(
            "CS003",
            "temporary address that ends before it begins",
            jw301(open(Some("2026-01-02"), Some("2026-01-01"))),
            &[("Client/Contactgegevens/Contact[2]", "Periode/Einddatum")],
        ),
        holds("CS003", "temporary address without first day", jw301(open(None, Some("2026-01-01")))),
    ]
}

fn keys() -> Vec<Case> {
    let second_contact =
        |soort| move |client: &mut Client<'static>| client.contactgegevens.push(contact(soort));
    vec![
        holds("TR101", "two relations", jw301(|client| client.relaties.push(relatie("2")))),
        breaks(
            "TR101",
            "the same relation twice",
            jw301(|client| client.relaties.push(relatie("1"))),
            &[("Client/Relaties/Relatie[2]", "Nummer")],
        ),
        holds("TR101", "two kinds of address", jw301(second_contact(AdresSoort::Brp))),
        breaks(
            "TR101",
            "the same kind of address twice",
            jw301(second_contact(AdresSoort::Verblijf)),
            &[("Client/Contactgegevens/Contact[2]", "Soort")],
        ),
    ]
}
