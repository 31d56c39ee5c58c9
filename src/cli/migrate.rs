//! `happyflow migrate`: bring the tables of the store up to date, and nothing else.

use super::output::{say, tell};
use super::place::block_on;
use super::serve::postgres;
use super::{CliError, Exit};
use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::office::regels::begin_rules_telling;
use crate::store::Store;
use crate::store::postgres::PgStore;
use crate::store::sqlite::SqliteStore;
use clap::Args;
use std::path::PathBuf;

/// Werk de tabellen van de opslag bij naar deze versie
#[derive(Debug, Args)]
pub(super) struct MigrateCommand {
    /// Gegevensmap; wordt gemaakt als die er niet is
    #[arg(long, value_name = "MAP")]
    data: Option<PathBuf>,
    /// Configuratie (TOML)
    #[arg(long, value_name = "BESTAND")]
    config: Option<PathBuf>,
}

impl MigrateCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let config = Config::read(self.config.as_deref())?;
        block_on(async {
            if self.data.is_none()
                && let Some(settings) = postgres(&config, &Environment::read())?
            {
                let store = PgStore::open(&settings).await?;
                begin_rules_telling(&store, Clock::System.now(), &tell).await?;
                store.close().await;
                say(&format!("De tabellen van {} zijn bijgewerkt.\n", settings.shown()))?;
                return Ok(Exit::Good);
            }
            let folder = self.data.or(config.data).ok_or_else(|| {
                CliError::Usage("geef de gegevensmap met --data, of de configuratie met --config".to_owned())
            })?;
            let store = SqliteStore::open(&folder).await?;
            begin_rules_telling(&store, Clock::System.now(), &tell).await?;
            store.close().await;
            say(&format!("De tabellen in {} zijn bijgewerkt.\n", folder.display()))?;
            Ok(Exit::Good)
        })
    }
}
