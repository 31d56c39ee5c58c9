//! The outbox: what leaves, in order, and whether the hub has it.

use super::bulk::failed;
use super::{PUBLISHING, PgStore};
use crate::clock::Moment;
use crate::messages::Partij;
use crate::store::both::outbox;
use crate::store::{
    Answer, OutboxMessage, OutboxStore, SentMessage, StoreError, TakeLimit, Turn, UnsentNotice,
};
use async_trait::async_trait;
use sqlx::postgres::PgPool;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl OutboxStore for PgStore {
    async fn lock_publishing(&self) -> Result<Option<Box<dyn Turn>>> {
        self.try_lock(PUBLISHING, "publiceren").await
    }

    async fn unpublished(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<OutboxMessage>> {
        self.answers.to(outbox::unpublished(&self.reader, limit, except)).await
    }

    async fn mark_published(&self, sends: &[i64]) -> Result<()> {
        self.answers.to(mark_published(&self.writer, sends)).await
    }

    async fn sent(&self, send: i64) -> Result<Option<OutboxMessage>> {
        self.answers.to(outbox::sent(&self.reader, send)).await
    }

    async fn find_sent(&self, identificatie: &str) -> Result<Vec<SentMessage>> {
        self.answers.to(outbox::find_sent(&self.reader, identificatie)).await
    }

    async fn answers(&self, arrivals: &[i64]) -> Result<Vec<Answer>> {
        self.answers.to(outbox::answers(&self.reader, arrivals)).await
    }

    async fn find_answers(&self, sender: Partij, id: &str) -> Result<Vec<Answer>> {
        self.answers.to(outbox::find_answers(&self.reader, sender, id)).await
    }

    async fn resend(&self, sends: &[i64]) -> Result<()> {
        self.answers.to(resend(&self.writer, sends)).await
    }

    async fn unsent_notices(&self, after: i64, limit: TakeLimit) -> Result<Vec<Result<UnsentNotice>>> {
        self.answers.to(outbox::unsent_notices(&self.reader, after, limit)).await
    }

    async fn mark_notices_sent(&self, arrivals: &[i64]) -> Result<()> {
        self.answers.to(mark_notices_sent(&self.writer, arrivals)).await
    }

    async fn issued_at(&self, moment: Moment) -> Result<u32> {
        self.answers.to(outbox::issued_at(&self.reader, moment)).await
    }
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

/// Publishes messages that left once more.
pub async fn resend(pool: &PgPool, sends: &[i64]) -> Result<()> {
    const SQL: &str = "WITH weer AS (
            UPDATE uitgaand SET gepubliceerd = false WHERE gepubliceerd AND zendnummer = ANY($1) RETURNING zendnummer
        )
        INSERT INTO herhaling (zendnummer) SELECT zendnummer FROM weer ON CONFLICT DO NOTHING";
    let done = sqlx::query(SQL).bind(sends).execute(pool).await;
    done.map(drop).map_err(failed("opnieuw verzenden"))
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
