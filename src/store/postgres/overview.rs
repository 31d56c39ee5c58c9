//! Counts for people.

use super::bulk::{Cursor, failed};
use crate::store::cells::Fields;
use crate::store::{FindingCount, Overview, StoreError, VerdictCount};
use sqlx::postgres::{PgPool, PgRow};

type Result<T> = std::result::Result<T, StoreError>;

const VERDICTS: &str = "SELECT soort, verdict, count(*), CAST(coalesce(sum(ingediend), 0) AS BIGINT),
        CAST(coalesce(sum(toegekend), 0) AS BIGINT)
    FROM uitkomst GROUP BY soort, verdict ORDER BY soort NULLS FIRST, verdict";

const FINDINGS: &str = "SELECT regel, retourcode, count(*) FROM bevinding GROUP BY regel, retourcode
    ORDER BY count(*) DESC, regel, retourcode NULLS FIRST";

const SENT: &str = "SELECT soort, count(*) FROM uitgaand GROUP BY soort ORDER BY soort";

const WORK: &str = "SELECT reden, count(*) FROM werk WHERE status = 'open' GROUP BY reden ORDER BY reden";

const TOTALS: &str = "SELECT
    (SELECT count(*) FROM prestatie WHERE toegekend),
    (SELECT count(*) FROM prestatie WHERE NOT toegekend),
    (SELECT count(*) FROM wachtrij),
    (SELECT CAST(coalesce(sum(bedrag), 0) AS BIGINT) FROM boeking
     WHERE betaalrun IS NULL AND (NOT vastgehouden OR vrijgegeven IS NOT NULL)),
    (SELECT CAST(coalesce(sum(bedrag), 0) AS BIGINT) FROM boeking WHERE vastgehouden AND vrijgegeven IS NULL
     AND NOT geweigerd),
    (SELECT CAST(coalesce(sum(bedrag), 0) AS BIGINT) FROM boeking WHERE betaalrun IS NOT NULL)";

/// Everything counted.
pub async fn overview(reader: &PgPool) -> Result<Overview> {
    let totals = rows(reader, TOTALS).await?;
    let mut totals = Cursor::new(totals.first().ok_or(StoreError::Corrupt("overzicht"))?, "overzicht");
    Ok(Overview {
        prestaties: (totals.integer()?, totals.integer()?),
        waiting: totals.integer()?,
        payable_cents: totals.integer()?,
        held_cents: totals.integer()?,
        paid_cents: totals.integer()?,
        verdicts: rows(reader, VERDICTS).await?.iter().map(verdict).collect::<Result<_>>()?,
        findings: rows(reader, FINDINGS).await?.iter().map(finding).collect::<Result<_>>()?,
        sent: (rows(reader, SENT).await?.iter())
            .map(|row| {
                let mut row = Cursor::new(row, "uitgaand");
                Ok((row.code()?, row.integer()?))
            })
            .collect::<Result<_>>()?,
        work: (rows(reader, WORK).await?.iter())
            .map(|row| {
                let mut row = Cursor::new(row, "werk");
                Ok((row.owned()?, row.integer()?))
            })
            .collect::<Result<_>>()?,
    })
}

async fn rows(reader: &PgPool, sql: &'static str) -> Result<Vec<PgRow>> {
    sqlx::query(sql).fetch_all(reader).await.map_err(failed("het overzicht maken"))
}

fn verdict(row: &PgRow) -> Result<VerdictCount> {
    let mut row = Cursor::new(row, "uitkomst");
    Ok(VerdictCount {
        soort: row.code_or_null()?,
        verdict: row.owned()?,
        messages: row.integer()?,
        claimed_cents: row.integer()?,
        granted_cents: row.integer()?,
    })
}

fn finding(row: &PgRow) -> Result<FindingCount> {
    let mut row = Cursor::new(row, "bevinding");
    Ok(FindingCount {
        rule: row.owned()?,
        retourcode: row.text_or_null()?.map(str::to_owned),
        times: row.integer()?,
    })
}
