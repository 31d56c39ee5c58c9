//! The server store: PostgreSQL, for several workers on one database.
//!
//! All SQL is in this folder, one file per subject; the tables are in `migrations/postgres/`. What a row
//! holds is shared with the embedded store (`store/rows/`).

mod archive;
mod audit;
mod batch;
mod bulk;
mod bundle;
mod changes;
mod changes_money;
mod claim;
mod console;
mod facts;
mod facts_money;
mod hands;
mod identificaties;
mod inbox;
mod journal;
mod kennisgeving;
mod ledger;
mod look;
mod numbers;
mod open;
mod outbox;
mod patience;
mod payment;
mod promises;
mod queue;
mod read;
mod record;
mod records;
mod refused;
mod register;
mod report;
mod settled;
mod shared;
mod silent;
mod verwijzers;
mod verzameld;
mod work;

pub use batch::PgBatch;
pub use look::{Condition, clock, condition, schema, version};
pub use open::PgSettings;
pub use patience::{Patience, TransactionLock};

use super::{Backlog, Batch, Claim, Overview, Store, StoreError, TakeLimit, Turn};
use crate::clock::Moment;
use async_trait::async_trait;
use bulk::failed;
use claim::Manner;
use hands::{Hands, InHand};
use patience::Answers;
use queue::{Oldest, QueueFound, Wish};
use sqlx::postgres::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type Result<T> = std::result::Result<T, StoreError>;

/// Name of our sessions, for whoever looks at the server.
const APPLICATION: &str = "happyflow";
/// Class of our advisory locks; the second number says what is locked.
const LOCKS: i32 = 7302;
/// Held by whoever publishes.
const PUBLISHING: i32 = 2;
/// Held by whoever stores what comes in: numbers are in the order in which others see them, without gaps.
const INTAKE: i32 = 4;
/// Held by all who decide: beside others by workers, alone by operators, terms, contracts and payments.
const DECIDING: i32 = 3;

/// Held by the process that seals.
const SEALER: i32 = 5;
/// Begins a transaction that sees what was committed by its first statement, and nothing that comes later. Who
/// commits later decided on nothing that who committed before could see: the entries that are seen give the
/// state that is seen, whatever numbers are missing between them.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT count(*) FROM registerversie";

/// The store in a database.
#[derive(Debug, Clone)]
pub struct PgStore {
    writer: PgPool,
    reader: PgPool,
    /// For short statements of those who decide that hold whatever becomes of their transactions: they wait for no
    /// other transaction, and for no report.
    aside: PgPool,
    oldest: Arc<Oldest>,
    hands: Hands,
    answers: Answers,
}

impl PgStore {
    /// Connects to a database and brings its tables up to date.
    pub async fn open(settings: &PgSettings) -> Result<Self> {
        let store = Self::connect(settings)?;
        store.migrate(settings).await?;
        store.end_silent().await?;
        Ok(store)
    }

    /// Connects to a database as it is, as soon as something is asked of it.
    pub fn connect(settings: &PgSettings) -> Result<Self> {
        const READERS: u32 = 2;
        let options = settings.options()?;
        let answers = Answers::new(settings.patience);
        let aside = (settings.connections / 8).max(1);
        let writers = settings.connections.saturating_sub(READERS + aside).max(3);
        let deciding = settings.patience.of_deciding(open::by_key(options.clone()));
        let pool = |connections| answers.in_pool(open::readers(connections));
        let writer = pool(writers).connect_lazy_with(deciding.clone());
        let aside = pool(aside).connect_lazy_with(deciding);
        let reader = pool(READERS).connect_lazy_with(options);
        Ok(Self { writer, reader, aside, oldest: Arc::default(), hands: Hands::default(), answers })
    }

    /// Brings the tables up to date. Processes that do this at the same time wait for each other.
    pub async fn migrate(&self, settings: &PgSettings) -> Result<()> {
        self.reader.acquire().await.map(drop).map_err(|error| settings.refused(&error))?;
        open::migrator().run(&self.reader).await.map_err(|error| settings.not_migrated(&error))
    }

    /// The store as it is now, however much is added while it is read: one connection, in one transaction.
    pub async fn frozen(settings: &PgSettings) -> Result<Self> {
        let Self { writer, aside, oldest, hands, answers, .. } = Self::connect(settings)?;
        let once = Arc::new(AtomicBool::new(false));
        let reader =
            open::readers(1).idle_timeout(None).max_lifetime(None).after_connect(move |connection, _| {
                let first = !once.swap(true, Ordering::Relaxed);
                Box::pin(async move {
                    // A second transaction would see another state.
                    if !first {
                        return Err(sqlx::Error::PoolClosed);
                    }
                    sqlx::raw_sql(SNAPSHOT).execute(connection).await.map(drop)
                })
            });
        let reader =
            reader.connect_with(settings.options()?).await.map_err(|error| settings.refused(&error))?;
        Ok(Self { writer, reader, aside, oldest, hands, answers })
    }

