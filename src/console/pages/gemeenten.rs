//! Gemeenten: a month of all of them, and one page per gemeente.

use super::aanbieders::{SUMS, sums, verdicts};
use super::afkeur::{Maand, months};
use super::partij::{gemeente, gemeente_naam};
use super::{
    Gemaakt, Paginavraag, Result, Verder, gemeente_href, in_address, lijstblad, moments_of_month, month,
};
use crate::codes::GemeenteCode;
use crate::console::blad::{Blad, Bladdeel, Ernst, Kaart};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Lijst, naar};
use crate::console::{Console, path, shown};
use crate::store::read::console::{Afkeurvraag, RelatieMaand, Werkvraag, count_werk, relaties_between};

/// All gemeenten in a month.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["maand"])?;
    let first = month(console, &asked.filter).await?;
    let maand = in_address(first);
    let all = relaties_between(&*console.store, &asked.bereik(), moments_of_month(first)).await?;
    let register = console.register().await?;
    let columns = [&[("gemeente", "Gemeente"), ("gemeente_naam", "Naam")][..], &SUMS].concat();
    let mut lijst = Lijst::new("gemeenten", "Per gemeente", &columns);
    lijst.leeg = "In deze maand is niets beoordeeld.";
    for (code, som) in sums(&all, |one| one.relatie.gemeente) {
        let gem = code.to_string();
        let with = |verdict| {
            path::with("/berichten", &[("gemeente", &gem), ("verdict", verdict), ("maand", &maand)])
        };
        lijst.rij(vec![
            naar(code, path::with(&gemeente_href(&gem), &[("maand", &maand)])),
            gemeente_naam(&register, code).into(),
            naar(som.berichten, with("")),
            naar(som.afgekeurd, with("rejected")),
            naar(som.deels, with("partial")),
            som.ingediend.into(),
            som.toegekend.into(),
            som.niet_toegekend().into(),
        ]);
    }
    let blad = Blad::new(&format!("Gemeenten in {}", shown::month(first))).met(months(first, "/gemeenten"));
    lijstblad(asked, console.clock.now(), blad, ("/gemeenten", "gemeenten"), lijst, Verder::default())
}

/// One gemeente.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&["maand"])?;
    let code = GemeenteCode::parse(asked.deel(0)).map_err(|_| ConsoleError::Missing)?;
    if asked.bereik().gemeente.is_some_and(|own| own != code) {
        return Err(ConsoleError::Missing);
    }
    let first = month(console, &asked.filter).await?;
    let maand = in_address(first);
    let register = console.register().await?;
    let all = relaties_between(&*console.store, &asked.bereik(), moments_of_month(first)).await?;
    let own: Vec<RelatieMaand> = all.into_iter().filter(|one| one.relatie.gemeente == code).collect();
    let address = gemeente_href(code.as_str());
    let mut blad =
        Blad::new(&gemeente(&register, code)).onder("/gemeenten", "Gemeenten").met(months(first, &address));
    blad = blad.met(Bladdeel::Kaarten("", cards(console, asked, code, (&own, &maand)).await?));
    blad = blad.met(Bladdeel::Tabel(super::aanbieders::table(&register, &own, &maand, 200)));
    let vraag =
        Afkeurvraag { beslist: moments_of_month(first), gemeente: Some(code), aanbieder: None, code: None };
    let groups = Maand::read(console, asked, vraag, first).await?;
    Ok(blad.met(Bladdeel::Tabel(groups.table(&register, &maand, 100))))
}

async fn cards(
    console: &Console,
    asked: &Paginavraag<'_>,
    code: GemeenteCode,
    (own, maand): (&[RelatieMaand], &str),
) -> Result<Vec<Kaart>> {
    let som = sums(own, |_| ()).remove(&()).unwrap_or_default();
    let gem = code.to_string();
    let vraag = Werkvraag { gemeente: Some(code), ..Werkvraag::default() };
    let open = count_werk(&*console.store, &asked.bereik(), &vraag).await?;
    let toewijzingen = path::with("/toewijzingen", &[("gemeente", &gem)]);
    let declaraties = path::with("/declaraties", &[("gemeente", &gem)]);
    let mut cards = verdicts(&som, "berichten beslist in deze maand", ("gemeente", &gem), maand);
    cards.extend([
        Kaart::new(som.toegekend.to_string(), "toegekend in deze maand", Some(declaraties), Ernst::Gewoon),
        Kaart::new(
            super::berichten::counted(open, "werkitem", "werkitems"),
            "open",
            Some(path::with("/werk", &[("gemeente", &gem)])),
            Ernst::Gewoon,
        ),
        Kaart::new("Toewijzingen", "van deze gemeente", Some(toewijzingen), Ernst::Gewoon),
    ]);
    Ok(cards)
}
