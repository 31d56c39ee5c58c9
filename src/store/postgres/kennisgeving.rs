//! Notices about decisions: written with the decision, marked when they left.

use super::bulk::{Statement, failed};
use super::bundle::Bundle;
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::kennisgeving::{KennisgevingSleutel, inhoud_text};
use crate::store::pending::Pending;
use sqlx::postgres::PgPool;
use std::mem::take;

type Result<T> = std::result::Result<T, StoreError>;

const KENNISGEVING: Statement = Statement {
    table: "kennisgeving",
    before: "INSERT INTO kennisgeving (journaal, ontvanger, inhoud)",
    columns: 3,
    after: "",
};

/// Writes what is told.
pub async fn flush(bundle: &mut Bundle<'_>, pending: &mut Pending) -> Result<()> {
    bundle
        .write(&KENNISGEVING, take(&mut pending.kennisgevingen), |values, (journal, notice)| {
            values.integer(journal).text(notice.ontvanger.as_str()).text(inhoud_text(&notice.inhoud));
        })
        .await
}

/// The hub has these.
pub async fn mark_sent(pool: &PgPool, keys: &[KennisgevingSleutel]) -> Result<()> {
    const SQL: &str = "UPDATE kennisgeving k SET verzonden = true
        FROM UNNEST($1::bigint[], $2::text[]) n (journaal, ontvanger)
        WHERE k.journaal = n.journaal AND k.ontvanger = n.ontvanger";
    if keys.is_empty() {
        return Ok(());
    }
    let (journals, receivers): (Vec<i64>, Vec<String>) =
        keys.iter().map(|(journal, receiver)| (*journal, receiver.to_string())).unzip();
    let done = sqlx::query(SQL).bind(journals).bind(receivers).execute(pool).await;
    done.map(drop).map_err(failed("kennisgevingen afmelden"))
}
