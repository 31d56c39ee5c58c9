//! What both engines do with one text: everything that is not read or written for every message. What is, each has in
//! words of its own, as they were measured.

pub mod audit;
pub mod console;
pub mod inbox;
pub mod journal;
pub mod kennisgeving;
pub mod ledger;
pub mod outbox;
pub mod overview;
pub mod payment;
pub mod post;
pub mod register;
pub mod removal;
pub mod report;
pub mod stand;
pub mod terms;
pub mod voordracht;
pub mod work;

use super::StoreError;
use super::cells::Fields;
use super::pack::unpack;
use crate::clock::Moment;
use crate::codes::Datum;
use crate::messages::Partij;

type Result<T> = std::result::Result<T, StoreError>;

/// A statement for both engines.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// As the embedded engine takes it.
    pub sqlite: &'static str,
    /// As the server takes it.
    pub postgres: &'static str,
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }
}

/// A [`Text`] of parts in brackets: a literal, or one of the few things that the engines say differently.
macro_rules! text {
    ($([$($part:tt)+])+) => {
        $crate::store::both::Text {
            sqlite: concat!($($crate::store::both::in_sqlite!($($part)+)),+),
            postgres: concat!($($crate::store::both::in_postgres!($($part)+)),+),
        }
    };
}

/// What a part of [`text!`] is in SQLite.
macro_rules! in_sqlite {
    // Integers that were given, as a table `k` with one column `value`.
    (keys $value:literal) => {
        concat!("json_each(", $value, ") k")
    };
    // Whether a value is among those that were given.
    (among $value:literal) => {
        concat!("IN (SELECT value FROM json_each(", $value, "))")
    };
    (not_among $value:literal) => {
        concat!("NOT IN (SELECT value FROM json_each(", $value, "))")
    };
    // The tables are looked at in this order.
    (then) => {
        "CROSS JOIN"
    };
    (yes $column:literal) => {
        concat!($column, " = 1")
    };
    (no $column:literal) => {
        concat!($column, " = 0")
    };
    (by_bytes $column:literal) => {
        $column
    };
    (holds $column:literal $value:literal) => {
        concat!("instr(", $column, ", ", $value, ") > 0")
    };
    // The character between the values of a text that has a digest.
    (unit) => {
        "char(31)"
    };
    (number $flag:literal) => {
        $flag
    };
    // Days since 1970-01-01.
    (day $column:literal) => {
        $column
    };
    (only_sqlite $text:literal) => {
        $text
    };
    (only_postgres $text:literal) => {
        ""
    };
    ($text:expr) => {
        $text
    };
}

/// What a part of [`text!`] is in PostgreSQL.
macro_rules! in_postgres {
    (keys $value:literal) => {
        concat!("UNNEST(", $value, "::bigint[]) k (value)")
    };
    (among $value:literal) => {
        concat!("= ANY(", $value, ")")
    };
    (not_among $value:literal) => {
        concat!("<> ALL(", $value, ")")
    };
    (then) => {
        "JOIN"
    };
    (yes $column:literal) => {
        $column
    };
    (no $column:literal) => {
        concat!("NOT ", $column)
    };
    (by_bytes $column:literal) => {
        concat!($column, " COLLATE \"C\"")
    };
    (holds $column:literal $value:literal) => {
        concat!("strpos(", $column, ", ", $value, ") > 0")
    };
    (unit) => {
        "chr(31)"
    };
    (number $flag:literal) => {
        concat!($flag, "::int")
    };
    (day $column:literal) => {
        concat!($column, " - DATE '1970-01-01'")
    };
    (only_sqlite $text:literal) => {
        ""
    };
    (only_postgres $text:literal) => {
        $text
    };
    ($text:expr) => {
        $text
    };
}

pub(in crate::store) use {in_postgres, in_sqlite, text};

