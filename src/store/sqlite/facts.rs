//! Loads the facts of a batch: one statement per table, whatever the number of keys.

use super::bulk::{Keys, Packed, failed, nullable, packed};
use crate::codes::{AgbCode, Bsn, GemeenteCode};
use crate::messages::{Partij, Relatie};
use crate::state::{BEZETTE_NUMMERS_MAX, ClientStand, FactKeys, Reeks, Toewijzing, WorkingSet};
use crate::store::StoreError;
use crate::store::cells::Fields;
use crate::store::convert::{Coded, bezette_sleutels, toewijzing_key, toewijzing_parts};
use crate::store::pack::unpack;
use crate::store::rows::{read_toewijzing, read_verzoek, read_verzonden};
use rustc_hash::FxHashSet;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;
use std::collections::BTreeMap;
use std::sync::Arc;

type Result<T> = std::result::Result<T, StoreError>;

/// Assignments with what was spent on them, from tables that give `toewijzing t`.
macro_rules! toewijzing_sql {
    ($from:literal) => {
        packed!(
            concat!(
                "t.feiten, ",
                nullable!("t.vorige"),
                ", ",
                nullable!("t.verwijzer"),
                ", ",
                nullable!("t.vrijgegeven"),
                ", b.volume, b.bedrag"
            ),
            concat!($from, " CROSS JOIN besteding b ON b.toewijzing = t.sleutel")
        )
    };
}
pub(super) use toewijzing_sql;

/// Requests, from tables that give `verzoek v`.
macro_rules! verzoek_sql {
    ($from:literal) => {
        packed!(
            concat!(
                "v.aanbieder, v.referentie, v.gemeente, v.bsn, v.soort, v.journaal, v.dagtekening, v.ontvangen, v.status, ",
                nullable!("v.verwijzer")
            ),
            $from
        )
    };
}

/// Everything known under these keys.
pub async fn load(connection: &mut SqliteConnection, keys: &FactKeys) -> Result<WorkingSet> {
    let mut known = WorkingSet::default();
    identificaties(connection, keys, &mut known).await?;
    bekende_clienten(connection, keys, &mut known).await?;
    clienten(connection, keys, &mut known).await?;
    toewijzingen(connection, keys, &mut known).await?;
    verzoeken(connection, keys, &mut known).await?;
    open_verzoeken(connection, keys, &mut known).await?;
    super::levering::load(connection, keys, &mut known).await?;
    super::facts_money::load(connection, keys, &mut known).await?;
    nummers(connection, keys, &mut known).await?;
    bezette_nummers(connection, keys, &mut known).await?;
    verzonden(connection, keys, &mut known).await?;
    if !known.verzonden.is_empty() {
        let about = FactKeys::of_verzonden(known.verzonden.values());
        toewijzingen(connection, &about, &mut known).await?;
        verzoeken(connection, &about, &mut known).await?;
        if keys.toezeggingen {
            super::levering::load(connection, &known.reports_of_assignments(), &mut known).await?;
        }
    }
    kinderen(connection, keys, &mut known).await?;
    super::promises::load(connection, keys, &mut known).await?;
    super::verzameld::load(connection, keys, &mut known).await?;
    Ok(known)
}

async fn identificaties(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const SQL: &str = packed!(
        "i.afzender, i.soort, i.identificatie",
        "json_each(?) k CROSS JOIN identificatie i
         ON i.afzender = k.value ->> 0 AND i.soort = k.value ->> 1 AND i.identificatie = k.value ->> 2"
    );
    if keys.identificaties.is_empty() {
        return Ok(());
    }
    let json: Vec<_> = (keys.identificaties.iter())
        .map(|(afzender, soort, text)| (afzender.as_str(), soort.to_integer(), &**text))
        .collect();
    let json = serde_json::to_string(&json).unwrap_or_default();
    let found = Packed::load(connection, "identificatie", sqlx::query(SQL).bind(json)).await?;
    for mut fields in found.rows() {
        let afzender = Partij::parse(fields.text()?).ok_or_else(|| fields.corrupt())?;
        known.identificaties.insert((afzender, fields.code()?, fields.text()?.into()));
    }
    Ok(())
}

/// Clients grouped by gemeente: `{"193":[999900006]}`.
fn client_keys<'a>(keys: impl IntoIterator<Item = &'a (GemeenteCode, Bsn)>) -> String {
    let mut groups: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (gemeente, bsn) in keys {
        groups.entry(gemeente.to_integer()).or_default().push(bsn.to_integer());
    }
    Keys::groups(groups, Keys::integer)
}

