//! `happyflow contract`: the contract register and its versions.

use super::output::Output;
use super::place::{Place, block_on};
use super::{CliError, Exit};
use crate::contracts::{Register, render_import, render_list, render_show};
use crate::pipeline::register;
use crate::store::Store;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::sync::Arc;

/// Contracten: overnemen, versies en inhoud bekijken
#[derive(Debug, Args)]
pub(super) struct Contracts {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Neem contracten over uit een bestand of een map; gelijke inhoud verandert niets
    Import(Import),
    /// Toon de contracten van een versie, of alle versies
    List(List),
    /// Toon een contract
    Show(Show),
}

#[derive(Debug, Args)]
struct Import {
    /// Bestand (JSON, TOML of CSV) of map
    #[arg(value_name = "PAD")]
    path: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// A version of the register.
#[derive(Debug, Args)]
struct Which {
    /// Nummer van de versie; zonder dit de nieuwste
    #[arg(long, value_name = "NUMMER")]
    version: Option<i64>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct List {
    /// Toon de versies in plaats van de contracten
    #[arg(long)]
    versions: bool,
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct Show {
    /// Nummer van het contract
    #[arg(value_name = "CONTRACT")]
    nummer: String,
    #[command(flatten)]
    which: Which,
}

impl Contracts {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            match self.action {
                Action::Import(import) => import.run().await,
                Action::List(list) => list.run().await,
                Action::Show(show) => show.run().await,
            }
        })
    }
}

impl Import {
    async fn run(self) -> Result<Exit, CliError> {
        let mut data = self.place.open().await?;
        let imported = data.engine.import(&self.path).await?;
        let what = match imported.version {
            Some(version) => format!("overgenomen als versie {version}\n"),
            None => "de inhoud is gelijk aan de geldende versie; er is niets veranderd\n".to_owned(),
        };
        print(&format!("{}{what}", render_import(&imported.import, &imported.before, &imported.after)))
    }
}

impl List {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.which.place.look().await?;
        let mut text = String::new();
        if self.versions {
            for info in store.register_versions().await? {
                text.push_str(&format!("{}  {}  {}\n", info.version, info.moment, info.names.join(", ")));
            }
        } else {
            let register = self.which.register(&store).await?;
            text = render_list(&register);
        }
        print(&text)
    }
}

impl Show {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.which.place.look().await?;
        let register = self.which.register(&store).await?;
        let unknown = || CliError::Usage(format!("contract {} bestaat niet in deze versie", self.nummer));
        print(&render_show(&register, &self.nummer).ok_or_else(unknown)?)
    }
}

impl Which {
    async fn register<S: Store>(&self, store: &S) -> Result<Arc<Register>, CliError> {
        let versies = register::load(store).await?;
        let Some(version) = self.version else {
            return Ok(versies.latest().register.clone());
        };
        let infos = store.register_versions().await?;
        let unknown = || CliError::Usage(format!("contractversie {version} bestaat niet"));
        let info = infos.iter().find(|info| info.version == version).ok_or_else(unknown)?;
        Ok(versies.known_at(info.journal).register.clone())
    }
}

fn print(text: &str) -> Result<Exit, CliError> {
    let mut output = Output::stdout();
    output.text(text)?;
    output.flush()?;
    Ok(Exit::Good)
}
