//! Writes what a batch decided: journal, outcomes, findings, work items, outbox.

use super::archive::Archive;
use super::bulk::{BulkColumns, Statement, failed, instant};
use super::bundle::Bundle;
use super::verzameld;
use crate::decide::Verdict;
use crate::store::cells::Cells;
use crate::store::pending::{
    EntryRow, OutcomeRow, OutgoingContent, OutgoingRow, Pending, SettledBy, Settling,
};
use crate::store::rows::{
    bind_entry, bind_finding, bind_outcome, bind_outgoing, bind_settled_arrival, bind_settled_request,
    bind_settled_retour, bind_work,
};
use crate::store::{StoreError, WorkClosing};
use sqlx::Row;
use sqlx::postgres::PgConnection;
use std::collections::BTreeMap;
use std::mem::take;

const JOURNAAL: Statement = Statement {
    table: "journaal",
    before: "INSERT INTO journaal (nummer, soort, moment, register, regelset, verzoeken, uitgegeven, aankomst, wie,
        waarom, inhoud, eerste_zendnummer, eerste_werk, eerste_identificatie, rol)",
    columns: 15,
    after: "",
};

const UITKOMST: Statement = Statement {
    table: "uitkomst",
    before:
        "INSERT INTO uitkomst (aankomst, journaal, soort, release, afzender, gemeente, aanbieder, identificatie,
        verdict, niveau, ingediend, toegekend, reden, melding, json)",
    columns: 15,
    after: "ON CONFLICT (aankomst) DO UPDATE SET journaal = excluded.journaal, soort = excluded.soort,
        release = excluded.release, afzender = excluded.afzender, gemeente = excluded.gemeente,
        aanbieder = excluded.aanbieder, identificatie = excluded.identificatie, verdict = excluded.verdict,
        niveau = excluded.niveau, ingediend = excluded.ingediend, toegekend = excluded.toegekend,
        reden = excluded.reden, melding = excluded.melding, json = excluded.json, gemeld = DEFAULT",
};

/// Only what was not decided yet.
const BESLIST: Statement = Statement {
    table: "wachtrij",
    before: "WITH nieuw (aankomst) AS (",
    columns: 1,
    after: ") DELETE FROM wachtrij USING nieuw WHERE wachtrij.aankomst = nieuw.aankomst",
};

const GEPARKEERD: Statement = Statement {
    table: "inkomend",
    before: "WITH nieuw (aankomst) AS (",
    columns: 1,
    after: ") UPDATE inkomend SET status = 'geparkeerd' FROM nieuw WHERE inkomend.aankomst = nieuw.aankomst",
};

const BEVINDING: Statement = Statement {
    table: "bevinding",
    before: "INSERT INTO bevinding (journaal, volgnummer, niveau, regel, retourcode, plaats, element, waarden)",
    columns: 8,
    after: "",
};

const WERK: Statement = Statement {
    table: "werk",
    before: "INSERT INTO werk (id, reden, gemeente, aanbieder, toewijzing, vervalt, verhaal, voorstel,
        voorstel_sleutel, voorstel_einddatum, voorstel_reden, status, journaal, aankomst, groep, gevraagd, te_veel)",
    columns: 17,
    after: "",
};

const UITGAAND: Statement = Statement {
    table: "uitgaand",
    before: "INSERT INTO uitgaand (zendnummer, soort, ontvanger, gemeente, aanbieder, identificatie, archief,
        journaal, gepubliceerd)",
    columns: 9,
    after: "",
};

/// What ends every statement that settles work items. Nearly all that it is about has no item, and the server may have made
/// its plan when nothing was open: it looks each open item up among what is settled (`IS TRUE` keeps the look-up from
/// becoming a join), instead of holding every one against all of it.
macro_rules! settled {
    ($own:literal = $key:literal, $condition:literal) => {
        concat!(
            ") UPDATE werk SET status = 'afgehandeld', gesloten_journaal = nieuw.journaal,
                gesloten_moment = nieuw.moment, wie = nieuw.wie, waarom = nieuw.waarom
            FROM nieuw WHERE werk.status = 'open' AND werk.journaal < nieuw.journaal AND werk.",
            $own,
            " = nieuw.",
            $key,
            " AND (werk.",
            $own,
            " IN (SELECT ",
            $key,
            " FROM nieuw)) IS TRUE",
            $condition
        )
    };
}

