//! The outcome as tables.

use super::effects::{Effect, effect};
use super::estimate::{Estimate, Ratios};
use super::{CareItem, Ceiling, ItemKey, WhatIf};
use crate::clock::Moment;
use crate::money::{Cents, MoneyOverflow};
use crate::report::{Cell, Report, Table};
use std::collections::BTreeMap;

/// How it was computed, for who reads the tables.
pub const METHOD: [(&str, &str); 7] = [
    ("Wat telt", "Toegekende regels die niet zijn gecrediteerd, met het volume zoals het is gedeclareerd."),
    ("Nieuw bedrag", "Volume maal het tarief van de nieuwe contracten op dezelfde dag in het gekozen jaar."),
    (
        "Prijseffect",
        "Wat de nieuwe tarieven meer kosten voor het nieuwe volume, per aanbieder en product opgeteld.",
    ),
    (
        "Volume-effect",
        "Meer of minder volume (door de koppeltabel, een budget of een plafond) maal de gemiddelde oude prijs, per eenheid.",
    ),
    (
        "Mixeffect",
        "Het overige: het nieuwe volume is anders verdeeld over dure en goedkope zorg. De drie tellen \
         op de cent op. Elke rij heeft een eigen gemiddelde: volume en mix van rijen zijn samen niet altijd die van \
         het totaal, prijs en verschil wel.",
    ),
    (
        "Niet te koppelen",
        "Zorg waarvoor koppeltabel noch nieuwe contracten zeggen wat zij wordt. Geschat naar de verandering van wel \
         gekoppelde zorg in dezelfde categorie, gewogen naar bedrag (bij minder dan vijf: alle categorieen).",
    ),
    (
        "Onder- en bovengrens",
        "De schatting als de verandering gelijk is aan die waaronder, en waarboven, 5% van het gekoppelde bedrag \
         ligt. Grenzen zijn opgeteld alsof alles tegelijk tegenzit of meevalt.",
    ),
];

const FIGURES: [(&str, &str); 11] = [
    ("lines", "Regels"),
    ("old_cents", "Toegekend toen"),
    ("unmapped_cents", "Waarvan niet te koppelen"),
    ("new_cents", "Nieuw (gekoppeld)"),
    ("difference_cents", "Verschil (gekoppeld)"),
    ("price_cents", "Prijseffect"),
    ("volume_cents", "Volume-effect"),
    ("mix_cents", "Mixeffect"),
    ("expected_cents", "Nieuw met schatting"),
    ("low_cents", "Ondergrens"),
    ("high_cents", "Bovengrens"),
];

/// The outcome; ceilings are applied already.
pub fn build(what: &WhatIf<'_>, ceilings: &[Ceiling], moment: Moment) -> Result<Report, MoneyOverflow> {
    let ratios = Ratios::of(&what.items);
    let mut tables = vec![grouped(what, &ratios, "total", "Totaal", &[("scope", "Omvang")], |_| {
        vec![Cell::from("alle zorg")]
    })?];
    tables.push(grouped(
        what,
        &ratios,
        "gemeenten",
        "Per gemeente",
        &[("gemeente", "Gemeente"), ("name", "Naam")],
        |key| {
            vec![key.gemeente.into(), what.nieuw.gemeente_naam(key.gemeente).map_or(Cell::Empty, Cell::from)]
        },
    )?);
    tables.push(grouped(
        what,
        &ratios,
        "aanbieders",
        "Per aanbieder",
        &[("aanbieder", "Aanbieder")],
        |key| vec![key.aanbieder.into()],
    )?);
    let product = |key: &ItemKey| match key.nieuw {
        Some((categorie, code, _)) => vec![categorie.into(), code.into()],
        None => vec![key.oud.0.into(), Cell::from(format!("{} (niet te koppelen)", key.oud.1.as_str()))],
    };
    let columns = [("productcategorie", "Categorie"), ("productcode", "Product")];
    tables.push(grouped(what, &ratios, "products", "Per nieuw product", &columns, product)?);
    tables.push(coupled(what)?);
    tables.push(ceiling_table(ceilings)?);
    tables.push(thresholds(what));
    let mut method =
        Table::new("method", "Toelichting", &[("subject", "Onderwerp"), ("text", "Toelichting")]);
    for (subject, text) in METHOD {
        method.row(vec![subject.into(), text.into()]);
    }
    tables.push(method);
    Ok(Report { name: "what-if", titel: "Wat als: andere contracten", moment, tables })
}

/// Cells that name a group, and its items.
type Group<'a> = (Vec<Cell>, Vec<(&'a ItemKey, &'a CareItem)>);

