//! `happyflow contract`: the contract register and its versions.

use super::output::say;
use super::place::{Place, block_on};
use super::{CliError, Exit};
use crate::contracts::{Register, render_import, render_list, render_show};
use crate::office::register::Along;
use crate::store::{RegisterInfo, Store};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::str::FromStr;
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

/// Which version of the register is shown.
#[derive(Debug, Args)]
struct Which {
    /// Toon wat toen bekend was: een journaalnummer of een datum (jjjj-mm-dd, aan het eind van die dag)
    #[arg(long, value_name = "JOURNAAL|DATUM")]
    as_of: Option<AsOf>,
    #[command(flatten)]
    place: Place,
}

/// A point in what was known.
#[derive(Debug, Clone, Copy)]
enum AsOf {
    /// Up to this journal number.
    Journal(i64),
    /// Up to the end of this day.
    Day(NaiveDate),
}

impl FromStr for AsOf {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let journal = text.parse().map(Self::Journal);
        let day = || text.parse().map(Self::Day);
        journal
            .or_else(|_| day())
            .map_err(|_: chrono::ParseError| "geef een journaalnummer of een datum (jjjj-mm-dd)")
    }
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
        let data = self.place.open().await?;
        data.catch_up().await?;
        let imported = data.office.import(&self.path).await?;
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
                let RegisterInfo { version, journal, moment, names, .. } = info;
                text.push_str(&format!("{version}  journaal {journal}  {moment}  {}\n", names.join(", ")));
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
        let unknown = || {
            CliError::Usage(format!(
                "contract {} bestaat niet in deze versie; zie happyflow contract list",
                self.nummer
            ))
        };
        print(&render_show(&register, &self.nummer).ok_or_else(unknown)?)
    }
}

impl Which {
    async fn register<S: Store>(&self, store: &S) -> Result<Arc<Register>, CliError> {
        let journal = match self.as_of {
            None => i64::MAX,
            Some(AsOf::Journal(journal)) => journal,
            Some(AsOf::Day(day)) => {
                let infos = store.register_versions().await?;
                infos
                    .iter()
                    .filter(|info| info.moment.date() <= day)
                    .map(|info| info.journal)
                    .max()
                    .unwrap_or(0)
            }
        };
        Ok(Along::of(store).await?.known_at(journal).await?.register.clone())
    }
}

fn print(text: &str) -> Result<Exit, CliError> {
    say(text)?;
    Ok(Exit::Good)
}
