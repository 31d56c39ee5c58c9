//! Numbers that are handed out in blocks. They are not given back: gaps mean nothing.

use super::bulk::failed;
use crate::store::StoreError;
use sqlx::postgres::PgConnection;

/// A range of numbers.
#[derive(Debug, Clone, Copy)]
pub enum Sequence {
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

impl Sequence {
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

/// The first of this many numbers of each range; of none, the number that would come next.
pub async fn draw<const RANGES: usize>(
    connection: &mut PgConnection,
    ranges: [(Sequence, usize); RANGES],
) -> Result<[i64; RANGES], StoreError> {
    const SQL: &str = "SELECT ARRAY(SELECT trek(r.reeks::regclass, r.aantal)
        FROM UNNEST($1::text[], $2::bigint[]) WITH ORDINALITY r (reeks, aantal, plaats) ORDER BY r.plaats)";
    let sequences: Vec<&str> = ranges.iter().map(|(reeks, _)| reeks.sequence()).collect();
    let counts: Vec<i64> =
        ranges.iter().map(|(_, count)| i64::try_from(*count).unwrap_or(i64::MAX)).collect();
    let query = sqlx::query_scalar(SQL).bind(sequences).bind(counts);
    let first: Vec<i64> = query.fetch_one(connection).await.map_err(failed("nummers trekken"))?;
    first.try_into().map_err(|_| StoreError::Corrupt("nummerreeks"))
}
