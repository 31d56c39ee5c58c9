//! `happyflow pay`: a payment run, and the files of an earlier one again.

use super::output::Output;
use super::pay_blok::{BlockCommand, BlocksCommand, CallbackCommand};
use super::pay_voorstel::{ApproveCommand, ProposeCommand, ShowCommand, WithdrawCommand};
use super::place::{Installation, block_on};
use super::{CliError, Exit};
use crate::config::Betaling;
use crate::digest::{Digest, hex};
use crate::money::Cents;
use crate::office::pay::{Files, Planned, Staged, recorded};
use crate::office::{Office, OfficeError, PayError};
use crate::payments::PaymentRun;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

const HELP: &str = "De rekeningen waarvan wordt betaald staan in de configuratie:\n\
    \n  [betaling]\n  opdrachtgever = \"Naam van de BVO\"\n\
    \n  [betaling.rekening]          # voor elke gemeente zonder eigen rekening\n  \
    naam = \"Naam van de rekeninghouder\"\n  iban = \"...\"\n  bic = \"...\"                  # mag ontbreken\n\
    \n  [betaling.gemeenten.0193]    # een gemeente die zelf betaalt\n  naam = \"...\"\n  iban = \"...\"\n\
    \nZonder configuratie betaalt een verzonnen voorbeeldrekening, en dat staat in de uitvoer.\n\
    Waar de regio twee personen vraagt ([twee_personen] betaalrun = true) stelt de een voor (pay propose) en keurt\n\
    een ander goed (pay approve).\n\
    Wat eenmaal in een betaalrun staat wordt nooit nog een keer betaald; --run schrijft zijn bestanden\n\
    opnieuw, byte voor byte gelijk. Uitgang 1: een saldo kon niet worden betaald.";

/// Betaal wat betaalbaar is: een bestand voor de bank en een specificatie per aanbieder
#[derive(Debug, Args)]
#[command(after_help = HELP, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct PayCommand {
    #[command(subcommand)]
    what: Option<PayAction>,
    /// Betaaldatum (jjjj-mm-dd)
    #[arg(long, value_name = "DATUM", required_unless_present = "run", conflicts_with = "run")]
    date: Option<NaiveDate>,
    /// Map waarin de bestanden komen
    #[arg(long, value_name = "MAP", required = true)]
    out: Option<PathBuf>,
    /// Schrijf de bestanden van deze eerdere betaalrun opnieuw; er wordt niets betaald
    #[arg(long, value_name = "NUMMER")]
    run: Option<i64>,
    /// Een JSON-object met de uitkomst, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Subcommand)]
enum PayAction {
    /// Stel een betaalrun voor: er wordt nog niets betaald
    Propose(ProposeCommand),
    /// Keur een voorstel goed en betaal het: de bestanden voor de bank en de aanbieders
    Approve(ApproveCommand),
    /// Trek een voorstel in: er gebeurt niets
    Withdraw(WithdrawCommand),
    /// Toon een betaalrun, of de voorstellen en de laatste betaalruns
    Show(ShowCommand),
    /// Betaal een aanbieder, een rekening of een declaratie voorlopig niet
    Block(BlockCommand),
    /// Hef een blokkade op
    Unblock(BlockCommand),
    /// Toon wat geblokkeerd is, en welke rekeningen moeten worden nagebeld
    Blocks(BlocksCommand),
    /// Leg vast dat een rekening klopt: u belde de aanbieder op een nummer dat al bekend was
    Callback(CallbackCommand),
}

/// What scripts get of a file for the bank.
#[derive(Debug, Serialize)]
pub(super) struct BankFileLine {
    pub file: String,
    pub sha256: String,
}

/// What scripts get.
#[derive(Debug, Default, Serialize)]
pub(super) struct PayLine {
    /// The proposal; none when it is paid at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<i64>,
    /// None when nothing was paid.
    run: Option<i64>,
    date: Option<String>,
    execution_date: Option<String>,
    transfers: usize,
    total_cents: i64,
    files: Vec<String>,
    /// SHA-256 of the file for the bank, in hexadecimal digits, to compare with what the bank shows; none when there are several.
    bank_file_sha256: Option<String>,
    /// The files for the bank, each with its SHA-256.
    bank_files: Vec<BankFileLine>,
    /// What people blocked.
    blocked: Vec<String>,
    carried_forward: Vec<String>,
    problems: Vec<String>,
    pub notes: Vec<String>,
}

impl PayCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        match self.what {
            Some(PayAction::Propose(command)) => command.run(),
            Some(PayAction::Approve(command)) => command.run(),
            Some(PayAction::Withdraw(command)) => command.run(),
            Some(PayAction::Show(command)) => command.run(),
            Some(PayAction::Block(command)) => command.block(),
            Some(PayAction::Unblock(command)) => command.unblock(),
            Some(PayAction::Blocks(command)) => command.run(),
            Some(PayAction::Callback(command)) => command.run(),
            None => self.at_once(),
        }
    }

    /// Proposal and approval in one.
    fn at_once(self) -> Result<Exit, CliError> {
        block_on(async {
            let line = match (self.run, self.date, &self.out) {
                (Some(run), _, Some(out)) => self.again(run, out).await?,
                (None, Some(date), Some(out)) => self.pay(date, out).await?,
                _ => return Err(CliError::Usage("geef een betaaldatum met --date".to_owned())),
            };
            line.print(self.json)
        })
    }

    async fn pay(&self, date: NaiveDate, out: &Path) -> Result<PayLine, CliError> {
        let (betaling, note) = betaling(&self.place)?;
        let open = self.place.open().await?;
        if open.office.two_for_payment() {
            return Err(OfficeError::from(PayError::TwoPersons).into());
        }
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
        let (run, files) = settle(&open.office, &planned, out).await?;
        line.paid(run, &planned, files);
        line.notes.extend(note);
        Ok(line)
    }

    async fn again(&self, run: i64, out: &Path) -> Result<PayLine, CliError> {
        let (_, store) = self.place.look().await?;
        let files: Files = recorded(&*store, run).await?;
        let bank_files = bank_files(&files);
        let bank_file_sha256 = the_only(&bank_files);
        let files = place(run, Staged::write(out, &files)?)?;
        let notes = vec![format!("bestanden van betaalrun {run} opnieuw geschreven; er is niets betaald")];
        Ok(PayLine { run: Some(run), files, bank_file_sha256, bank_files, notes, ..PayLine::default() })
    }
}

