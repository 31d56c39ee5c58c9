//! Work items as operators see them.

use super::bulk::{Cursor, failed};
use crate::codes::{RedenAfwijzingVerzoek, ToewijzingNummer};
use crate::messages::Relatie;
use crate::state::{NewWorkItem, Voorstel, WorkReason};
use crate::store::cells::Fields;
use crate::store::{Closed, StoreError, WorkItem, WorkStatus};
use sqlx::postgres::{PgPool, PgRow};

type Result<T> = std::result::Result<T, StoreError>;

/// Work items; `condition` is a literal of ours.
macro_rules! work_sql {
    ($condition:literal) => {
        concat!(
            "SELECT w.id, w.status, w.journaal, w.aankomst, u.release, j.moment, w.reden, w.gemeente, w.aanbieder,
                w.toewijzing, w.vervalt, w.verhaal, w.voorstel, w.voorstel_sleutel, w.voorstel_einddatum,
                w.voorstel_reden, w.gesloten_journaal, w.gesloten_moment, w.wie, w.waarom
             FROM werk w JOIN journaal j ON j.nummer = w.journaal LEFT JOIN uitkomst u ON u.aankomst = w.aankomst WHERE ",
            $condition,
            " ORDER BY w.id"
        )
    };
}

/// All items, or those that are open.
pub async fn list(reader: &PgPool, open: bool) -> Result<Vec<WorkItem>> {
    let sql = if open { work_sql!("w.status = 'open'") } else { work_sql!("true") };
    let rows = sqlx::query(sql).fetch_all(reader).await.map_err(failed("werkitems lezen"))?;
    rows.iter().map(read_item).collect()
}

/// One item.
pub async fn item(reader: &PgPool, id: i64) -> Result<Option<WorkItem>> {
    let query = sqlx::query(work_sql!("w.id = $1")).bind(id).fetch_optional(reader);
    query.await.map_err(failed("werkitem lezen"))?.as_ref().map(read_item).transpose()
}

fn read_item(row: &PgRow) -> Result<WorkItem> {
    let mut row = Cursor::new(row, "werk");
    let row = &mut row;
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
    let closed = match row.integer_or_null()? {
        Some(journal) => {
            Some(Closed { journal, moment: row.moment()?, who: row.owned()?, why: row.owned()? })
        }
        None => None,
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
