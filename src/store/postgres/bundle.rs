//! Bundle of statements: what a batch writes goes to the server as parts of one statement: many tables in one round
//! trip, of which the cost does not depend on how little is in it.
//!
//! All parts see what was there before the statement. So no two of them are about one table: what is about a table that
//! has a part already goes in a statement behind it.

use super::bulk::{BulkColumns, Statement, failed};
use crate::store::StoreError;
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgArguments, PgConnection};
use std::mem::take;

type Result<T> = std::result::Result<T, StoreError>;

/// Most rows in one part: more gain nothing and take memory on both sides.
pub const ROWS: usize = 8192;

/// Parts that were not sent yet.
pub struct Bundle<'c> {
    connection: &'c mut PgConnection,
    /// What they do together, in Dutch, for errors.
    doing: &'static str,
    parts: Vec<BundlePart>,
    arguments: PgArguments,
    /// How many parameters they have.
    parameters: usize,
}

/// A statement within the statement.
struct BundlePart {
    table: &'static str,
    text: String,
    /// How many rows it must change, and what it is when it does not.
    exactly: Option<(usize, StoreError)>,
}

impl<'c> Bundle<'c> {
    /// Nothing to send yet.
    pub fn new(connection: &'c mut PgConnection, doing: &'static str) -> Self {
        Self { connection, doing, parts: Vec::new(), arguments: PgArguments::default(), parameters: 0 }
    }

    /// Adds rows, if there are any.
    pub async fn write<T: Send>(
        &mut self,
        statement: &Statement,
        rows: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator + Send>,
        bind: impl Fn(&mut BulkColumns, T) + Send + Sync,
    ) -> Result<()> {
        self.rows(statement, rows.into_iter(), bind, None).await
    }

    /// As [`Bundle::write`], where each must change a row of the table.
    pub async fn write_each<T: Send>(
        &mut self,
        statement: &Statement,
        rows: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator + Send>,
        bind: impl Fn(&mut BulkColumns, T) + Send + Sync,
        otherwise: fn() -> StoreError,
    ) -> Result<()> {
        self.rows(statement, rows.into_iter(), bind, Some(otherwise)).await
    }

    async fn rows<T: Send>(
        &mut self,
        statement: &Statement,
        mut rows: impl ExactSizeIterator<Item = T> + Send,
        bind: impl Fn(&mut BulkColumns, T) + Send + Sync,
        otherwise: Option<fn() -> StoreError>,
    ) -> Result<()> {
        while rows.len() > 0 {
            let count = rows.len().min(ROWS);
            let mut columns = BulkColumns::new(statement.columns);
            for row in rows.by_ref().take(count) {
                bind(&mut columns, row);
                debug_assert!(columns.whole(), "{}", statement.before);
            }
            let exactly = otherwise.map(|otherwise| (count, otherwise()));
            let first = self.room_for(statement.table).await?;
            columns.add_to(&mut self.arguments);
            self.add(statement.table, statement.text(first), statement.columns, exactly);
        }
        Ok(())
    }

    /// The number of the first parameter of a part about this table.
    async fn room_for(&mut self, table: &str) -> Result<usize> {
        if self.parts.iter().any(|part| part.table == table) {
            self.sent().await?;
        }
        Ok(self.parameters + 1)
    }

    fn add(
        &mut self,
        table: &'static str,
        text: String,
        parameters: usize,
        exactly: Option<(usize, StoreError)>,
    ) {
        self.parts.push(BundlePart { table, text, exactly });
        self.parameters += parameters;
    }

    /// Adds a part with one parameter, of which `text` gets the number.
    pub async fn write_one(
        &mut self,
        table: &'static str,
        text: fn(usize) -> String,
        add: impl FnOnce(&mut PgArguments) + Send,
    ) -> Result<()> {
        let first = self.room_for(table).await?;
        add(&mut self.arguments);
        self.add(table, text(first), 1, None);
        Ok(())
    }

    /// Sends what was added; the connection, for a statement that comes behind it.
    pub async fn sent(&mut self) -> Result<&mut PgConnection> {
        let parts = take(&mut self.parts);
        let arguments = take(&mut self.arguments);
        self.parameters = 0;
        if parts.is_empty() {
            return Ok(&mut *self.connection);
        }
        let query = sqlx::query_scalar_with(AssertSqlSafe(text(&parts)), arguments);
        let changed: Vec<i64> = query.fetch_one(&mut *self.connection).await.map_err(failed(self.doing))?;
        let exactly = parts.into_iter().filter_map(|part| part.exactly);
        for ((count, otherwise), changed) in exactly.zip(changed) {
            if usize::try_from(changed) != Ok(count) {
                return Err(otherwise);
            }
        }
        Ok(&mut *self.connection)
    }
}

/// The parts in one statement, which tells how many rows those changed that must change some.
fn text(parts: &[BundlePart]) -> String {
    let (mut with, mut counts) = (Vec::new(), Vec::new());
    for (number, BundlePart { text, exactly, .. }) in parts.iter().enumerate() {
        if exactly.is_some() {
            with.push(format!("deel{number} AS ({text} RETURNING 1)"));
            counts.push(format!("(SELECT count(*) FROM deel{number})"));
        } else {
            with.push(format!("deel{number} AS ({text})"));
        }
    }
    format!("WITH {} SELECT ARRAY[{}]::bigint[]", with.join(", "), counts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_one_statement_that_counts_where_it_matters() {
        let part = |text: &str, exactly| BundlePart { table: "t", text: text.to_owned(), exactly };
        let parts = [part("een", None), part("twee", Some((2, StoreError::Full))), part("drie", None)];
        let expected = "WITH deel0 AS (een), deel1 AS (twee RETURNING 1), deel2 AS (drie) \
            SELECT ARRAY[(SELECT count(*) FROM deel1)]::bigint[]";
        assert_eq!(text(&parts), expected);
        assert_eq!(text(&parts[..1]), "WITH deel0 AS (een) SELECT ARRAY[]::bigint[]");
    }
}
