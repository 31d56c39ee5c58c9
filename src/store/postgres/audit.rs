//! What was recorded of journal entries, and the chain over them.

use super::archive::content;
use super::bulk::{Cursor, Statement, failed};
use super::bundle::Bundle;
use super::journal::read_entry;
use super::{LOCKS, PgStore, SEALER, settled};
use crate::digest::{Digest, Fields as Digested};
use crate::messages::{Partij, Relatie};
use crate::money::Cents;
use crate::state::Boeking;
use crate::store::audit::{
    AuditStore, Part, Recorded, RecordedOutcome, RecordedSend, Sealable, Sealed, SealedPart,
};
use crate::store::cells::{Cells, Fields};
use crate::store::pack::unpack_outcome;
use crate::store::rows::read_soort;
use crate::store::{Entry, StoreError, Turn};
use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnection, PgExecutor, PgPool, PgRow};
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, StoreError>;
type Parts = BTreeMap<i64, Vec<Part>>;

#[async_trait]
impl AuditStore for PgStore {
    async fn recorded(&self, after: i64, to: i64) -> Result<Vec<Recorded>> {
        self.answers.to(recorded(&self.reader, after, to)).await
    }

    async fn settled(&self) -> Result<i64> {
        self.answers.to(settled::settled(&self.reader)).await
    }

    async fn lock_sealing(&self) -> Result<Option<Box<dyn Turn>>> {
        self.try_lock(SEALER, "verzegelen").await
    }

    async fn last_link(&self) -> Result<Option<(i64, Digest)>> {
        const SQL: &str =
            "SELECT journaal, schakel FROM keten WHERE journaal = (SELECT max(journaal) FROM keten)";
        let row =
            async { sqlx::query(SQL).fetch_optional(&self.reader).await.map_err(failed("de keten lezen")) };
        let row = self.answers.to(row).await?;
        row.map(|row| {
            let mut row = Cursor::new(&row, "keten");
            Ok((row.integer()?, row.digest()?))
        })
        .transpose()
    }

    async fn sealable(&self, after: i64, to: i64, content: bool) -> Result<Vec<Sealable>> {
        let sealable = async {
            let mut reader = self.reader.acquire().await.map_err(failed("de keten lezen"))?;
            sealable(&mut reader, after, to, content).await
        };
        self.answers.to(sealable).await
    }

    async fn links(&self, after: i64, to: i64) -> Result<Vec<Sealed>> {
        self.answers.to(links(&self.reader, after, to)).await
    }

    async fn seal(&self, behind: i64, links: Vec<Sealed>) -> Result<bool> {
        self.answers.to(seal(&self.writer, behind, links)).await
    }
}

async fn rows<'c>(reader: impl PgExecutor<'c>, sql: &str, after: i64, to: i64) -> Result<Vec<PgRow>> {
    let query = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(after).bind(to);
    query.fetch_all(reader).await.map_err(failed("vastgelegde uitkomsten lezen"))
}

async fn recorded(reader: &PgPool, after: i64, to: i64) -> Result<Vec<Recorded>> {
    const ENTRIES: &str = "SELECT j.nummer, i.sha256, u.verdict, u.ingediend, u.toegekend, u.gemeente,
            u.aanbieder, u.json
        FROM journaal j LEFT JOIN inkomend i ON i.aankomst = j.aankomst
        LEFT JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
        WHERE j.nummer > $1 AND j.nummer <= $2 ORDER BY j.nummer";
    const SENT: &str = "SELECT u.journaal, u.zendnummer, u.soort, u.ontvanger, u.gemeente, u.aanbieder,
            u.identificatie, a.sha256
        FROM uitgaand u JOIN archief a ON a.id = u.archief
        WHERE u.journaal > $1 AND u.journaal <= $2 ORDER BY u.zendnummer";
    const BOOKED: &str =
        "SELECT journaal, aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden,
        geweigerd, bedrag FROM boeking WHERE journaal > $1 AND journaal <= $2 ORDER BY id";
    const WORK: &str =
        "SELECT journaal, min(id) FROM werk WHERE journaal > $1 AND journaal <= $2 GROUP BY journaal";
    const REMOVED: &str = "SELECT journaal, max(verwijderd) FROM keten_inhoud
        WHERE journaal > $1 AND journaal <= $2 AND verwijderd IS NOT NULL GROUP BY journaal";
    let mut all: BTreeMap<i64, Recorded> = BTreeMap::new();
    for row in rows(reader, ENTRIES, after, to).await? {
        let recorded = entry(&row)?;
        all.insert(recorded.journal, recorded);
    }
    for row in rows(reader, SENT, after, to).await? {
        let mut row = Cursor::new(&row, "uitgaand");
        let journal = row.integer()?;
        let send = RecordedSend {
            send: row.integer()?,
            soort: row.code()?,
            receiver: Partij::parse(row.text()?).ok_or_else(|| row.corrupt())?,
            relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
            identificatie: row.text()?.into(),
            sha256: row.digest()?,
        };
        if let Some(entry) = all.get_mut(&journal) {
            entry.sent.push(send);
        }
    }
    for row in rows(reader, BOOKED, after, to).await? {
        let mut row = Cursor::new(&row, "boeking");
        let journal = row.integer()?;
        let (aanbieder, gemeente) = (row.code()?, row.code()?);
        let declaratie_nummer = row.text()?.into();
        let periode_begin = row.date()?;
        let soort = read_soort(row.flag()?, row.flag()?);
        let bedrag = Cents(row.integer()?);
        if let Some(entry) = all.get_mut(&journal) {
            let boeking = Boeking { aanbieder, gemeente, declaratie_nummer, periode_begin, soort, bedrag };
            entry.boekingen.push(boeking);
        }
    }
    for row in rows(reader, WORK, after, to).await? {
        if let Some(entry) = all.get_mut(&row.get(0)) {
            entry.first_work = row.get(1);
        }
    }
    for row in rows(reader, REMOVED, after, to).await? {
        if let Some(entry) = all.get_mut(&row.get(0)) {
            entry.removed = row.get(1);
        }
    }
    Ok(all.into_values().collect())
}

