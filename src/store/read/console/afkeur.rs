//! What was rejected, in groups: retourcode, gemeente and aanbieder, in a period.

use super::{Bereik, any, any_text, ask};
use crate::clock::Moment;
use crate::codes::{AgbCode, GemeenteCode};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::read::{OwnRow, Value, read};
use crate::store::{Store, StoreError};
use std::ops::Range;

/// A message counts once in each group; what was claimed in it and not granted as well.
const GROUPS: (&str, &str) = (
    "bevinding",
    "SELECT g.code, g.gemeente, g.aanbieder, count(*), CAST(sum(g.aantal) AS BIGINT), CAST(sum(g.bedrag) AS BIGINT),
        min(g.moment), max(g.moment)
    FROM (SELECT coalesce(b.retourcode, b.regel) AS code, u.gemeente AS gemeente, u.aanbieder AS aanbieder,
            count(*) AS aantal, max(coalesce(u.ingediend, 0) - coalesce(u.toegekend, 0)) AS bedrag,
            max(j.moment) AS moment
        FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
            JOIN bevinding b ON b.journaal = u.journaal
        WHERE j.moment >= $1 AND j.moment < $2 AND u.verdict IN ('rejected', 'partial')
            AND u.gemeente IS NOT NULL AND u.aanbieder IS NOT NULL
            AND (u.gemeente = $3 OR $3 < 0) AND (u.afzender = $4 OR $4 = '')
            AND (u.gemeente = $5 OR $5 < 0) AND (u.aanbieder = $6 OR $6 < 0)
            AND (coalesce(b.retourcode, b.regel) = $7 OR $7 = '')
        GROUP BY u.aankomst, coalesce(b.retourcode, b.regel), u.gemeente, u.aanbieder) g
    GROUP BY g.code, g.gemeente, g.aanbieder
    ORDER BY 6 DESC, 4 DESC, g.code, g.aanbieder, g.gemeente",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[GROUPS.1];

/// Which groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Afkeurvraag {
    /// Decided in this period.
    pub beslist: Range<Moment>,
    /// Only of this gemeente.
    pub gemeente: Option<GemeenteCode>,
    /// Only of this aanbieder.
    pub aanbieder: Option<AgbCode>,
    /// Only this code.
    pub code: Option<String>,
}

/// What was rejected of a relatie with one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Afkeurgroep {
    /// Retourcode, or rule that has none.
    pub code: String,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Messages.
    pub berichten: i64,
    /// Times that it was found.
    pub bevindingen: i64,
    /// Claimed and not granted in those messages.
    pub bedrag: Cents,
    /// First time.
    pub eerste: Moment,
    /// Last time.
    pub laatste: Moment,
}

/// The groups of a period, most money first.
pub async fn afkeurgroepen(
    store: &dyn Store,
    bereik: &Bereik,
    vraag: &Afkeurvraag,
) -> Result<Vec<Afkeurgroep>, StoreError> {
    let sender = bereik.aanbieder.map(|code| code.to_string());
    let keys = vec![
        Value::Moment(vraag.beslist.start),
        Value::Moment(vraag.beslist.end),
        any(bereik.gemeente),
        any_text(sender.as_deref()),
        any(vraag.gemeente),
        any(vraag.aanbieder),
        any_text(vraag.code.as_deref()),
    ];
    let group = |row: &mut OwnRow| {
        Ok(Afkeurgroep {
            code: row.owned()?,
            relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
            berichten: row.integer()?,
            bevindingen: row.integer()?,
            bedrag: Cents(row.integer()?),
            eerste: row.moment()?,
            laatste: row.moment()?,
        })
    };
    read(store, ask(GROUPS, keys), group).await
}
