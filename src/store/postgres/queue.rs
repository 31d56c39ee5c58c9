//! Which messages a worker takes: the oldest open ones of aanbieders that nobody else has, those that it has at hand
//! first.
//!
//! A queue in a table leaves behind, in front of what waits, the index entries of what was decided, until the
//! server tidies up. So a worker remembers from which message on there is something to find.

use super::bulk::failed;
use super::claim::{DOING, as_count, count_in_hand, uncount};
use crate::store::{StoreError, TakeLimit, Waiting, claimable};
use sqlx::postgres::{PgConnection, PgPool};
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

/// What a worker found to do.
pub struct QueueFound {
    /// The messages; none when something must be decided alone first.
    pub messages: Vec<Waiting>,
    /// The newest version of the register.
    pub register_version: i64,
    /// Messages wait that must be decided alone: nobody knows what they belong to, or an earlier version stored them.
    pub alone: bool,
    /// The next message was in hand before: this process may have nothing else in hand when it takes it.
    pub only: bool,
}

/// What is looked for.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// Most that is taken.
    pub limit: TakeLimit,
    /// Messages at hand, in order.
    pub own: &'a [i64],
    /// Nothing else is in hand in this process, so that one that was in hand before may be taken.
    pub only: bool,
}

/// The oldest waiting messages of aanbieders that nobody has: they are locked until the transaction ends. That they
/// are in hand is counted, on a connection of its own.
pub async fn of_free_aanbieders(
    connection: &mut PgConnection,
    aside: &PgPool,
    oldest: &Oldest,
    wish: Wish<'_>,
) -> Result<QueueFound> {
    let Wish { limit, own, only } = wish;
    let from = oldest.begin();
    let mut look = QueueLook::at(connection, from, limit, own).await?;
    if look.waiting.is_empty() && from > 0 {
        look = QueueLook::at(connection, 0, limit, own).await?;
    }
    let QueueLook { register_version, alone, .. } = look;
    if alone {
        return Ok(QueueFound { messages: Vec::new(), register_version, alone, only: false });
    }
    oldest.found(look.waiting.first().map_or(0, |(arrival, ..)| *arrival));
    let mut free = look.free();
    if free.is_empty() && look.waiting.len() >= in_sight(limit).messages {
        // All that is in sight belongs to others.
        free = beyond(connection).await?;
    }
    free.truncate(limit.messages.max(1));
    let later = QueueFound { messages: Vec::new(), register_version, alone, only: true };
    let chosen = claimable(free, limit.bytes);
    if !only && was_in_hand(&chosen) {
        return Ok(later);
    }
    let messages = in_hand(aside, &chosen, limit).await?;
    if !only && was_in_hand(&messages) {
        uncount(aside, &[messages[0].arrival]).await?;
        return Ok(later);
    }
    Ok(QueueFound { messages, only: false, ..later })
}

fn was_in_hand(messages: &[Waiting]) -> bool {
    messages.first().is_some_and(|message| message.times_in_hand > 0)
}

/// Counts that those that still wait are in hand: the last holder of these locks may have decided them since they were
/// looked at, or have stumbled over one.
async fn in_hand(aside: &PgPool, chosen: &[Waiting], limit: TakeLimit) -> Result<Vec<Waiting>> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let chosen: Vec<i64> = chosen.iter().map(|message| message.arrival).collect();
    let counted = count_in_hand(aside, &chosen).await?;
    let arrivals: Vec<i64> = counted.iter().map(|(arrival, ..)| *arrival).collect();
    let messages = claimable(counted, limit.bytes);
    if messages.len() < arrivals.len() {
        uncount(aside, &arrivals[messages.len()..]).await?;
    }
    Ok(messages)
}

/// So many messages show who has to wait longest.
const fn in_sight(limit: TakeLimit) -> TakeLimit {
    TakeLimit { messages: limit.messages.saturating_mul(2), bytes: limit.bytes }
}

/// The oldest waiting messages, and which aanbieders among theirs nobody else has.
struct QueueLook {
    /// Number, length and attempts.
    waiting: Vec<(i64, i64, i64)>,
    /// Whose they are.
    aanbieders: Vec<i32>,
    free: Vec<i32>,
    register_version: i64,
    alone: bool,
}

