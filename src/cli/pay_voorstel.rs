//! `happyflow pay propose`, `approve`, `withdraw` and `show`: a payment run in two steps, and what became of runs.

use super::output::{Output, one_line};
use super::pay::{BankFileLine, PayLine, bank_files, betaling, place};
use super::place::{By, Data, Installation, block_on, not_blank};
use super::{CliError, Exit};
use crate::bank::Betaalstand;
use crate::config::Betaling;
use crate::journal::Overschrijving;
use crate::money::Cents;
use crate::office::pay::{Staged, recorded};
use crate::office::voordracht::{Deelnemer, VoordrachtError};
use crate::office::{OfficeError, PayError};
use crate::store::read::{Voordrachtvraag, voordracht, voordrachten};
use crate::store::voordracht::{Voordracht, Voordrachtsoort, Voordrachtstatus};
use crate::store::{PaymentRecord, TransferRow};
use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Proposals and runs that are listed.
const MOST: usize = 20;

#[derive(Debug, Args)]
pub(super) struct ProposeCommand {
    /// Betaaldatum (jjjj-mm-dd)
    #[arg(long, value_name = "DATUM")]
    date: NaiveDate,
    /// Zeg alleen wat er zou worden betaald
    #[arg(long)]
    check: bool,
    /// Een JSON-object met de uitkomst, voor scripts
    #[arg(long)]
    json: bool,
    /// Wie dit voorstelt
    #[arg(long, value_name = "NAAM", value_parser = not_blank, required_unless_present = "check")]
    by: Option<String>,
    /// Waarom
    #[arg(long, value_name = "TEKST", value_parser = not_blank, required_unless_present = "check")]
    why: Option<String>,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
pub(super) struct ApproveCommand {
    /// Nummer van het voorstel
    #[arg(value_name = "VOORSTEL")]
    nummer: i64,
    /// Map waarin de bestanden komen
    #[arg(long, value_name = "MAP")]
    out: PathBuf,
    /// Een JSON-object met de uitkomst, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
pub(super) struct WithdrawCommand {
    /// Nummer van het voorstel
    #[arg(value_name = "VOORSTEL")]
    nummer: i64,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
pub(super) struct ShowCommand {
    /// Nummer van een betaalrun; zonder nummer de voorstellen en de laatste betaalruns
    #[arg(value_name = "BETAALRUN")]
    run: Option<i64>,
    /// Toon een voorstel: wat het zou betalen, en of dat nog zo is
    #[arg(long, value_name = "VOORSTEL", conflicts_with = "run")]
    voorstel: Option<i64>,
    /// JSON voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

/// Who acts at the command line: the account of the operating system tells one person from another, whatever name is given.
fn who(naam: String) -> Deelnemer {
    Deelnemer { naam, account: format!("systeem:{}", rustix::process::getuid().as_raw()) }
}

impl ProposeCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let (betaling, note) = betaling(&self.place)?;
        block_on(async {
            let open = self.place.open().await?;
            open.catch_up().await?;
            let (nummer, decided) = match (self.by, self.why) {
                (Some(by), Some(why)) if !self.check => {
                    open.office.propose_payment(self.date, &betaling, who(by), why).await?
                }
                _ => (None, open.office.decide_run(self.date, &betaling, i64::MAX).await?),
            };
            let mut line = PayLine::of(&decided.run)?;
            line.proposal = nummer;
            if !decided.run.paid.is_empty() {
                line.dated(&decided.run);
                line.notes.extend(note);
            }
            line.print(self.json)
        })
    }
}

impl ApproveCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let (betaling, note) = betaling(&self.place)?;
        block_on(async {
            let open = self.place.open().await?;
            let (by, why) = self.by.one();
            let found = found(&open, self.nummer).await?;
            // Approved before, and broken off: it goes on.
            if found.status != Voordrachtstatus::Goedgekeurd {
                open.office.approve(self.nummer, who(by), why).await?;
            }
            let planned = open.office.agreed_payment(self.nummer, &betaling).await?;
            let staged = Staged::write(&self.out, &planned.files)?;
            let run = open.office.record_agreed(self.nummer, &planned).await?;
            let mut line = PayLine::of(&planned.run)?;
            line.paid(run, &planned, place(run, staged)?);
            line.notes.extend(note);
            line.print(self.json)
        })
    }
}

