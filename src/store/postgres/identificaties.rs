//! Identificaties of our answers, reserved for a batch before it is decided. Nearly every answer takes one: were they
//! counted in the transaction that uses them, all who answer for a gemeente would wait for each other's commits.
//! What a batch does not use stays unused: gaps mean nothing.

use super::bulk::{codes, failed};
use crate::codes::GemeenteCode;
use crate::state::{FactKeys, Identificaties, Reeks};
use crate::store::StoreError;
use crate::store::convert::Coded;
use sqlx::postgres::PgPool;
use std::collections::BTreeMap;
use std::ops::Range;

type Result<T> = std::result::Result<T, StoreError>;

/// What was reserved, by gemeente. Where a range is used up it begins behind the range.
pub type Reserved = BTreeMap<GemeenteCode, Range<i64>>;

const DOING: &str = "identificaties reserveren";

/// Reserves what the messages of a batch may need, whatever becomes of them. A crash of the server may forget it,
/// together with all that used it: the log is kept in order.
pub async fn reserve(pool: &PgPool, keys: &FactKeys) -> Result<Reserved> {
    let mut needed = keys.nummers.clone();
    let mut reserved = take(pool, &needed).await?;
    needed.retain(|gemeente, _| !reserved.contains_key(gemeente));
    if !needed.is_empty() {
        begin(pool, &needed).await?;
        reserved.extend(take(pool, &needed).await?);
    }
    Ok(reserved)
}

/// Takes from ranges that were used before; in one order for all, so that nobody waits in a circle.
async fn take(pool: &PgPool, needed: &BTreeMap<GemeenteCode, Identificaties>) -> Result<Reserved> {
    const SQL: &str = "WITH nodig AS (
            SELECT n.gemeente, greatest(n.volgende, k.van) AS eerste, k.tot, k.aantal
            FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) k (gemeente, van, tot, aantal)
            JOIN nummerreeks n ON n.gemeente = k.gemeente AND n.reeks = $5
            ORDER BY n.gemeente FOR UPDATE OF n)
        UPDATE nummerreeks SET volgende = greatest(eerste, least(eerste + aantal, tot + 1))
        FROM nodig, (SELECT set_config('synchronous_commit', 'off', true)) s
        WHERE nummerreeks.gemeente = nodig.gemeente AND nummerreeks.reeks = $5
        RETURNING nodig.gemeente::bigint, nodig.eerste";
    if needed.is_empty() {
        return Ok(Reserved::new());
    }
    let integers = |of: fn(&Identificaties) -> i64| -> Vec<i64> { needed.values().map(of).collect() };
    let query = sqlx::query_as(SQL).bind(codes(needed.keys().copied()));
    let query = query.bind(integers(|needed| needed.van)).bind(integers(|needed| needed.tot));
    let query = query.bind(integers(|needed| i64::from(needed.aantal))).bind(Reeks::Identificatie.as_str());
    let rows: Vec<(i64, i64)> = query.fetch_all(pool).await.map_err(failed(DOING))?;
    let range = |(gemeente, first): (i64, i64)| {
        let gemeente = GemeenteCode::from_integer(gemeente)?;
        let count = needed.get(&gemeente)?.aantal;
        Some((gemeente, first..first + i64::from(count)))
    };
    rows.into_iter().map(|row| range(row).ok_or(StoreError::corrupt("nummerreeks"))).collect()
}

/// Ranges that were never used begin.
async fn begin(pool: &PgPool, needed: &BTreeMap<GemeenteCode, Identificaties>) -> Result<()> {
    const SQL: &str = "INSERT INTO nummerreeks (gemeente, reeks, volgende)
        SELECT gemeente, $3, van FROM UNNEST($1::bigint[], $2::bigint[]) k (gemeente, van) ORDER BY gemeente
        ON CONFLICT DO NOTHING";
    let first: Vec<i64> = needed.values().map(|needed| needed.van).collect();
    let query = sqlx::query(SQL).bind(codes(needed.keys().copied())).bind(first);
    let done = query.bind(Reeks::Identificatie.as_str()).execute(pool).await;
    done.map(drop).map_err(failed(DOING))
}
