//! `happyflow serve`: the service, until it is asked to stop.

use super::place::block_on;
use super::{CliError, Exit};
use crate::clock::Clock;
use crate::config::{Config, Environment, HubSoort};
use crate::hub::amqp::{AmqpHub, AmqpIntake, BrokerAddress, Packing};
use crate::hub::{Inbound, Outbound, Spool, SpoolIntake, Taking};
use crate::office::core::Core;
use crate::office::{Office, Settings};
use crate::post::Brievenbus;
use crate::service::{self, ServiceParts};
use crate::store::Store;
use crate::store::postgres::{PgSettings, PgStore};
use crate::store::sqlite::SqliteStore;
use crate::telemetry;
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long the hub may take to say goodbye.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(1);

/// Draai als dienst: neem in, beoordeel, verzend en let op termijnen
#[derive(Debug, Args)]
pub(super) struct ServeCommand {
    /// Configuratie (TOML)
    #[arg(long, value_name = "BESTAND")]
    config: PathBuf,
}

impl ServeCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let config = Config::read(Some(&self.config))?;
        let environment = Environment::read();
        let traces = telemetry::start_service(&config.telemetry, &environment).map_err(CliError::Usage)?;
        let done = block_on(serve(&config, &environment));
        traces.finish();
        done
    }
}

/// Where PostgreSQL is; none when the settings name none.
pub(super) fn postgres(config: &Config, environment: &Environment) -> Result<Option<PgSettings>, CliError> {
    let Some(url) = &config.database.url else {
        return Ok(None);
    };
    let password = config.database.password(environment)?.map(|password| password.reveal().to_owned());
    let (connections, patience) = (config.database.connections, config.database.patience());
    Ok(Some(PgSettings { url: url.clone(), password, connections, patience }))
}

/// Where the broker is; none when the settings name none.
pub(super) fn broker(config: &Config, environment: &Environment) -> Result<Option<BrokerAddress>, CliError> {
    let password = config.broker.password(environment)?;
    Ok(BrokerAddress::new(&config.broker, password.as_ref())?)
}

/// How messages are packed for the broker.
pub(super) fn packing(config: &Config) -> Packing {
    let archive = config.broker.archive.clone();
    let beside = || config.data.clone().unwrap_or_default().join("archief");
    Packing {
        compress_above: config.broker.compress_above_bytes,
        refer_above: config.broker.refer_above_bytes,
        archive: archive.unwrap_or_else(beside),
        max_message_bytes: config.limits.max_message_bytes,
    }
}

async fn serve(config: &Config, environment: &Environment) -> Result<Exit, CliError> {
    let needs_folder =
        config.database.url.is_none() || config.hub() == HubSoort::Mappen || config.broker.archive.is_none();
    let folder = match &config.data {
        Some(folder) => folder.clone(),
        None if needs_folder => {
            let text = "vul data in de configuratie: daar komen database, mappen of archief".to_owned();
            return Err(CliError::Usage(text));
        }
        None => PathBuf::new(),
    };
    let store: Arc<dyn Store> = match postgres(config, environment)? {
        Some(settings) => Arc::new(PgStore::open(&settings).await?),
        None => Arc::new(SqliteStore::open(&folder).await?),
    };
    let post = Brievenbus::of(config, environment)?;
    let stop = stop_on_signals()?;
    let mut parts = match config.hub() {
        HubSoort::Mappen => by_folders(config, &folder, store)?,
        HubSoort::Rabbitmq => by_broker(config, environment, store).await?,
    };
    let office = parts.office.clone();
    parts.console = super::console::of((config, environment), office.clone(), folder).await?;
    parts.post = post;
    let done = service::run(config, parts, stop).await;
    // One that does not answer finds out by itself.
    let _ = tokio::time::timeout(GOODBYE_TIMEOUT, office.hub().close()).await;
    done?;
    Ok(Exit::Good)
}

/// The service on the folders of the data folder.
fn by_folders(config: &Config, folder: &Path, store: Arc<dyn Store>) -> Result<ServiceParts, CliError> {
    let spool = Spool::open(folder)?;
    let (mut inbound, mut folders): (Option<Box<dyn Inbound>>, _) = (None, Arc::default());
    if config.worker.intake {
        let intake = SpoolIntake::new(spool.clone(), Taking::new(config));
        folders = intake.state();
        inbound = Some(Box::new(intake));
    }
    let office = office(config, store, Arc::new(spool));
    Ok(ServiceParts { office, inbound, links: Vec::new(), folders, console: None, post: None })
}

fn office(config: &Config, store: Arc<dyn Store>, hub: Arc<dyn Outbound>) -> Office {
    Office::new(store, hub, Core::STANDARD, Settings::new(config, Clock::System))
}

/// The service on the broker.
async fn by_broker(
    config: &Config,
    environment: &Environment,
    store: Arc<dyn Store>,
) -> Result<ServiceParts, CliError> {
    let address = broker(config, environment)?
        .ok_or_else(|| CliError::Usage("vul broker.url in de configuratie".to_owned()))?;
    let hub = Arc::new(AmqpHub::new(address.clone(), &config.broker, packing(config)));
    if let Err(error) = hub.connect().await {
        tracing::warn!(code = error.label(), %error, "de broker is er nog niet; de dienst begint en blijft het proberen");
    }
    let mut links = vec![("uit", hub.state())];
    let mut inbound: Option<Box<dyn Inbound>> = None;
    if config.worker.intake {
        let intake = AmqpIntake::new(address, &config.broker, packing(config), &config.notice_code);
        links.push(("in", intake.state()));
        inbound = Some(Box::new(intake));
    }
    let office = office(config, store, hub);
    Ok(ServiceParts { office, inbound, links, folders: Arc::default(), console: None, post: None })
}

/// SIGTERM and SIGINT ask the service to stop.
pub(super) fn stop_on_signals() -> Result<CancellationToken, CliError> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let asked = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("gevraagd te stoppen: het lopende werk wordt afgemaakt");
        asked.cancel();
    });
    Ok(stop)
}
