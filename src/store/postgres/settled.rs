//! Settled journal number: up to which nothing can still arrive, without stopping who decides.

use super::bulk::failed;
use super::{DECIDING, LOCKS};
use crate::store::StoreError;
use sqlx::postgres::PgPool;
use std::collections::BTreeSet;
use std::time::Duration;

type Result<T> = std::result::Result<T, StoreError>;

/// Between two looks at who is still busy.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How often is looked before it is left for later.
const LOOKS: u32 = 500;

/// Every number is drawn by a transaction that holds the lock on deciding, and committed or lost when it ends.
/// So once everybody who held it after the number was read has ended, all up to that number is there.
pub async fn settled(reader: &PgPool) -> Result<i64> {
    const DRAWN: &str = "SELECT coalesce(pg_sequence_last_value('reeks_journaal'), 0)";
    const LAST: &str = "SELECT coalesce(max(nummer), 0) FROM journaal WHERE nummer <= $1";
    let doing = failed("het journaal lezen");
    let drawn: i64 = sqlx::query_scalar(DRAWN).fetch_one(reader).await.map_err(&doing)?;
    let mut busy = deciding(reader).await?;
    for _ in 0..LOOKS {
        if busy.is_empty() {
            return sqlx::query_scalar(LAST).bind(drawn).fetch_one(reader).await.map_err(&doing);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        let now = deciding(reader).await?;
        busy.retain(|transaction| now.contains(transaction));
    }
    Ok(0)
}

/// Transactions that hold the lock on deciding.
async fn deciding(reader: &PgPool) -> Result<BTreeSet<String>> {
    const HOLDERS: &str = "SELECT virtualtransaction FROM pg_locks
        WHERE locktype = 'advisory' AND classid = $1::oid AND objid = $2::oid AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let holders =
        sqlx::query_scalar(HOLDERS).bind(i64::from(LOCKS)).bind(i64::from(DECIDING)).fetch_all(reader);
    Ok(holders.await.map_err(failed("het journaal lezen"))?.into_iter().collect())
}