/// Nearly all clients that are asked for are known, so the database tells which are not.
async fn bekende_clienten(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const UNKNOWN: &str = packed!(
        "CAST(g.key AS INTEGER), k.value",
        "json_each(?) g CROSS JOIN json_each(g.value) k LEFT JOIN client c
         ON c.gemeente = CAST(g.key AS INTEGER) AND c.bsn = k.value WHERE c.bsn IS NULL"
    );
    if keys.bekende_clienten.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(UNKNOWN).bind(client_keys(&keys.bekende_clienten));
    let unknown = Packed::load(connection, "client", query).await?;
    let unknown = unknown.rows().map(|mut fields| Ok((fields.code()?, fields.code()?)));
    let unknown: FxHashSet<(GemeenteCode, Bsn)> = unknown.collect::<Result<_>>()?;
    known.clienten.reserve(keys.bekende_clienten.len());
    for client in keys.bekende_clienten.iter().filter(|client| !unknown.contains(client)) {
        known.clienten.entry(*client).or_default();
    }
    Ok(())
}

/// Clients with the bytes of their newest JW301 and all their assignments.
async fn clienten(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    // What was taken over from a previous system stands in the journal itself.
    const SQL: &str = packed!(
        "c.gemeente, c.bsn, coalesce(i.archief, j.inhoud)",
        "json_each(?) g CROSS JOIN json_each(g.value) k CROSS JOIN client c
         ON c.gemeente = CAST(g.key AS INTEGER) AND c.bsn = k.value
         JOIN journaal j ON j.nummer = c.journaal LEFT JOIN inkomend i ON i.aankomst = j.aankomst
         WHERE coalesce(i.archief, j.inhoud) IS NOT NULL"
    );
    const ARCHIEF: &str =
        "SELECT a.id, a.lengte, a.inhoud FROM json_each(?) k CROSS JOIN archief a ON a.id = k.value";
    const TOEWIJZINGEN: &str = toewijzing_sql!(
        "json_each(?) g CROSS JOIN json_each(g.value) k CROSS JOIN toewijzing t
         ON t.bsn = k.value AND t.gemeente = CAST(g.key AS INTEGER)"
    );
    if keys.clienten.is_empty() {
        return Ok(());
    }
    let json = client_keys(&keys.clienten);
    let found = Packed::load(connection, "client", sqlx::query(SQL).bind(json.clone())).await?;
    let mut jw301: BTreeMap<i64, Vec<(GemeenteCode, Bsn)>> = BTreeMap::new();
    for mut fields in found.rows() {
        let client = (fields.code()?, fields.code()?);
        jw301.entry(fields.integer()?).or_default().push(client);
    }
    if !jw301.is_empty() {
        let query = sqlx::query(ARCHIEF).bind(Keys::integers(jw301.keys().copied()));
        let rows = query.fetch_all(&mut *connection).await.map_err(super::failed("clienten lezen"))?;
        for row in rows {
            let length = usize::try_from(row.get::<i64, _>(1)).unwrap_or_default();
            let bytes: Arc<[u8]> = unpack(row.get::<&[u8], _>(2), length)?.into();
            for client in jw301.remove(&row.get(0)).unwrap_or_default() {
                known.clienten.insert(client, ClientStand { jw301: Some(bytes.clone()) });
            }
        }
    }
    let found = Packed::load(connection, "toewijzing", sqlx::query(TOEWIJZINGEN).bind(json)).await?;
    for fields in found.rows() {
        let toewijzing = read_toewijzing(fields)?;
        known.know(toewijzing);
    }
    Ok(())
}

async fn toewijzingen(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const SQL: &str = toewijzing_sql!("json_each(?) k CROSS JOIN toewijzing t ON t.sleutel = k.value");
    if keys.toewijzingen.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<i64> =
        keys.toewijzingen.iter().map(|(gemeente, nummer)| toewijzing_key(*gemeente, *nummer)).collect();
    sorted.sort_unstable();
    sorted.dedup();
    known.toewijzingen.reserve(sorted.len());
    let query = sqlx::query(SQL).bind(Keys::integers(sorted));
    let found = Packed::load(connection, "toewijzing", query).await?;
    for fields in found.rows() {
        let toewijzing = read_toewijzing(fields)?;
        known.toewijzingen.insert((toewijzing.gemeente, toewijzing.nummer), toewijzing);
    }
    Ok(())
}

/// All assignments of children, in any gemeente.
async fn kinderen(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = toewijzing_sql!("json_each(?) k CROSS JOIN toewijzing t ON t.bsn = k.value");
    if keys.kinderen.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(SQL).bind(Keys::integers(keys.kinderen.iter().map(|bsn| bsn.to_integer())));
    let found = Packed::load(connection, "toewijzing", query).await?;
    for fields in found.rows() {
        known.know(read_toewijzing(fields)?);
    }
    Ok(())
}

/// Assignments after a key, in order of key.
pub async fn toewijzingen_na(
    connection: &mut SqliteConnection,
    after: i64,
    count: i64,
) -> Result<Vec<Toewijzing>> {
    const SQL: &str =
        toewijzing_sql!("(SELECT * FROM toewijzing WHERE sleutel > ?1 ORDER BY sleutel LIMIT ?2) t");
    let query = sqlx::query(SQL).bind(after).bind(count);
    let found = Packed::load(connection, "toewijzing", query).await?;
    let mut rows: Vec<Toewijzing> = found.rows().map(read_toewijzing).collect::<Result<_>>()?;
    rows.sort_by_key(|row| (row.gemeente, row.nummer));
    Ok(rows)
}

