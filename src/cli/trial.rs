//! `happyflow check --level 4`: what messages would lead to now, with nothing kept and nothing answered.

use super::check::{finding_for_people, with_mark};
use super::output::{Output, one_line};
use super::place::{Installation, block_on};
use super::{CliError, Exit};
use crate::codes::AgbCode;
use crate::money::Cents;
use crate::office::core::Core;
use crate::office::line::ProcessVerdict;
use crate::office::proef::{Follows, TO_AANBIEDER, Trial, TrialLine};
use crate::office::source;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Tries messages.
pub(super) fn run(
    place: &Installation,
    aanbieder: Option<AgbCode>,
    json: bool,
    paths: &[PathBuf],
) -> Result<Exit, CliError> {
    let (_, settings) = place.read()?;
    block_on(async {
        let (_, store) = place.still().await?;
        let sources: Vec<_> = paths.iter().flat_map(|path| source::list(path)).collect();
        let asked = sources.len();
        let mut report = TrialOutput { output: Output::stdout(), json, verdicts: [0; 4] };
        let mut done = Ok(());
        let trial = Trial { store: &*store, core: Core::STANDARD, settings: &settings, aanbieder };
        let tried = trial
            .run(sources, |line| {
                done = report.line(&line);
                if done.is_ok() && !report.output.is_closed() {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })
            .await;
        // The folder is left as it was found: what a connection keeps beside the database goes with it.
        store.close().await;
        done?;
        tried?;
        report.finish(asked, aanbieder.is_some())
    })
}

/// What goes to stdout.
struct TrialOutput {
    output: Output,
    json: bool,
    verdicts: [usize; 4],
}

impl TrialOutput {
    fn line(&mut self, line: &TrialLine) -> Result<(), CliError> {
        self.verdicts[line.verdict as usize] += 1;
        if self.json { self.output.json(line) } else { self.output.text(&for_people(line)) }
    }

    fn finish(mut self, asked: usize, to_aanbieder: bool) -> Result<Exit, CliError> {
        let [accepted, partial, rejected, parked] = self.verdicts;
        if !self.json {
            self.output.text(&format!(
                "{} op proef beoordeeld: {accepted} goedgekeurd, {partial} deels toegekend, {rejected} afgekeurd, \
                 {parked} apart gezet; er is niets bewaard of verstuurd\n",
                accepted + partial + rejected + parked
            ))?;
            if to_aanbieder {
                self.output.text(&format!("{TO_AANBIEDER}\n"))?;
            }
        }
        self.output.flush()?;
        Ok(if accepted == asked { Exit::Good } else { Exit::Some })
    }
}

fn for_people(line: &TrialLine) -> String {
    let what = match (&line.message, &line.release) {
        (Some(message), Some(release)) => format!("{message} {}", with_mark(release)),
        _ => "geen herkend bericht".to_owned(),
    };
    let verdict = match line.verdict {
        ProcessVerdict::Accepted => "zou worden goedgekeurd",
        ProcessVerdict::Partial => "zou deels worden toegekend",
        ProcessVerdict::Rejected => "zou worden afgekeurd",
        ProcessVerdict::Parked => "zou apart worden gezet",
    };
    let verdict = if line.duplicate { "al eerder ontvangen: zelfde antwoord als toen" } else { verdict };
    let mut text = format!("{}: {what}: {verdict}\n", one_line(&line.file));
    if let Some(reason) = line.reason.as_deref().filter(|reason| !reason.is_empty()) {
        text.push_str(&format!("  {reason}\n"));
    }
    for finding in &line.findings {
        text.push_str(&finding_for_people(finding));
    }
    if let Some(amounts) = line.amounts {
        let (claimed, granted) = (Cents(amounts.claimed_cents), Cents(amounts.granted_cents));
        text.push_str(&format!("  ingediend {claimed}, toegekend {granted}\n"));
    }
    if let Some(follows) = &line.follows {
        follows_for_people(follows, &mut text);
    }
    text
}

fn follows_for_people(follows: &Follows, text: &mut String) {
    if let (Some(payable), Some(held)) = (follows.payable_cents, follows.held_cents) {
        text.push_str(&format!("  betaalbaar {}, vastgehouden {}\n", Cents(payable), Cents(held)));
    }
    for hold in &follows.holds {
        let line = match (&hold.referentie, &hold.toewijzing, hold.amount_cents) {
            (Some(referentie), _, Some(cents)) => {
                format!("betaling van regel {referentie} ({})", Cents(cents))
            }
            (_, Some(toewijzing), _) => format!("toewijzing {toewijzing}"),
            _ => continue,
        };
        text.push_str(&format!("  wacht op een medewerker: {line}\n"));
    }
    for answer in &follows.answers {
        let line = match &answer.soort {
            Some(soort) => format!("antwoord: {soort} aan {}", answer.receiver),
            None => format!("gaat door naar {}", answer.receiver),
        };
        text.push_str(&format!("  {line}\n"));
    }
    for work in &follows.work {
        text.push_str(&format!("  werk ({}): {}\n", work.reason, work.story));
    }
}
