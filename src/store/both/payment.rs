//! Entries that wait for payment, and payment runs.

use super::{Engine, Query, Row, Text, text};
use crate::codes::AgbCode;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Betaalbesluit, Betaalbesluitdelen, Boeking, GeboekteDeclaratie};
use crate::store::cells::Fields;
use crate::store::convert::Coded;
use crate::store::rows::read_soort;
use crate::store::{Entry, LedgerEntry, PaymentRecord, RecordedRun, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

/// Entries under a condition on `b`.
macro_rules! ledger_sql {
    ($([$($condition:tt)+])+) => {
        text!(["SELECT b.id, b.aanbieder, b.gemeente, b.declaratie_nummer, b.periode_begin, b.vastgehouden,
                b.geweigerd, b.bedrag, b.journaal, coalesce(b.oorsprong, b.journaal),
                b.vrijgegeven IS NOT NULL, b.betaalrun, coalesce(d.id, 0)
             FROM boeking b LEFT JOIN declaratie d
             ON d.aanbieder = b.aanbieder AND d.nummer = b.declaratie_nummer WHERE "]
            $([$($condition)+])+
            [" ORDER BY b.journaal, b.id"])
    };
}

/// Entries that may be paid and were not.
pub async fn payable(on: impl Engine) -> Result<Vec<LedgerEntry>> {
    const PAYABLE: Text = ledger_sql!(["b.betaalrun IS NULL AND ("]
        [no "b.vastgehouden"]
        [" OR b.vrijgegeven IS NOT NULL)"]);
    entries(on, Query::new("boekingen lezen", "boeking", PAYABLE)).await
}

/// Entries of a run.
pub async fn paid_by(on: impl Engine, run: i64) -> Result<Vec<LedgerEntry>> {
    // What came back since is an entry of a later input.
    const PAID: Text = ledger_sql!([
        "b.betaalrun = $1 AND b.journaal < (SELECT r.journaal FROM betaalrun r WHERE r.nummer = $1)"
    ]);
    entries(on, Query::new("boekingen lezen", "boeking", PAID).with(run)).await
}

async fn entries(mut on: impl Engine, query: Query) -> Result<Vec<LedgerEntry>> {
    on.all(query, |row| {
        let id = row.key("boeking")?;
        Ok(LedgerEntry {
            id,
            boeking: read_boeking(row)?,
            journal: row.integer()?,
            oorsprong: row.integer()?,
            vrijgegeven: row.flag()?,
            betaalrun: row.integer_or_null()?,
            declaratie: row.integer()?,
        })
    })
    .await
}

/// A booking: aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden, geweigerd, bedrag.
pub fn read_boeking(row: &mut impl Row) -> Result<Boeking> {
    let (aanbieder, gemeente) = (row.code()?, row.code()?);
    let (declaratie_nummer, periode_begin) = (row.text()?.into(), row.date()?);
    let soort = read_soort(row.flag()?, row.flag()?);
    let bedrag = Cents(row.integer()?);
    Ok(Boeking { aanbieder, gemeente, declaratie_nummer, periode_begin, soort, bedrag })
}

/// Runs, oldest first.
pub async fn runs(mut on: impl Engine) -> Result<Vec<PaymentRecord>> {
    const RUNS: &str = "SELECT r.nummer, r.journaal, r.moment, r.datum, count(b.id),
            CAST(coalesce(sum(b.bedrag), 0) AS BIGINT)
        FROM betaalrun r LEFT JOIN boeking b ON b.betaalrun = r.nummer AND b.journaal < r.journaal GROUP BY r.nummer ORDER BY r.nummer";
    on.all(Query::new("betaalruns lezen", "betaalrun", RUNS), |row| {
        Ok(PaymentRecord {
            run: row.key("betaalrun")?,
            journal: row.integer()?,
            moment: row.moment()?,
            datum: row.date()?,
            entries: row.integer()?,
            bedrag_cents: row.integer()?,
        })
    })
    .await
}

/// The files of a run.
pub async fn files(mut on: impl Engine, run: i64) -> Result<Vec<(String, Vec<u8>)>> {
    const FILES: &str = "SELECT f.naam, a.lengte, a.inhoud FROM betaalbestand f
        JOIN archief a ON a.id = f.archief WHERE f.betaalrun = $1 ORDER BY f.volgnummer";
    let query = Query::new("betaalbestanden lezen", "betaalbestand", FILES).with(run);
    on.all(query, |row| Ok((row.owned()?, row.content()?))).await
}

/// A claim, with the number of its first line and how many it has.
pub async fn declaratie(
    mut on: impl Engine,
    aanbieder: AgbCode,
    nummer: &str,
) -> Result<Option<(GeboekteDeclaratie, (i64, i64))>> {
    const CLAIM: &str =
        "SELECT gemeente, periode_begin, ingediend, toegekend, eerste_prestatie, aantal_prestaties
        FROM declaratie WHERE aanbieder = $1 AND nummer = $2";
    let query = Query::new("declaratie lezen", "declaratie", CLAIM).with(aanbieder.to_integer()).with(nummer);
    on.one(query, |row| {
        let declaratie = GeboekteDeclaratie {
            relatie: Relatie { gemeente: row.code()?, aanbieder },
            nummer: nummer.into(),
            periode_begin: row.date()?,
            ingediend: Cents(row.integer()?),
            toegekend: Cents(row.integer()?),
        };
        Ok((declaratie, (row.integer()?, row.integer()?)))
    })
    .await
}

/// A decision about paying, under the number of its entry.
pub async fn decide(mut on: impl Engine, journal: i64, besluit: &Betaalbesluit) -> Result<()> {
    const DECIDED: &str = "INSERT INTO betaalbesluit (journaal, daad, aanbieder, iban, declaratie)
        VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''))";
    let Betaalbesluitdelen { daad, aanbieder, iban, declaratie } = besluit.delen();
    let query = Query::new("een besluit over betalen vastleggen", "betaalbesluit", DECIDED).with(journal);
    let query = query.with(daad.as_str()).with(aanbieder.map(Coded::to_integer));
    let query = query.with(&*iban.map(|iban| iban.to_string()).unwrap_or_default());
    let query = query.with(&*declaratie.unwrap_or_default());
    on.run(query).await.map(drop)
}

/// Records a run without its files, and its entries as paid by it; the number of the run.
pub async fn pay(on: &mut impl Engine, entry: &Entry, run: &RecordedRun) -> Result<i64> {
    const DOING: &str = "de betaalrun vastleggen";
    const INSERT: &str = "INSERT INTO betaalrun (nummer, journaal, moment, datum)
        SELECT coalesce(max(nummer), 0) + 1, $1, $2, $3 FROM betaalrun RETURNING nummer";
    const PAID: Text = text!(["UPDATE boeking SET betaalrun = $1 WHERE id "]
        [among "$2"]
        [" AND betaalrun IS NULL AND ("]
        [no "vastgehouden"]
        [" OR vrijgegeven IS NOT NULL)"]);
    let query = Query::new(DOING, "betaalrun", INSERT).with(entry.journal).with(entry.moment).with(run.datum);
    let number = on.one(query, |row| row.integer()).await?.ok_or(StoreError::corrupt("betaalrun"))?;
    let paid = on.run(Query::new(DOING, "boeking", PAID).with(number).with(&run.entries[..])).await?;
    if usize::try_from(paid).ok() != Some(run.entries.len()) {
        return Err(StoreError::NotPayable);
    }
    Ok(number)
}
