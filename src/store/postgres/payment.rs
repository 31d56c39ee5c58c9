//! Entries that wait for payment, payment runs, and claims with their lines.

use super::archive::{self, Archive, content};
use super::bulk::{Cursor, Statement, failed, instant};
use super::bundle::Bundle;
use super::{PgStore, facts_money};
use crate::codes::AgbCode;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Boeking, GeboekteDeclaratie, Vasthouding};
use crate::store::cells::{Cells, Fields};
use crate::store::convert::Coded;
use crate::store::rows::read_soort;
use crate::store::{
    DeclaratieContent, Entry, HoldsOf, LedgerEntry, PaymentRecord, PaymentRun, PaymentStore, StoreError,
};
use async_trait::async_trait;
use sqlx::postgres::{PgConnection, PgPool, PgRow};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl PaymentStore for PgStore {
    async fn payable(&self) -> Result<Vec<LedgerEntry>> {
        self.answers.to(payable(&self.reader)).await
    }

    async fn paid_by(&self, run: i64) -> Result<Vec<LedgerEntry>> {
        self.answers.to(paid_by(&self.reader, run)).await
    }

    async fn payment_runs(&self) -> Result<Vec<PaymentRecord>> {
        self.answers.to(runs(&self.reader)).await
    }

    async fn payment_files(&self, run: i64) -> Result<Vec<(String, Vec<u8>)>> {
        self.answers.to(files(&self.reader, run)).await
    }

    async fn declaratie(&self, aanbieder: AgbCode, nummer: &str) -> Result<Option<DeclaratieContent>> {
        self.answers.to(declaratie(&self.reader, aanbieder, nummer)).await
    }

    async fn holds(&self, of: HoldsOf) -> Result<Vec<Vasthouding>> {
        self.answers.to(super::facts_money::holds(&self.reader, of)).await
    }
}

const BESTAND: Statement = Statement {
    table: "betaalbestand",
    before: "INSERT INTO betaalbestand (betaalrun, volgnummer, naam, archief)",
    columns: 4,
    after: "",
};

/// Entries under a condition on `b`.
macro_rules! ledger_sql {
    ($condition:literal) => {
        concat!(
            "SELECT b.id, b.aanbieder, b.gemeente, b.declaratie_nummer, b.periode_begin, b.vastgehouden,
                b.geweigerd, b.bedrag, b.journaal, b.vrijgegeven IS NOT NULL, b.betaalrun, coalesce(d.id, 0)
             FROM boeking b LEFT JOIN declaratie d
             ON d.aanbieder = b.aanbieder AND d.nummer = b.declaratie_nummer WHERE ",
            $condition,
            " ORDER BY b.journaal, b.id"
        )
    };
}

/// Entries that may be paid and were not.
pub async fn payable(reader: &PgPool) -> Result<Vec<LedgerEntry>> {
    let sql = ledger_sql!("b.betaalrun IS NULL AND (NOT b.vastgehouden OR b.vrijgegeven IS NOT NULL)");
    let rows = sqlx::query(sql).fetch_all(reader).await.map_err(failed("boekingen lezen"))?;
    rows.iter().map(read_entry).collect()
}

/// Entries of a run.
pub async fn paid_by(reader: &PgPool, run: i64) -> Result<Vec<LedgerEntry>> {
    let query = sqlx::query(ledger_sql!("b.betaalrun = $1")).bind(run).fetch_all(reader);
    query.await.map_err(failed("boekingen lezen"))?.iter().map(read_entry).collect()
}

fn read_entry(row: &PgRow) -> Result<LedgerEntry> {
    let mut row = Cursor::new(row, "boeking");
    let id = row.integer()?;
    let (aanbieder, gemeente) = (row.code()?, row.code()?);
    let (declaratie_nummer, periode_begin) = (row.text()?.into(), row.date()?);
    let soort = read_soort(row.flag()?, row.flag()?);
    let bedrag = Cents(row.integer()?);
    Ok(LedgerEntry {
        id,
        boeking: Boeking { aanbieder, gemeente, declaratie_nummer, periode_begin, soort, bedrag },
        journal: row.integer()?,
        vrijgegeven: row.flag()?,
        betaalrun: row.integer_or_null()?,
        declaratie: row.integer()?,
    })
}

