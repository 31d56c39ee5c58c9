//! Loads and writes starts and stops.

use super::bulk::{Keys, Packed, Statement, nullable, packed, write};
use crate::state::{FactKeys, WorkingSet};
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::convert::Coded;
use crate::store::pending::Pending;
use crate::store::rows::{bind_levering, read_levering};
use sqlx::sqlite::SqliteConnection;
use std::mem::take;

const GEMELD: Statement = Statement {
    doing: "starts en stops vastleggen",
    before: "INSERT INTO levering (gemeente, aanbieder, bsn, toewijzing, categorie, code, begin, eind, reden,
        journaal) VALUES",
    columns: 10,
    after: "ON CONFLICT DO UPDATE SET journaal = excluded.journaal",
};

const VERWIJDERD: Statement = Statement {
    doing: "starts en stops verwijderen",
    before: "WITH weg (gemeente, aanbieder, bsn, toewijzing, categorie, code, begin, eind, reden) AS (VALUES",
    columns: 9,
    after: ") DELETE FROM levering WHERE id IN (
        SELECT l.id FROM weg w CROSS JOIN levering l
        ON l.bsn = w.bsn AND l.gemeente = w.gemeente AND l.aanbieder = w.aanbieder AND l.begin = w.begin
        AND l.toewijzing IS w.toewijzing AND l.categorie IS w.categorie AND l.code IS w.code
        AND l.eind IS w.eind AND l.reden IS w.reden)",
};

/// Starts and stops, from tables that give `levering l`.
macro_rules! levering_sql {
    ($from:literal) => {
        packed!(
            concat!(
                "l.gemeente, l.aanbieder, l.bsn, ",
                nullable!("l.toewijzing"),
                ", ",
                nullable!("l.categorie"),
                ", ",
                nullable!("l.code"),
                ", l.begin, ",
                nullable!("l.eind"),
                ", ",
                nullable!("l.reden"),
                ", l.journaal"
            ),
            $from
        )
    };
}
pub(super) use levering_sql;

/// Starts and stops of clients at their relatie.
pub async fn load(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<(), StoreError> {
    const SQL: &str = levering_sql!(
        "json_each(?) k CROSS JOIN levering l
         ON l.bsn = k.value ->> 2 AND l.gemeente = k.value ->> 0 AND l.aanbieder = k.value ->> 1"
    );
    if keys.leveringen.is_empty() {
        return Ok(());
    }
    let rows = keys.leveringen.iter().map(|(relatie, bsn)| {
        ([relatie.gemeente.to_integer(), relatie.aanbieder.to_integer(), bsn.to_integer()], "")
    });
    let query = sqlx::query(SQL).bind(Keys::rows(rows));
    let found = Packed::load(connection, "levering", query).await?;
    for fields in found.rows() {
        let (client, melding, journal) = read_levering(fields)?;
        known.leveringen.entry(client).or_default().report(melding, journal);
    }
    Ok(())
}

/// Writes what was reported and takes out what was removed.
pub async fn flush(connection: &mut SqliteConnection, pending: &mut Pending) -> Result<(), StoreError> {
    let (mut reported, mut removed) = (Vec::new(), Vec::new());
    for (key, bericht) in take(&mut pending.meldingen) {
        match bericht {
            Some(bericht) => reported.push((key, bericht)),
            None => removed.push(key),
        }
    }
    write(connection, &VERWIJDERD, removed, bind_levering).await?;
    write(connection, &GEMELD, reported, |values, (key, bericht)| {
        bind_levering(values, key);
        values.integer(bericht);
    })
    .await?;
    Ok(())
}
