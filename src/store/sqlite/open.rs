//! Refusals of a database file, for operators.

use super::{DATABASE, bulk, migrator, schema};
use crate::disk::free_bytes;
use crate::io_text::io_text;
use crate::store::{Schema, StoreError};
use sqlx::migrate::MigrateError;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::Path;

/// What was written last, beside the database.
const WAL: &str = "happyflow.db-wal";

/// SQLite's primary result code for a damaged database.
const CORRUPT: u32 = 11;
/// SQLite's code for a file, or folder, that it cannot open.
const CANNOT_OPEN: u32 = 14;
/// SQLite's code for a file that is no database.
const NOT_A_DATABASE: u32 = 26;

/// The data folder could not be made.
pub(super) fn folder(folder: &Path, error: &std::io::Error) -> StoreError {
    let reason = if folder.is_file() { "dit is een bestand, geen map".to_owned() } else { io_text(error) };
    StoreError::Open { path: folder.display().to_string(), reason }
}

/// A file of the database could not be made, or others may read it and we cannot help that.
pub(super) fn file(folder: &Path, name: &str, error: &std::io::Error) -> StoreError {
    let what = if folder.join(name).is_dir() { "is een map".to_owned() } else { io_text(error) };
    StoreError::Open { path: folder.display().to_string(), reason: format!("{name} {what}") }
}

/// The database could not be opened.
pub(super) fn database(folder: &Path, error: &sqlx::Error) -> StoreError {
    let database = folder.join(DATABASE);
    if let Some(refused) = bulk::of_the_disk("opslag openen", error) {
        return refused;
    }
    match bulk::kind(error) {
        Some(CORRUPT | NOT_A_DATABASE) => StoreError::Damaged { path: database.display().to_string() },
        Some(CANNOT_OPEN) => {
            let reason = if database.is_dir() {
                format!("{DATABASE} is een map")
            } else {
                format!("{DATABASE} kan niet worden geopend of gemaakt")
            };
            StoreError::Open { path: folder.display().to_string(), reason }
        }
        _ => StoreError::Open { path: folder.display().to_string(), reason: error.to_string() },
    }
}

/// Brings the tables up to date, on a connection of its own: a step that makes a table anew may not look at references
/// to it, and that cannot be switched within the transaction of a step.
pub(super) async fn migrate(folder: &Path, options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let refused = |error: sqlx::Error| database(folder, &error);
    let Schema { applied, known, .. } = schema(folder).await?;
    if applied > 0 && applied < known {
        room(folder)?;
    }
    let mut connection = options.clone().foreign_keys(false).connect().await.map_err(refused)?;
    migrator().run(&mut connection).await.map_err(|error| migration(folder, &error))?;
    connection.close().await.map_err(refused)
}

/// A step may write everything once more before it gives the old room back: nothing is begun that would fill the disk
/// halfway.
fn room(folder: &Path) -> Result<(), StoreError> {
    let size = |name: &str| folder.join(name).metadata().map_or(0, |found| found.len());
    let needed = size(DATABASE).saturating_add(size(WAL));
    match free_bytes(folder) {
        Ok(free) if free < needed => {
            Err(StoreError::NoRoom { path: folder.display().to_string(), needed, free })
        }
        // A disk that does not say how much there is refuses by itself when it is full.
        _ => Ok(()),
    }
}

/// The tables could not be brought up to date.
fn migration(folder: &Path, error: &MigrateError) -> StoreError {
    let path = || folder.join(DATABASE).display().to_string();
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
            StoreError::Newer { path: path() }
        }
        MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => {
            match database(folder, inner) {
                StoreError::Open { .. } => StoreError::Migrate(error.to_string()),
                // The disk, or what is on it.
                refused => refused,
            }
        }
        _ => StoreError::Migrate(error.to_string()),
    }
}
