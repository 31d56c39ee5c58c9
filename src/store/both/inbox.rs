//! Inbox: what came in, and what was set aside of it.

use super::{Engine, Query, Row};
use crate::messages::Relatie;
use crate::store::cells::Fields;
use crate::store::inbox::read_channel;
use crate::store::pack::unpack_outcome;
use crate::store::{ParkedContent, ParkedMessage, StoreError};
use std::collections::BTreeSet;

type Result<T> = std::result::Result<T, StoreError>;

/// Exactly what was received.
pub async fn received(mut on: impl Engine, arrival: i64) -> Result<Option<Vec<u8>>> {
    const BYTES: &str =
        "SELECT a.lengte, a.inhoud FROM inkomend i JOIN archief a ON a.id = i.archief WHERE i.aankomst = $1";
    on.one(Query::new("bericht lezen", "archief", BYTES).with(arrival), |row| row.content()).await
}

/// Parked messages, with more columns from more tables under a condition; literals of ours.
macro_rules! parked_sql {
    ($columns:literal, $tables:literal, $condition:literal) => {
        concat!(
            "SELECT i.aankomst, i.naam, i.kanaal, i.ontvangen, u.soort, coalesce(u.reden, ''), j.moment, u.release",
            $columns,
            " FROM inkomend i JOIN uitkomst u ON u.aankomst = i.aankomst JOIN journaal j ON j.nummer = u.journaal ",
            $tables,
            " WHERE i.status = 'geparkeerd'",
            $condition,
            " ORDER BY i.aankomst"
        )
    };
}

/// Parked messages in order of arrival.
pub async fn parked(mut on: impl Engine) -> Result<Vec<ParkedMessage>> {
    const PARKED: &str = parked_sql!("", "", "");
    on.all(Query::new("geparkeerde berichten lezen", "inkomend", PARKED), |row| read_parked(row)).await
}

/// A parked message with everything.
pub async fn parked_content(mut on: impl Engine, arrival: i64) -> Result<Option<ParkedContent>> {
    const ONE: &str = parked_sql!(
        ", u.json, a.lengte, a.inhoud, m.lengte, m.inhoud",
        "JOIN archief a ON a.id = i.archief LEFT JOIN archief m ON m.id = u.melding",
        " AND i.aankomst = $1"
    );
    on.one(Query::new("geparkeerd bericht lezen", "inkomend", ONE).with(arrival), |row| {
        let message = read_parked(row)?;
        let outcome = unpack_outcome(row.bytes()?)?;
        let (bytes, notice) = (row.content()?, row.content_or_null()?);
        Ok(ParkedContent { message, bytes, notice, outcome })
    })
    .await
}

fn read_parked(row: &mut impl Row) -> Result<ParkedMessage> {
    Ok(ParkedMessage {
        arrival: row.integer()?,
        name: row.owned()?,
        channel: read_channel(row)?,
        received: row.moment()?,
        soort: row.code_or_null()?,
        reason: row.owned()?,
        parked: row.moment()?,
        release: row.owned_or_null()?,
    })
}

/// Relaties of which a message was judged and not rejected as a whole.
pub async fn judged_relaties(mut on: impl Engine) -> Result<BTreeSet<Relatie>> {
    const JUDGED: &str = "SELECT DISTINCT gemeente, aanbieder FROM uitkomst
        WHERE verdict IN ('accepted', 'partial') AND gemeente IS NOT NULL AND aanbieder IS NOT NULL";
    let query = Query::new("uitkomsten lezen", "uitkomst", JUDGED);
    let relaties = on.all(query, |row| Ok(Relatie { gemeente: row.code()?, aanbieder: row.code()? }));
    Ok(relaties.await?.into_iter().collect())
}
