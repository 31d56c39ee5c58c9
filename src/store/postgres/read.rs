//! Reads by queries that both engines understand.

use super::bulk::{failed, moment};
use super::shared::arguments;
use super::{PgStore, facts};
use crate::clock::Moment;
use crate::codes::Datum;
use crate::state::{FactKeys, WorkingSet};
use crate::store::StoreError;
use crate::store::both::Query;
use crate::store::convert::Coded;
use crate::store::read::{OwnCell, OwnRow, Reads};
use async_trait::async_trait;
use sqlx::postgres::{PgRow, PgValueRef};
use sqlx::{Decode, Postgres, Row as _, TypeInfo, ValueRef};

#[async_trait]
impl Reads for PgStore {
    async fn rows(&self, query: Query) -> Result<Vec<OwnRow>, StoreError> {
        let Query { doing, table, text, values } = query;
        let query = sqlx::query_with(text.postgres, arguments(values));
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

fn read_row(row: &PgRow, table: &'static str) -> Result<OwnRow, StoreError> {
    let value = |at: usize| {
        let raw = row.try_get_raw(at).map_err(|_| StoreError::Corrupt(table))?;
        read_value(raw).ok_or(StoreError::Corrupt(table))
    };
    Ok(OwnRow::new(table, (0..row.len()).map(value).collect::<Result<_, _>>()?))
}

/// None: a type that no column of ours has.
fn read_value(raw: PgValueRef<'_>) -> Option<OwnCell> {
    if raw.is_null() {
        return Some(OwnCell::Null);
    }
    let name = raw.type_info().name().to_owned();
    Some(match name.as_str() {
        "INT2" => OwnCell::Integer(decode::<i16>(raw)?.into()),
        "INT4" => OwnCell::Integer(decode::<i32>(raw)?.into()),
        "INT8" => OwnCell::Integer(decode(raw)?),
        "BOOL" => OwnCell::Integer(decode::<bool>(raw)?.into()),
        "DATE" => OwnCell::Integer(decode::<Datum>(raw)?.to_integer()),
        "TIMESTAMP" => OwnCell::Integer(decode::<Moment>(raw)?.to_integer()),
        "TIMESTAMPTZ" => OwnCell::Integer(moment(decode(raw)?).to_integer()),
        "TEXT" => OwnCell::Text(decode(raw)?),
        "BYTEA" => OwnCell::Bytes(decode(raw)?),
        _ => return None,
    })
}

fn decode<'r, T: Decode<'r, Postgres>>(raw: PgValueRef<'r>) -> Option<T> {
    T::decode(raw).ok()
}
