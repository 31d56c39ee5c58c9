//! Tables that people keep: CSV with semicolons, UTF-8 with or without mark.

use super::json::Regels;
use super::record::{Knoop, Record, Waarde, fout};
use crate::contracts::ImportFout;
use std::borrow::Cow;

/// Columns by name, and whether the column must be there.
pub(crate) type TableColumns = &'static [(&'static str, bool)];

pub(super) const TARIEVEN: TableColumns = &[
    ("productcategorie", true),
    ("productcode", true),
    ("eenheid", true),
    ("tarief", true),
    ("tariefeenheid", false),
    ("uitvoeringsvariant", false),
    ("gebroken_maand", false),
    ("tarief_peildatum", false),
    ("segment", false),
    ("leeftijd_max", false),
    ("spoed", false),
    ("geldig_van", false),
    ("geldig_tot", false),
    ("iban", false),
];

pub(super) const BUDGETTEN: TableColumns = &[
    ("gemeente", false),
    ("bsn", false),
    ("aanbieder", false),
    ("productcategorie", false),
    ("segment", false),
    ("van", true),
    ("tot", true),
    ("bedrag", true),
    ("bij_overschrijding", false),
    ("bij_toewijzing", false),
    ("bij_betaling", false),
    ("vrijgave", false),
    ("betaaltermijn_dagen", false),
];

pub(super) const PLAFONDS: TableColumns = &[
    ("gemeente", false),
    ("aanbieder", false),
    ("jaar", true),
    ("bedrag", true),
    ("bij_overschrijding", false),
    ("bij_toewijzing", false),
    ("bij_betaling", false),
    ("vrijgave", false),
    ("betaaltermijn_dagen", false),
    ("waarschuw_bij", false),
    ("uitgezonderd", false),
    ("specifiek_betalen", false),
    ("clientenstop_vanaf", false),
];

pub(super) const CLIENTEN: TableColumns = &[
    ("gemeente", true),
    ("bsn", true),
    ("naamgebruik", false),
    ("adressoort", false),
    ("postcode", false),
    ("huisnummer", false),
    ("huisletter", false),
    ("huisnummertoevoeging", false),
    ("aanduiding_woonadres", false),
    ("straatnaam", false),
    ("plaatsnaam", false),
    ("landcode", false),
    ("gezagsdrager_bekend", false),
    ("andere_gemeente", false),
    ("wijkteam_contact", false),
    ("geboortedatum", false),
    ("geslachtsnaam", false),
    ("overleden", false),
];

pub(super) const GEMEENTECODES: TableColumns =
    &[("code", true), ("naam", false), ("geldig_van", false), ("geldig_tot", false)];

pub(super) const PRODUCTCODES: TableColumns =
    &[("productcategorie", true), ("productcode", true), ("geldig_van", false), ("geldig_tot", false)];

/// The rows of a table. An empty cell is an empty field; empty lines are skipped.
pub(crate) fn records(
    bestand: &str,
    text: &str,
    columns: TableColumns,
    fouten: &mut Vec<ImportFout>,
) -> Vec<Record<'static>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = reader.records();
    let Some(Ok(header)) = rows.next() else {
        fouten.push(fout(bestand, 1, None, format!("verwacht: een eerste regel met {}", names(columns))));
        return Vec::new();
    };
    let regels = Regels::of(text);
    let first = header.position().map_or(1, |position| line_of(text, &regels, position.byte()));
    let header = check_header(bestand, first, &header, columns, fouten);
    let mut records = Vec::new();
    for row in rows {
        // Text of one line has no faults that the reader knows; a broken quote shows as a wrong number of cells.
        let Ok(row) = row else {
            fouten.push(fout(bestand, 0, None, "het bestand kan niet als tabel worden gelezen"));
            break;
        };
        let regel = row.position().map_or(0, |position| line_of(text, &regels, position.byte()));
        if row.iter().all(str::is_empty) {
            continue;
        }
        if row.len() != header.len() {
            let tekst = format!("{} velden, maar de eerste regel heeft er {}", row.len(), header.len());
            fouten.push(fout(bestand, regel, None, tekst));
            continue;
        }
        records.push(record(regel, &header, &row, columns));
    }
    records
}

/// The line of a row. The reader counts the end of the line before, and empty lines, to the row.
fn line_of(text: &str, regels: &Regels, offset: u64) -> usize {
    let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
    let line_ends = text.as_bytes()[offset..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    regels.at(offset + line_ends)
}

/// The known column that stands at each place.
fn check_header(
    bestand: &str,
    regel: usize,
    header: &csv::StringRecord,
    columns: TableColumns,
    fouten: &mut Vec<ImportFout>,
) -> Vec<Option<&'static str>> {
    let mut places: Vec<Option<&'static str>> = Vec::with_capacity(header.len());
    for cell in header {
        let known = columns.iter().map(|(name, _)| *name).find(|name| *name == cell);
        if known.is_none() {
            let tekst = format!("onbekende kolom; verwacht: {}", names(columns));
            fouten.push(fout(bestand, regel, Some(cell), tekst));
        } else if places.contains(&known) {
            fouten.push(fout(bestand, regel, Some(cell), "deze kolom staat er dubbel"));
            places.push(None);
            continue;
        }
        places.push(known);
    }
    for (name, _) in columns.iter().filter(|(name, must)| *must && !places.contains(&Some(*name))) {
        fouten.push(fout(bestand, regel, Some(name), "deze kolom ontbreekt"));
    }
    places
}

fn record(
    regel: usize,
    header: &[Option<&'static str>],
    row: &csv::StringRecord,
    columns: TableColumns,
) -> Record<'static> {
    let cell = |text: &str| match text {
        "" => Waarde::Leeg,
        _ => Waarde::Tekst(Cow::Owned(text.to_owned())),
    };
    let mut velden: Vec<(Cow<'static, str>, Knoop<'static>)> = header
        .iter()
        .zip(row)
        .filter_map(|(name, text)| Some((Cow::Borrowed((*name)?), Knoop { regel, waarde: cell(text) })))
        .collect();
    // The fault on a missing column stands at the first line, not at every row.
    for (name, _) in columns.iter().filter(|(name, must)| *must && !header.contains(&Some(*name))) {
        velden.push((Cow::Borrowed(*name), Knoop { regel, waarde: Waarde::Gemeld }));
    }
    Record { regel, velden }
}

fn names(columns: TableColumns) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";")
}
