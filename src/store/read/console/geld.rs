//! Claims with what became of their money, newest first.

use super::{Bereik, Lijstdeel, Vanaf, any, ask, deel, one_more};
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::convert::Coded;
use crate::store::read::status::read_part;
use crate::store::read::{OwnRow, RunPart, Value, read};
use crate::store::{Store, StoreError};
use std::ops::Range;

type Result<T> = std::result::Result<T, StoreError>;

/// What entries of a claim come to under a condition.
macro_rules! geboekt {
    ($condition:literal) => {
        concat!(
            "(SELECT CAST(coalesce(sum(b.bedrag), 0) AS BIGINT) FROM boeking b
            WHERE b.aanbieder = d.aanbieder AND b.declaratie_nummer = d.nummer AND ",
            $condition,
            ")"
        )
    };
}

macro_rules! declaraties {
    ($order:literal) => {
        concat!(
            "SELECT d.id, d.aanbieder, d.nummer, d.gemeente, d.periode_begin, d.ingediend, d.toegekend, ",
            geboekt!("b.vastgehouden AND b.vrijgegeven IS NULL AND NOT b.geweigerd"),
            ", ",
            geboekt!("b.geweigerd"),
            ", ",
            geboekt!("b.betaalrun IS NOT NULL"),
            " FROM declaratie d WHERE d.id > $1 AND d.id < $2 AND (d.gemeente = $3 OR $3 < 0)
                AND (d.aanbieder = $4 OR $4 < 0) AND (d.gemeente = $5 OR $5 < 0) AND (d.aanbieder = $6 OR $6 < 0)
                AND d.periode_begin >= $7 AND d.periode_begin < $8
                AND ($9 <> 'vastgehouden' OR EXISTS (SELECT 1 FROM boeking h WHERE h.aanbieder = d.aanbieder
                    AND h.declaratie_nummer = d.nummer AND h.vastgehouden AND h.vrijgegeven IS NULL
                    AND NOT h.geweigerd))
                AND ($9 <> 'afgekeurd' OR d.ingediend <> d.toegekend)
            ORDER BY d.id ",
            $order,
            " LIMIT $10"
        )
    };
}

const OLDER: (&str, &str) = ("declaratie", declaraties!("DESC"));
const NEWER: (&str, &str) = ("declaratie", declaraties!("ASC"));
const SEES: (&str, &str) = (
    "declaratie",
    "SELECT d.id FROM declaratie d WHERE d.aanbieder = $1 AND d.nummer = $2 AND (d.gemeente = $3 OR $3 < 0)
        AND (d.aanbieder = $4 OR $4 < 0)",
);

const HELD: (&str, &str) = (
    "vasthouding",
    "SELECT CAST(coalesce(sum(v.bedrag), 0) AS BIGINT) FROM vasthouding v WHERE v.status = 'vastgehouden'
        AND (v.aanbieder = $1 OR $1 < 0)",
);
/// What a payment run would take now, as `payable` of the store has it. Sums on the columns themselves would be made along an
/// index of every entry ever booked, instead of the one of what is open.
const PAYABLE: (&str, &str) = (
    "boeking",
    "SELECT b.aanbieder + 0, b.gemeente + 0, CAST(sum(b.bedrag) AS BIGINT), count(*) FROM boeking b
    WHERE b.betaalrun IS NULL AND (NOT b.vastgehouden OR b.vrijgegeven IS NOT NULL)
    GROUP BY 1, 2 ORDER BY 2, 1",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[OLDER.1, NEWER.1, SEES.1, HELD.1, PAYABLE.1];

/// Which claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declaratievraag {
    /// Only of this gemeente.
    pub gemeente: Option<GemeenteCode>,
    /// Only of this aanbieder.
    pub aanbieder: Option<AgbCode>,
    /// Only with a DeclaratiePeriode that begins on these days.
    pub periode: Option<Range<Datum>>,
    /// Only `vastgehouden` (something waits) or `afgekeurd` (not all was granted).
    pub stand: Option<String>,
}

/// A claim in a list. Held, refused, paid and payable add up to what was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaratieRij {
    /// Number inside the store.
    pub id: i64,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// DeclaratieNummer.
    pub nummer: String,
    /// First day of the DeclaratiePeriode.
    pub periode: Datum,
    /// Claimed, signed.
    pub ingediend: Cents,
    /// Granted, signed.
    pub toegekend: Cents,
    /// Held.
    pub vastgehouden: Cents,
    /// Refused.
    pub geweigerd: Cents,
    /// Paid.
    pub betaald: Cents,
}

/// Claims, newest first.
pub async fn declaraties(
    store: &dyn Store,
    bereik: &Bereik,
    vraag: &Declaratievraag,
    (vanaf, most): (Vanaf, usize),
) -> Result<Lijstdeel<DeclaratieRij>> {
    let (statement, first, end) = match vanaf {
        Vanaf::Begin => (OLDER, 0, i64::MAX),
        Vanaf::Na(id) => (OLDER, 0, id),
        Vanaf::Voor(id) => (NEWER, id, i64::MAX),
    };
    let days = vraag.periode.clone().unwrap_or(Datum::default()..far());
    let keys = vec![
        Value::from(first),
        Value::from(end),
        any(bereik.gemeente),
        any(bereik.aanbieder),
        any(vraag.gemeente),
        any(vraag.aanbieder),
        Value::Day(days.start),
        Value::Day(days.end),
        super::any_text(vraag.stand.as_deref()),
        one_more(most),
    ];
    let claim = |row: &mut OwnRow| {
        let (id, aanbieder, nummer, gemeente) = (row.integer()?, row.code()?, row.owned()?, row.code()?);
        Ok(DeclaratieRij {
            id,
            relatie: Relatie { gemeente, aanbieder },
            nummer,
            periode: row.date()?,
            ingediend: Cents(row.integer()?),
            toegekend: Cents(row.integer()?),
            vastgehouden: Cents(row.integer()?),
            geweigerd: Cents(row.integer()?),
            betaald: Cents(row.integer()?),
        })
    };
    Ok(deel(vanaf, read(store, ask(statement, keys), claim).await?, most))
}

/// Later than any period.
fn far() -> Datum {
    Datum::from_ymd_opt(2999, 12, 31).unwrap_or_default()
}

/// Whether this claim is among what is seen.
pub async fn sees_declaratie(
    store: &dyn Store,
    bereik: &Bereik,
    aanbieder: AgbCode,
    nummer: &str,
) -> Result<bool> {
    let keys =
        vec![aanbieder.to_integer().into(), nummer.into(), any(bereik.gemeente), any(bereik.aanbieder)];
    Ok(!read(store, ask(SEES, keys), OwnRow::integer).await?.is_empty())
}

/// What is held, of one aanbieder or of all.
pub async fn vastgehouden(store: &dyn Store, aanbieder: Option<AgbCode>) -> Result<Cents> {
    let sum = read(store, ask(HELD, vec![any(aanbieder)]), OwnRow::integer).await?.pop();
    Ok(Cents(sum.unwrap_or_default()))
}

/// What the next payment run would settle, by relatie.
pub async fn betaalbaar(store: &dyn Store) -> Result<Vec<RunPart>> {
    read(store, ask(PAYABLE, Vec::new()), read_part).await
}
