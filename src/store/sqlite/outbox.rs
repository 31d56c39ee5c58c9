//! The outbox: what leaves, in order, and whether the hub has it.

use super::bulk::{Keys, failed};
use super::{FileLock, SqliteStore};
use crate::clock::Moment;
use crate::messages::Partij;
use crate::store::both::outbox;
use crate::store::{
    Answer, OutboxMessage, OutboxStore, SentMessage, StoreError, TakeLimit, Turn, UnsentNotice,
};
use async_trait::async_trait;
use sqlx::sqlite::SqlitePool;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl OutboxStore for SqliteStore {
    async fn lock_publishing(&self) -> Result<Option<Box<dyn Turn>>> {
        Ok(FileLock::attempt(&self.publishing_lock)?.map(|lock| Box::new(lock) as Box<dyn Turn>))
    }

    async fn unpublished(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<OutboxMessage>> {
        outbox::unpublished(&self.reader, limit, except).await
    }

    async fn mark_published(&self, sends: &[i64]) -> Result<()> {
        mark_published(&self.writer, sends).await
    }

    async fn sent(&self, send: i64) -> Result<Option<OutboxMessage>> {
        outbox::sent(&self.reader, send).await
    }

    async fn find_sent(&self, identificatie: &str) -> Result<Vec<SentMessage>> {
        outbox::find_sent(&self.reader, identificatie).await
    }

    async fn answers(&self, arrivals: &[i64]) -> Result<Vec<Answer>> {
        outbox::answers(&self.reader, arrivals).await
    }

    async fn find_answers(&self, sender: Partij, id: &str) -> Result<Vec<Answer>> {
        outbox::find_answers(&self.reader, sender, id).await
    }

    async fn resend(&self, sends: &[i64]) -> Result<()> {
        resend(&self.writer, sends).await
    }

    async fn unsent_notices(&self, after: i64, limit: TakeLimit) -> Result<Vec<Result<UnsentNotice>>> {
        outbox::unsent_notices(&self.reader, after, limit).await
    }

    async fn mark_notices_sent(&self, arrivals: &[i64]) -> Result<()> {
        mark_notices_sent(&self.writer, arrivals).await
    }

    async fn issued_at(&self, moment: Moment) -> Result<u32> {
        outbox::issued_at(&self.reader, moment).await
    }
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

/// The senders have these.
pub async fn mark_notices_sent(writer: &SqlitePool, arrivals: &[i64]) -> Result<()> {
    const SQL: &str = "UPDATE uitkomst SET gemeld = 1 WHERE aankomst IN (SELECT value FROM json_each(?))";
    if arrivals.is_empty() {
        return Ok(());
    }
    super::write_once(writer, "meldingen afmelden", SQL, Keys::integers(arrivals.iter().copied())).await
}
