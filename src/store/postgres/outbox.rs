//! The outbox: what leaves, in order, and whether the hub has it.

use super::archive::content;
use super::bulk::{Cursor, failed, instant};
use super::inbox::channel;
use super::{PUBLISHING, PgStore, kennisgeving};
use crate::clock::Moment;
use crate::messages::{BerichtSoort, Partij};
use crate::store::cells::Fields;
use crate::store::convert::Coded;
use crate::store::outbox::{aanbieder, damaged, damaged_notice, received, up_to_damaged};
use crate::store::{
    Answer, KennisgevingSleutel, OutboxMessage, OutboxStore, SentMessage, StoreError, TakeLimit, TeMelden,
    Turn, UnsentNotice, within,
};
use async_trait::async_trait;
use sqlx::postgres::{PgPool, PgRow};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl OutboxStore for PgStore {
    async fn lock_publishing(&self) -> Result<Option<Box<dyn Turn>>> {
        self.try_lock(PUBLISHING, "publiceren").await
    }

    async fn unpublished(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<OutboxMessage>> {
        self.answers.to(unpublished(&self.reader, limit, except)).await
    }

    async fn mark_published(&self, sends: &[i64]) -> Result<()> {
        self.answers.to(mark_published(&self.writer, sends)).await
    }

    async fn sent(&self, send: i64) -> Result<Option<OutboxMessage>> {
        self.answers.to(sent(&self.reader, send)).await
    }

    async fn find_sent(&self, identificatie: &str) -> Result<Vec<SentMessage>> {
        self.answers.to(find_sent(&self.reader, identificatie)).await
    }

    async fn answers(&self, arrivals: &[i64]) -> Result<Vec<Answer>> {
        self.answers.to(answers(&self.reader, arrivals)).await
    }

    async fn find_answers(&self, sender: Partij, id: &str) -> Result<Vec<Answer>> {
        self.answers.to(find_answers(&self.reader, sender, id)).await
    }

    async fn resend(&self, sends: &[i64]) -> Result<()> {
        self.answers.to(resend(&self.writer, sends)).await
    }

    async fn unsent_notices(&self, after: i64, limit: TakeLimit) -> Result<Vec<Result<UnsentNotice>>> {
        self.answers.to(unsent_notices(&self.reader, after, limit)).await
    }

    async fn mark_notices_sent(&self, arrivals: &[i64]) -> Result<()> {
        self.answers.to(mark_notices_sent(&self.writer, arrivals)).await
    }

    async fn unsent_kennisgevingen(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<TeMelden>> {
        self.answers.to(kennisgeving::unsent(&self.reader, limit, except)).await
    }

    async fn mark_kennisgevingen_sent(&self, keys: &[KennisgevingSleutel]) -> Result<()> {
        self.answers.to(kennisgeving::mark_sent(&self.writer, keys)).await
    }

    async fn issued_at(&self, moment: Moment) -> Result<u32> {
        self.answers.to(issued_at(&self.reader, moment)).await
    }
}

/// Messages that leave, from tables that give `uitgaand u`, under a condition.
macro_rules! outbox_sql {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT u.zendnummer, u.soort, u.ontvanger, u.identificatie, u.journaal, a.lengte, a.inhoud, i.naam,
             CASE WHEN h.zendnummer IS NULL THEN i.ontvangen END, i.ontvangen_ms FROM ",
            $from,
            " JOIN archief a ON a.id = u.archief LEFT JOIN journaal j ON j.nummer = u.journaal
             LEFT JOIN inkomend i ON i.aankomst = j.aankomst LEFT JOIN herhaling h ON h.zendnummer = u.zendnummer ",
            $condition
        )
    };
}

/// What was sent because of messages, from tables that give their outcomes `k`.
macro_rules! answers_sql {
    ($from:literal) => {
        concat!(
            "SELECT u.zendnummer, u.soort, u.ontvanger, u.identificatie, u.gepubliceerd, k.soort, k.aankomst, j.moment FROM ",
            $from,
            " JOIN uitgaand u ON u.journaal = k.journaal JOIN journaal j ON j.nummer = k.journaal
             WHERE k.soort IS NOT NULL ORDER BY u.zendnummer"
        )
    };
}

