//! The chain: how far it may go, and its growing.

use super::bulk::{Statement, failed, write};
use crate::store::StoreError;
use crate::store::audit::Sealed;
use crate::store::cells::Cells;
use sqlx::sqlite::SqlitePool;

type Result<T> = std::result::Result<T, StoreError>;

/// The journal number up to which nothing can still arrive: one writer draws and commits numbers in order.
pub async fn settled(reader: &SqlitePool) -> Result<i64> {
    let query = sqlx::query_scalar("SELECT ifnull(max(nummer), 0) FROM journaal").fetch_one(reader);
    query.await.map_err(failed("het journaal lezen"))
}

const KETEN: Statement = Statement {
    doing: "verzegelen",
    before: "INSERT INTO keten (journaal, schakel) VALUES",
    columns: 2,
    after: "",
};

const KETEN_INHOUD: Statement = Statement {
    doing: "verzegelen",
    before: "INSERT INTO keten_inhoud (journaal, onderdeel, zout, digest) VALUES",
    columns: 4,
    after: "",
};

/// Adds links behind this one; false, and nothing added, when the chain has grown since.
pub async fn seal(writer: &SqlitePool, behind: i64, sealed: Vec<Sealed>) -> Result<bool> {
    let doing = failed("verzegelen");
    let mut transaction = super::begin_immediate(writer).await?;
    let last: i64 = sqlx::query_scalar("SELECT ifnull(max(journaal), 0) FROM keten")
        .fetch_one(&mut *transaction)
        .await
        .map_err(&doing)?;
    if last != behind {
        return Ok(false);
    }
    let (rows, parts) = Sealed::into_rows(sealed);
    write(&mut transaction, &KETEN, rows, |values, (journal, link)| {
        values.integer(journal).bytes(link.to_vec());
    })
    .await?;
    write(&mut transaction, &KETEN_INHOUD, parts, |values, (journal, part)| {
        values
            .integer(journal)
            .text(part.name)
            .bytes(part.salt.unwrap_or_default())
            .bytes(part.digest.to_vec());
    })
    .await?;
    transaction.commit().await.map_err(&doing)?;
    Ok(true)
}
