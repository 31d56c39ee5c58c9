//! The chain: what is to be sealed, links, and removal of bodies.

use super::archive::content;
use super::audit::digest;
use super::bulk::{Statement, failed, write};
use super::journal::read_entry;
use crate::digest::{Digest, Fields};
use crate::store::audit::{Part, Sealable, Sealed, SealedPart};
use crate::store::cells::Cells;
use crate::store::pack::unpack_outcome;
use crate::store::{Entry, StoreError};
use sha2::Digest as _;
use sha2::Sha256;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, StoreError>;
type Parts = BTreeMap<i64, Vec<Part>>;

/// The journal number up to which nothing can still arrive: one writer draws and commits numbers in order.
pub async fn settled(reader: &SqlitePool) -> Result<i64> {
    let query = sqlx::query_scalar("SELECT ifnull(max(nummer), 0) FROM journaal").fetch_one(reader);
    query.await.map_err(failed("het journaal lezen"))
}

/// The last link.
pub async fn last_link(reader: &SqlitePool) -> Result<Option<(i64, Digest)>> {
    const SQL: &str =
        "SELECT journaal, schakel FROM keten WHERE journaal = (SELECT max(journaal) FROM keten)";
    let row = sqlx::query(SQL).fetch_optional(reader).await.map_err(failed("de keten lezen"))?;
    row.map(|row| Ok((row.get(0), digest(&row, 1, "keten")?))).transpose()
}

/// Entries after a number up to another, with the digests of their bodies: those that the archive keeps,
/// or with `content` those of what lies there now.
pub async fn sealable(
    reader: &mut SqliteConnection,
    after: i64,
    to: i64,
    content: bool,
) -> Result<Vec<Sealable>> {
    const ENTRIES: &str =
        "SELECT j.nummer, j.soort, j.moment, j.register, j.regelset, j.verzoeken, j.uitgegeven,
            j.aankomst, j.wie, j.waarom, a.lengte, a.inhoud, j.eerste_identificatie, j.rol,
            EXISTS (SELECT 1 FROM uitkomst u WHERE u.aankomst = j.aankomst AND u.journaal > j.nummer)
        FROM journaal j LEFT JOIN archief a ON a.id = j.inhoud AND j.soort = 'verwijdering'
        WHERE j.nummer > ? AND j.nummer <= ? ORDER BY j.nummer";
    let doing = failed("het journaal lezen");
    let rows = sqlx::query(ENTRIES).bind(after).bind(to).fetch_all(&mut *reader).await.map_err(&doing)?;
    let mut parts = Parts::new();
    archived(reader, after, to, content, &mut parts).await?;
    plain(reader, after, to, &mut parts).await?;
    rows.iter()
        .map(|row| {
            let entry: Entry = read_entry(row)?;
            let own = parts.remove(&entry.journal).unwrap_or_default();
            Ok(Sealable::new(entry, own, row.get(14)))
        })
        .collect()
}

/// Bodies that lie in the archive.
async fn archived(
    reader: &mut SqliteConnection,
    after: i64,
    to: i64,
    read: bool,
    parts: &mut Parts,
) -> Result<()> {
    // Name, what else belongs to it, and the bytes.
    const BODIES: [&str; 5] = [
        "SELECT j.nummer, 'bericht', concat_ws(char(31), i.naam, ifnull(i.kanaal, ''), i.ontvangen), a.sha256,
             iif(?3, a.lengte, 0), iif(?3, a.inhoud, x'')
         FROM journaal j JOIN inkomend i ON i.aankomst = j.aankomst JOIN archief a ON a.id = i.archief
         WHERE j.nummer > ?1 AND j.nummer <= ?2 AND j.soort IN ('bericht', 'parkeren')",
        "SELECT j.nummer, 'inhoud', '', a.sha256, iif(?3, a.lengte, 0), iif(?3, a.inhoud, x'')
         FROM journaal j JOIN archief a ON a.id = j.inhoud WHERE j.nummer > ?1 AND j.nummer <= ?2",
        "SELECT u.journaal, 'uitgaand ' || u.zendnummer,
             concat_ws(char(31), u.soort, u.ontvanger, u.gemeente, u.aanbieder, u.identificatie), a.sha256,
             iif(?3, a.lengte, 0), iif(?3, a.inhoud, x'')
         FROM uitgaand u JOIN archief a ON a.id = u.archief WHERE u.journaal > ?1 AND u.journaal <= ?2",
        "SELECT v.journaal, 'contract ' || b.volgnummer, concat_ws(char(31), v.versie, b.naam), a.sha256,
             iif(?3, a.lengte, 0), iif(?3, a.inhoud, x'')
         FROM registerversie v JOIN registerbron b ON b.versie = v.versie JOIN archief a ON a.id = b.archief
         WHERE v.journaal > ?1 AND v.journaal <= ?2",
        "SELECT r.journaal, 'betaalbestand ' || f.volgnummer, concat_ws(char(31), r.nummer, r.datum, f.naam),
             a.sha256, iif(?3, a.lengte, 0), iif(?3, a.inhoud, x'')
         FROM betaalrun r JOIN betaalbestand f ON f.betaalrun = r.nummer JOIN archief a ON a.id = f.archief
         WHERE r.journaal > ?1 AND r.journaal <= ?2",
    ];
    for sql in BODIES {
        let query = sqlx::query(sql).bind(after).bind(to).bind(read);
        for row in query.fetch_all(&mut *reader).await.map_err(failed("de keten lezen"))? {
            let bytes = body_digest(&row, read)?;
            let about: &str = row.get(2);
            let digest = bytes.map(|bytes| Fields::archived(about, &bytes));
            let name = row.get::<&str, _>(1).to_owned();
            parts.entry(row.get(0)).or_default().push(Part { name, digest });
        }
    }
    Ok(())
}

