//! Assignments, with what was used of their volume and budget.

use super::berichten::block;
use super::stand::{answers, opzoeken, story, whose, work};
use super::{Gemaakt, Paginavraag, Result, Verder, aanbieder_href, gemeente_href, lijstblad};
use crate::codes::{Eenheid, Frequentie, GemeenteCode, ProductCategorie, ToewijzingNummer};
use crate::console::blad::{Blad, Bladdeel, Veld};
use crate::console::error::ConsoleError;
use crate::console::grafiek::{Grafiek, Staaf, round};
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::{Console, shown};
use crate::report::Cell;
use crate::store::read::console::{Toewijzingrij, Toewijzingvraag, Vanaf, sees_toewijzing, toewijzingen};

const COLUMNS: [(&str, &str); 11] = [
    ("toewijzing", "Toewijzing"),
    ("gemeente", "Gemeente"),
    ("aanbieder", "Aanbieder"),
    ("product", "Product"),
    ("from", "Vanaf"),
    ("to", "Tot en met"),
    ("volume", "Volume"),
    ("used", "Gebruikt volume"),
    ("budget_cents", "Budget"),
    ("state", "Stand"),
    ("granted_cents", "Toegekend"),
];

/// A table for assignments.
pub fn table(titel: &'static str) -> Lijst {
    Lijst::new("toewijzingen", titel, &COLUMNS)
}

pub fn row(rij: &Toewijzingrij) -> (Vec<Deur>, Option<u8>) {
    let nummer = rij.nummer.to_string();
    let (gem, agb) = (rij.relatie.gemeente.to_string(), rij.relatie.aanbieder.to_string());
    let volume = rij.omvang.map(|(volume, eenheid, often)| {
        format!("{} {} {}", shown::number(volume), units(eenheid), frequency(often))
    });
    let cells = vec![
        naar(nummer.clone(), format!("/toewijzingen/{gem}/{nummer}")),
        naar(rij.relatie.gemeente, gemeente_href(&gem)),
        naar(rij.relatie.aanbieder, aanbieder_href(&agb)),
        product(rij).into(),
        rij.ingangsdatum.into(),
        rij.einddatum.into(),
        volume.into(),
        rij.besteed_volume.into(),
        rij.budget.into(),
        rij.ontvangst.clone().into(),
        rij.besteed.into(),
    ];
    (cells, share(rij))
}

fn product(rij: &Toewijzingrij) -> String {
    match (&rij.categorie, &rij.code) {
        (None, _) => "generiek".to_owned(),
        (Some(categorie), None) => format!("categorie {categorie}"),
        (Some(categorie), Some(code)) => format!("{categorie}/{code}"),
    }
}

const fn units(eenheid: Eenheid) -> &'static str {
    match eenheid {
        Eenheid::Minuut => "minuten",
        Eenheid::Uur => "uren",
        Eenheid::Etmaal => "etmalen",
        Eenheid::Dagdeel => "dagdelen",
        Eenheid::Week => "weken",
        Eenheid::Euro => "eurocent",
        Eenheid::Tijdsonafhankelijk | Eenheid::StuksOutput | Eenheid::StuksInspanning => "stuks",
    }
}

const fn frequency(often: Frequentie) -> &'static str {
    match often {
        Frequentie::PerDag => "per dag",
        Frequentie::PerWeek => "per week",
        Frequentie::PerVierWeken => "per vier weken",
        Frequentie::PerMaand => "per maand",
        Frequentie::PerJaar => "per jaar",
        Frequentie::TotaalBinnenGeldigheidsduur => "in totaal",
    }
}

/// What part of the budget was used, in percent; none without a budget.
fn share(rij: &Toewijzingrij) -> Option<u8> {
    let budget = rij.budget.filter(|budget| budget.0 > 0)?;
    part(rij.besteed.0, budget.0)
}

