//! Assignments with what was used of them, in order of gemeente and number. What is held is not known to its aanbieder.

use super::{Bereik, Lijstdeel, Vanaf, any, ask, deel, one_more};
use crate::codes::{
    AgbCode, Bsn, Datum, Eenheid, Frequentie, GemeenteCode, ProductCategorie, ToewijzingNummer,
};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::convert::{Coded, toewijzing_key, toewijzing_parts};
use crate::store::read::{OwnRow, Value, read};
use crate::store::{Store, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

macro_rules! toewijzingen {
    ($condition:literal, $behind:literal) => {
        concat!(
            "SELECT t.sleutel, t.aanbieder, t.categorie, t.code, t.ingangsdatum, t.einddatum, t.volume, t.eenheid,
                t.frequentie, t.budget, t.ontvangst, b.volume, b.bedrag
            FROM toewijzing t LEFT JOIN besteding b ON b.toewijzing = t.sleutel
            WHERE (t.gemeente = $1 OR $1 < 0)
                AND ($2 < 0 OR (t.aanbieder = $2 AND t.ontvangst <> 'vastgehouden')) AND ",
            $condition,
            " ORDER BY ",
            $behind
        )
    };
}

macro_rules! filtered {
    ($behind:literal) => {
        toewijzingen!(
            "t.sleutel > $3 AND t.sleutel < $4 AND (t.aanbieder = $5 OR $5 < 0)
                AND (t.categorie = $6 OR $6 < 0)
                AND ($7 <> 'loopt' OR (t.ingangsdatum <= $8 AND (t.einddatum IS NULL OR t.einddatum >= $8)))",
            $behind
        )
    };
}

const NEXT: (&str, &str) = ("toewijzing", filtered!("t.sleutel LIMIT $9"));
const BEFORE: (&str, &str) = ("toewijzing", filtered!("t.sleutel DESC LIMIT $9"));
const OF_CLIENT: (&str, &str) =
    ("toewijzing", toewijzingen!("t.bsn = $3", "t.bsn, t.gemeente, t.sleutel LIMIT $4"));
const SEES: (&str, &str) = (
    "toewijzing",
    "SELECT t.sleutel FROM toewijzing t WHERE t.sleutel = $1 AND (t.gemeente = $2 OR $2 < 0)
        AND ($3 < 0 OR (t.aanbieder = $3 AND t.ontvangst <> 'vastgehouden'))",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[NEXT.1, BEFORE.1, OF_CLIENT.1, SEES.1];

/// Which assignments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Toewijzingvraag {
    /// Only of this gemeente.
    pub gemeente: Option<GemeenteCode>,
    /// Only of this aanbieder.
    pub aanbieder: Option<AgbCode>,
    /// Only of this category.
    pub categorie: Option<ProductCategorie>,
    /// Only those that run on this day.
    pub op: Option<Datum>,
}

/// An assignment in a list, without its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toewijzingrij {
    /// Key inside the store.
    pub sleutel: i64,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Its number.
    pub nummer: ToewijzingNummer,
    /// Category; none is generic.
    pub categorie: Option<ProductCategorie>,
    /// Product within the category.
    pub code: Option<String>,
    /// First day.
    pub ingangsdatum: Datum,
    /// Last day.
    pub einddatum: Option<Datum>,
    /// Volume, with its unit and frequency.
    pub omvang: Option<(i64, Eenheid, Frequentie)>,
    /// Amount that may be spent.
    pub budget: Option<Cents>,
    /// `verzonden`, `vastgehouden` or `afgewezen`.
    pub ontvangst: String,
    /// Volume that was granted and not credited.
    pub besteed_volume: i64,
    /// Amount that was granted and not credited.
    pub besteed: Cents,
}

/// Assignments in order of gemeente and number.
pub async fn toewijzingen(
    store: &dyn Store,
    bereik: &Bereik,
    vraag: &Toewijzingvraag,
    (vanaf, most): (Vanaf, usize),
) -> Result<Lijstdeel<Toewijzingrij>> {
    let of = |gemeente: GemeenteCode, nummer| toewijzing_key(gemeente, ToewijzingNummer(nummer));
    let one = vraag.gemeente.or(bereik.gemeente);
    let first = one.map_or(0, |gemeente| of(gemeente, 0) - 1);
    let end = one.map_or(i64::MAX, |gemeente| of(gemeente, 999_999_999) + 1);
    let (statement, first, end) = match vanaf {
        Vanaf::Begin => (NEXT, first, end),
        Vanaf::Na(key) => (NEXT, first.max(key), end),
        Vanaf::Voor(key) => (BEFORE, first, end.min(key)),
    };
    let runs = if vraag.op.is_some() { "loopt" } else { "" };
    let keys = vec![
        any(bereik.gemeente),
        any(bereik.aanbieder),
        Value::from(first),
        Value::from(end),
        any(vraag.aanbieder),
        any(vraag.categorie),
        runs.into(),
        Value::Day(vraag.op.unwrap_or_default()),
        one_more(most),
    ];
    Ok(deel(vanaf, read(store, ask(statement, keys), read_toewijzing).await?, most))
}

/// The assignments of a client.
pub async fn toewijzingen_of(
    store: &dyn Store,
    bereik: &Bereik,
    bsn: Bsn,
    most: i64,
) -> Result<Vec<Toewijzingrij>> {
    let keys = vec![any(bereik.gemeente), any(bereik.aanbieder), bsn.to_integer().into(), most.into()];
    read(store, ask(OF_CLIENT, keys), read_toewijzing).await
}

fn read_toewijzing(row: &mut OwnRow) -> Result<Toewijzingrij> {
    let sleutel = row.integer()?;
    let (gemeente, nummer) = toewijzing_parts(sleutel).ok_or_else(|| row.corrupt())?;
    let relatie = Relatie { gemeente, aanbieder: row.code()? };
    let (categorie, code) = (row.code_or_null()?, row.owned_or_null()?);
    let (ingangsdatum, einddatum) = (row.date()?, row.date_or_null()?);
    let (volume, eenheid, frequentie) = (row.integer_or_null()?, row.code_or_null()?, row.code_or_null()?);
    Ok(Toewijzingrij {
        sleutel,
        relatie,
        nummer,
        categorie,
        code,
        ingangsdatum,
        einddatum,
        omvang: volume
            .zip(eenheid)
            .zip(frequentie)
            .map(|((volume, eenheid), often)| (volume, eenheid, often)),
        budget: row.integer_or_null()?.map(Cents),
        ontvangst: row.owned()?,
        besteed_volume: row.integer_or_null()?.unwrap_or_default(),
        besteed: Cents(row.integer_or_null()?.unwrap_or_default()),
    })
}

/// Whether this assignment is among what is seen.
pub async fn sees_toewijzing(
    store: &dyn Store,
    bereik: &Bereik,
    gemeente: GemeenteCode,
    nummer: ToewijzingNummer,
) -> Result<bool> {
    let keys = vec![toewijzing_key(gemeente, nummer).into(), any(bereik.gemeente), any(bereik.aanbieder)];
    Ok(!read(store, ask(SEES, keys), OwnRow::integer).await?.is_empty())
}

/// The key just before an assignment.
#[must_use]
pub fn before_toewijzing(gemeente: GemeenteCode, nummer: ToewijzingNummer) -> i64 {
    toewijzing_key(gemeente, nummer).saturating_sub(1)
}
