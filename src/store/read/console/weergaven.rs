//! Lists that somebody gave a name.

use super::{any_text, ask};
use crate::store::both::Row;
use crate::store::console::Weergave;
use crate::store::read::{OwnRow, read};
use crate::store::{Store, StoreError};

const OWN: (&str, &str) = ("weergave", "SELECT wie, naam, adres FROM weergave WHERE wie = $1");

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[OWN.1];

/// The lists of one person, by name.
pub async fn weergaven(store: &dyn Store, wie: &str) -> Result<Vec<Weergave>, StoreError> {
    let own = |row: &mut OwnRow| Ok(Weergave { wie: row.owned()?, naam: row.owned()?, adres: row.owned()? });
    let mut found = read(store, ask(OWN, vec![any_text(Some(wie))]), own).await?;
    found.sort_by_cached_key(|it| (it.naam.to_lowercase(), it.naam.clone()));
    Ok(found)
}
