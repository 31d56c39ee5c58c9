//! The outbox: what leaves, in order, and whether the hub has it.

use super::archive::content;
use super::bulk::{Keys, failed};
use super::inbox::channel;
use super::{FileLock, SqliteStore, kennisgeving};
use crate::clock::Moment;
use crate::messages::{BerichtSoort, Partij};
use crate::store::convert::{Coded, read, read_option};
use crate::store::outbox::{aanbieder, damaged, damaged_notice, received, up_to_damaged};
use crate::store::{
    Answer, KennisgevingSleutel, OutboxMessage, OutboxStore, SentMessage, StoreError, TakeLimit, TeMelden,
    Turn, UnsentNotice, within,
};
use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl OutboxStore for SqliteStore {
    async fn lock_publishing(&self) -> Result<Option<Box<dyn Turn>>> {
        Ok(FileLock::attempt(&self.publishing_lock)?.map(|lock| Box::new(lock) as Box<dyn Turn>))
    }

    async fn unpublished(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<OutboxMessage>> {
        unpublished(&self.reader, limit, except).await
    }

    async fn mark_published(&self, sends: &[i64]) -> Result<()> {
        mark_published(&self.writer, sends).await
    }

    async fn sent(&self, send: i64) -> Result<Option<OutboxMessage>> {
        sent(&self.reader, send).await
    }

    async fn find_sent(&self, identificatie: &str) -> Result<Vec<SentMessage>> {
        find_sent(&self.reader, identificatie).await
    }

    async fn answers(&self, arrivals: &[i64]) -> Result<Vec<Answer>> {
        answers(&self.reader, arrivals).await
    }

    async fn find_answers(&self, sender: Partij, id: &str) -> Result<Vec<Answer>> {
        find_answers(&self.reader, sender, id).await
    }

    async fn resend(&self, sends: &[i64]) -> Result<()> {
        resend(&self.writer, sends).await
    }

    async fn unsent_notices(&self, after: i64, limit: TakeLimit) -> Result<Vec<Result<UnsentNotice>>> {
        unsent_notices(&self.reader, after, limit).await
    }

    async fn mark_notices_sent(&self, arrivals: &[i64]) -> Result<()> {
        mark_notices_sent(&self.writer, arrivals).await
    }

    async fn unsent_kennisgevingen(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<TeMelden>> {
        kennisgeving::unsent(&self.reader, limit, except).await
    }

    async fn mark_kennisgevingen_sent(&self, keys: &[KennisgevingSleutel]) -> Result<()> {
        kennisgeving::mark_sent(&self.writer, keys).await
    }

    async fn issued_at(&self, moment: Moment) -> Result<u32> {
        issued_at(&self.reader, moment).await
    }
}

/// Messages that leave, from tables that give `uitgaand u`, under a condition.
macro_rules! outbox_sql {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT u.zendnummer, u.soort, u.ontvanger, u.identificatie, u.journaal, a.lengte, a.inhoud, i.naam,
             iif(h.zendnummer IS NULL, i.ontvangen, NULL), i.ontvangen_ms FROM ",
            $from,
            " JOIN archief a ON a.id = u.archief LEFT JOIN journaal j ON j.nummer = u.journaal
             LEFT JOIN inkomend i ON i.aankomst = j.aankomst LEFT JOIN herhaling h ON h.zendnummer = u.zendnummer ",
            $condition
        )
    };
}

/// What was sent because of messages, from tables that give their outcomes `k` and what was sent `u`.
macro_rules! answers_sql {
    ($from:literal) => {
        concat!(
            "SELECT u.zendnummer, u.soort, u.ontvanger, u.identificatie, u.gepubliceerd, k.soort, k.aankomst, j.moment FROM ",
            $from,
            " CROSS JOIN uitgaand u ON u.journaal = k.journaal JOIN journaal j ON j.nummer = k.journaal
             WHERE k.soort IS NOT NULL ORDER BY u.zendnummer"
        )
    };
}

