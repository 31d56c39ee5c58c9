//! Data folder and settings: `--data` and `--config`, the same for every subcommand that has them.

use super::CliError;
use super::serve::postgres;
use crate::chain::seal;
use crate::clock::Clock;
use crate::config::{Config, Environment, HubSoort};
use crate::hub::{ByService, Outbound, Spool, spool};
use crate::messages::{BerichtSoort, Partij};
use crate::office::core::Core;
use crate::office::operator::Person;
use crate::office::regels::begin_rules;
use crate::office::{Office, Run, Settings};
use crate::store::Store;
use crate::store::postgres::{PgSettings, PgStore};
use crate::store::sqlite::{self, SqliteStore};
use chrono::NaiveDate;
use clap::{ArgAction, Args};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The data folder and the settings.
#[derive(Debug, Args)]
pub(super) struct Installation {
    /// Gegevensmap; wordt gemaakt als die er niet is
    #[arg(long, value_name = "MAP")]
    data: Option<PathBuf>,
    /// Configuratie (TOML)
    #[arg(long, value_name = "BESTAND")]
    config: Option<PathBuf>,
    /// Reken met deze datum (jjjj-mm-dd) in plaats van vandaag
    #[arg(long, value_name = "DATUM")]
    today: Option<NaiveDate>,
}

impl Installation {
    /// The settings as they stand in the file.
    pub(super) fn config(&self) -> Result<Config, CliError> {
        Ok(Config::read(self.config.as_deref())?)
    }

    /// Whether a file with settings was given.
    pub(super) fn has_config(&self) -> bool {
        self.config.is_some()
    }

    /// Whether anything was said of where the data are.
    pub(super) fn is_given(&self) -> bool {
        self.data.is_some() || self.config.is_some() || self.today.is_some()
    }

    /// The settings, the data folder and the settings of a run.
    pub(super) fn read(&self) -> Result<(PathBuf, Settings), CliError> {
        let config = self.config()?;
        // With a database and another hub than the folders nothing is in a folder.
        let none = (config.database.url.is_some() && config.hub() != HubSoort::Mappen).then(PathBuf::new);
        let data = self.data.clone().or_else(|| config.data.clone()).or(none).ok_or_else(|| {
            CliError::Usage("geef de gegevensmap met --data, of met data in de configuratie".to_owned())
        })?;
        let clock = self.today.map_or(Clock::System, Clock::Fixed);
        Ok((data, Settings::new(&config, clock)))
    }
}

/// Who seals while others decide.
pub(super) struct Sealing {
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Sealing {
    /// Ends it: two that seal at once leave what is new to a third.
    pub(super) async fn end(self) {
        self.stop.cancel();
        if let Some(task) = self.task {
            task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        }
    }
}

/// What fails here is told by whoever seals at the end.
async fn seal_until(office: Office, stop: CancellationToken) {
    const EVERY: Duration = Duration::from_millis(200);
    while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        if let Err(error) = seal(office.store()).await {
            tracing::warn!(code = error.label(), %error, "verzegelen mislukt; aan het einde wordt het opnieuw gedaan");
        }
    }
}

/// The store and hub in a data folder.
pub(super) struct Data {
    /// The folder as it was given.
    pub(super) folder: PathBuf,
    /// The folders that messages come from; none when they come from a broker.
    pub(super) spool: Option<Spool>,
    /// The office.
    pub(super) office: Office,
}

impl Data {
    /// Opens a data folder.
    pub(super) async fn open(folder: PathBuf, settings: Settings) -> Result<Self, CliError> {
        let store = Arc::new(SqliteStore::open(&folder).await?);
        Self::on(store, folder, true, settings).await
    }

    async fn on(
        store: Arc<dyn Store>,
        folder: PathBuf,
        spool: bool,
        settings: Settings,
    ) -> Result<Self, CliError> {
        let spool = if spool { Some(Spool::open(&folder)?) } else { None };
        let hub: Arc<dyn Outbound> = match &spool {
            Some(spool) => Arc::new(spool.clone()),
            None => Arc::new(ByService),
        };
        let office = Office::open(store, hub, Core::STANDARD, settings).await?;
        Ok(Self { folder, spool, office })
    }

