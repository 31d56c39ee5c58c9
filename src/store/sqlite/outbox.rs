//! The outbox: what leaves, in order, and whether the hub has it.

use super::bulk::failed;
use super::{FileLock, SqliteStore, begin_immediate, kennisgeving};
use crate::clock::Moment;
use crate::messages::Partij;
use crate::store::both::{self, Engine, Query, outbox};
use crate::store::{
    Answer, KennisgevingSleutel, OutboxMessage, OutboxStore, SentMessage, StoreError, TakeLimit, TeMelden,
    Turn, UnsentNotice,
};
use async_trait::async_trait;

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
        self.write_all(outbox::published(sends), sends).await
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
        let mut transaction = begin_immediate(&self.writer).await?;
        outbox::resend(&mut &mut *transaction, sends).await?;
        transaction.commit().await.map_err(failed("opnieuw verzenden"))
    }

    async fn unsent_notices(&self, after: i64, limit: TakeLimit) -> Result<Vec<Result<UnsentNotice>>> {
        outbox::unsent_notices(&self.reader, after, limit).await
    }

    async fn mark_notices_sent(&self, arrivals: &[i64]) -> Result<()> {
        self.write_all(outbox::notices_sent(arrivals), arrivals).await
    }

    async fn unsent_kennisgevingen(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<TeMelden>> {
        both::kennisgeving::unsent(&self.reader, limit, except).await
    }

    async fn mark_kennisgevingen_sent(&self, keys: &[KennisgevingSleutel]) -> Result<()> {
        kennisgeving::mark_sent(&self.writer, keys).await
    }

    async fn issued_at(&self, moment: Moment) -> Result<u32> {
        outbox::issued_at(&self.reader, moment).await
    }
}

impl SqliteStore {
    /// Writes something of these rows, when there are any.
    async fn write_all(&self, query: Query, rows: &[i64]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let (doing, mut transaction) = (query.doing, begin_immediate(&self.writer).await?);
        (&mut *transaction).run(query).await?;
        transaction.commit().await.map_err(failed(doing))
    }
}
