//! Messages that came in, newest first.

use super::{Bereik, COUNTED, Lijstdeel, Vanaf, any, any_text, ask, deel, one_more};
use crate::clock::Moment;
use crate::codes::{AgbCode, GemeenteCode};
use crate::messages::{BerichtSoort, Relatie};
use crate::money::Cents;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::read::status::relatie_or_null;
use crate::store::read::{OwnRow, Value, read};
use crate::store::{Store, StoreError};
use std::ops::Range;

type Result<T> = std::result::Result<T, StoreError>;

/// A message is of the gemeente that it is about, and of the aanbieder that sent it.
macro_rules! berichten {
    ($before:literal, $behind:literal) => {
        concat!(
            $before,
            " FROM inkomend i LEFT JOIN uitkomst u ON u.aankomst = i.aankomst
                LEFT JOIN journaal j ON j.nummer = u.journaal
            WHERE i.aankomst > $1 AND i.aankomst < $2
                AND (coalesce(u.gemeente, i.gemeente) = $3 OR $3 < 0)
                AND (coalesce(u.afzender, i.kanaal) = $4 OR $4 = '')
                AND (coalesce(u.gemeente, i.gemeente) = $5 OR $5 < 0)
                AND (coalesce(u.aanbieder, i.aanbieder) = $6 OR $6 < 0)
                AND (u.soort = $7 OR $7 < 0)
                AND (coalesce(u.verdict, 'open') = $8 OR $8 = '')
                AND ($9 = '' OR EXISTS (SELECT 1 FROM bevinding b
                    WHERE b.journaal = u.journaal AND coalesce(b.retourcode, b.regel) = $9))
                AND coalesce(j.moment, i.ontvangen) >= $10 AND coalesce(j.moment, i.ontvangen) < $11 ",
            $behind
        )
    };
}

const OLDER: (&str, &str) = (
    "inkomend",
    berichten!(
        "SELECT i.aankomst, i.ontvangen, i.status, coalesce(u.gemeente, i.gemeente), coalesce(u.aanbieder, i.aanbieder),
            u.soort, u.identificatie, u.verdict, u.ingediend, u.toegekend",
        "ORDER BY i.aankomst DESC LIMIT $12"
    ),
);
const NEWER: (&str, &str) = (
    "inkomend",
    berichten!(
        "SELECT i.aankomst, i.ontvangen, i.status, coalesce(u.gemeente, i.gemeente), coalesce(u.aanbieder, i.aanbieder),
            u.soort, u.identificatie, u.verdict, u.ingediend, u.toegekend",
        "ORDER BY i.aankomst LIMIT $12"
    ),
);
const COUNT: (&str, &str) =
    ("inkomend", berichten!("SELECT count(*) FROM (SELECT i.aankomst", "LIMIT $12) gevonden"));
const BETWEEN: (&str, &str) = (
    "journaal",
    "SELECT min(aankomst), max(aankomst) FROM journaal WHERE moment >= $1 AND moment < $2 AND aankomst IS NOT NULL",
);
const NEWEST: (&str, &str) = ("inkomend", "SELECT max(aankomst) FROM inkomend");
const SEES: (&str, &str) = (
    "inkomend",
    "SELECT i.aankomst FROM inkomend i LEFT JOIN uitkomst u ON u.aankomst = i.aankomst WHERE i.aankomst = $1
        AND (coalesce(u.gemeente, i.gemeente) = $2 OR $2 < 0)
        AND (coalesce(u.afzender, i.kanaal) = $3 OR $3 = '')",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[OLDER.1, NEWER.1, COUNT.1, BETWEEN.1, NEWEST.1, SEES.1];

/// Which messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Berichtvraag {
    /// Only about this gemeente.
    pub gemeente: Option<GemeenteCode>,
    /// Only with this aanbieder.
    pub aanbieder: Option<AgbCode>,
    /// Only of this kind.
    pub soort: Option<BerichtSoort>,
    /// Only with this verdict; `open` is what was not judged.
    pub verdict: Option<String>,
    /// Only with this retourcode, or rule that has none.
    pub code: Option<String>,
    /// Only decided in this period; what was not decided counts by when it came in.
    pub beslist: Option<Range<Moment>>,
}

