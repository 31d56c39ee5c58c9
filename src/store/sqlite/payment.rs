//! Entries that wait for payment, payment runs, and claims with their lines.

use super::archive::{self, Archive, content};
use super::bulk::{Keys, Statement, failed, write};
use super::{SqliteStore, facts_money};
use crate::codes::AgbCode;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Boeking, GeboekteDeclaratie, Vasthouding};
use crate::store::cells::Cells;
use crate::store::convert::{Coded, read};
use crate::store::rows::read_soort;
use crate::store::{
    DeclaratieContent, Entry, HoldsOf, LedgerEntry, PaymentRecord, PaymentRun, PaymentStore, StoreError,
};
use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl PaymentStore for SqliteStore {
    async fn payable(&self) -> Result<Vec<LedgerEntry>> {
        payable(&self.reader).await
    }

    async fn paid_by(&self, run: i64) -> Result<Vec<LedgerEntry>> {
        paid_by(&self.reader, run).await
    }

    async fn payment_runs(&self) -> Result<Vec<PaymentRecord>> {
        runs(&self.reader).await
    }

    async fn payment_files(&self, run: i64) -> Result<Vec<(String, Vec<u8>)>> {
        files(&self.reader, run).await
    }

    async fn declaratie(&self, aanbieder: AgbCode, nummer: &str) -> Result<Option<DeclaratieContent>> {
        declaratie(&self.reader, aanbieder, nummer).await
    }

    async fn holds(&self, of: HoldsOf) -> Result<Vec<Vasthouding>> {
        super::facts_money::holds(&self.reader, of).await
    }
}

const BESTAND: Statement = Statement {
    doing: "de betaalrun vastleggen",
    before: "INSERT INTO betaalbestand (betaalrun, volgnummer, naam, archief) VALUES",
    columns: 4,
    after: "",
};

/// Entries under a condition on `b`.
macro_rules! ledger_sql {
    ($condition:literal) => {
        concat!(
            "SELECT b.id, b.aanbieder, b.gemeente, b.declaratie_nummer, b.periode_begin, b.vastgehouden, b.bedrag,
                b.journaal, b.vrijgegeven IS NOT NULL, b.betaalrun, ifnull(d.id, 0), b.geweigerd
             FROM boeking b LEFT JOIN declaratie d
             ON d.aanbieder = b.aanbieder AND d.nummer = b.declaratie_nummer WHERE ",
            $condition,
            " ORDER BY b.id"
        )
    };
}

/// Entries that may be paid and were not.
pub async fn payable(reader: &SqlitePool) -> Result<Vec<LedgerEntry>> {
    let sql = ledger_sql!("b.betaalrun IS NULL AND (b.vastgehouden = 0 OR b.vrijgegeven IS NOT NULL)");
    let rows = sqlx::query(sql).fetch_all(reader).await.map_err(failed("boekingen lezen"))?;
    rows.iter().map(read_entry).collect()
}

/// Entries of a run.
pub async fn paid_by(reader: &SqlitePool, run: i64) -> Result<Vec<LedgerEntry>> {
    let query = sqlx::query(ledger_sql!("b.betaalrun = ?")).bind(run).fetch_all(reader);
    query.await.map_err(failed("boekingen lezen"))?.iter().map(read_entry).collect()
}

fn read_entry(row: &SqliteRow) -> Result<LedgerEntry> {
    let boeking = Boeking {
        aanbieder: read(row.get(1), "boeking")?,
        gemeente: read(row.get(2), "boeking")?,
        declaratie_nummer: row.get::<&str, _>(3).into(),
        periode_begin: read(row.get(4), "boeking")?,
        soort: read_soort(row.get::<i64, _>(5) == 1, row.get::<i64, _>(11) == 1),
        bedrag: Cents(row.get(6)),
    };
    Ok(LedgerEntry {
        id: row.get(0),
        boeking,
        declaratie: row.get(10),
        journal: row.get(7),
        vrijgegeven: row.get::<i64, _>(8) == 1,
        betaalrun: row.get(9),
    })
}

