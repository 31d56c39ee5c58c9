//! `happyflow contract diff` and `calendar`: looking, and nothing else.

use super::super::output::{Output, say};
use super::super::place::Installation;
use super::super::{CliError, Exit};
use crate::contracts::{Kalenderregel, Register, Verschil, kalender};
use crate::office::register::{Along, in_force};
use crate::store::RegisterInfo;
use chrono::{Months, NaiveDate};
use clap::Args;
use serde_json::json;
use std::sync::Arc;

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// Oudste van de twee versies; standaard die voor de andere
    #[arg(value_name = "VERSIE", requires = "new")]
    old: Option<i64>,
    /// Nieuwste van de twee versies; standaard de geldende
    #[arg(value_name = "VERSIE")]
    new: Option<i64>,
    /// Het verschil als een JSON-object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
pub(super) struct Calendar {
    /// Tot en met deze dag (jjjj-mm-dd); standaard een jaar vooruit
    #[arg(long, value_name = "DATUM")]
    until: Option<NaiveDate>,
    /// Een JSON-object per regel
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

impl Diff {
    pub(super) async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.place.look().await?;
        let versions = store.register_versions().await?;
        let newest = versions.last().map_or(0, |info| info.version);
        let new = self.new.unwrap_or(newest);
        let old = self.old.unwrap_or_else(|| (new - 1).max(0));
        if old > new {
            return Err(CliError::Usage("geef de oudste van de twee versies het eerst".to_owned()));
        }
        let mut along = Along::of(&*store).await?;
        let mut registers: Vec<Arc<Register>> = Vec::new();
        for version in [old, new] {
            let journal = journal_of(&versions, version)?;
            registers.push(along.known_at(journal).await?.register.clone());
        }
        let verschil = Verschil::of(&registers[0], &registers[1]);
        if self.json {
            let mut output = Output::stdout();
            output.json(&json!({"old": old, "new": new, "difference": verschil}))?;
            output.flush()?;
            return Ok(Exit::Good);
        }
        let same = if verschil.is_empty() { "geen verschil\n" } else { "" };
        say(&format!("Van versie {old} naar versie {new}\n{}{same}", verschil.shown()))?;
        Ok(Exit::Good)
    }
}

/// Since which number of the journal a version is known; 0 is the register before all imports.
fn journal_of(versions: &[RegisterInfo], version: i64) -> Result<i64, CliError> {
    if version == 0 {
        return Ok(0);
    }
    let found = versions.iter().find(|info| info.version == version);
    let unknown =
        || CliError::Usage(format!("versie {version} bestaat niet; zie happyflow contract list --versions"));
    Ok(found.ok_or_else(unknown)?.journal)
}

impl Calendar {
    pub(super) async fn run(self) -> Result<Exit, CliError> {
        let (_, settings) = self.place.read()?;
        let (_, store) = self.place.look().await?;
        let register = in_force(&*store).await?.versie.register;
        let today = settings.clock.now().date();
        let until =
            self.until.or_else(|| today.checked_add_months(Months::new(12))).unwrap_or(NaiveDate::MAX);
        let regels = kalender(&register, today, until);
        let mut output = Output::stdout();
        for regel in &regels {
            if self.json {
                output.json(regel)?;
            } else {
                let Kalenderregel { datum, soort, contract, tekst, .. } = regel;
                output.text(&format!("{datum}  {soort:<13} {contract}: {tekst}\n"))?;
            }
        }
        if regels.is_empty() && !self.json {
            output.text("niets dat in deze tijd afloopt of niet aansluit\n")?;
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}
