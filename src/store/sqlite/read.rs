//! Reads by texts that both engines understand.

use super::bulk::failed;
use super::{SqliteStore, facts};
use crate::state::{FactKeys, WorkingSet};
use crate::store::StoreError;
use crate::store::convert::Coded;
use crate::store::read::{Ask, Key, Reads, Row, Value};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, TypeInfo, ValueRef};

#[async_trait]
impl Reads for SqliteStore {
    async fn rows(&self, ask: Ask) -> Result<Vec<Row>, StoreError> {
        let Ask { doing, table, sql, keys } = ask;
        let query = keys.into_iter().fold(sqlx::query(sql), |query, key| match key {
            Key::Integer(number) => query.bind(number),
            Key::Day(day) => query.bind(day.to_integer()),
            Key::Moment(moment) => query.bind(moment.to_integer()),
            Key::Text(text) => query.bind(text),
            Key::Bytes(bytes) => query.bind(bytes),
        });
        let rows = query.fetch_all(&self.reader).await.map_err(failed(doing))?;
        rows.iter().map(|row| read_row(row, table)).collect()
    }

    async fn facts(&self, keys: &FactKeys) -> Result<WorkingSet, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(failed("gegevens lezen"))?;
        facts::load(&mut connection, keys).await
    }
}

fn read_row(row: &SqliteRow, table: &'static str) -> Result<Row, StoreError> {
    let corrupt = |_| StoreError::Corrupt(table);
    let value = |at: usize| {
        let raw = row.try_get_raw(at).map_err(corrupt)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        Ok(match raw.type_info().name() {
            "INTEGER" => Value::Integer(row.try_get_unchecked(at).map_err(corrupt)?),
            "TEXT" => Value::Text(row.try_get_unchecked(at).map_err(corrupt)?),
            "BLOB" => Value::Bytes(row.try_get_unchecked(at).map_err(corrupt)?),
            _ => return Err(StoreError::Corrupt(table)),
        })
    };
    Ok(Row::new(table, (0..row.len()).map(value).collect::<Result<_, _>>()?))
}
