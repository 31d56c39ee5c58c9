//! JW315, the request for an assignment.

use super::base::{aanvraag, bsn, day, geboren, jw315, omvang, product};
use super::case::{Case, Place, breaks, holds};
use happyflow::codes::{AgbCode, DatumGebruik, Eenheid, Frequentie, TypeVerwijzer};
use happyflow::messages::jw315::AangevraagdProduct;
use happyflow::messages::{Bericht, Persoonlijk};
use happyflow::money::Cents;

const CLIENT: &str = "Client";
const PRODUCT: &str = "Client/AangevraagdeProducten/AangevraagdProduct[1]";
const PRODUCT_2: &str = "Client/AangevraagdeProducten/AangevraagdProduct[2]";

pub fn cases() -> Vec<Case> {
    [persons_and_keys(), products(), referrers(), overlaps()].concat()
}

fn with(change: impl FnOnce(&mut AangevraagdProduct<'static>)) -> Bericht<'static> {
    jw315(|client| change(&mut client.aangevraagde_producten[0]))
}

fn and_another(
    referentie: &'static str,
    change: impl FnOnce(&mut AangevraagdProduct<'static>),
) -> Bericht<'static> {
    jw315(|client| {
        let mut other = aanvraag(referentie);
        change(&mut other);
        client.aangevraagde_producten.push(other);
    })
}

fn persons_and_keys() -> Vec<Case> {
    let same: &[Place] = &[(PRODUCT_2, "ReferentieAanbieder")];
    let later = |other: &mut AangevraagdProduct<'static>| {
        other.toewijzing_ingangsdatum = day("2027-01-01");
        other.toewijzing_einddatum = Some(day("2027-12-31"));
    };
    vec![
        breaks("CS002", "one digit off", jw315(|client| client.bsn = bsn("999900007")), &[(CLIENT, "Bsn")]),
        breaks(
            "TR002",
            "too old",
            jw315(|client| client.geboortedatum = geboren("1906-01-19")),
            &[(CLIENT, "Geboortedatum/Datum")],
        ),
        holds("TR134", "born today", jw315(|client| client.geboortedatum = geboren("2026-01-20"))),
        breaks(
            "TR134",
            "born tomorrow",
            jw315(|client| client.geboortedatum = geboren("2026-01-21")),
            &[(CLIENT, "Geboortedatum/Datum")],
        ),
        breaks(
            "CS139",
            "unknown, but a date",
            jw315(|client| client.geboortedatum.datum_gebruik = Some(DatumGebruik::Onbekend)),
            &[(CLIENT, "Geboortedatum/DatumGebruik")],
        ),
        holds("TR101", "another reference", and_another("R2", later)),
        breaks("TR101", "the same reference", and_another("R1", later), same),
        holds("TR383", "another reference", and_another("R2", later)),
        breaks("TR383", "the same reference", and_another("R1", later), same),
    ]
}

fn products() -> Vec<Case> {
    let budget = |product: &mut AangevraagdProduct<'static>| {
        product.omvang = None;
        product.budget = Some(Cents(500_000));
    };
    let both = |product: &mut AangevraagdProduct<'static>| product.budget = Some(Cents(500_000));
    let volume = |eenheid, frequentie, eind: Option<&str>| {
        let eind = eind.map(day);
        move |product: &mut AangevraagdProduct<'static>| {
            product.omvang = omvang(1, eenheid, frequentie);
            product.toewijzing_ingangsdatum = day("2020-01-01");
            product.toewijzing_einddatum = eind;
        }
    };
    let whole_category = |eind: Option<&str>| {
        let eind = eind.map(day);
        move |product: &mut AangevraagdProduct<'static>| {
            volume(Eenheid::Uur, Frequentie::PerMaand, None)(product);
            product.product = super::base::product("45", None);
            product.toewijzing_einddatum = eind;
        }
    };
    let end: &[Place] = &[(PRODUCT, "ToewijzingEinddatum")];
    let frequency: &[Place] = &[(PRODUCT, "Omvang/Frequentie")];
    vec![
        breaks("CD041", "code without volume", with(|product| product.omvang = None), &[(PRODUCT, "Omvang")]),
        breaks(
            "CD043",
            "number without date",
            with(|product| product.beschikking_nummer = Some(7)),
            &[(PRODUCT, "BeschikkingIngangsdatum")],
        ),
        breaks(
            "CD043",
            "date without number",
            with(|product| product.beschikking_ingangsdatum = Some(day("2026-01-01"))),
            &[(PRODUCT, "BeschikkingIngangsdatum")],
        ),
        holds(
            "CD043",
            "both",
            with(|product| {
                product.beschikking_nummer = Some(7);
                product.beschikking_ingangsdatum = Some(day("2026-01-01"));
            }),
        ),
        breaks(
            "CD075",
            "budget without end",
            with(|product| {
                budget(product);
                product.toewijzing_einddatum = None;
            }),
            end,
        ),
        breaks("CD076", "per week without end", with(|product| product.toewijzing_einddatum = None), end),
        breaks("CD077", "budget and volume", with(both), &[(PRODUCT, "Omvang")]),
        breaks("CD078", "budget and volume", with(both), &[(PRODUCT, "Budget")]),
        breaks(
            "CD079",
            "nothing but a volume",
            with(|product| product.product = None),
            &[(PRODUCT, "Product")],
        ),
        holds("CD095", "category with a volume until 2020", with(whole_category(Some("2020-12-31")))),
        breaks(
            "CD095",
            "category with a volume",
            with(whole_category(Some("2021-01-01"))),
            &[(PRODUCT, "Omvang")],
        ),
        breaks("CD095", "and without end", with(whole_category(None)), &[(PRODUCT, "Omvang")]),
        holds("CS003", "one day", with(|product| product.toewijzing_einddatum = Some(day("2026-02-01")))),
        breaks(
            "CS003",
            "ends the day before",
            with(|product| product.toewijzing_einddatum = Some(day("2026-01-31"))),
            end,
        ),
        breaks("CS343", "euros per day", with(volume(Eenheid::Euro, Frequentie::PerDag, None)), frequency),
        breaks(
            "CS343",
            "past 2020",
            with(volume(Eenheid::Dagdeel, Frequentie::PerDag, Some("2021-01-01"))),
            frequency,
        ),
        holds("CS343", "until 2020", with(volume(Eenheid::Euro, Frequentie::PerDag, Some("2020-12-31")))),
        holds("CS343", "hours per day", with(volume(Eenheid::Uur, Frequentie::PerDag, None))),
        holds("CS343", "euros per week", with(volume(Eenheid::Euro, Frequentie::PerWeek, None))),
    ]
}

