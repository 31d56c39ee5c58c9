//! Reads what reports look at.

use super::SqliteStore;
use super::archive::content;
use super::bulk::{Keys, failed};
use super::{facts, facts_money, terms, work};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::schema::At;
use crate::state::{GeboektePrestatie, Toewijzing, VasthoudingStatus, Verzoek};
use crate::store::convert::{Coded, read, toewijzing_key};
use crate::store::report::{moments_of, strange_codes};
use crate::store::{
    GemeldeLevering, LateHold, OpenVerzoek, RejectedMessage, RelatieTotals, ReleaseTotals, ReportStore,
    StoreError, StoredFinding, TakeLimit, Unanswered, Unreturned, WorkItem, joined, within,
};
use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use std::collections::BTreeMap;
use std::ops::Range;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl ReportStore for SqliteStore {
    async fn rejected(&self, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
        rejected(&self.reader, after, limit).await
    }

    async fn strange(&self, day: Datum, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
        strange(&self.reader, day, after, limit).await
    }

    async fn is_reminded(&self, aanbieder: AgbCode, kenmerk: &str) -> Result<bool> {
        terms::is_reminded(&self.reader, aanbieder, kenmerk).await
    }

    async fn totals(&self) -> Result<Vec<RelatieTotals>> {
        totals(&self.reader).await
    }

    async fn release_totals(&self) -> Result<Vec<ReleaseTotals>> {
        release_totals(&self.reader).await
    }

    async fn lines_in(&self, releases: &[&str]) -> Result<Vec<Range<i64>>> {
        lines_in(&self.reader, releases).await
    }

    async fn lines(&self, after: i64, count: usize) -> Result<Vec<(i64, GeboektePrestatie)>> {
        let mut connection = self.reader.acquire().await.map_err(failed("prestaties lezen"))?;
        facts_money::lines_after(&mut connection, after, as_limit(count)).await
    }

    async fn limit_holds(&self) -> Result<BTreeMap<(Box<str>, AgbCode), Cents>> {
        const SQL: &str = "SELECT sleutel, aanbieder, bedrag FROM limiet_vast";
        let rows = sqlx::query(SQL).fetch_all(&self.reader).await.map_err(failed("limieten lezen"))?;
        let held = |row: &SqliteRow| {
            Ok(((row.get::<&str, _>(0).into(), read(row.get(1), "limiet_vast")?), Cents(row.get(2))))
        };
        rows.iter().map(held).collect()
    }

    async fn unbalanced_claims(&self) -> Result<Vec<(AgbCode, String)>> {
        const SQL: &str = "SELECT d.aanbieder, d.nummer FROM declaratie d JOIN journaal j ON j.nummer = d.journaal
            LEFT JOIN (SELECT aanbieder, declaratie_nummer, sum(bedrag) AS bedrag FROM boeking GROUP BY 1, 2) b
                ON b.aanbieder = d.aanbieder AND b.declaratie_nummer = d.nummer
            WHERE ifnull(b.bedrag, 0) <> iif(j.soort = 'overname', 0, d.toegekend) ORDER BY d.id LIMIT 100";
        let rows = sqlx::query(SQL).fetch_all(&self.reader).await.map_err(failed("declaraties lezen"))?;
        rows.iter().map(|row| Ok((read(row.get(0), "declaratie")?, row.get(1)))).collect()
    }

    async fn standing_lines(&self, status: VasthoudingStatus) -> Result<Vec<Range<i64>>> {
        standing_lines(&self.reader, status).await
    }

    async fn assignments(
        &self,
        after: Option<(GemeenteCode, ToewijzingNummer)>,
        count: usize,
    ) -> Result<Vec<Toewijzing>> {
        let after = after.map_or(-1, |(gemeente, nummer)| toewijzing_key(gemeente, nummer));
        let mut connection = self.reader.acquire().await.map_err(failed("toewijzingen lezen"))?;
        facts::toewijzingen_na(&mut connection, after, as_limit(count)).await
    }

    async fn limit_sums(&self) -> Result<BTreeMap<Box<str>, Cents>> {
        const SQL: &str = "SELECT sleutel, bedrag FROM budget_stand ORDER BY sleutel";
        let rows = sqlx::query(SQL).fetch_all(&self.reader).await.map_err(failed("budgetten lezen"))?;
        Ok(rows.iter().map(|row| (row.get::<&str, _>(0).into(), Cents(row.get(1)))).collect())
    }

    async fn open_requests(&self) -> Result<Vec<OpenVerzoek>> {
        terms::open_requests(&self.reader).await
    }

    async fn late_holds(&self, day: Datum) -> Result<Vec<LateHold>> {
        work::late_holds(&self.reader, day).await
    }

    async fn request_work(&self, moment: Moment) -> Result<Vec<(WorkItem, Option<Verzoek>)>> {
        work::about_requests(&self.reader, moment).await
    }

    async fn unanswered(&self) -> Result<Vec<Unanswered>> {
        terms::unanswered(&self.reader).await
    }

    async fn unreturned(&self) -> Result<Vec<Unreturned>> {
        terms::unreturned(&self.reader).await
    }

    async fn deliveries(&self) -> Result<Vec<GemeldeLevering>> {
        terms::deliveries(&self.reader).await
    }

    async fn journal_days(&self, journals: &[i64]) -> Result<BTreeMap<i64, Datum>> {
        terms::journal_days(&self.reader, journals).await
    }
}

