//! A person in state that was frozen when other rules began.

use crate::journal::regels::{Piece, PieceTable};
use crate::replay::Scratch;
use crate::store::removal::Removal;
use crate::store::{JournalKind, JournalStore, STATE, Store, StoreError, TakeLimit};
use futures_util::TryStreamExt;

/// Entries that are read at once.
const ONE: TakeLimit = TakeLimit { messages: 1, bytes: usize::MAX };

/// Bodies of entries with frozen state that change: journal number, body before and after.
pub(super) async fn without(
    store: &dyn Store,
    removal: &Removal,
) -> Result<Vec<(i64, Vec<u8>, Vec<u8>)>, StoreError> {
    let (mut changed, mut pieces) = (Vec::new(), Vec::new());
    for journal in store.journal_of(JournalKind::Regels).await? {
        let record = store.journal(journal - 1, ONE).await?.pop().ok_or(StoreError::corrupt("journaal"))?;
        let body = record.entry.body.unwrap_or_default();
        let piece = Piece::read(&body).ok_or(StoreError::corrupt("journaal"))?;
        let last = piece.laatste;
        pieces.push((journal, body, piece));
        if last {
            changed.extend(rewritten(std::mem::take(&mut pieces), removal).await?);
        }
    }
    Ok(changed)
}

/// The pieces of one state, the person taken out in the same way as from the state of today: each has as many rows of
/// each table as before.
async fn rewritten(
    pieces: Vec<(i64, Vec<u8>, Piece)>,
    removal: &Removal,
) -> Result<Vec<(i64, Vec<u8>, Vec<u8>)>, StoreError> {
    let scratch = Scratch::open().await?;
    for (_, _, piece) in &pieces {
        scratch.store().adopt(piece).await?;
    }
    scratch.store().rewrite(removal).await?;
    let mut changed = Vec::new();
    let mut tables = STATE.iter();
    let mut rows = None;
    for (journal, before, piece) in pieces {
        let mut tabellen = Vec::with_capacity(piece.tabellen.len());
        for PieceTable { tabel, kolommen, rijen } in piece.tabellen {
            if rows.as_ref().is_none_or(|(name, _)| *name != tabel) {
                let table =
                    tables.find(|table| table.name == tabel).ok_or(StoreError::corrupt("journaal"))?;
                rows = Some((tabel.clone(), scratch.store().state(table)));
            }
            let mut now = Vec::with_capacity(rijen.len());
            if let Some((_, rows)) = &mut rows {
                while now.len() < rijen.len() {
                    now.push(rows.try_next().await?.ok_or(StoreError::corrupt("journaal"))?);
                }
            }
            tabellen.push(PieceTable { tabel, kolommen, rijen: now });
        }
        let after = Piece { tabellen, ..piece }.body();
        if after != before {
            changed.push((journal, before, after));
        }
    }
    drop(rows);
    scratch.close().await;
    Ok(changed)
}
