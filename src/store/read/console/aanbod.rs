//! Contract files that somebody gave to the console.

use super::ask;
use crate::store::both::Row;
use crate::store::console::Aanbod;
use crate::store::read::{OwnRow, read};
use crate::store::{Store, StoreError};

const ONE: (&str, &str) = ("aanbod", "SELECT sleutel, wie, moment, inhoud FROM aanbod WHERE sleutel = $1");

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[ONE.1];

/// What was given under this key, as long as it is kept.
pub async fn aanbod(store: &dyn Store, sleutel: &str) -> Result<Option<Aanbod>, StoreError> {
    let own = |row: &mut OwnRow| {
        Ok(Aanbod {
            sleutel: row.owned()?,
            wie: row.owned()?,
            moment: row.moment()?,
            inhoud: row.bytes()?.to_vec(),
        })
    };
    Ok(read(store, ask(ONE, vec![sleutel.into()]), own).await?.pop())
}
