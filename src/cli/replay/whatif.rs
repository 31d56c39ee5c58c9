//! `--contracts` with `--as-if`: the same care under other contracts.

use super::ReplayCommand;
use crate::cli::files::{make_folder, read_text, save};
use crate::cli::output::Output;
use crate::cli::{CliError, Exit};
use crate::clock::Clock;
use crate::money::MoneyOverflow;
use crate::office::{OfficeError, import_path, register};
use crate::report::{Cell, Format, Report, ReportError};
use crate::whatif::{Mapping, WhatIf, chart, page, report};
use std::path::Path;

/// Lines that are read at once.
const AT_ONCE: usize = 20_000;

pub(super) async fn run(
    replay: &ReplayCommand,
    contracts: &Path,
    jaar: i32,
    out: &Path,
) -> Result<Exit, CliError> {
    let mapping = mapping(replay.map.as_deref())?;
    let import = import_path(contracts).map_err(OfficeError::from)?;
    let store = replay.place.frozen().await?;
    let oud = register::in_force(&*store).await?.versie.register;
    let nieuw = import.onto(&oud);
    let mut what = WhatIf::new(&oud, &nieuw, jaar, &mapping);
    (what.from, what.to) = (replay.from, replay.to);
    let chosen = |gemeente, aanbieder| {
        replay.gemeente.is_none_or(|only| only == gemeente)
            && replay.aanbieder.is_none_or(|only| only == aanbieder)
    };
    let mut last = 0;
    loop {
        let lines = store.lines(last, AT_ONCE).await?;
        let Some((end, _)) = lines.last() else { break };
        last = *end;
        for (_, line) in
            lines.iter().filter(|(_, line)| chosen(line.relatie.gemeente, line.relatie.aanbieder))
        {
            what.add(line).map_err(overflow)?;
        }
    }
    let mut last = None;
    loop {
        let assignments = store.assignments(last, AT_ONCE).await?;
        let Some(end) = assignments.last() else { break };
        last = Some((end.gemeente, end.nummer));
        for one in assignments.iter().filter(|one| chosen(one.gemeente, one.aanbieder)) {
            what.add_assignment(one);
        }
    }
    let mut ceilings = what.budgets().map_err(overflow)?;
    ceilings.extend(what.ceilings().map_err(overflow)?);
    let moment = Clock::System.now();
    let report = report(&what, &ceilings, moment).map_err(overflow)?;
    let written = write(&report, replay, out, jaar)?;
    let mut output = Output::stdout();
    if replay.json {
        output.text(&String::from_utf8_lossy(&report.write(Format::Json).map_err(failed)?))?;
    } else {
        output.text(&for_people(&report, &written))?;
    }
    output.flush()?;
    Ok(Exit::Good)
}

fn mapping(path: Option<&Path>) -> Result<Mapping, CliError> {
    let Some(path) = path else { return Ok(Mapping::default()) };
    let text = read_text(path)?;
    Mapping::read(&text).map_err(|error| CliError::Usage(format!("{}, {error}", path.display())))
}

fn overflow(error: MoneyOverflow) -> CliError {
    failed(ReportError::Overflow(error))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn failed(error: ReportError) -> CliError {
    CliError::Usage(error.to_string())
}

fn write(report: &Report, replay: &ReplayCommand, out: &Path, jaar: i32) -> Result<Vec<String>, CliError> {
    make_folder(out)?;
    let svg = report.table("gemeenten").map(chart).unwrap_or_default();
    let period = match (replay.from, replay.to) {
        (None, None) => "Alle zorg in de administratie telt mee.".to_owned(),
        (from, to) => {
            let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.format("%d-%m-%Y").to_string());
            let from = day(from).map(|day| format!(" vanaf {day}")).unwrap_or_default();
            let to = day(to).map(|day| format!(" tot en met {day}")).unwrap_or_default();
            format!("Zorg die begon{from}{to} telt mee.")
        }
    };
    let html = page(report, &svg, &period, jaar);
    let files = [
        ("wat-als.csv", report.write(Format::Csv).map_err(failed)?),
        ("wat-als.xlsx", report.write(Format::Xlsx).map_err(failed)?),
        ("wat-als.svg", svg.into_bytes()),
        ("wat-als.html", html.into_bytes()),
    ];
    let mut written = Vec::new();
    for (name, bytes) in files {
        let path = out.join(name);
        save(&path, &bytes)?;
        written.push(path.display().to_string());
    }
    Ok(written)
}

fn for_people(report: &Report, written: &[String]) -> String {
    let mut text = String::new();
    if let Some(table) = report.table("total")
        && let Some(row) = table.rows.first()
    {
        for (column, cell) in table.columns.iter().zip(row) {
            if let Cell::Euros(amount) = cell {
                text.push_str(&format!("{:<28}{amount:>20}\n", column.kop));
            }
        }
    }
    for path in written {
        text.push_str(&format!("geschreven: {path}\n"));
    }
    text
}
