//! Which messages a worker takes: the oldest open ones of gemeenten and aanbieders that nobody else has.
//!
//! A queue in a table leaves behind, in front of what waits, the index entries of what was decided, until the
//! server tidies up. So a worker remembers from which message on there is something to find.

use super::bulk::failed;
use super::claim::{DOING, as_count, content};
use crate::store::{StoreError, TakeLimit, Taken};
use sqlx::postgres::PgConnection;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

type Result<T> = std::result::Result<T, StoreError>;

/// Class of the locks on aanbieders.
const AANBIEDERS: i32 = 7303;
/// Class of the locks on gemeenten.
const GEMEENTEN: i32 = 7304;
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

/// The oldest open messages of relaties that nobody has: they are locked until the transaction ends.
pub async fn of_free_relaties(
    connection: &mut PgConnection,
    oldest: &Oldest,
    limit: TakeLimit,
) -> Result<Vec<Taken>> {
    const OPEN: &str = "SELECT i.aankomst, i.lengte, i.pogingen FROM UNNEST($1::bigint[]) k (aankomst)
        JOIN inkomend i ON i.aankomst = k.aankomst AND i.status IS NOT DISTINCT FROM 'open'
        ORDER BY i.aankomst LIMIT $2";
    let from = oldest.begin();
    let mut look = Look::at(connection, from, limit).await?;
    if look.waiting.is_empty() && from > 0 {
        look = Look::at(connection, 0, limit).await?;
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
    let open = query.fetch_all(&mut *connection).await.map_err(failed(DOING))?;
    content(connection, open, limit).await
}

/// So many messages show who has to wait longest.
const fn in_sight(limit: TakeLimit) -> TakeLimit {
    TakeLimit { messages: limit.messages.saturating_mul(2), bytes: limit.bytes }
}

/// The oldest open messages, column by column, and of which parties none is in other hands.
struct Look {
    waiting: Vec<i64>,
    gemeenten: Vec<i16>,
    aanbieders: Vec<i32>,
    free_gemeenten: Vec<i16>,
    free_aanbieders: Vec<i32>,
}

impl Look {
    /// Locks gemeenten among the oldest open messages, those that wait longest first, and aanbieders of their
    /// messages. Answers of a gemeente take numbers from one range: who decides for it has it to itself. A quarter
    /// of the gemeenten and half of their aanbieders leave work for others; but as many as make a small batch, which
    /// is not worth sharing.
    async fn at(connection: &mut PgConnection, from: i64, limit: TakeLimit) -> Result<Self> {
        const SQL: &str = "WITH venster AS MATERIALIZED (
                SELECT aankomst, gemeente, aanbieder, lengte FROM inkomend
                WHERE status = 'open' AND aankomst >= $1 AND aanbieder IS NOT NULL
                ORDER BY aankomst LIMIT $2
            ), rij AS MATERIALIZED (
                SELECT gemeente, sum(berichten) OVER oudste AS berichten, sum(lengte) OVER oudste AS lengte
                FROM (SELECT gemeente, min(aankomst) AS oudste, count(*) AS berichten, sum(lengte) AS lengte
                    FROM venster GROUP BY gemeente) g
                WINDOW oudste AS (ORDER BY oudste) ORDER BY oudste
            ), vrij AS MATERIALIZED (
                SELECT gemeente FROM rij WHERE pg_try_advisory_xact_lock($3, gemeente)
                LIMIT greatest((SELECT (count(*) + 3) / 4 FROM rij),
                    (SELECT count(*) FROM rij WHERE berichten <= $4 AND lengte <= $5))
            ), daarvan AS MATERIALIZED (
                SELECT aanbieder, sum(berichten) OVER oudste AS berichten, sum(lengte) OVER oudste AS lengte
                FROM (SELECT aanbieder, min(aankomst) AS oudste, count(*) AS berichten, sum(lengte) AS lengte
                    FROM venster WHERE gemeente IN (SELECT gemeente FROM vrij) GROUP BY aanbieder) a
                WINDOW oudste AS (ORDER BY oudste) ORDER BY oudste
            )
            SELECT ARRAY(SELECT aankomst FROM venster ORDER BY aankomst) AS waiting,
                ARRAY(SELECT gemeente FROM venster ORDER BY aankomst) AS gemeenten,
                ARRAY(SELECT aanbieder FROM venster ORDER BY aankomst) AS aanbieders,
                ARRAY(SELECT gemeente FROM vrij) AS free_gemeenten,
                ARRAY(SELECT aanbieder FROM daarvan WHERE pg_try_advisory_xact_lock($6, aanbieder)
                    LIMIT least($7, greatest((SELECT (count(*) + 1) / 2 FROM daarvan),
                        (SELECT count(*) FROM daarvan WHERE berichten <= $4 AND lengte <= $5)))
                ) AS free_aanbieders";
        let small = TakeLimit { messages: limit.messages / SMALL_PART, bytes: limit.bytes / SMALL_PART };
        let query = sqlx::query_as(SQL).bind(from).bind(as_count(in_sight(limit)));
        let query = query.bind(GEMEENTEN).bind(as_count(small));
        let query = query.bind(i64::try_from(small.bytes).unwrap_or(i64::MAX));
        let query = query.bind(AANBIEDERS).bind(AANBIEDERS_MAX);
        let (waiting, gemeenten, aanbieders, free_gemeenten, free_aanbieders) =
            query.fetch_one(connection).await.map_err(failed(DOING))?;
        Ok(Self { waiting, gemeenten, aanbieders, free_gemeenten, free_aanbieders })
    }

    /// The messages of which both parties are ours now.
    fn free(&self) -> Vec<i64> {
        let parties = self.gemeenten.iter().zip(&self.aanbieders);
        let waiting = self.waiting.iter().zip(parties);
        let ours = |(gemeente, aanbieder): (&i16, &i32)| {
            self.free_gemeenten.contains(gemeente) && self.free_aanbieders.contains(aanbieder)
        };
        waiting.filter(|(_, parties)| ours(*parties)).map(|(arrival, _)| *arrival).collect()
    }
}

/// The oldest message of every aanbieder that nobody has, of gemeenten that nobody has: one step through the index
/// for each.
async fn beyond(connection: &mut PgConnection) -> Result<Vec<i64>> {
    const SQL: &str = "WITH RECURSIVE wacht AS (
            (SELECT aanbieder, gemeente, aankomst FROM inkomend WHERE status = 'open' AND aanbieder IS NOT NULL
             ORDER BY aanbieder, aankomst LIMIT 1)
            UNION ALL
            SELECT n.aanbieder, n.gemeente, n.aankomst FROM wacht w CROSS JOIN LATERAL (
                SELECT aanbieder, gemeente, aankomst FROM inkomend
                WHERE status = 'open' AND aanbieder > w.aanbieder ORDER BY aanbieder, aankomst LIMIT 1) n
        ), oudste AS MATERIALIZED (SELECT aanbieder, gemeente, aankomst FROM wacht ORDER BY aankomst)
        SELECT aankomst FROM oudste
        WHERE pg_try_advisory_xact_lock($1, gemeente) AND pg_try_advisory_xact_lock($2, aanbieder) LIMIT $3";
    let query = sqlx::query_scalar(SQL).bind(GEMEENTEN).bind(AANBIEDERS).bind(AANBIEDERS_MAX);
    query.fetch_all(connection).await.map_err(failed(DOING))
}
