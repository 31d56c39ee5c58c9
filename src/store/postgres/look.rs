//! A look at a database without changing it, for `happyflow doctor`.

use super::PgSettings;
use super::open::migrator;
use crate::clock::Moment;
use crate::store::{Schema, StoreError};
use sqlx::{ConnectOptions, PgConnection};
use std::time::Duration;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

async fn connect(settings: &PgSettings) -> Result<PgConnection, StoreError> {
    let options = settings.options()?;
    match tokio::time::timeout(PATIENCE, options.connect()).await {
        Ok(connected) => connected.map_err(|error| settings.refused(&error)),
        Err(_) => Err(settings.silent()),
    }
}

/// How far the tables are.
pub async fn schema(settings: &PgSettings) -> Result<Schema, StoreError> {
    const THERE: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
    const STEPS: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
    let mut connection = connect(settings).await?;
    let refused = |error: sqlx::Error| settings.refused(&error);
    let there: bool = sqlx::query_scalar(THERE).fetch_one(&mut connection).await.map_err(refused)?;
    let known: Vec<i64> = migrator().iter().map(|step| step.version).collect();
    if !there {
        return Ok(Schema::of(&[], &known));
    }
    let applied: Vec<i64> = sqlx::query_scalar(STEPS).fetch_all(&mut connection).await.map_err(refused)?;
    Ok(Schema::of(&applied, &known))
}

/// The version of the server, as a number of six digits.
pub async fn version(settings: &PgSettings) -> Result<String, StoreError> {
    let mut connection = connect(settings).await?;
    let query = sqlx::query_scalar("SHOW server_version_num").fetch_one(&mut connection);
    query.await.map_err(|error| settings.refused(&error))
}

/// What the server noticed of its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// It looks whether pages are what was written.
    pub checked: bool,
    /// Pages of this database that were not.
    pub damaged_pages: i64,
    /// Indexes that cannot be used.
    pub broken_indexes: Vec<String>,
}

/// What the server noticed of its files.
pub async fn condition(settings: &PgSettings) -> Result<Condition, StoreError> {
    const SQL: &str = "SELECT current_setting('data_checksums') = 'on',
        coalesce((SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()), 0),
        ARRAY(SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace ORDER BY 1)";
    let mut connection = connect(settings).await?;
    let row = sqlx::query_as(SQL).fetch_one(&mut connection).await.map_err(|error| settings.refused(&error));
    let (checked, damaged_pages, broken_indexes) = row?;
    Ok(Condition { checked, damaged_pages, broken_indexes })
}

/// The clock of the server, as we count moments.
pub async fn clock(settings: &PgSettings) -> Result<Moment, StoreError> {
    const NOW: &str = "SELECT timezone('Europe/Amsterdam', clock_timestamp())";
    let mut connection = connect(settings).await?;
    sqlx::query_scalar(NOW).fetch_one(&mut connection).await.map_err(|error| settings.refused(&error))
}
