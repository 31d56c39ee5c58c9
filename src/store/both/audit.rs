//! Records of journal entries, and the chain over them.

use super::journal::{entry_columns, read_entry};
use super::payment::read_boeking;
use super::{Engine, Query, Row, Text, text};
use crate::digest::{Digest, DigestFields as Digested};
use crate::messages::Relatie;
use crate::store::StoreError;
use crate::store::audit::{BodyPart, Recorded, RecordedOutcome, RecordedSend, Sealable, Sealed, SealedPart};
use crate::store::cells::Fields;
use crate::store::inbox::read_channel;
use crate::store::pack::unpack_outcome;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, StoreError>;
type Parts = BTreeMap<i64, Vec<BodyPart>>;

const DOING: &str = "vastgelegde uitkomsten lezen";
const SEALED: &str = "de keten lezen";

/// A statement about the entries after a number, up to and with another.
fn between(
    doing: &'static str,
    table: &'static str,
    text: impl Into<Text>,
    (after, to): (i64, i64),
) -> Query {
    Query::new(doing, table, text).with(after).with(to)
}

/// What was recorded of the entries after a number, up to and with another.
pub async fn recorded(mut on: impl Engine, after: i64, to: i64) -> Result<Vec<Recorded>> {
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
    let query = |table, text: &'static str| between(DOING, table, text, (after, to));
    let entries = on.all(query("uitkomst", ENTRIES), |row| read_recorded(row)).await?;
    let mut all: BTreeMap<i64, Recorded> = entries.into_iter().map(|entry| (entry.journal, entry)).collect();
    for (journal, send) in
        on.all(query("uitgaand", SENT), |row| Ok((row.key("journaalregel")?, read_send(row)?))).await?
    {
        if let Some(entry) = all.get_mut(&journal) {
            entry.sent.push(send);
        }
    }
    let booked = on.all(query("boeking", BOOKED), |row| Ok((row.key("journaalregel")?, read_boeking(row)?)));
    for (journal, boeking) in booked.await? {
        if let Some(entry) = all.get_mut(&journal) {
            entry.boekingen.push(boeking);
        }
    }
    for (journal, first) in on.all(query("werk", WORK), |row| Ok((row.integer()?, row.integer()?))).await? {
        if let Some(entry) = all.get_mut(&journal) {
            entry.first_work = Some(first);
        }
    }
    let removed = on.all(query("keten_inhoud", REMOVED), |row| Ok((row.integer()?, row.integer()?)));
    for (journal, removed) in removed.await? {
        if let Some(entry) = all.get_mut(&journal) {
            entry.removed = Some(removed);
        }
    }
    Ok(all.into_values().collect())
}

fn read_recorded(row: &mut impl Row) -> Result<Recorded> {
    let journal = row.key("journaalregel")?;
    let corrupt = row.corrupt();
    let received = row.bytes_or_null()?.map(Digest::try_from).transpose().map_err(|_| corrupt)?;
    let verdict = row.owned_or_null()?;
    let amounts = row.integer_or_null()?;
    let amounts = amounts.zip(row.integer_or_null()?);
    let (gemeente, aanbieder) = (row.code_or_null()?, row.code_or_null()?);
    let relatie = gemeente.zip(aanbieder).map(|(gemeente, aanbieder)| Relatie { gemeente, aanbieder });
    let number = row.row();
    let json = row.bytes_or_null()?.map(unpack_outcome).transpose().map_err(|error| error.of_row(number))?;
    let outcome =
        verdict.zip(json).map(|(verdict, json)| RecordedOutcome { verdict, amounts, relatie, json });
    let (sent, boekingen) = (Vec::new(), Vec::new());
    Ok(Recorded { journal, received, outcome, sent, boekingen, first_work: None, removed: None })
}

fn read_send(row: &mut impl Row) -> Result<RecordedSend> {
    Ok(RecordedSend {
        send: row.integer()?,
        soort: row.code()?,
        receiver: read_channel(row)?.ok_or_else(|| row.corrupt())?,
        relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
        identificatie: row.text()?.into(),
        sha256: row.digest()?,
    })
}

pub async fn last_link(mut on: impl Engine) -> Result<Option<(i64, Digest)>> {
    const LAST: &str =
        "SELECT journaal, schakel FROM keten WHERE journaal = (SELECT max(journaal) FROM keten)";
    on.one(Query::new(SEALED, "keten", LAST), |row| Ok((row.key("journaalregel")?, row.digest()?))).await
}