/// Records a run; its entries are paid with it, or nothing is.
pub async fn pay(
    connection: &mut SqliteConnection,
    entry: &Entry,
    run: PaymentRun,
    archive: &mut Archive,
) -> Result<i64> {
    const PAID: &str = "UPDATE boeking SET betaalrun = ? WHERE id IN (SELECT value FROM json_each(?))
        AND betaalrun IS NULL AND (vastgehouden = 0 OR vrijgegeven IS NOT NULL)";
    let doing = failed("de betaalrun vastleggen");
    let insert = "INSERT INTO betaalrun (nummer, journaal, moment, datum)
        SELECT ifnull(max(nummer), 0) + 1, ?, ?, ? FROM betaalrun RETURNING nummer";
    let (number,): (i64,) = sqlx::query_as(insert)
        .bind(entry.journal)
        .bind(entry.moment.to_integer())
        .bind(run.datum.to_integer())
        .fetch_one(&mut *connection)
        .await
        .map_err(&doing)?;
    let keys = Keys::integers(run.entries.iter().copied());
    let paid = sqlx::query(PAID).bind(number).bind(keys).execute(&mut *connection).await.map_err(&doing)?;
    if usize::try_from(paid.rows_affected()).ok() != Some(run.entries.len()) {
        return Err(StoreError::NotPayable);
    }
    let files: Vec<_> = run.files.into_iter().map(|(name, bytes)| (archive.add(&bytes), name)).collect();
    archive::write_all(connection, archive).await?;
    write(connection, &BESTAND, files.into_iter().zip(1_i64..).collect::<Vec<_>>(), |values, row| {
        let ((content, name), index) = row;
        values.integer(number).integer(index).text(name).integer(content);
    })
    .await?;
    Ok(number)
}

/// Runs, oldest first.
pub async fn runs(reader: &SqlitePool) -> Result<Vec<PaymentRecord>> {
    const RUNS: &str = "SELECT r.nummer, r.journaal, r.moment, r.datum, count(b.id), ifnull(sum(b.bedrag), 0)
        FROM betaalrun r LEFT JOIN boeking b ON b.betaalrun = r.nummer GROUP BY r.nummer ORDER BY r.nummer";
    let rows = sqlx::query(RUNS).fetch_all(reader).await.map_err(failed("betaalruns lezen"))?;
    let record = |row: &SqliteRow| {
        Ok(PaymentRecord {
            run: row.get(0),
            journal: row.get(1),
            moment: read(row.get(2), "betaalrun")?,
            datum: read(row.get(3), "betaalrun")?,
            entries: row.get(4),
            bedrag_cents: row.get(5),
        })
    };
    rows.iter().map(record).collect()
}

/// The files of a run.
pub async fn files(reader: &SqlitePool, run: i64) -> Result<Vec<(String, Vec<u8>)>> {
    const SQL: &str = "SELECT f.naam, a.lengte, a.inhoud FROM betaalbestand f
        JOIN archief a ON a.id = f.archief WHERE f.betaalrun = ? ORDER BY f.volgnummer";
    let rows = sqlx::query(SQL).bind(run).fetch_all(reader).await.map_err(failed("betaalbestanden lezen"))?;
    rows.iter().map(|file| Ok((file.get(0), content(file, 1)?))).collect()
}

/// A claim with its lines.
pub async fn declaratie(
    reader: &SqlitePool,
    aanbieder: AgbCode,
    nummer: &str,
) -> Result<Option<DeclaratieContent>> {
    const SQL: &str =
        "SELECT gemeente, periode_begin, ingediend, toegekend, eerste_prestatie, aantal_prestaties
        FROM declaratie WHERE aanbieder = ? AND nummer = ?";
    let doing = failed("declaratie lezen");
    let mut connection = reader.acquire().await.map_err(&doing)?;
    let query = sqlx::query(SQL).bind(aanbieder.to_integer()).bind(nummer);
    let Some(row) = query.fetch_optional(&mut *connection).await.map_err(&doing)? else {
        return Ok(None);
    };
    let declaratie = GeboekteDeclaratie {
        relatie: Relatie { gemeente: read(row.get(0), "declaratie")?, aanbieder },
        nummer: nummer.into(),
        periode_begin: read(row.get(1), "declaratie")?,
        ingediend: Cents(row.get(2)),
        toegekend: Cents(row.get(3)),
    };
    let prestaties = facts_money::lines(&mut connection, row.get(4), row.get(5)).await?;
    Ok(Some(DeclaratieContent { declaratie, prestaties }))
}
