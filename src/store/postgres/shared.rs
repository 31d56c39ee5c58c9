//! Runs the statements that both engines share.

use super::bulk::{Cursor, failed, instant};
use crate::store::StoreError;
use crate::store::both::{Engine, Query, Value};
use sqlx::Arguments;
use sqlx::postgres::{PgArguments, PgConnection, PgExecutor, PgPool};

type Result<T> = std::result::Result<T, StoreError>;

impl Engine for &PgPool {
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

impl Engine for &mut PgConnection {
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
    connection: impl PgExecutor<'_>,
    query: Query,
    read: impl Fn(&mut Cursor<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let Query { doing, table, text, values } = query;
    let query = sqlx::query_with(text.postgres, arguments(values));
    let rows = query.fetch_all(connection).await.map_err(failed(doing))?;
    rows.iter().map(|row| read(&mut Cursor::new(row, table))).collect()
}

async fn run(connection: impl PgExecutor<'_>, query: Query) -> Result<u64> {
    let Query { doing, text, values, .. } = query;
    let done = sqlx::query_with(text.postgres, arguments(values)).execute(connection).await;
    Ok(done.map_err(failed(doing))?.rows_affected())
}

pub(super) fn arguments(values: Vec<Value>) -> PgArguments {
    let mut arguments = PgArguments::default();
    for value in values {
        // Encoding into memory fails for no type that is used here.
        let encoded = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Day(value) => arguments.add(value),
            Value::Moment(value) => arguments.add(instant(value)),
            Value::Term(value) => arguments.add(value),
            Value::Integers(values) => arguments.add(values),
            Value::Texts(values) => arguments.add(values),
        };
        debug_assert!(encoded.is_ok());
    }
    arguments
}
