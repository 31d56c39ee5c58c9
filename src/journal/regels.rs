//! State that was frozen when other rules began: bodies of journal entries.
//!
//! Rules that change judge old messages otherwise, so a replay by the rules of today no longer comes to the state that
//! the older ones left. When a program finds that the last decision was made by older rules, it first keeps all state
//! as it stands, in pieces. A replay goes on from there.

use serde::{Deserialize, Serialize};

/// The cells of a row of state, as text; none for NULL.
pub type StateRow = Vec<Option<String>>;

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
    /// Rows, by table in the order in which the store names them; a table may begin in one piece and end in another.
    pub tabellen: Vec<PieceTable>,
}

/// Rows of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceTable {
    /// The table.
    pub tabel: String,
    /// What its rows have, in order: a later version may know more.
    pub kolommen: Vec<String>,
    pub rijen: Vec<StateRow>,
}

impl PieceTable {
    /// No rows yet.
    #[must_use]
    pub fn of(tabel: &str, kolommen: &[&str]) -> Self {
        Self {
            tabel: tabel.to_owned(),
            kolommen: kolommen.iter().map(|&kolom| kolom.to_owned()).collect(),
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
    /// Reads a body; none when it is no body of ours.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        // Plain fields: writing them as JSON cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_it_always_was_and_read_again() {
        let rijen = vec![vec![Some("1".to_owned()), None]];
        let table = PieceTable { rijen, ..PieceTable::of("werk", &["id", "wie"]) };
        let regels = "iJw 3.2, happyflow 0.1.0".to_owned();
        let piece = Piece { regels, deel: 2, laatste: true, tabellen: vec![table] };
        let body = concat!(
            r#"{"regels":"iJw 3.2, happyflow 0.1.0","deel":2,"laatste":true,"#,
            r#""tabellen":[{"tabel":"werk","kolommen":["id","wie"],"rijen":[["1",null]]}]}"#
        );
        assert_eq!(String::from_utf8(piece.body()).unwrap(), body);
        assert_eq!(Piece::read(body.as_bytes()), Some(piece));
        assert_eq!(Piece::read(b"{}"), None);
    }
}
