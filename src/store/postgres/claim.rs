//! Which worker decides what, side by side with others.
//!
//! The unit of order is the relatie. The lock is one step wider: the aanbieder, whose references must be
//! unique over all gemeenten (TR314, TR333, TR347), so that what is looked up and not found stays not
//! found until the decision is recorded. A worker takes the aanbieders that wait longest and that nobody else
//! has (`queue`). What crosses aanbieders is locked by key before facts are read, in one order for all. The
//! server frees all of it when the worker's session ends, however it ends.
//!
//! Journal numbers are drawn after the facts were read: whoever was waited for drew lower ones. So
//! journal order is an order in which one worker alone would have decided the same.

use super::bulk::failed;
use super::inbox::read_taken;
use super::{DECIDING, LOCKS};
use crate::codes::GemeenteCode;
use crate::messages::Partij;
use crate::state::FactKeys;
use crate::store::convert::{Coded, toewijzing_key};
use crate::store::{PackedMessage, StoreError, TakeLimit, TakenMessage, Waiting, claimable};
use sqlx::postgres::{PgConnection, PgPool};

type Result<T> = std::result::Result<T, StoreError>;

/// Above this many assignments a batch is about claims, which look assignments up and make none.
const NEW_ASSIGNMENTS_MAX: usize = 1024;

pub(super) const DOING: &str = "berichten ophalen";

/// How a transaction that decides keeps off others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Nobody else decides anything meanwhile.
    Alone,
    /// Other workers decide other aanbieders.
    BesideOthers,
}

/// Waits for the right to decide, alone or beside others, until the transaction ends.
pub async fn enter(connection: &mut PgConnection, manner: Manner) -> Result<()> {
    const ALONE: &str = "SELECT pg_advisory_xact_lock($1, $2)";
    const BESIDE: &str = "SELECT pg_advisory_xact_lock_shared($1, $2)";
    let sql = if manner == Manner::Alone { ALONE } else { BESIDE };
    let done = sqlx::query(sql).bind(LOCKS).bind(DECIDING).execute(connection).await;
    done.map(drop).map_err(failed("op andere verwerkingen wachten"))
}

/// The newest version of the register.
pub async fn register_version(connection: &mut PgConnection) -> Result<i64> {
    const SQL: &str = "SELECT coalesce(max(versie), 0) FROM registerversie";
    sqlx::query_scalar(SQL).fetch_one(connection).await.map_err(failed(DOING))
}

/// What processes of an earlier version stored waits with the rest from now on; for whoever decides alone.
pub async fn take_over(pool: &PgPool) -> Result<()> {
    sqlx::query("SELECT neem_over()").execute(pool).await.map(drop).map_err(failed(DOING))
}

/// The oldest waiting messages of which the relatie is not known; for whoever decides alone.
pub async fn of_unknown_relaties(connection: &mut PgConnection, limit: TakeLimit) -> Result<Vec<Waiting>> {
    const MESSAGES: &str = "SELECT aankomst, lengte, pogingen FROM wachtrij
        WHERE aanbieder IS NULL ORDER BY aankomst LIMIT $1";
    let query = sqlx::query_as(MESSAGES).bind(as_count(limit));
    let open = query.fetch_all(connection).await.map_err(failed(DOING))?;
    Ok(claimable(open, limit.bytes))
}

pub(super) fn as_count(limit: TakeLimit) -> i64 {
    i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX)
}

/// What these messages are.
pub async fn content(
    connection: &mut PgConnection,
    arrivals: &[i64],
) -> Result<Vec<TakenMessage<PackedMessage>>> {
    let rows = sqlx::query(super::inbox::CONTENT).bind(arrivals).fetch_all(connection).await;
    rows.map_err(failed(DOING))?.iter().map(read_taken).collect()
}

