//! Writes what a batch decided: journal, outcomes, findings, work items, outbox.

use super::archive::{self, Archive};
use super::bulk::{Keys, Statement, failed, write};
use super::verzameld;
use crate::decide::Verdict;
use crate::store::cells::Cells;
use crate::store::convert::Coded;
use crate::store::pending::{OutgoingContent, Pending, SettledBy, Settling};
use crate::store::rows::{
    bind_entry, bind_finding, bind_outcome, bind_outgoing, bind_settled_arrival, bind_settled_request,
    bind_settled_retour, bind_work,
};
use crate::store::{InboxStatus, StoreError, WorkClosing};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;
use std::collections::BTreeMap;
use std::mem::take;

const JOURNAAL: Statement = Statement {
    doing: "het journaal bijwerken",
    before: "INSERT INTO journaal (nummer, soort, moment, register, regelset, verzoeken, uitgegeven, aankomst, wie,
        waarom, inhoud, eerste_zendnummer, eerste_werk, eerste_identificatie, rol) VALUES",
    columns: 15,
    after: "",
};

const UITKOMST: Statement = Statement {
    doing: "uitkomsten vastleggen",
    before:
        "INSERT OR REPLACE INTO uitkomst (aankomst, journaal, soort, release, afzender, gemeente, aanbieder,
        identificatie, verdict, niveau, ingediend, toegekend, reden, melding, json) VALUES",
    columns: 15,
    after: "",
};

const STATUS: Statement = Statement {
    doing: "berichten afmelden",
    before: "WITH nieuw (aankomst, status) AS (VALUES",
    columns: 2,
    after: ") UPDATE inkomend SET status = nieuw.status FROM nieuw WHERE inkomend.aankomst = nieuw.aankomst",
};

const BEVINDING: Statement = Statement {
    doing: "bevindingen vastleggen",
    before:
        "INSERT INTO bevinding (journaal, volgnummer, niveau, regel, retourcode, plaats, element, waarden)
        VALUES",
    columns: 8,
    after: "",
};

const WERK: Statement = Statement {
    doing: "werkitems vastleggen",
    before: "INSERT INTO werk (id, reden, gemeente, aanbieder, toewijzing, vervalt, verhaal, voorstel,
        voorstel_sleutel, voorstel_einddatum, voorstel_reden, status, journaal, aankomst, groep, gevraagd, te_veel) VALUES",
    columns: 17,
    after: "",
};

const UITGAAND: Statement = Statement {
    doing: "berichten klaarzetten",
    before: "INSERT INTO uitgaand (zendnummer, soort, ontvanger, gemeente, aanbieder, identificatie, archief,
        journaal, gepubliceerd) VALUES",
    columns: 9,
    after: "",
};

/// What ends every statement that settles work items.
macro_rules! settled {
    ($condition:literal) => {
        concat!(
            ") UPDATE werk SET status = 'afgehandeld', gesloten_journaal = nieuw.journaal,
                gesloten_moment = nieuw.moment, wie = nieuw.wie, waarom = nieuw.waarom
            FROM nieuw WHERE werk.status = 'open' AND werk.journaal < nieuw.journaal AND ",
            $condition
        )
    };
}

const VERZOEK_AFGEHANDELD: Statement = Statement {
    doing: "werkitems sluiten",
    before: "WITH nieuw (aanbieder, sleutel, journaal, moment, wie, waarom) AS (VALUES",
    columns: 6,
    after: settled!(
        "werk.aanbieder = nieuw.aanbieder AND werk.voorstel_sleutel = nieuw.sleutel
        AND werk.voorstel IN ('honoreren', 'afwijzen', 'herinneren') AND werk.reden <> 'retour-ontbreekt'"
    ),
};

const RETOUR_AFGEHANDELD: Statement = Statement {
    doing: "werkitems sluiten",
    before: "WITH nieuw (gemeente, aanbieder, sleutel, journaal, moment, wie, waarom) AS (VALUES",
    columns: 7,
    after: settled!(
        "werk.aanbieder = nieuw.aanbieder AND werk.voorstel_sleutel = nieuw.sleutel
        AND werk.gemeente = nieuw.gemeente AND (werk.reden = 'retour-ontbreekt' OR werk.voorstel = 'doorsturen')"
    ),
};

const AANKOMST_AFGEHANDELD: Statement = Statement {
    doing: "werkitems sluiten",
    before: "WITH nieuw (aankomst, journaal, moment, wie, waarom) AS (VALUES",
    columns: 5,
    after: settled!("werk.aankomst = nieuw.aankomst"),
};

