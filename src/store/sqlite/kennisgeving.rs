//! Notices about decisions: written with the decision, read when they leave.

use super::bulk::{Keys, Statement, failed, write};
use crate::messages::Partij;
use crate::store::cells::Cells;
use crate::store::convert::read;
use crate::store::kennisgeving::{KennisgevingSleutel, TeMelden, inhoud_text, read_inhoud, up_to_damaged};
use crate::store::pending::Pending;
use crate::store::{StoreError, TakeLimit};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};
use std::mem::take;

type Result<T> = std::result::Result<T, StoreError>;

const KENNISGEVING: Statement = Statement {
    doing: "kennisgevingen klaarzetten",
    before: "INSERT INTO kennisgeving (journaal, ontvanger, inhoud) VALUES",
    columns: 3,
    after: "",
};

/// Writes what is told.
pub async fn flush(connection: &mut SqliteConnection, pending: &mut Pending) -> Result<()> {
    write(connection, &KENNISGEVING, take(&mut pending.kennisgevingen), |values, (journal, notice)| {
        values.integer(journal).text(notice.ontvanger.as_str()).text(inhoud_text(&notice.inhoud));
    })
    .await
    .map(drop)
}

/// What was not told yet, in order, without that for some receivers.
pub async fn unsent(reader: &SqlitePool, limit: TakeLimit, except: &[Partij]) -> Result<Vec<TeMelden>> {
    const SQL: &str = "SELECT k.journaal, k.ontvanger, k.inhoud, j.moment, j.wie, j.waarom
        FROM kennisgeving k JOIN journaal j ON j.nummer = k.journaal
        WHERE k.verzonden = 0 AND k.ontvanger NOT IN (SELECT value FROM json_each(?))
        ORDER BY k.journaal, k.ontvanger LIMIT ?";
    let query = sqlx::query(SQL).bind(Keys::texts(except.iter().map(Partij::as_str)));
    let query = query.bind(i64::try_from(limit.messages.max(1)).unwrap_or(i64::MAX));
    let rows = query.fetch_all(reader).await.map_err(failed("kennisgevingen lezen"))?;
    up_to_damaged(rows.iter().map(read_notice))
}

fn read_notice(row: &SqliteRow) -> Result<TeMelden> {
    let journal = row.get(0);
    let receiver = Partij::parse(row.get(1)).ok_or(StoreError::Corrupt("kennisgeving"))?;
    Ok(TeMelden {
        journal,
        receiver,
        inhoud: read_inhoud(row.get(2), (journal, receiver))?,
        moment: read(row.get(3), "journaal")?,
        who: row.get(4),
        why: row.get(5),
    })
}

/// The hub has these.
pub async fn mark_sent(writer: &SqlitePool, keys: &[KennisgevingSleutel]) -> Result<()> {
    const SQL: &str = "UPDATE kennisgeving SET verzonden = 1 WHERE (journaal, ontvanger) IN
        (SELECT value ->> 0, value ->> 1 FROM json_each(?))";
    if keys.is_empty() {
        return Ok(());
    }
    let keys = Keys::rows(keys.iter().map(|(journal, receiver)| ([*journal], receiver.as_str())));
    super::write_once(writer, "kennisgevingen afmelden", SQL, keys).await
}
