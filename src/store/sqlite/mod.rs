//! The embedded store: SQLite in write-ahead mode, every commit on disk before it counts.
//!
//! One connection writes, a few read. All SQL is in this folder, one file per subject; the tables
//! are in `migrations/sqlite/`.

mod adopt;
mod archive;
mod audit;
mod batch;
mod bulk;
mod changes;
mod changes_money;
mod console;
mod copy;
mod everything;
mod facts;
mod facts_money;
mod inbox;
mod journal;
mod kennisgeving;
mod keten;
mod leave;
mod ledger;
mod levering;
mod locks;
mod look;
mod open;
mod outbox;
mod payment;
mod promises;
mod read;
mod record;
mod register;
mod report;
mod shared;
mod verwijzers;
mod verzameld;
mod work;

pub use batch::SqliteBatch;
pub use copy::copy;
pub use everything::Everything;
pub use leave::leave;
pub use locks::FileLock;
pub use look::{schema, whole};

use super::pending::Pending;
use super::{Backlog, Batch, BatchNumbers, Claim, Overview, Store, StoreError, TakeLimit, Turn};
use crate::clock::Moment;
use crate::disk::take_from_others;
use crate::journal::regels::Piece;
use crate::store::removal::Removal;
use crate::waiting::telling;
use archive::Archive;
use async_trait::async_trait;
use bulk::failed;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, Sqlite, Transaction};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

type Result<T> = std::result::Result<T, StoreError>;

/// Every step of the schema, in order. Steps are added, never changed.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "begin", include_str!("../../../migrations/sqlite/0001_begin.sql")),
    (2, "levering", include_str!("../../../migrations/sqlite/0002_levering.sql")),
    (3, "vorige versie", include_str!("../../../migrations/sqlite/0003_vorige_versie.sql")),
    (4, "termijnen", include_str!("../../../migrations/sqlite/0004_termijnen.sql")),
    (6, "debet voor 2021", include_str!("../../../migrations/sqlite/0006_debet_voor_2021.sql")),
    (7, "keten", include_str!("../../../migrations/sqlite/0007_keten.sql")),
    (8, "afgekeurde antwoorden", include_str!("../../../migrations/sqlite/0008_afgekeurde_antwoorden.sql")),
    (9, "werkers", include_str!("../../../migrations/sqlite/0009_werkers.sql")),
    (10, "meldingen", include_str!("../../../migrations/sqlite/0010_meldingen.sql")),
    (11, "ontvangst ms", include_str!("../../../migrations/sqlite/0011_ontvangst_ms.sql")),
    (12, "journaal moment", include_str!("../../../migrations/sqlite/0012_journaal_moment.sql")),
    (13, "verwijderd", include_str!("../../../migrations/sqlite/0013_verwijderd.sql")),
    (14, "verwijzingen", include_str!("../../../migrations/sqlite/0014_verwijzingen.sql")),
    (15, "identificatie", include_str!("../../../migrations/sqlite/0015_identificatie.sql")),
    (16, "prestatie rij", include_str!("../../../migrations/sqlite/0016_prestatie_rij.sql")),
    (17, "wachtrij", include_str!("../../../migrations/sqlite/0017_wachtrij.sql")),
    (18, "nogmaals", include_str!("../../../migrations/sqlite/0018_nogmaals.sql")),
    (19, "vasthouding", include_str!("../../../migrations/sqlite/0019_vasthouding.sql")),
    (20, "verwijzer", include_str!("../../../migrations/sqlite/0020_verwijzer.sql")),
    (21, "toezeggingen", include_str!("../../../migrations/sqlite/0021_toezeggingen.sql")),
    (22, "nachten", include_str!("../../../migrations/sqlite/0022_nachten.sql")),
    (23, "rol", include_str!("../../../migrations/sqlite/0023_rol.sql")),
    (24, "kennisgeving", include_str!("../../../migrations/sqlite/0024_kennisgeving.sql")),
    (26, "verzameld werk", include_str!("../../../migrations/sqlite/0026_verzameld_werk.sql")),
    (28, "opzoeken", include_str!("../../../migrations/sqlite/0028_opzoeken.sql")),
    (30, "console", include_str!("../../../migrations/sqlite/0030_console.sql")),
    (31, "inloggen", include_str!("../../../migrations/sqlite/0031_inloggen.sql")),
    (33, "weergave", include_str!("../../../migrations/sqlite/0033_weergave.sql")),
    (34, "grootboek", include_str!("../../../migrations/sqlite/0034_grootboek.sql")),
    (35, "oppakken", include_str!("../../../migrations/sqlite/0035_oppakken.sql")),
    (36, "voordracht", include_str!("../../../migrations/sqlite/0036_voordracht.sql")),
    (37, "hoeken", include_str!("../../../migrations/sqlite/0037_hoeken.sql")),
    (38, "post", include_str!("../../../migrations/sqlite/0038_post.sql")),
    (40, "betaalbesluit", include_str!("../../../migrations/sqlite/0040_betaalbesluit.sql")),
    (41, "console doet", include_str!("../../../migrations/sqlite/0041_console_doet.sql")),
];

