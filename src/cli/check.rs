//! `happyflow check`: levels 1 and 2 of any number of messages, without state; with `--level 4` all four, on the data as
//! they are (`trial`).

use super::output::{Output, one_line};
use super::place::Installation;
use super::{CliError, Exit, progress, trial};
use crate::codes::AgbCode;
use crate::office::check::check;
use crate::office::line::{CheckLine, CheckVerdict, FindingLine};
use crate::office::ordered::in_order;
use crate::office::source::{self, Reader};
use crate::schema::unverified;
use clap::Args;
use std::ops::ControlFlow;
use std::path::PathBuf;

const HELP: &str = "\
Met --level 4 en --data wordt elk bericht beoordeeld zoals process dat nu zou doen, met alles wat er bekend is: het
verdict, wat er zou worden geantwoord, vastgehouden en betaald. Er wordt niets bewaard, geboekt of verstuurd, en het kan
naast een draaiende dienst. Meer bestanden tellen na elkaar, alsof ze in die volgorde kwamen.
Met --aanbieder is het de proef voor een aanbieder: alleen retourcodes, op wat die aanbieder kan weten.";

/// Beoordeel berichten zonder iets op te slaan: op niveau 1 en 2, of met --level 4 op alle vier
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct CheckCommand {
    /// Een JSON-regel per bestand, voor scripts
    #[arg(long)]
    json: bool,
    /// Tot en met welk niveau: 2, of 4 op de gegevens van --data of --config
    #[arg(long, value_name = "NIVEAU", value_parser = level, default_value = "2")]
    level: u8,
    /// Bij niveau 4: de proef voor deze aanbieder (AGB-code)
    #[arg(long, value_name = "AGB", value_parser = agb)]
    aanbieder: Option<AgbCode>,
    #[command(flatten)]
    place: Installation,
    /// Bestanden, mappen (met alles daaronder, *.xml) of zipbestanden
    #[arg(required = true, value_name = "PAD")]
    paths: Vec<PathBuf>,
}

fn level(text: &str) -> Result<u8, &'static str> {
    match text {
        "2" => Ok(2),
        "4" => Ok(4),
        _ => Err("kies 2 (zonder gegevens) of 4 (met gegevens)"),
    }
}

pub(super) fn agb(text: &str) -> Result<AgbCode, &'static str> {
    AgbCode::parse(text).map_err(|_| "geef een AGB-code van acht cijfers")
}

impl CheckCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        if self.level == 4 {
            return trial::run(&self.place, self.aanbieder, self.json, &self.paths);
        }
        if self.aanbieder.is_some() || self.place.is_given() {
            return Err(CliError::Usage(
                "--data, --config, --today en --aanbieder horen bij --level 4; niveau 1 en 2 hebben geen gegevens".to_owned(),
            ));
        }
        let sources: Vec<_> = self.paths.iter().flat_map(|path| source::list(path)).collect();
        let asked = sources.len() as u64;
        let bar = progress::bar(sources.len(), "Beoordelen");
        let mut reader = Reader::default();
        let messages = sources.into_iter().map(move |source| {
            let bytes = reader.read(&source);
            (source.name, bytes)
        });
        let mut report = CheckOutput { output: Output::stdout(), json: self.json, accepted: 0, rejected: 0 };
        let mut done = Ok(());
        in_order(
            messages,
            |(_, bytes)| bytes.as_ref().map_or(0, Vec::len),
            |(name, bytes)| check(name, bytes),
            |line| {
                bar.inc(1);
                done = progress::beside(&bar, || report.line(&line));
                if done.is_ok() && !report.output.is_closed() {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            },
        );
        bar.finish_and_clear();
        done?;
        report.finish(asked)
    }
}

/// What goes to stdout.
struct CheckOutput {
    output: Output,
    json: bool,
    accepted: u64,
    rejected: u64,
}

impl CheckOutput {
    fn line(&mut self, line: &CheckLine) -> Result<(), CliError> {
        match line.verdict {
            CheckVerdict::Accepted => self.accepted += 1,
            CheckVerdict::Rejected => self.rejected += 1,
        }
        if self.json { self.output.json(line) } else { self.output.text(&for_people(line)) }
    }

    /// `asked`: how many messages there are.
    fn finish(mut self, asked: u64) -> Result<Exit, CliError> {
        if !self.json {
            let total = self.accepted + self.rejected;
            let (accepted, rejected) = (self.accepted, self.rejected);
            self.output
                .text(&format!("{total} beoordeeld: {accepted} goedgekeurd, {rejected} afgekeurd\n"))?;
        }
        self.output.flush()?;
        Ok(if self.accepted == asked { Exit::Good } else { Exit::Some })
    }
}

fn for_people(line: &CheckLine) -> String {
    let what = match (line.message, line.release) {
        (Some(message), Some(release)) => format!("{message} {}", with_mark(release)),
        _ => "geen herkend bericht".to_owned(),
    };
    let verdict = match line.level {
        None => "goedgekeurd".to_owned(),
        Some(level) => format!("afgekeurd op niveau {level}"),
    };
    let mut text = format!("{}: {what}: {verdict}\n", one_line(&line.file));
    for finding in &line.findings {
        text.push_str(&finding_for_people(finding));
    }
    text
}

/// A release, with what is told of one that nobody could verify.
pub(super) fn with_mark(release: &str) -> String {
    let mark = unverified(Some(release)).map(|mark| format!(" ({mark})"));
    format!("{release}{}", mark.unwrap_or_default())
}

/// A finding on two lines: where, and what.
pub(super) fn finding_for_people(finding: &FindingLine) -> String {
    let place = match (finding.line, finding.column) {
        (Some(line), Some(column)) => format!("regel {line}, teken {column} {}", finding.path),
        (Some(line), None) => format!("regel {line} {}", finding.path),
        (None, _) => "bestand".to_owned(),
    };
    let code = finding.retourcode.as_ref().map_or_else(String::new, |code| format!(" ({code})"));
    format!("  {}\n    {}{code}: {}\n", place.trim_end(), finding.rule, finding.text)
}
