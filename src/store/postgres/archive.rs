//! The archive: exact bytes, packed.

use super::bulk::{BulkColumns, Cursor, Statement};
use super::bundle::Bundle;
use super::numbers::{Sequence, draw};
use crate::store::both::Row;
use crate::store::cells::{Cells, Fields};
use crate::store::pack::pack;
use crate::store::{PackedMessage, StoreError};
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnection;

const ARCHIEF: Statement = Statement {
    table: "archief",
    before: "INSERT INTO archief (id, lengte, sha256, inhoud)",
    columns: 4,
    after: "",
};

struct ArchiveRow {
    length: usize,
    sha256: [u8; 32],
    packed: Vec<u8>,
}

/// Bytes that will be written. Until then their numbers count from 0: what to add is the number of the first.
#[derive(Default)]
pub struct Archive(Vec<ArchiveRow>);

impl Archive {
    /// Takes bytes up; returns their place.
    pub fn add(&mut self, bytes: &[u8]) -> i64 {
        self.add_packed(bytes.len(), Sha256::digest(bytes).into(), pack(bytes))
    }

    /// Takes bytes up that are packed already; returns their place.
    pub fn add_packed(&mut self, length: usize, sha256: [u8; 32], packed: Vec<u8>) -> i64 {
        self.0.push(ArchiveRow { length, sha256, packed });
        i64::try_from(self.0.len() - 1).unwrap_or(i64::MAX)
    }

    /// How many numbers it takes.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes what was taken up under numbers from this one on.
    pub async fn write(self, bundle: &mut Bundle<'_>, first: i64) -> Result<(), StoreError> {
        let rows: Vec<_> = (first..).zip(self.0).collect();
        let bind = |values: &mut BulkColumns, (id, row): (i64, ArchiveRow)| {
            let length = i64::try_from(row.length).unwrap_or(i64::MAX);
            values.integer(id).integer(length).bytes(row.sha256.to_vec()).bytes(row.packed);
        };
        bundle.write(&ARCHIEF, rows, bind).await
    }
}

/// Writes what was taken up; returns the number of the first.
pub async fn write_all(connection: &mut PgConnection, archive: Archive) -> Result<i64, StoreError> {
    let [first] = draw(connection, [(Sequence::Archief, archive.len())]).await?;
    let mut bundle = Bundle::new(connection, "berichten bewaren");
    archive.write(&mut bundle, first).await?;
    bundle.sent().await?;
    Ok(first)
}

/// Bytes from the columns `lengte` and `inhoud` that come next, still packed.
pub fn frame(row: &mut Cursor<'_>) -> Result<PackedMessage, StoreError> {
    let (length, packed) = (row.integer()?, row.bytes()?);
    PackedMessage::new(packed, length)
}
