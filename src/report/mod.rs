//! Reports for operators: tables of figures that agree with the ledger to the cent.
//!
//! A report is built from the store ([`ReportStore`](crate::store::ReportStore)) as plain [`Table`]s, one
//! file per report; the five formats are written from those, one file each. No report names a client: a
//! budget of one client shows the numbers of its assignments.

pub mod brief;
pub mod budget;
mod csv;
pub mod deadlines;
pub mod herstel;
pub mod html;
mod json;
pub mod ledger;
mod ledger_bank;
mod ledger_faults;
mod limits;
pub mod money;
pub mod rejections;
mod releases;
mod text;
pub mod werkbrief;
pub mod work;
mod xlsx;

use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ProductCategorie, ProductCode, code_enum};
use crate::contracts::Register;
use crate::labels::labels;
use crate::messages::Relatie;
use crate::money::{Cents, MoneyOverflow};
use crate::store::{Store, StoreError};
pub use ledger_faults::{LedgerFaults, ledger_faults};
use std::ops::Range;

code_enum!(
    /// How a report is written.
    Format { Table = "table", Csv = "csv", Xlsx = "xlsx", Json = "json", Html = "html" }
);

/// A report about the whole region; letters to aanbieders are [`brief`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was rejected, by retourcode and relatie.
    Rejections,
    /// What must be done by when.
    Deadlines {
        /// Every assignment of which a start or stop is missing is named.
        all: bool,
    },
    /// What was promised, granted and is left of every limit.
    Budget,
    /// Granted, payable, held, refused and paid.
    Money,
    /// Open work items.
    Work,
}

impl Kind {
    /// Builds it as of a moment.
    pub async fn build(
        self,
        store: &dyn Store,
        register: &Register,
        moment: Moment,
    ) -> Result<Report, ReportError> {
        match self {
            Self::Rejections => rejections::build(store, register, moment).await,
            Self::Deadlines { all } => deadlines::build(store, register, moment, all).await,
            Self::Budget => budget::build(store, register, moment).await,
            Self::Money => money::build(store, register, moment).await,
            Self::Work => work::build(store, register, moment).await,
        }
    }
}

/// One value in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing to say.
    Empty,
    /// Text, and every code: a code keeps its leading zeros.
    Text(String),
    /// A count, a number of days.
    Number(i64),
    /// An amount.
    Euros(Cents),
    /// A day.
    Date(Datum),
    /// The first day of a month.
    Month(Datum),
}

/// A column: what scripts call it, and its heading in Dutch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Key in JSON; stable (docs/interface.md). Amounts end in `_cents`.
    pub key: &'static str,
    /// Heading for people.
    pub kop: &'static str,
}

