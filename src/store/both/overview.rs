//! Counts for people.

use super::{Engine, Query, Row, Text, text};
use crate::store::cells::Fields;
use crate::store::{FindingCount, Overview, StoreError, VerdictCount};

type Result<T> = std::result::Result<T, StoreError>;

const DOING: &str = "het overzicht maken";

const VERDICTS: &str = "SELECT soort, verdict, count(*), CAST(coalesce(sum(ingediend), 0) AS BIGINT),
        CAST(coalesce(sum(toegekend), 0) AS BIGINT)
    FROM uitkomst GROUP BY soort, verdict ORDER BY soort NULLS FIRST, verdict";

const FINDINGS: &str = "SELECT regel, retourcode, count(*) FROM bevinding GROUP BY regel, retourcode
    ORDER BY count(*) DESC, regel, retourcode NULLS FIRST";

const SENT: &str = "SELECT soort, count(*) FROM uitgaand GROUP BY soort ORDER BY soort";

const WORK: &str = "SELECT reden, count(*) FROM werk WHERE status = 'open' GROUP BY reden ORDER BY reden";

const TOTALS: Text = text!(["SELECT (SELECT count(*) FROM prestatie WHERE "]
    [yes "toegekend"]
    ["), (SELECT count(*) FROM prestatie WHERE "]
    [no "toegekend"]
    ["), (SELECT count(*) FROM "]
    [only_sqlite "inkomend WHERE status = 'open'"]
    [only_postgres "wachtrij"]
    ["), (SELECT CAST(coalesce(sum(bedrag), 0) AS BIGINT) FROM boeking WHERE betaalrun IS NULL AND ("]
    [no "vastgehouden"]
    [" OR vrijgegeven IS NOT NULL)),
    (SELECT CAST(coalesce(sum(bedrag), 0) AS BIGINT) FROM boeking WHERE "]
    [yes "vastgehouden"]
    [" AND vrijgegeven IS NULL AND "]
    [no "geweigerd"]
    ["), (SELECT CAST(coalesce(sum(bedrag), 0) AS BIGINT) FROM boeking WHERE betaalrun IS NOT NULL)"]);

/// Everything counted.
pub async fn overview(mut on: impl Engine) -> Result<Overview> {
    let verdicts = on.all(Query::new(DOING, "uitkomst", VERDICTS), |row| read_verdict(row)).await?;
    let findings = on.all(Query::new(DOING, "bevinding", FINDINGS), |row| read_finding(row)).await?;
    let sent = on.all(Query::new(DOING, "uitgaand", SENT), |row| Ok((row.code()?, row.integer()?))).await?;
    let work = on.all(Query::new(DOING, "werk", WORK), |row| Ok((row.owned()?, row.integer()?))).await?;
    let totals = on.one(Query::new(DOING, "overzicht", TOTALS), |row| {
        let mut next = || row.integer();
        Ok([next()?, next()?, next()?, next()?, next()?, next()?])
    });
    let [granted, rejected, waiting, payable_cents, held_cents, paid_cents] =
        totals.await?.ok_or(StoreError::corrupt("overzicht"))?;
    let prestaties = (granted, rejected);
    Ok(Overview {
        verdicts,
        findings,
        sent,
        work,
        prestaties,
        waiting,
        payable_cents,
        held_cents,
        paid_cents,
    })
}

fn read_verdict(row: &mut impl Row) -> Result<VerdictCount> {
    Ok(VerdictCount {
        soort: row.code_or_null()?,
        verdict: row.owned()?,
        messages: row.integer()?,
        claimed_cents: row.integer()?,
        granted_cents: row.integer()?,
    })
}

fn read_finding(row: &mut impl Row) -> Result<FindingCount> {
    Ok(FindingCount { rule: row.owned()?, retourcode: row.owned_or_null()?, times: row.integer()? })
}
