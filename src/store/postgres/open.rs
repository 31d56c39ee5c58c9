//! Connection to the database, and why it cannot be made, for operators.

use super::bulk;
use super::patience::Patience;
use crate::store::StoreError;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, SqlSafeStr};
use std::time::Duration;

/// Every step of the schema, in order. Steps are added, never changed.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "begin", include_str!("../../../migrations/postgres/0001_begin.sql")),
    (2, "levering", include_str!("../../../migrations/postgres/0002_levering.sql")),
    (3, "vorige versie", include_str!("../../../migrations/postgres/0003_vorige_versie.sql")),
    (4, "termijnen", include_str!("../../../migrations/postgres/0004_termijnen.sql")),
    (6, "debet voor 2021", include_str!("../../../migrations/postgres/0006_debet_voor_2021.sql")),
    (7, "keten", include_str!("../../../migrations/postgres/0007_keten.sql")),
    (8, "afgekeurde antwoorden", include_str!("../../../migrations/postgres/0008_afgekeurde_antwoorden.sql")),
    (9, "werkers", include_str!("../../../migrations/postgres/0009_werkers.sql")),
    (10, "meldingen", include_str!("../../../migrations/postgres/0010_meldingen.sql")),
    (11, "ontvangst ms", include_str!("../../../migrations/postgres/0011_ontvangst_ms.sql")),
    (12, "journaal moment", include_str!("../../../migrations/postgres/0012_journaal_moment.sql")),
    (13, "verwijderd", include_str!("../../../migrations/postgres/0013_verwijderd.sql")),
    (14, "verwijzingen", include_str!("../../../migrations/postgres/0014_verwijzingen.sql")),
    (15, "identificatie", include_str!("../../../migrations/postgres/0015_identificatie.sql")),
    (16, "prestatie rij", include_str!("../../../migrations/postgres/0016_prestatie_rij.sql")),
    (17, "wachtrij", include_str!("../../../migrations/postgres/0017_wachtrij.sql")),
    (18, "nogmaals", include_str!("../../../migrations/postgres/0018_nogmaals.sql")),
    (19, "vasthouding", include_str!("../../../migrations/postgres/0019_vasthouding.sql")),
    (20, "verwijzer", include_str!("../../../migrations/postgres/0020_verwijzer.sql")),
    (21, "toezeggingen", include_str!("../../../migrations/postgres/0021_toezeggingen.sql")),
    (22, "nachten", include_str!("../../../migrations/postgres/0022_nachten.sql")),
    (23, "rol", include_str!("../../../migrations/postgres/0023_rol.sql")),
    (24, "kennisgeving", include_str!("../../../migrations/postgres/0024_kennisgeving.sql")),
    (26, "verzameld werk", include_str!("../../../migrations/postgres/0026_verzameld_werk.sql")),
    (28, "opzoeken", include_str!("../../../migrations/postgres/0028_opzoeken.sql")),
    (30, "console", include_str!("../../../migrations/postgres/0030_console.sql")),
    (31, "inloggen", include_str!("../../../migrations/postgres/0031_inloggen.sql")),
    (33, "weergave", include_str!("../../../migrations/postgres/0033_weergave.sql")),
    (34, "grootboek", include_str!("../../../migrations/postgres/0034_grootboek.sql")),
    (35, "oppakken", include_str!("../../../migrations/postgres/0035_oppakken.sql")),
    (36, "voordracht", include_str!("../../../migrations/postgres/0036_voordracht.sql")),
    (37, "hoeken", include_str!("../../../migrations/postgres/0037_hoeken.sql")),
    (38, "post", include_str!("../../../migrations/postgres/0038_post.sql")),
    (40, "betaalbesluit", include_str!("../../../migrations/postgres/0040_betaalbesluit.sql")),
    (41, "console doet", include_str!("../../../migrations/postgres/0041_console_doet.sql")),
];

/// How long a call waits for a connection: a restart of the server is shorter.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Every statement of ours fits.
const STATEMENTS: usize = 256;

/// Where the database is and how many connections a process takes.
#[derive(Clone)]
pub struct PgSettings {
    /// `postgres://user@host:port/name`.
    pub url: String,
    /// The password, when the address has none.
    pub password: Option<String>,
    /// Most connections; six at least are taken.
    pub connections: u32,
    /// Limits on waiting.
    pub patience: Patience,
}

impl PgSettings {
    /// A few connections to an address.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), password: None, connections: 12, patience: Patience::default() }
    }

    /// The address without a password, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.url.parse::<PgConnectOptions>() {
            Ok(options) => {
                let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
                let name = options.get_database().unwrap_or(user);
                format!("postgres://{user}@{host}:{port}/{name}")
            }
            Err(_) => "[database] url".to_owned(),
        }
    }

    pub(super) fn options(&self) -> Result<PgConnectOptions, StoreError> {
        let options: PgConnectOptions =
            self.url.parse().map_err(|error: sqlx::Error| self.refused(&error))?;
        let options = match &self.password {
            Some(password) => options.password(password),
            None => options,
        };
        let options = options.application_name(super::APPLICATION).statement_cache_capacity(STATEMENTS);
        // Statements without their values, for who asks (HAPPYFLOW_LOG=sqlx::query=trace).
        let options = options.log_statements(log::LevelFilter::Trace);
        Ok(self.patience.of_all(options.log_slow_statements(log::LevelFilter::Off, Duration::MAX)))
    }

    /// The tables could not be brought up to date.
    pub(super) fn not_migrated(&self, error: &MigrateError) -> StoreError {
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                StoreError::Newer { path: self.shown() }
            }
            MigrateError::Execute(sqlx::Error::Database(refused))
            | MigrateError::ExecuteMigration(sqlx::Error::Database(refused), _) => {
                let disk = bulk::of_the_disk("tabellen bijwerken", &**refused);
                disk.unwrap_or_else(|| StoreError::Migrate(error.to_string()))
            }
            error => StoreError::Migrate(error.to_string()),
        }
    }
}

/// For reading: plans are the server's own.
pub(super) fn readers(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(Duration::from_mins(10))
        .test_before_acquire(true)
}

/// For deciding: every row is found by its key, however old the statistics are, and plans are made once.
pub(super) fn by_key(options: PgConnectOptions) -> PgConnectOptions {
    options.options([
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        // Without these a key of which only a part seems selective reads the whole index once and compares.
        ("enable_bitmapscan", "off"),
        ("enable_material", "off"),
        ("enable_memoize", "off"),
        ("plan_cache_mode", "force_generic_plan"),
        ("jit", "off"),
    ])
}

pub(super) fn migrator() -> Migrator {
    let step = |(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(step).collect())
}