/// Messages that the hub does not have, in order, without those for some receivers.
pub async fn unpublished(
    reader: &SqlitePool,
    limit: TakeLimit,
    except: &[Partij],
) -> Result<Vec<OutboxMessage>> {
    const OPEN: &str = "SELECT u.zendnummer, a.lengte FROM uitgaand u JOIN archief a ON a.id = u.archief
        WHERE u.gepubliceerd = 0 AND u.ontvanger NOT IN (SELECT value FROM json_each(?))
        ORDER BY u.zendnummer LIMIT ?";
    const CONTENT: &str = outbox_sql!(
        "json_each(?) k CROSS JOIN uitgaand u ON u.zendnummer = k.value",
        "ORDER BY u.zendnummer"
    );
    let doing = failed("uitgaande berichten lezen");
    let query = sqlx::query_as(OPEN).bind(Keys::texts(except.iter().map(Partij::as_str)));
    let query = query.bind(i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX));
    let open: Vec<(i64, i64)> = query.fetch_all(reader).await.map_err(&doing)?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let query = sqlx::query(CONTENT).bind(Keys::integers(within(open, limit.bytes)));
    up_to_damaged(query.fetch_all(reader).await.map_err(&doing)?.iter().map(read_message))
}

fn read_message(row: &SqliteRow) -> Result<OutboxMessage> {
    let send = row.get(0);
    let receiver = Partij::parse(row.get(2)).ok_or(StoreError::Corrupt("uitgaand"))?;
    Ok(OutboxMessage {
        send,
        soort: read(row.get(1), "uitgaand").map_err(damaged(send, receiver))?,
        receiver,
        identificatie: row.get(3),
        journal: row.get(4),
        bytes: content(row, 5).map_err(damaged(send, receiver))?,
        cause: row.get(7),
        received: read_option(row.get(8), "inkomend")?.map(|seconds| received(seconds, row.get(9))),
    })
}

/// The hub has these.
pub async fn mark_published(writer: &SqlitePool, sends: &[i64]) -> Result<()> {
    const SQL: &str =
        "UPDATE uitgaand SET gepubliceerd = 1 WHERE zendnummer IN (SELECT value FROM json_each(?))";
    if sends.is_empty() {
        return Ok(());
    }
    super::write_once(writer, "publicatie vastleggen", SQL, Keys::integers(sends.iter().copied())).await
}

/// One message, published or not.
pub async fn sent(reader: &SqlitePool, send: i64) -> Result<Option<OutboxMessage>> {
    const SQL: &str = outbox_sql!("uitgaand u", "WHERE u.zendnummer = ?");
    let row = sqlx::query(SQL).bind(send).fetch_optional(reader).await;
    row.map_err(failed("uitgaand bericht lezen"))?.as_ref().map(read_message).transpose()
}

/// Messages by Identificatie.
pub async fn find_sent(reader: &SqlitePool, identificatie: &str) -> Result<Vec<SentMessage>> {
    const SQL: &str = "SELECT zendnummer, soort, ontvanger, identificatie, gepubliceerd FROM uitgaand
        WHERE identificatie = ? ORDER BY zendnummer";
    let rows = sqlx::query(SQL).bind(identificatie).fetch_all(reader).await;
    let rows = rows.map_err(failed("uitgaande berichten zoeken"))?;
    rows.iter().map(read_sent).collect()
}

fn read_sent(row: &SqliteRow) -> Result<SentMessage> {
    Ok(SentMessage {
        send: row.get(0),
        soort: read(row.get(1), "uitgaand")?,
        receiver: Partij::parse(row.get(2)).ok_or(StoreError::Corrupt("uitgaand"))?,
        identificatie: row.get(3),
        published: row.get::<i64, _>(4) == 1,
    })
}

/// The answers on messages.
pub async fn answers(reader: &SqlitePool, arrivals: &[i64]) -> Result<Vec<Answer>> {
    const SQL: &str = answers_sql!("json_each(?) a CROSS JOIN uitkomst k ON k.aankomst = a.value");
    let query = sqlx::query(SQL).bind(Keys::integers(arrivals.iter().copied())).fetch_all(reader);
    read_answers(&query.await.map_err(failed("antwoorden zoeken"))?)
}