fn grouped(
    what: &WhatIf<'_>,
    ratios: &Ratios,
    key: &'static str,
    titel: &'static str,
    columns: &[(&'static str, &'static str)],
    group: impl Fn(&ItemKey) -> Vec<Cell>,
) -> Result<Table, MoneyOverflow> {
    let columns: Vec<_> = columns.iter().copied().chain(FIGURES).collect();
    let mut table = Table::new(key, titel, &columns);
    // Cells of the key as text, so that rows are in the order of their codes.
    let mut groups: BTreeMap<Vec<String>, Group<'_>> = BTreeMap::new();
    for (item_key, item) in &what.items {
        let cells = group(item_key);
        let order = cells.iter().map(|cell| format!("{cell:?}")).collect();
        groups.entry(order).or_insert_with(|| (cells, Vec::new())).1.push((item_key, item));
    }
    for (cells, items) in groups.into_values() {
        let effect = effect(items.iter().copied())?;
        let estimate = estimate(ratios, &items)?;
        table.row(cells.into_iter().chain(figures(effect, estimate)?).collect());
    }
    Ok(table)
}

fn estimate(ratios: &Ratios, items: &[(&ItemKey, &CareItem)]) -> Result<Estimate, MoneyOverflow> {
    let unmapped = items.iter().filter(|(key, _)| key.nieuw.is_none());
    let mut sum = Estimate::default();
    for (key, item) in unmapped {
        sum = sum.plus(ratios.estimate(key.oud.0, item.oud)?)?;
    }
    Ok(sum)
}

fn figures(effect: Effect, estimate: Estimate) -> Result<Vec<Cell>, MoneyOverflow> {
    let with = |amount: Cents| effect.nieuw.plus(amount).map(Cell::from);
    Ok(vec![
        i64::try_from(effect.lines).unwrap_or(i64::MAX).into(),
        effect.oud.into(),
        effect.niet_gekoppeld.into(),
        effect.nieuw.into(),
        effect.verschil.into(),
        effect.prijs.into(),
        effect.volume.into(),
        effect.mix.into(),
        with(estimate.verwacht)?,
        with(estimate.onder)?,
        with(estimate.boven)?,
    ])
}

/// Which old product became which new one.
fn coupled(what: &WhatIf<'_>) -> Result<Table, MoneyOverflow> {
    let columns = [
        ("old_product", "Oud product"),
        ("old_unit", "Oude eenheid"),
        ("new_product", "Nieuw product"),
        ("new_unit", "Nieuwe eenheid"),
        ("lines", "Regels"),
        ("old_cents", "Toegekend toen"),
        ("new_cents", "Nieuw"),
    ];
    let mut table = Table::new("coupling", "Koppeling van producten", &columns);
    let mut rows: BTreeMap<_, (u64, Cents, Cents)> = BTreeMap::new();
    for (key, item) in &what.items {
        let row = rows.entry((key.oud, key.nieuw)).or_default();
        *row = (row.0 + item.lines, row.1.plus(item.oud)?, row.2.plus(item.nieuw)?);
    }
    for ((oud, nieuw), (lines, then, now)) in rows {
        table.row(vec![
            oud.1.into(),
            oud.2.as_str().into(),
            nieuw.map_or_else(|| Cell::from("niet te koppelen"), |nieuw| nieuw.1.into()),
            nieuw.map_or(Cell::Empty, |nieuw| nieuw.2.as_str().into()),
            i64::try_from(lines).unwrap_or(i64::MAX).into(),
            then.into(),
            nieuw.map_or(Cell::Empty, |_| now.into()),
        ]);
    }
    Ok(table)
}

fn ceiling_table(ceilings: &[Ceiling]) -> Result<Table, MoneyOverflow> {
    let columns = [
        ("ceiling", "Budget of plafond"),
        ("ceiling_cents", "Bedrag"),
        ("outcome_cents", "Uitkomst zonder grens"),
        ("above_cents", "Erboven"),
        ("policy", "Wat er dan gebeurt"),
    ];
    let mut table = Table::new("ceilings", "Budgetten en plafonds", &columns);
    for ceiling in ceilings {
        let above = ceiling.uitkomst.minus(ceiling.bedrag)?.max(Cents::ZERO);
        table.row(vec![
            ceiling.naam.clone().into(),
            ceiling.bedrag.into(),
            ceiling.uitkomst.into(),
            above.into(),
            if ceiling.houdt { "wordt niet betaald" } else { "wordt gemeld en betaald" }.into(),
        ]);
    }
    Ok(table)
}

fn thresholds(what: &WhatIf<'_>) -> Table {
    let columns = [
        ("gemeente", "Gemeente"),
        ("old_limit_cents", "Drempel toen"),
        ("old_count", "Toewijzingen erboven toen"),
        ("new_limit_cents", "Drempel nieuw"),
        ("new_count", "Toewijzingen erboven nieuw"),
    ];
    let mut table = Table::new("thresholds", "Boven de drempel", &columns);
    for (gemeente, (then, now)) in &what.drempels {
        table.row(vec![
            (*gemeente).into(),
            what.oud.regio().drempels.verwijzing.into(),
            i64::try_from(*then).unwrap_or(i64::MAX).into(),
            what.nieuw.regio().drempels.verwijzing.into(),
            i64::try_from(*now).unwrap_or(i64::MAX).into(),
        ]);
    }
    table
}
