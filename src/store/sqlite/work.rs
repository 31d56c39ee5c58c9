//! Work items as operators see them.

use super::SqliteStore;
use super::bulk::failed;
use super::terms::read_verzoek;
use crate::clock::Moment;
use crate::codes::{Datum, RedenAfwijzingVerzoek, ToewijzingNummer};
use crate::messages::Relatie;
use crate::state::{NewWorkItem, Verzoek, Voorstel, WorkReason};
use crate::store::convert::{Coded, read, read_option};
use crate::store::report::moments_of;
use crate::store::{Closed, LateHold, StoreError, WorkItem, WorkStatus, WorkStore};
use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl WorkStore for SqliteStore {
    async fn work(&self, open: bool) -> Result<Vec<WorkItem>> {
        list(&self.reader, open).await
    }

    async fn work_item(&self, id: i64) -> Result<Option<WorkItem>> {
        item(&self.reader, id).await
    }
}

/// Work items under a condition, with more columns from more tables; literals of ours.
macro_rules! work_sql {
    ($condition:literal) => {
        work_sql!("", "", $condition)
    };
    ($columns:literal, $tables:literal, $condition:literal) => {
        concat!(
            "SELECT w.id, w.status, w.journaal, w.aankomst, j.moment, w.reden, w.gemeente, w.aanbieder,
                w.toewijzing, w.vervalt, w.verhaal, w.voorstel, w.voorstel_sleutel, w.voorstel_einddatum,
                w.voorstel_reden, w.gesloten_journaal, w.gesloten_moment, w.wie, w.waarom, u.release",
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
pub async fn list(reader: &SqlitePool, open: bool) -> Result<Vec<WorkItem>> {
    let sql = if open { work_sql!("w.status = 'open'") } else { work_sql!("true") };
    let rows = sqlx::query(sql).fetch_all(reader).await.map_err(failed("werkitems lezen"))?;
    rows.iter().map(read_item).collect()
}

/// One item.
pub async fn item(reader: &SqlitePool, id: i64) -> Result<Option<WorkItem>> {
    let query = sqlx::query(work_sql!("w.id = ?")).bind(id).fetch_optional(reader);
    query.await.map_err(failed("werkitem lezen"))?.as_ref().map(read_item).transpose()
}

/// Open items about requests, with the request, but for those whose term comes after this moment while the request
/// waits for its first answer.
pub async fn about_requests(reader: &SqlitePool, moment: Moment) -> Result<Vec<(WorkItem, Option<Verzoek>)>> {
    const SQL: &str = work_sql!(
        ", v.aanbieder, v.referentie, v.gemeente, v.bsn, v.soort, v.journaal, v.dagtekening, v.ontvangen, v.status,
            v.verwijzer",
        "LEFT JOIN verzoek v ON v.aanbieder = w.aanbieder AND v.referentie = w.voorstel_sleutel",
        "w.status = 'open' AND w.voorstel IN ('honoreren', 'afwijzen')
            AND (w.vervalt <= ? OR v.status IS NOT 'open')"
    );
    /// The columns of the item come first.
    const VERZOEK: usize = 20;
    let rows = sqlx::query(SQL).bind(moment.to_integer()).fetch_all(reader).await;
    let item = |row: &SqliteRow| {
        let known: Option<i64> = row.get(VERZOEK);
        Ok((read_item(row)?, known.map(|_| read_verzoek(row, VERZOEK)).transpose()?))
    };
    rows.map_err(failed("werkitems lezen"))?.iter().map(item).collect()
}

/// Open items about held JW301s whose last day comes before this one, with when the gemeente was last told that it waits.
pub async fn late_holds(reader: &SqlitePool, day: Datum) -> Result<Vec<LateHold>> {
    const SQL: &str = work_sql!(
        ", (SELECT max(m.moment) FROM kennisgeving k JOIN journaal m ON m.nummer = k.journaal
            WHERE m.aankomst = w.aankomst AND m.soort = 'termijn')",
        "",
        "w.status = 'open' AND w.voorstel = 'doorsturen' AND w.vervalt < ?"
    );
    let [first, _] = moments_of(day);
    let rows = sqlx::query(SQL).bind(first.to_integer()).fetch_all(reader).await;
    let late =
        |row: &SqliteRow| Ok(LateHold { item: read_item(row)?, told: read_option(row.get(20), "journaal")? });
    rows.map_err(failed("werkitems lezen"))?.iter().map(late).collect()
}

fn read_item(row: &SqliteRow) -> Result<WorkItem> {
    let corrupt = || StoreError::Corrupt("werk");
    let relatie = Relatie { gemeente: read(row.get(6), "werk")?, aanbieder: read(row.get(7), "werk")? };
    let toewijzing: Option<i64> = row.get(8);
    let toewijzing = toewijzing.map(u32::try_from).transpose().map_err(|_| corrupt())?;
    let closed = match row.get::<Option<i64>, _>(15) {
        Some(journal) => {
            Some(Closed { journal, moment: read(row.get(16), "werk")?, who: row.get(17), why: row.get(18) })
        }
        None => None,
    };
    Ok(WorkItem {
        id: row.get(0),
        item: NewWorkItem {
            reason: WorkReason::parse(row.get(5)).map_err(|_| corrupt())?,
            relatie,
            toewijzing: toewijzing.map(ToewijzingNummer),
            due: read_option(row.get(9), "werk")?,
            story: row.get(10),
            voorstel: read_voorstel(row)?,
        },
        status: WorkStatus::parse(row.get(1)).map_err(|_| corrupt())?,
        journal: row.get(2),
        arrival: row.get(3),
        made: read(row.get(4), "journaal")?,
        release: row.get(19),
        closed,
    })
}

fn read_voorstel(row: &SqliteRow) -> Result<Voorstel> {
    let corrupt = || StoreError::Corrupt("werk");
    let key = || row.get::<Option<&str>, _>(12).map(Box::from).ok_or_else(corrupt);
    Ok(match row.get(11) {
        "kennisnemen" => Voorstel::Kennisnemen,
        "doorsturen" => Voorstel::Doorsturen,
        "honoreren" => {
            Voorstel::Honoreren { referentie: key()?, einddatum: read_option(row.get(13), "werk")? }
        }
        "afwijzen" => {
            let reden = row.get::<Option<&str>, _>(14).ok_or_else(corrupt)?;
            let reden = RedenAfwijzingVerzoek::parse(reden).map_err(|_| corrupt())?;
            Voorstel::Afwijzen { referentie: key()?, reden }
        }
        "herinneren" => Voorstel::Herinneren { kenmerk: key()? },
        "vrijgeven" => Voorstel::Vrijgeven { declaratie_nummer: key()? },
        _ => return Err(corrupt()),
    })
}
