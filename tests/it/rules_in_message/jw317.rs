//! JW317, the request for change.

use super::base::{bsn, day, jw317, nieuw, omvang, ongewijzigd, product, te_wijzigen};
use super::case::{Case, Place, breaks, holds};
use happyflow::codes::{Eenheid, Frequentie};
use happyflow::messages::Bericht;
use happyflow::messages::jw317::{NieuwProduct, TeWijzigenProduct};
use happyflow::money::Cents;

const VERZOEK: &str = "Client/Verzoek";
const CHANGE: &str = "Client/Verzoek/TeWijzigenProducten/TeWijzigenProduct[1]";
const NEW: &str = "Client/Verzoek/NieuweProducten/NieuwProduct[1]";
const NEW_2: &[Place] = &[("Client/Verzoek/NieuweProducten/NieuwProduct[2]", "")];

pub fn cases() -> Vec<Case> {
    [requests(), keys(), changes(), new_products(), overlaps()].concat()
}

fn with_change(change: impl FnOnce(&mut TeWijzigenProduct)) -> Bericht<'static> {
    jw317(|client| change(&mut client.verzoek.te_wijzigen_producten[0]))
}

fn with_new(change: impl FnOnce(&mut NieuwProduct)) -> Bericht<'static> {
    jw317(|client| change(&mut client.verzoek.nieuwe_producten[0]))
}

fn and_new(change: impl FnOnce(&mut NieuwProduct)) -> Bericht<'static> {
    jw317(|client| {
        let mut other = nieuw();
        change(&mut other);
        client.verzoek.nieuwe_producten.push(other);
    })
}

fn requests() -> Vec<Case> {
    vec![
        breaks("CS002", "one digit off", jw317(|client| client.bsn = bsn("999900007")), &[("Client", "Bsn")]),
        breaks(
            "TR352",
            "new only",
            jw317(|client| {
                client.verzoek.ongewijzigde_producten.clear();
                client.verzoek.te_wijzigen_producten.clear();
            }),
            &[(VERZOEK, "")],
        ),
        holds("TR352", "change only", jw317(|client| client.verzoek.ongewijzigde_producten.clear())),
        holds("TR352", "unchanged only", jw317(|client| client.verzoek.te_wijzigen_producten.clear())),
        breaks(
            "TR353",
            "nothing to change",
            jw317(|client| {
                client.verzoek.te_wijzigen_producten.clear();
                client.verzoek.nieuwe_producten.clear();
            }),
            &[(VERZOEK, "")],
        ),
        holds("TR353", "new", jw317(|client| client.verzoek.te_wijzigen_producten.clear())),
        holds("TR353", "change", jw317(|client| client.verzoek.nieuwe_producten.clear())),
    ]
}

fn keys() -> Vec<Case> {
    vec![
        breaks(
            "TR101",
            "unchanged twice",
            jw317(|client| client.verzoek.ongewijzigde_producten.push(ongewijzigd(1))),
            &[("Client/Verzoek/OngewijzigdeProducten/OngewijzigdProduct[2]", "ToewijzingNummer")],
        ),
        breaks(
            "TR101",
            "changed twice",
            jw317(|client| client.verzoek.te_wijzigen_producten.push(te_wijzigen(2))),
            &[("Client/Verzoek/TeWijzigenProducten/TeWijzigenProduct[2]", "ToewijzingNummer")],
        ),
        holds(
            "TR101",
            "unchanged and changed are two classes",
            jw317(|client| client.verzoek.te_wijzigen_producten.push(te_wijzigen(1))),
        ),
        breaks("TR101", "new twice", and_new(|_| {}), NEW_2),
        holds(
            "TR101",
            "new on another day",
            and_new(|other| other.gewenste_ingangsdatum = day("2026-03-02")),
        ),
        holds("TR101", "another new product", and_new(|other| other.product = product("45", None))),
    ]
}

