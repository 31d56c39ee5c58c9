//! Writes what a batch changed in money: claims, their lines, what was spent, the ledger.

use super::bulk::{Statement, write};
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::convert::toewijzing_key;
use crate::store::pending::{BankRows, Pending, grootboekstanden};
use crate::store::rows::{
    bind_afschrift, bind_bankregel, bind_beslist, bind_boeking, bind_declaratie, bind_grootboekstand,
    bind_limiet_vast, bind_overboeking, bind_prestatie, bind_settled_hold, bind_vasthouding, bind_verklaard,
};
use sqlx::sqlite::SqliteConnection;
use std::mem::take;

const DECLARATIE: Statement = Statement {
    doing: "declaraties boeken",
    before:
        "INSERT INTO declaratie (aanbieder, nummer, gemeente, periode_begin, ingediend, toegekend, journaal,
        eerste_prestatie, aantal_prestaties) VALUES",
    columns: 9,
    after: "",
};

const GECREDITEERD: Statement = Statement {
    doing: "credits boeken",
    before: "WITH nieuw (aanbieder, referentie) AS (VALUES",
    columns: 2,
    after: ") UPDATE prestatie SET gecrediteerd = 1 FROM nieuw
        WHERE prestatie.aanbieder = nieuw.aanbieder AND prestatie.referentie = nieuw.referentie",
};

/// A reference, or the period of a granted debit, that is taken is our fault: the database refuses
/// the batch.
const PRESTATIE: Statement = Statement {
    doing: "prestaties boeken",
    before:
        "INSERT INTO prestatie (id, aanbieder, referentie, vorig_referentie, toewijzing, bsn, categorie, code,
        begin, eind, volume, eenheid, tarief, bedrag, debet, toegekend, gecrediteerd, vastgehouden) VALUES",
    columns: 18,
    after: "",
};

const BESTEDING: Statement = Statement {
    doing: "besteding bijwerken",
    before: "INSERT INTO besteding (toewijzing, volume, bedrag) VALUES",
    columns: 3,
    after: "ON CONFLICT (toewijzing) DO UPDATE
        SET volume = volume + excluded.volume, bedrag = bedrag + excluded.bedrag",
};

const BUDGET: Statement = Statement {
    doing: "budgetten bijwerken",
    before: "INSERT INTO budget_stand (sleutel, bedrag) VALUES",
    columns: 2,
    after: "ON CONFLICT (sleutel) DO UPDATE SET bedrag = bedrag + excluded.bedrag",
};

const BOEKING: Statement = Statement {
    doing: "boeken",
    before:
        "INSERT INTO boeking (aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden, bedrag,
        journaal, geweigerd, betaalrun, oorsprong) VALUES",
    columns: 10,
    after: "",
};

const OVERBOEKING: Statement = Statement {
    doing: "overboeken",
    before: "INSERT INTO overboeking (journaal, regel, gebeurtenis, bron, volgnummer, debet, credit, bedrag, boekdatum,
        overgenomen) VALUES",
    columns: 10,
    after: "",
};

const GROOTBOEKSTAND: Statement = Statement {
    doing: "overboeken",
    before: "INSERT INTO grootboekstand (rekening, debet, credit) VALUES",
    columns: 3,
    after: "ON CONFLICT (rekening) DO UPDATE SET debet = debet + excluded.debet, credit = credit + excluded.credit",
};

const BANKAFSCHRIFT: Statement = Statement {
    doing: "een bankafschrift vastleggen",
    before: "INSERT INTO bankafschrift (journaal, rekening, identificatie, elektronisch, wettelijk, deel, tot, opening, slot,
        afdruk) VALUES",
    columns: 10,
    after: "",
};

const BANKREGEL: Statement = Statement {
    doing: "een bankafschrift vastleggen",
    before: "INSERT INTO bankregel (journaal, volgorde, rekening, bedrag, boekdatum, uitkomst, betaalrun, volgnummer,
        kenmerk, reden) VALUES",
    columns: 10,
    after: "",
};

const VERKLAARD: Statement = Statement {
    doing: "een bankpost verklaren",
    before: "WITH nieuw (journaal, volgorde, verklaard) AS (VALUES",
    columns: 3,
    after: ") UPDATE bankregel SET verklaard = nieuw.verklaard FROM nieuw
        WHERE bankregel.journaal = nieuw.journaal AND bankregel.volgorde = nieuw.volgorde",
};

const VASTHOUDING: Statement = Statement {
    doing: "betalingen vasthouden",
    before:
        "INSERT INTO vasthouding (aanbieder, referentie, gemeente, declaratie_nummer, periode_begin, bedrag,
        limieten, status, journaal, volgnummer, ontvangen, beslist) VALUES",
    columns: 12,
    after: "",
};

