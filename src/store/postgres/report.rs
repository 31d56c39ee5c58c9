//! Reads what reports look at.

use super::PgStore;
use super::archive::content;
use super::bulk::{Cursor, failed, instant};
use super::{facts, facts_money, terms, work};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::schema::At;
use crate::state::{GeboektePrestatie, Toewijzing, VasthoudingStatus, Verzoek};
use crate::store::cells::Fields;
use crate::store::convert::toewijzing_key;
use crate::store::report::{moments_of, strange_codes};
use crate::store::{
    GemeldeLevering, LateHold, OpenVerzoek, RejectedMessage, RelatieTotals, ReleaseTotals, ReportStore,
    StoreError, StoredFinding, TakeLimit, Unanswered, Unreturned, WorkItem, joined, within,
};
use async_trait::async_trait;
use sqlx::Row;
use sqlx::postgres::{PgPool, PgRow};
use std::collections::BTreeMap;
use std::ops::Range;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl ReportStore for PgStore {
    async fn rejected(&self, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
        self.answers.to(rejected(&self.reader, after, limit)).await
    }

    async fn strange(&self, day: Datum, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
        self.answers.to(strange(&self.reader, day, after, limit)).await
    }

    async fn is_reminded(&self, aanbieder: AgbCode, kenmerk: &str) -> Result<bool> {
        self.answers.to(terms::is_reminded(&self.reader, aanbieder, kenmerk)).await
    }

    async fn totals(&self) -> Result<Vec<RelatieTotals>> {
        self.answers.to(totals(&self.reader)).await
    }

    async fn release_totals(&self) -> Result<Vec<ReleaseTotals>> {
        self.answers.to(release_totals(&self.reader)).await
    }

    async fn lines_in(&self, releases: &[&str]) -> Result<Vec<Range<i64>>> {
        self.answers.to(lines_in(&self.reader, releases)).await
    }

    async fn lines(&self, after: i64, count: usize) -> Result<Vec<(i64, GeboektePrestatie)>> {
        let mut connection = self.reader.acquire().await.map_err(failed("prestaties lezen"))?;
        facts_money::lines_after(&mut connection, after, as_limit(count)).await
    }

    async fn limit_holds(&self) -> Result<BTreeMap<(Box<str>, AgbCode), Cents>> {
        self.answers.to(limit_holds(&self.reader)).await
    }

    async fn unbalanced_claims(&self) -> Result<Vec<(AgbCode, String)>> {
        self.answers.to(unbalanced_claims(&self.reader)).await
    }

    async fn standing_lines(&self, status: VasthoudingStatus) -> Result<Vec<Range<i64>>> {
        self.answers.to(standing_lines(&self.reader, status)).await
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
        self.answers.to(terms::open_requests(&self.reader)).await
    }

    async fn late_holds(&self, day: Datum) -> Result<Vec<LateHold>> {
        self.answers.to(work::late_holds(&self.reader, day)).await
    }

    async fn request_work(&self, moment: Moment) -> Result<Vec<(WorkItem, Option<Verzoek>)>> {
        self.answers.to(work::about_requests(&self.reader, moment)).await
    }

    async fn unanswered(&self) -> Result<Vec<Unanswered>> {
        self.answers.to(terms::unanswered(&self.reader)).await
    }

    async fn unreturned(&self) -> Result<Vec<Unreturned>> {
        self.answers.to(terms::unreturned(&self.reader)).await
    }

    async fn deliveries(&self) -> Result<Vec<GemeldeLevering>> {
        self.answers.to(terms::deliveries(&self.reader)).await
    }

    async fn journal_days(&self, journals: &[i64]) -> Result<BTreeMap<i64, Datum>> {
        self.answers.to(terms::journal_days(&self.reader, journals)).await
    }
}

fn as_limit(count: usize) -> i64 {
    i64::try_from(count.max(1)).unwrap_or(i64::MAX)
}

async fn rejected(reader: &PgPool, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
    const NUMBERS: &str =
        "SELECT u.aankomst, i.lengte FROM uitkomst u JOIN inkomend i ON i.aankomst = u.aankomst
        WHERE u.aankomst > $1 AND u.verdict IN ('rejected', 'partial') ORDER BY u.aankomst LIMIT $2";
    let query = sqlx::query_as(NUMBERS).bind(after).bind(as_limit(limit.messages));
    let numbers = query.fetch_all(reader).await.map_err(failed("afkeuringen lezen"))?;
    rejected_by(reader, numbers, limit).await
}

