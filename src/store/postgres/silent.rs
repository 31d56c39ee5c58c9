//! Silent sessions: sessions of ours that stand still in the middle of a statement.
//!
//! A network can keep a connection open that carries nothing any more. When that happens between two parts of a
//! statement the server counts the session as busy, and none of its own limits ends it before version 17. What it
//! holds is waited for by all who decide, publish or take in; so whoever still works ends it.

use super::bulk::failed;
use super::patience::Patience;
use super::{APPLICATION, LOCKS};
use crate::store::StoreError;
use sqlx::postgres::PgPool;

/// Only sessions that hold one of our locks: a report that is read slowly stands still as well, and holds up nobody.
const SQL: &str = "SELECT count(*) FROM (
        SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
        WHERE a.datname = current_database() AND a.usename = current_user AND a.application_name = $1
        AND a.pid <> pg_backend_pid() AND a.state = 'active' AND a.wait_event IN ('ClientRead', 'ClientWrite')
        AND a.state_change < clock_timestamp() - make_interval(secs => $2)
        AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.classid::bigint = $3)
        OFFSET 0
    ) beëindigd";

/// Ends them, once they stood still for as long as a session may stand still in a transaction; gives how many.
pub async fn end(reader: &PgPool, patience: Patience) -> Result<u64, StoreError> {
    let query =
        sqlx::query_scalar(SQL).bind(APPLICATION).bind(patience.idle.as_secs_f64()).bind(i64::from(LOCKS));
    let ended: i64 = query.fetch_one(reader).await.map_err(failed("stilstaande sessies beëindigen"))?;
    Ok(u64::try_from(ended).unwrap_or_default())
}
