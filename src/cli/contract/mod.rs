//! `happyflow contract`: the contract register and its versions.

use super::output::say;
use super::place::{Installation, block_on};
use super::{CliError, Exit};
use crate::contracts::{Herkomst, Register, render_list, render_show};
use crate::office::register::Along;
use crate::office::register::brought;
use crate::store::{RegisterAt, RegisterInfo, Store};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use std::str::FromStr;
use std::sync::Arc;

mod kijken;
mod overnemen;

pub(super) use overnemen::Hoe;

/// Contracten: overnemen, versies en inhoud bekijken
#[derive(Debug, Args)]
pub(super) struct ContractCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Neem contracten over uit een bestand of een map: wat daarin staat wordt vervangen, de rest blijft
    Import(overnemen::Overnemen),
    /// Maak nieuwe tarieven vanaf een dag, met een percentage erbij
    Index(overnemen::Index),
    /// Toon wat afloopt, en waar tarieven en opties niet aansluiten
    Calendar(kijken::Calendar),
    /// Toon wat twee versies verschillen
    Diff(kijken::Diff),
    /// Toon de contracten van een versie, of alle versies
    List(List),
    /// Toon een contract
    Show(Show),
}

/// Which version of the register is shown.
#[derive(Debug, Args)]
struct VersionChoice {
    /// Toon wat toen bekend was: een journaalnummer of een datum (jjjj-mm-dd, aan het eind van die dag)
    #[arg(long, value_name = "JOURNAAL|DATUM")]
    as_of: Option<AsOf>,
    #[command(flatten)]
    place: Installation,
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
    which: VersionChoice,
}

#[derive(Debug, Args)]
struct Show {
    /// Nummer van het contract
    #[arg(value_name = "CONTRACT")]
    nummer: String,
    #[command(flatten)]
    which: VersionChoice,
}

impl ContractCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            match self.action {
                Action::Import(import) => import.run().await,
                Action::Index(index) => index.run().await,
                Action::Calendar(calendar) => calendar.run().await,
                Action::Diff(diff) => diff.run().await,
                Action::List(list) => list.run().await,
                Action::Show(show) => show.run().await,
            }
        })
    }
}

impl List {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.which.place.look().await?;
        let mut text = String::new();
        if self.versions {
            for info in store.register_versions().await? {
                let who = who(&*store, &info).await?;
                let RegisterInfo { version, journal, moment, mut names, .. } = info;
                names.retain(|name| name != Herkomst::BESTAND);
                text.push_str(&format!(
                    "{version}  journaal {journal}  {moment}  {}{who}\n",
                    names.join(", ")
                ));
            }
        } else {
            let register = self.which.register(&*store).await?;
            text = render_list(&register);
        }
        print(&text)
    }
}

/// Who took a version over, and why; empty when that was not said.
async fn who(store: &dyn Store, info: &RegisterInfo) -> Result<String, CliError> {
    if !info.names.iter().any(|name| name == Herkomst::BESTAND) {
        return Ok(String::new());
    }
    let content = store.register(RegisterAt::Version(info.version)).await?;
    let Some(Herkomst { door, waarom, .. }) = content.as_ref().and_then(brought) else {
        return Ok(String::new());
    };
    let by = door.map(|who| format!("  door {who}")).unwrap_or_default();
    let why = waarom.map(|why| format!(": {why}")).unwrap_or_default();
    Ok(format!("{by}{why}"))
}

impl Show {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.which.place.look().await?;
        let register = self.which.register(&*store).await?;
        let unknown = || {
            CliError::Usage(format!(
                "contract {} bestaat niet in deze versie; zie happyflow contract list",
                self.nummer
            ))
        };
        print(&render_show(&register, &self.nummer).ok_or_else(unknown)?)
    }
}

impl VersionChoice {
    async fn register(&self, store: &dyn Store) -> Result<Arc<Register>, CliError> {
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
