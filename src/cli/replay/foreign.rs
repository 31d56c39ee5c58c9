//! Paths: messages of another system, with the answers that it gave.

use super::ReplayCommand;
use super::audit::tell;
use crate::cli::output::Output;
use crate::cli::{CliError, Exit};
use crate::contracts::Register;
use crate::office::core::Core;
use crate::office::source::{Reader, list};
use crate::office::{OfficeError, import_path, register};
use crate::replay::{Foreign, ForeignTotals, settings};
use serde::Serialize;
use std::sync::Arc;

/// The last line for scripts.
#[derive(Serialize)]
struct Summary {
    summary: ForeignTotals,
}

pub(super) async fn run(replay: &ReplayCommand) -> Result<Exit, CliError> {
    let base: Arc<Register> = match replay.place.look().await {
        Ok((_, store)) => register::in_force(&*store).await?.versie.register,
        Err(CliError::Usage(_)) if replay.contracts.is_some() => Arc::default(),
        Err(error) => return Err(error),
    };
    let register = match &replay.contracts {
        Some(path) => Arc::new(import_path(path).map_err(OfficeError::from)?.onto(&base)),
        None => base,
    };
    let foreign = Foreign {
        core: Core::STANDARD,
        settings: settings(&replay.place.config()?),
        register: &register,
        gemeente: replay.gemeente,
        aanbieder: replay.aanbieder,
        from: replay.from,
        to: replay.to,
    };
    let mut reader = Reader::default();
    let sources = replay.paths.iter().flat_map(|path| list(path)).collect::<Vec<_>>();
    let messages = sources.into_iter().map(move |source| {
        let bytes = reader.read(&source).map_err(|error| error.to_string());
        (source.name, bytes)
    });
    let mut output = Output::stdout();
    let (mut told, mut heading) = (Ok(()), None);
    let totals = foreign.run(messages, &mut |difference| {
        if told.is_ok() {
            told = tell(&mut output, &difference, replay.json, &mut heading);
        }
    });
    told?;
    if replay.json {
        output.json(&Summary { summary: totals })?;
    } else {
        output.text(&for_people(&totals))?;
    }
    output.flush()?;
    Ok(if totals.faults == 0 { Exit::Good } else { Exit::Some })
}

fn for_people(totals: &ForeignTotals) -> String {
    format!(
        "{} berichten gelezen, {} ongeldig op niveau 1, {} vergeleken met hun antwoord; {} zonder antwoord in het \
         archief, {} antwoorden zonder bericht.\n{} verschillen.\n",
        totals.messages,
        totals.invalid,
        totals.compared,
        totals.unanswered,
        totals.without_message,
        totals.faults
    )
}
