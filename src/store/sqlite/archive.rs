//! The archive: exact bytes, packed.

use super::bulk::{Statement, failed, write};
use crate::store::cells::Cells;
use crate::store::pack::pack;
use crate::store::{PackedMessage, StoreError};
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

const ARCHIEF: Statement = Statement {
    doing: "berichten bewaren",
    before: "INSERT INTO archief (id, lengte, sha256, inhoud) VALUES",
    columns: 4,
    after: "",
};

struct ArchiveRow {
    id: i64,
    length: usize,
    sha256: [u8; 32],
    packed: Vec<u8>,
}

/// Bytes that will be written, with the numbers that they get.
pub struct Archive {
    next: i64,
    rows: Vec<ArchiveRow>,
}

impl Archive {
    /// Numbers from `next` on.
    pub const fn new(next: i64) -> Self {
        Self { next, rows: Vec::new() }
    }

    /// Takes bytes up; returns their number.
    pub fn add(&mut self, bytes: &[u8]) -> i64 {
        self.add_packed(bytes.len(), Sha256::digest(bytes).into(), pack(bytes))
    }

    /// Takes bytes up that are packed already; returns their number.
    pub fn add_packed(&mut self, length: usize, sha256: [u8; 32], packed: Vec<u8>) -> i64 {
        let id = self.next;
        self.next += 1;
        self.rows.push(ArchiveRow { id, length, sha256, packed });
        id
    }
}

/// Writes what was taken up.
pub async fn write_all(connection: &mut SqliteConnection, archive: &mut Archive) -> Result<(), StoreError> {
    let rows = std::mem::take(&mut archive.rows);
    write(connection, &ARCHIEF, rows, |values, row| {
        let length = i64::try_from(row.length).unwrap_or(i64::MAX);
        values.integer(row.id).integer(length).bytes(row.sha256.to_vec()).bytes(row.packed);
    })
    .await?;
    Ok(())
}

/// Bytes from the columns `lengte` and `inhoud` at this place of a row, still packed.
pub fn frame(row: &SqliteRow, at: usize) -> Result<PackedMessage, StoreError> {
    let (frame, length) = packed(row, at)?;
    PackedMessage::new(frame, length)
}

fn packed(row: &SqliteRow, at: usize) -> Result<(&[u8], i64), StoreError> {
    let length: i64 = row.try_get(at).map_err(failed("het archief lezen"))?;
    let frame: &[u8] = row.try_get(at + 1).map_err(failed("het archief lezen"))?;
    Ok((frame, length))
}
