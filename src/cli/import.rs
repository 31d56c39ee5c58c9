//! `happyflow import --silent`: takes over what another system assigned and booked, as the state to begin with.

use super::check::finding_for_people;
use super::output::{Output, one_line};
use super::place::{Installation, block_on};
use super::{CliError, Exit, progress};
use crate::money::Cents;
use crate::office::overname::{OvernameLine, OvernameStatus, TakeOverMode, TakeOverTotals};
use crate::office::source::{self, Source};
use clap::{Args, ValueEnum};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Neem over wat een vorig systeem heeft toegewezen en toegekend, als beginstand
#[derive(Debug, Args)]
pub(super) struct ImportCommand {
    /// Zonder antwoorden, doorsturen of betalen; de enige manier
    #[arg(long, required = true)]
    silent: bool,
    /// Kijk alleen wat er zou gebeuren; er verandert niets
    #[arg(long)]
    check: bool,
    /// Een declaratie zonder antwoord: niet overnemen, of als geheel toegekend
    #[arg(long, value_enum, value_name = "WIJZE", default_value = "skip")]
    unanswered: WithoutAnswer,
    /// Een JSON-regel per bestand of deel van een tabel, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
    /// Bestanden, mappen (met alles daaronder, *.xml en *.csv) of zipbestanden
    #[arg(value_name = "PAD", required = true)]
    paths: Vec<PathBuf>,
}

/// What becomes of a claim without answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WithoutAnswer {
    /// Niet overnemen
    Skip,
    /// Als geheel toegekend
    Granted,
}

impl ImportCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(self.run_async())
    }

    async fn run_async(self) -> Result<Exit, CliError> {
        debug_assert!(self.silent);
        let sources: Vec<Source> =
            self.paths.iter().flat_map(|path| source::list_with_tables(path)).collect();
        let data = self.place.open().await?;
        data.catch_up().await?;
        let wijze =
            TakeOverMode { check: self.check, unanswered_granted: self.unanswered == WithoutAnswer::Granted };
        let bar = progress::bar(sources.len(), "Overnemen");
        let mut report = ImportOutput { output: Output::stdout(), json: self.json };
        let mut written = Ok(());
        let totals = data
            .office
            .take_over(
                &sources,
                wijze,
                || bar.inc(1),
                |line| {
                    written = progress::beside(&bar, || report.line(&line));
                    if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                },
            )
            .await?;
        bar.finish_and_clear();
        written?;
        report.finish(&totals, self.check)
    }
}

struct ImportOutput {
    output: Output,
    json: bool,
}

impl ImportOutput {
    fn line(&mut self, line: &OvernameLine) -> Result<(), CliError> {
        if self.json { self.output.json(line) } else { self.output.text(&for_people(line)) }
    }

    fn finish(mut self, totals: &TakeOverTotals, check: bool) -> Result<Exit, CliError> {
        if !self.json {
            let TakeOverTotals { imported, known, nothing, skipped, assignments, lines, granted_cents } =
                *totals;
            let only = if check { " (alleen gekeken, er is niets veranderd)" } else { "" };
            self.output.text(&format!(
                "{imported} overgenomen, {known} al bekend, {nothing} zonder iets om over te nemen, \
                 {skipped} overgeslagen{only}\n{assignments} toewijzingen, {lines} prestaties, toegekend {}\n",
                Cents(granted_cents)
            ))?;
        }
        self.output.flush()?;
        Ok(if totals.skipped == 0 { Exit::Good } else { Exit::Some })
    }
}

fn for_people(line: &OvernameLine) -> String {
    let status = match line.status {
        OvernameStatus::Imported => "overgenomen",
        OvernameStatus::Known => "al bekend",
        OvernameStatus::Nothing => "niets over te nemen",
        OvernameStatus::Skipped => "overgeslagen",
    };
    let place = line.line.map_or_else(String::new, |line| format!(":{line}"));
    let message = line.message.as_deref().unwrap_or("geen herkend bestand");
    let mut text = format!("{}{place}: {message}: {status}\n", one_line(&line.file));
    if let Some(reason) = &line.reason {
        text.push_str(&format!("  {}\n", one_line(reason)));
    }
    for finding in &line.findings {
        text.push_str(&finding_for_people(finding));
    }
    text
}
