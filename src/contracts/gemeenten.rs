//! Codes of gemeenten and when they held (CBS; TR378).

use super::Periode;
use super::digest::Canon;
use crate::codes::{Datum, GemeenteCode};
use chrono::Months;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Codes since 2015 with their first and last day: facts of CBS and of table 33 of RvIG.
const LIJST: &str = include_str!("../../data/gemeentecodes.csv");

/// One period in which a code held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GemeenteRegel {
    pub code: GemeenteCode,
    /// Name of the gemeente.
    pub naam: String,
    /// When the code held.
    pub geldig: Periode,
}

/// Codes of gemeenten, in order; a code may have several rows.
#[derive(Debug, Default, Clone)]
pub struct Gemeentecodes(BTreeMap<GemeenteCode, Vec<GemeenteRegel>>);

impl Gemeentecodes {
    /// A row that stands there already adds nothing (ruling 1.8).
    pub(super) fn new(rows: impl IntoIterator<Item = GemeenteRegel>) -> Self {
        let mut codes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in rows {
            codes.entry(row.code).or_default().push(row);
        }
        for rows in codes.values_mut() {
            rows.sort();
            rows.dedup();
        }
        Self(codes)
    }

    /// The list that comes with happyflow.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Gemeentecodes> = OnceLock::new();
        BUILT_IN.get_or_init(|| Self::new(LIJST.lines().skip(1).filter_map(built_in_row)))
    }

    /// Whether the code held on a day.
    #[must_use]
    pub fn valid(&self, code: GemeenteCode, datum: Datum) -> bool {
        self.0.get(&code).is_some_and(|rows| rows.iter().any(|row| row.geldig.contains(datum)))
    }

    /// Whether the code holds on a day, or ended no more than so many months before it.
    #[must_use]
    pub fn in_use(&self, code: GemeenteCode, datum: Datum, after_end: Months) -> bool {
        let in_use = |row: &GemeenteRegel| {
            let last = row.geldig.tot.and_then(|tot| tot.checked_add_months(after_end));
            row.geldig.van.is_none_or(|van| van <= datum) && last.is_none_or(|last| datum <= last)
        };
        self.0.get(&code).is_some_and(|rows| rows.iter().any(in_use))
    }

    /// Whether the code held ever.
    #[must_use]
    pub fn known(&self, code: GemeenteCode) -> bool {
        self.0.contains_key(&code)
    }

    /// The latest name of a code.
    #[must_use]
    pub fn naam(&self, code: GemeenteCode) -> Option<&str> {
        self.0.get(&code)?.last().map(|row| row.naam.as_str())
    }

    /// Every row, in order of code and date.
    pub fn list(&self) -> impl Iterator<Item = &GemeenteRegel> {
        self.0.values().flatten()
    }

    pub(super) fn write(&self, canon: &mut Canon) {
        canon.list(self.0.values(), |canon, rows| {
            canon.list(rows.iter(), |canon, row| {
                canon.text(row.code.as_str());
                canon.text(&row.naam);
                canon.periode(row.geldig);
            });
        });
    }
}

/// The list is ours and a test reads every row, so a row that cannot be read is not expected.
fn built_in_row(line: &str) -> Option<GemeenteRegel> {
    let mut fields = line.split(';');
    let code = GemeenteCode::parse(fields.next()?).ok()?;
    let naam = fields.next()?.to_owned();
    let mut date = || fields.next().and_then(|text| text.parse().ok());
    Some(GemeenteRegel { code, naam, geldig: Periode { van: date(), tot: date() } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid(code: &str, datum: &str) -> bool {
        Gemeentecodes::built_in().valid(GemeenteCode::parse(code).unwrap(), datum.parse().unwrap())
    }

    #[test]
    fn every_row_of_the_list_is_read() {
        assert_eq!(Gemeentecodes::built_in().list().count(), LIJST.lines().count() - 1);
        for (row, line) in Gemeentecodes::built_in().list().zip(LIJST.lines().skip(1)) {
            let date = |datum: Option<Datum>| datum.map_or_else(String::new, |datum| datum.to_string());
            let written =
                format!("{};{};{};{}", row.code, row.naam, date(row.geldig.van), date(row.geldig.tot));
            assert_eq!(written, line);
        }
    }

    #[test]
    fn counts_what_cbs_counts() {
        // 342 gemeenten on 1 January 2026 (CBS).
        let day = "2026-01-01".parse().unwrap();
        let rows = Gemeentecodes::built_in().list();
        assert_eq!(rows.filter(|row| row.geldig.contains(day)).count(), 342);
    }

    #[test]
    fn the_last_day_is_inclusive() {
        // Weesp became part of Amsterdam on 24 March 2022.
        assert!(valid("0457", "2022-03-23"));
        assert!(!valid("0457", "2022-03-24"));
        assert!(!valid("1979", "2020-12-31") && valid("1979", "2021-01-01"));
        assert!(!valid("9999", "2026-01-01"));
    }

    #[test]
    fn a_code_is_in_use_for_some_months_after_its_end() {
        let in_use = |code: &str, day: &str, months| {
            let code = GemeenteCode::parse(code).unwrap();
            Gemeentecodes::built_in().in_use(code, day.parse().unwrap(), Months::new(months))
        };
        assert!(in_use("0457", "2022-03-23", 0) && !in_use("0457", "2022-03-24", 0));
        assert!(in_use("0457", "2023-03-23", 12) && !in_use("0457", "2023-03-24", 12));
        assert!(
            !in_use("1979", "2020-12-31", 12) && in_use("1979", "2021-01-01", 12),
            "not before it begins"
        );
        assert!(!in_use("9999", "2026-01-01", 12));
    }
}