/// A message in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BerichtRij {
    /// Arrival number.
    pub arrival: i64,
    /// When it came in.
    pub received: Moment,
    /// A person decided that nothing will be done with it.
    pub dropped: bool,
    /// Gemeente and aanbieder, where its header could be read.
    pub relatie: Option<Relatie>,
    /// Kind, when it could be read.
    pub soort: Option<BerichtSoort>,
    /// As its sender numbered it.
    pub identificatie: Option<String>,
    /// `accepted`, `partial`, `rejected` or `parked`; none while it waits.
    pub verdict: Option<String>,
    /// Claimed, signed.
    pub claimed: Option<Cents>,
    /// Granted, signed.
    pub granted: Option<Cents>,
}

fn keys(bereik: &Bereik, vraag: &Berichtvraag, arrivals: (i64, i64), most: Value) -> Vec<Value> {
    let sender = bereik.aanbieder.map(|code| code.to_string());
    let first = vraag.beslist.as_ref().map_or_else(Moment::default, |period| period.start);
    let end = vraag.beslist.as_ref().map_or_else(far, |period| period.end);
    vec![
        Value::from(arrivals.0),
        Value::from(arrivals.1),
        any(bereik.gemeente),
        any_text(sender.as_deref()),
        any(vraag.gemeente),
        any(vraag.aanbieder),
        any(vraag.soort),
        any_text(vraag.verdict.as_deref()),
        any_text(vraag.code.as_deref()),
        Value::Moment(first),
        Value::Moment(end),
        most,
    ]
}

/// Later than anything.
fn far() -> Moment {
    crate::codes::Datum::from_ymd_opt(2999, 12, 31).unwrap_or_default().and_time(chrono::NaiveTime::MIN)
}

/// Messages with arrival numbers within these two, newest first.
pub async fn berichten(
    store: &dyn Store,
    bereik: &Bereik,
    vraag: &Berichtvraag,
    within: (i64, i64),
    (vanaf, most): (Vanaf, usize),
) -> Result<Lijstdeel<BerichtRij>> {
    let (first, end) = (within.0.saturating_sub(1), within.1.saturating_add(1));
    let (statement, arrivals) = match vanaf {
        Vanaf::Begin => (OLDER, (first, end)),
        Vanaf::Na(arrival) => (OLDER, (first, end.min(arrival))),
        Vanaf::Voor(arrival) => (NEWER, (first.max(arrival), end)),
    };
    let keys = keys(bereik, vraag, arrivals, one_more(most));
    Ok(deel(vanaf, read(store, ask(statement, keys), read_bericht).await?, most))
}

/// How many they are, up to one more than [`COUNTED`].
pub async fn count_berichten(
    store: &dyn Store,
    bereik: &Bereik,
    vraag: &Berichtvraag,
    within: (i64, i64),
) -> Result<i64> {
    let arrivals = (within.0.saturating_sub(1), within.1.saturating_add(1));
    let keys = keys(bereik, vraag, arrivals, Value::from(COUNTED + 1));
    Ok(read(store, ask(COUNT, keys), OwnRow::integer).await?.pop().unwrap_or_default())
}

fn read_bericht(row: &mut OwnRow) -> Result<BerichtRij> {
    let (arrival, received, status) = (row.integer()?, row.moment()?, row.owned()?);
    let relatie = relatie_or_null(row)?;
    Ok(BerichtRij {
        arrival,
        received,
        dropped: status == "vervallen",
        relatie,
        soort: row.code_or_null()?,
        identificatie: row.owned_or_null()?,
        verdict: row.owned_or_null()?,
        claimed: row.integer_or_null()?.map(Cents),
        granted: row.integer_or_null()?.map(Cents),
    })
}

/// First and last arrival number among what was decided in a period; none when nothing was.
pub async fn arrivals_between(store: &dyn Store, period: Range<Moment>) -> Result<Option<(i64, i64)>> {
    let row = |row: &mut OwnRow| Ok(row.integer_or_null()?.zip(row.integer_or_null()?));
    let keys = vec![Value::Moment(period.start), Value::Moment(period.end)];
    Ok(read(store, ask(BETWEEN, keys), row).await?.pop().flatten())
}

/// The newest arrival number; none in an empty store.
pub async fn newest_arrival(store: &dyn Store) -> Result<Option<i64>> {
    Ok(read(store, ask(NEWEST, Vec::new()), OwnRow::integer_or_null).await?.pop().flatten())
}

/// Whether this message is among what is seen.
pub async fn sees_bericht(store: &dyn Store, bereik: &Bereik, arrival: i64) -> Result<bool> {
    let sender = bereik.aanbieder.map(|code| code.to_string());
    let keys = vec![arrival.into(), any(bereik.gemeente), any_text(sender.as_deref())];
    Ok(!read(store, ask(SEES, keys), OwnRow::integer).await?.is_empty())
}