const VERZOEK_AFGEHANDELD: Statement = Statement {
    table: "werk",
    before: "WITH nieuw (aanbieder, sleutel, journaal, moment, wie, waarom) AS (",
    columns: 6,
    after: settled!(
        "voorstel_sleutel" = "sleutel",
        " AND werk.aanbieder = nieuw.aanbieder AND werk.voorstel IN ('honoreren', 'afwijzen', 'herinneren') AND werk.reden <> 'retour-ontbreekt'"
    ),
};

const RETOUR_AFGEHANDELD: Statement = Statement {
    table: "werk",
    before: "WITH nieuw (gemeente, aanbieder, sleutel, journaal, moment, wie, waarom) AS (",
    columns: 7,
    after: settled!(
        "voorstel_sleutel" = "sleutel",
        " AND werk.aanbieder = nieuw.aanbieder AND werk.gemeente = nieuw.gemeente AND (werk.reden = 'retour-ontbreekt' OR werk.voorstel = 'doorsturen')"
    ),
};

const AANKOMST_AFGEHANDELD: Statement = Statement {
    table: "werk",
    before: "WITH nieuw (aankomst, journaal, moment, wie, waarom) AS (",
    columns: 5,
    after: settled!("aankomst" = "aankomst", ""),
};

/// Where the bytes of a message that leaves are.
enum Bytes {
    /// Taken up in the archive at this place.
    New(i64),
    /// In the archive under this number.
    Kept(i64),
}

/// What is not state, with its places in the archive.
pub struct Records {
    archive: Archive,
    entries: Vec<(Option<i64>, EntryRow)>,
    outcomes: Vec<(Option<i64>, OutcomeRow)>,
    outgoing: Vec<(Bytes, OutgoingRow)>,
}

impl Records {
    /// Takes everything with bytes out of what is to be written.
    pub async fn take(connection: &mut PgConnection, pending: &mut Pending) -> Result<Self, StoreError> {
        let mut archive = Archive::default();
        let entries = take(&mut pending.entries)
            .into_iter()
            .map(|mut row| (row.entry.body.take().map(|body| archive.add(&body)), row))
            .collect();
        let outcomes = take(&mut pending.outcomes)
            .into_iter()
            .map(|mut row| (row.notice.take().map(|notice| archive.add(&notice)), row))
            .collect();
        let forwarded = forwarded(connection, pending).await?;
        let outgoing = take(&mut pending.outgoing)
            .into_iter()
            .filter_map(|row| {
                let content = match &row.content {
                    OutgoingContent::Made(bytes) => Some(Bytes::New(archive.add(bytes))),
                    OutgoingContent::Arrival(arrival) => forwarded.get(arrival).copied().map(Bytes::Kept),
                };
                content.map(|content| (content, row))
            })
            .collect();
        Ok(Self { archive, entries, outcomes, outgoing })
    }

    /// How many numbers of the archive it takes.
    pub const fn archived(&self) -> usize {
        self.archive.len()
    }

    /// Writes it, with numbers of the archive from this one on; and what else is not state.
    pub async fn flush(
        self,
        bundle: &mut Bundle<'_>,
        pending: &mut Pending,
        first: i64,
    ) -> Result<(), StoreError> {
        let Self { archive, entries, outcomes, outgoing } = self;
        archive.write(bundle, first).await?;
        bundle
            .write(&JOURNAAL, entries, |values, (body, entry)| {
                bind_entry(values, (body.map(|place| first + place), entry));
            })
            .await?;
        let decided: Vec<_> =
            outcomes.iter().map(|(_, row)| (row.arrival, row.verdict == Verdict::Parked)).collect();
        bundle
            .write(&UITKOMST, outcomes, |values, (notice, row)| {
                bind_outcome(values, (notice.map(|place| first + place), row));
            })
            .await?;
        close_arrivals(bundle, decided).await?;
        let findings: Vec<_> = take(&mut pending.findings)
            .into_iter()
            .flat_map(|(journal, list)| {
                (1..).zip(list).map(move |(number, finding)| (journal, number, finding))
            })
            .collect();
        bundle.write(&BEVINDING, findings, bind_finding).await?;
        bundle.write(&WERK, take(&mut pending.work), bind_work).await?;
        verzameld::flush(bundle, pending).await?;
        bundle
            .write(&UITGAAND, outgoing, |values, (content, row)| {
                let content = match content {
                    Bytes::New(place) => first + place,
                    Bytes::Kept(id) => id,
                };
                bind_outgoing(values, (content, row));
            })
            .await?;
        for id in take(&mut pending.reopened) {
            reopen(bundle.sent().await?, id).await?;
        }
        for closing in take(&mut pending.closings) {
            close(bundle.sent().await?, closing).await?;
        }
        for round in pending.take_settled() {
            settle(bundle, round).await?;
        }
        Ok(())
    }
}