/// A value that goes with a statement.
#[derive(Debug, Clone)]
pub enum Value {
    /// An integer or NULL.
    Integer(Option<i64>),
    Text(String),
    Bytes(Vec<u8>),
    Day(Datum),
    /// When something happened.
    Moment(Moment),
    /// When something must be done on the Dutch clock.
    Term(Moment),
    /// Integers to look for.
    Integers(Vec<i64>),
    /// Texts to look for.
    Texts(Vec<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Datum> for Value {
    fn from(value: Datum) -> Self {
        Self::Day(value)
    }
}

impl From<Moment> for Value {
    fn from(value: Moment) -> Self {
        Self::Moment(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<&[i64]> for Value {
    fn from(value: &[i64]) -> Self {
        Self::Integers(value.to_vec())
    }
}

/// A statement with its values, and what errors say of it.
#[derive(Debug, Clone)]
pub struct Query {
    /// What it does, in Dutch.
    pub doing: &'static str,
    /// The table that its rows are of.
    pub table: &'static str,
    /// The statement; its values stand in it as `$1`, `$2`.
    pub text: Text,
    /// The values, in order.
    pub values: Vec<Value>,
}

impl Query {
    /// A statement that rows of a table come from, or that changes them.
    pub fn new(doing: &'static str, table: &'static str, text: impl Into<Text>) -> Self {
        Self { doing, table, text: text.into(), values: Vec::new() }
    }

    /// With one more value.
    #[must_use]
    pub fn with(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }
}

/// A row of a result, read from left to right: what only whole rows have.
pub trait Row: Fields {
    /// When something happened, or NULL.
    fn moment_or_null(&mut self) -> Result<Option<Moment>>;

    /// When something must be done on the Dutch clock, or NULL.
    fn term_or_null(&mut self) -> Result<Option<Moment>>;

    fn bytes_or_null(&mut self) -> Result<Option<&[u8]>>;

    /// When something happened.
    fn moment(&mut self) -> Result<Moment> {
        self.moment_or_null()?.ok_or_else(|| self.corrupt())
    }

    /// A text of our own.
    fn owned(&mut self) -> Result<String> {
        self.text().map(str::to_owned)
    }

    /// A text of our own, or NULL.
    fn owned_or_null(&mut self) -> Result<Option<String>> {
        Ok(self.text_or_null()?.map(str::to_owned))
    }

    /// A gemeente or an aanbieder, or NULL.
    fn party_or_null(&mut self) -> Result<Option<Partij>> {
        let corrupt = self.corrupt();
        self.text_or_null()?.map(|text| Partij::parse(text).ok_or(corrupt)).transpose()
    }

    fn bytes(&mut self) -> Result<&[u8]> {
        let corrupt = self.corrupt();
        self.bytes_or_null()?.ok_or(corrupt)
    }

    /// A SHA-256 digest.
    fn digest(&mut self) -> Result<[u8; 32]> {
        let corrupt = self.corrupt();
        self.bytes()?.try_into().map_err(|_| corrupt)
    }

    /// Bytes of the archive, from the columns `lengte` and `inhoud` that come next.
    fn content(&mut self) -> Result<Vec<u8>> {
        self.content_or_null()?.ok_or_else(|| self.corrupt())
    }

    /// Bytes of the archive, when there are any.
    fn content_or_null(&mut self) -> Result<Option<Vec<u8>>> {
        let (length, number) = (self.integer_or_null()?, self.row());
        let Some((length, frame)) = length.zip(self.bytes_or_null()?) else { return Ok(None) };
        let frame = usize::try_from(length).map_or(None, |length| Some((frame, length)));
        let bytes =
            frame.ok_or(StoreError::corrupt("archief")).and_then(|(frame, length)| unpack(frame, length));
        bytes.map(Some).map_err(|error| error.of_row(number))
    }
}

/// Where statements run: a pool of connections of either engine, or one connection.
pub trait Engine: Send {
    /// A row as it comes back.
    type Row<'r>: Row;

    /// Every row, in order.
    fn all<T: Send>(
        &mut self,
        query: Query,
        read: impl Fn(&mut Self::Row<'_>) -> Result<T> + Send,
    ) -> impl Future<Output = Result<Vec<T>>> + Send;

    /// Runs a statement that gives no rows; how many it changed.
    fn run(&mut self, query: Query) -> impl Future<Output = Result<u64>> + Send;

    /// The one row that there is, if any.
    fn one<T: Send>(
        &mut self,
        query: Query,
        read: impl Fn(&mut Self::Row<'_>) -> Result<T> + Send,
    ) -> impl Future<Output = Result<Option<T>>> + Send {
        async move { Ok(self.all(query, read).await?.pop()) }
    }
}

/// How many rows a statement may give at most.
pub fn at_most(count: usize) -> i64 {
    i64::try_from(count.max(1)).unwrap_or(i64::MAX)
}
