//! State that older rules left, when a rebuild comes to it.

use super::compare::Differences;
use super::rebuild::{Newer, Rebuilt, ReplayError, diverged, enter_as_it_is};
use super::scratch::Scratch;
use crate::journal::regels::{PIECE_LENGTH, Piece, PieceTable};
use crate::store::sqlite::SqliteStore;
use crate::store::{
    JournalRecord, JournalStore, KEPT_SINCE, OTHERWISE_BEFORE, STATE, StateRow, StateTable, StoreError,
};
use futures_util::{StreamExt, TryStreamExt};

/// Tables that a rebuild has from the journal itself.
const OF_THE_JOURNAL: [&str; 2] = ["inkomend", "journaal"];
/// Where rules that decide otherwise show: what became of a message, its findings, what left, who was told, work for
/// people. When nothing of these differs, no decision did, and another difference is a fault.
const DECIDED: [&str; 5] = ["uitkomst", "bevinding", "uitgaand", "kennisgeving", "werk"];

/// Takes up a piece; after the last one the rebuild goes on from the state that they are.
pub(super) async fn take(
    into: &SqliteStore,
    record: &JournalRecord,
    done: &mut Rebuilt,
) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let piece = Piece::read(entry.body.as_deref().unwrap_or_default())
        .ok_or(diverged(entry, "de bevroren stand is onleesbaar"))?;
    if piece.deel == 1 {
        done.begin_frozen(Scratch::open().await?);
    }
    let scratch = done.frozen().ok_or(diverged(entry, "het begin van de bevroren stand ontbreekt"))?;
    scratch.store().adopt(&piece).await?;
    enter_as_it_is(into, record).await?;
    if !piece.laatste {
        return Ok(());
    }
    let (scratch, followed) = done.end_frozen();
    let Some(scratch) = scratch else { return Ok(()) };
    let found = compare(scratch.store(), into, &|_| true).await?;
    if !followed || found.first.is_some() {
        let kept = compare(scratch.store(), into, &|column| was_kept(column, &piece.regels)).await?;
        if followed && kept.first.is_some() && !DECIDED.iter().any(|table| kept.tables.contains(table)) {
            return Err(diverged(
                entry,
                "de stand waarmee oudere regels eindigden volgt niet uit het journaal",
            ));
        }
        if !followed || kept.first.is_some() {
            let tables = if followed { kept.tables.into_iter().collect() } else { Vec::new() };
            done.newer.push(Newer { journal: entry.journal, rule_set: piece.regels, tables });
        }
        adopt_all(scratch.store(), into).await?;
    }
    scratch.close().await;
    Ok(())
}

fn compared() -> impl Iterator<Item = &'static StateTable> {
    STATE.iter().filter(|table| !OF_THE_JOURNAL.contains(&table.name))
}

/// Compares the columns of state that are asked for: table and name.
async fn compare(
    frozen: &SqliteStore,
    into: &SqliteStore,
    asked: &(dyn Fn((&str, &str)) -> bool + Sync),
) -> Result<Differences, StoreError> {
    let mut found = Differences::default();
    for table in compared() {
        let asked: Vec<bool> = table.columns.iter().map(|column| asked((table.name, column))).collect();
        if !asked.contains(&true) {
            continue;
        }
        let only = |row: StateRow| -> StateRow {
            row.into_iter().zip(&asked).map(|(cell, asked)| cell.filter(|_| *asked)).collect()
        };
        let (frozen, into) = (frozen.state(table).map_ok(&only), into.state(table).map_ok(&only));
        found.compare(table, (frozen.boxed(), into.boxed()), 0).await?;
    }
    Ok(found)
}

/// Whether the program with these rules kept a column, and as it is kept now.
fn was_kept((table, column): (&str, &str), rule_set: &str) -> bool {
    let otherwise =
        |(since, tables): &(&str, &[&str])| tables.contains(&table) && version(rule_set) < version(since);
    if OTHERWISE_BEFORE.iter().any(otherwise) {
        return false;
    }
    let since = KEPT_SINCE.iter().find(|(of, name, _)| (*of, *name) == (table, column));
    since.is_none_or(|(.., since)| version(rule_set) >= version(since))
}

/// The numbers of the version that a text ends with.
fn version(text: &str) -> Vec<u32> {
    let numbers = text.rsplit(' ').next().unwrap_or_default().split('.');
    numbers.map(|number| number.parse().unwrap_or_default()).collect()
}

/// Puts one state in the place of another.
async fn adopt_all(frozen: &SqliteStore, into: &SqliteStore) -> Result<(), StoreError> {
    let mut deel = 0;
    for table in &STATE {
        let mut rows = frozen.state(table).boxed();
        let (mut part, mut length) = (PieceTable::of(table.name, table.columns), 0);
        loop {
            let row = rows.try_next().await?;
            let ended = row.is_none();
            if let Some(row) = row {
                length += row.iter().flatten().map(String::len).sum::<usize>();
                part.rijen.push(row);
            }
            if ended || length >= PIECE_LENGTH {
                deel += 1;
                let next = part.next();
                let tabellen = vec![std::mem::replace(&mut part, next)];
                into.adopt(&Piece { deel, tabellen, ..Piece::default() }).await?;
                length = 0;
            }
            if ended {
                break;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_came_later_was_not_kept_by_older_rules() {
        let kept = |rules| was_kept(("verzoek", "verwijzer"), rules);
        assert!(!kept("iJw 3.2, happyflow 0.1.0") && !kept("iJw 3.2, happyflow 0.2.10"));
        assert!(kept("iJw 3.2, happyflow 0.3.0") && kept("iJw 2.4 (gereconstrueerd), happyflow 0.10.0"));
        assert!(was_kept(("verzoek", "status"), "iJw 3.2, happyflow 0.1.0"));
        let vorige = |rules| was_kept(("toewijzing", "vorige"), rules);
        assert!(!vorige("iJw 3.2, happyflow 0.4.0") && vorige("iJw 3.2, happyflow 0.5.0"));
        let sums = |rules| was_kept(("budget_stand", "bedrag"), rules);
        assert!(!sums("iJw 3.2, happyflow 0.3.9") && sums("iJw 3.2, happyflow 0.4.0"));
        let ledger = |rules| was_kept(("overboeking", "bedrag"), rules);
        assert!(!ledger("iJw 3.2, happyflow 0.4.0") && ledger("iJw 3.2, happyflow 0.5.0"));
    }
}
