//! How much waits, and how long.

use super::bulk::failed;
use crate::clock::Moment;
use crate::store::convert::Coded;
use crate::store::report::moments_of;
use crate::store::{Stand, StoreError};
use sqlx::Row;
use sqlx::sqlite::SqlitePool;

const SQL: &str = "SELECT
    (SELECT count(*) FROM inkomend WHERE status = 'open'),
    (SELECT ontvangen FROM inkomend WHERE status = 'open' ORDER BY aankomst LIMIT 1),
    (SELECT count(*) FROM uitgaand WHERE gepubliceerd = 0) + (SELECT count(*) FROM kennisgeving WHERE verzonden = 0),
    (SELECT min(moment) FROM (SELECT (SELECT j.moment FROM uitgaand u JOIN journaal j ON j.nummer = u.journaal
            WHERE u.gepubliceerd = 0 ORDER BY u.zendnummer LIMIT 1) AS moment
        UNION ALL SELECT (SELECT j.moment FROM kennisgeving k JOIN journaal j ON j.nummer = k.journaal
            WHERE k.verzonden = 0 ORDER BY k.journaal, k.ontvanger LIMIT 1))),
    (SELECT count(*) FROM uitkomst WHERE melding IS NOT NULL AND gemeld = 0),
    (SELECT count(*) FROM inkomend WHERE status = 'geparkeerd'),
    (SELECT count(*) FROM werk WHERE status = 'open'),
    (SELECT count(*) FROM werk WHERE status = 'open' AND vervalt < ?2),
    (SELECT count(*) FROM werk WHERE status = 'open' AND vervalt >= ?2 AND vervalt < ?1 + 86400),
    (SELECT count(*) FROM journaal WHERE nummer > coalesce((SELECT max(journaal) FROM keten), 0))";

/// What waits at this moment.
pub async fn stand(reader: &SqlitePool, now: Moment) -> Result<Stand, StoreError> {
    // The last day of a term belongs to it (`termijn::is_late`).
    let [today, _] = moments_of(now.date());
    let row = sqlx::query(SQL).bind(now.to_integer()).bind(today.to_integer()).fetch_one(reader).await;
    let row = row.map_err(failed("de stand opnemen"))?;
    let moment = |index: usize| row.get::<Option<i64>, _>(index).and_then(Moment::from_integer);
    Ok(Stand {
        waiting: row.get(0),
        oldest_waiting: moment(1),
        unpublished: row.get(2),
        oldest_unpublished: moment(3),
        notices: row.get(4),
        parked: row.get(5),
        work: row.get(6),
        work_overdue: row.get(7),
        work_due_soon: row.get(8),
        unsealed: row.get(9),
    })
}
