//! Many rows per statement: one array per column goes in, `UNNEST` makes rows of them. Many statements in one go
//! (`bundle`).

use super::refused::link_text;
use crate::clock::Moment;
use crate::codes::Datum;
use crate::store::StoreError;
use crate::store::both::Row;
use crate::store::cells::{Cells, Fields};
use crate::store::convert::Coded;
use crate::store::error::RowNumber;
use chrono::{DateTime, Duration, TimeZone, Utc};
use chrono_tz::Europe::Amsterdam;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, Postgres};
use std::borrow::Cow;

type Result<T> = std::result::Result<T, StoreError>;

/// A statement around rows of values: `before SELECT UNNEST(..), .. after`.
pub struct Statement {
    /// The table that it changes.
    pub table: &'static str,
    /// Text before the rows.
    pub before: &'static str,
    /// Values per row.
    pub columns: usize,
    /// Text after the rows.
    pub after: &'static str,
}

/// One column of rows.
enum BulkColumn {
    Integer(Vec<Option<i64>>),
    Flag(Vec<Option<bool>>),
    Date(Vec<Option<Datum>>),
    Moment(Vec<Option<DateTime<Utc>>>),
    Term(Vec<Option<Moment>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

/// Values of rows, column by column.
pub struct BulkColumns {
    made: Vec<BulkColumn>,
    count: usize,
    at: usize,
}

impl BulkColumns {
    /// No rows yet.
    pub fn new(count: usize) -> Self {
        Self { made: Vec::with_capacity(count), count, at: 0 }
    }

    /// The next column, made with the first row.
    fn next(&mut self, make: fn() -> BulkColumn) -> &mut BulkColumn {
        let at = self.at;
        self.at = (at + 1) % self.count;
        if at == self.made.len() {
            self.made.push(make());
        }
        &mut self.made[at]
    }

    /// Whether the last row is whole.
    pub const fn whole(&self) -> bool {
        self.at == 0
    }

    /// Adds an array per column.
    pub fn add_to(self, arguments: &mut PgArguments) {
        for column in self.made {
            // Encoding into memory fails for no type that is used here.
            let encoded = match column {
                BulkColumn::Integer(values) => arguments.add(values),
                BulkColumn::Flag(values) => arguments.add(values),
                BulkColumn::Date(values) => arguments.add(values),
                BulkColumn::Moment(values) => arguments.add(values),
                BulkColumn::Term(values) => arguments.add(values),
                BulkColumn::Text(values) => arguments.add(values),
                BulkColumn::Bytes(values) => arguments.add(values),
            };
            debug_assert!(encoded.is_ok());
        }
    }
}

macro_rules! cell {
    ($name:ident, $kind:ident, $from:ty, $convert:expr) => {
        fn $name(&mut self, value: Option<$from>) -> &mut Self {
            if let BulkColumn::$kind(values) = self.next(|| BulkColumn::$kind(Vec::new())) {
                values.push(value.map($convert));
            } else {
                debug_assert!(false, "a column has one type");
            }
            self
        }
    };
}

impl Cells for BulkColumns {
    cell!(integer_or_null, Integer, i64, |value| value);
    cell!(flag_or_null, Flag, bool, |value| value);
    cell!(date_or_null, Date, Datum, |value| value);
    cell!(moment_or_null, Moment, Moment, instant);
    cell!(term_or_null, Term, Moment, |value| value);
    cell!(text_or_null, Text, impl Into<Box<str>>, |value| String::from(value.into()));

    fn bytes(&mut self, value: Vec<u8>) -> &mut Self {
        if let BulkColumn::Bytes(values) = self.next(|| BulkColumn::Bytes(Vec::new())) {
            values.push(Some(value));
        }
        self
    }
}

/// A moment on the Dutch clock as an instant: the first of two in the hour that comes twice, and an hour
/// later where the clock has none.
pub fn instant(moment: Moment) -> DateTime<Utc> {
    let found = Amsterdam.from_local_datetime(&moment).earliest();
    let found = found.or_else(|| Amsterdam.from_local_datetime(&(moment + Duration::hours(1))).earliest());
    found.map_or_else(|| moment.and_utc(), |instant| instant.with_timezone(&Utc))
}

/// An instant as a moment on the Dutch clock.
pub fn moment(instant: DateTime<Utc>) -> Moment {
    instant.with_timezone(&Amsterdam).naive_local()
}

impl Statement {
    /// Its text, with parameters from this number on. The arrays are of one length, so they make rows in step; in FROM
    /// their rows would be kept first.
    pub fn text(&self, first: usize) -> String {
        let columns = (first..first + self.columns).map(|number| format!("UNNEST(${number})"));
        format!("{} SELECT {} {}", self.before, columns.collect::<Vec<_>>().join(", "), self.after)
    }
}

/// A row, read from left to right.
pub struct Cursor<'a> {
    row: &'a PgRow,
    at: usize,
    table: &'static str,
    number: Option<RowNumber>,
}

impl<'a> Cursor<'a> {
    /// From the first column.
    pub const fn new(row: &'a PgRow, table: &'static str) -> Self {
        Self { row, at: 0, table, number: None }
    }

