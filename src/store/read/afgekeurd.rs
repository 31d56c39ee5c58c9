//! Messages that were rejected in whole or in part, with what was found in them.

use super::status::one_or_all;
use super::{OwnRow, query, read};
use crate::clock::Moment;
use crate::codes::AgbCode;
use crate::messages::{BerichtSoort, Relatie};
use crate::money::Cents;
use crate::schema::At;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::convert::Coded;
use crate::store::pack::unpack;
use crate::store::{RejectedMessage, Store, StoreError, StoredFinding};

type Result<T> = std::result::Result<T, StoreError>;

const BETWEEN: (&str, &str) = (
    "uitkomst",
    "SELECT u.aankomst FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
     WHERE j.moment >= $1 AND j.moment < $2 AND u.verdict IN ('rejected', 'partial')
         AND (u.aanbieder = $3 OR $3 < 0) ORDER BY u.aankomst",
);
/// The newest ones of an aanbieder.
const NEWEST: (&str, &str) = (
    "uitkomst",
    "SELECT aankomst FROM uitkomst WHERE aanbieder = $1 AND verdict IN ('rejected', 'partial')
     ORDER BY aankomst DESC LIMIT $2",
);
const MESSAGE: (&str, &str) = (
    "uitkomst",
    "SELECT u.aankomst, u.soort, u.gemeente, u.aanbieder, CASE WHEN u.verdict = 'rejected' THEN 1 ELSE 0 END,
         u.ingediend, u.toegekend, u.release, a.lengte, a.inhoud, u.journaal
     FROM uitkomst u JOIN inkomend i ON i.aankomst = u.aankomst JOIN archief a ON a.id = i.archief
     WHERE u.aankomst = $1 AND u.soort IS NOT NULL AND u.gemeente IS NOT NULL AND u.aanbieder IS NOT NULL",
);
const FINDINGS: (&str, &str) = (
    "bevinding",
    "SELECT niveau, regel, retourcode, plaats, waarden FROM bevinding WHERE journaal = $1 ORDER BY volgnummer",
);
/// Messages that could not be read at level 1: their aanbieder is that of when they came in.
const UNREADABLE: (&str, &str) = (
    "uitkomst",
    "SELECT i.aankomst, i.ontvangen, u.soort, i.gemeente, i.aanbieder
     FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
     JOIN inkomend i ON i.aankomst = u.aankomst
     WHERE j.moment >= $1 AND j.moment < $2 AND u.verdict = 'parked' AND u.melding IS NOT NULL AND i.aanbieder > 0
         AND (i.aanbieder = $3 OR $3 < 0) ORDER BY i.aankomst",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[BETWEEN.1, NEWEST.1, MESSAGE.1, FINDINGS.1, UNREADABLE.1];

/// A message that nobody could judge, and whose sender has a notice of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableMessage {
    /// Arrival number.
    pub arrival: i64,
    /// When it came in.
    pub received: Moment,
    /// Kind, when it could be read.
    pub soort: Option<BerichtSoort>,
    /// Gemeente and aanbieder as its header said.
    pub relatie: Relatie,
}

/// Arrival numbers of messages that were decided between two moments and rejected in whole or in part; of one
/// aanbieder or of all.
pub async fn rejected_between(
    store: &dyn Store,
    [from, to]: [Moment; 2],
    aanbieder: Option<AgbCode>,
) -> Result<Vec<i64>> {
    read(store, query(BETWEEN).with(from).with(to).with(one_or_all(aanbieder)), OwnRow::integer).await
}

/// Arrival numbers of the newest messages of an aanbieder that were rejected in whole or in part, newest first.
pub async fn newest_rejected(store: &dyn Store, aanbieder: AgbCode, most: i64) -> Result<Vec<i64>> {
    read(store, query(NEWEST).with(aanbieder.to_integer()).with(most), OwnRow::integer).await
}

/// A judged message with what was found in it, and what explains each finding to people; none when it was not judged or
/// its header could not be read. Of one of which the body was removed or is damaged, the bytes are empty.
pub async fn rejected_of(store: &dyn Store, arrival: i64) -> Result<Option<(RejectedMessage, Vec<String>)>> {
    let row = |row: &mut OwnRow| {
        let (arrival, soort) = (row.integer()?, row.code()?);
        let relatie = Relatie { gemeente: row.code()?, aanbieder: row.code()? };
        let whole = row.flag()?;
        let claimed = row.integer_or_null()?.unwrap_or_default();
        let granted = row.integer_or_null()?.unwrap_or_default();
        let release = row.owned_or_null()?.unwrap_or_default();
        let length = usize::try_from(row.integer()?).ok();
        let frame = row.bytes_or_null()?.zip(length);
        let bytes = frame.and_then(|(frame, length)| unpack(frame, length).ok()).unwrap_or_default();
        let rejected = Cents(claimed.saturating_sub(granted));
        let message = RejectedMessage {
            arrival,
            soort,
            relatie,
            whole,
            release,
            rejected,
            bytes,
            findings: Vec::new(),
        };
        Ok((message, row.integer()?))
    };
    let Some((message, journal)) = read(store, query(MESSAGE).with(arrival), row).await?.pop() else {
        return Ok(None);
    };
    let finding = |row: &mut OwnRow| {
        let small = |number: i64| u8::try_from(number).map_err(|_| StoreError::Corrupt("bevinding"));
        let place = |number: i64| u32::try_from(number).map_err(|_| StoreError::Corrupt("bevinding"));
        let found = StoredFinding {
            level: small(row.integer()?)?,
            rule: row.owned()?,
            retourcode: row.owned_or_null()?,
            at: At(place(row.integer()?)?),
        };
        Ok((found, explained(row.text()?)))
    };
    let found = read(store, query(FINDINGS).with(journal), finding).await?;
    let (findings, explained) = found.into_iter().unzip();
    Ok(Some((RejectedMessage { findings, ..message }, explained)))
}

/// Values as they are kept, for people: `maximum: 10, eerder toegekend: 8`.
fn explained(values: &str) -> String {
    let values: serde_json::Map<String, serde_json::Value> = serde_json::from_str(values).unwrap_or_default();
    let texts = values.iter().map(|(name, value)| format!("{name}: {}", value.as_str().unwrap_or_default()));
    texts.collect::<Vec<_>>().join(", ")
}

/// Messages between two moments that could not be read at level 1; of one aanbieder or of all.
pub async fn unreadable_between(
    store: &dyn Store,
    [from, to]: [Moment; 2],
    aanbieder: Option<AgbCode>,
) -> Result<Vec<UnreadableMessage>> {
    let row = |row: &mut OwnRow| {
        Ok(UnreadableMessage {
            arrival: row.integer()?,
            received: row.moment()?,
            soort: row.code_or_null()?,
            relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
        })
    };
    read(store, query(UNREADABLE).with(from).with(to).with(one_or_all(aanbieder)), row).await
}
