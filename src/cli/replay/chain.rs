//! `--verify-chain`, `--export-anchor` and `--check-anchor`.

use super::ReplayCommand;
use crate::chain::{Anchor, ChainReport, read_anchors, seal, verify};
use crate::cli::files::read_text;
use crate::cli::output::Output;
use crate::cli::{CliError, Exit};
use crate::clock::Clock;
use crate::disk;
use crate::store::Store;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// What scripts get.
#[derive(Serialize)]
struct ChainLine<'a> {
    #[serde(flatten)]
    report: &'a ChainReport,
    /// Entries that were sealed now.
    newly_sealed: u64,
    /// Anchors that are not a link of this chain.
    false_anchors: &'a [Anchor],
}

pub(super) async fn run(replay: &ReplayCommand) -> Result<Exit, CliError> {
    let (_, store) = replay.place.look().await?;
    let anchors = match &replay.check_anchor {
        Some(path) => {
            let text = read_text(path)?;
            read_anchors(&text).map_err(|error| CliError::Usage(format!("{}: {error}", path.display())))?
        }
        None => Vec::new(),
    };
    // What was sealed is looked at before more is added.
    let report = verify(&*store).await?;
    let mut false_anchors = Vec::new();
    for anchor in &anchors {
        let link = store.links(anchor.journal - 1, anchor.journal).await?.pop();
        if !link.is_some_and(|link| anchor.holds(&link.link)) {
            false_anchors.push(anchor.clone());
        }
    }
    let newly_sealed = seal(&*store).await?;
    if let Some(path) = &replay.export_anchor {
        export(&*store, path).await?;
    }
    let mut output = Output::stdout();
    if replay.json {
        output.json(&ChainLine { report: &report, newly_sealed, false_anchors: &false_anchors })?;
    } else {
        output.text(&for_people(&report, newly_sealed, anchors.len(), &false_anchors))?;
    }
    output.flush()?;
    let good = report.faults.is_empty() && false_anchors.is_empty();
    Ok(if good { Exit::Good } else { Exit::Some })
}

/// Adds an anchor to a file, durably.
async fn export(store: &dyn Store, path: &Path) -> Result<(), CliError> {
    let Some((journal, link)) = store.last_link().await? else {
        return Err(CliError::Usage("er is nog niets verzegeld: er is geen anker te maken".to_owned()));
    };
    let moment = Clock::System.now().format("%Y-%m-%dT%H:%M:%S").to_string();
    let mut text = serde_json::to_string(&Anchor::new(journal, &link, moment)).unwrap_or_default();
    text.push('\n');
    let write = || {
        let mut file = disk::append(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error: std::io::Error| CliError::file(path, &error))
}

fn for_people(report: &ChainReport, newly: u64, anchors: usize, wrong: &[Anchor]) -> String {
    let mut text = String::new();
    for fault in &report.faults {
        let part = fault.part.as_deref().map(|part| format!(" {part}")).unwrap_or_default();
        text.push_str(&format!("  journaal {}{part}: {}\n", fault.journal, fault.fact));
    }
    for anchor in wrong {
        text.push_str(&format!(
            "  het anker van {} (journaal {}) is geen schakel van deze keten\n",
            anchor.moment, anchor.journal
        ));
    }
    text.push_str(&format!(
        "{} schakels gecontroleerd tot en met journaal {}; {} onderdelen rechtmatig verwijderd; {} ankers \
         gecontroleerd; {newly} regels nu verzegeld.\n",
        report.sealed, report.last, report.removed, anchors
    ));
    text.push_str(if report.faults.is_empty() && wrong.is_empty() {
        "De keten klopt.\n"
    } else {
        "De keten klopt NIET.\n"
    });
    text
}
