//! Writes what a batch changed in money: claims, their lines, what was spent, the ledger.

use super::bulk::{Statement, write};
use super::numbers::{Reeks, draw};
use super::records::book;
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::convert::toewijzing_key;
use crate::store::pending::Pending;
use crate::store::rows::{bind_boeking, bind_declaratie, bind_vrijgegeven};
use sqlx::postgres::PgConnection;
use std::mem::take;

const DECLARATIE: Statement = Statement {
    doing: "declaraties boeken",
    before:
        "INSERT INTO declaratie (id, aanbieder, nummer, gemeente, periode_begin, ingediend, toegekend, journaal,
        eerste_prestatie, aantal_prestaties)",
    columns: 10,
    after: "",
};

const GECREDITEERD: Statement = Statement {
    doing: "credits boeken",
    before: "WITH nieuw (aanbieder, referentie) AS (",
    columns: 2,
    after: ") UPDATE prestatie SET gecrediteerd = true FROM nieuw
        WHERE prestatie.aanbieder = nieuw.aanbieder AND prestatie.referentie = nieuw.referentie",
};

/// Every assignment has its row already; what is claimed on one that is not there is rejected.
const BESTEDING: Statement = Statement {
    doing: "besteding bijwerken",
    before: "WITH nieuw (toewijzing, volume, bedrag) AS (",
    columns: 3,
    after: ") UPDATE besteding AS b SET volume = b.volume + nieuw.volume, bedrag = b.bedrag + nieuw.bedrag
        FROM nieuw WHERE b.toewijzing = nieuw.toewijzing",
};

const BUDGET: Statement = Statement {
    doing: "budgetten bijwerken",
    before: "INSERT INTO budget_stand AS b (sleutel, bedrag)",
    columns: 2,
    after: "ON CONFLICT (sleutel) DO UPDATE SET bedrag = b.bedrag + excluded.bedrag",
};

const BOEKING: Statement = Statement {
    doing: "boeken",
    before:
        "INSERT INTO boeking (id, aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden, bedrag,
        journaal)",
    columns: 8,
    after: "",
};

const VRIJGEGEVEN: Statement = Statement {
    doing: "vastgehouden geld vrijgeven",
    before: "WITH nieuw (aanbieder, nummer, journaal) AS (",
    columns: 3,
    after: ") UPDATE boeking SET vrijgegeven = nieuw.journaal FROM nieuw
        WHERE boeking.aanbieder = nieuw.aanbieder AND boeking.declaratie_nummer = nieuw.nummer
        AND boeking.vastgehouden AND boeking.vrijgegeven IS NULL",
};

/// Writes every change of money.
pub async fn flush(connection: &mut PgConnection, pending: &mut Pending) -> Result<(), StoreError> {
    let c = connection;
    pending.settle_credits();
    if !pending.declaraties.is_empty() || !pending.prestaties.is_empty() {
        claims(c, pending).await?;
    }
    let mut besteed: Vec<_> = take(&mut pending.besteed)
        .into_iter()
        .map(|((gemeente, nummer), besteed)| (toewijzing_key(gemeente, nummer), besteed))
        .collect();
    besteed.sort_unstable_by_key(|(key, _)| *key);
    let count = besteed.len() as u64;
    let written = write(c, &BESTEDING, besteed, |values, (key, besteed)| {
        values.integer(key).integer(besteed.volume).integer(besteed.bedrag.0);
    });
    if written.await? != count {
        return Err(StoreError::Corrupt("besteding"));
    }
    write(c, &BUDGET, take(&mut pending.budgetten), |values, (sleutel, bedrag)| {
        values.text(sleutel).integer(bedrag);
    })
    .await?;
    let entries = take(&mut pending.boekingen);
    if !entries.is_empty() {
        let first = draw(c, Reeks::Boeking, entries.len()).await?;
        let entries: Vec<_> = (first..).zip(entries).collect();
        write(c, &BOEKING, entries, |values, (id, entry)| {
            values.integer(id);
            bind_boeking(values, entry);
        })
        .await?;
    }
    write(c, &VRIJGEGEVEN, take(&mut pending.vrijgegeven), bind_vrijgegeven).await?;
    Ok(())
}

async fn claims(connection: &mut PgConnection, pending: &mut Pending) -> Result<(), StoreError> {
    let c = connection;
    let first_prestatie = draw(c, Reeks::Prestatie, pending.prestaties.len()).await?;
    let number = |index: usize| first_prestatie + i64::try_from(index).unwrap_or(i64::MAX);
    let claims = take(&mut pending.declaraties);
    let first = draw(c, Reeks::Declaratie, claims.len()).await?;
    let claims: Vec<_> = (first..).zip(claims).collect();
    write(c, &DECLARATIE, claims, |values, (id, row)| {
        values.integer(id);
        bind_declaratie(values, row, number);
    })
    .await?;
    write(c, &GECREDITEERD, take(&mut pending.gecrediteerd), |values, (aanbieder, referentie)| {
        values.code(aanbieder).text(referentie);
    })
    .await?;
    let prestaties: Vec<_> = (first_prestatie..).zip(take(&mut pending.prestaties)).collect();
    book(c, prestaties).await
}
