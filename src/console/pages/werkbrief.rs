//! The letter to an aanbieder that belongs to a work item: to read, to print, and as a file.

use super::{Gemaakt, Paginavraag, Result};
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Vak};
use crate::console::error::ConsoleError;
use crate::console::lijst::Lijst;
use crate::console::roles::Wie;
use crate::console::routes::may_see;
use crate::report::werkbrief::Werkbrief;
use crate::state::WorkReason;
use crate::store::WorkItem;

const COLUMNS: [(&str, &str); 8] = [
    ("gemeente", Werkbrief::KOPPEN[0]),
    ("claim", Werkbrief::KOPPEN[1]),
    ("reference", Werkbrief::KOPPEN[2]),
    ("toewijzing", Werkbrief::KOPPEN[3]),
    ("care", Werkbrief::KOPPEN[4]),
    ("old", Werkbrief::KOPPEN[5]),
    ("new", Werkbrief::KOPPEN[6]),
    ("difference", Werkbrief::KOPPEN[7]),
];

/// The door to it, where an item has one.
pub(super) fn door(item: &WorkItem, wie: &Wie) -> Option<Vak> {
    let href = format!("/werk/{}/brief", item.id);
    let has = item.item.reason == WorkReason::TariefHerzien && may_see(wie.rol.soort(), &href);
    has.then(|| Vak::from("Brief aan de aanbieder").deur(href))
}

pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["vorm"])?;
    let vorm = asked.filter.choice("vorm", &["tekst", "html"])?;
    let id = asked.nummer(0)?;
    let item = console.store.work_item(id).await?.ok_or(ConsoleError::Missing)?;
    let lines = console.store.work_lines(id).await?;
    let register = console.register().await?;
    let brief = Werkbrief::of(&item, &lines, &register).ok_or(ConsoleError::Missing)?;
    let file = |soort, ending: &str, text: String| {
        Gemaakt::Bestand(Webantwoord::file(soort, &format!("brief-{id}.{ending}"), text.into_bytes()))
    };
    match vorm.as_deref() {
        Some("tekst") => return Ok(file("text/plain; charset=utf-8", "txt", brief.text())),
        Some(_) => return Ok(file("text/html; charset=utf-8", "html", brief.html())),
        None => {}
    }
    let Werkbrief { adres, onderwerp, rows, slot } = brief;
    let mut lijst = Lijst::new("regels", "Regels", &COLUMNS);
    lijst.leeg = "Alles waar deze brief om vraagt, is gedaan.";
    for row in rows {
        lijst.rij(row.into_iter().map(Into::into).collect());
    }
    let at = |vorm: &str| format!("/werk/{id}/brief?vorm={vorm}");
    let files = vec![Vak::from("Als tekst").deur(at("tekst")), Vak::from("Als html").deur(at("html"))];
    Ok(Blad::new(&onderwerp)
        .onder("/werk", "Werk")
        .met(Bladdeel::Zinnen("", vec![Vak::from(adres), Vak::from(Werkbrief::UITLEG)]))
        .met(Bladdeel::Tabel(lijst))
        .met(Bladdeel::Zinnen("", vec![Vak::from(slot)]))
        .met(Bladdeel::Zinnen("Bewaren of versturen", files))
        .into())
}
