//! Reading that is not hot: one SQL text for both engines.
//!
//! Such a text numbers its parameters (`$1`), takes a flag as it stands (`CASE WHEN vrijgegeven ..`, never `= 1`) and gives
//! sums as `BIGINT`. What comes back are [`Row`]s, with days, moments and flags as integers whatever the engine has.

mod afgekeurd;
mod status;
mod teksten;

use super::cells::Fields;
use super::convert::Coded;
use super::{Store, StoreError};
use crate::clock::Moment;
use crate::codes::Datum;
use crate::messages::Partij;
use crate::state::{FactKeys, WorkingSet};
use async_trait::async_trait;

pub use afgekeurd::{Unreadable, newest_rejected, rejected_between, rejected_of, unreadable_between};
pub use status::{
    BookingRow, ClaimRow, JudgedRow, MessageRow, RunPart, RunRow, SentRow, arrivals_called,
    arrivals_of_bytes, bookings, claim, claim_by_journal, claim_of_line, claimants_of, claims_between, entry,
    gemeenten_of_assignment, line_owners, message, paid_between, request_owners, run, run_parts, sent,
    sent_called, sent_for, work_about_arrival, work_about_assignment, work_about_key,
};

/// Statements by name, for who looks at their plans.
#[must_use]
pub fn statements() -> Vec<&'static str> {
    [teksten::STATEMENTS, afgekeurd::STATEMENTS].concat()
}

/// What a parameter is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A number, or a code, day or moment as [`Coded`] has them.
    Integer(i64),
    /// A day, for columns of days.
    Day(Datum),
    /// A moment, for columns of moments.
    Moment(Moment),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number; a flag as 1 or 0, a day in days, a moment in seconds.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A question to a store.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What is being done, in Dutch, for errors.
    pub doing: &'static str,
    /// The table that most of it is about, for errors.
    pub table: &'static str,
    /// The statement.
    pub sql: &'static str,
    /// Its parameters, from `$1` on.
    pub keys: Vec<Key>,
}

/// A store that can be read so.
#[async_trait]
pub trait Reads: Send + Sync {
    /// The rows that a statement gives.
    async fn rows(&self, ask: Ask) -> Result<Vec<Row>, StoreError>;

    /// Everything known under these keys, as a decision would be given it. Nothing is locked, and numbers that would be
    /// handed out are looked at only.
    async fn facts(&self, keys: &FactKeys) -> Result<WorkingSet, StoreError>;
}

/// A row, read from left to right.
#[derive(Debug)]
pub struct Row {
    values: std::vec::IntoIter<Value>,
    text: Option<String>,
    table: &'static str,
}

impl Row {
    /// The values of a row of this table.
    #[must_use]
    pub fn new(table: &'static str, values: Vec<Value>) -> Self {
        Self { values: values.into_iter(), text: None, table }
    }

    fn moment_or_null(&mut self) -> Result<Option<Moment>, StoreError> {
        let corrupt = self.corrupt();
        let seconds = self.integer_or_null()?;
        seconds.map(|seconds| Moment::from_integer(seconds).ok_or(corrupt)).transpose()
    }

    fn moment(&mut self) -> Result<Moment, StoreError> {
        self.moment_or_null()?.ok_or_else(|| self.corrupt())
    }

    fn bytes_or_null(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.values.next() {
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.corrupt()),
        }
    }

    fn owned_or_null(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.text_or_null()?.map(str::to_owned))
    }

    fn owned(&mut self) -> Result<String, StoreError> {
        self.text().map(str::to_owned)
    }

    fn party_or_null(&mut self) -> Result<Option<Partij>, StoreError> {
        let corrupt = self.corrupt();
        self.text_or_null()?.map(|text| Partij::parse(text).ok_or(corrupt)).transpose()
    }
}

impl Fields for Row {
    fn table(&self) -> &'static str {
        self.table
    }

    fn text_or_null(&mut self) -> Result<Option<&str>, StoreError> {
        self.text = match self.values.next() {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Null) => None,
            _ => return Err(self.corrupt()),
        };
        Ok(self.text.as_deref())
    }

    fn integer_or_null(&mut self) -> Result<Option<i64>, StoreError> {
        match self.values.next() {
            Some(Value::Integer(number)) => Ok(Some(number)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.corrupt()),
        }
    }

    fn flag_or_null(&mut self) -> Result<Option<bool>, StoreError> {
        Ok(self.integer_or_null()?.map(|number| number == 1))
    }

    fn date_or_null(&mut self) -> Result<Option<Datum>, StoreError> {
        self.code_or_null()
    }
}

/// A statement with its keys, and what a row of it is.
async fn read<T>(
    store: &dyn Store,
    (table, sql): (&'static str, &'static str),
    keys: Vec<Key>,
    row: impl Fn(&mut Row) -> Result<T, StoreError> + Send,
) -> Result<Vec<T>, StoreError> {
    let rows = store.rows(Ask { doing: "opzoeken", table, sql, keys }).await?;
    rows.into_iter().map(|mut found| row(&mut found)).collect()
}
