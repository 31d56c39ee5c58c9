//! Who acts for whom.

use super::ask;
use crate::codes::Datum;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::read::{OwnRow, Value, read};
use crate::store::{Store, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

const NOW: (&str, &str) =
    ("vervanging", "SELECT wie, door, tot FROM vervanging WHERE tot >= $1 ORDER BY tot, wie LIMIT $2");
const OF: (&str, &str) = ("vervanging", "SELECT wie, door, tot FROM vervanging WHERE wie = $1 AND tot >= $2");

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[NOW.1, OF.1];

/// Most that are looked at.
const MOST: i64 = 500;

/// That somebody acts for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vervanging {
    /// Name of who is away.
    pub wie: String,
    /// Name of who acts.
    pub door: String,
    /// The last day.
    pub tot: Datum,
}

/// Who acts for whom on a day.
pub async fn vervangingen(store: &dyn Store, op: Datum) -> Result<Vec<Vervanging>> {
    read(store, ask(NOW, vec![Value::Day(op), MOST.into()]), read_vervanging).await
}

/// Who acts for somebody on a day.
pub async fn vervanger(store: &dyn Store, wie: &str, op: Datum) -> Result<Option<Vervanging>> {
    Ok(read(store, ask(OF, vec![wie.into(), Value::Day(op)]), read_vervanging).await?.pop())
}

fn read_vervanging(row: &mut OwnRow) -> Result<Vervanging> {
    Ok(Vervanging { wie: row.owned()?, door: row.owned()?, tot: row.date()? })
}