/// Messages that the hub does not have, in order, without those for some receivers.
pub async fn unpublished(reader: &PgPool, limit: TakeLimit, except: &[Partij]) -> Result<Vec<OutboxMessage>> {
    const OPEN: &str = "SELECT u.zendnummer, a.lengte FROM uitgaand u JOIN archief a ON a.id = u.archief
        WHERE NOT u.gepubliceerd AND u.ontvanger <> ALL($1) ORDER BY u.zendnummer LIMIT $2";
    const CONTENT: &str = outbox_sql!(
        "UNNEST($1::bigint[]) k (zendnummer) JOIN uitgaand u ON u.zendnummer = k.zendnummer",
        "ORDER BY u.zendnummer"
    );
    let doing = failed("uitgaande berichten lezen");
    let except: Vec<&str> = except.iter().map(Partij::as_str).collect();
    let query = sqlx::query_as(OPEN).bind(except);
    let query = query.bind(i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX));
    let open: Vec<(i64, i64)> = query.fetch_all(reader).await.map_err(&doing)?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let query = sqlx::query(CONTENT).bind(within(open, limit.bytes));
    up_to_damaged(query.fetch_all(reader).await.map_err(&doing)?.iter().map(read_message))
}

fn receiver(row: &mut Cursor<'_>) -> Result<Partij> {
    channel(row)?.ok_or_else(|| row.corrupt())
}

fn read_message(row: &PgRow) -> Result<OutboxMessage> {
    let mut row = Cursor::new(row, "uitgaand");
    let (send, soort, receiver) = (row.integer()?, row.code(), receiver(&mut row)?);
    Ok(OutboxMessage {
        send,
        soort: soort.map_err(damaged(send, receiver))?,
        receiver,
        identificatie: row.owned()?,
        journal: row.integer()?,
        bytes: content(&mut row).map_err(damaged(send, receiver))?,
        cause: row.text_or_null()?.map(str::to_owned),
        received: match (row.moment_or_null()?, row.integer_or_null()?) {
            (Some(seconds), milliseconds) => Some(received(seconds, milliseconds)),
            _ => None,
        },
    })
}

/// The hub has these.
pub async fn mark_published(pool: &PgPool, sends: &[i64]) -> Result<()> {
    const SQL: &str = "UPDATE uitgaand SET gepubliceerd = true WHERE zendnummer = ANY($1)";
    if sends.is_empty() {
        return Ok(());
    }
    let done = sqlx::query(SQL).bind(sends).execute(pool).await;
    done.map(drop).map_err(failed("publicatie vastleggen"))
}

/// One message, published or not.
pub async fn sent(reader: &PgPool, send: i64) -> Result<Option<OutboxMessage>> {
    const SQL: &str = outbox_sql!("uitgaand u", "WHERE u.zendnummer = $1");
    let row = sqlx::query(SQL).bind(send).fetch_optional(reader).await;
    row.map_err(failed("uitgaand bericht lezen"))?.as_ref().map(read_message).transpose()
}

/// Messages by Identificatie.
pub async fn find_sent(reader: &PgPool, identificatie: &str) -> Result<Vec<SentMessage>> {
    const SQL: &str = "SELECT zendnummer, soort, ontvanger, identificatie, gepubliceerd FROM uitgaand
        WHERE identificatie = $1 ORDER BY zendnummer";
    let rows = sqlx::query(SQL).bind(identificatie).fetch_all(reader).await;
    let rows = rows.map_err(failed("uitgaande berichten zoeken"))?;
    rows.iter().map(|row| read_sent(&mut Cursor::new(row, "uitgaand"))).collect()
}

fn read_sent(row: &mut Cursor<'_>) -> Result<SentMessage> {
    Ok(SentMessage {
        send: row.integer()?,
        soort: row.code()?,
        receiver: receiver(row)?,
        identificatie: row.owned()?,
        published: row.flag()?,
    })
}

/// The answers on messages.
pub async fn answers(reader: &PgPool, arrivals: &[i64]) -> Result<Vec<Answer>> {
    const SQL: &str =
        answers_sql!("UNNEST($1::bigint[]) a (aankomst) JOIN uitkomst k ON k.aankomst = a.aankomst");
    let rows = sqlx::query(SQL).bind(arrivals).fetch_all(reader).await;
    read_answers(&rows.map_err(failed("antwoorden zoeken"))?)
}