    /// Does what a process that died left undone: it is decided, leaves, lies where people look for it, and is sealed.
    /// What waits in a shared store is for its workers, or for `process`.
    pub(super) async fn catch_up(&self) -> Result<(), CliError> {
        if self.office.store().shared() {
            self.office.publish().await?;
            self.office.show_parked().await?;
            return self.seal().await;
        }
        self.catch_up_in(&mut Run::new(&self.office)).await
    }

    /// As [`Data::catch_up`], whatever the store, in a run that tells what was decided.
    pub(super) async fn catch_up_in(&self, run: &mut Run) -> Result<(), CliError> {
        self.office.publish().await?;
        self.office.show_parked().await?;
        run.decide_backlog().await?;
        self.seal().await
    }

    /// From now on what is committed is linked in the chain, beside who decides; not on the embedded store, where it
    /// would take the turn to write.
    pub(super) fn seal_beside(&self) -> Sealing {
        let stop = CancellationToken::new();
        let shared = self.office.store().shared();
        let task = shared.then(|| tokio::spawn(seal_until(self.office.clone(), stop.clone())));
        Sealing { stop, task }
    }

    /// Links what was committed in the chain. What is broken off is done at the next start.
    pub(super) async fn seal(&self) -> Result<(), CliError> {
        Ok(seal(self.office.store()).await.map(drop)?)
    }
}

impl Installation {
    /// The store, to look things up only: nothing is locked, decided or published.
    pub(super) async fn look(&self) -> Result<(PathBuf, Arc<dyn Store>), CliError> {
        let (folder, settings) = self.read()?;
        let store: Arc<dyn Store> = match self.server().await? {
            Some(store) => store,
            None if folder.is_dir() => Arc::new(SqliteStore::open(&folder).await?),
            None => {
                return Err(CliError::Usage(format!("gegevensmap {} bestaat niet", folder.display())));
            }
        };
        begin_rules(&*store, settings.clock.now()).await?;
        Ok((folder, store))
    }

    /// Where what leaves lies for its receiver.
    pub(super) fn addresses(&self) -> Result<fn(Partij, i64, BerichtSoort) -> String, CliError> {
        let service = |receiver, send, soort| ByService.address(receiver, send, soort);
        Ok(if self.in_folders()? { spool::address } else { service })
    }

    /// Whether messages come and go in folders. A data folder that is given stands by itself, without the servers in
    /// the settings.
    fn in_folders(&self) -> Result<bool, CliError> {
        Ok(self.data.is_some() || self.config()?.hub() == HubSoort::Mappen)
    }

    /// The store as it is now, however much is added while it is read: to compare things in it.
    pub(super) async fn frozen(&self) -> Result<Arc<dyn Store>, CliError> {
        // Opened as usual first: that brings the tables up to date.
        let (folder, store) = self.look().await?;
        store.close().await;
        Ok(match self.settings_of_server()? {
            Some(settings) => Arc::new(PgStore::frozen(&settings).await?),
            None => Arc::new(SqliteStore::frozen(&folder).await?),
        })
    }

    /// As [`Installation::frozen`], for who may not even bring tables up to date: another process may be at work on them, and a
    /// look changes nothing.
    pub(super) async fn still(&self) -> Result<(PathBuf, Arc<dyn Store>), CliError> {
        let (folder, _) = self.read()?;
        let server = self.settings_of_server()?;
        let schema = match &server {
            Some(settings) => crate::store::postgres::schema(settings).await?,
            None if folder.is_dir() => sqlite::schema(&folder).await?,
            None => {
                return Err(CliError::Usage(format!("gegevensmap {} bestaat niet", folder.display())));
            }
        };
        if schema.applied == 0 {
            return Err(CliError::Usage("daar staat nog niets: verwerk eerst berichten".to_owned()));
        }
        if schema.applied < schema.known && !schema.unknown {
            let text = "de tabellen zijn van een oudere versie; er is niets gewijzigd. Draai eerst happyflow migrate";
            return Err(CliError::Usage(text.to_owned()));
        }
        let store: Arc<dyn Store> = match server {
            Some(settings) => Arc::new(PgStore::frozen(&settings).await?),
            None => Arc::new(SqliteStore::frozen(&folder).await?),
        };
        Ok((folder, store))
    }

