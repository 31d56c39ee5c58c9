//! The inbox: what came in, what is to be judged, what was set aside.

use super::SqliteStore;
use super::archive::{self, Archive, frame};
use super::bulk::{Keys, Statement, failed, write};
use crate::digest::hex;
use crate::messages::Partij;
use crate::store::both;
use crate::store::cells::Cells;
use crate::store::convert::read;
use crate::store::inbox::read_relatie;
use crate::store::pack::{pack, unpack_outcome};
use crate::store::{
    Arrival, Entry, InboxStatus, InboxStore, KnownMessages, PackedMessage, ParkedContent, ParkedMessage,
    Receipt, StoreError, TakeLimit, TakenMessage, Waiting, claimable, within,
};
use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteExecutor, SqlitePool, SqliteRow};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl InboxStore for SqliteStore {
    async fn ingest(&self, arrivals: Vec<Arrival>) -> Result<Vec<Receipt>> {
        ingest(&self.writer, arrivals).await
    }

    async fn uncount(&self, arrivals: &[i64]) -> Result<()> {
        uncount(&self.writer, arrivals).await
    }

    async fn outcomes(&self, arrivals: &[i64]) -> Result<BTreeMap<i64, (InboxStatus, String)>> {
        outcomes(&self.reader, arrivals).await
    }

    async fn parked(&self) -> Result<Vec<ParkedMessage>> {
        both::inbox::parked(&self.reader).await
    }

    async fn parked_content(&self, arrival: i64) -> Result<Option<ParkedContent>> {
        both::inbox::parked_content(&self.reader, arrival).await
    }

    async fn received(&self, arrival: i64) -> Result<Option<Vec<u8>>> {
        both::inbox::received(&self.reader, arrival).await
    }

    async fn inbox(&self, after: i64, limit: TakeLimit) -> Result<Vec<TakenMessage>> {
        inbox(&self.reader, after, limit).await
    }
}

const INKOMEND: Statement = Statement {
    doing: "berichten bewaren",
    before:
        "INSERT INTO inkomend (aankomst, naam, kanaal, ontvangen, lengte, sha256, archief, status, pogingen,
            gemeente, aanbieder, ontvangen_ms)
        VALUES",
    columns: 12,
    after: "",
};

/// Stores what is new, in this order; says what is known.
pub async fn ingest(writer: &SqlitePool, arrivals: Vec<Arrival>) -> Result<Vec<Receipt>> {
    let mut transaction = super::begin_immediate(writer).await?;
    let mut known = known(&mut transaction, &arrivals).await?;
    let next: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT ifnull(max(aankomst), 0) + 1 FROM inkomend), (SELECT ifnull(max(id), 0) + 1 FROM archief)",
    )
    .fetch_one(&mut *transaction)
    .await
    .map_err(failed("berichten bewaren"))?;
    let (mut arrival, mut archive) = (next.0, Archive::new(next.1));
    let (mut rows, mut receipts) = (Vec::new(), Vec::with_capacity(arrivals.len()));
    for arrival_in in arrivals {
        if let Some(first) = known.of(&arrival_in) {
            receipts.push(first.clone());
            continue;
        }
        let (relatie, received) = (arrival_in.relatie_codes(), arrival_in.received_parts());
        let Arrival { name, channel, bytes, sha256, packed, .. } = arrival_in;
        known.add(sha256, channel, Receipt::Known { arrival, status: InboxStatus::Open, outcome: None });
        let content = archive.add_packed(bytes.len(), sha256, packed.unwrap_or_else(|| pack(&bytes)));
        rows.push((arrival, name, channel, received, bytes.len(), sha256, content, relatie));
        receipts.push(Receipt::New { arrival });
        arrival += 1;
    }
    if rows.is_empty() {
        return Ok(receipts);
    }
    archive::write_all(&mut transaction, &mut archive).await?;
    write(&mut transaction, &INKOMEND, rows, |values, row| {
        let (arrival, name, channel, received, length, sha256, content, (gemeente, aanbieder)) = row;
        values
            .integer(arrival)
            .text(name)
            .text_or_null(channel.as_ref().map(Partij::as_str))
            .moment(received.0)
            .integer(i64::try_from(length).unwrap_or(i64::MAX))
            .bytes(sha256.to_vec())
            .integer(content)
            .text(InboxStatus::Open.as_str())
            .integer(0)
            .integer(gemeente)
            .integer(aanbieder)
            .integer(received.1);
    })
    .await?;
    transaction.commit().await.map_err(failed("berichten bewaren"))?;
    Ok(receipts)
}