/// Counts that those that still wait are in hand, whatever becomes of the transaction that decides them. A crash of the
/// server may forget it; a crash of a worker does not. In order: number, length and times in hand before.
pub async fn count_in_hand(pool: &PgPool, arrivals: &[i64]) -> Result<Vec<(i64, i64, i64)>> {
    const SQL: &str = "UPDATE wachtrij SET pogingen = pogingen + 1
        FROM (SELECT set_config('synchronous_commit', 'off', true)) s WHERE aankomst = ANY($1)
        RETURNING aankomst, lengte, pogingen - 1";
    let counted = sqlx::query_as(SQL).bind(arrivals).fetch_all(pool).await;
    let mut counted: Vec<(i64, i64, i64)> = counted.map_err(failed("pogingen tellen"))?;
    counted.sort_unstable();
    Ok(counted)
}

/// Takes back that messages were in hand.
pub async fn uncount(pool: &PgPool, arrivals: &[i64]) -> Result<()> {
    const SQL: &str = "UPDATE wachtrij SET pogingen = greatest(pogingen - 1, 0) WHERE aankomst = ANY($1)";
    let done = sqlx::query(SQL).bind(arrivals).execute(pool).await;
    done.map(drop).map_err(failed("pogingen terugnemen"))
}

/// Locks what messages of different aanbieders share: clients with all their assignments, new numbers of
/// assignments, identificaties of a gemeente, budgets and ceilings that can
/// hold, and children that are compared over gemeenten.
pub async fn lock_shared_facts(connection: &mut PgConnection, keys: &FactKeys) -> Result<()> {
    let mut locks: Vec<i64> = Vec::new();
    for (gemeente, bsn) in &keys.clienten {
        locks.push(client_lock(gemeente.to_integer(), bsn.to_integer()));
    }
    for (afzender, soort, identificatie) in &keys.identificaties {
        if let Partij::Gemeente(gemeente) = afzender {
            let key = format!("{} {} {identificatie}", gemeente.to_integer(), soort.to_integer());
            locks.push(lock_number(2, key.as_bytes()));
        }
    }
    if keys.toewijzingen.len() <= NEW_ASSIGNMENTS_MAX && !keys.clienten.is_empty() {
        for (gemeente, nummer) in &keys.toewijzingen {
            locks.push(lock_number(3, &toewijzing_key(*gemeente, *nummer).to_be_bytes()));
        }
    }
    locks.extend(keys.kinderen.iter().map(|bsn| lock_number(6, &bsn.to_integer().to_be_bytes())));
    locks.extend(keys.budgetten.iter().map(|key| lock_number(5, key.as_bytes())));
    lock_all(connection, locks).await
}

/// Locks the ranges that numbers of assignments are handed out from; last of all: while one worker writes, the
/// next has its facts already.
pub async fn lock_numbers(connection: &mut PgConnection, keys: &FactKeys) -> Result<()> {
    let lock = |gemeente: &GemeenteCode| lock_number(4, &gemeente.to_integer().to_be_bytes());
    lock_all(connection, keys.bezette_nummers.keys().map(lock).collect()).await
}

/// Locks clients that were not known: whoever is making them known goes first.
pub async fn lock_clients(
    connection: &mut PgConnection,
    clients: impl Iterator<Item = (i64, i64)>,
) -> Result<()> {
    lock_all(connection, clients.map(|(gemeente, bsn)| client_lock(gemeente, bsn)).collect()).await
}

fn client_lock(gemeente: i64, bsn: i64) -> i64 {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&gemeente.to_be_bytes());
    key[8..].copy_from_slice(&bsn.to_be_bytes());
    lock_number(1, &key)
}

/// In one order for all, so that nobody waits in a circle.
async fn lock_all(connection: &mut PgConnection, mut locks: Vec<i64>) -> Result<()> {
    const SQL: &str = "SELECT pg_advisory_xact_lock(k) FROM UNNEST($1::bigint[]) k";
    locks.sort_unstable();
    locks.dedup();
    if locks.is_empty() {
        return Ok(());
    }
    let done = sqlx::query(SQL).bind(locks).execute(connection).await;
    done.map(drop).map_err(failed("op andere verwerkingen wachten"))
}

/// FNV-1a: the same in every process and version. Two keys with one number only wait for each other.
fn lock_number(kind: u8, key: &[u8]) -> i64 {
    let hash = [kind].iter().chain(key).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.cast_signed()
}
