//! Notices about decisions: written with the decision, marked when they left.

use super::bulk::{Keys, Statement, write};
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::kennisgeving::{KennisgevingSleutel, inhoud_text};
use crate::store::pending::Pending;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
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
