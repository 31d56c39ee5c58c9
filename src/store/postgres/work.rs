//! Work items as operators see them.

use super::PgStore;
use super::bulk::{Cursor, failed};
use crate::clock::Moment;
use crate::codes::{Datum, RedenAfwijzingVerzoek, ToewijzingNummer};
use crate::messages::Relatie;
use crate::state::{NewWorkItem, Verzoek, Voorstel, WorkReason};
use crate::store::cells::Fields;
use crate::store::report::moments_of;
use crate::store::rows::read_verzoek;
use crate::store::{Closed, LateHold, StoreError, WorkItem, WorkStatus, WorkStore};
use async_trait::async_trait;
use sqlx::postgres::{PgPool, PgRow};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl WorkStore for PgStore {
    async fn work(&self, open: bool) -> Result<Vec<WorkItem>> {
        self.answers.to(list(&self.reader, open)).await
    }

    async fn work_item(&self, id: i64) -> Result<Option<WorkItem>> {
        self.answers.to(item(&self.reader, id)).await
    }
}

const TABLE: &str = "werk";

/// Work items under a condition, with more columns from more tables; literals of ours.
macro_rules! work_sql {
    ($condition:literal) => {
        work_sql!("", "", $condition)
    };
    ($columns:literal, $tables:literal, $condition:literal) => {
        concat!(
            "SELECT w.id, w.status, w.journaal, w.aankomst, u.release, j.moment, w.reden, w.gemeente, w.aanbieder,
                w.toewijzing, w.vervalt, w.verhaal, w.voorstel, w.voorstel_sleutel, w.voorstel_einddatum,
                w.voorstel_reden, w.gesloten_journaal, w.gesloten_moment, w.wie, w.waarom",
            $columns,
            " FROM werk w JOIN journaal j ON j.nummer = w.journaal LEFT JOIN uitkomst u ON u.aankomst = w.aankomst ",
            $tables,
            " WHERE ",
            $condition,
            " ORDER BY w.id"
        )
    };
}

/// All items, or those that are open.
pub async fn list(reader: &PgPool, open: bool) -> Result<Vec<WorkItem>> {
    let sql = if open { work_sql!("w.status = 'open'") } else { work_sql!("true") };
    let rows = sqlx::query(sql).fetch_all(reader).await.map_err(failed("werkitems lezen"))?;
    rows.iter().map(|row| read_item(&mut Cursor::new(row, TABLE))).collect()
}

/// One item.
pub async fn item(reader: &PgPool, id: i64) -> Result<Option<WorkItem>> {
    let query = sqlx::query(work_sql!("w.id = $1")).bind(id).fetch_optional(reader);
    let row = query.await.map_err(failed("werkitem lezen"))?;
    row.map(|row| read_item(&mut Cursor::new(&row, TABLE))).transpose()
}

/// Open items about requests, with the request, but for those whose term comes after this moment while the request
/// waits for its first answer.
pub async fn about_requests(reader: &PgPool, moment: Moment) -> Result<Vec<(WorkItem, Option<Verzoek>)>> {
    const SQL: &str = work_sql!(
        ", v.aanbieder IS NOT NULL, v.aanbieder, v.referentie, v.gemeente, v.bsn, v.soort, v.journaal, v.dagtekening,
            v.ontvangen, v.status, v.verwijzer",
        "LEFT JOIN verzoek v ON v.aanbieder = w.aanbieder AND v.referentie = w.voorstel_sleutel",
        "w.status = 'open' AND w.voorstel IN ('honoreren', 'afwijzen')
            AND (w.vervalt <= $1 OR v.status IS DISTINCT FROM 'open')"
    );
    let rows = sqlx::query(SQL).bind(moment).fetch_all(reader).await.map_err(failed("werkitems lezen"))?;
    let item = |row: &PgRow| {
        let mut row = Cursor::new(row, TABLE);
        let item = read_item(&mut row)?;
        Ok((item, if row.flag()? { Some(read_verzoek(&mut row)?) } else { None }))
    };
    rows.iter().map(item).collect()
}

/// Open items about held JW301s whose last day comes before this one, with when the gemeente was last told that it waits.
pub async fn late_holds(reader: &PgPool, day: Datum) -> Result<Vec<LateHold>> {
    const SQL: &str = work_sql!(
        ", (SELECT max(m.moment) FROM kennisgeving k JOIN journaal m ON m.nummer = k.journaal
            WHERE m.aankomst = w.aankomst AND m.soort = 'termijn')",
        "",
        "w.status = 'open' AND w.voorstel = 'doorsturen' AND w.vervalt < $1"
    );
    let [first, _] = moments_of(day);
    let rows = sqlx::query(SQL).bind(first).fetch_all(reader).await.map_err(failed("werkitems lezen"))?;
    let late = |row: &PgRow| {
        let mut row = Cursor::new(row, TABLE);
        Ok(LateHold { item: read_item(&mut row)?, told: row.moment_or_null()? })
    };
    rows.iter().map(late).collect()
}

fn read_item(row: &mut Cursor<'_>) -> Result<WorkItem> {
    let (id, status) = (row.integer()?, row.parse(WorkStatus::parse)?);
    let (journal, arrival) = (row.integer()?, row.integer_or_null()?);
    let (release, made) = (row.text_or_null()?.map(str::to_owned), row.moment()?);
    let reason = row.parse(WorkReason::parse)?;
    let relatie = Relatie { gemeente: row.code()?, aanbieder: row.code()? };
    let toewijzing = row.integer_or_null()?.map(u32::try_from).transpose().map_err(|_| row.corrupt())?;
    let item = NewWorkItem {
        reason,
        relatie,
        toewijzing: toewijzing.map(ToewijzingNummer),
        due: row.term_or_null()?,
        story: row.owned()?,
        voorstel: read_voorstel(row)?,
    };
    let (journal_of_closing, moment) = (row.integer_or_null()?, row.moment_or_null()?);
    let (who, why) = (row.text_or_null()?.map(str::to_owned), row.text_or_null()?.map(str::to_owned));
    let closed = match (journal_of_closing, moment, who, why) {
        (None, ..) => None,
        (Some(journal), Some(moment), Some(who), Some(why)) => Some(Closed { journal, moment, who, why }),
        _ => return Err(row.corrupt()),
    };
    Ok(WorkItem { id, item, status, journal, arrival, made, release, closed })
}

fn read_voorstel(row: &mut Cursor<'_>) -> Result<Voorstel> {
    let corrupt = || StoreError::Corrupt("werk");
    let label = row.owned()?;
    let key = row.text_or_null()?.map(Box::<str>::from);
    let (einddatum, reden) = (row.date_or_null()?, row.text_or_null()?.map(str::to_owned));
    let key = || key.clone().ok_or_else(corrupt);
    Ok(match label.as_str() {
        "kennisnemen" => Voorstel::Kennisnemen,
        "doorsturen" => Voorstel::Doorsturen,
        "honoreren" => Voorstel::Honoreren { referentie: key()?, einddatum },
        "afwijzen" => {
            let reden = reden.ok_or_else(corrupt)?;
            let reden = RedenAfwijzingVerzoek::parse(&reden).map_err(|_| corrupt())?;
            Voorstel::Afwijzen { referentie: key()?, reden }
        }
        "herinneren" => Voorstel::Herinneren { kenmerk: key()? },
        "vrijgeven" => Voorstel::Vrijgeven { declaratie_nummer: key()? },
        _ => return Err(corrupt()),
    })
}
