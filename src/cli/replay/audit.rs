//! Deciding the journal again.

use super::{RegisterChoice, ReplayCommand};
use crate::cli::output::{Output, one_line};
use crate::cli::{CliError, Exit};
use crate::money::Cents;
use crate::office::core::Core;
use crate::replay::{Audit, Difference, DifferenceKind, Short, Totals, settings};
use serde::Serialize;

/// The last line for scripts.
#[derive(Serialize)]
struct Summary {
    summary: Totals,
}

pub(super) async fn run(replay: &ReplayCommand) -> Result<Exit, CliError> {
    let store = replay.place.frozen().await?;
    let audit = Audit {
        core: Core::STANDARD,
        settings: settings(&replay.place.config()?),
        filter: replay.filter(),
        newest: replay.register == RegisterChoice::Newest,
    };
    let mut output = Output::stdout();
    let mut told = Ok(());
    let mut heading = None;
    let mut note = |difference: Difference| {
        if told.is_ok() {
            told = tell(&mut output, &difference, replay.json, &mut heading);
        }
    };
    let (totals, known) = audit.run_with(&*store, &mut note, &mut |_| {}).await?;
    // The program ends after this: giving back all state row by row takes an eighth of the time.
    std::mem::forget(known);
    told?;
    if replay.json {
        output.json(&Summary { summary: totals })?;
    } else {
        output.text(&for_people(&totals))?;
    }
    output.flush()?;
    Ok(if totals.faults == 0 { Exit::Good } else { Exit::Some })
}

pub(super) fn tell(
    output: &mut Output,
    difference: &Difference,
    json: bool,
    heading: &mut Option<DifferenceKind>,
) -> Result<(), CliError> {
    if json {
        return output.json(difference);
    }
    if *heading != Some(difference.kind) {
        output.text(&format!("{}\n", difference.kind.heading()))?;
        *heading = Some(difference.kind);
    }
    output.text(&one(difference))
}

fn one(difference: &Difference) -> String {
    let mut text = format!("  journaal {}", difference.journal);
    if let Some(moment) = difference.moment {
        text.push_str(&format!(", {}", moment.format("%Y-%m-%d %H:%M")));
    }
    for part in [&difference.message, &difference.identificatie].into_iter().flatten() {
        text.push_str(&format!(", {part}"));
    }
    if let (Some(gemeente), Some(aanbieder)) = (&difference.gemeente, &difference.aanbieder) {
        text.push_str(&format!(", gemeente {gemeente}, aanbieder {aanbieder}"));
    }
    if let Some(file) = &difference.file {
        text.push_str(&format!(", {}", one_line(file)));
    }
    text.push_str(&format!("\n    {}", difference.fact));
    if let Some(class) = difference.class.as_ref().filter(|class| !class.is_empty()) {
        text.push_str(&format!(" bij {class}"));
    }
    text.push('\n');
    if difference.old != Short::default() || difference.new != Short::default() {
        text.push_str(&format!("    was: {}\n    nu:  {}\n", short(&difference.old), short(&difference.new)));
    }
    if let (Some(rules), DifferenceKind::NewerRules) = (&difference.rule_set, difference.kind) {
        // Not every change is in a rule that has a code: what is read otherwise stands in the changelog, by version.
        let changed = match &difference.rule {
            Some(rule) => format!("veranderde regel: {rule}"),
            None => "anders gelezen sindsdien, zie CHANGELOG.md".to_owned(),
        };
        text.push_str(&format!("    regels van toen: {rules}; {changed}\n"));
    }
    if let Some(version) = difference.register_version {
        text.push_str(&format!("    contracten: versie {version}\n"));
    }
    if let Some(follows) = difference.follows {
        text.push_str(&format!("    kan volgen uit journaal {follows}\n"));
    }
    text
}

fn short(short: &Short) -> String {
    let verdict = match short.verdict {
        Some("accepted") => "goedgekeurd",
        Some("partial") => "deels toegekend",
        Some("rejected") => "afgekeurd",
        Some("parked") => "geparkeerd",
        _ => "onbekend",
    };
    let mut text = verdict.to_owned();
    if !short.codes.is_empty() {
        text.push_str(&format!(", {}", short.codes.join(" ")));
    }
    if let (Some(claimed), Some(granted)) = (short.claimed_cents, short.granted_cents) {
        text.push_str(&format!(", ingediend {}, toegekend {}", Cents(claimed), Cents(granted)));
    }
    if short.held {
        text.push_str(", deels vastgehouden");
    }
    text
}

fn for_people(totals: &Totals) -> String {
    format!(
        "{} journaalregels opnieuw beslist ({} berichten, {} prestaties), {} vergeleken, toegekend {}.\n\
         {} verschillen; {} keer zou het onder nieuwere regels of contracten anders zijn of is het rechtmatig \
         verwijderd.\n",
        totals.entries,
        totals.messages,
        totals.prestaties,
        totals.compared,
        Cents(totals.granted_cents),
        totals.faults,
        totals.others
    )
}