/// Entries after a number up to another, with the digests of their bodies: those that the archive keeps,
/// or with `content` those of what lies there now.
pub async fn sealable(on: &mut impl Engine, after: i64, to: i64, content: bool) -> Result<Vec<Sealable>> {
    const ENTRIES: Text =
        text!(["SELECT "]
        [entry_columns!()]
        [", EXISTS (SELECT 1 FROM uitkomst u WHERE u.aankomst = j.aankomst AND u.journaal > j.nummer)
        FROM journaal j LEFT JOIN archief a ON a.id = j.inhoud AND j.soort = 'verwijdering'
        WHERE j.nummer > $1 AND j.nummer <= $2 ORDER BY j.nummer"]);
    let range = (after, to);
    let mut parts = Parts::new();
    archived(on, range, content, &mut parts).await?;
    plain(on, range, &mut parts).await?;
    let query = between("het journaal lezen", "journaal", ENTRIES, range);
    let entries = on.all(query, |row| Ok((read_entry(row)?, row.flag()?))).await?;
    let sealable = entries.into_iter().map(|(entry, replaced)| {
        let own = parts.remove(&entry.journal).unwrap_or_default();
        Sealable::new(entry, own, replaced)
    });
    Ok(sealable.collect())
}

/// Bodies that lie in the archive `a`: journal number, name, what else belongs to it, and these columns.
macro_rules! bodies {
    ($columns:literal) => {
        [
            text!(["SELECT j.nummer, 'bericht', concat_ws("] [unit] [", i.naam, coalesce(i.kanaal, ''), "]
                [only_sqlite "i.ontvangen"] [only_postgres "extract(epoch FROM i.ontvangen)::bigint"] ["), "] [$columns]
                [" FROM journaal j JOIN inkomend i ON i.aankomst = j.aankomst JOIN archief a ON a.id = i.archief
                WHERE j.nummer > $1 AND j.nummer <= $2 AND j.soort IN ('bericht', 'parkeren')"]),
            text!(["SELECT j.nummer, 'inhoud', '', "] [$columns]
                [" FROM journaal j JOIN archief a ON a.id = j.inhoud WHERE j.nummer > $1 AND j.nummer <= $2"]),
            text!(["SELECT u.journaal, 'uitgaand ' || u.zendnummer, concat_ws("] [unit]
                [", u.soort, u.ontvanger, u.gemeente, u.aanbieder, u.identificatie), "] [$columns]
                [" FROM uitgaand u JOIN archief a ON a.id = u.archief WHERE u.journaal > $1 AND u.journaal <= $2"]),
            text!(["SELECT v.journaal, 'contract ' || b.volgnummer, concat_ws("] [unit] [", v.versie, b.naam), "] [$columns]
                [" FROM registerversie v JOIN registerbron b ON b.versie = v.versie JOIN archief a ON a.id = b.archief
                WHERE v.journaal > $1 AND v.journaal <= $2"]),
            text!(["SELECT r.journaal, 'betaalbestand ' || f.volgnummer, concat_ws("] [unit] [", r.nummer, "] [day "r.datum"]
                [", f.naam), "] [$columns]
                [" FROM betaalrun r JOIN betaalbestand f ON f.betaalrun = r.nummer JOIN archief a ON a.id = f.archief
                WHERE r.journaal > $1 AND r.journaal <= $2"]),
        ]
    };
}

async fn archived(on: &mut impl Engine, range: (i64, i64), content: bool, parts: &mut Parts) -> Result<()> {
    const DIGESTS: [Text; 5] = bodies!("a.sha256");
    const CONTENTS: [Text; 5] = bodies!("a.lengte, a.inhoud");
    for text in if content { CONTENTS } else { DIGESTS } {
        let bodies = on.all(between(SEALED, "archief", text, range), |row| read_body(row, content));
        for (journal, part) in bodies.await? {
            parts.entry(journal).or_default().push(part);
        }
    }
    Ok(())
}

/// Digest as kept, or of the content; none when it cannot be unpacked.
fn read_body(row: &mut impl Row, content: bool) -> Result<(i64, BodyPart)> {
    let (journal, name, about) = (row.key("journaalregel")?, row.owned()?, row.owned()?);
    let bytes = if content {
        match row.content() {
            Ok(bytes) => Some(Sha256::digest(bytes).into()),
            Err(StoreError::Corrupt(_)) => None,
            Err(error) => return Err(error),
        }
    } else {
        Some(row.digest()?)
    };
    let digest = bytes.map(|bytes: Digest| Digested::archived(&about, &bytes));
    Ok((journal, BodyPart { name, digest }))
}

/// Bodies that are rows: outcomes, and what was booked in the ledger.
async fn plain(on: &mut impl Engine, range: (i64, i64), parts: &mut Parts) -> Result<()> {
    const OUTCOMES: Text = text!(
        ["SELECT u.journaal, concat_ws("][unit][", u.verdict, u.ingediend, u.toegekend), u.json
        FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
        WHERE j.nummer > $1 AND j.nummer <= $2"]
    );
    const LEDGER: Text = text!(["SELECT journaal, 'boeking ' || id, concat_ws("]
        [unit]
        [", aanbieder, gemeente, declaratie_nummer, "]
        [day "periode_begin"]
        [", "]
        [number "vastgehouden"]
        [", bedrag, CASE WHEN "]
        [yes "geweigerd"]
        [" THEN 'geweigerd' END) FROM boeking WHERE journaal > $1 AND journaal <= $2"]);
    let outcomes = on.all(between(SEALED, "uitkomst", OUTCOMES, range), |row| {
        let (journal, counted) = (row.key("journaalregel")?, row.owned()?);
        let json = unpack_outcome(row.bytes()?).ok();
        let digest = json.map(|json| Digested::outcome(&json, &counted));
        Ok((journal, BodyPart { name: "uitkomst".to_owned(), digest }))
    });
    let mut rows = outcomes.await?;
    rows.append(&mut posted(on, range).await?);
    let booked = on.all(between(SEALED, "boeking", LEDGER, range), |row| {
        let (journal, name) = (row.integer()?, row.owned()?);
        Ok((journal, BodyPart { name, digest: Some(Digested::booking(row.text()?)) }))
    });
    rows.append(&mut booked.await?);
    for (journal, part) in rows {
        parts.entry(journal).or_default().push(part);
    }
    Ok(())
}

/// What inputs posted in the ledger, a part each. What was taken up of before the ledger is in no link.
async fn posted(on: &mut impl Engine, range: (i64, i64)) -> Result<Vec<(i64, BodyPart)>> {
    const POSTED: Text = text!(["SELECT journaal, concat_ws("]
        [unit]
        [", regel, gebeurtenis, bron, volgnummer, debet, credit, bedrag, "]
        [day "boekdatum"]
        [") FROM overboeking WHERE journaal > $1 AND journaal <= $2 AND "]
        [no "overgenomen"]
        [" ORDER BY journaal, regel"]);
    let rows =
        on.all(between(SEALED, "overboeking", POSTED, range), |row| Ok((row.integer()?, row.owned()?)));
    let mut texts: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (journal, row) in rows.await? {
        texts.entry(journal).or_default().push(row);
    }
    let part = |(journal, rows): (i64, Vec<String>)| {
        let digest = Some(Digested::posted(&rows.join("\n")));
        (journal, BodyPart { name: "grootboek".to_owned(), digest })
    };
    Ok(texts.into_iter().map(part).collect())
}

/// Links after a number up to another.
pub async fn links(mut on: impl Engine, after: i64, to: i64) -> Result<Vec<Sealed>> {
    const LINKS: &str =
        "SELECT journaal, schakel FROM keten WHERE journaal > $1 AND journaal <= $2 ORDER BY journaal";
    const PARTS: &str = "SELECT journaal, onderdeel, zout, digest, verwijderd FROM keten_inhoud
        WHERE journaal > $1 AND journaal <= $2 ORDER BY journaal, onderdeel";
    let query = |text: &'static str| between(SEALED, "keten", text, (after, to));
    let mut parts: BTreeMap<i64, Vec<SealedPart>> = BTreeMap::new();
    for (journal, part) in
        on.all(query(PARTS), |row| Ok((row.key("journaalregel")?, read_part(row)?))).await?
    {
        parts.entry(journal).or_default().push(part);
    }
    let links = on.all(query(LINKS), |row| Ok((row.key("journaalregel")?, row.digest()?))).await?;
    let sealed = links.into_iter().map(|(journal, link)| {
        let parts = parts.remove(&journal).unwrap_or_default();
        Sealed { journal, link, parts }
    });
    Ok(sealed.collect())
}

fn read_part(row: &mut impl Row) -> Result<SealedPart> {
    let name = row.owned()?;
    let salt = row.bytes_or_null()?.map(<[u8]>::to_vec);
    Ok(SealedPart { name, salt, digest: row.digest()?, removed: row.integer_or_null()? })
}
