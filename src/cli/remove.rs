//! `happyflow remove`: who was kept as long as the law asks is taken out of everything.

use super::numbers::numbers;
use super::output::Output;
use super::place::{By, Data, Installation, block_on};
use super::toegang::wrote;
use super::{CliError, Exit};
use crate::codes::Bsn;
use crate::office::operator::Person;
use crate::removal::{RemovalError, Wanted, kept_from, remove, select};
use crate::store::removal::Removal;
use chrono::NaiveDate;
use clap::Args;
use std::path::{Path, PathBuf};

const HELP: &str = "Er blijft over: bedragen, producten, perioden van zorg en nummers van berichten, toewijzingen en\n\
    declaraties, zonder persoon. De keten en `replay` blijven kloppen; het journaal zegt wat er waarom wegging.\n\
    Reservekopieën en bestanden die al zijn opgehaald, ruimt happyflow niet op: zie docs/operations.md.";

/// Verwijder jeugdigen van wie de bewaartermijn is verstreken
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct RemoveCommand {
    /// Deze jeugdigen: per regel een burgerservicenummer, - leest van stdin
    #[arg(long, value_name = "BESTAND", required_unless_present = "expired", conflicts_with = "expired")]
    client_file: Option<PathBuf>,
    /// Iedere jeugdige van wie de termijn is verstreken
    #[arg(long)]
    expired: bool,
    /// Alleen wie na deze dag niets meer heeft; niet later dan de bewaartermijn toelaat
    #[arg(long, value_name = "DATUM")]
    before: Option<NaiveDate>,
    /// Zeg alleen hoeveel jeugdigen weg kunnen
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    place: Installation,
}

impl From<RemovalError> for CliError {
    fn from(error: RemovalError) -> Self {
        match error {
            RemovalError::Office(error) => error.into(),
            error => Self::Removal(error),
        }
    }
}

impl RemoveCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            let (_, settings) = self.place.read()?;
            let years = settings.limits.retention_years;
            let latest = kept_from(settings.clock.now().date(), years);
            let before = self.before.unwrap_or(latest);
            if before > latest {
                return Err(CliError::Usage(format!(
                    "de bewaartermijn is {years} jaar: --before is hoogstens {latest}"
                )));
            }
            let clients = self.client_file.as_deref().map(numbers).transpose()?;
            let data = self.place.open().await?;
            data.catch_up().await?;
            let settled = data.office.store().settled().await?;
            let wanted = Wanted { clients: clients.as_deref(), before, years, settled };
            // As it is at one moment: on a server others go on.
            let frozen = self.place.frozen().await?;
            let selection = select(&*frozen, settings.clone(), &wanted).await;
            frozen.close().await;
            let mut selection = selection?;
            let mut output = Output::stdout();
            if self.dry_run {
                output.text(&format!("{} jeugdigen kunnen worden verwijderd\n", selection.due.len()))?;
                output.flush()?;
                return Ok(Exit::Good);
            }
            let person = Person::from(self.by);
            let about = format!("{} jeugdigen na de bewaartermijn", selection.due.len());
            wrote(data.office.store(), Some(&person.signature()), "verwijderd", &about, &person.why).await?;
            let mut exit = Exit::Good;
            for due in std::mem::take(&mut selection.due) {
                let done = remove(&data.office, &mut selection, due, person.clone(), &settings).await?;
                let (journal, removal) = match done {
                    Ok(done) => done,
                    Err(why) => {
                        output.text(&format!("een jeugdige is niet verwijderd: {why}\n"))?;
                        exit = Exit::Some;
                        continue;
                    }
                };
                files(&data, &removal).await?;
                output.text(&format!(
                    "journaal {journal}: een jeugdige verwijderd uit {} ontvangen en {} verstuurde berichten\n",
                    removal.messages.len(),
                    removal.sends.len()
                ))?;
            }
            data.seal().await?;
            output.flush()?;
            let store = data.office.store();
            store.tidy().await?;
            // Also ends the log of the embedded store, in which what was removed still stands.
            store.close().await;
            Ok(exit)
        })
    }
}

/// Files of ours that hold what was removed.
async fn files(data: &Data, removal: &Removal) -> Result<(), CliError> {
    let Some(spool) = &data.spool else { return Ok(()) };
    for (arrival, _, _) in &removal.parked {
        spool.unpark(*arrival)?;
    }
    let sends = removal.parts.iter().filter_map(|(_, part, _)| part.strip_prefix("uitgaand ")?.parse().ok());
    for send in sends {
        let Some(sent) = data.office.store().sent(send).await? else { continue };
        let path = data.folder.join(data.office.hub().address(sent.receiver, send, sent.soort));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(CliError::file(&path, &error));
            }
            _ => {}
        }
    }
    notices(data, removal.bsn)
}

/// Notices name lines by the references of their aanbieder, and some make those of the number.
fn notices(data: &Data, bsn: Bsn) -> Result<(), CliError> {
    for receiver in inside(&data.folder.join("out"))? {
        for path in inside(&receiver.join("bericht"))? {
            let fault = |error: std::io::Error| CliError::file(&path, &error);
            let bytes = std::fs::read(&path).map_err(fault)?;
            if String::from_utf8_lossy(&bytes).contains(bsn.as_str()) {
                std::fs::remove_file(&path).map_err(fault)?;
            }
        }
    }
    Ok(())
}

/// What lies in a folder, in order; nothing in one that is not there.
fn inside(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let found = std::fs::read_dir(folder).map_err(|error| CliError::file(folder, &error))?;
    let paths: Result<Vec<PathBuf>, _> = found.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(|error| CliError::file(folder, &error))?;
    paths.sort_unstable();
    Ok(paths)
}