impl QueueLook {
    /// Locks aanbieders among the oldest waiting messages, own ones first and those that wait longest. A quarter of
    /// them leaves work for others; but as many as make a small batch, which is not worth sharing.
    async fn at(connection: &mut PgConnection, from: i64, limit: TakeLimit, own: &[i64]) -> Result<Self> {
        // `own` is in order, and searched so: the place where a number would be holds it, or it is not there.
        const SQL: &str = "WITH venster AS MATERIALIZED (
                SELECT aankomst, aanbieder, lengte, pogingen FROM wachtrij
                WHERE aankomst >= $1 AND aanbieder IS NOT NULL ORDER BY aankomst LIMIT $2
            ), rij AS MATERIALIZED (
                SELECT aanbieder, sum(berichten) OVER beurt AS berichten, sum(lengte) OVER beurt AS lengte
                FROM (SELECT aanbieder, min(aankomst) AS oudste, count(*) AS berichten, sum(lengte) AS lengte,
                        bool_or(aankomst IS NOT DISTINCT FROM ($7::bigint[])[width_bucket(aankomst, $7)]) AS eigen
                    FROM venster GROUP BY aanbieder) a
                WINDOW beurt AS (ORDER BY eigen DESC, oudste) ORDER BY eigen DESC, oudste
            )
            SELECT ARRAY(SELECT aankomst FROM venster ORDER BY aankomst),
                ARRAY(SELECT lengte FROM venster ORDER BY aankomst),
                ARRAY(SELECT pogingen FROM venster ORDER BY aankomst),
                ARRAY(SELECT aanbieder FROM venster ORDER BY aankomst),
                ARRAY(SELECT aanbieder FROM rij WHERE pg_try_advisory_xact_lock($3, aanbieder)
                    LIMIT least($4, greatest((SELECT (count(*) + 3) / 4 FROM rij),
                        (SELECT count(*) FROM rij WHERE berichten <= $5 AND lengte <= $6)))),
                (SELECT coalesce(max(versie), 0) FROM registerversie),
                EXISTS (SELECT FROM inkomend WHERE status = 'open')
                    OR EXISTS (SELECT FROM wachtrij WHERE aanbieder IS NULL)";
        type Row = (Vec<i64>, Vec<i64>, Vec<i64>, Vec<i32>, Vec<i32>, i64, bool);
        let small = TakeLimit { messages: limit.messages / SMALL_PART, bytes: limit.bytes / SMALL_PART };
        let query = sqlx::query_as(SQL).bind(from).bind(as_count(in_sight(limit)));
        let query = query.bind(AANBIEDERS).bind(AANBIEDERS_MAX).bind(as_count(small));
        let query = query.bind(i64::try_from(small.bytes).unwrap_or(i64::MAX)).bind(own);
        let row: Row = query.fetch_one(connection).await.map_err(failed(DOING))?;
        let (arrivals, lengths, attempts, aanbieders, free, register_version, alone) = row;
        let waiting = arrivals.into_iter().zip(lengths).zip(attempts);
        let waiting = waiting.map(|((arrival, length), attempts)| (arrival, length, attempts)).collect();
        Ok(Self { waiting, aanbieders, free, register_version, alone })
    }

    /// The messages of aanbieders that are ours now.
    fn free(&self) -> Vec<(i64, i64, i64)> {
        let waiting = self.waiting.iter().zip(&self.aanbieders);
        waiting.filter(|(_, aanbieder)| self.free.contains(aanbieder)).map(|(message, _)| *message).collect()
    }
}

/// The oldest message of every aanbieder that nobody has: one step through the index for each.
async fn beyond(connection: &mut PgConnection) -> Result<Vec<(i64, i64, i64)>> {
    const SQL: &str = "WITH RECURSIVE wacht AS (
            (SELECT aanbieder, aankomst, lengte, pogingen FROM wachtrij WHERE aanbieder IS NOT NULL
             ORDER BY aanbieder, aankomst LIMIT 1)
            UNION ALL
            SELECT n.* FROM wacht w CROSS JOIN LATERAL (
                SELECT aanbieder, aankomst, lengte, pogingen FROM wachtrij WHERE aanbieder > w.aanbieder
                ORDER BY aanbieder, aankomst LIMIT 1) n
        ), oudste AS MATERIALIZED (SELECT * FROM wacht ORDER BY aankomst)
        SELECT aankomst, lengte, pogingen FROM oudste WHERE pg_try_advisory_xact_lock($1, aanbieder)
        LIMIT least($2, (SELECT (count(*) + 3) / 4 FROM oudste))";
    let query = sqlx::query_as(SQL).bind(AANBIEDERS).bind(AANBIEDERS_MAX);
    query.fetch_all(connection).await.map_err(failed(DOING))
}