/// Writes everything that is not state.
pub async fn flush(
    connection: &mut SqliteConnection,
    pending: &mut Pending,
    archive: &mut Archive,
) -> Result<(), StoreError> {
    let c = connection;
    let entries: Vec<_> = take(&mut pending.entries)
        .into_iter()
        .map(|mut row| (row.entry.body.take().map(|body| archive.add(&body)), row))
        .collect();
    let outcomes: Vec<_> = take(&mut pending.outcomes)
        .into_iter()
        .map(|mut row| (row.notice.take().map(|notice| archive.add(&notice)), row))
        .collect();
    let forwarded = forwarded(c, pending).await?;
    let outgoing: Vec<_> = take(&mut pending.outgoing)
        .into_iter()
        .filter_map(|row| {
            let content = match &row.content {
                OutgoingContent::Made(bytes) => Some(archive.add(bytes)),
                OutgoingContent::Arrival(arrival) => forwarded.get(arrival).copied(),
            };
            content.map(|content| (content, row))
        })
        .collect();
    archive::write_all(c, archive).await?;
    write(c, &JOURNAAL, entries, bind_entry).await?;
    let status: Vec<_> =
        outcomes.iter().map(|(_, row)| (row.arrival, row.verdict == Verdict::Parked)).collect();
    write(c, &UITKOMST, outcomes, bind_outcome).await?;
    write(c, &STATUS, status, |values, (arrival, parked)| {
        let status = if parked { InboxStatus::Geparkeerd } else { InboxStatus::Beslist };
        values.integer(arrival).text(status.as_str());
    })
    .await?;
    let findings: Vec<_> = take(&mut pending.findings)
        .into_iter()
        .flat_map(|(journal, list)| (1..).zip(list).map(move |(number, finding)| (journal, number, finding)))
        .collect();
    write(c, &BEVINDING, findings, bind_finding).await?;
    write(c, &WERK, take(&mut pending.work), bind_work).await?;
    verzameld::flush(c, pending).await?;
    write(c, &UITGAAND, outgoing, bind_outgoing).await?;
    for id in take(&mut pending.reopened) {
        reopen(c, id).await?;
    }
    for closing in take(&mut pending.closings) {
        close(c, closing).await?;
    }
    for round in pending.take_settled() {
        settle(c, round).await?;
    }
    Ok(())
}

/// Where the bytes of forwarded messages are.
async fn forwarded(
    connection: &mut SqliteConnection,
    pending: &Pending,
) -> Result<BTreeMap<i64, i64>, StoreError> {
    const SQL: &str =
        "SELECT i.aankomst, i.archief FROM json_each(?) k CROSS JOIN inkomend i ON i.aankomst = k.value";
    let arrivals: Vec<i64> = (pending.outgoing.iter())
        .filter_map(|row| match row.content {
            OutgoingContent::Arrival(arrival) => Some(arrival),
            OutgoingContent::Made(_) => None,
        })
        .collect();
    if arrivals.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = sqlx::query(SQL).bind(Keys::integers(arrivals.iter().copied()));
    let rows = query.fetch_all(connection).await.map_err(failed("berichten doorsturen"))?;
    let found: BTreeMap<i64, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    match arrivals.iter().find(|arrival| !found.contains_key(arrival)) {
        Some(missing) => Err(StoreError::UnknownArrival(*missing)),
        None => Ok(found),
    }
}

/// Closes open items that were made before what settles them. What a person closed just now stays theirs.
async fn settle(connection: &mut SqliteConnection, settled: Vec<Settling>) -> Result<(), StoreError> {
    let SettledBy { requests, retours, arrivals } = SettledBy::of(settled);
    write(connection, &VERZOEK_AFGEHANDELD, requests, bind_settled_request).await?;
    write(connection, &RETOUR_AFGEHANDELD, retours, bind_settled_retour).await?;
    write(connection, &AANKOMST_AFGEHANDELD, arrivals, bind_settled_arrival).await?;
    Ok(())
}

async fn reopen(connection: &mut SqliteConnection, id: i64) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE werk SET status = 'open', gesloten_journaal = NULL, gesloten_moment = NULL, wie = NULL, waarom = NULL
         WHERE id = ? AND status <> 'open'",
    );
    let done = query.bind(id).execute(connection).await;
    match done.map_err(failed("werkitem heropenen"))?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::WorkNotClosed(id)),
    }
}

async fn close(connection: &mut SqliteConnection, closing: WorkClosing) -> Result<(), StoreError> {
    let WorkClosing { id, status, closed } = closing;
    let query = sqlx::query(
        "UPDATE werk SET status = ?, gesloten_journaal = ?, gesloten_moment = ?, wie = ?, waarom = ?
         WHERE id = ? AND status = 'open'",
    );
    let query = query.bind(status.as_str()).bind(closed.journal).bind(closed.moment.to_integer());
    let done = query.bind(closed.who).bind(closed.why).bind(id).execute(connection).await;
    match done.map_err(failed("werkitem sluiten"))?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::WorkNotOpen(id)),
    }
}
