//! What a gemeente and an aanbieder did together in a period.

use super::{Bereik, any, any_text, ask};
use crate::clock::Moment;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::read::{OwnRow, Value, read};
use crate::store::{Store, StoreError};
use std::ops::Range;

const BETWEEN: (&str, &str) = (
    "uitkomst",
    "SELECT u.gemeente, u.aanbieder, count(*),
        CAST(sum(CASE WHEN u.verdict = 'rejected' THEN 1 ELSE 0 END) AS BIGINT),
        CAST(sum(CASE WHEN u.verdict = 'partial' THEN 1 ELSE 0 END) AS BIGINT),
        CAST(sum(coalesce(u.ingediend, 0)) AS BIGINT), CAST(sum(coalesce(u.toegekend, 0)) AS BIGINT)
    FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
    WHERE j.moment >= $1 AND j.moment < $2 AND u.verdict <> 'parked'
        AND u.gemeente IS NOT NULL AND u.aanbieder IS NOT NULL
        AND (u.gemeente = $3 OR $3 < 0) AND (u.afzender = $4 OR $4 = '')
    GROUP BY u.gemeente, u.aanbieder ORDER BY u.aanbieder, u.gemeente",
);
const NEWEST: (&str, &str) =
    ("journaal", "SELECT moment FROM journaal WHERE nummer = (SELECT max(nummer) FROM journaal)");

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[BETWEEN.1, NEWEST.1];

/// What a relatie did in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatieMaand {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Messages that were judged.
    pub berichten: i64,
    /// Of them, rejected as a whole.
    pub afgekeurd: i64,
    /// Of them, granted in part.
    pub deels: i64,
    /// Claimed in them, signed.
    pub ingediend: Cents,
    /// Granted in them, signed.
    pub toegekend: Cents,
}

/// Every relatie with something decided in a period.
pub async fn relaties_between(
    store: &dyn Store,
    bereik: &Bereik,
    period: Range<Moment>,
) -> Result<Vec<RelatieMaand>, StoreError> {
    let sender = bereik.aanbieder.map(|code| code.to_string());
    let keys = vec![
        Value::Moment(period.start),
        Value::Moment(period.end),
        any(bereik.gemeente),
        any_text(sender.as_deref()),
    ];
    let month = |row: &mut OwnRow| {
        Ok(RelatieMaand {
            relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
            berichten: row.integer()?,
            afgekeurd: row.integer()?,
            deels: row.integer()?,
            ingediend: Cents(row.integer()?),
            toegekend: Cents(row.integer()?),
        })
    };
    read(store, ask(BETWEEN, keys), month).await
}

/// When something was decided last; none in an empty store.
pub async fn newest_decision(store: &dyn Store) -> Result<Option<Moment>, StoreError> {
    Ok(read(store, ask(NEWEST, Vec::new()), OwnRow::moment).await?.pop())
}
