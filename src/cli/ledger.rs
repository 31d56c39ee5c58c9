//! `happyflow ledger`: balances and rows of the ledger, and whether it is right.

use super::output::Output;
use super::place::{Installation, block_on};
use super::report::{ReportFormat, show};
use super::{CliError, Exit};
use crate::ledger::Grootboekrekening;
use crate::report::ledger::{RowsOf, balances, rows};
use crate::report::{Report, ledger_faults};
use clap::{Args, Subcommand};
use serde::Serialize;

const HELP: &str = "\
Een rekening is het nummer van haar soort en wat zij bijhoudt:
  10/IBAN                                bank, zoals het afschrift zegt
  11/IBAN                                betalingen onderweg
  15/GEMEENTE/AANBIEDER                  terug te vorderen van een aanbieder
  18/IBAN                                bankposten die nog niet zijn verklaard
  20/GEMEENTE/AANBIEDER                  crediteur: wat betaald mag worden
  21/GEMEENTE/AANBIEDER                  toegekend en vastgehouden
  22/GEMEENTE                            rekening-courant van een gemeente
  29/GEMEENTE/AANBIEDER                  toegekend en betaald door het vorige systeem
  40/GEMEENTE/AANBIEDER/VORM/ZORGJAAR    kosten van zorg in natura";

/// Het grootboek: saldi, overboekingen, en of alles klopt
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct LedgerCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Saldi, per soort en per rekening
    Balance(BalanceCommand),
    /// Overboekingen, van een rekening of van een journaalregel
    Rows(RowsCommand),
    /// Of het grootboek klopt met wat beslist, vastgehouden en betaald is; voor elke nacht
    Check(LedgerCheckCommand),
}

#[derive(Debug, Args)]
struct BalanceCommand {
    /// Alleen rekeningen die zo beginnen, zoals 20 of 20/0193
    #[arg(long, value_name = "BEGIN", default_value = "")]
    rekening: String,
    /// Hoe het wordt geschreven
    #[arg(long, value_name = "VORM", value_enum, default_value = "table")]
    format: ReportFormat,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
struct RowsCommand {
    /// Van deze rekening, zoals 20/0193/99100001
    #[arg(long, value_name = "REKENING", conflicts_with = "journaal")]
    rekening: Option<Grootboekrekening>,
    /// Van deze journaalregel
    #[arg(long, value_name = "NUMMER")]
    journaal: Option<i64>,
    /// Hoe het wordt geschreven
    #[arg(long, value_name = "VORM", value_enum, default_value = "table")]
    format: ReportFormat,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
struct LedgerCheckCommand {
    /// Een JSON-object met de uitkomst, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

/// What scripts get.
#[derive(Debug, Serialize)]
struct LedgerCheckLine {
    rows: u64,
    equal: bool,
    faults: Vec<String>,
}

impl LedgerCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        match self.what {
            What::Balance(balance) => balance.run(),
            What::Rows(rows) => rows.run(),
            What::Check(check) => check.run(),
        }
    }
}

impl BalanceCommand {
    fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            let (_, settings) = self.place.read()?;
            let (_, store) = self.place.look().await?;
            written(&balances(&*store, &self.rekening, settings.clock.now()).await?, self.format)
        })
    }
}

impl RowsCommand {
    fn run(self) -> Result<Exit, CliError> {
        let of = match (self.rekening, self.journaal) {
            (Some(rekening), _) => RowsOf::Rekening(rekening),
            (None, Some(journal)) => RowsOf::Journaal(journal),
            (None, None) => RowsOf::All,
        };
        block_on(async {
            let (_, settings) = self.place.read()?;
            let (_, store) = self.place.look().await?;
            written(&rows(&*store, of, settings.clock.now()).await?, self.format)
        })
    }
}

fn written(report: &Report, format: ReportFormat) -> Result<Exit, CliError> {
    show(&report.write(format.into())?, format)?;
    Ok(Exit::Good)
}

impl LedgerCheckCommand {
    fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            // Others go on deciding: it stands still while it is added up.
            let store = self.place.frozen().await?;
            let found = ledger_faults(&*store).await?;
            let line =
                LedgerCheckLine { rows: found.rows, equal: found.faults.is_empty(), faults: found.faults };
            let mut output = Output::stdout();
            if self.json {
                output.json(&line)?;
            } else if line.equal {
                output.text(&format!("Het grootboek klopt ({} overboekingen).\n", line.rows))?;
            } else {
                for fault in &line.faults {
                    output.text(&format!("Het grootboek klopt niet: {fault}.\n"))?;
                }
            }
            output.flush()?;
            Ok(if line.equal { Exit::Good } else { Exit::Some })
        })
    }
}
