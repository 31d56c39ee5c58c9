//! Loads and writes starts and stops.

use super::bulk::{Keys, Packed, Statement, Values, nullable, packed, write};
use super::convert::Coded;
use crate::codes::{Bsn, ProductCode, ProductSleutel, ToewijzingNummer};
use crate::messages::Relatie;
use crate::state::{Einde, FactKeys, LeveringSleutel, Melding, WorkingSet};
use crate::store::StoreError;
use crate::store::pending::Pending;
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

/// Starts and stops of clients at their relatie.
pub async fn load(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<(), StoreError> {
    const SQL: &str = packed!(
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
    for mut fields in found.rows() {
        let relatie = Relatie { gemeente: fields.code()?, aanbieder: fields.code()? };
        let bsn: Bsn = fields.code()?;
        let number = fields.integer_or_null()?.map(u32::try_from).transpose();
        let toewijzing = number.map_err(|_| fields.corrupt())?.map(ToewijzingNummer);
        let (categorie, code) = (fields.code_or_null()?, fields.text_or_null()?);
        let code = code.map(ProductCode::parse).transpose().map_err(|_| fields.corrupt())?;
        let product = categorie.map(|categorie| ProductSleutel { categorie, code });
        let levering = LeveringSleutel { toewijzing, product, begin: fields.code()? };
        let einde = match (fields.code_or_null()?, fields.text_or_null()?) {
            (Some(einddatum), Some(reden)) => Some(Einde { einddatum, reden: reden.into() }),
            _ => None,
        };
        let of_client = known.leveringen.entry((relatie, bsn)).or_default();
        of_client.report(Melding { levering, einde }, fields.integer()?);
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
    write(connection, &VERWIJDERD, removed, bind_key).await?;
    write(connection, &GEMELD, reported, |values, (key, bericht)| {
        bind_key(values, key);
        values.integer(bericht);
    })
    .await?;
    Ok(())
}

fn bind_key(values: &mut Values, (relatie, bsn, melding): (Relatie, Bsn, Melding)) {
    let Melding { levering, einde } = melding;
    let (categorie, code) = match levering.product {
        Some(product) => (Some(product.categorie), product.code),
        None => (None, None),
    };
    values
        .code(relatie.gemeente)
        .code(relatie.aanbieder)
        .code(bsn)
        .integer_or_null(levering.toewijzing.map(|nummer| i64::from(nummer.0)))
        .code_or_null(categorie)
        .text_or_null(code.as_ref().map(ProductCode::as_str))
        .code(levering.begin)
        .code_or_null(einde.as_ref().map(|einde| einde.einddatum))
        .text_or_null(einde.map(|einde| einde.reden));
}
