//! `--verify-state`: every table is what the journal makes of it. For every night.

use super::ReplayCommand;
use crate::cli::output::Output;
use crate::cli::{CliError, Exit};
use crate::office::core::Core;
use crate::replay::{Differences, Newer, Rebuilt, ReplayError, Scratch, differences, settings};
use crate::report::ReportError;
use crate::report::money::faults;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use serde::Serialize;

/// Rows that are named.
const NAMED: usize = 20;

/// What scripts get.
#[derive(Debug, Serialize)]
struct StateLine {
    entries: u64,
    /// Nothing differs.
    equal: bool,
    /// The table in which the first difference is.
    table: Option<&'static str>,
    /// How many of its rows differ.
    rows: usize,
    /// Table and key of rows that differ, at most twenty.
    named: Vec<(&'static str, String)>,
    /// What does not add up of the money, line by line.
    money: Vec<String>,
    /// The journal could not be decided again: why.
    diverged: Option<String>,
    /// Where other rules began, and what the older ones decided comes out otherwise.
    newer_rules: Vec<Newer>,
}

pub(super) async fn verify(replay: &ReplayCommand) -> Result<Exit, CliError> {
    let store = replay.place.frozen().await?;
    let scratch = Scratch::open().await?;
    let rebuild = crate::replay::Replay { core: Core::STANDARD, settings: settings(&replay.place.config()?) };
    let mut done = Rebuilt::default();
    let line = match compare(&rebuild, &*store, scratch.store(), &mut done).await {
        Ok(line) => line,
        Err(ReplayError::Store(error)) => return Err(error.into()),
        Err(ReplayError::Office(error)) => return Err(error.into()),
        Err(error) => StateLine {
            entries: done.entries,
            equal: false,
            table: None,
            rows: 0,
            named: Vec::new(),
            money: Vec::new(),
            diverged: Some(error.to_string()),
            newer_rules: std::mem::take(&mut done.newer),
        },
    };
    scratch.close().await;
    let mut output = Output::stdout();
    if replay.json {
        output.json(&line)?;
    } else {
        output.text(&for_people(&line))?;
    }
    output.flush()?;
    Ok(if line.equal { Exit::Good } else { Exit::Some })
}

/// The store stands still: others go on deciding.
async fn compare(
    rebuild: &crate::replay::Replay,
    store: &dyn Store,
    into: &SqliteStore,
    done: &mut Rebuilt,
) -> Result<StateLine, ReplayError> {
    rebuild.go_on(store, into, done).await?;
    let Differences { first, named, .. } = differences(store, into, NAMED).await?;
    let (table, rows) = first.map_or((None, 0), |(table, rows)| (Some(table), rows));
    let newer_rules = std::mem::take(&mut done.newer);
    let money = match faults(store).await {
        Ok(faults) => faults,
        Err(ReportError::Store(error)) => return Err(error.into()),
        Err(error) => vec![error.to_string()],
    };
    Ok(StateLine {
        entries: done.entries,
        equal: table.is_none() && money.is_empty(),
        table,
        rows,
        named,
        money,
        diverged: None,
        newer_rules,
    })
}

fn for_people(line: &StateLine) -> String {
    if line.equal {
        let mut text = String::new();
        for newer in &line.newer_rules {
            text.push_str(&format!(
                "Tot journaalregel {} is beslist volgens {}; onder de regels van nu komt dat anders uit. Er is \
                 verder gegaan met de stand die toen is bewaard.\n",
                newer.journal, newer.rule_set
            ));
        }
        let entries = line.entries;
        text.push_str(&format!("De stand is gelijk aan het opnieuw besliste journaal ({entries} regels).\n"));
        return text;
    }
    if let Some(diverged) = &line.diverged {
        return format!("De stand is niet te bewijzen: {diverged}.\n");
    }
    let mut text = line.table.map_or_else(String::new, |table| {
        format!("De stand wijkt af van het journaal, het eerst in tabel {table}.\n")
    });
    for (table, key) in &line.named {
        text.push_str(&format!("  {table} {key}\n"));
    }
    for fault in &line.money {
        text.push_str(&format!("Het geld telt niet op: {fault}.\n"));
    }
    text
}