/// A table of a report. Every row has a cell for every column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Key in JSON; stable.
    pub key: &'static str,
    /// Title for people.
    pub titel: &'static str,
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Rows in a fixed order.
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Name on the command line; stable.
    pub name: &'static str,
    /// Title for people.
    pub titel: &'static str,
    /// The moment that it is about.
    pub moment: Moment,
    /// Its tables, what matters most first.
    pub tables: Vec<Table>,
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sum left the range of amounts.
    #[error(transparent)]
    Overflow(#[from] MoneyOverflow),
    /// The text of a CSV could not be built.
    #[error("de CSV kon niet worden geschreven: {0}")]
    Csv(String),
    /// The workbook could not be built, for instance because a sheet has too many rows.
    #[error("de werkmap kon niet worden geschreven: {0}; kies --format csv")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

labels!(ReportError {
    Self::Overflow(_) => "report.amount",
    Self::Csv(_) => "report.csv",
    Self::Xlsx(_) => "report.xlsx",
} passes {
    Self::Store(error) => error,
});

impl Report {
    /// The report as bytes.
    pub fn write(&self, format: Format) -> Result<Vec<u8>, ReportError> {
        match format {
            Format::Table => Ok(text::write(self).into_bytes()),
            Format::Csv => csv::write(self),
            Format::Xlsx => xlsx::write(self),
            Format::Json => Ok(json::write(self)),
            Format::Html => Ok(html::write(self).into_bytes()),
        }
    }

    /// What one gemeente may read of it: of the tables that say whose their rows are, the rows that are its own. The story
    /// of a work item, and how much is too much, tell of others under the same limit: of it the reason stands there.
    #[must_use]
    pub fn only_of(mut self, gemeente: GemeenteCode) -> Self {
        let own = Cell::from(gemeente);
        self.tables.retain_mut(|table| {
            let place = table.columns.iter().position(|column| column.key == "gemeente");
            table.rows.retain(|row| place.is_some_and(|place| row[place] == own));
            table.hide("story", "reason");
            table.hide("over_cents", "");
            place.is_some()
        });
        self
    }

    /// A table by its key.
    #[must_use]
    pub fn table(&self, key: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.key == key)
    }
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(key: &'static str, titel: &'static str, columns: &[(&'static str, &'static str)]) -> Self {
        let columns = columns.iter().map(|&(key, kop)| Column { key, kop }).collect();
        Self { key, titel, columns, rows: Vec::new() }
    }

    /// Puts in a column what stands in another, or nothing.
    fn hide(&mut self, column: &str, instead: &str) {
        let place = |key: &str| self.columns.iter().position(|column| column.key == key);
        let (Some(place), instead) = (place(column), place(instead)) else { return };
        for row in &mut self.rows {
            row[place] = instead.map_or(Cell::Empty, |instead| row[instead].clone());
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "{}", self.key);
        self.rows.push(cells);
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Cents> for Cell {
    fn from(amount: Cents) -> Self {
        Self::Euros(amount)
    }
}

impl From<Datum> for Cell {
    fn from(day: Datum) -> Self {
        Self::Date(day)
    }
}

impl From<GemeenteCode> for Cell {
    fn from(code: GemeenteCode) -> Self {
        Self::Text(code.to_string())
    }
}

impl From<AgbCode> for Cell {
    fn from(code: AgbCode) -> Self {
        Self::Text(code.to_string())
    }
}

impl From<ProductCategorie> for Cell {
    fn from(code: ProductCategorie) -> Self {
        Self::Text(code.to_string())
    }
}

impl From<ProductCode> for Cell {
    fn from(code: ProductCode) -> Self {
        Self::Text(code.as_str().to_owned())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A month as `2025-01`.
fn month(day: Datum) -> String {
    day.format("%Y-%m").to_string()
}

/// Name of a gemeente, when it is known.
fn naam(register: &Register, gemeente: GemeenteCode) -> Cell {
    register.gemeente_naam(gemeente).map_or(Cell::Empty, Cell::from)
}

/// Name of an aanbieder, when it is known.
fn aanbieder_naam(register: &Register, aanbieder: impl Into<Option<AgbCode>>) -> Cell {
    aanbieder.into().and_then(|code| register.aanbieder_naam(code)).map_or(Cell::Empty, Cell::from)
}

/// Columns that say whose something is.
const WHOSE: [(&str, &str); 4] = [
    ("gemeente", "Gemeente"),
    ("gemeente_naam", "Naam"),
    ("aanbieder", "Aanbieder"),
    ("aanbieder_naam", "Naam van de aanbieder"),
];

/// What stands in them.
fn whose(register: &Register, Relatie { gemeente, aanbieder }: Relatie) -> [Cell; 4] {
    let names = (naam(register, gemeente), aanbieder_naam(register, aanbieder));
    [gemeente.into(), names.0, aanbieder.into(), names.1]
}

/// Adds an amount to a sum.
fn add(sum: &mut Cents, amount: Cents) -> Result<(), MoneyOverflow> {
    *sum = sum.plus(amount)?;
    Ok(())
}

/// Whether a number lies in one of the ranges, which are in order.
fn is_in(ranges: &[Range<i64>], number: i64) -> bool {
    let place = ranges.partition_point(|range| range.end <= number);
    ranges.get(place).is_some_and(|range| range.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn report(tables: Vec<Table>) -> Report {
        let moment = Datum::from_ymd_opt(2025, 1, 2).and_then(|day| day.and_hms_opt(12, 0, 0)).unwrap();
        Report { name: "test", titel: "Test", moment, tables }
    }

    #[test]
    fn the_same_report_is_the_same_workbook() {
        let mut table = Table::new("t", "Titel", &[("a", "Naam"), ("day", "Dag")]);
        table.row(vec!["x".into(), report(Vec::new()).moment.date().into()]);
        table.row(vec![Cell::Empty, Datum::MIN.into()]);
        let report = report(vec![table]);
        assert_eq!(report.write(Format::Xlsx).unwrap(), report.write(Format::Xlsx).unwrap());
    }
}
