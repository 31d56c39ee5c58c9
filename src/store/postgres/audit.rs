//! Records of journal entries, and the chain over them.

use super::bulk::{Statement, failed};
use super::bundle::Bundle;
use super::{LOCKS, PgStore, SEALER, settled};
use crate::digest::Digest;
use crate::store::audit::{AuditStore, Recorded, Sealable, Sealed};
use crate::store::both::audit;
use crate::store::cells::Cells;
use crate::store::{StoreError, Turn};
use async_trait::async_trait;
use sqlx::postgres::PgPool;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl AuditStore for PgStore {
    async fn recorded(&self, after: i64, to: i64) -> Result<Vec<Recorded>> {
        self.answers.to(audit::recorded(&self.reader, after, to)).await
    }

    async fn settled(&self) -> Result<i64> {
        self.answers.to(settled::settled(&self.reader)).await
    }

    async fn lock_sealing(&self) -> Result<Option<Box<dyn Turn>>> {
        self.try_lock(SEALER, "verzegelen").await
    }

    async fn last_link(&self) -> Result<Option<(i64, Digest)>> {
        self.answers.to(audit::last_link(&self.reader)).await
    }

    async fn sealable(&self, after: i64, to: i64, content: bool) -> Result<Vec<Sealable>> {
        self.answers.to(async { audit::sealable(&mut &self.reader, after, to, content).await }).await
    }

    async fn links(&self, after: i64, to: i64) -> Result<Vec<Sealed>> {
        self.answers.to(audit::links(&self.reader, after, to)).await
    }

    async fn seal(&self, behind: i64, links: Vec<Sealed>) -> Result<bool> {
        self.answers.to(seal(&self.writer, behind, links)).await
    }
}

const KETEN: Statement =
    Statement { table: "keten", before: "INSERT INTO keten (journaal, schakel)", columns: 2, after: "" };

const KETEN_INHOUD: Statement = Statement {
    table: "keten_inhoud",
    before: "INSERT INTO keten_inhoud (journaal, onderdeel, zout, digest)",
    columns: 4,
    after: "",
};

async fn seal(writer: &PgPool, behind: i64, sealed: Vec<Sealed>) -> Result<bool> {
    const SEALING: i32 = 7;
    let doing = failed("verzegelen");
    let mut transaction = writer.begin().await.map_err(&doing)?;
    let lock = sqlx::query("SELECT pg_advisory_xact_lock($1, $2)").bind(LOCKS).bind(SEALING);
    lock.execute(&mut *transaction).await.map_err(&doing)?;
    let last = sqlx::query_scalar("SELECT coalesce(max(journaal), 0) FROM keten");
    let last: i64 = last.fetch_one(&mut *transaction).await.map_err(&doing)?;
    if last != behind {
        return Ok(false);
    }
    let (rows, parts) = Sealed::into_rows(sealed);
    let mut bundle = Bundle::new(&mut transaction, "verzegelen");
    bundle
        .write(&KETEN, rows, |values, (journal, link)| {
            values.integer(journal).bytes(link.to_vec());
        })
        .await?;
    bundle
        .write(&KETEN_INHOUD, parts, |values, (journal, part)| {
            values
                .integer(journal)
                .text(part.name)
                .bytes(part.salt.unwrap_or_default())
                .bytes(part.digest.to_vec());
        })
        .await?;
    bundle.sent().await?;
    transaction.commit().await.map_err(&doing)?;
    Ok(true)
}