/// The answers on messages of a sender with this Identificatie, or DeclaratieNummer.
pub async fn find_answers(reader: &PgPool, sender: Partij, id: &str) -> Result<Vec<Answer>> {
    const SQL: &str = answers_sql!(
        "(SELECT aankomst FROM uitkomst WHERE afzender = $1 AND identificatie = $2
            UNION SELECT d.aankomst FROM declaratie c JOIN journaal d ON d.nummer = c.journaal
            WHERE c.aanbieder = $3 AND c.nummer = $2
        ) a JOIN uitkomst k ON k.aankomst = a.aankomst"
    );
    let query = sqlx::query(SQL).bind(sender.as_str()).bind(id).bind(aanbieder(sender));
    read_answers(&query.fetch_all(reader).await.map_err(failed("antwoorden zoeken"))?)
}

fn read_answers(rows: &[PgRow]) -> Result<Vec<Answer>> {
    let answer = |row: &PgRow| {
        let mut row = Cursor::new(row, "uitgaand");
        let sent = read_sent(&mut row)?;
        Ok(Answer::on(row.code()?, row.integer()?, row.moment()?, sent))
    };
    rows.iter().map(answer).filter_map(Result::transpose).collect()
}

/// Publishes messages that left once more.
pub async fn resend(pool: &PgPool, sends: &[i64]) -> Result<()> {
    const SQL: &str = "WITH weer AS (
            UPDATE uitgaand SET gepubliceerd = false WHERE gepubliceerd AND zendnummer = ANY($1) RETURNING zendnummer
        )
        INSERT INTO herhaling (zendnummer) SELECT zendnummer FROM weer ON CONFLICT DO NOTHING";
    let done = sqlx::query(SQL).bind(sends).execute(pool).await;
    done.map(drop).map_err(failed("opnieuw verzenden"))
}

/// Notices behind a message that their senders do not have, in order of arrival.
pub async fn unsent_notices(
    reader: &PgPool,
    after: i64,
    limit: TakeLimit,
) -> Result<Vec<Result<UnsentNotice>>> {
    const SQL: &str = "SELECT u.aankomst, i.naam, i.kanaal, a.lengte, a.inhoud, i.ontvangen,
        i.ontvangen_ms FROM uitkomst u
        JOIN inkomend i ON i.aankomst = u.aankomst JOIN archief a ON a.id = u.melding
        WHERE u.melding IS NOT NULL AND NOT u.gemeld AND u.aankomst > $1 ORDER BY u.aankomst LIMIT $2";
    let query = sqlx::query(SQL).bind(after).bind(i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX));
    let rows = query.fetch_all(reader).await.map_err(failed("meldingen lezen"))?;
    let notice = |row: &PgRow| {
        let mut row = Cursor::new(row, "uitkomst");
        let (arrival, name, channel) = (row.integer()?, row.owned()?, channel(&mut row)?);
        Ok(UnsentNotice {
            arrival,
            name,
            channel,
            bytes: content(&mut row).map_err(damaged_notice(arrival, channel))?,
            received: received(row.moment()?, row.integer_or_null()?),
        })
    };
    Ok(rows.iter().map(notice).collect())
}

/// The senders have these.
pub async fn mark_notices_sent(pool: &PgPool, arrivals: &[i64]) -> Result<()> {
    const SQL: &str = "UPDATE uitkomst SET gemeld = true WHERE aankomst = ANY($1)";
    if arrivals.is_empty() {
        return Ok(());
    }
    let done = sqlx::query(SQL).bind(arrivals).execute(pool).await;
    done.map(drop).map_err(failed("meldingen afmelden"))
}

/// JW301s that we made for an aanbieder at a moment: those that are not a message from outside, forwarded.
pub async fn issued_at(reader: &PgPool, moment: Moment) -> Result<u32> {
    const SQL: &str = "SELECT count(*) FROM uitgaand u JOIN journaal j ON j.nummer = u.journaal
        LEFT JOIN inkomend i ON i.aankomst = j.aankomst
        WHERE j.moment = $1 AND u.soort = $2 AND length(u.ontvanger) = 8
        AND (i.archief IS NULL OR i.archief <> u.archief)";
    let query = sqlx::query_scalar(SQL).bind(instant(moment)).bind(BerichtSoort::Jw301.to_integer());
    let count: i64 = query.fetch_one(reader).await.map_err(failed("de klok zetten"))?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