/// Which of these messages were received before.
async fn known(connection: &mut SqliteConnection, arrivals: &[Arrival]) -> Result<KnownMessages<Receipt>> {
    const SQL: &str = "SELECT i.sha256, i.aankomst, i.status, u.json, i.kanaal FROM json_each(?) k
        CROSS JOIN inkomend i ON i.sha256 = unhex(k.value) LEFT JOIN uitkomst u ON u.aankomst = i.aankomst
        ORDER BY i.aankomst";
    let digests: Vec<String> = arrivals.iter().map(|arrival| hex(&arrival.sha256)).collect();
    let query = sqlx::query(SQL).bind(Keys::texts(digests.iter().map(String::as_str)));
    let rows = query.fetch_all(connection).await.map_err(failed("bekende berichten zoeken"))?;
    let mut known = KnownMessages::among(arrivals);
    for row in &rows {
        let sha256 = row.get::<&[u8], _>(0).try_into().map_err(|_| StoreError::Corrupt("inkomend"))?;
        let status = status(row, 2)?;
        let outcome = match status {
            InboxStatus::Open => None,
            // One that is damaged is told by who asks for it, and stops nobody else.
            _ => row.get::<Option<&[u8]>, _>(3).and_then(|outcome| unpack_outcome(outcome).ok()),
        };
        known.add(sha256, channel(row, 4)?, Receipt::Known { arrival: row.get(1), status, outcome });
    }
    Ok(known)
}

fn status(row: &SqliteRow, at: usize) -> Result<InboxStatus> {
    InboxStatus::parse(row.get(at)).map_err(|_| StoreError::Corrupt("inkomend"))
}

pub fn channel(row: &SqliteRow, at: usize) -> Result<Option<Partij>> {
    let text: Option<&str> = row.get(at);
    text.map(|text| Partij::parse(text).ok_or(StoreError::Corrupt("inkomend"))).transpose()
}

/// Messages with their bytes, by arrival number.
const CONTENT: &str = "SELECT i.aankomst, i.naam, i.kanaal, i.ontvangen, i.pogingen, a.lengte, a.inhoud,
        i.gemeente, i.aanbieder FROM json_each(?) k CROSS JOIN inkomend i ON i.aankomst = k.value JOIN archief a ON a.id = i.archief
        ORDER BY i.aankomst";

/// Counts that messages are in hand.
const IN_HAND: &str =
    "UPDATE inkomend SET pogingen = pogingen + 1 WHERE aankomst IN (SELECT value FROM json_each(?))";

/// Open messages in order of arrival up to the first that was in hand before, or that one alone; that they are in hand
/// is counted and committed.
pub async fn claim(writer: &SqlitePool, limit: TakeLimit) -> Result<Vec<Waiting>> {
    const OPEN: &str =
        "SELECT aankomst, lengte, pogingen FROM inkomend WHERE status = 'open' ORDER BY aankomst LIMIT ?";
    let doing = failed("berichten ophalen");
    let mut transaction = super::begin_immediate(writer).await?;
    let query = sqlx::query_as(OPEN).bind(i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX));
    let open: Vec<(i64, i64, i64)> = query.fetch_all(&mut *transaction).await.map_err(&doing)?;
    let claimed = claimable(open, limit.bytes);
    if !claimed.is_empty() {
        let keys = Keys::integers(claimed.iter().map(|waiting| waiting.arrival));
        sqlx::query(IN_HAND).bind(keys).execute(&mut *transaction).await.map_err(&doing)?;
        transaction.commit().await.map_err(&doing)?;
    }
    Ok(claimed)
}