fn entry(row: &PgRow) -> Result<Recorded> {
    let mut row = Cursor::new(row, "uitkomst");
    let journal = row.integer()?;
    let received = row.bytes_or_null()?.map(Digest::try_from).transpose().map_err(|_| row.corrupt())?;
    let verdict = row.text_or_null()?.map(str::to_owned);
    let amounts = row.integer_or_null()?;
    let amounts = amounts.zip(row.integer_or_null()?);
    let (gemeente, aanbieder) = (row.code_or_null()?, row.code_or_null()?);
    let relatie = gemeente.zip(aanbieder).map(|(gemeente, aanbieder)| Relatie { gemeente, aanbieder });
    let json = row.bytes_or_null()?.map(unpack_outcome).transpose()?;
    let outcome =
        verdict.zip(json).map(|(verdict, json)| RecordedOutcome { verdict, amounts, relatie, json });
    let (sent, boekingen) = (Vec::new(), Vec::new());
    Ok(Recorded { journal, received, outcome, sent, boekingen, first_work: None, removed: None })
}

pub(super) async fn sealable(
    reader: &mut PgConnection,
    after: i64,
    to: i64,
    content: bool,
) -> Result<Vec<Sealable>> {
    const ENTRIES: &str =
        "SELECT j.nummer, j.soort, j.moment, j.register, j.regelset, j.verzoeken, j.uitgegeven,
            j.aankomst, j.wie, j.waarom, a.lengte, a.inhoud, j.eerste_identificatie, j.rol,
            EXISTS (SELECT 1 FROM uitkomst u WHERE u.aankomst = j.aankomst AND u.journaal > j.nummer)
        FROM journaal j LEFT JOIN archief a ON a.id = j.inhoud AND j.soort = 'verwijdering'
        WHERE j.nummer > $1 AND j.nummer <= $2 ORDER BY j.nummer";
    let mut parts = Parts::new();
    archived(reader, after, to, content, &mut parts).await?;
    plain(reader, after, to, &mut parts).await?;
    rows(&mut *reader, ENTRIES, after, to)
        .await?
        .iter()
        .map(|row| {
            let entry: Entry = read_entry(row)?;
            let own = parts.remove(&entry.journal).unwrap_or_default();
            Ok(Sealable::new(entry, own, row.get(14)))
        })
        .collect()
}

