//! Reads by queries that both engines understand.

use super::bulk::failed;
use super::shared::arguments;
use super::{SqliteStore, facts};
use crate::state::{FactKeys, WorkingSet};
use crate::store::StoreError;
use crate::store::both::Query;
use crate::store::read::{OwnCell, OwnRow, Reads};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, TypeInfo, ValueRef};

#[async_trait]
impl Reads for SqliteStore {
    async fn rows(&self, query: Query) -> Result<Vec<OwnRow>, StoreError> {
        let Query { doing, table, text, values } = query;
        let query = sqlx::query_with(text.sqlite, arguments(values));
        let rows = query.fetch_all(&self.reader).await.map_err(failed(doing))?;
        rows.iter().map(|row| read_row(row, table)).collect()
    }

    async fn facts(&self, keys: &FactKeys) -> Result<WorkingSet, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(failed("gegevens lezen"))?;
        facts::load(&mut connection, keys).await
    }
}

fn read_row(row: &SqliteRow, table: &'static str) -> Result<OwnRow, StoreError> {
    let corrupt = |_| StoreError::Corrupt(table);
    let value = |at: usize| {
        let raw = row.try_get_raw(at).map_err(corrupt)?;
        if raw.is_null() {
            return Ok(OwnCell::Null);
        }
        Ok(match raw.type_info().name() {
            "INTEGER" => OwnCell::Integer(row.try_get_unchecked(at).map_err(corrupt)?),
            "TEXT" => OwnCell::Text(row.try_get_unchecked(at).map_err(corrupt)?),
            "BLOB" => OwnCell::Bytes(row.try_get_unchecked(at).map_err(corrupt)?),
            _ => return Err(StoreError::Corrupt(table)),
        })
    };
    Ok(OwnRow::new(table, (0..row.len()).map(value).collect::<Result<_, _>>()?))
}
