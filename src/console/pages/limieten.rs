//! Budgets and ceilings: what is promised, granted and held of each, and what room is left.

use super::{Gemaakt, Paginavraag, Result, Verder, aanbieder_href, gemeente_href, lijstblad};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Vak};
use crate::console::grafiek::{Grafiek, Staaf, round};
use crate::console::lijst::{Lijst, naar};
use crate::contracts::Gevolg;
use crate::decide::limits::Limiet;
use crate::money::Cents;
use crate::report::Cell;
use crate::report::budget::about;
use std::collections::BTreeMap;

const COLUMNS: [(&str, &str); 14] = [
    ("kind", "Soort"),
    ("gemeente", "Gemeente"),
    ("aanbieder", "Aanbieder"),
    ("productcategorie", "Categorie"),
    ("from", "Van"),
    ("to", "Tot en met"),
    ("bij_toewijzing", "Bij toewijzing"),
    ("bij_betaling", "Bij betaling"),
    ("amount_cents", "Bedrag"),
    ("promised_cents", "Toegezegd"),
    ("granted_cents", "Toegekend"),
    ("in_use_cents", "In gebruik"),
    ("held_cents", "Waarvan vastgehouden"),
    ("room_cents", "Ruimte"),
];

pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let store = &*console.store;
    let register = console.register().await?;
    let (granted, promised) = (store.limit_sums().await?, store.limit_promises().await?);
    let mut held: BTreeMap<Box<str>, i64> = BTreeMap::new();
    for ((id, _), cents) in store.limit_holds().await? {
        let sum = held.entry(id).or_default();
        *sum = sum.saturating_add(cents.0);
    }
    let mut bars: Vec<(i64, Staaf)> = Vec::new();
    let mut lijst = Lijst::new("limieten", "Budgetten en plafonds", &COLUMNS);
    lijst.leeg = "In de contracten staan geen budgetten of plafonds.";
    let budgets = register.budgetten().iter().map(Limiet::Budget);
    let van = asked.bereik().gemeente;
    for limiet in budgets.chain(register.plafonds().iter().map(Limiet::Plafond)) {
        let (kind, gemeente, aanbieder, categorie) = about(&limiet);
        // One of several gemeenten says what the others spend.
        if van.is_some() && gemeente != van {
            continue;
        }
        let cents = |found: Option<&Cents>| found.copied().unwrap_or_default().0;
        let granted = cents(granted.get(limiet.id()));
        let promised = cents(promised.get(limiet.id()).map(|(cents, _)| cents));
        let used = granted.saturating_add(promised);
        let room = limiet.bedrag().0.saturating_sub(used);
        let periode = limiet.periode();
        let held = held.get(limiet.id()).copied().unwrap_or_default();
        bars.push((room, bar(&limiet, (granted, held, promised))));
        let (gem, agb) = (gemeente.map(|it| it.to_string()), aanbieder.map(|it| it.to_string()));
        let row = vec![
            kind.into(),
            naar(gemeente, gemeente_href(&gem.unwrap_or_default())),
            naar(aanbieder, aanbieder_href(&agb.unwrap_or_default())),
            categorie.into(),
            periode.van.into(),
            periode.tot.into(),
            act(limiet.gevolgen().bij_toewijzing).into(),
            act(limiet.gevolgen().bij_betaling).into(),
            limiet.bedrag().into(),
            Cents(promised).into(),
            Cents(granted).into(),
            Cents(used).into(),
            Cents(held).into(),
            Cents(room).into(),
        ];
        lijst.rij_met_balk(row, super::toewijzingen::part(used, limiet.bedrag().0));
    }
    let mut sentences = vec![Vak::from(
        "In gebruik is wat is toegekend en toegezegd; ruimte is wat daarvan over is. De balk is het deel dat in gebruik is.",
    )];
    if van.is_some() {
        sentences.push("Plafonds waar ook andere gemeenten onder vallen, staan hier niet.".into());
    }
    let blad = Blad::new("Limieten").met(Bladdeel::Zinnen("", sentences)).met_grafiek(chart(bars));
    lijstblad(asked, console.clock.now(), blad, ("/limieten", "limieten"), lijst, Verder::default())
}

/// A limit with what is granted, held and promised of it.
fn bar(limiet: &Limiet<'_>, (granted, held, promised): (i64, i64, i64)) -> Staaf {
    let (kind, gemeente, aanbieder, categorie) = about(limiet);
    let mut naam = kind.to_owned();
    for part in [gemeente.map(|it| it.to_string()), aanbieder.map(|it| it.to_string())].into_iter().flatten()
    {
        naam.push_str(&format!(" {part}"));
    }
    if let Cell::Text(categorie) = &categorie {
        naam.push_str(&format!(", {categorie}"));
    }
    let whole = limiet.bedrag();
    let used = Cents(granted.saturating_add(promised));
    let words = format!("{} van {}", round(used), round(whole));
    Staaf::new(&naam, words, vec![granted.saturating_sub(held), held, promised]).van(whole.0)
}

/// The limits with the least room.
fn chart(mut bars: Vec<(i64, Staaf)>) -> Option<Grafiek> {
    bars.sort_by_key(|(room, _)| *room);
    let (all, over) = (bars.len(), bars.iter().filter(|(room, _)| *room < 0).count());
    let staven: Vec<Staaf> = bars.into_iter().take(SHOWN).map(|(_, staaf)| staaf).collect();
    let titel = match over {
        0 => format!(
            "Van {all} budgetten en plafonds is er geen overschreden; de {} met de minste ruimte:",
            staven.len()
        ),
        over => format!(
            "Van {all} budgetten en plafonds zijn er {over} overschreden; de {} met de minste ruimte:",
            staven.len()
        ),
    };
    let delen = vec!["toegekend", "toegekend en vastgehouden", "toegezegd"];
    (!staven.is_empty()).then_some(Grafiek { titel, delen, staven })
}

/// Limits in the chart.
const SHOWN: usize = 10;

/// What a limit does with what goes above it (rulings 8.1).
const fn act(gevolg: Gevolg) -> &'static str {
    match gevolg {
        Gevolg::Niets => "niets",
        Gevolg::Signal => "signaleren",
        Gevolg::Hold => "vasthouden",
    }
}
