//! Reads by texts that both engines understand.

use super::bulk::{failed, instant, moment};
use super::{PgStore, facts};
use crate::clock::Moment;
use crate::codes::Datum;
use crate::state::{FactKeys, WorkingSet};
use crate::store::StoreError;
use crate::store::convert::Coded;
use crate::store::read::{Ask, Key, Reads, Row, Value};
use async_trait::async_trait;
use sqlx::postgres::{PgRow, PgValueRef};
use sqlx::{Decode, Postgres, Row as _, TypeInfo, ValueRef};

#[async_trait]
impl Reads for PgStore {
    async fn rows(&self, ask: Ask) -> Result<Vec<Row>, StoreError> {
        let Ask { doing, table, sql, keys } = ask;
        let query = keys.into_iter().fold(sqlx::query(sql), |query, key| match key {
            Key::Integer(number) => query.bind(number),
            Key::Day(day) => query.bind(day),
            Key::Moment(moment) => query.bind(instant(moment)),
            Key::Text(text) => query.bind(text),
            Key::Bytes(bytes) => query.bind(bytes),
        });
        let fetch = async { query.fetch_all(&self.reader).await.map_err(failed(doing)) };
        self.answers.to(fetch).await?.iter().map(|row| read_row(row, table)).collect()
    }

    async fn facts(&self, keys: &FactKeys) -> Result<WorkingSet, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(failed("gegevens lezen"))?;
        let load = async {
            let mut known = facts::load(&mut connection, keys).await?;
            facts::numbers(&mut connection, keys, &mut known).await?;
            Ok(known)
        };
        self.answers.to(load).await
    }
}

fn read_row(row: &PgRow, table: &'static str) -> Result<Row, StoreError> {
    let value = |at: usize| {
        let raw = row.try_get_raw(at).map_err(|_| StoreError::Corrupt(table))?;
        read_value(raw).ok_or(StoreError::Corrupt(table))
    };
    Ok(Row::new(table, (0..row.len()).map(value).collect::<Result<_, _>>()?))
}

/// None: a type that no column of ours has.
fn read_value(raw: PgValueRef<'_>) -> Option<Value> {
    if raw.is_null() {
        return Some(Value::Null);
    }
    let name = raw.type_info().name().to_owned();
    Some(match name.as_str() {
        "INT2" => Value::Integer(decode::<i16>(raw)?.into()),
        "INT4" => Value::Integer(decode::<i32>(raw)?.into()),
        "INT8" => Value::Integer(decode(raw)?),
        "BOOL" => Value::Integer(decode::<bool>(raw)?.into()),
        "DATE" => Value::Integer(decode::<Datum>(raw)?.to_integer()),
        "TIMESTAMP" => Value::Integer(decode::<Moment>(raw)?.to_integer()),
        "TIMESTAMPTZ" => Value::Integer(moment(decode(raw)?).to_integer()),
        "TEXT" => Value::Text(decode(raw)?),
        "BYTEA" => Value::Bytes(decode(raw)?),
        _ => return None,
    })
}

fn decode<'r, T: Decode<'r, Postgres>>(raw: PgValueRef<'r>) -> Option<T> {
    T::decode(raw).ok()
}