    async fn try_lock(&self, lock: i32, doing: &'static str) -> Result<Option<Box<dyn Turn>>> {
        const SQL: &str = "SELECT pg_try_advisory_xact_lock($1, $2)";
        let doing = failed(doing);
        let lock = async {
            let mut transaction = self.writer.begin().await.map_err(&doing)?;
            let query = sqlx::query_scalar(SQL).bind(LOCKS).bind(lock);
            let locked: bool = query.fetch_one(&mut *transaction).await.map_err(&doing)?;
            Ok(locked.then_some(transaction))
        };
        let turn = |transaction| Box::new(self.answers.turn(transaction)) as Box<dyn Turn>;
        Ok(self.answers.to(lock).await?.map(turn))
    }

    async fn begin_alone(&self) -> Result<PgBatch> {
        let begin = async {
            let transaction = self.writer.begin().await.map_err(failed("een transactie beginnen"))?;
            PgBatch::alone(transaction, (&self.answers, &self.aside)).await
        };
        self.answers.to(begin).await
    }
}

#[async_trait]
impl Store for PgStore {
    fn shared(&self) -> bool {
        true
    }

    async fn begin(&self) -> Result<Box<dyn Batch>> {
        Ok(Box::new(self.begin_alone().await?))
    }

    async fn claim(&self, limit: TakeLimit, own: &[i64]) -> Result<Option<Claim>> {
        let beside = self.hands.beside().await;
        match self.answers.to(self.claim_next(limit, own, beside)).await? {
            Next::Claim(claim) => Ok(claim),
            Next::Only => {
                let only = self.hands.only().await;
                match self.answers.to(self.claim_next(limit, own, only)).await? {
                    Next::Claim(claim) => Ok(claim),
                    Next::Only => Ok(None),
                }
            }
        }
    }

    async fn end_silent(&self) -> Result<u64> {
        self.answers.to(silent::end(&self.reader, self.answers.patience())).await
    }

    async fn stand(&self, now: Moment) -> Result<Backlog> {
        self.answers.to(super::both::stand::stand(&self.reader, now)).await
    }

    async fn overview(&self) -> Result<Overview> {
        self.answers.to(super::both::overview::overview(&self.reader)).await
    }

    async fn lock_run(&self) -> Result<Option<Box<dyn Turn>>> {
        Ok(None)
    }

    async fn tidy(&self) -> Result<()> {
        // As long as it takes: those who decide have limits. Other rows are written over what goes in time.
        let done = sqlx::query("VACUUM").execute(&self.reader).await;
        done.map(drop).map_err(failed("de database opruimen"))
    }

    async fn close(&self) {
        self.reader.close().await;
        self.aside.close().await;
        self.writer.close().await;
    }
}

/// What a look for messages gives.
enum Next {
    /// What was found, if anything.
    Claim(Option<Claim>),
    /// One that was in hand before: it is for who has nothing else in hand.
    Only,
}

impl PgStore {
    async fn claim_next(&self, limit: TakeLimit, own: &[i64], in_hand: InHand) -> Result<Next> {
        let wish = Wish { limit, own, only: in_hand.is_only() };
        let doing = failed("een transactie beginnen");
        loop {
            let mut transaction = self.writer.begin().await.map_err(&doing)?;
            claim::enter(&mut transaction, Manner::BesideOthers).await?;
            let found = queue::of_free_aanbieders(&mut transaction, &self.aside, &self.oldest, wish).await?;
            let QueueFound { messages, register_version, alone, only } = found;
            if only {
                // Its locks are free before it is looked for again.
                transaction.rollback().await.map_err(&doing)?;
                return Ok(Next::Only);
            }
            if alone {
                drop(transaction);
                match self.claim_alone(limit).await? {
                    None => continue,
                    claim => return Ok(Next::Claim(claim)),
                }
            }
            if messages.is_empty() {
                return Ok(Next::Claim(None));
            }
            let parts = (&self.answers, &self.aside);
            let mut batch = PgBatch::beside_others(transaction, register_version, messages.len(), parts);
            batch.in_hand = Some(in_hand);
            return Ok(Next::Claim(Some(Claim { batch: Box::new(batch), messages })));
        }
    }

    /// Messages that came in before their relatie was kept come first, and one worker at a time decides them. None
    /// when there are none.
    async fn claim_alone(&self, limit: TakeLimit) -> Result<Option<Claim>> {
        let mut batch = self.begin_alone().await?;
        claim::take_over(&self.aside).await?;
        let messages = claim::of_unknown_relaties(&mut batch.transaction, limit).await?;
        if messages.is_empty() {
            return Ok(None);
        }
        let arrivals: Vec<i64> = messages.iter().map(|message| message.arrival).collect();
        claim::count_in_hand(&self.aside, &arrivals).await?;
        Ok(Some(Claim { batch: Box::new(batch), messages }))
    }
}
