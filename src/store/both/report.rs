//! Reports: what they look at.

use super::{Engine, Query, Row, Text, Value, at_most, text};
use crate::codes::{AgbCode, Datum};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::schema::At;
use crate::state::VasthoudingStatus;
use crate::store::cells::Fields;
use crate::store::report::moments_of;
use crate::store::{
    RejectedMessage, RelatieTotals, ReleaseTotals, StoreError, StoredFinding, TakeLimit, joined, within,
};
use std::collections::BTreeMap;
use std::ops::Range;

type Result<T> = std::result::Result<T, StoreError>;

/// Messages after an arrival number that were rejected in whole or in part.
pub async fn rejected(on: impl Engine, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
    const NUMBERS: &str =
        "SELECT u.aankomst, i.lengte FROM uitkomst u JOIN inkomend i ON i.aankomst = u.aankomst
        WHERE u.aankomst > $1 AND u.verdict IN ('rejected', 'partial') ORDER BY u.aankomst LIMIT $2";
    let query = Query::new(REJECTED, "uitkomst", NUMBERS).with(after).with(at_most(limit.messages));
    rejected_by(on, query, limit).await
}

/// Those of a day that name a client or an assignment that is unknown, or not of this aanbieder (TR304, TR338, TR019,
/// TR350, TR351). The day is a part of the journal, which has an index by moment.
pub async fn strange(
    on: impl Engine,
    day: Datum,
    after: i64,
    limit: TakeLimit,
) -> Result<Vec<RejectedMessage>> {
    const NUMBERS: &str =
        "SELECT u.aankomst, i.lengte FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst
            AND u.journaal = j.nummer
        JOIN inkomend i ON i.aankomst = u.aankomst
        WHERE j.moment >= $1 AND j.moment < $2 AND u.aankomst > $3 AND u.verdict IN ('rejected', 'partial')
        AND EXISTS (SELECT 1 FROM bevinding b WHERE b.journaal = u.journaal
            AND b.retourcode IN ('8187', '9338', '9019', '9350', '9351'))
        ORDER BY u.aankomst LIMIT $4";
    let [from, to] = moments_of(day).map(Value::Moment);
    let query = Query::new(REJECTED, "uitkomst", NUMBERS).with(from).with(to);
    rejected_by(on, query.with(after).with(at_most(limit.messages)), limit).await
}

const REJECTED: &str = "afkeuringen lezen";

