//! Which messages a worker takes: the oldest open ones of aanbieders that nobody else has, those that it has at hand
//! first.
//!
//! A queue in a table leaves behind, in front of what waits, the index entries of what was decided, until the
//! server tidies up. So a worker remembers from which message on there is something to find.

use super::bulk::failed;
use super::claim::{DOING, as_count};
use crate::store::{StoreError, TakeLimit, Waiting, claimable};
use sqlx::postgres::PgConnection;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

type Result<T> = std::result::Result<T, StoreError>;

/// Class of the locks on aanbieders.
const AANBIEDERS: i32 = 7303;
/// Most aanbieders in one transaction.
const AANBIEDERS_MAX: i64 = 256;
/// A batch of one part in so many, in messages or bytes, is small.
const SMALL_PART: usize = 4;
/// One look in so many begins with the first message of all: one that was set aside may be open again.
const FROM_THE_FIRST: u32 = 64;

/// Before which message nothing is open, as far as is known.
#[derive(Debug, Default)]
pub struct Oldest {
    arrival: AtomicI64,
    looks: AtomicU32,
}

impl Oldest {
    fn begin(&self) -> i64 {
        let look = self.looks.fetch_add(1, Ordering::Relaxed);
        if look.is_multiple_of(FROM_THE_FIRST) { 0 } else { self.arrival.load(Ordering::Relaxed) }
    }

    fn found(&self, arrival: i64) {
        self.arrival.store(arrival, Ordering::Relaxed);
    }
}

/// The oldest open messages of aanbieders that nobody has: they are locked until the transaction ends.
pub async fn of_free_aanbieders(
    connection: &mut PgConnection,
    oldest: &Oldest,
    limit: TakeLimit,
    own: &[i64],
) -> Result<Vec<Waiting>> {
    const OPEN: &str = "SELECT i.aankomst, i.lengte, i.pogingen FROM UNNEST($1::bigint[]) k (aankomst)
        JOIN inkomend i ON i.aankomst = k.aankomst AND i.status IS NOT DISTINCT FROM 'open'
        ORDER BY i.aankomst LIMIT $2";
    let from = oldest.begin();
    let mut look = Look::at(connection, from, limit, own).await?;
    if look.waiting.is_empty() && from > 0 {
        look = Look::at(connection, 0, limit, own).await?;
    }
    oldest.found(look.waiting.first().copied().unwrap_or_default());
    let mut arrivals = look.free();
    if arrivals.is_empty() && look.waiting.len() >= in_sight(limit).messages {
        // All that is in sight belongs to others.
        arrivals = beyond(connection).await?;
    }
    if arrivals.is_empty() {
        return Ok(Vec::new());
    }
    // A statement of its own: it sees what the last holder of these locks committed.
    let query = sqlx::query_as(OPEN).bind(arrivals).bind(as_count(limit));
    let open = query.fetch_all(connection).await.map_err(failed(DOING))?;
    Ok(claimable(open, limit.bytes))
}

/// So many messages show who has to wait longest.
const fn in_sight(limit: TakeLimit) -> TakeLimit {
    TakeLimit { messages: limit.messages.saturating_mul(2), bytes: limit.bytes }
}

/// The oldest open messages, and which aanbieders among theirs nobody else has.
struct Look {
    waiting: Vec<i64>,
    aanbieders: Vec<i32>,
    free: Vec<i32>,
}

impl Look {
    /// Locks aanbieders among the oldest open messages, own ones first and those that wait longest. A quarter of them leaves
    /// work for others; but as many as make a small batch, which is not worth sharing.
    async fn at(connection: &mut PgConnection, from: i64, limit: TakeLimit, own: &[i64]) -> Result<Self> {
        const SQL: &str = "WITH venster AS MATERIALIZED (
                SELECT aankomst, aanbieder, lengte FROM inkomend
                WHERE status = 'open' AND aankomst >= $1 AND aanbieder IS NOT NULL
                ORDER BY aankomst LIMIT $2
            ), rij AS MATERIALIZED (
                SELECT aanbieder, sum(berichten) OVER beurt AS berichten, sum(lengte) OVER beurt AS lengte
                FROM (SELECT aanbieder, min(aankomst) AS oudste, bool_or(aankomst = ANY($7)) AS eigen,
                        count(*) AS berichten, sum(lengte) AS lengte FROM venster GROUP BY aanbieder) a
                WINDOW beurt AS (ORDER BY eigen DESC, oudste) ORDER BY eigen DESC, oudste
            )
            SELECT ARRAY(SELECT aankomst FROM venster ORDER BY aankomst),
                ARRAY(SELECT aanbieder FROM venster ORDER BY aankomst),
                ARRAY(SELECT aanbieder FROM rij WHERE pg_try_advisory_xact_lock($3, aanbieder)
                    LIMIT least($4, greatest((SELECT (count(*) + 3) / 4 FROM rij),
                        (SELECT count(*) FROM rij WHERE berichten <= $5 AND lengte <= $6))))";
        let small = TakeLimit { messages: limit.messages / SMALL_PART, bytes: limit.bytes / SMALL_PART };
        let query = sqlx::query_as(SQL).bind(from).bind(as_count(in_sight(limit)));
        let query = query.bind(AANBIEDERS).bind(AANBIEDERS_MAX).bind(as_count(small));
        let query = query.bind(i64::try_from(small.bytes).unwrap_or(i64::MAX)).bind(own);
        let (waiting, aanbieders, free) = query.fetch_one(connection).await.map_err(failed(DOING))?;
        Ok(Self { waiting, aanbieders, free })
    }

    /// The messages of aanbieders that are ours now.
    fn free(&self) -> Vec<i64> {
        let waiting = self.waiting.iter().zip(&self.aanbieders);
        waiting.filter(|(_, aanbieder)| self.free.contains(aanbieder)).map(|(arrival, _)| *arrival).collect()
    }
}

/// The oldest message of every aanbieder that nobody has: one step through the index for each.
async fn beyond(connection: &mut PgConnection) -> Result<Vec<i64>> {
    const SQL: &str = "WITH RECURSIVE wacht AS (
            (SELECT aanbieder, aankomst FROM inkomend WHERE status = 'open' AND aanbieder IS NOT NULL
             ORDER BY aanbieder, aankomst LIMIT 1)
            UNION ALL
            SELECT n.aanbieder, n.aankomst FROM wacht w CROSS JOIN LATERAL (
                SELECT aanbieder, aankomst FROM inkomend WHERE status = 'open' AND aanbieder > w.aanbieder
                ORDER BY aanbieder, aankomst LIMIT 1) n
        ), oudste AS MATERIALIZED (SELECT aanbieder, aankomst FROM wacht ORDER BY aankomst)
        SELECT aankomst FROM oudste WHERE pg_try_advisory_xact_lock($1, aanbieder)
        LIMIT least($2, (SELECT (count(*) + 3) / 4 FROM oudste))";
    let query = sqlx::query_scalar(SQL).bind(AANBIEDERS).bind(AANBIEDERS_MAX);
    query.fetch_all(connection).await.map_err(failed(DOING))
}
