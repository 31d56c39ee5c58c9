//! Other rules begin: all state is kept as the older ones left it, so that a replay can go on from there.
//!
//! It is an input of the journal like any other, decided alone: in pieces, in one transaction. Nothing happens where the
//! last decision was made by the rules of this program.

use super::rule_set::{is_current, rule_set};
use super::verwijzers;
use crate::clock::Moment;
use crate::decide::Requests;
use crate::journal::regels::{PIECE_LENGTH, Piece, PieceTable};
use crate::store::{Entered, Entry, JournalKind, STATE, StateRow, Store, StoreError};
use futures_util::TryStreamExt;

/// As [`begin_rules_telling`], for who has nobody to tell: the log hears it.
pub async fn begin_rules(store: &dyn Store, moment: Moment) -> Result<bool, StoreError> {
    begin_rules_telling(store, moment, &|what| tracing::info!("{what}")).await
}

/// Fills in what older rules did not keep and keeps the state that they left, when they made the last decision. True:
/// it was kept. `told` hears how far it is.
pub async fn begin_rules_telling(
    store: &dyn Store,
    moment: Moment,
    told: &(dyn Fn(&str) + Sync),
) -> Result<bool, StoreError> {
    if older(store).await?.is_none() {
        return Ok(false);
    }
    verwijzers::fill(store, told).await?;
    if store.take_up_ledger().await? > 0 {
        told("het grootboek is begonnen met wat al geboekt was");
    }
    let mut batch = store.begin().await?;
    // What a process of the version before still booked, until nobody else decides any more.
    if store.shared() {
        store.take_up_ledger().await?;
    }
    // Looked at again now that nobody else decides: two processes that start together keep it once.
    let Some(regels) = older(store).await? else { return Ok(false) };
    let register_version = batch.register_version();
    let mut pieces = Pieces { piece: Piece { regels, deel: 1, ..Piece::default() }, length: 0 };
    let mut enter = async |piece: Piece| {
        let journal = batch.numbers().draw_journal();
        batch.enter(Entered::alone(entry(journal, moment, register_version, &piece)));
        batch.write().await
    };
    for table in &STATE {
        pieces.piece.tabellen.push(PieceTable::of(table.name, table.columns));
        let mut rows = store.state(table);
        while let Some(row) = rows.try_next().await? {
            if let Some(full) = pieces.add(row) {
                enter(full).await?;
            }
        }
    }
    enter(Piece { laatste: true, ..pieces.piece }).await?;
    batch.commit().await?;
    Ok(true)
}

/// The rules of the last decision, when they are not those of this program.
async fn older(store: &dyn Store) -> Result<Option<String>, StoreError> {
    let newest = store.newest_entry().await?;
    Ok(newest.map(|(_, rule_set)| rule_set).filter(|rule_set| !is_current(rule_set)))
}

/// The piece that is being filled.
struct Pieces {
    piece: Piece,
    length: usize,
}

impl Pieces {
    /// Adds a row to the last table; gives the piece when it is full, and begins the next one.
    fn add(&mut self, row: StateRow) -> Option<Piece> {
        self.length += row.iter().flatten().map(String::len).sum::<usize>();
        let table = self.piece.tabellen.last_mut()?;
        table.rijen.push(row);
        if self.length < PIECE_LENGTH {
            return None;
        }
        self.length = 0;
        let goes_on = table.next();
        let next = Piece {
            regels: self.piece.regels.clone(),
            deel: self.piece.deel + 1,
            laatste: false,
            tabellen: vec![goes_on],
        };
        Some(std::mem::replace(&mut self.piece, next))
    }
}

fn entry(journal: i64, moment: Moment, register_version: i64, piece: &Piece) -> Entry {
    Entry {
        journal,
        kind: JournalKind::Regels,
        moment,
        register_version,
        rule_set: rule_set(None),
        requests: Requests::Automatic,
        issued: 0,
        first_identificatie: None,
        arrival: None,
        who: None,
        why: None,
        role: JournalKind::Regels.role(),
        body: Some(piece.body()),
    }
}