/// Takes back that messages were in hand.
pub async fn uncount(writer: &SqlitePool, arrivals: &[i64]) -> Result<()> {
    const SQL: &str = "UPDATE inkomend SET pogingen = max(pogingen - 1, 0)
        WHERE status = 'open' AND aankomst IN (SELECT value FROM json_each(?))";
    super::write_once(writer, "pogingen terugnemen", SQL, Keys::integers(arrivals.iter().copied())).await
}

/// Everything that was received after an arrival number.
pub async fn inbox(reader: &SqlitePool, after: i64, limit: TakeLimit) -> Result<Vec<TakenMessage>> {
    const NUMBERS: &str =
        "SELECT aankomst, lengte FROM inkomend WHERE aankomst > ? ORDER BY aankomst LIMIT ?";
    let doing = failed("berichten lezen");
    let query = sqlx::query_as(NUMBERS).bind(after);
    let query = query.bind(i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX));
    let numbers: Vec<(i64, i64)> = query.fetch_all(reader).await.map_err(&doing)?;
    by_number(reader, within(numbers, limit.bytes)).await?.into_iter().map(TakenMessage::unpacked).collect()
}

/// Messages with these arrival numbers, in order, as the archive keeps them.
pub async fn by_number(
    reader: impl SqliteExecutor<'_>,
    numbers: Vec<i64>,
) -> Result<Vec<TakenMessage<PackedMessage>>> {
    let rows = sqlx::query(CONTENT).bind(Keys::integers(numbers)).fetch_all(reader).await;
    rows.map_err(failed("berichten lezen"))?.iter().map(read_taken).collect()
}

fn read_taken(row: &SqliteRow) -> Result<TakenMessage<PackedMessage>> {
    Ok(TakenMessage {
        arrival: row.get(0),
        name: row.get(1),
        channel: channel(row, 2)?,
        received: read(row.get(3), "inkomend")?,
        times_in_hand: u32::try_from(row.get::<i64, _>(4)).unwrap_or(u32::MAX),
        bytes: frame(row, 5)?,
        relatie: read_relatie(row.get(7), row.get(8)),
    })
}

/// What messages came to, and where they stand.
pub async fn outcomes(reader: &SqlitePool, arrivals: &[i64]) -> Result<BTreeMap<i64, (InboxStatus, String)>> {
    const SQL: &str = "SELECT i.aankomst, i.status, u.json FROM json_each(?) k
        CROSS JOIN inkomend i ON i.aankomst = k.value JOIN uitkomst u ON u.aankomst = i.aankomst";
    let query = sqlx::query(SQL).bind(Keys::integers(arrivals.iter().copied())).fetch_all(reader);
    let rows = query.await.map_err(failed("uitkomst lezen"))?;
    rows.iter().map(|row| Ok((row.get(0), (status(row, 1)?, unpack_outcome(row.get(2))?)))).collect()
}

/// A parked message is judged again, or never. The entry names it.
pub async fn unpark(connection: &mut SqliteConnection, entry: &Entry, retry: bool) -> Result<()> {
    const SQL: &str =
        "UPDATE inkomend SET status = ?, pogingen = 0 WHERE aankomst = ? AND status = 'geparkeerd'";
    let arrival = entry.arrival.unwrap_or_default();
    let status = if retry { InboxStatus::Open } else { InboxStatus::Vervallen };
    let query = sqlx::query(SQL).bind(status.as_str()).bind(arrival).execute(connection);
    match query.await.map_err(failed("geparkeerd bericht bijwerken"))?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::NotParked(arrival)),
    }
}
