//! Patience: how long the server waits for a session of ours that stands still, a session for a lock that another has,
//! and we for an answer.
//!
//! A process can stand still without ending: it is stopped, its machine is paused, the network swallows what it says.
//! What its sessions hold would be held as long as that lasts. So the server ends a session that stands still in a
//! transaction, and whoever waits goes on with its work. When it wakes up nothing of that transaction is there any
//! more, and its messages are decided, or wait for whoever claims them.

use super::bulk::failed;
use crate::store::{StoreError, Turn};
use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Postgres, Transaction};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::time::timeout;

type Result<T> = std::result::Result<T, StoreError>;

/// A turn is kept this many times in the time after which it would be lost.
const KEPT_PER_TURN: u32 = 3;

/// Limits on waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// So long a session may stand still in a transaction; then the server ends it.
    pub idle: Duration,
    /// So long a session waits for a lock that another has.
    pub lock: Duration,
    /// So long the server works on one statement.
    pub statement: Duration,
    /// So long a connection may be without any sign of the other side.
    pub network: Duration,
}

impl Default for Patience {
    /// The longest that a claim of 25 MB stands still between two statements was measured as 0.4 seconds
    /// (docs/operations.md).
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { idle: seconds(30), lock: seconds(120), statement: seconds(300), network: seconds(30) }
    }
}

impl Patience {
    /// For every session: the server notices that we are gone, also when nobody says so.
    pub(super) fn of_all(self, options: PgConnectOptions) -> PgConnectOptions {
        let part = |parts: u64| (self.network.as_secs() / parts).max(1).to_string();
        options.options([
            ("tcp_keepalives_idle", part(3)),
            ("tcp_keepalives_interval", part(6)),
            ("tcp_keepalives_count", "4".to_owned()),
            ("tcp_user_timeout", milliseconds(self.network)),
        ])
    }

    /// For sessions that hold something for which others wait.
    pub(super) fn of_deciding(self, options: PgConnectOptions) -> PgConnectOptions {
        options.options([
            ("idle_in_transaction_session_timeout", milliseconds(self.idle)),
            ("lock_timeout", milliseconds(self.lock)),
            ("statement_timeout", milliseconds(self.statement)),
        ])
    }
}

fn milliseconds(duration: Duration) -> String {
    duration.as_millis().to_string()
}

/// Waits for the server, and not for ever: what the server answered may not arrive.
#[derive(Debug, Clone)]
pub struct Answers {
    patience: Patience,
    /// Once an answer did not come, connections are looked at with care.
    silence: Arc<AtomicBool>,
}

impl Answers {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, silence: Arc::default() }
    }

    pub(super) fn patience(&self) -> Patience {
        self.patience
    }

    /// The answer to a call. Each of its statements ends in time by itself when the server hears us.
    pub(super) fn to<'a, T: 'a>(
        &'a self,
        call: impl Future<Output = Result<T>> + Send + 'a,
    ) -> impl Future<Output = Result<T>> + Send + 'a {
        let mut call = Box::pin(call);
        async move {
            let within = self.patience.statement + self.patience.network;
            if let Ok(answer) = timeout(within, &mut call).await {
                return answer;
            }
            self.silence.store(true, Ordering::Relaxed);
            let reason = format!("geen antwoord in {} seconden", within.as_secs());
            Err(StoreError::Unreachable { doing: "op antwoord wachten", reason })
        }
    }

    /// A pool that does not wait for ever for a connection to come back.
    pub(super) fn in_pool(&self, pool: PgPoolOptions) -> PgPoolOptions {
        let (within, silence) = (self.patience.network, self.silence.clone());
        pool.after_release(move |connection, _| {
            let silent = silence.load(Ordering::Relaxed);
            Box::pin(
                async move { Ok(!silent || matches!(timeout(within, connection.ping()).await, Ok(Ok(())))) },
            )
        })
    }

    /// A turn that a transaction holds from now on.
    pub(super) fn turn(&self, transaction: Transaction<'static, Postgres>) -> TransactionLock {
        TransactionLock { transaction, answers: self.clone(), kept: Instant::now(), lost: false }
    }

    /// Shows that the holder of a transaction is there.
    pub(super) async fn keep(&self, transaction: &mut Transaction<'static, Postgres>) -> Result<()> {
        let shown = timeout(self.patience.network, transaction.ping()).await;
        let silent = || StoreError::Unreachable {
            doing: "de beurt houden",
            reason: "de verbinding geeft geen teken van leven".to_owned(),
        };
        shown.map_err(|_| silent())?.map_err(failed("de beurt houden"))
    }

    /// How often that is to be shown.
    pub(super) fn every(&self) -> Duration {
        self.patience.idle / KEPT_PER_TURN
    }
}

/// A lock that lasts as long as its transaction; the server releases it when the process dies, or stands still.
#[derive(Debug)]
pub struct TransactionLock {
    transaction: Transaction<'static, Postgres>,
    answers: Answers,
    /// When it was last shown that the holder is there.
    kept: Instant,
    lost: bool,
}

#[async_trait]
impl Turn for TransactionLock {
    fn every(&self) -> Option<Duration> {
        Some(self.answers.every())
    }

    async fn keep(&mut self) -> Result<()> {
        if !self.lost && self.kept.elapsed() >= self.answers.every() {
            self.lost = self.answers.keep(&mut self.transaction).await.is_err();
            self.kept = Instant::now();
        }
        if self.lost { Err(StoreError::TurnLost) } else { Ok(()) }
    }
}