impl WithdrawCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            let open = self.place.open().await?;
            found(&open, self.nummer).await?;
            let (by, why) = self.by.one();
            open.office.withdraw(self.nummer, who(by), why).await?;
            let mut output = Output::stdout();
            output.text(&format!("Voorstel {} is ingetrokken; er is niets betaald\n", self.nummer))?;
            output.flush()?;
            Ok(Exit::Good)
        })
    }
}

/// A proposal to pay; others are no business of this command.
async fn found(open: &Data, nummer: i64) -> Result<Voordracht, CliError> {
    let found = voordracht(open.office.store(), nummer).await.map_err(OfficeError::from)?;
    let found = found.filter(|one| one.wat.soort == Voordrachtsoort::Betaalrun);
    found.ok_or_else(|| OfficeError::from(VoordrachtError::Unknown(nummer)).into())
}

/// What scripts get of a transfer.
#[derive(Debug, Serialize)]
struct TransferLine {
    aanbieder: String,
    gemeente: String,
    from: Option<String>,
    to: Option<String>,
    amount_cents: i64,
    /// EndToEndId; none of what is only proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

impl TransferLine {
    /// One that a proposal would make.
    fn meant(transfer: &Overschrijving) -> Self {
        Self {
            aanbieder: transfer.relatie.aanbieder.to_string(),
            gemeente: transfer.relatie.gemeente.to_string(),
            from: Some(transfer.van.to_string()),
            to: Some(transfer.naar.to_string()),
            amount_cents: transfer.bedrag.0,
            reference: None,
            state: None,
        }
    }

    fn for_people(&self) -> String {
        let whose = format!("{} in {}", self.aanbieder, self.gemeente);
        format!(
            "  {}  {:>16}  naar {:<22}  {}\n",
            self.reference.as_ref().unwrap_or(&whose),
            Cents(self.amount_cents).to_string(),
            self.to.as_deref().unwrap_or("-"),
            self.state.unwrap_or_default()
        )
    }
}

/// What scripts get of a run.
#[derive(Debug, Serialize)]
struct RunLine {
    run: i64,
    date: String,
    made: String,
    entries: i64,
    amount_cents: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    transfers: Option<Vec<TransferLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_files: Option<Vec<BankFileLine>>,
}

/// What scripts get of a proposal.
#[derive(Debug, Serialize)]
struct ProposalLine {
    proposal: i64,
    what: String,
    state: &'static str,
    amount_cents: i64,
    by: String,
    why: String,
    until: String,
    told: Vec<String>,
    /// What it would transfer, as long as that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfers: Option<Vec<TransferLine>>,
    /// Whether it would still pay what it shows; none when nothing can follow any more, or in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    still: Option<bool>,
}

impl ShowCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let (betaling, _) = betaling(&self.place)?;
        block_on(async {
            let open = self.place.open().await?;
            let mut output = Output::stdout();
            let mut whole = true;
            match (self.run, self.voorstel) {
                (Some(run), _) => {
                    let line = one_run(&open, run, &betaling).await?;
                    say(&mut output, self.json, &line, || run_for_people(&line))?;
                }
                (None, Some(nummer)) => {
                    let proposal = found(&open, nummer).await?;
                    let mut line = proposed(&proposal);
                    if proposal.is_open() {
                        match open.office.proposed_payment(&proposal, &betaling).await {
                            Ok(decided) => {
                                line.still = Some(true);
                                line.transfers =
                                    Some(decided.betalingen.iter().map(TransferLine::meant).collect());
                            }
                            Err(OfficeError::Pay(PayError::ProposalChanged(_))) => {
                                (line.still, whole) = (Some(false), false);
                            }
                            Err(error) => return Err(error.into()),
                        }
                    }
                    say(&mut output, self.json, &line, || proposal_for_people(&line))?;
                }
                (None, None) => {
                    for line in proposals(&open).await? {
                        say(&mut output, self.json, &line, || proposal_for_people(&line))?;
                    }
                    let runs = open.office.store().payment_runs().await.map_err(OfficeError::from)?;
                    for record in runs.iter().rev().take(MOST) {
                        let line = RunLine::of(record);
                        say(&mut output, self.json, &line, || run_for_people(&line))?;
                    }
                }
            }
            output.flush()?;
            Ok(if whole { Exit::Good } else { Exit::Some })
        })
    }
}

