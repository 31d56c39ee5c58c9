//! Who works on a work item: to begin with it, to come in another's place, to let it go.

use super::{Gemaakt, Paginavraag, Result, werk};
use crate::clock::{Clock, Moment};
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Bladdeel, Ernst, Knop, Vak};
use crate::console::error::ConsoleError;
use crate::console::roles::{Rolsoort, Wie};
use crate::console::shown;
use crate::store::console::Bewaren;
use crate::store::read::console::{Opgepakt, Vervanging, opgepakt, vervanger};
use crate::store::{StoreError, WorkItem, WorkStatus};
use chrono::DateTime;

/// What stands in the address of whom somebody saw to have it: since when.
const GEZIEN: &str = "gezien";

/// Who has an item, with what can be done about that.
pub(super) fn buttons(item: &WorkItem, own: &Wie, bij: Option<&Opgepakt>) -> Option<Bladdeel> {
    if item.status != WorkStatus::Open {
        return None;
    }
    let take = |tekst: String, gezien: Option<Moment>| Knop {
        naar: gezien.map_or_else(
            || format!("/werk/{}/oppakken", item.id),
            |moment| format!("/werk/{}/oppakken?{GEZIEN}={}", item.id, moment.and_utc().timestamp()),
        ),
        tekst,
    };
    let (zin, knop) = match bij {
        None => ("Niemand heeft dit werkitem opgepakt.".to_owned(), take("Pak op".to_owned(), None)),
        Some(bij) if bij.wie == own.naam => (
            format!("U hebt dit werkitem sinds {}.", shown::moment(bij.sinds)),
            Knop { naar: format!("/werk/{}/loslaten", item.id), tekst: "Laat los".to_owned() },
        ),
        Some(bij) => (
            format!("{} heeft dit werkitem sinds {}.", bij.wie, shown::moment(bij.sinds)),
            take("Neem over".to_owned(), Some(bij.sinds)),
        ),
    };
    Some(Bladdeel::Knoppen(zin, vec![knop]))
}

/// Who acts for the one that has it, for who works on it.
pub(super) async fn acting(
    console: &Console,
    own: &Wie,
    bij: &Opgepakt,
) -> Result<Option<(&'static str, Vak)>> {
    if own.rol.soort() == Rolsoort::Gemeente {
        return Ok(None);
    }
    let found = vervanger(&*console.store, &bij.wie, console.clock.now().date()).await?;
    let told = |een: Vervanging| format!("{}, tot en met {}", een.door, shown::day(een.tot));
    Ok(found.map(|een| ("Neemt waar", Vak::from(told(een)))))
}

/// That somebody else has it, for who is about to decide; not for who acts for that one.
pub(super) async fn warning(console: &Console, own: &Wie, bij: Option<&Opgepakt>) -> Result<Option<String>> {
    let Some(bij) = bij.filter(|bij| bij.wie != own.naam) else { return Ok(None) };
    let acts = vervanger(&*console.store, &bij.wie, console.clock.now().date()).await?;
    if acts.is_some_and(|een| een.door == own.naam) {
        return Ok(None);
    }
    Ok(Some(format!("Let op: {} heeft dit werkitem sinds {}.", bij.wie, shown::moment(bij.sinds))))
}

/// The item of what is pressed; only where decisions are carried out, and as long as it waits.
async fn item(console: &Console, asked: &Paginavraag<'_>) -> Result<WorkItem> {
    if console.office.is_none() || asked.form.is_none() {
        return Err(ConsoleError::Missing);
    }
    let id = asked.nummer(0)?;
    let item = console.store.work_item(id).await?.ok_or(ConsoleError::Missing)?;
    if item.status == WorkStatus::Open { Ok(item) } else { Err(StoreError::WorkNotOpen(id).into()) }
}

/// Begins with an item, unless somebody else came first.
pub async fn take(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[GEZIEN])?;
    let parse = |text: &str| DateTime::from_timestamp(text.parse().ok()?, 0).map(|it| it.naive_utc());
    let gezien = asked.filter.parsed(GEZIEN, parse, "dit moment bestaat niet")?;
    let werk = item(console, asked).await?.id;
    let (wie, sinds) = (asked.wie.naam.clone(), Clock::System.now());
    if console.store.keep(Bewaren::Opgepakt { werk, wie, sinds, gezien }).await? == 0 {
        let bij = opgepakt(&*console.store, werk).await?;
        if let Some(bij) = bij.filter(|bij| bij.wie != asked.wie.naam) {
            let mut blad = werk::item(console, asked.wie, werk).await?;
            let told = format!("Er is niets gebeurd: {} pakte dit werkitem intussen op.", bij.wie);
            (blad.oordeel, blad.botst) = (Some((Ernst::Let, shown::plain(&told))), true);
            return Ok(blad.into());
        }
    }
    Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/werk/{werk}"))))
}

/// Lets an item go that is one's own.
pub async fn leave(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let werk = item(console, asked).await?.id;
    console.store.keep(Bewaren::Losgelaten { werk, wie: asked.wie.naam.clone() }).await?;
    Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/werk/{werk}"))))
}