/// The database in a data folder.
const DATABASE: &str = "happyflow.db";
/// Locked by the one who decides messages.
const LOCK: &str = "happyflow.lock";
/// Locked by a run of `process`.
const RUN_LOCK: &str = "happyflow-process.lock";
/// Locked by the one who publishes.
const PUBLISHING_LOCK: &str = "happyflow-publish.lock";
/// Locked by the one who seals.
const SEALING_LOCK: &str = "happyflow-seal.lock";
/// Locked while the tables are brought up to date: the migrator itself does not wait for another one.
const MIGRATION_LOCK: &str = "happyflow-migrate.lock";
/// Pages are read once and kept: 64 MiB.
const CACHE_KIB: &str = "-65536";
/// Pages in the write-ahead log before they are moved to the database: 64 MiB. A large claim does
/// not have to wait for that halfway.
const CHECKPOINT_PAGES: &str = "16384";
/// How long one process waits for the commit of another.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Every statement of ours fits, in all its sizes.
const STATEMENTS: usize = 512;
/// Connections for reading.
const READERS: u32 = 2;

/// The store in a data folder.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    reader: SqlitePool,
    lock: PathBuf,
    publishing_lock: PathBuf,
    sealing_lock: PathBuf,
}

impl SqliteStore {
    /// Opens the store in a folder, makes it when it is not there, and brings its tables up to date.
    pub async fn open(folder: &Path) -> Result<Self> {
        crate::disk::make_folder(folder).map_err(|error| open::folder(folder, &error))?;
        protect(folder)?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join(DATABASE))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", CACHE_KIB)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("temp_store", "MEMORY")
            .statement_cache_capacity(STATEMENTS)
            // Statements without their values, for who asks (HAPPYFLOW_LOG=sqlx::query=trace).
            .log_statements(log::LevelFilter::Trace)
            .log_slow_statements(log::LevelFilter::Off, Duration::MAX);
        let writer =
            pool(1).connect_with(options.clone()).await.map_err(|error| open::database(folder, &error))?;
        let _alone = FileLock::take(folder.join(MIGRATION_LOCK)).await?;
        open::migrate(folder, &options).await?;
        leave::opened(folder.join(DATABASE));
        let reader = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
        let (lock, publishing_lock) = (folder.join(LOCK), folder.join(PUBLISHING_LOCK));
        Ok(Self { writer, reader, lock, publishing_lock, sealing_lock: folder.join(SEALING_LOCK) })
    }

    /// The store as it is now, however much is added while it is read.
    pub async fn frozen(folder: &Path) -> Result<Self> {
        let Self { writer, reader, lock, publishing_lock, sealing_lock } = Self::open(folder).await?;
        reader.close().await;
        let options = writer.connect_options().as_ref().clone().pragma("query_only", "ON");
        let once = Arc::new(AtomicBool::new(false));
        let reader = pool(1).after_connect(move |connection, _| {
            let first = !once.swap(true, Ordering::Relaxed);
            Box::pin(async move {
                // A transaction that read something sees that state until it ends; a second one would see another.
                if !first {
                    return Err(sqlx::Error::PoolClosed);
                }
                sqlx::query("BEGIN").execute(&mut *connection).await?;
                sqlx::query("SELECT count(*) FROM journaal").execute(connection).await.map(drop)
            })
        });
        let reader = reader.connect_with(options).await.map_err(|error| open::database(folder, &error))?;
        Ok(Self { writer, reader, lock, publishing_lock, sealing_lock })
    }

    /// Takes over a piece of state that was frozen; only for a store that a replay looks at.
    pub async fn adopt(&self, piece: &Piece) -> Result<()> {
        adopt::adopt(&self.writer, piece).await
    }

    /// All facts at once.
    pub async fn everything(&self) -> Result<Everything> {
        let mut reader = self.reader.acquire().await.map_err(failed("een bevroren stand lezen"))?;
        everything::everything(&mut reader).await
    }

    /// Takes a person out of state that was frozen, in a store that holds nothing else.
    pub async fn rewrite(&self, removal: &Removal) -> Result<()> {
        let mut transaction = begin_immediate(&self.writer).await?;
        super::both::removal::rewrite(&mut &mut *transaction, removal).await?;
        transaction.commit().await.map_err(failed("een persoon verwijderen"))
    }

    async fn begin_immediate(&self) -> Result<SqliteBatch> {
        const NEXT: &str = "SELECT (SELECT ifnull(max(nummer), 0) + 1 FROM journaal),
            (SELECT ifnull(max(zendnummer), 0) + 1 FROM uitgaand), (SELECT ifnull(max(id), 0) + 1 FROM werk),
            (SELECT ifnull(max(id), 0) + 1 FROM archief), (SELECT ifnull(max(id), 0) + 1 FROM prestatie),
            (SELECT ifnull(max(versie), 0) FROM registerversie)";
        let mut transaction = begin_immediate(&self.writer).await?;
        let next: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(NEXT)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed("een transactie beginnen"))?;
        Ok(SqliteBatch {
            transaction,
            numbers: BatchNumbers { journal: next.0, send: next.1, work: next.2 },
            archive: Archive::new(next.3),
            next_prestatie: next.4,
            register_version: next.5,
            pending: Pending::default(),
            _turn: None,
        })
    }
}