fn as_limit(count: usize) -> i64 {
    i64::try_from(count.max(1)).unwrap_or(i64::MAX)
}

async fn rejected(reader: &SqlitePool, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
    const NUMBERS: &str =
        "SELECT u.aankomst, i.lengte FROM uitkomst u JOIN inkomend i ON i.aankomst = u.aankomst
        WHERE u.aankomst > ? AND u.verdict IN ('rejected', 'partial') ORDER BY u.aankomst LIMIT ?";
    let query = sqlx::query_as(NUMBERS).bind(after).bind(as_limit(limit.messages));
    let numbers = query.fetch_all(reader).await.map_err(failed("afkeuringen lezen"))?;
    rejected_by(reader, numbers, limit).await
}

/// The day is a part of the journal, which has an index by moment.
async fn strange(
    reader: &SqlitePool,
    day: Datum,
    after: i64,
    limit: TakeLimit,
) -> Result<Vec<RejectedMessage>> {
    const NUMBERS: &str = concat!(
        "SELECT u.aankomst, i.lengte FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst
            AND u.journaal = j.nummer
        JOIN inkomend i ON i.aankomst = u.aankomst
        WHERE j.moment >= ? AND j.moment < ? AND u.aankomst > ? AND u.verdict IN ('rejected', 'partial')
        AND EXISTS (SELECT 1 FROM bevinding b WHERE b.journaal = u.journaal AND b.retourcode IN ",
        strange_codes!(),
        ") ORDER BY u.aankomst LIMIT ?"
    );
    let [from, to] = moments_of(day).map(Coded::to_integer);
    let query = sqlx::query_as(NUMBERS).bind(from).bind(to).bind(after).bind(as_limit(limit.messages));
    let numbers = query.fetch_all(reader).await.map_err(failed("afkeuringen lezen"))?;
    rejected_by(reader, numbers, limit).await
}

/// Messages with these arrival numbers and lengths, as many as the limit allows.
async fn rejected_by(
    reader: &SqlitePool,
    numbers: Vec<(i64, i64)>,
    limit: TakeLimit,
) -> Result<Vec<RejectedMessage>> {
    const MESSAGES: &str =
        "SELECT u.aankomst, u.soort, u.gemeente, u.aanbieder, u.verdict = 'rejected', d.ingediend - d.toegekend,
            a.lengte, a.inhoud, ifnull(u.release, '')
        FROM json_each(?) k CROSS JOIN uitkomst u ON u.aankomst = k.value
        JOIN inkomend i ON i.aankomst = u.aankomst JOIN archief a ON a.id = i.archief
        LEFT JOIN declaratie d ON d.journaal = u.journaal AND d.gemeente = u.gemeente
            AND d.aanbieder = u.aanbieder
        ORDER BY u.aankomst";
    const FINDINGS: &str = "SELECT u.aankomst, b.niveau, b.regel, b.retourcode, b.plaats
        FROM json_each(?) k CROSS JOIN uitkomst u ON u.aankomst = k.value
        JOIN bevinding b ON b.journaal = u.journaal ORDER BY u.aankomst, b.volgnummer";
    let doing = failed("afkeuringen lezen");
    let keys = Keys::integers(within(numbers, limit.bytes));
    let messages = sqlx::query(MESSAGES).bind(keys.clone()).fetch_all(reader).await.map_err(&doing)?;
    let findings = sqlx::query(FINDINGS).bind(keys).fetch_all(reader).await.map_err(&doing)?;
    let mut found: BTreeMap<i64, Vec<StoredFinding>> = BTreeMap::new();
    for row in &findings {
        found.entry(row.get(0)).or_default().push(read_finding(row)?);
    }
    messages.iter().map(|row| read_rejected(row, found.remove(&row.get(0)).unwrap_or_default())).collect()
}

fn read_finding(row: &SqliteRow) -> Result<StoredFinding> {
    let corrupt = |_| StoreError::Corrupt("bevinding");
    Ok(StoredFinding {
        level: u8::try_from(row.get::<i64, _>(1)).map_err(corrupt)?,
        rule: row.get(2),
        retourcode: row.get(3),
        at: At(u32::try_from(row.get::<i64, _>(4)).map_err(corrupt)?),
    })
}

fn read_rejected(row: &SqliteRow, findings: Vec<StoredFinding>) -> Result<RejectedMessage> {
    Ok(RejectedMessage {
        arrival: row.get(0),
        soort: read(row.get(1), "uitkomst")?,
        relatie: Relatie {
            gemeente: read(row.get(2), "uitkomst")?,
            aanbieder: read(row.get(3), "uitkomst")?,
        },
        whole: row.get::<i64, _>(4) == 1,
        rejected: Cents(row.get::<Option<i64>, _>(5).unwrap_or_default()),
        bytes: content(row, 6)?,
        release: row.get(8),
        findings,
    })
}

async fn totals(reader: &SqlitePool) -> Result<Vec<RelatieTotals>> {
    const SQL: &str = "SELECT gemeente, aanbieder, sum(ingediend), sum(toegekend), sum(geboekt),
            sum(vastgehouden), sum(betaald), sum(geweigerd),
            sum(overgenomen)
        FROM (
            SELECT d.gemeente, d.aanbieder, d.ingediend, d.toegekend, 0 AS geboekt, 0 AS vastgehouden, 0 AS betaald,
                0 AS geweigerd, CASE WHEN j.soort = 'overname' THEN d.toegekend ELSE 0 END AS overgenomen
            FROM declaratie d JOIN journaal j ON j.nummer = d.journaal
            UNION ALL
            SELECT gemeente, aanbieder, 0, 0, bedrag,
                CASE WHEN vastgehouden = 1 AND vrijgegeven IS NULL AND geweigerd = 0 THEN bedrag ELSE 0 END,
                CASE WHEN betaalrun IS NOT NULL THEN bedrag ELSE 0 END, CASE WHEN geweigerd = 1 THEN bedrag ELSE 0 END,
                0
            FROM boeking
        ) alles GROUP BY gemeente, aanbieder ORDER BY gemeente, aanbieder";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("boekingen lezen"))?;
    rows.iter()
        .map(|row| {
            let cents = |at: usize| Cents(row.get(at));
            Ok(RelatieTotals {
                relatie: Relatie {
                    gemeente: read(row.get(0), "declaratie")?,
                    aanbieder: read(row.get(1), "declaratie")?,
                },
                ingediend: cents(2),
                toegekend: cents(3),
                geboekt: cents(4),
                vastgehouden: cents(5),
                betaald: cents(6),
                geweigerd: cents(7),
                overgenomen: cents(8),
            })
        })
        .collect()
}

async fn release_totals(reader: &SqlitePool) -> Result<Vec<ReleaseTotals>> {
    const SQL: &str = "SELECT release, sum(CASE WHEN verdict = 'parked' THEN 0 ELSE 1 END),
            sum(CASE WHEN verdict = 'rejected' THEN 1 ELSE 0 END),
            sum(CASE WHEN verdict = 'parked' THEN 1 ELSE 0 END),
            coalesce(sum(CASE WHEN verdict IN ('accepted', 'partial') THEN ingediend END), 0),
            coalesce(sum(CASE WHEN verdict IN ('accepted', 'partial') THEN toegekend END), 0)
        FROM uitkomst WHERE release IS NOT NULL GROUP BY release ORDER BY release";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("uitkomsten lezen"))?;
    let totals = rows.iter().map(|row| ReleaseTotals {
        release: row.get(0),
        judged: row.get(1),
        rejected: row.get(2),
        parked: row.get(3),
        ingediend: Cents(row.get(4)),
        toegekend: Cents(row.get(5)),
    });
    Ok(totals.collect())
}

async fn lines_in(reader: &SqlitePool, releases: &[&str]) -> Result<Vec<Range<i64>>> {
    const SQL: &str = "SELECT d.eerste_prestatie, d.eerste_prestatie + d.aantal_prestaties
        FROM declaratie d JOIN journaal j ON j.nummer = d.journaal JOIN uitkomst u ON u.aankomst = j.aankomst
        WHERE u.release IN (SELECT value FROM json_each(?)) ORDER BY 1";
    let query = sqlx::query(SQL).bind(Keys::texts(releases.iter().copied())).fetch_all(reader);
    let rows = query.await.map_err(failed("declaraties lezen"))?;
    Ok(joined(rows.iter().map(|row| row.get(0)..row.get(1))))
}

async fn standing_lines(reader: &SqlitePool, status: VasthoudingStatus) -> Result<Vec<Range<i64>>> {
    const SQL: &str = "SELECT p.id FROM vasthouding v
        CROSS JOIN prestatie p ON p.aanbieder = v.aanbieder AND p.referentie = v.referentie
        WHERE v.status = ? ORDER BY 1";
    let rows = sqlx::query_scalar(SQL).bind(status.as_str()).fetch_all(reader).await;
    let rows: Vec<i64> = rows.map_err(failed("vastgehouden betalingen lezen"))?;
    Ok(joined(rows.into_iter().map(|id| id..id + 1)))
}