async fn verzoeken(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = verzoek_sql!(
        "json_each(?) k CROSS JOIN verzoek v
         ON v.aanbieder = k.value ->> 0 AND v.referentie = k.value ->> 1"
    );
    if keys.verzoeken.is_empty() {
        return Ok(());
    }
    let json = aanbieder_keys(&keys.verzoeken);
    let found = Packed::load(connection, "verzoek", sqlx::query(SQL).bind(json)).await?;
    for mut fields in found.rows() {
        let verzoek = read_verzoek(&mut fields)?;
        known.verzoeken.insert((verzoek.aanbieder, verzoek.referentie.clone()), verzoek);
    }
    Ok(())
}

/// `[[12345678,"reference"]]`.
pub fn aanbieder_keys<'a>(keys: impl IntoIterator<Item = &'a (AgbCode, Box<str>)>) -> String {
    Keys::rows(keys.into_iter().map(|(aanbieder, text)| ([aanbieder.to_integer()], &**text)))
}

async fn open_verzoeken(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const SQL: &str = verzoek_sql!(
        "json_each(?) k CROSS JOIN verzoek v
         ON v.bsn = k.value ->> 2 AND v.gemeente = k.value ->> 0 AND v.aanbieder = k.value ->> 1
         AND v.status IN ('open', 'in-onderzoek')"
    );
    if keys.open_verzoeken.is_empty() {
        return Ok(());
    }
    let rows = keys.open_verzoeken.iter().map(|(relatie, bsn)| {
        ([relatie.gemeente.to_integer(), relatie.aanbieder.to_integer(), bsn.to_integer()], "")
    });
    let query = sqlx::query(SQL).bind(Keys::rows(rows));
    let found = Packed::load(connection, "verzoek", query).await?;
    for mut fields in found.rows() {
        let verzoek = read_verzoek(&mut fields)?;
        let relatie = Relatie { gemeente: verzoek.gemeente, aanbieder: verzoek.aanbieder };
        let open = known.open_verzoeken.entry((relatie, verzoek.bsn)).or_default();
        open.insert(verzoek.referentie.clone());
        known.verzoeken.insert((verzoek.aanbieder, verzoek.referentie.clone()), verzoek);
    }
    Ok(())
}

async fn nummers(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = packed!(
        "n.gemeente, n.reeks, n.volgende",
        "json_each(?) k CROSS JOIN nummerreeks n ON n.gemeente = k.value"
    );
    if keys.nummers.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(SQL).bind(Keys::integers(keys.nummers.keys().map(|code| code.to_integer())));
    let found = Packed::load(connection, "nummerreeks", query).await?;
    for mut fields in found.rows() {
        let key = (fields.code()?, fields.parse(Reeks::parse)?);
        known.nummers.insert(key, fields.integer()?);
    }
    Ok(())
}

/// Numbers that a gemeente gave out itself in the range that is ours. Nearly always none, so one statement per
/// gemeente costs less than a window over all of them.
async fn bezette_nummers(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const SQL: &str = "SELECT sleutel FROM toewijzing WHERE sleutel BETWEEN ? AND ? ORDER BY sleutel LIMIT ?";
    let (first, last) = bezette_sleutels(keys, known);
    for (first, last) in first.into_iter().zip(last) {
        let query = sqlx::query_scalar(SQL).bind(first).bind(last);
        let query = query.bind(i64::try_from(BEZETTE_NUMMERS_MAX).unwrap_or(i64::MAX));
        let found: Vec<i64> = query.fetch_all(&mut *connection).await.map_err(failed("gegevens lezen"))?;
        known.bezette_nummers.extend(found.into_iter().filter_map(toewijzing_parts));
    }
    Ok(())
}

async fn verzonden(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = packed!(
        concat!(
            "v.soort, v.gemeente, v.aanbieder, v.identificatie, v.toewijzingen, v.verzoeken, ",
            nullable!("v.aanvaard")
        ),
        "json_each(?) k CROSS JOIN verzonden v
         ON v.soort = k.value ->> 0 AND v.gemeente = k.value ->> 1 AND v.aanbieder = k.value ->> 2
         AND v.identificatie = k.value ->> 3"
    );
    if keys.verzonden.is_empty() {
        return Ok(());
    }
    let rows = keys.verzonden.iter().map(|(soort, relatie, text)| {
        ([soort.to_integer(), relatie.gemeente.to_integer(), relatie.aanbieder.to_integer()], &**text)
    });
    let query = sqlx::query(SQL).bind(Keys::rows(rows));
    let found = Packed::load(connection, "verzonden", query).await?;
    for fields in found.rows() {
        let sent = read_verzonden(fields)?;
        known.verzonden.insert((sent.soort, sent.relatie, sent.identificatie.clone()), sent);
    }
    Ok(())
}