/// Bodies that lie in the archive.
async fn archived(
    reader: &mut PgConnection,
    after: i64,
    to: i64,
    read: bool,
    parts: &mut Parts,
) -> Result<()> {
    // Name, what else belongs to it, and where.
    const BODIES: [(&str, &str, &str); 5] = [
        (
            "SELECT j.nummer, 'bericht', concat_ws(chr(31), i.naam, coalesce(i.kanaal, ''),
                 extract(epoch FROM i.ontvangen)::bigint)",
            "journaal j JOIN inkomend i ON i.aankomst = j.aankomst JOIN archief a ON a.id = i.archief",
            "j.nummer > $1 AND j.nummer <= $2 AND j.soort IN ('bericht', 'parkeren')",
        ),
        (
            "SELECT j.nummer, 'inhoud', ''",
            "journaal j JOIN archief a ON a.id = j.inhoud",
            "j.nummer > $1 AND j.nummer <= $2",
        ),
        (
            "SELECT u.journaal, 'uitgaand ' || u.zendnummer,
                 concat_ws(chr(31), u.soort, u.ontvanger, u.gemeente, u.aanbieder, u.identificatie)",
            "uitgaand u JOIN archief a ON a.id = u.archief",
            "u.journaal > $1 AND u.journaal <= $2",
        ),
        (
            "SELECT v.journaal, 'contract ' || b.volgnummer, concat_ws(chr(31), v.versie, b.naam)",
            "registerversie v JOIN registerbron b ON b.versie = v.versie JOIN archief a ON a.id = b.archief",
            "v.journaal > $1 AND v.journaal <= $2",
        ),
        (
            "SELECT r.journaal, 'betaalbestand ' || f.volgnummer,
                 concat_ws(chr(31), r.nummer, r.datum - DATE '1970-01-01', f.naam)",
            "betaalrun r JOIN betaalbestand f ON f.betaalrun = r.nummer JOIN archief a ON a.id = f.archief",
            "r.journaal > $1 AND r.journaal <= $2",
        ),
    ];
    for (what, from, condition) in BODIES {
        let bytes = if read { "a.lengte, a.inhoud" } else { "a.sha256" };
        let sql = format!("{what}, {bytes} FROM {from} WHERE {condition}");
        for row in rows(&mut *reader, &sql, after, to).await? {
            let mut row = Cursor::new(&row, "archief");
            let (journal, name, about) = (row.integer()?, row.owned()?, row.owned()?);
            let bytes = if read {
                match content(&mut row) {
                    Ok(bytes) => Some(Sha256::digest(bytes).into()),
                    Err(StoreError::Corrupt(_)) => None,
                    Err(error) => return Err(error),
                }
            } else {
                Some(row.digest()?)
            };
            let digest = bytes.map(|bytes: Digest| Digested::archived(&about, &bytes));
            parts.entry(journal).or_default().push(Part { name, digest });
        }
    }
    Ok(())
}

/// Bodies that are rows: outcomes, and what was booked in the ledger.
async fn plain(reader: &mut PgConnection, after: i64, to: i64, parts: &mut Parts) -> Result<()> {
    const OUTCOMES: &str =
        "SELECT u.journaal, concat_ws(chr(31), u.verdict, u.ingediend, u.toegekend), u.json
        FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
        WHERE j.nummer > $1 AND j.nummer <= $2";
    const LEDGER: &str = "SELECT journaal, 'boeking ' || id, concat_ws(chr(31), aanbieder, gemeente,
            declaratie_nummer, periode_begin - DATE '1970-01-01', vastgehouden::int, bedrag,
            CASE WHEN geweigerd THEN 'geweigerd' END)
        FROM boeking WHERE journaal > $1 AND journaal <= $2";
    for row in rows(&mut *reader, OUTCOMES, after, to).await? {
        let mut row = Cursor::new(&row, "uitkomst");
        let (journal, counted) = (row.integer()?, row.owned()?);
        let digest = unpack_outcome(row.bytes()?).ok().map(|json| Digested::outcome(&json, &counted));
        parts.entry(journal).or_default().push(Part { name: "uitkomst".to_owned(), digest });
    }
    for row in rows(&mut *reader, LEDGER, after, to).await? {
        let mut row = Cursor::new(&row, "boeking");
        let (journal, name) = (row.integer()?, row.owned()?);
        let digest = Some(Digested::booking(row.text()?));
        parts.entry(journal).or_default().push(Part { name, digest });
    }
    Ok(())
}

async fn links(reader: &PgPool, after: i64, to: i64) -> Result<Vec<Sealed>> {
    const LINKS: &str =
        "SELECT journaal, schakel FROM keten WHERE journaal > $1 AND journaal <= $2 ORDER BY journaal";
    const PARTS: &str = "SELECT journaal, onderdeel, zout, digest, verwijderd FROM keten_inhoud
        WHERE journaal > $1 AND journaal <= $2 ORDER BY journaal, onderdeel";
    let mut parts: BTreeMap<i64, Vec<SealedPart>> = BTreeMap::new();
    for row in rows(reader, PARTS, after, to).await? {
        let mut row = Cursor::new(&row, "keten");
        let journal = row.integer()?;
        let name = row.owned()?;
        let salt = row.bytes_or_null()?.map(<[u8]>::to_vec);
        let part = SealedPart { name, salt, digest: row.digest()?, removed: row.integer_or_null()? };
        parts.entry(journal).or_default().push(part);
    }
    rows(reader, LINKS, after, to)
        .await?
        .iter()
        .map(|row| {
            let mut row = Cursor::new(row, "keten");
            let journal = row.integer()?;
            let parts = parts.remove(&journal).unwrap_or_default();
            Ok(Sealed { journal, link: row.digest()?, parts })
        })
        .collect()
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
