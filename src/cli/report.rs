//! `happyflow report`: figures for operators, as a table, for spreadsheets or for scripts.

use super::check::agb;
use super::files::{make_folder, save};
use super::output::Output;
use super::place::{Installation, block_on};
use super::{CliError, Exit};
use crate::codes::{AgbCode, Datum};
use crate::office::register;
use crate::report::brief::{self, Tijdvak};
use crate::report::{Format, Kind, Report};
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

const HELP: &str = "\
rejections  afkeuringen per retourcode, aanbieder, gemeente, product en maand
deadlines   wat wij anderen schuldig zijn en anderen ons, in Nederlandse werkdagen
budget      toegewezen, ingediend, toegekend en ruimte, per gemeente, aanbieder, product en budget
money       toegekend, betaalbaar, vastgehouden, geweigerd en betaald, en of dat optelt
work        openstaande werkitems
brief       per aanbieder: wat hij moet herstellen om betaald te krijgen, wat wacht en tot wanneer; met --out MAP een
            bestand per aanbieder, met --aanbieder een

Elk rapport sluit op de cent aan op de boekhouding; de laatste tabel laat dat zien. Een rapport noemt
nooit een BSN: een clientbudget staat er met de nummers van zijn toewijzingen.";

/// Rapporten: afkeuringen, termijnen, budget, geld, werk en de brief aan aanbieders
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct ReportCommand {
    /// Welk rapport
    #[arg(value_name = "RAPPORT")]
    name: ReportName,
    /// Hoe het wordt geschreven
    #[arg(long, value_name = "VORM", value_enum, default_value = "table")]
    format: ReportFormat,
    /// Bij deadlines: noem ook elke toewijzing waarvan een start of stop ontbreekt
    #[arg(long)]
    all: bool,
    /// Schrijf naar dit bestand in plaats van naar het scherm; bij brief een map voor de bestanden
    #[arg(long, value_name = "BESTAND")]
    out: Option<PathBuf>,
    /// Bij brief: alleen aan deze aanbieder (AGB-code)
    #[arg(long, value_name = "AGB", value_parser = agb)]
    aanbieder: Option<AgbCode>,
    /// Bij brief: eerste dag (jjjj-mm-dd); zonder tijdvak de vorige week
    #[arg(long, value_name = "DATUM", requires = "tot")]
    van: Option<NaiveDate>,
    /// Bij brief: laatste dag, die telt mee
    #[arg(long, value_name = "DATUM", requires = "van")]
    tot: Option<NaiveDate>,
    /// Bij brief: een week, zoals 2025-W23
    #[arg(long, value_name = "WEEK", value_parser = week, conflicts_with = "van")]
    week: Option<Tijdvak>,
    #[command(flatten)]
    place: Installation,
}

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportName {
    Rejections,
    Deadlines,
    Budget,
    Money,
    Work,
    Brief,
}

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    Table,
    Csv,
    Xlsx,
    Json,
    Html,
}

impl From<ReportFormat> for Format {
    fn from(form: ReportFormat) -> Self {
        match form {
            ReportFormat::Table => Self::Table,
            ReportFormat::Csv => Self::Csv,
            ReportFormat::Xlsx => Self::Xlsx,
            ReportFormat::Json => Self::Json,
            ReportFormat::Html => Self::Html,
        }
    }
}

fn week(text: &str) -> Result<Tijdvak, &'static str> {
    Tijdvak::week(text).ok_or("geef een week zoals 2025-W23")
}

impl ReportCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let kind = match self.name {
            ReportName::Brief => return block_on(self.briefs()),
            ReportName::Rejections => Kind::Rejections,
            ReportName::Deadlines => Kind::Deadlines { all: self.all },
            ReportName::Budget => Kind::Budget,
            ReportName::Money => Kind::Money,
            ReportName::Work => Kind::Work,
        };
        if self.aanbieder.is_some() || self.van.is_some() || self.week.is_some() {
            return Err(CliError::Usage(
                "--aanbieder, --van, --tot en --week horen bij report brief".to_owned(),
            ));
        }
        block_on(async {
            let report = self.build(kind).await?;
            let bytes = report.write(self.format.into())?;
            match &self.out {
                Some(path) => save(path, &bytes)?,
                None => show(&bytes, self.format)?,
            }
            Ok(Exit::Good)
        })
    }

    /// A file per aanbieder, or the one of an aanbieder on the screen.
    async fn briefs(&self) -> Result<Exit, CliError> {
        if self.out.is_none() && self.aanbieder.is_none() {
            let text = "geef --out MAP voor een bestand per aanbieder, of --aanbieder AGB voor een brief op het scherm";
            return Err(CliError::Usage(text.to_owned()));
        }
        let (_, settings) = self.place.read()?;
        let moment = settings.clock.now();
        let tijdvak = self.tijdvak(moment.date())?;
        let (_, store) = self.place.look().await?;
        let register = register::in_force(&*store).await?.versie.register;
        let briefs = brief::build(&*store, &register, moment, tijdvak, self.aanbieder).await?;
        let Some(folder) = &self.out else {
            for brief in &briefs {
                show(&brief.report.write(self.format.into())?, self.format)?;
            }
            return Ok(Exit::Good);
        };
        make_folder(folder)?;
        let mut output = Output::stdout();
        for brief in &briefs {
            let path = folder.join(self.file_name(brief.aanbieder, tijdvak));
            save(&path, &brief.report.write(self.format.into())?)?;
            output.text(&format!("{}\n", path.display()))?;
        }
        if briefs.is_empty() {
            output.text("Over dit tijdvak is er aan niemand iets te schrijven.\n")?;
        }
        output.flush()?;
        Ok(Exit::Good)
    }

    fn tijdvak(&self, today: Datum) -> Result<Tijdvak, CliError> {
        match (self.week, self.van.zip(self.tot)) {
            (_, Some((van, tot))) if van > tot => {
                Err(CliError::Usage("--van ligt na --tot: geef eerst de eerste dag".to_owned()))
            }
            (_, Some((van, tot))) => Ok(Tijdvak { van, tot }),
            (Some(week), None) => Ok(week),
            (None, None) => Ok(Tijdvak::last_week(today)),
        }
    }

    fn file_name(&self, aanbieder: AgbCode, Tijdvak { van, tot }: Tijdvak) -> PathBuf {
        let ending = match self.format {
            ReportFormat::Table => "txt",
            form => Format::from(form).as_str(),
        };
        Path::new(&format!("brief-{aanbieder}-{van}-{tot}.{ending}")).to_owned()
    }

    async fn build(&self, kind: Kind) -> Result<Report, CliError> {
        let (_, settings) = self.place.read()?;
        let (_, store) = self.place.look().await?;
        let register = register::in_force(&*store).await?.versie.register;
        Ok(kind.build(&*store, &register, settings.clock.now()).await?)
    }
}

/// On the screen, or to whatever reads it.
pub(super) fn show(bytes: &[u8], format: ReportFormat) -> Result<(), CliError> {
    let mut output = Output::stdout();
    match format {
        ReportFormat::Table => output.text(&String::from_utf8_lossy(bytes))?,
        ReportFormat::Xlsx if output.is_screen() => {
            let text = "een werkmap kan niet op het scherm; geef --out BESTAND.xlsx of stuur de uitvoer door";
            return Err(CliError::Usage(text.to_owned()));
        }
        ReportFormat::Csv | ReportFormat::Xlsx | ReportFormat::Json | ReportFormat::Html => {
            output.bytes(bytes)?;
        }
    }
    output.flush()
}
