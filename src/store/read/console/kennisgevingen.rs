//! Notices about decisions to one receiver, newest first.

use super::{Lijstdeel, Vanaf, ask, deel, one_more};
use crate::messages::Partij;
use crate::store::both::kennisgeving::read_notice;
use crate::store::read::{Value, read};
use crate::store::{Store, StoreError, TeMelden};

type Result<T> = std::result::Result<T, StoreError>;

macro_rules! told {
    ($order:literal) => {
        concat!(
            "SELECT k.journaal, k.ontvanger, k.inhoud, j.moment, j.wie, j.waarom
            FROM kennisgeving k JOIN journaal j ON j.nummer = k.journaal
            WHERE k.ontvanger = $1 AND k.journaal > $2 AND k.journaal < $3 ORDER BY k.journaal ",
            $order,
            " LIMIT $4"
        )
    };
}

const OLDER: (&str, &str) = ("kennisgeving", told!("DESC"));
const NEWER: (&str, &str) = ("kennisgeving", told!("ASC"));

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[OLDER.1, NEWER.1];

/// Notices to one receiver.
pub async fn kennisgevingen(
    store: &dyn Store,
    ontvanger: Partij,
    (vanaf, most): (Vanaf, usize),
) -> Result<Lijstdeel<TeMelden>> {
    let (statement, first, end) = match vanaf {
        Vanaf::Begin => (OLDER, 0, i64::MAX),
        Vanaf::Na(journal) => (OLDER, 0, journal),
        Vanaf::Voor(journal) => (NEWER, journal, i64::MAX),
    };
    let keys = vec![ontvanger.as_str().into(), first.into(), end.into(), one_more(most)];
    Ok(deel(vanaf, read(store, ask(statement, keys), read_notice).await?, most))
}

/// The notice to one receiver about one decision.
pub async fn kennisgeving(store: &dyn Store, ontvanger: Partij, journal: i64) -> Result<Option<TeMelden>> {
    let (before, behind) = (journal.saturating_sub(1), journal.saturating_add(1));
    let keys = vec![ontvanger.as_str().into(), before.into(), behind.into(), Value::from(1)];
    Ok(read(store, ask(NEWER, keys), read_notice).await?.pop())
}
