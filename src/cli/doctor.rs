//! `happyflow doctor`: looks whether an installation can work, and says what to do when it cannot.

use super::output::say;
use super::place::block_on;
use super::serve::{broker, postgres};
use super::{CliError, Exit};
use crate::config::{Config, Environment, HubSoort};
use crate::doctor::{
    Checkup, CheckupVerdict, broker_checks, disk, folder_checks, http_check, hub_checks, postgres_checks,
    register_checks, sqlite_checks,
};
use crate::hub::Taking;
use crate::post::Brievenbus;
use crate::store::postgres::PgStore;
use crate::store::sqlite::SqliteStore;
use clap::Args;
use std::path::PathBuf;

/// Controleer opslag, broker, versie van de tabellen, klok en schijf, en zeg wat er moet gebeuren
#[derive(Debug, Args)]
pub(super) struct DoctorCommand {
    /// Gegevensmap
    #[arg(long, value_name = "MAP")]
    data: Option<PathBuf>,
    /// Configuratie (TOML)
    #[arg(long, value_name = "BESTAND")]
    config: Option<PathBuf>,
}

impl DoctorCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let config = Config::read(self.config.as_deref())?;
        let environment = Environment::read();
        let folder = self.data.clone().or_else(|| config.data.clone());
        let database = if self.data.is_some() { None } else { postgres(&config, &environment)? };
        if folder.is_none() && database.is_none() {
            let text = "geef de gegevensmap met --data, of de configuratie met --config".to_owned();
            return Err(CliError::Usage(text));
        }
        let address = broker(&config, &environment)?;
        let checks = block_on(async {
            let mut checks = vec![match &self.config {
                Some(path) => Checkup::good("configuratie", format!("{} is te lezen", path.display())),
                None => Checkup::good("configuratie", "geen bestand gegeven: de standaard geldt".to_owned()),
            }];
            match (&database, &folder) {
                (Some(settings), _) => checks.extend(postgres_checks(settings).await),
                (None, Some(folder)) => checks.extend(sqlite_checks(folder).await),
                (None, None) => {}
            }
            // Tables of another version are not read, and nothing is made here.
            if checks.iter().any(|check| check.what == "tabellen" && check.verdict == CheckupVerdict::Good) {
                checks.extend(match (&database, &folder) {
                    (Some(settings), _) => register_checks(&PgStore::connect(settings)?).await,
                    (None, Some(folder)) => register_checks(&SqliteStore::open(folder).await?).await,
                    (None, None) => Vec::new(),
                });
            }
            if let Some(folder) = &folder {
                checks.push(disk(folder));
            }
            // As other commands: a data folder that is given is one of its own.
            let by_folders = self.data.is_some() || config.hub() == HubSoort::Mappen;
            if let Some(folder) = folder.as_ref().filter(|folder| by_folders && folder.is_dir()) {
                checks.extend(folder_checks(folder, &Taking::new(&config)));
            }
            // What runs on one machine as a service has settings.
            if self.config.is_some() {
                checks.push(http_check(config.http.listen).await);
                checks.extend(hub_checks(&config.broker));
                checks.extend(super::console::login_checks(&config, &environment).await);
                checks.extend(post_check(&config, &environment).await);
            }
            if let Some(address) = &address {
                checks.extend(broker_checks(address, &config.broker).await);
            }
            Ok::<_, CliError>(checks)
        })?;
        let mut good = true;
        let mut lines = String::new();
        for Checkup { what, verdict, text } in checks {
            let sign = match verdict {
                CheckupVerdict::Good => "goed  ",
                CheckupVerdict::Attention => "LET OP",
                CheckupVerdict::Wrong => "FOUT  ",
            };
            good &= verdict != CheckupVerdict::Wrong;
            lines.push_str(&format!("{sign} {what}: {text}\n"));
        }
        say(&lines)?;
        Ok(if good { Exit::Good } else { Exit::Some })
    }
}

/// Whether the mail server takes our mail; nothing when there is none.
async fn post_check(config: &Config, environment: &Environment) -> Option<Checkup> {
    const WHAT: &str = "post";
    let answers = match Brievenbus::of(config, environment) {
        Ok(None) => return None,
        Ok(Some(bus)) => bus.answers().await,
        Err(error) => Err(error),
    };
    Some(match answers {
        Ok(()) => Checkup::good(WHAT, "de mailserver antwoordt".to_owned()),
        Err(error) => {
            let text = format!("er kan nu geen post uit: {error}");
            Checkup { what: WHAT, verdict: CheckupVerdict::Attention, text }
        }
    })
}
