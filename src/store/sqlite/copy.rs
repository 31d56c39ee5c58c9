//! A copy of a database that is in use. A copy of the file itself would miss what is still in the write-ahead log.

use super::{DATABASE, open};
use crate::disk;
use crate::io_text::io_text;
use crate::store::StoreError;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long writers may keep the copy waiting.
const BUSY: Duration = Duration::from_secs(30);

/// Copies the database in a data folder to a file that is not there yet; whole and checked when it has that name.
pub async fn copy(folder: &Path, target: &Path) -> Result<(), StoreError> {
    let failed = |path: &Path, reason: String| StoreError::Open { path: path.display().to_string(), reason };
    let from = folder.join(DATABASE);
    if !from.exists() {
        return Err(failed(folder, format!("{DATABASE} is er niet")));
    }
    if target.exists() {
        return Err(failed(target, "dit bestand is er al; geef een andere naam".to_owned()));
    }
    let mut half = target.as_os_str().to_owned();
    half.push(".half");
    let half = PathBuf::from(half);
    // What an earlier attempt left.
    let _ = std::fs::remove_file(&half);
    let Some(half_text) = half.to_str() else {
        return Err(failed(target, "deze naam is geen tekst".to_owned()));
    };
    let refused = |error: sqlx::Error| open::database(folder, &error);
    // The engine writes into an empty file, and would make one that others may read.
    disk::protect(&half).map_err(|error| failed(target, io_text(&error)))?;
    let options = SqliteConnectOptions::new().filename(from).busy_timeout(BUSY).disable_statement_logging();
    let mut connection = options.connect().await.map_err(refused)?;
    sqlx::query("VACUUM INTO ?").bind(half_text).execute(&mut connection).await.map_err(refused)?;
    let options = SqliteConnectOptions::new().filename(&half).read_only(true).disable_statement_logging();
    let mut connection = options.connect().await.map_err(refused)?;
    let whole: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.map_err(refused)?;
    drop(connection);
    if whole != "ok" {
        return Err(StoreError::Damaged { path: half_text.to_owned() });
    }
    let keep = || {
        std::fs::File::open(&half)?.sync_all()?;
        std::fs::rename(&half, target)
    };
    keep().map_err(|error| failed(target, io_text(&error)))
}