/// The answers on messages of a sender with this Identificatie, or DeclaratieNummer.
pub async fn find_answers(reader: &SqlitePool, sender: Partij, id: &str) -> Result<Vec<Answer>> {
    const SQL: &str = answers_sql!(
        "(SELECT aankomst FROM uitkomst WHERE afzender = ?1 AND identificatie = ?2
            UNION SELECT d.aankomst FROM declaratie c JOIN journaal d ON d.nummer = c.journaal
            WHERE c.aanbieder = ?3 AND c.nummer = ?2
        ) a CROSS JOIN uitkomst k ON k.aankomst = a.aankomst"
    );
    let query = sqlx::query(SQL).bind(sender.as_str()).bind(id).bind(aanbieder(sender));
    read_answers(&query.fetch_all(reader).await.map_err(failed("antwoorden zoeken"))?)
}

fn read_answers(rows: &[SqliteRow]) -> Result<Vec<Answer>> {
    let answer = |row: &SqliteRow| {
        let (soort, decided) = (read(row.get(5), "uitkomst")?, read(row.get(7), "journaal")?);
        Ok(Answer::on(soort, row.get(6), decided, read_sent(row)?))
    };
    rows.iter().map(answer).filter_map(Result::transpose).collect()
}

/// Publishes messages that left once more.
pub async fn resend(writer: &SqlitePool, sends: &[i64]) -> Result<()> {
    const AGAIN: &str = "INSERT OR IGNORE INTO herhaling (zendnummer) SELECT zendnummer FROM uitgaand
        WHERE gepubliceerd = 1 AND zendnummer IN (SELECT value FROM json_each(?))";
    const SQL: &str =
        "UPDATE uitgaand SET gepubliceerd = 0 WHERE zendnummer IN (SELECT value FROM json_each(?))";
    let (doing, keys) = (failed("opnieuw verzenden"), Keys::integers(sends.iter().copied()));
    let mut transaction = super::begin_immediate(writer).await?;
    for sql in [AGAIN, SQL] {
        sqlx::query(sql).bind(keys.clone()).execute(&mut *transaction).await.map_err(&doing)?;
    }
    transaction.commit().await.map_err(doing)
}

/// Notices behind a message that their senders do not have, in order of arrival.
pub async fn unsent_notices(
    reader: &SqlitePool,
    after: i64,
    limit: TakeLimit,
) -> Result<Vec<Result<UnsentNotice>>> {
    const SQL: &str = "SELECT u.aankomst, i.naam, i.kanaal, a.lengte, a.inhoud, i.ontvangen, i.ontvangen_ms
        FROM uitkomst u
        JOIN inkomend i ON i.aankomst = u.aankomst JOIN archief a ON a.id = u.melding
        WHERE u.melding IS NOT NULL AND u.gemeld = 0 AND u.aankomst > ? ORDER BY u.aankomst LIMIT ?";
    let query = sqlx::query(SQL).bind(after).bind(i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX));
    let rows = query.fetch_all(reader).await.map_err(failed("meldingen lezen"))?;
    let notice = |row: &SqliteRow| {
        let (arrival, channel) = (row.get(0), channel(row, 2)?);
        Ok(UnsentNotice {
            arrival,
            name: row.get(1),
            channel,
            bytes: content(row, 3).map_err(damaged_notice(arrival, channel))?,
            received: received(read(row.get(5), "inkomend")?, row.get(6)),
        })
    };
    Ok(rows.iter().map(notice).collect())
}

/// The senders have these.
pub async fn mark_notices_sent(writer: &SqlitePool, arrivals: &[i64]) -> Result<()> {
    const SQL: &str = "UPDATE uitkomst SET gemeld = 1 WHERE aankomst IN (SELECT value FROM json_each(?))";
    if arrivals.is_empty() {
        return Ok(());
    }
    super::write_once(writer, "meldingen afmelden", SQL, Keys::integers(arrivals.iter().copied())).await
}

/// JW301s that we made for an aanbieder at a moment: those that are not a message from outside, forwarded.
pub async fn issued_at(reader: &SqlitePool, moment: Moment) -> Result<u32> {
    const SQL: &str = "SELECT count(*) FROM uitgaand u CROSS JOIN journaal j ON j.nummer = u.journaal
        LEFT JOIN inkomend i ON i.aankomst = j.aankomst
        WHERE j.moment = ? AND u.soort = ? AND length(u.ontvanger) = 8
        AND (i.archief IS NULL OR i.archief <> u.archief)";
    let query = sqlx::query_scalar(SQL).bind(moment.to_integer()).bind(BerichtSoort::Jw301.to_integer());
    let count: i64 = query.fetch_one(reader).await.map_err(failed("de klok zetten"))?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
