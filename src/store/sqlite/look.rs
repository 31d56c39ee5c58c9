//! A look at a database without changing it, for `happyflow doctor`.

use super::{DATABASE, migrator, open};
use crate::store::{Schema, StoreError};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::path::Path;

/// Reads every page of the database in a data folder; whether they are what was written.
pub async fn whole(folder: &Path) -> Result<(), StoreError> {
    let path = folder.join(DATABASE);
    if !path.exists() {
        return Ok(());
    }
    let refused = |error: sqlx::Error| open::database(folder, &error);
    let options = SqliteConnectOptions::new().filename(&path).read_only(true).disable_statement_logging();
    let mut connection = options.connect().await.map_err(refused)?;
    let found: String =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await.map_err(refused)?;
    if found == "ok" { Ok(()) } else { Err(StoreError::Damaged { path: path.display().to_string() }) }
}

/// How far the tables in a data folder are.
pub async fn schema(folder: &Path) -> Result<Schema, StoreError> {
    const THERE: &str = "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    const STEPS: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
    let known: Vec<i64> = migrator().iter().map(|step| step.version).collect();
    let path = folder.join(DATABASE);
    if !path.exists() {
        return Ok(Schema::of(&[], &known));
    }
    let refused = |error: sqlx::Error| open::database(folder, &error);
    let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
    let mut connection = options.connect().await.map_err(refused)?;
    let there: i64 = sqlx::query_scalar(THERE).fetch_one(&mut connection).await.map_err(refused)?;
    if there == 0 {
        return Ok(Schema::of(&[], &known));
    }
    let applied: Vec<i64> = sqlx::query_scalar(STEPS).fetch_all(&mut connection).await.map_err(refused)?;
    Ok(Schema::of(&applied, &known))
}
