//! What was recorded of journal entries, read back to be compared.

use super::bulk::failed;
use super::{FileLock, SqliteStore, keten};
use crate::digest::Digest;
use crate::messages::{Partij, Relatie};
use crate::money::Cents;
use crate::state::Boeking;
use crate::store::audit::{AuditStore, Recorded, RecordedOutcome, RecordedSend, Sealable, Sealed};
use crate::store::convert::{read, read_option};
use crate::store::pack::unpack_outcome;
use crate::store::rows::read_soort;
use crate::store::{StoreError, Turn};
use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl AuditStore for SqliteStore {
    async fn recorded(&self, after: i64, to: i64) -> Result<Vec<Recorded>> {
        recorded(&self.reader, after, to).await
    }

    async fn settled(&self) -> Result<i64> {
        keten::settled(&self.reader).await
    }

    async fn last_link(&self) -> Result<Option<(i64, Digest)>> {
        keten::last_link(&self.reader).await
    }

    async fn sealable(&self, after: i64, to: i64, content: bool) -> Result<Vec<Sealable>> {
        let mut reader = self.reader.acquire().await.map_err(failed("de keten lezen"))?;
        keten::sealable(&mut reader, after, to, content).await
    }

    async fn links(&self, after: i64, to: i64) -> Result<Vec<Sealed>> {
        keten::links(&self.reader, after, to).await
    }

    async fn lock_sealing(&self) -> Result<Option<Box<dyn Turn>>> {
        Ok(FileLock::attempt(&self.sealing_lock)?.map(|lock| Box::new(lock) as Box<dyn Turn>))
    }

    async fn seal(&self, behind: i64, links: Vec<Sealed>) -> Result<bool> {
        keten::seal(&self.writer, behind, links).await
    }
}

/// A digest from a column.
pub fn digest(row: &SqliteRow, at: usize, table: &'static str) -> Result<Digest> {
    row.get::<&[u8], _>(at).try_into().map_err(|_| StoreError::Corrupt(table))
}

fn relatie(row: &SqliteRow) -> Result<Option<Relatie>> {
    let (gemeente, aanbieder) = (read_option(row.get(6), "uitkomst")?, read_option(row.get(7), "uitkomst")?);
    Ok(gemeente.zip(aanbieder).map(|(gemeente, aanbieder)| Relatie { gemeente, aanbieder }))
}

const ENTRIES: &str =
    "SELECT j.nummer, i.sha256, u.verdict, u.ingediend, u.toegekend, u.json, u.gemeente, u.aanbieder
    FROM journaal j LEFT JOIN inkomend i ON i.aankomst = j.aankomst
    LEFT JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
    WHERE j.nummer > ? AND j.nummer <= ? ORDER BY j.nummer";
const SENT: &str = "SELECT u.journaal, u.zendnummer, u.soort, u.ontvanger, a.sha256, u.gemeente, u.aanbieder,
    u.identificatie
    FROM uitgaand u JOIN archief a ON a.id = u.archief
    WHERE u.journaal > ? AND u.journaal <= ? ORDER BY u.zendnummer";
const BOOKED: &str = "SELECT journaal, aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden,
    bedrag, geweigerd FROM boeking WHERE journaal > ? AND journaal <= ? ORDER BY id";
const WORK: &str =
    "SELECT journaal, min(id) FROM werk WHERE journaal > ? AND journaal <= ? GROUP BY journaal";
const REMOVED: &str = "SELECT journaal, max(verwijderd) FROM keten_inhoud
    WHERE journaal > ? AND journaal <= ? AND verwijderd IS NOT NULL GROUP BY journaal";

/// What was recorded of the entries after a number, up to and with another.
pub async fn recorded(reader: &SqlitePool, after: i64, to: i64) -> Result<Vec<Recorded>> {
    let doing = failed("vastgelegde uitkomsten lezen");
    let bind = |sql: &'static str| sqlx::query(sql).bind(after).bind(to);
    let rows = bind(ENTRIES).fetch_all(reader).await.map_err(&doing)?;
    let mut all: BTreeMap<i64, Recorded> = BTreeMap::new();
    for row in &rows {
        let received = row.get::<Option<&[u8]>, _>(1).map(|_| digest(row, 1, "inkomend")).transpose()?;
        let outcome = match row.get::<Option<&str>, _>(2) {
            None => None,
            Some(verdict) => Some(RecordedOutcome {
                verdict: verdict.to_owned(),
                amounts: row.get::<Option<i64>, _>(3).zip(row.get(4)),
                relatie: relatie(row)?,
                json: unpack_outcome(row.get(5))?,
            }),
        };
        let (sent, boekingen, journal) = (Vec::new(), Vec::new(), row.get(0));
        let recorded =
            Recorded { journal, received, outcome, sent, boekingen, first_work: None, removed: None };
        all.insert(journal, recorded);
    }
    for row in &bind(SENT).fetch_all(reader).await.map_err(&doing)? {
        let receiver = Partij::parse(row.get(3)).ok_or(StoreError::Corrupt("uitgaand"))?;
        let (gemeente, aanbieder) = (read(row.get(5), "uitgaand")?, read(row.get(6), "uitgaand")?);
        if let Some(entry) = all.get_mut(&row.get(0)) {
            entry.sent.push(RecordedSend {
                send: row.get(1),
                soort: read(row.get(2), "uitgaand")?,
                receiver,
                relatie: Relatie { gemeente, aanbieder },
                identificatie: row.get::<&str, _>(7).into(),
                sha256: digest(row, 4, "archief")?,
            });
        }
    }
    for row in &bind(BOOKED).fetch_all(reader).await.map_err(&doing)? {
        let boeking = Boeking {
            aanbieder: read(row.get(1), "boeking")?,
            gemeente: read(row.get(2), "boeking")?,
            declaratie_nummer: row.get::<&str, _>(3).into(),
            periode_begin: read(row.get(4), "boeking")?,
            soort: read_soort(row.get::<i64, _>(5) == 1, row.get::<i64, _>(7) == 1),
            bedrag: Cents(row.get(6)),
        };
        if let Some(entry) = all.get_mut(&row.get(0)) {
            entry.boekingen.push(boeking);
        }
    }
    for row in &bind(WORK).fetch_all(reader).await.map_err(&doing)? {
        if let Some(entry) = all.get_mut(&row.get(0)) {
            entry.first_work = row.get(1);
        }
    }
    for row in &bind(REMOVED).fetch_all(reader).await.map_err(&doing)? {
        if let Some(entry) = all.get_mut(&row.get(0)) {
            entry.removed = row.get(1);
        }
    }
    Ok(all.into_values().collect())
}