    /// Says of something that left whether it still lies where its receiver takes it; nobody can see that of a broker.
    pub(super) fn lies(
        &self,
        folder: PathBuf,
    ) -> Result<impl Fn(Partij, i64, BerichtSoort) -> Option<bool> + Sync, CliError> {
        let in_folders = self.in_folders()?;
        Ok(move |receiver, send, soort| {
            in_folders.then(|| folder.join(spool::address(receiver, send, soort)).exists())
        })
    }

    /// The data, to change something.
    pub(super) async fn open(&self) -> Result<Data, CliError> {
        let (folder, settings) = self.read()?;
        self.start(folder, settings).await
    }

    /// As [`Installation::open`], with settings that were changed.
    pub(super) async fn start(&self, folder: PathBuf, settings: Settings) -> Result<Data, CliError> {
        let store: Arc<dyn Store> = match self.server().await? {
            Some(store) => store,
            None => Arc::new(SqliteStore::open(&folder).await?),
        };
        Data::on(store, folder, self.in_folders()?, settings).await
    }

    /// The store in a database server, when the settings name one and no data folder was given.
    async fn server(&self) -> Result<Option<Arc<dyn Store>>, CliError> {
        Ok(match self.settings_of_server()? {
            Some(settings) => Some(Arc::new(PgStore::open(&settings).await?)),
            None => None,
        })
    }

    fn settings_of_server(&self) -> Result<Option<PgSettings>, CliError> {
        if self.data.is_some() {
            return Ok(None);
        }
        postgres(&self.config()?, &Environment::read())
    }
}

/// Who decides, and why; recorded in the journal.
#[derive(Debug, Args)]
pub(super) struct By {
    /// Wie dit besluit; twee keer waar twee personen samen besluiten
    #[arg(long, value_name = "NAAM", value_parser = not_blank, required = true, action = ArgAction::Append)]
    by: Vec<String>,
    /// Waarom
    #[arg(long, value_name = "TEKST", value_parser = not_blank)]
    why: String,
}

impl By {
    /// Name and reason, where one acts and another approves apart.
    pub(super) fn one(self) -> (String, String) {
        (self.by.join(" en "), self.why)
    }
}

impl From<By> for Person {
    fn from(By { by, why }: By) -> Self {
        person(by, why)
    }
}

/// As [`By`], where a preview needs nobody: `--check` stands beside it.
#[derive(Debug, Args)]
pub(super) struct ByUnlessCheck {
    /// Wie dit besluit; twee keer waar twee personen samen besluiten
    #[arg(long, value_name = "NAAM", value_parser = not_blank, required_unless_present = "check",
        action = ArgAction::Append)]
    by: Vec<String>,
    /// Waarom
    #[arg(long, value_name = "TEKST", value_parser = not_blank, required_unless_present = "check")]
    why: Option<String>,
}

impl From<ByUnlessCheck> for Person {
    fn from(ByUnlessCheck { by, why }: ByUnlessCheck) -> Self {
        person(by, why.unwrap_or_default())
    }
}

fn person(by: Vec<String>, why: String) -> Person {
    let mut by = by.into_iter();
    let who = by.next().unwrap_or_default();
    let rest: Vec<String> = by.collect();
    Person { who, second: (!rest.is_empty()).then(|| rest.join(" en ")), why }
}

pub(super) fn not_blank(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() { Err("mag niet leeg zijn") } else { Ok(text.to_owned()) }
}

/// How long threads may take that finish something when the work is done.
const END_TIMEOUT: Duration = Duration::from_secs(1);

/// Runs the work of a subcommand to its end, and leaves its databases in one file each.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(work);
    runtime.block_on(sqlite::leave());
    // What still runs was given up: nobody waits for it.
    runtime.shutdown_timeout(END_TIMEOUT);
    done
}
