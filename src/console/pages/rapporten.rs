//! The reports of the command line, with doors.

use super::{Gemaakt, Paginavraag, Result, aanbieder_href, exports, gemeente_href, report_file};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Bladeren, Vak};
use crate::console::error::ConsoleError;
use crate::console::lijst::Lijst;
use crate::console::routes::Schrijfwijze;
use crate::console::{path, shown};
use crate::report::{self, Cell, Report, Table};

/// Rows of a table that stand on the page; the files have all.
const MOST: usize = 200;

/// Reports by the name in their address.
const REPORTS: [(&str, &str, &str); 5] = [
    ("afkeuringen", "Afkeuringen", "per retourcode, aanbieder, gemeente, product en maand"),
    ("termijnen", "Termijnen", "wat wij anderen schuldig zijn en anderen ons"),
    ("budget", "Budget", "toegewezen, ingediend, toegekend en ruimte"),
    ("geld", "Geld", "toegekend, betaalbaar, vastgehouden, geweigerd en betaald, en of dat optelt"),
    ("werk", "Openstaand werk", "werkitems en hun termijnen"),
];

/// Which reports there are.
pub fn list() -> Blad {
    let door = |(name, titel, what): &(&str, &str, &str)| {
        Vak::new(&format!("{titel}: {what}")).deur(format!("/rapporten/{name}"))
    };
    Blad::new("Rapporten").met(Bladdeel::Zinnen("", REPORTS.iter().map(door).collect()))
}

/// One report.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let name = asked.deel(0);
    let report = built(console, name).await?;
    if asked.vorm != Schrijfwijze::Html {
        return report_file(asked.vorm, &report);
    }
    let mut blad = Blad::new(report.titel).onder("/rapporten", "Rapporten");
    let sentence = format!(
        "Stand van {}. Het rapport sluit op de cent aan op de boekhouding.",
        shown::moment(report.moment)
    );
    blad = blad.met(Bladdeel::Zinnen("", vec![Vak::from(sentence)]));
    for mut table in report.tables {
        let all = table.rows.len();
        table.rows.truncate(MOST);
        blad = blad.met(Bladdeel::Tabel(doors(table)));
        if all > MOST {
            let text = format!("De eerste {MOST} van {all} rijen; CSV en Excel hebben ze alle.");
            blad = blad.met(Bladdeel::Zinnen("", vec![Vak::from(text)]));
        }
    }
    let exports = exports(asked, &format!("/rapporten/{}", path::part(name)));
    Ok(blad.met(Bladdeel::Bladeren(Bladeren { exports, ..Bladeren::default() })).into())
}

async fn built(console: &Console, name: &str) -> Result<Report> {
    let (store, moment) = (&*console.store, console.clock.now());
    let register = console.register().await?;
    Ok(match name {
        "afkeuringen" => report::rejections::build(store, &register, moment).await?,
        "termijnen" => report::deadlines::build(store, &register, moment, false).await?,
        "budget" => report::budget::build(store, &register, moment).await?,
        "geld" => report::money::build(store, &register, moment).await?,
        "werk" => report::work::build(store, &register, moment).await?,
        _ => return Err(ConsoleError::Missing),
    })
}

/// The table of a report, with doors where a cell has a page of its own.
pub fn doors(table: Table) -> Lijst {
    Lijst::with_doors(table, |column, _, cell| {
        let text = match cell {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            _ => return None,
        };
        match column {
            "aanbieder" => Some(aanbieder_href(&text)),
            "gemeente" => Some(gemeente_href(&text)),
            "work" => Some(format!("/werk/{text}")),
            "retourcode" if text != "-" => Some(format!("/afkeur/{}", path::part(&text))),
            _ => None,
        }
    })
}