fn say(
    output: &mut Output,
    json: bool,
    line: &impl Serialize,
    for_people: impl FnOnce() -> String,
) -> Result<(), CliError> {
    if json { output.json(line) } else { output.text(&for_people()) }
}

impl RunLine {
    fn of(record: &PaymentRecord) -> Self {
        Self {
            run: record.run,
            date: record.datum.to_string(),
            made: record.moment.format("%Y-%m-%d %H:%M").to_string(),
            entries: record.entries,
            amount_cents: record.bedrag_cents,
            transfers: None,
            bank_files: None,
        }
    }
}

async fn one_run(open: &Data, run: i64, betaling: &Betaling) -> Result<RunLine, CliError> {
    let store = open.office.store();
    let runs = store.payment_runs().await.map_err(OfficeError::from)?;
    let record = runs.iter().find(|record| record.run == run);
    let record = record.ok_or_else(|| OfficeError::from(PayError::UnknownRun(run)))?;
    let transfers = open.office.transfers_of(run, betaling).await.map_err(OfficeError::from)?;
    let line = |(transfer, stand): (TransferRow, Betaalstand)| TransferLine {
        aanbieder: transfer.relatie.aanbieder.to_string(),
        gemeente: transfer.relatie.gemeente.to_string(),
        from: transfer.van.map(|iban| iban.to_string()),
        to: transfer.naar.map(|iban| iban.to_string()),
        amount_cents: transfer.bedrag.0,
        reference: Some(transfer.kenmerk.into()),
        state: Some(stand.in_words()),
    };
    Ok(RunLine {
        transfers: Some(transfers.into_iter().map(line).collect()),
        bank_files: Some(bank_files(&recorded(store, run).await?)),
        ..RunLine::of(record)
    })
}

fn run_for_people(line: &RunLine) -> String {
    let RunLine { run, date, made, entries, amount_cents, transfers, bank_files } = line;
    let mut text = format!(
        "Betaalrun {run} van {date}: {entries} boekingen, samen {}; gemaakt {made}\n",
        Cents(*amount_cents)
    );
    for transfer in transfers.iter().flatten() {
        text.push_str(&transfer.for_people());
    }
    for BankFileLine { file, sha256 } in bank_files.iter().flatten() {
        text.push_str(&format!("  SHA-256 van {file}: {sha256}\n"));
    }
    text
}

/// Those that are not carried out, taken back or over.
async fn proposals(open: &Data) -> Result<Vec<ProposalLine>, CliError> {
    open.office.expire_voordrachten().await?;
    let asked = (Voordrachtvraag::Open, Voordrachtsoort::Betaalrun.as_str());
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let found = voordrachten(open.office.store(), asked, (0, most)).await.map_err(OfficeError::from)?;
    Ok(found.iter().map(proposed).collect())
}

fn proposed(one: &Voordracht) -> ProposalLine {
    ProposalLine {
        proposal: one.nummer,
        what: one.wat.titel.clone(),
        state: one.status.as_str(),
        amount_cents: one.wat.bedrag.0,
        by: one.eerste.wie.clone(),
        why: one.eerste.waarom.clone(),
        until: one.verloopt.format("%Y-%m-%d %H:%M").to_string(),
        told: one.wat.regels.iter().chain(&one.uitkomst).cloned().collect(),
        transfers: None,
        still: None,
    }
}

fn proposal_for_people(line: &ProposalLine) -> String {
    let mut text = format!(
        "Voorstel {}: {}, {}, {}; door {}: {}; wacht tot {}\n",
        line.proposal,
        line.what,
        Cents(line.amount_cents),
        line.state,
        one_line(&line.by),
        one_line(&line.why),
        line.until
    );
    for told in &line.told {
        text.push_str(&format!("  {}\n", one_line(told)));
    }
    text.extend(line.transfers.iter().flatten().map(TransferLine::for_people));
    match line.still {
        Some(true) => text.push_str("  Dit zou nu nog zo worden betaald.\n"),
        Some(false) => text.push_str("  Dit is intussen anders: trek het in en maak een nieuw voorstel.\n"),
        None => {}
    }
    text
}