/// The day is a part of the journal, which has an index by moment.
async fn strange(reader: &PgPool, day: Datum, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
    const NUMBERS: &str = concat!(
        "SELECT u.aankomst, i.lengte FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst
            AND u.journaal = j.nummer
        JOIN inkomend i ON i.aankomst = u.aankomst
        WHERE j.moment >= $1 AND j.moment < $2 AND u.aankomst > $3 AND u.verdict IN ('rejected', 'partial')
        AND EXISTS (SELECT 1 FROM bevinding b WHERE b.journaal = u.journaal AND b.retourcode IN ",
        strange_codes!(),
        ") ORDER BY u.aankomst LIMIT $4"
    );
    let [from, to] = moments_of(day).map(instant);
    let query = sqlx::query_as(NUMBERS).bind(from).bind(to).bind(after).bind(as_limit(limit.messages));
    let numbers = query.fetch_all(reader).await.map_err(failed("afkeuringen lezen"))?;
    rejected_by(reader, numbers, limit).await
}

/// Messages with these arrival numbers and lengths, as many as the limit allows.
async fn rejected_by(
    reader: &PgPool,
    numbers: Vec<(i64, i64)>,
    limit: TakeLimit,
) -> Result<Vec<RejectedMessage>> {
    const MESSAGES: &str =
        "SELECT u.aankomst, u.soort, u.gemeente, u.aanbieder, u.verdict = 'rejected', d.ingediend - d.toegekend,
            coalesce(u.release, ''), a.lengte, a.inhoud
        FROM UNNEST($1::bigint[]) k (aankomst) JOIN uitkomst u ON u.aankomst = k.aankomst
        JOIN inkomend i ON i.aankomst = u.aankomst JOIN archief a ON a.id = i.archief
        LEFT JOIN declaratie d ON d.journaal = u.journaal AND d.gemeente = u.gemeente
            AND d.aanbieder = u.aanbieder
        ORDER BY u.aankomst";
    const FINDINGS: &str = "SELECT u.aankomst, b.niveau, b.regel, b.retourcode, b.plaats
        FROM UNNEST($1::bigint[]) k (aankomst) JOIN uitkomst u ON u.aankomst = k.aankomst
        JOIN bevinding b ON b.journaal = u.journaal ORDER BY u.aankomst, b.volgnummer";
    let doing = failed("afkeuringen lezen");
    let keys = within(numbers, limit.bytes);
    let messages = sqlx::query(MESSAGES).bind(&keys).fetch_all(reader).await.map_err(&doing)?;
    let findings = sqlx::query(FINDINGS).bind(&keys).fetch_all(reader).await.map_err(&doing)?;
    let mut found: BTreeMap<i64, Vec<StoredFinding>> = BTreeMap::new();
    for row in &findings {
        let mut row = Cursor::new(row, "bevinding");
        found.entry(row.integer()?).or_default().push(read_finding(&mut row)?);
    }
    messages.iter().map(|row| read_rejected(row, &mut found)).collect()
}

fn read_finding(row: &mut Cursor<'_>) -> Result<StoredFinding> {
    let corrupt = |_| StoreError::Corrupt("bevinding");
    Ok(StoredFinding {
        level: u8::try_from(row.integer()?).map_err(corrupt)?,
        rule: row.owned()?,
        retourcode: row.text_or_null()?.map(str::to_owned),
        at: At(u32::try_from(row.integer()?).map_err(corrupt)?),
    })
}

fn read_rejected(row: &PgRow, found: &mut BTreeMap<i64, Vec<StoredFinding>>) -> Result<RejectedMessage> {
    let mut row = Cursor::new(row, "uitkomst");
    let arrival = row.integer()?;
    Ok(RejectedMessage {
        arrival,
        soort: row.code()?,
        relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
        whole: row.flag()?,
        rejected: Cents(row.integer_or_null()?.unwrap_or_default()),
        release: row.owned()?,
        bytes: content(&mut row)?,
        findings: found.remove(&arrival).unwrap_or_default(),
    })
}

async fn totals(reader: &PgPool) -> Result<Vec<RelatieTotals>> {
    const SQL: &str = "SELECT gemeente, aanbieder, sum(ingediend)::bigint, sum(toegekend)::bigint,
            sum(geboekt)::bigint, sum(vastgehouden)::bigint, sum(betaald)::bigint, sum(geweigerd)::bigint,
            sum(overgenomen)::bigint
        FROM (
            SELECT d.gemeente, d.aanbieder, d.ingediend, d.toegekend, 0 AS geboekt, 0 AS vastgehouden, 0 AS betaald,
                0 AS geweigerd, CASE WHEN j.soort = 'overname' THEN d.toegekend ELSE 0 END AS overgenomen
            FROM declaratie d JOIN journaal j ON j.nummer = d.journaal
            UNION ALL
            SELECT gemeente, aanbieder, 0, 0, bedrag,
                CASE WHEN vastgehouden AND vrijgegeven IS NULL AND NOT geweigerd THEN bedrag ELSE 0 END,
                CASE WHEN betaalrun IS NOT NULL THEN bedrag ELSE 0 END, CASE WHEN geweigerd THEN bedrag ELSE 0 END,
                0
            FROM boeking
        ) alles GROUP BY gemeente, aanbieder ORDER BY gemeente, aanbieder";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("boekingen lezen"))?;
    let read = |row: &PgRow| {
        let mut row = Cursor::new(row, "declaratie");
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
    };
    rows.iter().map(read).collect()
}

async fn release_totals(reader: &PgPool) -> Result<Vec<ReleaseTotals>> {
    const SQL: &str = "SELECT release, sum(CASE WHEN verdict = 'parked' THEN 0 ELSE 1 END)::bigint,
            sum(CASE WHEN verdict = 'rejected' THEN 1 ELSE 0 END)::bigint,
            sum(CASE WHEN verdict = 'parked' THEN 1 ELSE 0 END)::bigint,
            coalesce(sum(CASE WHEN verdict IN ('accepted', 'partial') THEN ingediend END), 0)::bigint,
            coalesce(sum(CASE WHEN verdict IN ('accepted', 'partial') THEN toegekend END), 0)::bigint
        FROM uitkomst WHERE release IS NOT NULL GROUP BY release ORDER BY release COLLATE \"C\"";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("uitkomsten lezen"))?;
    let read = |row: &PgRow| {
        let mut row = Cursor::new(row, "uitkomst");
        Ok(ReleaseTotals {
            release: row.owned()?,
            judged: row.integer()?,
            rejected: row.integer()?,
            parked: row.integer()?,
            ingediend: Cents(row.integer()?),
            toegekend: Cents(row.integer()?),
        })
    };
    rows.iter().map(read).collect()
}