/// Messages of which a statement gives arrival numbers and lengths, as many as the limit allows.
async fn rejected_by(mut on: impl Engine, numbers: Query, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
    const MESSAGES: Text = text!([
        "SELECT u.aankomst, u.soort, u.gemeente, u.aanbieder, u.verdict = 'rejected', d.ingediend - d.toegekend,
            coalesce(u.release, ''), a.lengte, a.inhoud FROM "]
        [keys "$1"]
        [" "]
        [then]
        [" uitkomst u ON u.aankomst = k.value
        JOIN inkomend i ON i.aankomst = u.aankomst JOIN archief a ON a.id = i.archief
        LEFT JOIN declaratie d ON d.journaal = u.journaal AND d.gemeente = u.gemeente
            AND d.aanbieder = u.aanbieder
        ORDER BY u.aankomst"]);
    const FINDINGS: Text = text!(["SELECT u.aankomst, b.niveau, b.regel, b.retourcode, b.plaats FROM "]
        [keys "$1"]
        [" "]
        [then]
        [" uitkomst u ON u.aankomst = k.value JOIN bevinding b ON b.journaal = u.journaal
        ORDER BY u.aankomst, b.volgnummer"]);
    let numbers = on.all(numbers, |row| Ok((row.integer()?, row.integer()?))).await?;
    let keys = within(numbers, limit.bytes);
    let query = Query::new(REJECTED, "uitkomst", MESSAGES).with(&keys[..]);
    let mut messages = on.all(query, |row| read_rejected(row)).await?;
    let query = Query::new(REJECTED, "bevinding", FINDINGS).with(&keys[..]);
    let mut found: BTreeMap<i64, Vec<StoredFinding>> = BTreeMap::new();
    for (arrival, finding) in on.all(query, |row| Ok((row.integer()?, read_finding(row)?))).await? {
        found.entry(arrival).or_default().push(finding);
    }
    for message in &mut messages {
        message.findings = found.remove(&message.arrival).unwrap_or_default();
    }
    Ok(messages)
}

fn read_finding(row: &mut impl Row) -> Result<StoredFinding> {
    let corrupt = |_| StoreError::Corrupt("bevinding");
    Ok(StoredFinding {
        level: u8::try_from(row.integer()?).map_err(corrupt)?,
        rule: row.owned()?,
        retourcode: row.owned_or_null()?,
        at: At(u32::try_from(row.integer()?).map_err(corrupt)?),
    })
}

fn read_rejected(row: &mut impl Row) -> Result<RejectedMessage> {
    Ok(RejectedMessage {
        arrival: row.integer()?,
        soort: row.code()?,
        relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
        whole: row.flag()?,
        rejected: Cents(row.integer_or_null()?.unwrap_or_default()),
        release: row.owned()?,
        bytes: row.content()?,
        findings: Vec::new(),
    })
}

/// Sums of every relatie with claims or entries.
pub async fn totals(mut on: impl Engine) -> Result<Vec<RelatieTotals>> {
    const TOTALS: Text = text!(["SELECT gemeente, aanbieder, CAST(sum(ingediend) AS BIGINT),
            CAST(sum(toegekend) AS BIGINT), CAST(sum(geboekt) AS BIGINT), CAST(sum(vastgehouden) AS BIGINT),
            CAST(sum(betaald) AS BIGINT), CAST(sum(geweigerd) AS BIGINT), CAST(sum(overgenomen) AS BIGINT)
        FROM (
            SELECT d.gemeente, d.aanbieder, d.ingediend, d.toegekend, 0 AS geboekt, 0 AS vastgehouden, 0 AS betaald,
                0 AS geweigerd, CASE WHEN j.soort = 'overname' THEN d.toegekend ELSE 0 END AS overgenomen
            FROM declaratie d JOIN journaal j ON j.nummer = d.journaal
            UNION ALL
            SELECT gemeente, aanbieder, 0, 0, bedrag, CASE WHEN "]
        [yes "vastgehouden"]
        [" AND vrijgegeven IS NULL AND "]
        [no "geweigerd"]
        [" THEN bedrag ELSE 0 END, CASE WHEN betaalrun IS NOT NULL THEN bedrag ELSE 0 END, CASE WHEN "]
        [yes "geweigerd"]
        [" THEN bedrag ELSE 0 END, 0 FROM boeking
        ) alles GROUP BY gemeente, aanbieder ORDER BY gemeente, aanbieder"]);
    on.all(Query::new("boekingen lezen", "declaratie", TOTALS), |row| {
        Ok(RelatieTotals {
            relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
            ingediend: Cents(row.integer()?),
            toegekend: Cents(row.integer()?),
            geboekt: Cents(row.integer()?),
            vastgehouden: Cents(row.integer()?),
            betaald: Cents(row.integer()?),
            geweigerd: Cents(row.integer()?),
            overgenomen: Cents(row.integer()?),
        })
    })
    .await
}

/// What came in per release.
pub async fn release_totals(mut on: impl Engine) -> Result<Vec<ReleaseTotals>> {
    const TOTALS: Text = text!(["SELECT release, CAST(sum(CASE WHEN verdict = 'parked' THEN 0 ELSE 1 END) AS BIGINT),
            CAST(sum(CASE WHEN verdict = 'rejected' THEN 1 ELSE 0 END) AS BIGINT),
            CAST(sum(CASE WHEN verdict = 'parked' THEN 1 ELSE 0 END) AS BIGINT),
            CAST(coalesce(sum(CASE WHEN verdict IN ('accepted', 'partial') THEN ingediend END), 0) AS BIGINT),
            CAST(coalesce(sum(CASE WHEN verdict IN ('accepted', 'partial') THEN toegekend END), 0) AS BIGINT)
        FROM uitkomst WHERE release IS NOT NULL GROUP BY release ORDER BY "]
        [by_bytes "release"]);
    on.all(Query::new("uitkomsten lezen", "uitkomst", TOTALS), |row| {
        Ok(ReleaseTotals {
            release: row.owned()?,
            judged: row.integer()?,
            rejected: row.integer()?,
            parked: row.integer()?,
            ingediend: Cents(row.integer()?),
            toegekend: Cents(row.integer()?),
        })
    })
    .await
}

/// Numbers of the lines of claims that came in one of these releases.
pub async fn lines_in(mut on: impl Engine, releases: &[&str]) -> Result<Vec<Range<i64>>> {
    const LINES: Text = text!(["SELECT d.eerste_prestatie, d.eerste_prestatie + d.aantal_prestaties
        FROM declaratie d JOIN journaal j ON j.nummer = d.journaal JOIN uitkomst u ON u.aankomst = j.aankomst
        WHERE u.release "]
        [among "$1"]
        [" ORDER BY 1"]);
    let releases = Value::Texts(releases.iter().map(|release| (*release).to_owned()).collect());
    let query = Query::new("declaraties lezen", "declaratie", LINES).with(releases);
    Ok(joined(on.all(query, |row| Ok(row.integer()?..row.integer()?)).await?))
}

/// What was spent of every budget and ceiling.
pub async fn limit_sums(mut on: impl Engine) -> Result<BTreeMap<Box<str>, Cents>> {
    const SUMS: &str = "SELECT sleutel, bedrag FROM budget_stand";
    let query = Query::new("budgetten lezen", "budget_stand", SUMS);
    Ok(on.all(query, |row| Ok((row.text()?.into(), Cents(row.integer()?)))).await?.into_iter().collect())
}

/// What is promised of each limit, and how many assignments have no amount.
pub async fn limit_promises(mut on: impl Engine) -> Result<BTreeMap<Box<str>, (Cents, i64)>> {
    const PROMISED: &str = "SELECT sleutel, bedrag, onbekend FROM toegezegd";
    let query = Query::new("budgetten lezen", "toegezegd", PROMISED);
    let promised = on.all(query, |row| Ok((row.text()?.into(), (Cents(row.integer()?), row.integer()?))));
    Ok(promised.await?.into_iter().collect())
}

/// Of what is kept, what is held under each, per aanbieder.
pub async fn limit_holds(mut on: impl Engine) -> Result<BTreeMap<(Box<str>, AgbCode), Cents>> {
    const HELD: &str = "SELECT sleutel, aanbieder, bedrag FROM limiet_vast";
    let query = Query::new("limieten lezen", "limiet_vast", HELD);
    let held = on.all(query, |row| Ok(((row.text()?.into(), row.code()?), Cents(row.integer()?))));
    Ok(held.await?.into_iter().collect())
}

/// Claims of which the entries do not come to what they granted.
pub async fn unbalanced_claims(mut on: impl Engine) -> Result<Vec<(AgbCode, String)>> {
    const CLAIMS: &str =
        "SELECT d.aanbieder, d.nummer FROM declaratie d JOIN journaal j ON j.nummer = d.journaal
        LEFT JOIN (SELECT aanbieder, declaratie_nummer, sum(bedrag) AS bedrag FROM boeking GROUP BY 1, 2) b
            ON b.aanbieder = d.aanbieder AND b.declaratie_nummer = d.nummer
        WHERE coalesce(b.bedrag, 0) <> CASE WHEN j.soort = 'overname' THEN 0 ELSE d.toegekend END
        ORDER BY d.id LIMIT 100";
    let query = Query::new("declaraties lezen", "declaratie", CLAIMS);
    on.all(query, |row| Ok((row.code()?, row.owned()?))).await
}

/// Numbers of the lines that were held and stand there now.
pub async fn standing_lines(mut on: impl Engine, status: VasthoudingStatus) -> Result<Vec<Range<i64>>> {
    const LINES: Text = text!(
        ["SELECT p.id FROM vasthouding v "][then]
            [" prestatie p ON p.aanbieder = v.aanbieder AND p.referentie = v.referentie
        WHERE v.status = $1 ORDER BY 1"]
    );
    let query = Query::new("vastgehouden betalingen lezen", "prestatie", LINES).with(status.as_str());
    let lines = on.all(query, |row| {
        let id = row.integer()?;
        Ok(id..id + 1)
    });
    Ok(joined(lines.await?))
}
