//! The weekly note, as an aanbieder reads it itself: what to mend, what waits and until when, what was paid.

use super::partij::aanbieder as naam;
use super::{Gemaakt, Paginavraag, Result, aanbieder_href, declaratie_href, exports, report_file};
use crate::codes::{AgbCode, Datum};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Bladeren, Vak};
use crate::console::error::ConsoleError;
use crate::console::lijst::Lijst;
use crate::console::routes::Schrijfwijze;
use crate::console::{path, shown};
use crate::report::brief::{Tijdvak, build};
use crate::report::{Cell, Table};
use chrono::{Days, Months};

const HERE: &str = "/brief";

/// The note to an aanbieder, as who works for the region reads, prints and keeps it: of a month, or of a week.
pub async fn of_aanbieder(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["week", "maand"])?;
    let aanbieder = AgbCode::parse(asked.deel(0)).map_err(|_| ConsoleError::Missing)?;
    let here = format!("{}/brief", aanbieder_href(aanbieder.as_str()));
    let month = asked.filter.maand()?.map(|first| {
        let last = first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt());
        Tijdvak { van: first, tot: last.unwrap_or(first) }
    });
    note(console, asked, (aanbieder, &here), month).await
}
/// Rows of a table that stand on the page; the files have all.
const MOST: usize = 200;

pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["week"])?;
    let aanbieder = asked.bereik().aanbieder.ok_or(ConsoleError::Role)?;
    note(console, asked, (aanbieder, HERE), None).await
}

async fn note(
    console: &Console,
    asked: &Paginavraag<'_>,
    (aanbieder, here): (AgbCode, &str),
    month: Option<Tijdvak>,
) -> Result<Gemaakt> {
    let (now, register) = (console.clock.now(), console.register().await?);
    let last = Tijdvak::last_week(now.date());
    let tijdvak = asked.filter.parsed("week", Tijdvak::week, "geef een week zoals 2025-W23")?;
    let tijdvak = tijdvak.or(month).unwrap_or(last);
    let mut briefs = build(&*console.store, &register, now, tijdvak, Some(aanbieder)).await?;
    let report = briefs.pop().ok_or(ConsoleError::Missing)?.report;
    if asked.vorm != Schrijfwijze::Html {
        return report_file(asked.vorm, &report);
    }
    let own = here == HERE;
    let titel =
        if own { "Weekbrief".to_owned() } else { format!("Brief aan {}", naam(&register, aanbieder)) };
    let period = format!("{} tot en met {}", shown::day(tijdvak.van), shown::day(tijdvak.tot));
    let mut blad = Blad::new(&format!("{titel}, {period}"));
    if !own {
        blad = blad.onder("/aanbieders", "Aanbieders");
        let text = "Druk dit af, of stuur het als Excel of CSV aan de aanbieder; in zijn eigen hoek staat hetzelfde.";
        blad = blad.met(Bladdeel::Zinnen("", vec![Vak::from(text)]));
    }
    let (mut weeks, next) =
        (vec![week(here, "Week ervoor", tijdvak.van.checked_sub_days(Days::new(7)))], tijdvak.tot.succ_opt());
    weeks.push(week(here, "Week erna", next.filter(|first| *first <= now.date())));
    blad = blad.met(Bladdeel::Zinnen("", weeks.into_iter().flatten().collect()));
    for mut table in report.tables {
        let more = table.rows.len() > MOST;
        table.rows.truncate(MOST);
        blad = blad.met(Bladdeel::Tabel(with_doors(table, aanbieder)));
        if more {
            let text = format!("De eerste {MOST} rijen; CSV en Excel hebben ze alle.");
            blad = blad.met(Bladdeel::Zinnen("", vec![Vak::from(text)]));
        }
    }
    Ok(blad.met(Bladdeel::Bladeren(Bladeren { exports: exports(asked, here), ..Bladeren::default() })).into())
}

/// The door to the week of a day.
fn week(here: &str, text: &str, first: Option<Datum>) -> Option<Vak> {
    let week = first?.format("%G-W%V").to_string();
    Some(Vak::new(text).deur(path::with(here, &[("week", &week)])))
}

fn with_doors(table: Table, aanbieder: AgbCode) -> Lijst {
    let has_claims = matches!(table.key, "claims" | "held");
    Lijst::with_doors(table, |column, _, cell| {
        let Cell::Text(text) = cell else { return None };
        match column {
            "declaratie" if has_claims => Some(declaratie_href(aanbieder.as_str(), text)),
            "retourcode" => Some(format!("/afkeur/{}", path::part(text))),
            _ => None,
        }
    })
}
