//! How much waits, and how long.

use super::bulk::{Cursor, failed};
use crate::clock::Moment;
use crate::store::cells::Fields;
use crate::store::report::moments_of;
use crate::store::{Stand, StoreError};
use sqlx::postgres::PgPool;

const SQL: &str = "SELECT
    (SELECT count(*) FROM wachtrij),
    (SELECT ontvangen FROM inkomend WHERE aankomst = (SELECT min(aankomst) FROM wachtrij)),
    (SELECT count(*) FROM uitgaand WHERE NOT gepubliceerd) + (SELECT count(*) FROM kennisgeving WHERE NOT verzonden),
    least((SELECT j.moment FROM uitgaand u JOIN journaal j ON j.nummer = u.journaal WHERE NOT u.gepubliceerd
            ORDER BY u.zendnummer LIMIT 1),
        (SELECT j.moment FROM kennisgeving k JOIN journaal j ON j.nummer = k.journaal WHERE NOT k.verzonden
            ORDER BY k.journaal, k.ontvanger LIMIT 1)),
    (SELECT count(*) FROM uitkomst WHERE melding IS NOT NULL AND NOT gemeld),
    (SELECT count(*) FROM inkomend WHERE status = 'geparkeerd'),
    (SELECT count(*) FROM werk WHERE status = 'open'),
    (SELECT count(*) FROM werk WHERE status = 'open' AND vervalt < $2),
    (SELECT count(*) FROM werk WHERE status = 'open' AND vervalt >= $2 AND vervalt < $1::timestamp + interval '24 hours'),
    (SELECT count(*) FROM journaal WHERE nummer > coalesce((SELECT max(journaal) FROM keten), 0))";

/// What waits at this moment.
pub async fn stand(reader: &PgPool, now: Moment) -> Result<Stand, StoreError> {
    // The last day of a term belongs to it (`termijn::is_late`).
    let [today, _] = moments_of(now.date());
    let query = sqlx::query(SQL).bind(now).bind(today).fetch_one(reader);
    let row = query.await.map_err(failed("de stand opnemen"))?;
    let mut row = Cursor::new(&row, "de stand");
    Ok(Stand {
        waiting: row.integer()?,
        oldest_waiting: row.moment_or_null()?,
        unpublished: row.integer()?,
        oldest_unpublished: row.moment_or_null()?,
        notices: row.integer()?,
        parked: row.integer()?,
        work: row.integer()?,
        work_overdue: row.integer()?,
        work_due_soon: row.integer()?,
        unsealed: row.integer()?,
    })
}