fn referrers() -> Vec<Case> {
    let by = |soort, naam: bool, code: bool| {
        with(|product| {
            let verwijzer = &mut product.verwijzer;
            verwijzer.soort = soort;
            verwijzer.naam = naam.then_some(Persoonlijk("Praktijk Proef"));
            verwijzer.zorgverlener_code = code.then(|| AgbCode::parse("01234567").unwrap());
        })
    };
    let name: &[Place] = &[(PRODUCT, "Verwijzer/Naam")];
    let code: &[Place] = &[(PRODUCT, "Verwijzer/ZorgverlenerCode")];
    vec![
        breaks("CD066", "doctor with both", by(TypeVerwijzer::Huisarts, true, true), name),
        breaks("CD066", "specialist with both", by(TypeVerwijzer::MedischSpecialist, true, true), name),
        holds("CD066", "doctor with a code", by(TypeVerwijzer::Huisarts, false, true)),
        holds("CD066", "gemeente with both is for CD068", by(TypeVerwijzer::Gemeente, true, true)),
        breaks("CD067", "doctor with neither", by(TypeVerwijzer::Jeugdarts, false, false), name),
        breaks(
            "CD067",
            "institution with neither",
            by(TypeVerwijzer::GecertificeerdeInstelling, false, false),
            name,
        ),
        holds("CD067", "doctor with a name", by(TypeVerwijzer::Jeugdarts, true, false)),
        holds("CD067", "gemeente with neither", by(TypeVerwijzer::Gemeente, false, false)),
        breaks("CD068", "gemeente with a code", by(TypeVerwijzer::Gemeente, false, true), code),
        breaks("CD068", "judge with a code", by(TypeVerwijzer::Justitie, false, true), code),
        breaks("CD068", "nobody with a code", by(TypeVerwijzer::ZelfverwijzerOfGeen, false, true), code),
        holds("CD068", "institution with a code", by(TypeVerwijzer::GecertificeerdeInstelling, false, true)),
    ]
}

fn overlaps() -> Vec<Case> {
    let second: &[Place] = &[(PRODUCT_2, "")];
    let budget = |other: &mut AangevraagdProduct<'static>| {
        other.omvang = None;
        other.budget = Some(Cents(500_000));
    };
    vec![
        breaks("TR386", "the same twice", and_another("R2", |_| {}), second),
        breaks(
            "TR386",
            "on the last day",
            and_another("R2", |other| {
                other.toewijzing_ingangsdatum = day("2026-12-31");
                other.toewijzing_einddatum = Some(day("2027-01-31"));
            }),
            second,
        ),
        holds(
            "TR386",
            "from the day after",
            and_another("R2", |other| {
                other.toewijzing_ingangsdatum = day("2027-01-01");
                other.toewijzing_einddatum = Some(day("2027-01-31"));
            }),
        ),
        holds(
            "TR386",
            "another code",
            and_another("R2", |other| other.product = product("45", Some("45A05"))),
        ),
        breaks(
            "TR386",
            "the whole category",
            and_another("R2", |other| {
                budget(other);
                other.product = product("45", None);
            }),
            second,
        ),
        breaks(
            "TR386",
            "generic",
            and_another("R2", |other| {
                budget(other);
                other.product = None;
            }),
            second,
        ),
    ]
}
