//! State that was frozen when other rules began: bodies of journal entries.
//!
//! Rules that change judge old messages otherwise, so a replay by the rules of today no longer comes to the state that
//! the older ones left. When a program finds that the last decision was made by older rules, it first keeps all state
//! as it stands, in pieces. A replay goes on from there.

use super::{StateRow, StateTable, StoreError};
use serde::{Deserialize, Serialize};

/// Characters of cells in a piece, about.
pub const PIECE_LENGTH: usize = 4 * 1024 * 1024;

/// A piece of the state as older rules left it. The pieces of one state follow each other in the journal.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The rules that made the last decision before it.
    pub regels: String,
    /// Which piece, from 1.
    pub deel: u32,
    /// Nothing follows.
    pub laatste: bool,
    /// Rows, by table in the order of [`super::STATE`]; a table may begin in one piece and end in another.
    pub tabellen: Vec<PieceTable>,
}

/// Rows of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceTable {
    /// The table.
    pub tabel: String,
    /// What its rows have, in order: a later version may know more.
    pub kolommen: Vec<String>,
    /// The rows.
    pub rijen: Vec<StateRow>,
}

impl PieceTable {
    /// No rows yet.
    #[must_use]
    pub fn of(table: &StateTable) -> Self {
        Self {
            tabel: table.name.to_owned(),
            kolommen: table.columns.iter().map(|&column| column.to_owned()).collect(),
            rijen: Vec::new(),
        }
    }
}

impl PieceTable {
    /// The same table in the next piece.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { tabel: self.tabel.clone(), kolommen: self.kolommen.clone(), rijen: Vec::new() }
    }
}

impl Piece {
    /// The piece that a body of a journal entry is.
    pub fn read(body: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(body).map_err(|_| StoreError::Corrupt("journaal"))
    }

    /// As the body of a journal entry.
    pub fn write(&self) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec(self).map_err(|_| StoreError::Corrupt("journaal"))
    }
}
