//! Writes what a batch changed in money: claims, their lines, what was spent, the ledger.

use super::bulk::{BulkColumns, Statement};
use super::bundle::Bundle;
use super::records::book;
use crate::state::Besteding;
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::convert::toewijzing_key;
use crate::store::pending::{BankRows, Pending, grootboekstanden};
use crate::store::rows::{
    bind_afschrift, bind_bankregel, bind_beslist, bind_boeking, bind_declaratie, bind_grootboekstand,
    bind_limiet_vast, bind_overboeking, bind_settled_hold, bind_vasthouding, bind_verklaard,
};
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
        journaal, geweigerd, betaalrun, oorsprong)",
    columns: 11,
    after: "",
};

const OVERBOEKING: Statement = Statement {
    table: "overboeking",
    before: "INSERT INTO overboeking (journaal, regel, gebeurtenis, bron, volgnummer, debet, credit, bedrag, boekdatum,
        overgenomen)",
    columns: 10,
    after: "",
};

/// Who decides beside us is about other relaties, and so about other accounts.
const GROOTBOEKSTAND: Statement = Statement {
    table: "grootboekstand",
    before: "INSERT INTO grootboekstand AS g (rekening, debet, credit)",
    columns: 3,
    after: "ON CONFLICT (rekening) DO UPDATE SET debet = g.debet + excluded.debet, credit = g.credit + excluded.credit",
};

const BANKAFSCHRIFT: Statement = Statement {
    table: "bankafschrift",
    before: "INSERT INTO bankafschrift (journaal, rekening, identificatie, elektronisch, wettelijk, deel, tot, opening, slot,
        afdruk)",
    columns: 10,
    after: "",
};

const BANKREGEL: Statement = Statement {
    table: "bankregel",
    before: "INSERT INTO bankregel (journaal, volgorde, rekening, bedrag, boekdatum, uitkomst, betaalrun, volgnummer,
        kenmerk, reden)",
    columns: 10,
    after: "",
};

const VERKLAARD: Statement = Statement {
    table: "bankregel",
    before: "WITH nieuw (journaal, volgorde, verklaard) AS (",
    columns: 3,
    after: ") UPDATE bankregel SET verklaard = nieuw.verklaard FROM nieuw
        WHERE bankregel.journaal = nieuw.journaal AND bankregel.volgorde = nieuw.volgorde",
};

const VASTHOUDING: Statement = Statement {
    table: "vasthouding",
    before:
        "INSERT INTO vasthouding (aanbieder, referentie, gemeente, declaratie_nummer, periode_begin, bedrag,
        limieten, status, journaal, volgnummer, ontvangen, beslist)",
    columns: 12,
    after: "",
};

const BESLIST: Statement = Statement {
    table: "vasthouding",
    before: "WITH nieuw (aanbieder, referentie, status, journaal) AS (",
    columns: 4,
    after: ") UPDATE vasthouding SET status = nieuw.status, beslist = nieuw.journaal FROM nieuw
        WHERE vasthouding.aanbieder = nieuw.aanbieder AND vasthouding.referentie = nieuw.referentie",
};

const LIMIET_VAST: Statement = Statement {
    table: "limiet_vast",
    before: "INSERT INTO limiet_vast AS l (sleutel, aanbieder, bedrag)",
    columns: 3,
    after: "ON CONFLICT (sleutel, aanbieder) DO UPDATE SET bedrag = l.bedrag + excluded.bedrag",
};

/// The item about the lines of a claim is over when none of them waits any more. A statement of its own: it looks at
/// what the others wrote.
const VAST_AFGEHANDELD: Statement = Statement {
    table: "werk",
    before: "WITH nieuw (aanbieder, nummer, journaal, moment, wie, waarom) AS (",
    columns: 6,
    after: ") UPDATE werk SET status = 'afgehandeld', gesloten_journaal = nieuw.journaal,
            gesloten_moment = nieuw.moment, wie = nieuw.wie, waarom = nieuw.waarom
        FROM nieuw WHERE werk.status = 'open' AND werk.voorstel = 'vrijgeven' AND werk.journaal < nieuw.journaal
        AND werk.aanbieder = nieuw.aanbieder AND werk.voorstel_sleutel = nieuw.nummer
        AND NOT EXISTS (SELECT 1 FROM vasthouding v WHERE v.aanbieder = nieuw.aanbieder
            AND v.declaratie_nummer = nieuw.nummer AND v.status = 'vastgehouden')",
};

/// The first numbers of what is written.
pub struct FirstNumbers {
    pub prestatie: i64,
    pub declaratie: i64,
    pub boeking: i64,
}

/// Writes every change of money.
pub async fn flush(
    bundle: &mut Bundle<'_>,
    pending: &mut Pending,
    first: FirstNumbers,
) -> Result<(), StoreError> {
    pending.settle_credits();
    claims(bundle, pending, &first).await?;
    let mut besteed: Vec<_> = take(&mut pending.besteed)
        .into_iter()
        .map(|((gemeente, nummer), besteed)| (toewijzing_key(gemeente, nummer), besteed))
        .collect();
    besteed.sort_unstable_by_key(|(key, _)| *key);
    let bind = |values: &mut BulkColumns, (key, besteed): (i64, Besteding)| {
        values.integer(key).integer(besteed.volume).integer(besteed.bedrag.0);
    };
    bundle.write_each(&BESTEDING, besteed, bind, || StoreError::corrupt("besteding")).await?;
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
    post(bundle, pending).await?;
    hold(bundle, pending).await
}

/// Rows of the ledger, and the balances that they move.
async fn post(bundle: &mut Bundle<'_>, pending: &mut Pending) -> Result<(), StoreError> {
    let rows = take(&mut pending.overboekingen);
    let sums: Vec<_> = grootboekstanden(&rows).into_iter().collect();
    bundle.write(&GROOTBOEKSTAND, sums, bind_grootboekstand).await?;
    bundle.write(&OVERBOEKING, rows, bind_overboeking).await?;
    bank(bundle, pending).await
}

/// What the bank told.
async fn bank(bundle: &mut Bundle<'_>, pending: &mut Pending) -> Result<(), StoreError> {
    let BankRows { afschriften, regels, verklaard } = take(&mut pending.bank);
    bundle.write(&BANKAFSCHRIFT, afschriften, bind_afschrift).await?;
    bundle.write(&BANKREGEL, regels, bind_bankregel).await?;
    bundle.write(&VERKLAARD, verklaard, bind_verklaard).await
}

/// Lines that are held, and what became of those that were.
async fn hold(bundle: &mut Bundle<'_>, pending: &mut Pending) -> Result<(), StoreError> {
    let held: Vec<_> = take(&mut pending.vasthoudingen).into_values().collect();
    bundle.write(&VASTHOUDING, held, bind_vasthouding).await?;
    let decided: Vec<_> = take(&mut pending.vast_beslist).into_iter().collect();
    bundle.write(&BESLIST, decided, bind_beslist).await?;
    let sums: Vec<_> = take(&mut pending.limiet_vast).into_iter().collect();
    bundle.write(&LIMIET_VAST, sums, bind_limiet_vast).await?;
    let over: Vec<_> = take(&mut pending.vast_afgehandeld).into_iter().collect();
    if over.is_empty() {
        return Ok(());
    }
    bundle.sent().await?;
    bundle.write(&VAST_AFGEHANDELD, over, bind_settled_hold).await
}

async fn claims(
    bundle: &mut Bundle<'_>,
    pending: &mut Pending,
    first: &FirstNumbers,
) -> Result<(), StoreError> {
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