/// The database and what the engine keeps beside it are for us alone. It gives what it makes the rights of the database.
fn protect(folder: &Path) -> Result<()> {
    let own = |name: &str, protect: fn(&Path) -> std::io::Result<()>| {
        protect(&folder.join(name)).map_err(|error| open::file(folder, name, &error))
    };
    own(DATABASE, crate::disk::protect)?;
    ["-wal", "-shm"].iter().try_for_each(|end| own(&format!("{DATABASE}{end}"), take_from_others))
}

fn migrator() -> Migrator {
    let step = |(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(step).collect())
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(async move { Ok(usable(connection)) }))
        .acquire_timeout(BUSY_TIMEOUT)
}

/// A transaction that the engine itself took back, as when the disk is full, is one that the library still
/// counts: on that connection none would begin again.
fn usable(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

/// Waits as long as another process writes, and tells when that is long.
async fn begin_immediate(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
    let begin = async {
        loop {
            match writer.begin_with("BEGIN IMMEDIATE").await {
                Err(error) if bulk::is_busy(&error) => {}
                begun => return begun.map_err(failed("een transactie beginnen")),
            }
        }
    };
    telling(begin, |since| {
        format!("wacht sinds {since} tot een ander proces klaar is met schrijven in {DATABASE}")
    })
    .await
}

/// One statement that writes, in a transaction of its own.
async fn write_once(writer: &SqlitePool, doing: &'static str, sql: &'static str, keys: String) -> Result<()> {
    let mut transaction = begin_immediate(writer).await?;
    sqlx::query(sql).bind(keys).execute(&mut *transaction).await.map_err(failed(doing))?;
    transaction.commit().await.map_err(failed(doing))
}

#[async_trait]
impl Store for SqliteStore {
    fn shared(&self) -> bool {
        false
    }

    async fn claim(&self, limit: TakeLimit, _own: &[i64]) -> Result<Option<Claim>> {
        // That messages are in hand is committed before the transaction begins in which they are decided: nobody else
        // may take them in between.
        let turn = FileLock::take(self.lock.clone()).await?.signed();
        let messages = inbox::claim(&self.writer, limit).await?;
        if messages.is_empty() {
            return Ok(None);
        }
        match self.begin_immediate().await {
            Ok(batch) => {
                let batch = Box::new(SqliteBatch { _turn: Some(turn), ..batch });
                Ok(Some(Claim { batch, messages }))
            }
            Err(error) => {
                // They were not looked at. What cannot be taken back was in hand.
                let arrivals: Vec<i64> = messages.iter().map(|message| message.arrival).collect();
                let _ = inbox::uncount(&self.writer, &arrivals).await;
                Err(error)
            }
        }
    }

    async fn begin(&self) -> Result<Box<dyn Batch>> {
        Ok(Box::new(self.begin_immediate().await?))
    }

    async fn end_silent(&self) -> Result<u64> {
        // Its locks are those of files, and a process that is gone has none.
        Ok(0)
    }

    async fn stand(&self, now: Moment) -> Result<Backlog> {
        super::both::stand::stand(&self.reader, now).await
    }

    async fn overview(&self) -> Result<Overview> {
        super::both::overview::overview(&self.reader).await
    }

    async fn lock_run(&self) -> Result<Option<Box<dyn Turn>>> {
        // Each prints the lines of what it took in.
        Ok(Some(Box::new(FileLock::take(self.lock.with_file_name(RUN_LOCK)).await?.signed())))
    }

    async fn tidy(&self) -> Result<()> {
        // What was overwritten stays behind in the gaps of its pages until the database is written anew.
        let done = sqlx::query("VACUUM").execute(&self.writer).await;
        done.map(drop).map_err(failed("de database opnieuw schrijven"))
    }

    async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}