/// A part of a whole in percent, from 0 to 100.
pub fn part(used: i64, whole: i64) -> Option<u8> {
    if whole <= 0 {
        return None;
    }
    let percent = i128::from(used.max(0)) * 100 / i128::from(whole);
    u8::try_from(percent.min(100)).ok()
}

pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["gemeente", "aanbieder", "categorie", "stand", "na", "voor"])?;
    let categorie = |text: &str| ProductCategorie::parse(text).ok();
    let runs = asked.filter.choice("stand", &["loopt"])?.is_some();
    let today = console.clock.now().date();
    let vraag = Toewijzingvraag {
        gemeente: asked.filter.gemeente()?,
        aanbieder: asked.filter.aanbieder()?,
        categorie: asked.filter.parsed("categorie", categorie, "een productcategorie heeft twee cijfers")?,
        op: runs.then_some(today),
    };
    let (store, bereik) = (&*console.store, asked.bereik());
    let deel = toewijzingen(store, &bereik, &vraag, (asked.filter.vanaf()?, asked.rows())).await?;
    let mut lijst = table("Toewijzingen");
    for rij in &deel.rijen {
        let (cells, balk) = row(rij);
        lijst.rij_met_balk(cells, balk);
    }
    let verder = Verder {
        first: deel.rijen.first().map(|rij| rij.sleutel),
        last: deel.rijen.last().map(|rij| rij.sleutel),
        before: deel.ervoor,
        behind: deel.erna,
    };
    let mut words = Vec::new();
    if let Some(code) = vraag.gemeente {
        words.push(format!("van gemeente {code}"));
    }
    if let Some(code) = vraag.aanbieder {
        words.push(format!("aan aanbieder {code}"));
    }
    if let Some(code) = vraag.categorie {
        words.push(format!("in categorie {code}"));
    }
    if runs {
        words.push(format!("die lopen op {}", shown::day(today)));
    }
    let actief = !words.is_empty();
    let woorden =
        if actief { format!("Toewijzingen {}.", words.join(" ")) } else { "Alle toewijzingen.".to_owned() };
    let value = |name: &str| asked.filter.text(name).unwrap_or_default().to_owned();
    let velden = vec![
        Veld::tekst("gemeente", "Gemeente (code)", &value("gemeente")),
        Veld::tekst("aanbieder", "Aanbieder (AGB-code)", &value("aanbieder")),
        Veld::tekst("categorie", "Productcategorie", &value("categorie")),
        Veld::keuze("stand", "Stand", &value("stand"), &[("", "alle"), ("loopt", "loopt vandaag")]),
    ];
    let blad =
        Blad::new("Toewijzingen").met(Bladdeel::Filter(block("/toewijzingen", &woorden, actief, velden)));
    lijstblad(asked, console.clock.now(), blad, ("/toewijzingen", "toewijzingen"), lijst, verder)
}

/// The assignment that this one may see.
pub async fn key(console: &Console, asked: &Paginavraag<'_>) -> Result<(GemeenteCode, ToewijzingNummer)> {
    let gemeente = GemeenteCode::parse(asked.deel(0)).map_err(|_| ConsoleError::Missing)?;
    let nummer = u32::try_from(asked.nummer(1)?).map_err(|_| ConsoleError::Missing)?;
    let nummer = ToewijzingNummer(nummer);
    if nummer.0 < 1_000_000_000 && sees_toewijzing(&*console.store, &asked.bereik(), gemeente, nummer).await?
    {
        return Ok((gemeente, nummer));
    }
    Err(ConsoleError::Missing)
}