/// Digest as kept, or of the content; none when it cannot be unpacked.
fn body_digest(row: &SqliteRow, read: bool) -> Result<Option<Digest>> {
    if !read {
        return digest(row, 3, "archief").map(Some);
    }
    match content(row, 4) {
        Ok(bytes) => Ok(Some(Sha256::digest(bytes).into())),
        Err(StoreError::Corrupt(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Bodies that are rows: outcomes, and what was booked in the ledger.
async fn plain(reader: &mut SqliteConnection, after: i64, to: i64, parts: &mut Parts) -> Result<()> {
    const OUTCOMES: &str =
        "SELECT u.journaal, u.json, concat_ws(char(31), u.verdict, u.ingediend, u.toegekend)
        FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
        WHERE j.nummer > ? AND j.nummer <= ?";
    const LEDGER: &str = "SELECT journaal, id, concat_ws(char(31), aanbieder, gemeente, declaratie_nummer,
        periode_begin, vastgehouden, bedrag, iif(geweigerd = 1, 'geweigerd', NULL)) FROM boeking WHERE journaal > ? AND journaal <= ?";
    let doing = failed("de keten lezen");
    for row in sqlx::query(OUTCOMES).bind(after).bind(to).fetch_all(&mut *reader).await.map_err(&doing)? {
        let counted = row.get(2);
        let digest = unpack_outcome(row.get(1)).ok().map(|json| Fields::outcome(&json, counted));
        parts.entry(row.get(0)).or_default().push(Part { name: "uitkomst".to_owned(), digest });
    }
    for row in sqlx::query(LEDGER).bind(after).bind(to).fetch_all(&mut *reader).await.map_err(&doing)? {
        let name = format!("boeking {}", row.get::<i64, _>(1));
        parts.entry(row.get(0)).or_default().push(Part { name, digest: Some(Fields::booking(row.get(2))) });
    }
    Ok(())
}

/// Links after a number up to another.
pub async fn links(reader: &SqlitePool, after: i64, to: i64) -> Result<Vec<Sealed>> {
    const LINKS: &str =
        "SELECT journaal, schakel FROM keten WHERE journaal > ? AND journaal <= ? ORDER BY journaal";
    const PARTS: &str = "SELECT journaal, onderdeel, zout, digest, verwijderd FROM keten_inhoud
        WHERE journaal > ? AND journaal <= ? ORDER BY journaal, onderdeel";
    let doing = failed("de keten lezen");
    let rows = sqlx::query(LINKS).bind(after).bind(to).fetch_all(reader).await.map_err(&doing)?;
    let mut parts: BTreeMap<i64, Vec<SealedPart>> = BTreeMap::new();
    for row in sqlx::query(PARTS).bind(after).bind(to).fetch_all(reader).await.map_err(&doing)? {
        parts.entry(row.get(0)).or_default().push(SealedPart {
            name: row.get(1),
            salt: row.get(2),
            digest: digest(&row, 3, "keten")?,
            removed: row.get(4),
        });
    }
    rows.iter()
        .map(|row| {
            let journal = row.get(0);
            let parts = parts.remove(&journal).unwrap_or_default();
            Ok(Sealed { journal, link: digest(row, 1, "keten")?, parts })
        })
        .collect()
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
