//! Sessions, and who looked at what.

use super::{Lijstdeel, Vanaf, any_text, ask, deel, one_more};
use crate::clock::Moment;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::console::{Inlogpoging, Sessie, Sessiesleutel, Toegang};
use crate::store::read::{OwnRow, Value, read};
use crate::store::{Store, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

macro_rules! toegang {
    ($order:literal) => {
        concat!(
            "SELECT nummer, moment, wie, rol, actie, onderwerp, reden, herkomst FROM toegang
            WHERE nummer > $1 AND nummer < $2 AND (wie = $3 OR $3 = '') AND (onderwerp = $4 OR $4 = '')
            ORDER BY nummer ",
            $order,
            " LIMIT $5"
        )
    };
}

const OLDER: (&str, &str) = ("toegang", toegang!("DESC"));
const NEWER: (&str, &str) = ("toegang", toegang!("ASC"));
const SESSION: (&str, &str) =
    ("sessie", "SELECT wie, rol, partij, account, gemaakt, gebruikt FROM sessie WHERE sleutel = $1");
const SESSIONS: (&str, &str) = (
    "sessie",
    "SELECT sleutel, wie, rol, partij, account, gemaakt, gebruikt FROM sessie
    WHERE gemaakt > $1 AND gebruikt > $2 ORDER BY gemaakt DESC LIMIT $3",
);
const ATTEMPT: (&str, &str) = (
    "inlogpoging",
    "SELECT sleutel, browser, dienst, nonce, verifier, naar, gemaakt FROM inlogpoging WHERE sleutel = $1",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[OLDER.1, NEWER.1, SESSION.1, SESSIONS.1, ATTEMPT.1];

/// A look, with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToegangRij {
    /// Number, from 1 up.
    pub nummer: i64,
    /// The look.
    pub toegang: Toegang,
}

/// Who looked at what, newest first; of one person who looks, or at one thing.
pub async fn toegangen(
    store: &dyn Store,
    wie: Option<&str>,
    onderwerp: Option<&str>,
    (vanaf, most): (Vanaf, usize),
) -> Result<Lijstdeel<ToegangRij>> {
    let (statement, first, end) = match vanaf {
        Vanaf::Begin => (OLDER, 0, i64::MAX),
        Vanaf::Na(nummer) => (OLDER, 0, nummer),
        Vanaf::Voor(nummer) => (NEWER, nummer, i64::MAX),
    };
    let keys = vec![Value::from(first), Value::from(end), any_text(wie), any_text(onderwerp), one_more(most)];
    let look = |row: &mut OwnRow| {
        let nummer = row.integer()?;
        let toegang = Toegang {
            moment: row.moment()?,
            wie: row.owned()?,
            rol: row.owned()?,
            actie: row.owned()?,
            onderwerp: row.owned()?,
            reden: row.owned()?,
            herkomst: row.owned()?,
        };
        Ok(ToegangRij { nummer, toegang })
    };
    Ok(deel(vanaf, read(store, ask(statement, keys), look).await?, most))
}

/// A session by its key.
pub async fn sessie(store: &dyn Store, sleutel: Sessiesleutel) -> Result<Option<Sessie>> {
    Ok(read(store, ask(SESSION, vec![Value::Bytes(sleutel.to_vec())]), session).await?.pop())
}

/// Sessions that began and were used after these moments, the newest first.
pub async fn sessies(
    store: &dyn Store,
    (gemaakt, gebruikt): (Moment, Moment),
    most: usize,
) -> Result<Vec<(Sessiesleutel, Sessie)>> {
    let keys = vec![
        Value::Moment(gemaakt),
        Value::Moment(gebruikt),
        Value::from(i64::try_from(most).unwrap_or(i64::MAX)),
    ];
    read(store, ask(SESSIONS, keys), |row| Ok((row.digest()?, session(row)?))).await
}

fn session(row: &mut OwnRow) -> Result<Sessie> {
    Ok(Sessie {
        wie: row.owned()?,
        rol: row.owned()?,
        partij: row.owned_or_null()?,
        account: row.owned_or_null()?.unwrap_or_default(),
        gemaakt: row.moment()?,
        gebruikt: row.moment()?,
    })
}

/// An attempt to log in by its key.
pub async fn inlogpoging(store: &dyn Store, sleutel: Sessiesleutel) -> Result<Option<Inlogpoging>> {
    let attempt = |row: &mut OwnRow| {
        Ok(Inlogpoging {
            sleutel: row.digest()?,
            browser: row.digest()?,
            dienst: row.owned()?,
            nonce: row.owned()?,
            verifier: row.owned()?,
            naar: row.owned()?,
            gemaakt: row.moment()?,
        })
    };
    Ok(read(store, ask(ATTEMPT, vec![Value::Bytes(sleutel.to_vec())]), attempt).await?.pop())
}