/// The paying accounts, and what an operator must know of them.
pub(super) fn betaling(place: &Installation) -> Result<(Betaling, Option<String>), CliError> {
    if let Some(betaling) = place.config()?.betaling {
        return Ok((betaling, None));
    }
    if place.has_config() {
        return Err(OfficeError::from(PayError::NoSettings).into());
    }
    let example = Betaling::example();
    let iban = example.rekening.as_ref().map_or(String::new(), |debtor| debtor.iban.to_string());
    let note = format!(
        "betaald van een verzonnen voorbeeldrekening ({iban}): bied dit bestand niet aan bij een bank; \
         zie happyflow pay --help"
    );
    Ok((example, Some(note)))
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

/// The files for the bank with their digests; none when the run transfers nothing.
pub(super) fn bank_files(files: &Files) -> Vec<BankFileLine> {
    let is_order = |name: &str| Path::new(name).extension().is_some_and(|kind| kind == "xml");
    let line = |(name, bytes): &(String, Vec<u8>)| {
        let digest: Digest = Sha256::digest(bytes).into();
        BankFileLine { file: name.clone(), sha256: hex(&digest) }
    };
    files.iter().filter(|(name, _)| is_order(name)).map(line).collect()
}

fn the_only(files: &[BankFileLine]) -> Option<String> {
    match files {
        [only] => Some(only.sha256.clone()),
        _ => None,
    }
}

pub(super) fn place(run: i64, staged: Staged) -> Result<Vec<String>, CliError> {
    let placed = staged.place().map_err(|error| OfficeError::from(PayError::NotPlaced { run, error }))?;
    Ok(placed.iter().map(|path: &PathBuf| Path::display(path).to_string()).collect())
}

impl PayLine {
    pub(super) fn of(run: &PaymentRun) -> Result<Self, CliError> {
        let total = run.total().map_err(|error| OfficeError::from(PayError::Run(error.into())))?;
        Ok(Self {
            transfers: run.transfers().count(),
            total_cents: total.0,
            blocked: run.blocked().collect(),
            carried_forward: run.carried_forward().collect(),
            problems: run.problems().collect(),
            ..Self::default()
        })
    }

    /// What a run did that was recorded, and where its files are.
    pub(super) fn paid(&mut self, run: i64, planned: &Planned, files: Vec<String>) {
        self.run = Some(run);
        self.bank_files = bank_files(&planned.files);
        self.bank_file_sha256 = the_only(&self.bank_files);
        self.dated(&planned.run);
        self.files = files;
    }

    pub(super) fn dated(&mut self, run: &PaymentRun) {
        self.date = Some(run.datum.to_string());
        self.execution_date = Some(run.execution_date().to_string());
    }

    /// Says it, to people or scripts; whether anything could not be paid.
    pub(super) fn print(&self, json: bool) -> Result<Exit, CliError> {
        let mut output = Output::stdout();
        if json {
            output.json(self)?;
        } else {
            output.text(&self.for_people())?;
        }
        output.flush()?;
        Ok(if self.problems.is_empty() { Exit::Good } else { Exit::Some })
    }

    fn for_people(&self) -> String {
        let mut text = match (&self.date, &self.execution_date) {
            (Some(date), Some(execution)) => {
                let what = match (self.run, self.proposal) {
                    (Some(run), _) => format!("Betaalrun {run} van {date}"),
                    (None, Some(number)) => {
                        format!("Voorstel {number} om op {date} te betalen, er is nog niets betaald")
                    }
                    (None, None) => format!("Op {date} zou worden betaald, er is niets voorgesteld"),
                };
                let (transfers, total) = (self.transfers, Cents(self.total_cents));
                format!(
                    "{what}: {transfers} overboekingen, samen {total}; de bank voert uit op {execution}\n"
                )
            }
            _ if self.run.is_none() => "Er is niets te betalen; er is geen betaalrun gemaakt\n".to_owned(),
            _ => String::new(),
        };
        for file in &self.files {
            text.push_str(&format!("  {file}\n"));
        }
        for BankFileLine { file, sha256 } in &self.bank_files {
            let which =
                if self.bank_files.len() > 1 { file.clone() } else { "het bestand voor de bank".to_owned() };
            text.push_str(&format!("SHA-256 van {which}: {sha256}\n"));
        }
        for line in self.carried_forward.iter().chain(&self.blocked).chain(&self.problems) {
            text.push_str(&format!("{line}\n"));
        }
        for note in &self.notes {
            text.push_str(&format!("Let op: {note}\n"));
        }
        text
    }
}
