//! The inbox: what came in, what is to be judged, what was set aside.

use super::archive::{self, Archive, frame};
use super::bulk::{BulkColumns, Cursor, Statement, failed};
use super::bundle::Bundle;
use super::{INTAKE, LOCKS, PgStore};
use crate::messages::Partij;
use crate::store::both::{self, Row};
use crate::store::cells::{Cells, Fields};
use crate::store::inbox::{read_channel, read_relatie};
use crate::store::pack::{pack, unpack_outcome};
use crate::store::{
    Arrival, Entry, InboxStatus, InboxStore, KnownMessages, PackedMessage, ParkedContent, ParkedMessage,
    Receipt, StoreError, TakeLimit, TakenMessage, within,
};
use async_trait::async_trait;
use sqlx::postgres::{PgConnection, PgPool, PgRow};
use std::collections::{BTreeMap, BTreeSet};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl InboxStore for PgStore {
    async fn ingest(&self, arrivals: Vec<Arrival>) -> Result<Vec<Receipt>> {
        self.answers.to(ingest(&self.writer, arrivals)).await
    }

    async fn uncount(&self, arrivals: &[i64]) -> Result<()> {
        self.answers.to(super::claim::uncount(&self.aside, arrivals)).await
    }

    async fn outcomes(&self, arrivals: &[i64]) -> Result<BTreeMap<i64, (InboxStatus, String)>> {
        self.answers.to(outcomes(&self.reader, arrivals)).await
    }

    async fn parked(&self) -> Result<Vec<ParkedMessage>> {
        self.answers.to(both::inbox::parked(&self.reader)).await
    }

    async fn parked_content(&self, arrival: i64) -> Result<Option<ParkedContent>> {
        self.answers.to(both::inbox::parked_content(&self.reader, arrival)).await
    }

    async fn received(&self, arrival: i64) -> Result<Option<Vec<u8>>> {
        self.answers.to(both::inbox::received(&self.reader, arrival)).await
    }

    async fn inbox(&self, after: i64, limit: TakeLimit) -> Result<Vec<TakenMessage>> {
        self.answers.to(inbox(&self.reader, after, limit)).await
    }
}

const INKOMEND: Statement = Statement {
    table: "inkomend",
    before:
        "INSERT INTO inkomend (aankomst, naam, kanaal, ontvangen, lengte, sha256, archief, status, pogingen,
        gemeente, aanbieder, ontvangen_ms)",
    columns: 12,
    after: "",
};

/// What waits for a decision is apart from the rest.
const WACHTRIJ: Statement = Statement {
    table: "wachtrij",
    before: "INSERT INTO wachtrij (aankomst, aanbieder, lengte, pogingen)",
    columns: 4,
    after: "",
};

/// Where a message `i` stands: it waits, or as its row says.
macro_rules! where_it_stands {
    () => {
        "CASE WHEN EXISTS (SELECT FROM wachtrij w WHERE w.aankomst = i.aankomst) THEN 'open' ELSE i.status END"
    };
}
pub(super) use where_it_stands;

/// Stores what is new, in this order; says what is known. Another one may store the same bytes at the
/// same moment: then it is known the second time.
pub async fn ingest(pool: &PgPool, arrivals: Vec<Arrival>) -> Result<Vec<Receipt>> {
    match ingest_once(pool, &arrivals).await {
        Err(StoreError::LostRace { .. }) => ingest_once(pool, &arrivals).await,
        done => done,
    }
}

