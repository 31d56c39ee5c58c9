//! The journal: entries with what they rest on.

use super::{Engine, Query, Row, Text, at_most, text};
use crate::decide::Requests;
use crate::journal::Rol;
use crate::store::cells::Fields;
use crate::store::convert::Labelled;
use crate::store::{
    Entry, JournalKind, JournalRecord, PackedMessage, StoreError, TakeLimit, TakenMessage, within,
};
use std::collections::{BTreeMap, BTreeSet};

type Result<T> = std::result::Result<T, StoreError>;

const DOING: &str = "het journaal lezen";
const TABLE: &str = "journaal";

/// The columns that [`read_entry`] reads, of `journaal j` and its body `archief a`.
macro_rules! entry_columns {
    () => {
        "j.nummer, j.soort, j.moment, j.register, j.regelset, j.verzoeken, j.uitgegeven, j.aankomst, j.wie, j.waarom,
            a.lengte, a.inhoud, j.eerste_identificatie, j.rol"
    };
}
pub(super) use entry_columns;

/// Entries after a number, without their messages: those follow by [`arrivals`].
pub async fn entries(mut on: impl Engine, after: i64, limit: TakeLimit) -> Result<Vec<JournalRecord>> {
    const NUMBERS: &str = "SELECT j.nummer, coalesce(i.lengte, 0) FROM journaal j
        LEFT JOIN inkomend i ON i.aankomst = j.aankomst WHERE j.nummer > $1 ORDER BY j.nummer LIMIT $2";
    const ENTRIES: Text = text!(["SELECT "]
        [entry_columns!()]
        [", j.eerste_zendnummer, j.eerste_werk FROM "]
        [keys "$1"]
        [" "]
        [then]
        [" journaal j ON j.nummer = k.value LEFT JOIN archief a ON a.id = j.inhoud ORDER BY j.nummer"]);
    let query = Query::new(DOING, TABLE, NUMBERS).with(after).with(at_most(limit.messages));
    let numbers = on.all(query, |row| Ok((row.integer()?, row.integer()?))).await?;
    let query = Query::new(DOING, TABLE, ENTRIES).with(&within(numbers, limit.bytes)[..]);
    on.all(query, |row| {
        let entry = read_entry(row)?;
        let first = row.integer_or_null()?.zip(row.integer_or_null()?);
        Ok(JournalRecord { entry, message: None, first })
    })
    .await
}

const fn judged(entry: &Entry) -> bool {
    matches!(entry.kind, JournalKind::Bericht | JournalKind::Parkeren)
}

/// Arrival numbers of the messages that entries are about.
pub fn arrivals(records: &[JournalRecord]) -> Vec<i64> {
    let judged = records.iter().map(|record| &record.entry).filter(|entry| judged(entry));
    judged.filter_map(|entry| entry.arrival).collect::<BTreeSet<i64>>().into_iter().collect()
}

/// The entries with these messages.
pub fn with_messages(
    records: Vec<JournalRecord>,
    messages: Vec<TakenMessage<PackedMessage>>,
) -> Vec<JournalRecord> {
    let messages: BTreeMap<i64, TakenMessage<PackedMessage>> =
        messages.into_iter().map(|taken| (taken.arrival, taken)).collect();
    let of = |entry: &Entry| messages.get(&entry.arrival?).filter(|_| judged(entry)).cloned();
    records.into_iter().map(|record| JournalRecord { message: of(&record.entry), ..record }).collect()
}

/// Numbers of the entries of a kind.
pub async fn of_kind(mut on: impl Engine, kind: JournalKind) -> Result<Vec<i64>> {
    const NUMBERS: &str = "SELECT nummer FROM journaal WHERE soort = $1 ORDER BY nummer";
    on.all(Query::new(DOING, TABLE, NUMBERS).with(kind.as_str()), |row| row.integer()).await
}

/// Number and rule set of the newest entry.
pub async fn newest(mut on: impl Engine) -> Result<Option<(i64, String)>> {
    const NEWEST: &str =
        "SELECT nummer, regelset FROM journaal WHERE nummer = (SELECT max(nummer) FROM journaal)";
    on.one(Query::new(DOING, TABLE, NEWEST), |row| Ok((row.integer()?, row.owned()?))).await
}

/// An entry, from the columns of [`entry_columns!`].
pub(super) fn read_entry(row: &mut impl Row) -> Result<Entry> {
    Ok(Entry {
        journal: row.integer()?,
        kind: row.parse(JournalKind::parse)?,
        moment: row.moment()?,
        register_version: row.integer()?,
        rule_set: row.owned()?,
        requests: Requests::from_label(row.text()?, TABLE)?,
        issued: u32::try_from(row.integer()?).map_err(|_| row.corrupt())?,
        arrival: row.integer_or_null()?,
        who: row.owned_or_null()?,
        why: row.owned_or_null()?,
        body: row.content_or_null()?,
        first_identificatie: row.integer_or_null()?,
        role: row.text_or_null()?.map(Rol::parse).transpose().map_err(|_| StoreError::Corrupt(TABLE))?,
    })
}
