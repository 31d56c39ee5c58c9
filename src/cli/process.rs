//! `happyflow process`: take in messages, judge, answer and book.

use super::check::{finding_for_people, with_mark};
use super::output::{Output, one_line, tell};
use super::place::{Installation, block_on};
use super::{CliError, Exit, progress};
use crate::config::RequestMode;
use crate::hub::{Claims, Taking};
use crate::office::Run;
use crate::office::feed::ToRead;
use crate::office::line::{ProcessLine, ProcessVerdict};
use crate::office::source::{self, Source};
use clap::Args;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Neem berichten in, beoordeel, beantwoord en boek ze
#[derive(Debug, Args)]
pub(super) struct ProcessCommand {
    #[command(flatten)]
    place: Installation,
    /// Neem eerst deze contracten over: een bestand of een map
    #[arg(long, value_name = "PAD")]
    contracts: Option<PathBuf>,
    /// Verzoeken (JW315, JW317) zelf beantwoorden of niet
    #[arg(long, value_enum, value_name = "WIJZE")]
    requests: Option<RequestMode>,
    /// Een JSON-regel per bericht, voor scripts
    #[arg(long)]
    json: bool,
    /// Bestanden, mappen (met alles daaronder, *.xml) of zipbestanden; zonder PAD de map in/ van de
    /// gegevensmap
    #[arg(value_name = "PAD")]
    paths: Vec<PathBuf>,
}

impl ProcessCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(self.run_async())
    }

    async fn run_async(self) -> Result<Exit, CliError> {
        let (folder, mut settings) = self.place.read()?;
        let taking = Taking::new(&self.place.config()?);
        if let Some(requests) = self.requests {
            settings.requests = requests.into();
        }
        let data = self.place.start(folder, settings).await?;
        let _turn = data.office.store().lock_run().await?;
        let mut run = Run::new(&data.office);
        data.catch_up_in(&mut run).await?;
        if let Some(contracts) = &self.contracts {
            data.office.import_given(contracts).await?;
        }
        data.office.follow_limits().await?;
        let mut not_taken = Claims::default();
        let work: Vec<ToRead> = if self.paths.is_empty() {
            let Some(spool) = &data.spool else {
                let text =
                    "geef bestanden of mappen: zonder PAD komen berichten van de broker (happyflow serve)";
                return Err(CliError::Usage(text.to_owned()));
            };
            not_taken = spool.claim(&taking)?;
            std::mem::take(&mut not_taken.files).into_iter().map(claimed).collect()
        } else {
            self.paths.iter().flat_map(|path| source::list(path)).map(given).collect()
        };
        let asked = work.len() as u64;
        let bar = progress::bar(work.len(), "Verwerken");
        let mut report = ProcessOutput::new(self.json, &data.folder);
        let mut done = Ok(());
        let sealing = data.seal_beside();
        let ran = run
            .all(work, |line| {
                bar.inc(1);
                done = progress::beside(&bar, || report.line(line));
                if done.is_ok() && !report.output.is_closed() {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })
            .await;
        sealing.end().await;
        bar.finish_and_clear();
        ran?;
        data.office.follow_limits().await?;
        done?;
        // What a reader that went away did not wait for was not judged.
        report.left |= report.verdicts.iter().sum::<u64>() < asked;
        for line in run.backlog() {
            report.line(line)?;
        }
        // What fits again since messages or contracts came; who wants to know which asks for the work.
        drop(data.office.release_what_fits().await?);
        // Who is told of what messages did to limits, and of what was released.
        data.office.publish().await?;
        data.seal().await?;
        report.not_taken(&not_taken);
        report.finish()
    }
}

fn given(source: Source) -> ToRead {
    ToRead { source, channel: None, claimed: None }
}

fn claimed(claimed: crate::hub::Claimed) -> ToRead {
    let name = claimed.dropped.display().to_string();
    let source = Source { name, place: source::SourcePlace::Claimed(claimed.path.clone()) };
    ToRead { source, channel: Some(claimed.sender), claimed: Some(claimed.path) }
}

/// What goes to stdout, and how it ends.
pub(super) struct ProcessOutput<'a> {
    output: Output,
    json: bool,
    folder: &'a Path,
    verdicts: [u64; 4],
    duplicates: u64,
    /// Something was not taken in.
    left: bool,
}

impl<'a> ProcessOutput<'a> {
    pub(super) fn new(json: bool, folder: &'a Path) -> Self {
        let output = Output::stdout();
        Self { output, json, folder, verdicts: [0; 4], duplicates: 0, left: false }
    }

    pub(super) fn line(&mut self, mut line: ProcessLine) -> Result<(), CliError> {
        let within = |path: &mut String| *path = self.folder.join(&*path).display().to_string();
        line.answers.iter_mut().for_each(|answer| within(&mut answer.path));
        line.forwarded.iter_mut().for_each(|forward| within(&mut forward.path));
        self.verdicts[line.verdict as usize] += 1;
        self.duplicates += u64::from(line.duplicate);
        if self.json { self.output.json(&line) } else { self.output.text(&for_people(&line)) }
    }

    /// What lies in `in/` and was not taken in, and why.
    fn not_taken(&mut self, claims: &Claims) {
        let Claims { files: _, left, held, aside } = claims;
        let held = held.iter().map(ToString::to_string);
        let aside = aside.iter().map(ToString::to_string);
        let left = left.iter().map(ToString::to_string);
        for text in held.chain(aside).chain(left) {
            self.left = true;
            tell(&format!("happyflow: {text}"));
        }
    }

    pub(super) fn finish(mut self) -> Result<Exit, CliError> {
        let [accepted, partial, rejected, parked] = self.verdicts;
        if !self.json {
            self.output.text(&format!(
                "{} verwerkt: {accepted} goedgekeurd, {partial} deels toegekend, {rejected} afgekeurd, \
                 {parked} geparkeerd; {} al eerder ontvangen\n",
                accepted + partial + rejected + parked,
                self.duplicates
            ))?;
        }
        self.output.flush()?;
        Ok(if parked == 0 && !self.left { Exit::Good } else { Exit::Some })
    }
}

fn for_people(line: &ProcessLine) -> String {
    let what = match (&line.message, &line.release) {
        (Some(message), Some(release)) => format!("{message} {}", with_mark(release)),
        _ => "geen herkend bericht".to_owned(),
    };
    let verdict = match line.verdict {
        ProcessVerdict::Accepted => "goedgekeurd",
        ProcessVerdict::Partial => "deels toegekend",
        ProcessVerdict::Rejected => "afgekeurd",
        ProcessVerdict::Parked => "geparkeerd",
    };
    let again = if line.duplicate { " (al eerder ontvangen: zelfde uitkomst)" } else { "" };
    let mut text = format!("{}: {what}: {verdict}{again}\n", one_line(&line.file));
    if let Some(reason) = &line.reason {
        text.push_str(&format!("  {reason}\n"));
    }
    for finding in &line.findings {
        text.push_str(&finding_for_people(finding));
    }
    for answer in &line.answers {
        text.push_str(&format!("  {} aan {}: {}\n", answer.soort, answer.receiver, answer.path));
    }
    for forward in &line.forwarded {
        text.push_str(&format!("  doorgestuurd aan {}: {}\n", forward.receiver, forward.path));
    }
    for id in &line.work {
        text.push_str(&format!("  werkitem {id}\n"));
    }
    text
}
