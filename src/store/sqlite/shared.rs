//! Runs the statements that both engines share.

use super::bulk::{Keys, failed};
use crate::clock::Moment;
use crate::codes::Datum;
use crate::store::StoreError;
use crate::store::both::{Engine, Query, Row, Value};
use crate::store::cells::Fields;
use crate::store::convert::Coded;
use crate::store::error::RowNumber;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteExecutor, SqlitePool, SqliteRow};
use sqlx::{Arguments, Sqlite};

type Result<T> = std::result::Result<T, StoreError>;

/// A row, read from left to right.
pub struct Cursor<'a> {
    row: &'a SqliteRow,
    at: usize,
    table: &'static str,
    number: Option<RowNumber>,
}

impl<'a> Cursor<'a> {
    /// From the first column.
    pub const fn new(row: &'a SqliteRow, table: &'static str) -> Self {
        Self { row, at: 0, table, number: None }
    }

    /// What does not fit is an error.
    fn next<T: sqlx::Decode<'a, Sqlite>>(&mut self) -> Result<Option<T>> {
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
        Ok(self.integer_or_null()?.map(|number| number == 1))
    }

    fn date_or_null(&mut self) -> Result<Option<Datum>> {
        self.code_or_null()
    }
}

impl Row for Cursor<'_> {
    fn moment_or_null(&mut self) -> Result<Option<Moment>> {
        self.code_or_null()
    }

    fn term_or_null(&mut self) -> Result<Option<Moment>> {
        self.code_or_null()
    }

    fn bytes_or_null(&mut self) -> Result<Option<&[u8]>> {
        self.next()
    }
}

impl Engine for &SqlitePool {
    type Row<'r> = Cursor<'r>;

    async fn all<T: Send>(
        &mut self,
        query: Query,
        read: impl Fn(&mut Cursor<'_>) -> Result<T> + Send,
    ) -> Result<Vec<T>> {
        all(*self, query, read).await
    }

    async fn run(&mut self, query: Query) -> Result<u64> {
        run(*self, query).await
    }
}

impl Engine for &mut SqliteConnection {
    type Row<'r> = Cursor<'r>;

    async fn all<T: Send>(
        &mut self,
        query: Query,
        read: impl Fn(&mut Cursor<'_>) -> Result<T> + Send,
    ) -> Result<Vec<T>> {
        all(&mut **self, query, read).await
    }

    async fn run(&mut self, query: Query) -> Result<u64> {
        run(&mut **self, query).await
    }
}

async fn all<T>(
    connection: impl SqliteExecutor<'_>,
    query: Query,
    read: impl Fn(&mut Cursor<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let Query { doing, table, text, values } = query;
    let query = sqlx::query_with(text.sqlite, arguments(values));
    let rows = query.fetch_all(connection).await.map_err(failed(doing))?;
    rows.iter().map(|row| read(&mut Cursor::new(row, table))).collect()
}

async fn run(connection: impl SqliteExecutor<'_>, query: Query) -> Result<u64> {
    let Query { doing, text, values, .. } = query;
    let done = sqlx::query_with(text.sqlite, arguments(values)).execute(connection).await;
    Ok(done.map_err(failed(doing))?.rows_affected())
}

pub(super) fn arguments(values: Vec<Value>) -> SqliteArguments {
    let mut arguments = SqliteArguments::default();
    for value in values {
        // Encoding into memory fails for no type that is used here.
        let encoded = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Day(value) => arguments.add(value.to_integer()),
            Value::Moment(value) | Value::Term(value) => arguments.add(value.to_integer()),
            Value::Integers(values) => arguments.add(Keys::integers(values)),
            Value::Texts(values) => arguments.add(Keys::texts(values.iter().map(String::as_str))),
        };
        debug_assert!(encoded.is_ok());
    }
    arguments
}
