//! Backlog: what waits at a moment.

use super::{Engine, Query, Row, Text, Value, text};
use crate::clock::Moment;
use crate::store::cells::Fields;
use crate::store::report::moments_of;
use crate::store::{Backlog, StoreError};
use chrono::TimeDelta;

/// Work is due soon when its term ends within this time.
const SOON: TimeDelta = TimeDelta::hours(24);

const STAND: Text = text!(["SELECT (SELECT count(*) FROM "]
    [only_sqlite "inkomend WHERE status = 'open'"]
    [only_postgres "wachtrij"]
    ["), "]
    [only_sqlite "(SELECT ontvangen FROM inkomend WHERE status = 'open' ORDER BY aankomst LIMIT 1)"]
    [only_postgres "(SELECT ontvangen FROM inkomend WHERE aankomst = (SELECT min(aankomst) FROM wachtrij))"]
    [", (SELECT count(*) FROM uitgaand WHERE "]
    [no "gepubliceerd"]
    [") + (SELECT count(*) FROM kennisgeving WHERE "]
    [no "verzonden"]
    ["), (SELECT min(moment) FROM (SELECT (SELECT j.moment FROM uitgaand u JOIN journaal j ON j.nummer = u.journaal WHERE "]
    [no "u.gepubliceerd"]
    [" ORDER BY u.zendnummer LIMIT 1) AS moment UNION ALL
        SELECT (SELECT j.moment FROM kennisgeving k JOIN journaal j ON j.nummer = k.journaal WHERE "]
    [no "k.verzonden"]
    [" ORDER BY k.journaal, k.ontvanger LIMIT 1)) eerst), (SELECT count(*) FROM uitkomst WHERE melding IS NOT NULL AND "]
    [no "gemeld"]
    ["), (SELECT count(*) FROM inkomend WHERE status = 'geparkeerd'),
    (SELECT count(*) FROM werk WHERE status = 'open'),
    (SELECT count(*) FROM werk WHERE status = 'open' AND vervalt < $2),
    (SELECT count(*) FROM werk WHERE status = 'open' AND vervalt >= $2 AND vervalt < $1),
    (SELECT count(*) FROM journaal WHERE nummer > coalesce((SELECT max(journaal) FROM keten), 0))"]);

/// What waits at this moment.
pub async fn stand(mut on: impl Engine, now: Moment) -> Result<Backlog, StoreError> {
    let query = Query::new("de stand opnemen", "de stand", STAND);
    // Term: its last day belongs to it (`termijn::is_late`).
    let [today, _] = moments_of(now.date());
    let query = query.with(Value::Term(now + SOON)).with(Value::Term(today));
    let stand = on.one(query, |row| {
        Ok(Backlog {
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
    });
    stand.await?.ok_or(StoreError::Corrupt("de stand"))
}