const BESLIST: Statement = Statement {
    doing: "over vastgehouden betalingen besluiten",
    before: "WITH nieuw (aanbieder, referentie, status, journaal) AS (VALUES",
    columns: 4,
    after: ") UPDATE vasthouding SET status = nieuw.status, beslist = nieuw.journaal FROM nieuw
        WHERE vasthouding.aanbieder = nieuw.aanbieder AND vasthouding.referentie = nieuw.referentie",
};

const LIMIET_VAST: Statement = Statement {
    doing: "limieten bijwerken",
    before: "INSERT INTO limiet_vast (sleutel, aanbieder, bedrag) VALUES",
    columns: 3,
    after: "ON CONFLICT (sleutel, aanbieder) DO UPDATE SET bedrag = bedrag + excluded.bedrag",
};

/// The item about the lines of a claim is over when none of them waits any more.
const VAST_AFGEHANDELD: Statement = Statement {
    doing: "werkitems sluiten",
    before: "WITH nieuw (aanbieder, nummer, journaal, moment, wie, waarom) AS (VALUES",
    columns: 6,
    after: ") UPDATE werk SET status = 'afgehandeld', gesloten_journaal = nieuw.journaal,
            gesloten_moment = nieuw.moment, wie = nieuw.wie, waarom = nieuw.waarom
        FROM nieuw WHERE werk.status = 'open' AND werk.voorstel = 'vrijgeven' AND werk.journaal < nieuw.journaal
        AND werk.aanbieder = nieuw.aanbieder AND werk.voorstel_sleutel = nieuw.nummer
        AND NOT EXISTS (SELECT 1 FROM vasthouding v WHERE v.aanbieder = nieuw.aanbieder
            AND v.declaratie_nummer = nieuw.nummer AND v.status = 'vastgehouden')",
};

/// Writes every change of money. `first_prestatie` is the first free number of a line.
pub async fn flush(
    connection: &mut SqliteConnection,
    pending: &mut Pending,
    first_prestatie: i64,
) -> Result<(), StoreError> {
    let c = connection;
    pending.settle_credits();
    let number = |index: usize| first_prestatie + i64::try_from(index).unwrap_or(i64::MAX);
    write(c, &DECLARATIE, take(&mut pending.declaraties), |values, row| {
        bind_declaratie(values, row, number);
    })
    .await?;
    write(c, &GECREDITEERD, take(&mut pending.gecrediteerd), |values, (aanbieder, referentie)| {
        values.code(aanbieder).text(referentie);
    })
    .await?;
    let prestaties = (first_prestatie..).zip(take(&mut pending.prestaties)).collect::<Vec<_>>();
    write(c, &PRESTATIE, prestaties, bind_prestatie).await?;
    let mut besteed: Vec<_> = take(&mut pending.besteed)
        .into_iter()
        .map(|((gemeente, nummer), besteed)| (toewijzing_key(gemeente, nummer), besteed))
        .collect();
    besteed.sort_unstable_by_key(|(key, _)| *key);
    write(c, &BESTEDING, besteed, |values, (key, besteed)| {
        values.integer(key).integer(besteed.volume).integer(besteed.bedrag.0);
    })
    .await?;
    write(c, &BUDGET, take(&mut pending.budgetten), |values, (sleutel, bedrag)| {
        values.text(sleutel).integer(bedrag);
    })
    .await?;
    write(c, &BOEKING, take(&mut pending.boekingen), bind_boeking).await?;
    post(c, pending).await?;
    hold(c, pending).await
}

/// Rows of the ledger, and the balances that they move.
async fn post(c: &mut SqliteConnection, pending: &mut Pending) -> Result<(), StoreError> {
    let rows = take(&mut pending.overboekingen);
    write(c, &GROOTBOEKSTAND, grootboekstanden(&rows), bind_grootboekstand).await?;
    write(c, &OVERBOEKING, rows, bind_overboeking).await?;
    bank(c, pending).await
}

/// What the bank told.
async fn bank(c: &mut SqliteConnection, pending: &mut Pending) -> Result<(), StoreError> {
    let BankRows { afschriften, regels, verklaard } = take(&mut pending.bank);
    write(c, &BANKAFSCHRIFT, afschriften, bind_afschrift).await?;
    write(c, &BANKREGEL, regels, bind_bankregel).await?;
    write(c, &VERKLAARD, verklaard, bind_verklaard).await?;
    Ok(())
}

/// Lines that are held, and what became of those that were.
async fn hold(c: &mut SqliteConnection, pending: &mut Pending) -> Result<(), StoreError> {
    let held: Vec<_> = take(&mut pending.vasthoudingen).into_values().collect();
    write(c, &VASTHOUDING, held, bind_vasthouding).await?;
    write(c, &BESLIST, take(&mut pending.vast_beslist), bind_beslist).await?;
    write(c, &LIMIET_VAST, take(&mut pending.limiet_vast), bind_limiet_vast).await?;
    write(c, &VAST_AFGEHANDELD, take(&mut pending.vast_afgehandeld), bind_settled_hold).await?;
    Ok(())
}