/// One assignment.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let (gemeente, nummer) = key(console, asked).await?;
    let register = console.register().await?;
    let looking = opzoeken(console, &register, asked.wie);
    let stand = looking.toewijzing(gemeente, nummer).await?.ok_or(ConsoleError::Missing)?;
    let vraag = Toewijzingvraag { gemeente: Some(gemeente), ..Toewijzingvraag::default() };
    let from = Vanaf::Na(crate::store::read::console::before_toewijzing(gemeente, nummer));
    let deel = toewijzingen(&*console.store, &asked.bereik(), &vraag, (from, 1)).await?;
    let mut facts = whose(&stand);
    let door = format!("/toewijzingen/{gemeente}/{nummer}/tonen");
    facts.extend(super::bericht::persons_door(asked, "Jeugdige", door));
    let mut blad = Blad::new(&format!("Toewijzing {nummer} van gemeente {gemeente}"))
        .over(&nummer.to_string())
        .onder("/toewijzingen", "Toewijzingen");
    blad = blad.met(Bladdeel::Feiten("", facts));
    if let Some(rij) = deel.rijen.first().filter(|rij| rij.nummer == nummer) {
        blad = blad.met_grafiek(used(rij)).met(Bladdeel::Tabel(usage(rij)));
    }
    for part in [answers(&stand, asked.wie), work(&stand)] {
        blad.delen.extend(part);
    }
    Ok(blad.met(story(&stand)))
}

/// What was used of volume and budget, as bars.
fn used(rij: &Toewijzingrij) -> Option<Grafiek> {
    let mut staven = Vec::new();
    if let Some((volume, eenheid, often)) = rij.omvang
        && let Some(share) = whole_volume(rij)
    {
        let words =
            format!("{} van {} {}", shown::number(rij.besteed_volume), shown::number(volume), units(eenheid));
        let naam = format!("Volume {}", frequency(often));
        staven.push((share, Staaf::new(&naam, words, vec![rij.besteed_volume]).van(volume)));
    }
    if let Some(budget) = rij.budget
        && let Some(share) = share(rij)
    {
        let words = format!("{} van {}", round(rij.besteed), round(budget));
        staven.push((share, Staaf::new("Budget", words, vec![rij.besteed.0]).van(budget.0)));
    }
    let most = staven.iter().map(|(share, _)| *share).max()?;
    let titel = format!("Er is {most} % gebruikt.");
    let staven = staven.into_iter().map(|(_, staaf)| staaf).collect();
    Some(Grafiek { titel, delen: vec!["gebruikt"], staven })
}

/// What part of the volume was used, in percent; a volume per week or month says nothing of all of it together.
fn whole_volume(rij: &Toewijzingrij) -> Option<u8> {
    let (volume, _, often) = rij.omvang?;
    (often == Frequentie::TotaalBinnenGeldigheidsduur).then(|| part(rij.besteed_volume, volume)).flatten()
}

/// What was used of volume and budget.
fn usage(rij: &Toewijzingrij) -> Lijst {
    let columns = [("what", "Wat"), ("assigned", "Toegewezen"), ("used", "Gebruikt"), ("share", "Deel")];
    let mut lijst = Lijst::new("gebruik", "Gebruik", &columns);
    let percent = |share: Option<u8>| share.map(|share| format!("{share} %"));
    if let Some((volume, eenheid, often)) = rij.omvang {
        let whole = whole_volume(rij);
        let what = format!("Volume, {} {}", units(eenheid), frequency(often));
        lijst.rij(vec![what.into(), volume.into(), rij.besteed_volume.into(), percent(whole).into()]);
    }
    lijst.rij(vec![
        "Budget".into(),
        rij.budget.map_or(Cell::from("geen"), Cell::Euros).into(),
        rij.besteed.into(),
        percent(share(rij)).into(),
    ]);
    lijst
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_whole_percents_and_never_more_than_all() {
        let parts = [(0, 5), (1, 3), (5, 5), (9, 5), (-4, 5), (1, 0)].map(|(used, whole)| part(used, whole));
        assert_eq!(parts, [Some(0), Some(33), Some(100), Some(100), Some(0), None]);
        assert_eq!(part(i64::MAX, 1), Some(100));
    }
}
