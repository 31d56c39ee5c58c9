//! Numbers that are handed out in blocks. They are not given back: gaps mean nothing.

use super::bulk::failed;
use crate::store::StoreError;
use sqlx::postgres::PgConnection;

/// A range of numbers.
#[derive(Debug, Clone, Copy)]
pub enum Reeks {
    /// Bytes in the archive.
    Archief,
    /// The journal.
    Journaal,
    /// Messages that leave.
    Zendnummer,
    /// Work items.
    Werk,
    /// Lines of claims.
    Prestatie,
    /// Claims.
    Declaratie,
    /// The ledger.
    Boeking,
}

impl Reeks {
    const fn sequence(self) -> &'static str {
        match self {
            Self::Archief => "reeks_archief",
            Self::Journaal => "reeks_journaal",
            Self::Zendnummer => "reeks_zendnummer",
            Self::Werk => "reeks_werk",
            Self::Prestatie => "reeks_prestatie",
            Self::Declaratie => "reeks_declaratie",
            Self::Boeking => "reeks_boeking",
        }
    }
}

/// The first of this many numbers; of none, the number that would come next.
pub async fn draw(connection: &mut PgConnection, reeks: Reeks, count: usize) -> Result<i64, StoreError> {
    let query = sqlx::query_scalar("SELECT trek($1::text::regclass, $2)").bind(reeks.sequence());
    let query = query.bind(i64::try_from(count).unwrap_or(i64::MAX));
    query.fetch_one(connection).await.map_err(failed("nummers trekken"))
}