async fn lines_in(reader: &PgPool, releases: &[&str]) -> Result<Vec<Range<i64>>> {
    const SQL: &str = "SELECT d.eerste_prestatie, d.eerste_prestatie + d.aantal_prestaties
        FROM declaratie d JOIN journaal j ON j.nummer = d.journaal JOIN uitkomst u ON u.aankomst = j.aankomst
        WHERE u.release = ANY($1) ORDER BY 1";
    let rows =
        sqlx::query(SQL).bind(releases).fetch_all(reader).await.map_err(failed("declaraties lezen"))?;
    let range = |row: &PgRow| {
        let mut row = Cursor::new(row, "declaratie");
        Ok(row.integer()?..row.integer()?)
    };
    Ok(joined(rows.iter().map(range).collect::<Result<Vec<_>>>()?))
}

async fn limit_holds(reader: &PgPool) -> Result<BTreeMap<(Box<str>, AgbCode), Cents>> {
    const SQL: &str = "SELECT sleutel, aanbieder, bedrag FROM limiet_vast";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("limieten lezen"))?;
    let held = |row: &PgRow| {
        let mut row = Cursor::new(row, "limiet_vast");
        Ok(((row.text()?.into(), row.code()?), Cents(row.integer()?)))
    };
    rows.iter().map(held).collect()
}

async fn unbalanced_claims(reader: &PgPool) -> Result<Vec<(AgbCode, String)>> {
    const SQL: &str =
        "SELECT d.aanbieder, d.nummer FROM declaratie d JOIN journaal j ON j.nummer = d.journaal
        LEFT JOIN (SELECT aanbieder, declaratie_nummer, sum(bedrag) AS bedrag FROM boeking GROUP BY 1, 2) b
            ON b.aanbieder = d.aanbieder AND b.declaratie_nummer = d.nummer
        WHERE coalesce(b.bedrag, 0) <> CASE WHEN j.soort = 'overname' THEN 0 ELSE d.toegekend END
        ORDER BY d.id LIMIT 100";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("declaraties lezen"))?;
    let claim = |row: &PgRow| {
        let mut row = Cursor::new(row, "declaratie");
        Ok((row.code()?, row.owned()?))
    };
    rows.iter().map(claim).collect()
}

async fn standing_lines(reader: &PgPool, status: VasthoudingStatus) -> Result<Vec<Range<i64>>> {
    const SQL: &str = "SELECT p.id FROM vasthouding v
        JOIN prestatie p ON p.aanbieder = v.aanbieder AND p.referentie = v.referentie
        WHERE v.status = $1 ORDER BY 1";
    let rows = sqlx::query_scalar(SQL).bind(status.as_str()).fetch_all(reader).await;
    let rows: Vec<i64> = rows.map_err(failed("vastgehouden betalingen lezen"))?;
    Ok(joined(rows.into_iter().map(|id| id..id + 1)))
}
