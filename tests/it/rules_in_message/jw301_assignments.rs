//! The assignments of a JW301: keys, dates, product, volume, budget and overlaps.

use super::base::{day, jw301, omvang, product, toewijzing};
use super::case::{Case, Place, breaks, holds};
use happyflow::codes::{Eenheid, Frequentie, RedenWijziging};
use happyflow::messages::jw301::ToegewezenProduct;
use happyflow::money::Cents;

const PRODUCT: &str = "Client/ToegewezenProducten/ToegewezenProduct[1]";
const PRODUCT_2: &str = "Client/ToegewezenProducten/ToegewezenProduct[2]";

pub fn cases() -> Vec<Case> {
    [keys_and_dates(), products(), overlaps()].concat()
}

/// A JW301 with another assignment 1.
fn with(change: impl FnOnce(&mut ToegewezenProduct<'static>)) -> happyflow::messages::Bericht<'static> {
    jw301(|client| change(&mut client.toegewezen_producten[0]))
}

fn keys_and_dates() -> Vec<Case> {
    vec![
        breaks(
            "TR101",
            "the same assignment three times",
            jw301(|client| client.toegewezen_producten.extend([toewijzing(1), toewijzing(1)])),
            &[
                (PRODUCT_2, "ToewijzingNummer"),
                ("Client/ToegewezenProducten/ToegewezenProduct[3]", "ToewijzingNummer"),
            ],
        ),
        holds("TR134", "assigned today", with(|product| product.toewijzingsdatum = day("2025-12-15"))),
        breaks(
            "TR134",
            "assigned tomorrow",
            with(|product| product.toewijzingsdatum = day("2025-12-16")),
            &[(PRODUCT, "Toewijzingsdatum")],
        ),
        holds("CS003", "one day", with(|product| product.einddatum = Some(product.ingangsdatum))),
        breaks(
            "CS003",
            "ends the day before",
            with(|product| product.einddatum = Some(day("2025-12-31"))),
            &[(PRODUCT, "Einddatum")],
        ),
        holds(
            "CS335",
            "deleted on the first day",
            with(|product| {
                product.reden_wijziging = Some(RedenWijziging::Verwijderd);
                product.einddatum = Some(product.ingangsdatum);
            }),
        ),
        breaks(
            "CS335",
            "deleted later",
            with(|product| product.reden_wijziging = Some(RedenWijziging::Verwijderd)),
            &[(PRODUCT, "RedenWijziging")],
        ),
        breaks(
            "CS335",
            "deleted without end",
            with(|product| {
                product.reden_wijziging = Some(RedenWijziging::Verwijderd);
                product.einddatum = None;
            }),
            &[(PRODUCT, "RedenWijziging")],
        ),
        breaks(
            "CS336",
            "01",
            with(|product| product.reden_wijziging = Some(RedenWijziging::AdministratieveCorrectieVervallen)),
            &[(PRODUCT, "RedenWijziging")],
        ),
        holds(
            "CS336",
            "14",
            with(|product| product.reden_wijziging = Some(RedenWijziging::AdministratieveCorrectie)),
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn products() -> Vec<Case> {
    let budget = |product: &mut ToegewezenProduct<'static>| {
        product.omvang = None;
        product.budget = Some(Cents(500_000));
    };
    let both = |product: &mut ToegewezenProduct<'static>| product.budget = Some(Cents(500_000));
    let volume = |eenheid, frequentie, eind: Option<&str>| {
        let eind = eind.map(day);
        move |product: &mut ToegewezenProduct<'static>| {
            product.omvang = omvang(1, eenheid, frequentie);
            product.ingangsdatum = day("2020-01-01");
            product.einddatum = eind;
        }
    };
    let whole_category = |eind: Option<&str>| {
        let eind = eind.map(day);
        move |product: &mut ToegewezenProduct<'static>| {
            volume(Eenheid::Uur, Frequentie::PerMaand, None)(product);
            product.product = super::base::product("45", None);
            product.einddatum = eind;
        }
    };
    let frequency: &[Place] = &[(PRODUCT, "Omvang/Frequentie")];
    vec![
        breaks("CD041", "code without volume", with(|product| product.omvang = None), &[(PRODUCT, "Omvang")]),
        holds(
            "CD041",
            "category without volume",
            with(|product| {
                budget(product);
                product.product = super::base::product("45", None);
            }),
        ),
        holds("CD075", "budget with an end", with(budget)),
        breaks(
            "CD075",
            "budget without end",
            with(|product| {
                budget(product);
                product.einddatum = None;
            }),
            &[(PRODUCT, "Einddatum")],
        ),
        breaks(
            "CD076",
            "per week without end",
            with(|product| product.einddatum = None),
            &[(PRODUCT, "Einddatum")],
        ),
        holds("CD076", "per month without end", with(volume(Eenheid::Uur, Frequentie::PerMaand, None))),
        breaks("CD077", "budget and volume", with(both), &[(PRODUCT, "Omvang")]),
        holds("CD077", "budget only", with(budget)),
        breaks("CD078", "budget and volume", with(both), &[(PRODUCT, "Budget")]),
        holds("CD078", "volume only", with(|_| {})),
        breaks(
            "CD079",
            "nothing but a volume",
            with(|product| product.product = None),
            &[(PRODUCT, "Product")],
        ),
        holds(
            "CD079",
            "generic budget",
            with(|product| {
                budget(product);
                product.product = None;
            }),
        ),
        holds("CD080", "category with a volume until 2020", with(whole_category(Some("2020-12-31")))),
        breaks(
            "CD080",
            "category with a volume",
            with(whole_category(Some("2021-01-01"))),
            &[(PRODUCT, "Omvang")],
        ),
        breaks("CD080", "and without end", with(whole_category(None)), &[(PRODUCT, "Omvang")]),
        breaks(
            "CD080",
            "generic with a volume",
            with(|product| {
                whole_category(None)(product);
                product.product = None;
            }),
            &[(PRODUCT, "Omvang")],
        ),
        breaks("CS338", "euros per day", with(volume(Eenheid::Euro, Frequentie::PerDag, None)), frequency),
        breaks("CS338", "days per day", with(volume(Eenheid::Etmaal, Frequentie::PerDag, None)), frequency),
        breaks("CS338", "half days", with(volume(Eenheid::Dagdeel, Frequentie::PerDag, None)), frequency),
        breaks(
            "CS338",
            "pieces",
            with(volume(Eenheid::StuksInspanning, Frequentie::PerDag, None)),
            frequency,
        ),
        holds("CS338", "until 2020", with(volume(Eenheid::Euro, Frequentie::PerDag, Some("2020-12-31")))),
        breaks(
            "CS338",
            "past 2020",
            with(volume(Eenheid::Euro, Frequentie::PerDag, Some("2021-01-01"))),
            frequency,
        ),
        holds("CS338", "minutes per day", with(volume(Eenheid::Minuut, Frequentie::PerDag, None))),
        holds(
            "CS338",
            "days in total",
            with(volume(Eenheid::Etmaal, Frequentie::TotaalBinnenGeldigheidsduur, None)),
        ),
    ]
}

/// A JW301 with assignment 1 for the whole of 2026 and another one.
fn and_another(
    change: impl FnOnce(&mut ToegewezenProduct<'static>),
) -> happyflow::messages::Bericht<'static> {
    jw301(|client| {
        let mut other = toewijzing(2);
        change(&mut other);
        client.toegewezen_producten.push(other);
    })
}

fn overlaps() -> Vec<Case> {
    let second: &[Place] = &[(PRODUCT_2, "")];
    let deleted = |reden| {
        move |other: &mut ToegewezenProduct<'static>| {
            other.reden_wijziging = Some(reden);
            other.einddatum = Some(other.ingangsdatum);
        }
    };
    vec![
        breaks("TR302", "the same twice", and_another(|_| {}), second),
        breaks(
            "TR302",
            "on the last day",
            and_another(|other| other.ingangsdatum = day("2026-12-31")),
            second,
        ),
        holds(
            "TR302",
            "from the day after",
            and_another(|other| {
                other.ingangsdatum = day("2027-01-01");
                other.einddatum = Some(day("2027-12-31"));
            }),
        ),
        holds("TR302", "another code", and_another(|other| other.product = product("45", Some("45A05")))),
        breaks(
            "TR302",
            "the whole category",
            and_another(|other| other.product = product("45", None)),
            second,
        ),
        holds("TR302", "another category", and_another(|other| other.product = product("50", None))),
        breaks("TR302", "generic", and_another(|other| other.product = None), second),
        holds("TR302", "deleted", and_another(deleted(RedenWijziging::Verwijderd))),
        holds(
            "TR302",
            "deleted the old way",
            and_another(deleted(RedenWijziging::AdministratieveCorrectieVervallen)),
        ),
        breaks(
            "TR302",
            "ended on its first day",
            and_another(deleted(RedenWijziging::ClientOverleden)),
            second,
        ),
        breaks(
            "TR302",
            "said to be deleted, but not on its first day",
            and_another(|other| other.reden_wijziging = Some(RedenWijziging::Verwijderd)),
            second,
        ),
        breaks(
            "TR302",
            "one that runs into the first of the message",
            and_another(|other| {
                other.ingangsdatum = day("2025-07-01");
                other.einddatum = None;
            }),
            second,
        ),
    ]
}
