//! Work items that gather: loaded and written.

use super::bulk::{Keys, Packed, Statement, nullable, packed, write};
use crate::state::{FactKeys, WorkingSet};
use crate::store::StoreError;
use crate::store::convert::toewijzing_key;
use crate::store::pending::Pending;
use crate::store::rows::{bind_herzien, bind_vervallen, bind_verzameling, bind_werkregel, read_verzameld};
use sqlx::sqlite::SqliteConnection;
use std::mem::take;

type Result<T> = std::result::Result<T, StoreError>;

const DOING: &str = "werkitems bijwerken";

const WERKREGEL: Statement = Statement {
    doing: DOING,
    before: "INSERT INTO werkregel (werk, nummer, journaal, gemeente, aanbieder, toewijzing, bericht, referentie, tekst,
        bedrag, nieuw) VALUES",
    columns: 11,
    after: "",
};

const VERVALLEN: Statement = Statement {
    doing: DOING,
    before: "WITH weg (werk, toewijzing, journaal) AS (VALUES",
    columns: 3,
    after: ") UPDATE werkregel SET vervallen = weg.journaal FROM weg WHERE werkregel.werk = weg.werk
        AND werkregel.vervallen IS NULL AND werkregel.toewijzing = weg.toewijzing",
};

const HERZIEN: Statement = Statement {
    doing: DOING,
    before: "WITH weg (aanbieder, referentie, journaal) AS (VALUES",
    columns: 3,
    after:
        ") UPDATE werkregel SET vervallen = weg.journaal FROM weg WHERE werkregel.aanbieder = weg.aanbieder
        AND werkregel.referentie = weg.referentie AND werkregel.vervallen IS NULL",
};

const VERZAMELD: Statement = Statement {
    doing: DOING,
    before: "WITH nieuw (werk, verhaal, te_veel) AS (VALUES",
    columns: 3,
    after: ") UPDATE werk SET verhaal = coalesce(nieuw.verhaal, werk.verhaal), te_veel = nieuw.te_veel
        FROM nieuw WHERE werk.id = nieuw.werk",
};

/// The items that are asked for, as facts.
pub async fn load(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = packed!(
        concat!(
            "w.groep, w.id, w.status = 'open', ",
            nullable!("w.te_veel"),
            ", (SELECT count(*) FROM werkregel r WHERE r.werk = w.id),
            (SELECT count(*) FROM werkregel r WHERE r.werk = w.id AND r.toewijzing IS NULL AND r.vervallen IS NULL),
            ifnull((SELECT group_concat(DISTINCT r.toewijzing) FROM werkregel r
                WHERE r.werk = w.id AND r.vervallen IS NULL), '')"
        ),
        "werk w WHERE w.groep IS NOT NULL AND (w.groep IN (SELECT value FROM json_each(?))
            OR w.id IN (SELECT r.werk FROM werkregel r WHERE r.vervallen IS NULL
                AND r.toewijzing IN (SELECT value FROM json_each(?)))
            OR (? AND w.status = 'open'))"
    );
    if keys.groepen.is_empty() && keys.groepen_van.is_empty() && !keys.groepen_open {
        return Ok(());
    }
    let about = keys.groepen_van.iter().map(|(gemeente, nummer)| toewijzing_key(*gemeente, *nummer));
    let query = sqlx::query(SQL)
        .bind(Keys::texts(keys.groepen.iter().map(AsRef::as_ref)))
        .bind(Keys::integers(about))
        .bind(keys.groepen_open);
    for fields in Packed::load(connection, "werk", query).await?.rows() {
        read_verzameld(fields, known)?;
    }
    Ok(())
}

/// Writes how items changed and what came to them.
pub async fn flush(c: &mut SqliteConnection, pending: &mut Pending) -> Result<()> {
    write(c, &VERVALLEN, take(&mut pending.vervallen), bind_vervallen).await?;
    write(c, &HERZIEN, take(&mut pending.herzien), bind_herzien).await?;
    write(c, &WERKREGEL, take(&mut pending.werkregels), bind_werkregel).await?;
    write(c, &VERZAMELD, take(&mut pending.verzameld), bind_verzameling).await.map(drop)
}