fn changes() -> Vec<Case> {
    let budget = |product: &mut TeWijzigenProduct| {
        product.omvang = None;
        product.budget = Some(Cents(500_000));
    };
    let both = |product: &mut TeWijzigenProduct| product.budget = Some(Cents(500_000));
    let end: &[Place] = &[(CHANGE, "Einddatum")];
    vec![
        breaks(
            "CD075",
            "budget without end",
            with_change(|product| {
                budget(product);
                product.einddatum = None;
            }),
            end,
        ),
        breaks("CD076", "per week without end", with_change(|product| product.einddatum = None), end),
        breaks("CD077", "budget and volume", with_change(both), &[(CHANGE, "Omvang")]),
        breaks("CD078", "budget and volume", with_change(both), &[(CHANGE, "Budget")]),
        holds("CD079", "a change has no product of its own", with_change(|product| product.omvang = None)),
        holds("CS003", "one day", with_change(|product| product.einddatum = Some(day("2026-03-01")))),
        breaks(
            "CS003",
            "ends the day before",
            with_change(|product| product.einddatum = Some(day("2026-02-28"))),
            end,
        ),
        breaks(
            "CS338",
            "euros per day",
            with_change(|product| product.omvang = omvang(1, Eenheid::Euro, Frequentie::PerDag)),
            &[(CHANGE, "Omvang/Frequentie")],
        ),
        holds(
            "TR380",
            "a change from the start of the assignment",
            with_change(|product| product.gewenste_ingangsdatum = day("2026-01-01")),
        ),
    ]
}

fn new_products() -> Vec<Case> {
    let budget = |product: &mut NieuwProduct| {
        product.omvang = None;
        product.budget = Some(Cents(500_000));
    };
    let both = |product: &mut NieuwProduct| product.budget = Some(Cents(500_000));
    let whole_category = |eind: Option<&str>| {
        let eind = eind.map(day);
        move |product: &mut NieuwProduct| {
            product.product = super::base::product("45", None);
            product.omvang = omvang(1, Eenheid::Uur, Frequentie::PerMaand);
            product.gewenste_ingangsdatum = day("2020-01-01");
            product.einddatum = eind;
        }
    };
    let end: &[Place] = &[(NEW, "Einddatum")];
    vec![
        holds(
            "TR380",
            "from tomorrow",
            with_new(|product| product.gewenste_ingangsdatum = day("2026-02-11")),
        ),
        breaks(
            "TR380",
            "from today",
            with_new(|product| product.gewenste_ingangsdatum = day("2026-02-10")),
            &[(NEW, "GewensteIngangsdatum")],
        ),
        breaks("CD041", "code without volume", with_new(|product| product.omvang = None), &[(NEW, "Omvang")]),
        breaks(
            "CD075",
            "budget without end",
            with_new(|product| {
                budget(product);
                product.einddatum = None;
            }),
            end,
        ),
        breaks("CD076", "per week without end", with_new(|product| product.einddatum = None), end),
        breaks("CD077", "budget and volume", with_new(both), &[(NEW, "Omvang")]),
        breaks("CD078", "budget and volume", with_new(both), &[(NEW, "Budget")]),
        breaks(
            "CD079",
            "nothing but a volume",
            with_new(|product| product.product = None),
            &[(NEW, "Product")],
        ),
        holds("CD096", "category with a volume until 2020", with_new(whole_category(Some("2020-12-31")))),
        breaks(
            "CD096",
            "category with a volume",
            with_new(whole_category(Some("2021-01-01"))),
            &[(NEW, "Omvang")],
        ),
        breaks("CD096", "and without end", with_new(whole_category(None)), &[(NEW, "Omvang")]),
        breaks(
            "CS003",
            "ends the day before",
            with_new(|product| product.einddatum = Some(day("2026-02-28"))),
            end,
        ),
        breaks(
            "CS338",
            "half days per day",
            with_new(|product| product.omvang = omvang(1, Eenheid::Dagdeel, Frequentie::PerDag)),
            &[(NEW, "Omvang/Frequentie")],
        ),
    ]
}

fn overlaps() -> Vec<Case> {
    vec![
        breaks("TR410", "the same twice", and_new(|_| {}), NEW_2),
        breaks(
            "TR410",
            "on the last day",
            and_new(|other| other.gewenste_ingangsdatum = day("2026-12-31")),
            NEW_2,
        ),
        holds(
            "TR410",
            "from the day after",
            and_new(|other| {
                other.gewenste_ingangsdatum = day("2027-01-01");
                other.einddatum = Some(day("2027-12-31"));
            }),
        ),
        breaks("TR410", "the whole category", and_new(|other| other.product = product("45", None)), NEW_2),
        breaks("TR410", "generic", and_new(|other| other.product = None), NEW_2),
        holds("TR410", "another code", and_new(|other| other.product = product("45", Some("45A06")))),
    ]
}
