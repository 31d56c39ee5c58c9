//! Work items that gather: loaded and written.

use super::bulk::{Cursor, Statement};
use super::bundle::Bundle;
use super::facts::fetch;
use crate::state::{FactKeys, WorkingSet};
use crate::store::StoreError;
use crate::store::convert::toewijzing_key;
use crate::store::pending::Pending;
use crate::store::rows::{bind_herzien, bind_vervallen, bind_verzameling, bind_werkregel, read_verzameld};
use sqlx::postgres::PgConnection;
use std::mem::take;

type Result<T> = std::result::Result<T, StoreError>;

const WERKREGEL: Statement = Statement {
    table: "werkregel",
    before: "INSERT INTO werkregel (werk, nummer, journaal, gemeente, aanbieder, toewijzing, bericht, referentie, tekst,
        bedrag, nieuw)",
    columns: 11,
    after: "",
};

const VERVALLEN: Statement = Statement {
    table: "werkregel",
    before: "WITH weg (werk, toewijzing, journaal) AS (",
    columns: 3,
    after: ") UPDATE werkregel SET vervallen = weg.journaal FROM weg WHERE werkregel.werk = weg.werk
        AND werkregel.vervallen IS NULL AND werkregel.toewijzing = weg.toewijzing",
};

const HERZIEN: Statement = Statement {
    table: "werkregel",
    before: "WITH weg (aanbieder, referentie, journaal) AS (",
    columns: 3,
    after:
        ") UPDATE werkregel SET vervallen = weg.journaal FROM weg WHERE werkregel.aanbieder = weg.aanbieder
        AND werkregel.referentie = weg.referentie AND werkregel.vervallen IS NULL",
};

const VERZAMELD: Statement = Statement {
    table: "werk",
    before: "WITH nieuw (werk, verhaal, te_veel) AS (",
    columns: 3,
    after: ") UPDATE werk SET verhaal = coalesce(nieuw.verhaal, werk.verhaal), te_veel = nieuw.te_veel
        FROM nieuw WHERE werk.id = nieuw.werk",
};

/// The items that are asked for, as facts.
pub async fn load(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = "SELECT w.groep, w.id, w.status = 'open', w.te_veel,
            (SELECT count(*) FROM werkregel r WHERE r.werk = w.id),
            (SELECT count(*) FROM werkregel r WHERE r.werk = w.id AND r.toewijzing IS NULL AND r.vervallen IS NULL),
            coalesce((SELECT string_agg(DISTINCT r.toewijzing::text, ',') FROM werkregel r
                WHERE r.werk = w.id AND r.vervallen IS NULL), '')
        FROM werk w WHERE w.groep IS NOT NULL AND (w.groep = ANY ($1)
            OR w.id IN (SELECT r.werk FROM werkregel r WHERE r.vervallen IS NULL AND r.toewijzing = ANY ($2))
            OR ($3 AND w.status = 'open'))";
    if keys.groepen.is_empty() && keys.groepen_van.is_empty() && !keys.groepen_open {
        return Ok(());
    }
    let groepen: Vec<&str> = keys.groepen.iter().map(AsRef::as_ref).collect();
    let about = keys.groepen_van.iter().map(|(gemeente, nummer)| toewijzing_key(*gemeente, *nummer));
    let about: Vec<i64> = about.collect();
    let query = sqlx::query(SQL).bind(groepen).bind(about).bind(keys.groepen_open);
    for row in fetch(connection, query).await? {
        read_verzameld(Cursor::new(&row, "werk"), known)?;
    }
    Ok(())
}

/// Writes how items changed and what came to them.
pub async fn flush(bundle: &mut Bundle<'_>, pending: &mut Pending) -> Result<()> {
    bundle.write(&VERVALLEN, take(&mut pending.vervallen), bind_vervallen).await?;
    bundle.write(&HERZIEN, take(&mut pending.herzien), bind_herzien).await?;
    bundle.write(&WERKREGEL, take(&mut pending.werkregels), bind_werkregel).await?;
    bundle.write(&VERZAMELD, take(&mut pending.verzameld), bind_verzameling).await
}
