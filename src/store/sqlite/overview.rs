//! Counts for people.

use super::bulk::failed;
use crate::store::convert::{read, read_option};
use crate::store::{FindingCount, Overview, StoreError, VerdictCount};
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

type Result<T> = std::result::Result<T, StoreError>;

const VERDICTS: &str = "SELECT soort, verdict, count(*), ifnull(sum(ingediend), 0), ifnull(sum(toegekend), 0)
    FROM uitkomst GROUP BY soort, verdict ORDER BY soort, verdict";

const FINDINGS: &str = "SELECT regel, retourcode, count(*) FROM bevinding GROUP BY regel, retourcode
    ORDER BY count(*) DESC, regel, retourcode";

const SENT: &str = "SELECT soort, count(*) FROM uitgaand GROUP BY soort ORDER BY soort";

const WORK: &str = "SELECT reden, count(*) FROM werk WHERE status = 'open' GROUP BY reden ORDER BY reden";

const TOTALS: &str = "SELECT
    (SELECT count(*) FROM prestatie WHERE toegekend = 1),
    (SELECT count(*) FROM prestatie WHERE toegekend = 0),
    (SELECT count(*) FROM inkomend WHERE status = 'open'),
    (SELECT ifnull(sum(bedrag), 0) FROM boeking
     WHERE betaalrun IS NULL AND (vastgehouden = 0 OR vrijgegeven IS NOT NULL)),
    (SELECT ifnull(sum(bedrag), 0) FROM boeking WHERE vastgehouden = 1 AND vrijgegeven IS NULL
     AND geweigerd = 0),
    (SELECT ifnull(sum(bedrag), 0) FROM boeking WHERE betaalrun IS NOT NULL)";

/// Everything counted.
pub async fn overview(reader: &SqlitePool) -> Result<Overview> {
    let totals = rows(reader, TOTALS).await?;
    let totals = totals.first().ok_or(StoreError::Corrupt("overzicht"))?;
    Ok(Overview {
        verdicts: rows(reader, VERDICTS).await?.iter().map(verdict).collect::<Result<_>>()?,
        findings: rows(reader, FINDINGS).await?.iter().map(finding).collect(),
        sent: (rows(reader, SENT).await?.iter())
            .map(|row| Ok((read(row.get(0), "uitgaand")?, row.get(1))))
            .collect::<Result<_>>()?,
        work: rows(reader, WORK).await?.iter().map(|row| (row.get(0), row.get(1))).collect(),
        prestaties: (totals.get(0), totals.get(1)),
        waiting: totals.get(2),
        payable_cents: totals.get(3),
        held_cents: totals.get(4),
        paid_cents: totals.get(5),
    })
}

async fn rows(reader: &SqlitePool, sql: &'static str) -> Result<Vec<SqliteRow>> {
    sqlx::query(sql).fetch_all(reader).await.map_err(failed("het overzicht maken"))
}

fn verdict(row: &SqliteRow) -> Result<VerdictCount> {
    Ok(VerdictCount {
        soort: read_option(row.get(0), "uitkomst")?,
        verdict: row.get(1),
        messages: row.get(2),
        claimed_cents: row.get(3),
        granted_cents: row.get(4),
    })
}

fn finding(row: &SqliteRow) -> FindingCount {
    FindingCount { rule: row.get(0), retourcode: row.get(1), times: row.get(2) }
}
