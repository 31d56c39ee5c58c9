//! Many rows per statement, in and out.
//!
//! A call to the database's thread costs about ten microseconds and a row that comes back one or
//! two more. So rows go in with multi-row VALUES, keys go in as one JSON array, and facts come out
//! as one text: fields divided by U+001F, rows by U+001E, NULL as U+001D. XML 1.0 allows none of
//! these characters, so no value holds them.

use crate::clock::Moment;
use crate::codes::Datum;
use crate::store::StoreError;
use crate::store::cells::{Cells, Fields};
use crate::store::error::{RowNumber, Spot};
use sqlx::error::DatabaseError;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteError};
use sqlx::{Arguments, AssertSqlSafe, Sqlite};
use std::str::Split;

/// How many rows one statement takes; a remainder is written in smaller steps. More rows gain
/// nothing and take longer to prepare.
const STEPS: [usize; 5] = [256, 64, 16, 4, 1];

/// A statement around rows of values: `before (?, ..), (?, ..) after`.
pub struct Statement {
    /// What it does, in Dutch, for errors.
    pub doing: &'static str,
    /// Text before the rows.
    pub before: &'static str,
    /// Values per row.
    pub columns: usize,
    /// Text after the rows.
    pub after: &'static str,
}

/// Values of the rows of one statement, in order.
#[derive(Default)]
pub struct BoundValues(SqliteArguments);

impl BoundValues {
    fn add<'t, T: sqlx::Encode<'t, Sqlite> + sqlx::Type<Sqlite>>(&mut self, value: T) {
        // Encoding into memory fails for no type that is used here.
        let encoded = self.0.add(value);
        debug_assert!(encoded.is_ok());
    }
}

impl Cells for BoundValues {
    fn integer_or_null(&mut self, value: Option<i64>) -> &mut Self {
        self.add(value);
        self
    }

    fn flag_or_null(&mut self, value: Option<bool>) -> &mut Self {
        self.integer_or_null(value.map(i64::from))
    }

    fn date_or_null(&mut self, value: Option<Datum>) -> &mut Self {
        self.code_or_null(value)
    }

    fn moment_or_null(&mut self, value: Option<Moment>) -> &mut Self {
        self.code_or_null(value)
    }

    fn term_or_null(&mut self, value: Option<Moment>) -> &mut Self {
        self.code_or_null(value)
    }

    fn text_or_null(&mut self, value: Option<impl Into<Box<str>>>) -> &mut Self {
        self.add(value.map(Into::into));
        self
    }

    fn bytes(&mut self, value: Vec<u8>) -> &mut Self {
        self.add(value);
        self
    }
}

/// Writes rows, several per statement, encoding the next ones while the database writes.
pub async fn write<T: Send>(
    connection: &mut SqliteConnection,
    statement: &Statement,
    rows: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator + Send>,
    bind: impl Fn(&mut BoundValues, T) + Send + Sync,
) -> Result<u64, StoreError> {
    let mut rows = rows.into_iter();
    let mut affected = 0;
    let mut next = encode(statement, &mut rows, &bind);
    while let Some((sql, values)) = next {
        let query = sqlx::query_with(AssertSqlSafe(sql), values.0);
        let (done, following) =
            tokio::join!(query.execute(&mut *connection), async { encode(statement, &mut rows, &bind) });
        affected += done.map_err(failed(statement.doing))?.rows_affected();
        next = following;
    }
    Ok(affected)
}

fn encode<T>(
    statement: &Statement,
    rows: &mut impl ExactSizeIterator<Item = T>,
    bind: &impl Fn(&mut BoundValues, T),
) -> Option<(String, BoundValues)> {
    let step = STEPS.into_iter().find(|step| *step <= rows.len())?;
    let mut values = BoundValues::default();
    values.0.reserve(step * statement.columns, 0);
    for row in rows.take(step) {
        bind(&mut values, row);
    }
    debug_assert_eq!(values.0.len(), step * statement.columns, "{}", statement.before);
    Some((statement.text(step), values))
}

impl Statement {
    fn text(&self, rows: usize) -> String {
        let row = format!("({}?)", "?,".repeat(self.columns - 1));
        let length = self.before.len() + rows * (row.len() + 1) + self.after.len() + 1;
        let mut text = String::with_capacity(length);
        text.push_str(self.before);
        for index in 0..rows {
            text.push_str(if index == 0 { " " } else { "," });
            text.push_str(&row);
        }
        text.push(' ');
        text.push_str(self.after);
        text
    }
}

/// A `SELECT` of one text that holds all rows: `packed!("t", "t.a, t.b", "t WHERE ..")`.
macro_rules! packed {
    ($columns:expr, $from:expr) => {
        concat!("SELECT group_concat(concat_ws('\u{1f}', ", $columns, "), '\u{1e}') FROM ", $from)
    };
}
pub(super) use packed;

/// A column that may be NULL, in [`packed!`].
macro_rules! nullable {
    ($column:literal) => {
        concat!("ifnull(", $column, ", '\u{1d}')")
    };
}
pub(super) use nullable;

/// Rows that came back as one text.
pub struct Packed {
    text: Option<String>,
    table: &'static str,
}

impl Packed {
    /// Runs a statement that gives one packed text.
    pub async fn load(
        connection: &mut SqliteConnection,
        table: &'static str,
        query: Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<Self, StoreError> {
        let row = query.fetch_one(connection).await.map_err(failed("gegevens lezen"))?;
        let text = sqlx::Row::try_get(&row, 0).map_err(failed("gegevens lezen"))?;
        Ok(Self { text, table })
    }

    pub fn rows(&self) -> impl Iterator<Item = PackedRow<'_>> {
        let rows = self.text.as_deref().map(|text| text.split('\u{1e}'));
        rows.into_iter().flatten().map(|row| PackedRow {
            rest: row.split('\u{1f}'),
            table: self.table,
            number: None,
        })
    }
}