async fn ingest_once(pool: &PgPool, arrivals: &[Arrival]) -> Result<Vec<Receipt>> {
    let doing = failed("berichten bewaren");
    let mut transaction = pool.begin().await.map_err(&doing)?;
    let (known, newest) = known(&mut transaction, arrivals).await?;
    // The place among the new ones, of the first that is the same message.
    let mut places: KnownMessages<i64> = KnownMessages::among(arrivals);
    let mut new = Vec::new();
    let mut archive = Archive::default();
    for arrival in arrivals {
        if known.of(arrival).is_none() && places.of(arrival).is_none() {
            let sha256 = arrival.sha256;
            places.add(sha256, arrival.channel, i64::try_from(new.len()).unwrap_or(i64::MAX));
            let packed = arrival.packed.clone().unwrap_or_else(|| pack(&arrival.bytes));
            new.push((archive.add_packed(arrival.bytes.len(), sha256, packed), arrival));
        }
    }
    let mut first = 0;
    if !new.is_empty() {
        let content = archive::write_all(&mut transaction, archive).await?;
        first = next_arrival(&mut transaction).await?;
        if first > newest + 1 {
            still_new(&mut transaction, arrivals, &new).await?;
        }
        let rows: Vec<_> = (first..).zip(new).collect();
        let mut bundle = Bundle::new(&mut transaction, "berichten bewaren");
        let bind = |values: &mut BulkColumns, (number, (place, arrival)): (i64, (i64, &Arrival))| {
            let (received, milliseconds) = arrival.received_parts();
            values
                .integer(number)
                .text(arrival.name.clone())
                .text_or_null(arrival.channel.as_ref().map(Partij::as_str))
                .moment(received)
                .integer(i64::try_from(arrival.bytes.len()).unwrap_or(i64::MAX))
                .bytes(arrival.sha256.to_vec())
                .integer(content + place)
                .text(InboxStatus::Beslist.as_str())
                .integer(0)
                .integer(arrival.relatie_codes().0)
                .integer(arrival.relatie_codes().1)
                .integer(milliseconds);
        };
        let waiting: Vec<_> = rows.iter().map(|(number, (_, arrival))| (*number, *arrival)).collect();
        bundle.write(&INKOMEND, rows, bind).await?;
        let bind = |values: &mut BulkColumns, (number, arrival): (i64, &Arrival)| {
            values
                .integer(number)
                .integer(arrival.relatie_codes().1)
                .integer(i64::try_from(arrival.bytes.len()).unwrap_or(i64::MAX))
                .integer(0);
        };
        bundle.write(&WACHTRIJ, waiting, bind).await?;
        bundle.sent().await?;
        transaction.commit().await.map_err(&doing)?;
    }
    let mut seen = BTreeSet::new();
    let receipt = |arrival: &Arrival| match (known.of(arrival), places.of(arrival)) {
        (Some(receipt), _) => receipt.clone(),
        (None, place) => {
            let arrival_number = first + place.copied().unwrap_or_default();
            if seen.insert(arrival_number) {
                Receipt::New { arrival: arrival_number }
            } else {
                Receipt::Known { arrival: arrival_number, status: InboxStatus::Open, outcome: None }
            }
        }
    };
    Ok(arrivals.iter().map(receipt).collect())
}

/// The arrival number that comes next, once nobody else is storing messages.
async fn next_arrival(connection: &mut PgConnection) -> Result<i64> {
    const LOCK: &str = "SELECT pg_advisory_xact_lock($1, $2)";
    const NEXT: &str = "SELECT coalesce(max(aankomst), 0) + 1 FROM inkomend";
    let doing = failed("berichten bewaren");
    let lock = sqlx::query(LOCK).bind(LOCKS).bind(INTAKE);
    lock.execute(&mut *connection).await.map_err(&doing)?;
    sqlx::query_scalar(NEXT).fetch_one(connection).await.map_err(doing)
}

/// What was new is still new, now that nobody else is storing messages: others stored some since it was looked at. The
/// unique index sees the same channel only, not a file given by hand beside what its sender delivers.
async fn still_new(
    connection: &mut PgConnection,
    arrivals: &[Arrival],
    new: &[(i64, &Arrival)],
) -> Result<()> {
    let (known, _) = known(connection, arrivals).await?;
    if new.iter().any(|(_, arrival)| known.of(arrival).is_some()) {
        return Err(StoreError::LostRace { doing: "berichten bewaren", reason: "inkomend".to_owned() });
    }
    Ok(())
}

/// Which of these messages were received before, and the newest arrival number of all.
async fn known(connection: &mut PgConnection, arrivals: &[Arrival]) -> Result<(KnownMessages<Receipt>, i64)> {
    const SQL: &str = concat!(
        "SELECT n.aankomst, i.sha256, i.aankomst, i.kanaal, ",
        where_it_stands!(),
        ", u.json FROM (SELECT coalesce(max(aankomst), 0) AS aankomst FROM inkomend) n LEFT JOIN (
            UNNEST($1::bytea[]) k (sha256) JOIN inkomend i ON i.sha256 = k.sha256
            LEFT JOIN uitkomst u ON u.aankomst = i.aankomst
        ) ON true ORDER BY i.aankomst"
    );
    let digests: Vec<&[u8]> = arrivals.iter().map(|arrival| &arrival.sha256[..]).collect();
    let rows = sqlx::query(SQL).bind(digests).fetch_all(connection).await;
    let rows = rows.map_err(failed("bekende berichten zoeken"))?;
    let (mut known, mut newest) = (KnownMessages::among(arrivals), 0);
    for row in &rows {
        let mut row = Cursor::new(row, "inkomend");
        newest = row.integer()?;
        let Some(sha256) = row.bytes_or_null()? else { break };
        let sha256 = sha256.try_into().map_err(|_| row.corrupt())?;
        let (arrival, channel, status) = (row.integer()?, read_channel(&mut row)?, status(&mut row)?);
        let outcome = match status {
            InboxStatus::Open => None,
            // One that is damaged is told by who asks for it, and stops nobody else.
            _ => row.bytes_or_null()?.and_then(|outcome| unpack_outcome(outcome).ok()),
        };
        known.add(sha256, channel, Receipt::Known { arrival, status, outcome });
    }
    Ok((known, newest))
}