/// A message is decided once: one that waits no longer was decided by another worker. Given with whether it is parked.
async fn close_arrivals(bundle: &mut Bundle<'_>, decided: Vec<(i64, bool)>) -> Result<(), StoreError> {
    let bind = |values: &mut BulkColumns, arrival: i64| {
        values.integer(arrival);
    };
    let twice = || {
        let reason = "een bericht is al beslist".to_owned();
        StoreError::LostRace { doing: "berichten afmelden", reason }
    };
    let parked: Vec<i64> =
        decided.iter().filter(|(_, parked)| *parked).map(|(arrival, _)| *arrival).collect();
    let decided: Vec<i64> = decided.into_iter().map(|(arrival, _)| arrival).collect();
    bundle.write_each(&BESLIST, decided, bind, twice).await?;
    bundle.write(&GEPARKEERD, parked, bind).await
}

/// Where the bytes of forwarded messages are.
async fn forwarded(
    connection: &mut PgConnection,
    pending: &Pending,
) -> Result<BTreeMap<i64, i64>, StoreError> {
    const SQL: &str = "SELECT i.aankomst, i.archief FROM UNNEST($1::bigint[]) k (aankomst)
        JOIN inkomend i ON i.aankomst = k.aankomst";
    let arrivals: Vec<i64> = (pending.outgoing.iter())
        .filter_map(|row| match row.content {
            OutgoingContent::Arrival(arrival) => Some(arrival),
            OutgoingContent::Made(_) => None,
        })
        .collect();
    if arrivals.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = sqlx::query(SQL).bind(&arrivals).fetch_all(connection).await;
    let rows = rows.map_err(failed("berichten doorsturen"))?;
    let found: BTreeMap<i64, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    match arrivals.iter().find(|arrival| !found.contains_key(arrival)) {
        Some(missing) => Err(StoreError::UnknownArrival(*missing)),
        None => Ok(found),
    }
}

/// Closes open items that were made before what settles them. What a person closed just now stays theirs.
async fn settle(bundle: &mut Bundle<'_>, settled: Vec<Settling>) -> Result<(), StoreError> {
    let SettledBy { requests, retours, arrivals } = SettledBy::of(settled);
    bundle.write(&VERZOEK_AFGEHANDELD, requests, bind_settled_request).await?;
    bundle.write(&RETOUR_AFGEHANDELD, retours, bind_settled_retour).await?;
    bundle.write(&AANKOMST_AFGEHANDELD, arrivals, bind_settled_arrival).await
}

async fn reopen(connection: &mut PgConnection, id: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE werk
        SET status = 'open', gesloten_journaal = NULL, gesloten_moment = NULL, wie = NULL, waarom = NULL
        WHERE id = $1 AND status <> 'open'";
    let done = sqlx::query(SQL).bind(id).execute(connection).await;
    match done.map_err(failed("werkitem heropenen"))?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::WorkNotClosed(id)),
    }
}

async fn close(connection: &mut PgConnection, closing: WorkClosing) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE werk SET status = $1, gesloten_journaal = $2, gesloten_moment = $3, wie = $4, waarom = $5
        WHERE id = $6 AND status = 'open'";
    let WorkClosing { id, status, closed } = closing;
    let query = sqlx::query(SQL).bind(status.as_str()).bind(closed.journal).bind(instant(closed.moment));
    let done = query.bind(closed.who).bind(closed.why).bind(id).execute(connection).await;
    match done.map_err(failed("werkitem sluiten"))?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::WorkNotOpen(id)),
    }
}
