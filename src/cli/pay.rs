//! `happyflow pay`: a payment run, and the files of an earlier one again.

use super::output::Output;
use super::place::{Installation, block_on};
use super::{CliError, Exit};
use crate::config::Betaling;
use crate::digest::{Digest, hex};
use crate::money::Cents;
use crate::office::pay::{Files, Planned, Staged, recorded};
use crate::office::{Office, OfficeError, PayError};
use crate::payments::PaymentRun;
use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

const HELP: &str = "De rekeningen waarvan wordt betaald staan in de configuratie:\n\
    \n  [betaling]\n  opdrachtgever = \"Naam van de BVO\"\n\
    \n  [betaling.rekening]          # voor elke gemeente zonder eigen rekening\n  \
    naam = \"Naam van de rekeninghouder\"\n  iban = \"...\"\n  bic = \"...\"                  # mag ontbreken\n\
    \n  [betaling.gemeenten.0193]    # een gemeente die zelf betaalt\n  naam = \"...\"\n  iban = \"...\"\n\
    \nZonder configuratie betaalt een verzonnen voorbeeldrekening, en dat staat in de uitvoer.\n\
    Wat eenmaal in een betaalrun staat wordt nooit nog een keer betaald; --run schrijft zijn bestanden\n\
    opnieuw, byte voor byte gelijk. Uitgang 1: een saldo kon niet worden betaald.";

/// Betaal wat betaalbaar is: een bestand voor de bank en een specificatie per aanbieder
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct PayCommand {
    /// Betaaldatum (jjjj-mm-dd)
    #[arg(long, value_name = "DATUM", required_unless_present = "run", conflicts_with = "run")]
    date: Option<NaiveDate>,
    /// Map waarin de bestanden komen
    #[arg(long, value_name = "MAP")]
    out: PathBuf,
    /// Schrijf de bestanden van deze eerdere betaalrun opnieuw; er wordt niets betaald
    #[arg(long, value_name = "NUMMER")]
    run: Option<i64>,
    /// Een JSON-object met de uitkomst, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

/// What scripts get.
#[derive(Debug, Default, Serialize)]
struct PayLine {
    /// None when nothing was paid.
    run: Option<i64>,
    date: Option<String>,
    execution_date: Option<String>,
    transfers: usize,
    total_cents: i64,
    files: Vec<String>,
    /// SHA-256 of the file for the bank, in hexadecimal digits, to compare with what the bank shows.
    bank_file_sha256: Option<String>,
    carried_forward: Vec<String>,
    problems: Vec<String>,
    notes: Vec<String>,
}

impl PayCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            let line = match (self.run, self.date) {
                (Some(run), _) => self.again(run).await?,
                (None, Some(date)) => self.pay(date).await?,
                (None, None) => return Err(CliError::Usage("geef een betaaldatum met --date".to_owned())),
            };
            let mut output = Output::stdout();
            if self.json {
                output.json(&line)?;
            } else {
                output.text(&line.for_people())?;
            }
            output.flush()?;
            Ok(if line.problems.is_empty() { Exit::Good } else { Exit::Some })
        })
    }

    async fn pay(&self, date: NaiveDate) -> Result<PayLine, CliError> {
        let (betaling, note) = self.betaling()?;
        let open = self.place.open().await?;
        open.catch_up().await?;
        let planned = open.office.plan_payment(date, &betaling).await?;
        let mut line = PayLine::of(&planned.run)?;
        if planned.run.paid.is_empty() {
            // A run that died before its files had their names is found back here.
            let last = open.office.store().payment_runs().await?.pop();
            line.notes.extend(last.map(|last| {
                format!(
                    "de laatste betaalrun is {} van {}; zijn bestanden opnieuw: --run {}",
                    last.run, last.datum, last.run
                )
            }));
            return Ok(line);
        }
        let (run, files) = settle(&open.office, &planned, &self.out).await?;
        line.run = Some(run);
        line.bank_file_sha256 = bank_file_sha256(&planned.files);
        line.date = Some(planned.run.datum.to_string());
        line.execution_date = Some(planned.run.execution_date().to_string());
        line.notes.extend(note);
        line.files = files;
        Ok(line)
    }

    async fn again(&self, run: i64) -> Result<PayLine, CliError> {
        let (_, store) = self.place.look().await?;
        let files: Files = recorded(&*store, run).await?;
        let bank_file_sha256 = bank_file_sha256(&files);
        let files = place(run, Staged::write(&self.out, &files)?)?;
        let notes = vec![format!("bestanden van betaalrun {run} opnieuw geschreven; er is niets betaald")];
        Ok(PayLine { run: Some(run), files, bank_file_sha256, notes, ..PayLine::default() })
    }

    /// The paying accounts, and what an operator must know of them.
    fn betaling(&self) -> Result<(Betaling, Option<String>), CliError> {
        if let Some(betaling) = self.place.config()?.betaling {
            return Ok((betaling, None));
        }
        if self.place.has_config() {
            let text = "de configuratie heeft geen [betaling] met de rekening waarvan wordt betaald; zie happyflow pay --help";
            return Err(CliError::Usage(text.to_owned()));
        }
        let example = Betaling::example();
        let iban = example.rekening.as_ref().map_or(String::new(), |debtor| debtor.iban.to_string());
        let note = format!(
            "betaald van een verzonnen voorbeeldrekening ({iban}): bied dit bestand niet aan bij een bank; \
             zie happyflow pay --help"
        );
        Ok((example, Some(note)))
    }
}

