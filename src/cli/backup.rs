//! `happyflow backup`: a copy of the database of a data folder, while it is in use.

use super::output::say;
use super::place::block_on;
use super::{CliError, Exit};
use crate::config::Config;
use crate::store::sqlite;
use clap::Args;
use std::path::PathBuf;

/// Maak een reservekopie van de SQLite-database, ook als happyflow draait
#[derive(Debug, Args)]
pub(super) struct BackupCommand {
    /// Gegevensmap
    #[arg(long, value_name = "MAP")]
    data: Option<PathBuf>,
    /// Configuratie (TOML)
    #[arg(long, value_name = "BESTAND")]
    config: Option<PathBuf>,
    /// Waar de kopie komt; het bestand mag er nog niet zijn
    #[arg(value_name = "KOPIE")]
    copy: PathBuf,
}

impl BackupCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let config = Config::read(self.config.as_deref())?;
        if self.data.is_none() && config.database.url.is_some() {
            let text = "PostgreSQL kopieert u met deploy/backup.sh (docs/operations.md)".to_owned();
            return Err(CliError::Usage(text));
        }
        let folder = self.data.or(config.data).ok_or_else(|| {
            CliError::Usage("geef de gegevensmap met --data, of de configuratie met --config".to_owned())
        })?;
        block_on(async {
            sqlite::copy(&folder, &self.copy).await?;
            say(&format!("De kopie staat in {} en is gecontroleerd.\n", self.copy.display()))?;
            Ok(Exit::Good)
        })
    }
}