fn status(row: &mut Cursor<'_>) -> Result<InboxStatus> {
    row.parse(InboxStatus::parse)
}

/// Messages with their bytes, by arrival number.
pub const CONTENT: &str =
    "SELECT i.aankomst, i.naam, i.kanaal, i.ontvangen, coalesce(w.pogingen, 0), a.lengte,
        a.inhoud, i.gemeente, i.aanbieder FROM UNNEST($1::bigint[]) k (aankomst) JOIN inkomend i ON i.aankomst = k.aankomst
    JOIN archief a ON a.id = i.archief LEFT JOIN wachtrij w ON w.aankomst = i.aankomst ORDER BY i.aankomst";

/// Everything that was received after an arrival number.
pub async fn inbox(reader: &PgPool, after: i64, limit: TakeLimit) -> Result<Vec<TakenMessage>> {
    const NUMBERS: &str =
        "SELECT aankomst, lengte FROM inkomend WHERE aankomst > $1 ORDER BY aankomst LIMIT $2";
    let doing = failed("berichten lezen");
    let query = sqlx::query_as(NUMBERS).bind(after);
    let query = query.bind(i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX));
    let numbers: Vec<(i64, i64)> = query.fetch_all(reader).await.map_err(&doing)?;
    by_number(reader, within(numbers, limit.bytes)).await?.into_iter().map(TakenMessage::unpacked).collect()
}

/// Messages with these arrival numbers, in order, as the archive keeps them.
pub async fn by_number(reader: &PgPool, numbers: Vec<i64>) -> Result<Vec<TakenMessage<PackedMessage>>> {
    let rows = sqlx::query(CONTENT).bind(numbers).fetch_all(reader).await;
    rows.map_err(failed("berichten lezen"))?.iter().map(read_taken).collect()
}

/// A message with its bytes as the archive keeps them.
pub fn read_taken(row: &PgRow) -> Result<TakenMessage<PackedMessage>> {
    let mut row = Cursor::new(row, "inkomend");
    Ok(TakenMessage {
        arrival: row.integer()?,
        name: row.owned()?,
        channel: read_channel(&mut row)?,
        received: row.moment()?,
        times_in_hand: u32::try_from(row.integer()?).unwrap_or(u32::MAX),
        bytes: frame(&mut row)?,
        relatie: read_relatie(row.integer_or_null()?, row.integer_or_null()?),
    })
}

/// What messages came to, and where they stand.
pub async fn outcomes(reader: &PgPool, arrivals: &[i64]) -> Result<BTreeMap<i64, (InboxStatus, String)>> {
    const SQL: &str = concat!(
        "SELECT i.aankomst, ",
        where_it_stands!(),
        ", u.json FROM UNNEST($1::bigint[]) k (aankomst)
        JOIN inkomend i ON i.aankomst = k.aankomst JOIN uitkomst u ON u.aankomst = i.aankomst"
    );
    let rows = sqlx::query(SQL).bind(arrivals).fetch_all(reader).await.map_err(failed("uitkomst lezen"))?;
    let outcome = |row: &PgRow| {
        let mut row = Cursor::new(row, "uitkomst");
        Ok((row.integer()?, (status(&mut row)?, unpack_outcome(row.bytes()?)?)))
    };
    rows.iter().map(outcome).collect()
}

/// A parked message is judged again, or never. The entry names it.
pub async fn unpark(connection: &mut PgConnection, entry: &Entry, retry: bool) -> Result<()> {
    const NEVER: &str =
        "UPDATE inkomend SET status = 'vervallen' WHERE aankomst = $1 AND status = 'geparkeerd'";
    const AGAIN: &str = "WITH weer AS (
            UPDATE inkomend SET status = 'beslist' WHERE aankomst = $1 AND status = 'geparkeerd'
            RETURNING aankomst, aanbieder, lengte
        )
        INSERT INTO wachtrij (aankomst, aanbieder, lengte, pogingen) SELECT aankomst, aanbieder, lengte, 0 FROM weer";
    let arrival = entry.arrival.unwrap_or_default();
    let query = sqlx::query(if retry { AGAIN } else { NEVER }).bind(arrival).execute(connection);
    match query.await.map_err(failed("geparkeerd bericht bijwerken"))?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::NotParked(arrival)),
    }
}
