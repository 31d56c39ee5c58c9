//! How a process leaves its databases: everything in one file, so that a copy of that file alone is a whole copy.
//!
//! What is written last stands in the write-ahead log until it is moved. The engine does that itself when the last
//! connection closes in time; a process that ends does not wait for it.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Databases that this process opened.
static OPENED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// How long own connections may take to close. Another process that goes on moves what is written by itself.
const WITHIN: Duration = Duration::from_millis(500);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(10);

/// A database is in use here.
pub(super) fn opened(database: PathBuf) {
    OPENED.lock().unwrap_or_else(PoisonError::into_inner).insert(database);
}

/// Moves what was written last into the databases that this process opened, when nobody reads or writes them now. For
/// who is done with all of them. What fails loses nothing: it stands in the log, and the next process reads it there.
pub async fn leave() {
    let opened = std::mem::take(&mut *OPENED.lock().unwrap_or_else(PoisonError::into_inner));
    let until = Instant::now() + WITHIN;
    for database in opened.iter().filter(|database| has_log(database)) {
        while !move_log(database).await.unwrap_or(false) && Instant::now() < until {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn has_log(database: &Path) -> bool {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    database.is_file() && Path::new(&log).metadata().is_ok_and(|log| log.len() > 0)
}

/// Whether all of it was moved.
async fn move_log(database: &Path) -> sqlx::Result<bool> {
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(Duration::ZERO);
    let mut connection = options.disable_statement_logging().connect().await?;
    let moved = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut connection).await;
    connection.close().await?;
    let busy: i64 = moved?;
    Ok(busy == 0)
}