/// Records a run; its entries are paid with it, or nothing is.
pub async fn pay(connection: &mut PgConnection, entry: &Entry, run: PaymentRun) -> Result<i64> {
    const PAID: &str = "UPDATE boeking SET betaalrun = $1 WHERE id = ANY($2)
        AND betaalrun IS NULL AND (NOT vastgehouden OR vrijgegeven IS NOT NULL)";
    const INSERT: &str = "INSERT INTO betaalrun (nummer, journaal, moment, datum)
        SELECT coalesce(max(nummer), 0) + 1, $1, $2, $3 FROM betaalrun RETURNING nummer";
    let doing = failed("de betaalrun vastleggen");
    let query = sqlx::query_as(INSERT).bind(entry.journal).bind(instant(entry.moment)).bind(run.datum);
    let (number,): (i64,) = query.fetch_one(&mut *connection).await.map_err(&doing)?;
    let paid = sqlx::query(PAID).bind(number).bind(&run.entries).execute(&mut *connection).await;
    if usize::try_from(paid.map_err(&doing)?.rows_affected()).ok() != Some(run.entries.len()) {
        return Err(StoreError::NotPayable);
    }
    let mut archive = Archive::default();
    let files: Vec<_> = run.files.into_iter().map(|(name, bytes)| (archive.add(&bytes), name)).collect();
    let first = archive::write_all(connection, archive).await?;
    let mut bundle = Bundle::new(connection, "de betaalrun vastleggen");
    bundle
        .write(&BESTAND, files.into_iter().zip(1_i64..).collect::<Vec<_>>(), |values, row| {
            let ((place, name), index) = row;
            values.integer(number).integer(index).text(name).integer(first + place);
        })
        .await?;
    bundle.sent().await?;
    Ok(number)
}

/// Runs, oldest first.
pub async fn runs(reader: &PgPool) -> Result<Vec<PaymentRecord>> {
    const RUNS: &str = "SELECT r.nummer, r.journaal, r.moment, r.datum, count(b.id),
            CAST(coalesce(sum(b.bedrag), 0) AS BIGINT)
        FROM betaalrun r LEFT JOIN boeking b ON b.betaalrun = r.nummer GROUP BY r.nummer ORDER BY r.nummer";
    let rows = sqlx::query(RUNS).fetch_all(reader).await.map_err(failed("betaalruns lezen"))?;
    let record = |row: &PgRow| {
        let mut row = Cursor::new(row, "betaalrun");
        Ok(PaymentRecord {
            run: row.integer()?,
            journal: row.integer()?,
            moment: row.moment()?,
            datum: row.date()?,
            entries: row.integer()?,
            bedrag_cents: row.integer()?,
        })
    };
    rows.iter().map(record).collect()
}

/// The files of a run.
pub async fn files(reader: &PgPool, run: i64) -> Result<Vec<(String, Vec<u8>)>> {
    const SQL: &str = "SELECT f.naam, a.lengte, a.inhoud FROM betaalbestand f
        JOIN archief a ON a.id = f.archief WHERE f.betaalrun = $1 ORDER BY f.volgnummer";
    let rows = sqlx::query(SQL).bind(run).fetch_all(reader).await.map_err(failed("betaalbestanden lezen"))?;
    let file = |row: &PgRow| {
        let mut row = Cursor::new(row, "betaalbestand");
        Ok((row.owned()?, content(&mut row)?))
    };
    rows.iter().map(file).collect()
}

/// A claim with its lines.
pub async fn declaratie(
    reader: &PgPool,
    aanbieder: AgbCode,
    nummer: &str,
) -> Result<Option<DeclaratieContent>> {
    const SQL: &str =
        "SELECT gemeente, periode_begin, ingediend, toegekend, eerste_prestatie, aantal_prestaties
        FROM declaratie WHERE aanbieder = $1 AND nummer = $2";
    let doing = failed("declaratie lezen");
    let mut connection = reader.acquire().await.map_err(&doing)?;
    let query = sqlx::query(SQL).bind(aanbieder.to_integer()).bind(nummer);
    let Some(row) = query.fetch_optional(&mut *connection).await.map_err(&doing)? else {
        return Ok(None);
    };
    let mut row = Cursor::new(&row, "declaratie");
    let declaratie = GeboekteDeclaratie {
        relatie: Relatie { gemeente: row.code()?, aanbieder },
        nummer: nummer.into(),
        periode_begin: row.date()?,
        ingediend: Cents(row.integer()?),
        toegekend: Cents(row.integer()?),
    };
    let prestaties = facts_money::lines(&mut connection, row.integer()?, row.integer()?).await?;
    Ok(Some(DeclaratieContent { declaratie, prestaties }))
}
