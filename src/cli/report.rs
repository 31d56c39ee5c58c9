//! `happyflow report`: figures for operators, as a table, for spreadsheets or for scripts.

use super::files::save;
use super::output::Output;
use super::place::{Place, block_on};
use super::{CliError, Exit};
use crate::office::register;
use crate::report::{self, Format, Report};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const HELP: &str = "\
rejections  afkeuringen per retourcode, aanbieder, gemeente, product en maand
deadlines   wat wij anderen schuldig zijn en anderen ons, in Nederlandse werkdagen
budget      toegewezen, ingediend, toegekend en ruimte, per gemeente, aanbieder, product en budget
money       toegekend, betaalbaar, vastgehouden, geweigerd en betaald, en of dat optelt
work        openstaande werkitems

Elk rapport sluit op de cent aan op de boekhouding; de laatste tabel laat dat zien. Een rapport noemt
nooit een BSN: een clientbudget staat er met de nummers van zijn toewijzingen.";

/// Rapporten: afkeuringen, termijnen, budget, geld en werk
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct ReportCommand {
    /// Welk rapport
    #[arg(value_name = "RAPPORT")]
    name: Name,
    /// Hoe het wordt geschreven
    #[arg(long, value_name = "VORM", value_enum, default_value = "table")]
    format: Form,
    /// Bij deadlines: noem ook elke toewijzing waarvan een start of stop ontbreekt
    #[arg(long)]
    all: bool,
    /// Schrijf naar dit bestand in plaats van naar het scherm
    #[arg(long, value_name = "BESTAND")]
    out: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    Rejections,
    Deadlines,
    Budget,
    Money,
    Work,
}

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Table,
    Csv,
    Xlsx,
    Json,
}

impl From<Form> for Format {
    fn from(form: Form) -> Self {
        match form {
            Form::Table => Self::Table,
            Form::Csv => Self::Csv,
            Form::Xlsx => Self::Xlsx,
            Form::Json => Self::Json,
        }
    }
}

impl ReportCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            let report = self.build().await?;
            let bytes = report.write(self.format.into())?;
            if let Some(path) = &self.out {
                save(path, &bytes)?;
                return Ok(Exit::Good);
            }
            let mut output = Output::stdout();
            match self.format {
                Form::Table => output.text(&String::from_utf8_lossy(&bytes))?,
                Form::Xlsx if output.is_screen() => {
                    let text = "een werkmap kan niet op het scherm; geef --out BESTAND.xlsx of stuur de uitvoer door";
                    return Err(CliError::Usage(text.to_owned()));
                }
                Form::Csv | Form::Xlsx | Form::Json => output.bytes(&bytes)?,
            }
            output.flush()?;
            Ok(Exit::Good)
        })
    }

    async fn build(&self) -> Result<Report, CliError> {
        let (_, settings) = self.place.read()?;
        let (_, store) = self.place.look().await?;
        let moment = settings.clock.now();
        let register = &register::in_force(&*store).await?.versie.register;
        let report = match self.name {
            Name::Rejections => report::rejections::build(&*store, register, moment).await?,
            Name::Deadlines => report::deadlines::build(&*store, register, moment, self.all).await?,
            Name::Budget => report::budget::build(&*store, register, moment).await?,
            Name::Money => report::money::build(&*store, register, moment).await?,
            Name::Work => report::work::build(&*store, register, moment).await?,
        };
        Ok(report)
    }
}
