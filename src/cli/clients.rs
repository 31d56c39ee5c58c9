//! `happyflow clients`: what gemeenten tell of their clients.

use super::contract::Hoe;
use super::place::block_on;
use super::{CliError, Exit};
use crate::contracts::{Wijze, client_feed};
use crate::office::{OfficeError, read_file};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Clienten: overnemen wat het systeem van een gemeente meldt
#[derive(Debug, Args)]
pub(super) struct ClientsCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Neem nieuwe clienten, verhuizingen, verbeteringen en overlijdens over; wat er niet in staat blijft
    Import(ClientsImport),
}

#[derive(Debug, Args)]
struct ClientsImport {
    /// Bestand: JSON met clienten, of CSV zoals clienten.csv
    #[arg(value_name = "BESTAND")]
    path: PathBuf,
    #[command(flatten)]
    hoe: Hoe,
}

impl ClientsCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let Action::Import(ClientsImport { path, hoe }) = self.action;
        block_on(async {
            let today = hoe.today()?;
            hoe.run(|register| {
                let (naam, bytes) = read_file(&path).map_err(OfficeError::from)?;
                let herkomst = hoe.herkomst(Wijze::Aanvullend);
                let feed = client_feed((&naam, &bytes), register, today, herkomst);
                feed.map_err(|errors| OfficeError::Clients(errors).into())
            })
            .await
        })
    }
}