/// The fields of a row, read from left to right.
pub struct PackedRow<'a> {
    rest: Split<'a, char>,
    table: &'static str,
    number: Option<RowNumber>,
}

impl PackedRow<'_> {
    fn next(&mut self) -> Result<Option<&str>, StoreError> {
        let text =
            self.rest.next().ok_or(StoreError::Corrupt(Spot { table: self.table, row: self.number }))?;
        Ok((text != "\u{1d}").then_some(text))
    }
}

impl Fields for PackedRow<'_> {
    fn table(&self) -> &'static str {
        self.table
    }

    fn row(&self) -> Option<RowNumber> {
        self.number
    }

    fn known_by(&mut self, number: RowNumber) {
        self.number = Some(number);
    }

    fn text_or_null(&mut self) -> Result<Option<&str>, StoreError> {
        self.next()
    }

    fn integer_or_null(&mut self) -> Result<Option<i64>, StoreError> {
        let corrupt = self.corrupt();
        self.next()?.map(|text| text.parse().map_err(|_| corrupt)).transpose()
    }

    fn flag_or_null(&mut self) -> Result<Option<bool>, StoreError> {
        Ok(self.integer_or_null()?.map(|number| number == 1))
    }

    fn date_or_null(&mut self) -> Result<Option<Datum>, StoreError> {
        self.code_or_null()
    }
}

/// Keys as a JSON array, or as arrays in an object by group, for `json_each`.
pub struct Keys(String);

impl Keys {
    /// `[1,2]`.
    pub fn integers(keys: impl IntoIterator<Item = i64>) -> String {
        let mut json = Self(String::from("["));
        for key in keys {
            json.separate('[');
            json.0.push_str(&key.to_string());
        }
        json.0.push(']');
        json.0
    }

    /// `["a","b"]`.
    pub fn texts<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
        let mut json = Self(String::from("["));
        for key in keys {
            json.separate('[');
            json.text(key);
        }
        json.0.push(']');
        json.0
    }

    /// `[[1,"a"],[2,"b"]]`: rows of a few integers and one text.
    pub fn rows<'a, const N: usize>(keys: impl IntoIterator<Item = ([i64; N], &'a str)>) -> String {
        let mut json = Self(String::from("["));
        for (integers, text) in keys {
            json.separate('[');
            json.0.push('[');
            for integer in integers {
                json.0.push_str(&integer.to_string());
                json.0.push(',');
            }
            json.text(text);
            json.0.push(']');
        }
        json.0.push(']');
        json.0
    }

    /// `{"1":["a","b"],"2":["c"]}`; `write` adds one key of a group.
    pub fn groups<K>(
        groups: impl IntoIterator<Item = (i64, Vec<K>)>,
        write: impl Fn(&mut Self, K),
    ) -> String {
        let mut json = Self(String::from("{"));
        for (group, keys) in groups {
            json.separate('{');
            json.0.push_str(&format!("\"{group}\":["));
            for key in keys {
                json.separate('[');
                write(&mut json, key);
            }
            json.0.push(']');
        }
        json.0.push('}');
        json.0
    }

    /// One text of a group.
    pub fn text(&mut self, text: &str) {
        if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
            self.0.push('"');
            self.0.push_str(text);
            self.0.push('"');
        } else {
            self.0.push_str(&serde_json::Value::from(text).to_string());
        }
    }

    /// One integer of a group.
    pub fn integer(&mut self, integer: i64) {
        self.0.push_str(&integer.to_string());
    }

    fn separate(&mut self, open: char) {
        if !self.0.ends_with(open) {
            self.0.push(',');
        }
    }
}

/// Whether another connection is writing, or has the only one that writes.
pub fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: u32 = 5;
    matches!(error, sqlx::Error::PoolTimedOut) || kind(error) == Some(BUSY)
}

/// The kind of a refusal: the lowest byte of SQLite's extended code.
pub fn kind(error: &sqlx::Error) -> Option<u32> {
    let refused = error.as_database_error().and_then(|error| error.try_downcast_ref::<SqliteError>());
    refused.and_then(|refused| refused.code()?.parse::<u32>().ok()).map(|code| code & 0xff)
}

/// A refusal of the disk below the database, whatever was asked of it.
pub fn of_the_disk(doing: &'static str, error: &sqlx::Error) -> Option<StoreError> {
    const FULL: u32 = 13;
    const INPUT_OR_OUTPUT: u32 = 10;
    match kind(error)? {
        FULL => Some(StoreError::Full),
        INPUT_OR_OUTPUT => Some(StoreError::Disk { doing, reason: error.to_string() }),
        _ => None,
    }
}

/// Turns what the database said into our error. SQLite names tables and columns, never values.
pub fn failed(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    const CORRUPT: u32 = 11;
    const NOT_A_DATABASE: u32 = 26;
    move |error| {
        of_the_disk(doing, &error).unwrap_or_else(|| match kind(&error) {
            Some(CORRUPT | NOT_A_DATABASE) => StoreError::Malformed { doing },
            _ => StoreError::Database { doing, reason: error.to_string() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_json() {
        assert_eq!(Keys::integers([1, 2]), "[1,2]");
        assert_eq!(Keys::texts(["a", "b\"c\\"]), r#"["a","b\"c\\"]"#);
        assert_eq!(Keys::rows([([1], "é"), ([2], "[")]), r#"[[1,"é"],[2,"["]]"#);
        assert_eq!(Keys::groups([(1, vec!["a", "["]), (2, vec![])], Keys::text), r#"{"1":["a","["],"2":[]}"#);
    }
}