    /// Types are ours: an integer of any width, a day, a text. What does not fit is an error.
    fn next<T: sqlx::Decode<'a, Postgres>>(&mut self) -> Result<Option<T>> {
        let at = self.at;
        self.at += 1;
        sqlx::Row::try_get_unchecked(self.row, at).map_err(|_| self.corrupt())
    }
}

impl Fields for Cursor<'_> {
    fn table(&self) -> &'static str {
        self.table
    }

    fn row(&self) -> Option<RowNumber> {
        self.number
    }

    fn known_by(&mut self, number: RowNumber) {
        self.number = Some(number);
    }

    fn text_or_null(&mut self) -> Result<Option<&str>> {
        self.next()
    }

    fn integer_or_null(&mut self) -> Result<Option<i64>> {
        self.next()
    }

    fn flag_or_null(&mut self) -> Result<Option<bool>> {
        self.next()
    }

    fn date_or_null(&mut self) -> Result<Option<Datum>> {
        self.next()
    }
}

impl Row for Cursor<'_> {
    fn moment_or_null(&mut self) -> Result<Option<Moment>> {
        Ok(self.next()?.map(moment))
    }

    fn term_or_null(&mut self) -> Result<Option<Moment>> {
        self.next()
    }

    fn bytes_or_null(&mut self) -> Result<Option<&[u8]>> {
        self.next()
    }
}

/// Columns of keys, for one array each.
pub fn codes<T: Coded>(keys: impl IntoIterator<Item = T>) -> Vec<i64> {
    keys.into_iter().map(Coded::to_integer).collect()
}

/// The code, and the message with it and the name of the constraint; never the detail, which quotes values.
fn reason(database: &dyn DatabaseError) -> (Cow<'_, str>, String) {
    let code = database.code().unwrap_or_default();
    let constraint = database.constraint().map(|name| format!(", {name}")).unwrap_or_default();
    let reason = format!("{} ({code}{constraint})", database.message());
    (code, reason)
}

/// A refusal of the disk below the server, whatever was asked of it.
pub fn of_the_disk(doing: &'static str, database: &dyn DatabaseError) -> Option<StoreError> {
    const DISK_FULL: &str = "53100";
    const IO_ERROR: &str = "58030";
    let (code, reason) = reason(database);
    match &*code {
        DISK_FULL => Some(StoreError::Full),
        IO_ERROR => Some(StoreError::Disk { doing, reason }),
        _ => None,
    }
}

/// Turns what the database said into our error.
pub fn failed(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    /// A page or an index that is not what was written.
    const DAMAGED: [&str; 2] = ["XX001", "XX002"];
    /// A lock that another had for too long.
    const LOCK_NOT_AVAILABLE: &str = "55P03";
    /// The server ended the session, or is ending itself: we stood still for too long, or nobody did anything wrong.
    const ENDED: [&str; 3] = ["25P03", "57P", "08"];
    /// Serialization failure, deadlock, and a key that another one took first.
    const LOST: [&str; 3] = ["40001", "40P01", "23505"];
    move |error| match &error {
        sqlx::Error::Database(database) => {
            if let Some(refused) = of_the_disk(doing, &**database) {
                return refused;
            }
            let (code, reason) = reason(&**database);
            if DAMAGED.contains(&&*code) {
                return StoreError::Malformed { doing };
            }
            if LOST.contains(&&*code) {
                StoreError::LostRace { doing, reason }
            } else if code == LOCK_NOT_AVAILABLE {
                StoreError::Waited { doing, reason }
            } else if ENDED.iter().any(|ended| code.starts_with(ended)) {
                StoreError::Unreachable { doing, reason }
            } else {
                StoreError::Database { doing, reason }
            }
        }
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => StoreError::Unreachable { doing, reason: link_text(&error) },
        _ => StoreError::Database { doing, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_comes_back_unless_the_clock_never_shows_it() {
        let at = |text: &str| Moment::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        for text in ["2026-01-15 12:00", "2026-07-15 12:00", "2026-10-25 02:30", "2026-03-29 03:00"] {
            assert_eq!(moment(instant(at(text))), at(text), "{text}");
        }
        assert_eq!(moment(instant(at("2026-03-29 02:30"))), at("2026-03-29 03:30"));
    }
}
