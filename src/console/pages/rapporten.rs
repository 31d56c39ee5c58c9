//! The reports of the command line, with doors.

use super::{Gemaakt, Paginavraag, Result, aanbieder_href, exports, gemeente_href, report_file};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Bladeren, Vak};
use crate::console::error::ConsoleError;
use crate::console::grafiek::Grafiek;
use crate::console::lijst::Lijst;
use crate::console::routes::Schrijfwijze;
use crate::console::{path, shown};
use crate::report::{Cell, Kind, Report, Table};

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
    let mut report = built(console, name).await?;
    if let Some(gemeente) = asked.bereik().gemeente {
        report = report.only_of(gemeente);
    }
    if asked.vorm != Schrijfwijze::Html {
        return report_file(asked.vorm, &report);
    }
    let mut blad = Blad::new(report.titel).onder("/rapporten", "Rapporten");
    let when = format!("Stand van {}.", shown::moment(report.moment));
    let sentence = if asked.eigen().is_some() {
        format!("{when} Alleen wat van uw gemeente is; wat over meer gemeenten gaat staat er niet bij.")
    } else {
        format!("{when} Het rapport sluit op de cent aan op de boekhouding.")
    };
    blad = blad.met(Bladdeel::Zinnen("", vec![Vak::from(sentence)]));
    blad = tables(blad, report.tables, MOST);
    let exports = exports(asked, &format!("/rapporten/{}", path::part(name)));
    Ok(blad.met(Bladdeel::Bladeren(Bladeren { exports, ..Bladeren::default() })).into())
}

async fn built(console: &Console, name: &str) -> Result<Report> {
    let kind = match name {
        "afkeuringen" => Kind::Rejections,
        "termijnen" => Kind::Deadlines { all: false },
        "budget" => Kind::Budget,
        "geld" => Kind::Money,
        "werk" => Kind::Work,
        _ => return Err(ConsoleError::Missing),
    };
    let register = console.register().await?;
    Ok(kind.build(&*console.store, &register, console.clock.now()).await?)
}

/// The tables of a report, each up to so many rows, and said so.
pub fn tables(mut blad: Blad, tables: Vec<Table>, most: usize) -> Blad {
    for mut table in tables {
        let chart = chart(&table);
        let more = table.rows.len() > most;
        table.rows.truncate(most);
        blad = blad.met_grafiek(chart);
        blad = blad.met(Bladdeel::Tabel(doors(table)));
        if more {
            let text = format!("De eerste {most} rijen; CSV en Excel hebben ze alle.");
            blad = blad.met(Bladdeel::Zinnen("", vec![Vak::from(text)]));
        }
    }
    blad
}

/// A chart of the table of a report, where people would rather look.
fn chart(table: &Table) -> Option<Grafiek> {
    let granted = ["payable_cents", "held_cents", "paid_cents"];
    match table.key {
        "gemeenten" => Grafiek::of(table, "Toegekend per gemeente", &["gemeente_naam"], &["granted_cents"]),
        "aanbieders" => {
            Grafiek::of(table, "Toegekend per aanbieder", &["aanbieder_naam"], &["granted_cents"])
        }
        "codes" => Grafiek::of(table, "Afgekeurd per retourcode", &["retourcode"], &["amount_once_cents"]),
        "relaties" => Grafiek::of(
            table,
            "Betaalbaar, vastgehouden en betaald",
            &["gemeente_name", "aanbieder_naam"],
            &granted,
        ),
        _ => None,
    }
}

/// The table of a report, with doors where a cell has a page of its own.
fn doors(table: Table) -> Lijst {
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
