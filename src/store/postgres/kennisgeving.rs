//! Notices about decisions: written with the decision, read when they leave.

use super::bulk::{Cursor, Statement, failed};
use super::bundle::Bundle;
use crate::messages::Partij;
use crate::store::both::Row as _;
use crate::store::cells::{Cells, Fields};
use crate::store::kennisgeving::{KennisgevingSleutel, TeMelden, inhoud_text, read_inhoud, up_to_damaged};
use crate::store::pending::Pending;
use crate::store::{StoreError, TakeLimit};
use sqlx::postgres::{PgPool, PgRow};
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

/// What was not told yet, in order, without that for some receivers.
pub async fn unsent(reader: &PgPool, limit: TakeLimit, except: &[Partij]) -> Result<Vec<TeMelden>> {
    const SQL: &str = "SELECT k.journaal, k.ontvanger, k.inhoud, j.moment, j.wie, j.waarom
        FROM kennisgeving k JOIN journaal j ON j.nummer = k.journaal
        WHERE NOT k.verzonden AND k.ontvanger <> ALL($1) ORDER BY k.journaal, k.ontvanger LIMIT $2";
    let except: Vec<&str> = except.iter().map(Partij::as_str).collect();
    let query = sqlx::query(SQL).bind(except);
    let query = query.bind(i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX));
    let rows = query.fetch_all(reader).await.map_err(failed("kennisgevingen lezen"))?;
    up_to_damaged(rows.iter().map(read_notice))
}

fn read_notice(row: &PgRow) -> Result<TeMelden> {
    let mut row = Cursor::new(row, "kennisgeving");
    let journal = row.integer()?;
    let receiver = Partij::parse(row.text()?).ok_or(StoreError::Corrupt("kennisgeving"))?;
    Ok(TeMelden {
        journal,
        receiver,
        inhoud: read_inhoud(row.text()?, (journal, receiver))?,
        moment: row.moment()?,
        who: row.text_or_null()?.map(str::to_owned),
        why: row.text_or_null()?.map(str::to_owned),
    })
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