/// Writes the files of a run, records it and gives the files their names: in this order nothing is paid
/// twice and nothing is lost. Returns its number and the paths of its files.
pub(super) async fn settle(
    office: &Office,
    planned: &Planned,
    out: &Path,
) -> Result<(i64, Vec<String>), CliError> {
    let staged = Staged::write(out, &planned.files)?;
    let run = office.record_payment(planned).await?;
    Ok((run, place(run, staged)?))
}

/// Digest of the file for the bank; none when the run transfers nothing.
fn bank_file_sha256(files: &Files) -> Option<String> {
    let is_order = |name: &str| Path::new(name).extension().is_some_and(|kind| kind == "xml");
    let (_, bytes) = files.iter().find(|(name, _)| is_order(name))?;
    let digest: Digest = Sha256::digest(bytes).into();
    Some(hex(&digest))
}

fn place(run: i64, staged: Staged) -> Result<Vec<String>, CliError> {
    let placed = staged.place().map_err(|error| OfficeError::from(PayError::NotPlaced { run, error }))?;
    Ok(placed.iter().map(|path: &PathBuf| Path::display(path).to_string()).collect())
}

impl PayLine {
    fn of(run: &PaymentRun) -> Result<Self, CliError> {
        let total = run.total().map_err(|error| OfficeError::from(PayError::Run(error.into())))?;
        Ok(Self {
            transfers: run.transfers().count(),
            total_cents: total.0,
            carried_forward: run.carried_forward().collect(),
            problems: run.problems().collect(),
            ..Self::default()
        })
    }

    fn for_people(&self) -> String {
        let mut text = match (self.run, &self.date, &self.execution_date) {
            (Some(run), Some(date), Some(execution)) => format!(
                "Betaalrun {run} van {date}: {} overboekingen, samen {}; de bank voert uit op {execution}\n",
                self.transfers,
                Cents(self.total_cents)
            ),
            (None, ..) => "Er is niets te betalen; er is geen betaalrun gemaakt\n".to_owned(),
            _ => String::new(),
        };
        for file in &self.files {
            text.push_str(&format!("  {file}\n"));
        }
        if let Some(digest) = &self.bank_file_sha256 {
            text.push_str(&format!("SHA-256 van het bestand voor de bank: {digest}\n"));
        }
        for line in self.carried_forward.iter().chain(&self.problems) {
            text.push_str(&format!("{line}\n"));
        }
        for note in &self.notes {
            text.push_str(&format!("Let op: {note}\n"));
        }
        text
    }
}
