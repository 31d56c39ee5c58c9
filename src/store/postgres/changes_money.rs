//! Writes what a batch changed in money: claims, their lines, what was spent, the ledger.

use super::bulk::{Columns, Statement};
use super::bundle::Bundle;
use super::records::book;
use crate::state::Besteding;
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::convert::toewijzing_key;
use crate::store::pending::Pending;
use crate::store::rows::{bind_boeking, bind_declaratie, bind_vrijgegeven};
use std::mem::take;

const DECLARATIE: Statement = Statement {
    table: "declaratie",
    before:
        "INSERT INTO declaratie (id, aanbieder, nummer, gemeente, periode_begin, ingediend, toegekend, journaal,
        eerste_prestatie, aantal_prestaties)",
    columns: 10,
    after: "",
};

const GECREDITEERD: Statement = Statement {
    table: "prestatie",
    before: "WITH nieuw (aanbieder, referentie) AS (",
    columns: 2,
    after: ") UPDATE prestatie SET gecrediteerd = true FROM nieuw
        WHERE prestatie.aanbieder = nieuw.aanbieder AND prestatie.referentie = nieuw.referentie",
};

/// Every assignment has its row already; what is claimed on one that is not there is rejected.
const BESTEDING: Statement = Statement {
    table: "besteding",
    before: "WITH nieuw (toewijzing, volume, bedrag) AS (",
    columns: 3,
    after: ") UPDATE besteding AS b SET volume = b.volume + nieuw.volume, bedrag = b.bedrag + nieuw.bedrag
        FROM nieuw WHERE b.toewijzing = nieuw.toewijzing",
};

const BUDGET: Statement = Statement {
    table: "budget_stand",
    before: "INSERT INTO budget_stand AS b (sleutel, bedrag)",
    columns: 2,
    after: "ON CONFLICT (sleutel) DO UPDATE SET bedrag = b.bedrag + excluded.bedrag",
};

const BOEKING: Statement = Statement {
    table: "boeking",
    before:
        "INSERT INTO boeking (id, aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden, bedrag,
        journaal)",
    columns: 8,
    after: "",
};

const VRIJGEGEVEN: Statement = Statement {
    table: "boeking",
    before: "WITH nieuw (aanbieder, nummer, journaal) AS (",
    columns: 3,
    after: ") UPDATE boeking SET vrijgegeven = nieuw.journaal FROM nieuw
        WHERE boeking.aanbieder = nieuw.aanbieder AND boeking.declaratie_nummer = nieuw.nummer
        AND boeking.vastgehouden AND boeking.vrijgegeven IS NULL",
};

/// The first numbers of what is written.
pub struct Numbers {
    pub prestatie: i64,
    pub declaratie: i64,
    pub boeking: i64,
}

/// Writes every change of money.
pub async fn flush(bundle: &mut Bundle<'_>, pending: &mut Pending, first: Numbers) -> Result<(), StoreError> {
    pending.settle_credits();
    claims(bundle, pending, &first).await?;
    let mut besteed: Vec<_> = take(&mut pending.besteed)
        .into_iter()
        .map(|((gemeente, nummer), besteed)| (toewijzing_key(gemeente, nummer), besteed))
        .collect();
    besteed.sort_unstable_by_key(|(key, _)| *key);
    let bind = |values: &mut Columns, (key, besteed): (i64, Besteding)| {
        values.integer(key).integer(besteed.volume).integer(besteed.bedrag.0);
    };
    bundle.write_each(&BESTEDING, besteed, bind, || StoreError::Corrupt("besteding")).await?;
    bundle
        .write(&BUDGET, take(&mut pending.budgetten), |values, (sleutel, bedrag)| {
            values.text(sleutel).integer(bedrag);
        })
        .await?;
    let entries: Vec<_> = (first.boeking..).zip(take(&mut pending.boekingen)).collect();
    bundle
        .write(&BOEKING, entries, |values, (id, entry)| {
            values.integer(id);
            bind_boeking(values, entry);
        })
        .await?;
    bundle.write(&VRIJGEGEVEN, take(&mut pending.vrijgegeven), bind_vrijgegeven).await
}

async fn claims(bundle: &mut Bundle<'_>, pending: &mut Pending, first: &Numbers) -> Result<(), StoreError> {
    let number = |index: usize| first.prestatie + i64::try_from(index).unwrap_or(i64::MAX);
    let claims: Vec<_> = (first.declaratie..).zip(take(&mut pending.declaraties)).collect();
    bundle
        .write(&DECLARATIE, claims, |values, (id, row)| {
            values.integer(id);
            bind_declaratie(values, row, number);
        })
        .await?;
    bundle
        .write(&GECREDITEERD, take(&mut pending.gecrediteerd), |values, (aanbieder, referentie)| {
            values.code(aanbieder).text(referentie);
        })
        .await?;
    let prestaties: Vec<_> = (first.prestatie..).zip(take(&mut pending.prestaties)).collect();
    book(bundle, prestaties).await
}
