//! What people are told by mail, and what they must be told.

use super::{OwnRow, Value, ask, read};
use crate::clock::Moment;
use crate::codes::GemeenteCode;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::post::{Meldgrond, Meldsoort, Postmelding, Verzending};
use crate::store::{Store, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

const NEWEST: (&str, &str) = (
    "melding",
    "SELECT m.sleutel, m.soort, m.tekst, m.werk, m.sinds, coalesce(o.sinds, m.genomen), coalesce(o.wie, m.genomen_door),
        m.voorbij
    FROM melding m LEFT JOIN opgepakt o ON o.werk = m.werk WHERE m.sinds > $1 ORDER BY m.sinds DESC, m.sleutel LIMIT $2",
);
const SENT: (&str, &str) = (
    "melding_post",
    "SELECT sleutel, aan, gemeld, keren, bezig, mislukt FROM melding_post WHERE sleutel > $1
    ORDER BY sleutel, aan LIMIT $2",
);
const LATE: (&str, &str) = (
    "werk",
    "SELECT id, gemeente, vervalt FROM werk WHERE status = 'open' AND voorstel = 'doorsturen' AND vervalt < $1
    ORDER BY vervalt, id LIMIT $2",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[NEWEST.1, SENT.1, LATE.1];

/// Most that is looked at.
const MOST: i64 = 1_000;
/// Most that is looked at of what left.
const MOST_SENT: i64 = 20_000;

/// What must be known, or was not long ago, newest first.
pub async fn meldingen(store: &dyn Store) -> Result<Vec<Postmelding>> {
    let asked = ask(NEWEST, vec![Value::Moment(Moment::default()), MOST.into()]);
    read(store, asked, |row: &mut OwnRow| {
        let sleutel = row.owned()?;
        let corrupt = row.corrupt();
        let soort = Meldsoort::parse(row.text()?).map_err(|_| corrupt)?;
        let aanleiding = Meldgrond { sleutel, soort, tekst: row.owned()?, werk: row.integer_or_null()? };
        let sinds = row.moment()?;
        let (genomen, door) = (row.moment_or_null()?, row.owned_or_null()?);
        Ok(Postmelding { aanleiding, sinds, genomen: door.zip(genomen), voorbij: row.moment_or_null()? })
    })
    .await
}

/// How far the mail about them is.
pub async fn verzendingen(store: &dyn Store) -> Result<Vec<Verzending>> {
    let asked = ask(SENT, vec!["".into(), MOST_SENT.into()]);
    read(store, asked, |row: &mut OwnRow| {
        Ok(Verzending {
            sleutel: row.owned()?,
            aan: row.owned()?,
            gemeld: row.moment_or_null()?,
            keren: row.integer()?,
            bezig: row.moment_or_null()?,
            mislukt: row.owned_or_null()?,
        })
    })
    .await
}

/// JW301s that wait and whose term passed before a moment: number of the item, gemeente and term.
pub async fn te_laat_wachtend(store: &dyn Store, before: Moment) -> Result<Vec<(i64, GemeenteCode, Moment)>> {
    let asked = ask(LATE, vec![Value::Term(before), MOST.into()]);
    let late = |row: &mut OwnRow| {
        let (id, gemeente, term) = (row.integer()?, row.code()?, row.term_or_null()?);
        Ok((id, gemeente, term.ok_or(row.corrupt())?))
    };
    read(store, asked, late).await
}
