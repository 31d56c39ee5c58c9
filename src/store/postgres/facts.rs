//! Loads the facts of a batch: one statement per table, whatever the number of keys.

use super::bulk::{Cursor, codes, failed};
use crate::codes::{Bsn, GemeenteCode};
use crate::messages::{Partij, Relatie};
use crate::state::{BEZETTE_NUMMERS_MAX, ClientStand, FactKeys, Reeks, Toewijzing, WorkingSet};
use crate::store::StoreError;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::convert::{Coded, bezette_sleutels, toewijzing_key, toewijzing_parts};
use crate::store::pack::unpack;
use crate::store::rows::{read_levering, read_toewijzing, read_verzoek, read_verzonden};
use rustc_hash::FxHashSet;
use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use std::collections::BTreeMap;
use std::sync::Arc;

type Result<T> = std::result::Result<T, StoreError>;
/// A statement with its keys.
pub type FactsStatement<'q> = Query<'q, Postgres, PgArguments>;

/// Assignments with what was spent on them, from tables that give `toewijzing t`.
macro_rules! toewijzing_sql {
    ($from:literal) => {
        concat!(
            "SELECT t.sleutel, t.aanbieder, t.bsn, t.categorie, t.code, t.toewijzingsdatum, t.toewijzingstijd,
                t.ingangsdatum, t.einddatum, t.reden_wijziging, t.volume, t.eenheid, t.frequentie, t.budget,
                t.referentie_aanbieder, t.commentaar, t.journaal, t.ontvangst, t.vorige, t.verwijzer, t.vrijgegeven,
                b.volume, b.bedrag
             FROM ",
            $from,
            " JOIN besteding b ON b.toewijzing = t.sleutel"
        )
    };
}
pub(super) use toewijzing_sql;
/// Requests, from tables that give `verzoek v`.
macro_rules! verzoek_sql {
    ($from:literal) => {
        concat!(
            "SELECT v.aanbieder, v.referentie, v.gemeente, v.bsn, v.soort, v.journaal, v.dagtekening,
                v.ontvangen, v.status, v.verwijzer FROM ",
            $from
        )
    };
}

/// Rows under keys.
pub async fn fetch(connection: &mut PgConnection, query: FactsStatement<'_>) -> Result<Vec<PgRow>> {
    query.fetch_all(connection).await.map_err(failed("gegevens lezen"))
}

/// Everything known under these keys, but for the numbers to hand out.
pub async fn load(connection: &mut PgConnection, keys: &FactKeys) -> Result<WorkingSet> {
    let mut known = WorkingSet::default();
    identificaties(connection, keys, &mut known).await?;
    bekende_clienten(connection, keys, &mut known).await?;
    clienten(connection, keys, &mut known).await?;
    toewijzingen(connection, keys, &mut known).await?;
    verzoeken(connection, keys, &mut known).await?;
    open_verzoeken(connection, keys, &mut known).await?;
    leveringen(connection, keys, &mut known).await?;
    super::facts_money::load(connection, keys, &mut known).await?;
    verzonden(connection, keys, &mut known).await?;
    if !known.verzonden.is_empty() {
        let about = FactKeys::of_verzonden(known.verzonden.values());
        toewijzingen(connection, &about, &mut known).await?;
        verzoeken(connection, &about, &mut known).await?;
        if keys.toezeggingen {
            leveringen(connection, &known.reports_of_assignments(), &mut known).await?;
        }
    }
    kinderen(connection, keys, &mut known).await?;
    super::promises::load(connection, keys, &mut known).await?;
    super::verzameld::load(connection, keys, &mut known).await?;
    Ok(known)
}

/// The numbers to hand out: what others handed out before is known only when their transactions have ended.
pub async fn numbers(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    nummers(connection, keys, known).await?;
    bezette_nummers(connection, keys, known).await
}

async fn identificaties(
    connection: &mut PgConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const SQL: &str = "SELECT i.afzender, i.soort, i.identificatie
        FROM UNNEST($1::text[], $2::bigint[], $3::text[]) k (a, s, i)
        JOIN identificatie i ON i.afzender = k.a AND i.soort = k.s AND i.identificatie = k.i";
    if keys.identificaties.is_empty() {
        return Ok(());
    }
    let senders: Vec<&str> = keys.identificaties.iter().map(|(sender, ..)| sender.as_str()).collect();
    let kinds = codes(keys.identificaties.iter().map(|(_, soort, _)| *soort));
    let texts: Vec<&str> = keys.identificaties.iter().map(|(.., text)| &**text).collect();
    for row in fetch(connection, sqlx::query(SQL).bind(senders).bind(kinds).bind(texts)).await? {
        let mut row = Cursor::new(&row, "identificatie");
        let corrupt = row.corrupt();
        let afzender = Partij::parse(row.text()?).ok_or(corrupt)?;
        known.identificaties.insert((afzender, row.code()?, row.text()?.into()));
    }
    Ok(())
}

/// Gemeenten and clients as two columns.
fn client_keys<'a>(keys: impl IntoIterator<Item = &'a (GemeenteCode, Bsn)>) -> (Vec<i64>, Vec<i64>) {
    keys.into_iter().map(|(gemeente, bsn)| (gemeente.to_integer(), bsn.to_integer())).unzip()
}

/// Gemeenten, aanbieders and clients as three columns.
fn relatie_keys<'a>(
    keys: impl Iterator<Item = &'a (Relatie, Bsn)> + Clone,
) -> (Vec<i64>, Vec<i64>, Vec<i64>) {
    (
        codes(keys.clone().map(|(relatie, _)| relatie.gemeente)),
        codes(keys.clone().map(|(relatie, _)| relatie.aanbieder)),
        codes(keys.map(|(_, bsn)| *bsn)),
    )
}

/// Nearly all clients that are asked for are known, so the database tells which are not.
pub async fn bekende_clienten(
    connection: &mut PgConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const UNKNOWN: &str = "SELECT k.g, k.b FROM UNNEST($1::bigint[], $2::bigint[]) k (g, b)
        WHERE NOT EXISTS (SELECT FROM client c WHERE c.gemeente = k.g AND c.bsn = k.b)";
    if keys.bekende_clienten.is_empty() {
        return Ok(());
    }
    let (gemeenten, clients) = client_keys(&keys.bekende_clienten);
    let mut unknown: FxHashSet<(GemeenteCode, Bsn)> = FxHashSet::default();
    for row in fetch(connection, sqlx::query(UNKNOWN).bind(gemeenten).bind(clients)).await? {
        let mut row = Cursor::new(&row, "client");
        unknown.insert((row.code()?, row.code()?));
    }
    known.clienten.reserve(keys.bekende_clienten.len());
    for client in keys.bekende_clienten.iter().filter(|client| !unknown.contains(client)) {
        known.clienten.entry(*client).or_default();
    }
    Ok(())
}

/// All assignments of children, in any gemeente.
async fn kinderen(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = toewijzing_sql!("UNNEST($1::bigint[]) k (b) JOIN toewijzing t ON t.bsn = k.b");
    if keys.kinderen.is_empty() {
        return Ok(());
    }
    let children = codes(keys.kinderen.iter().copied());
    for row in fetch(connection, sqlx::query(SQL).bind(children)).await? {
        known.know(read_toewijzing(Cursor::new(&row, "toewijzing"))?);
    }
    Ok(())
}

/// Clients with the bytes of their newest JW301 and all their assignments.
async fn clienten(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    // What was taken over from a previous system stands in the journal itself.
    const SQL: &str = "SELECT c.gemeente, c.bsn, coalesce(i.archief, j.inhoud)
        FROM UNNEST($1::bigint[], $2::bigint[]) k (g, b)
        JOIN client c ON c.gemeente = k.g AND c.bsn = k.b
        JOIN journaal j ON j.nummer = c.journaal LEFT JOIN inkomend i ON i.aankomst = j.aankomst
        WHERE coalesce(i.archief, j.inhoud) IS NOT NULL";
    const ARCHIEF: &str =
        "SELECT a.id, a.lengte, a.inhoud FROM UNNEST($1::bigint[]) k (id) JOIN archief a ON a.id = k.id";
    const TOEWIJZINGEN: &str = toewijzing_sql!(
        "UNNEST($1::bigint[], $2::bigint[]) k (g, b) JOIN toewijzing t ON t.bsn = k.b AND t.gemeente = k.g"
    );
    if keys.clienten.is_empty() {
        return Ok(());
    }
    let (gemeenten, clients) = client_keys(&keys.clienten);
    let mut jw301: BTreeMap<i64, Vec<(GemeenteCode, Bsn)>> = BTreeMap::new();
    let query = sqlx::query(SQL).bind(&gemeenten).bind(&clients);
    for row in fetch(connection, query).await? {
        let mut row = Cursor::new(&row, "client");
        let client = (row.code()?, row.code()?);
        jw301.entry(row.integer()?).or_default().push(client);
    }
    let archive: Vec<i64> = jw301.keys().copied().collect();
    for row in fetch(connection, sqlx::query(ARCHIEF).bind(archive)).await? {
        let mut row = Cursor::new(&row, "archief");
        let id = row.integer()?;
        let length = usize::try_from(row.integer()?).unwrap_or_default();
        let bytes: Arc<[u8]> = unpack(row.bytes()?, length)?.into();
        for client in jw301.remove(&id).unwrap_or_default() {
            known.clienten.insert(client, ClientStand { jw301: Some(bytes.clone()) });
        }
    }
    for row in fetch(connection, sqlx::query(TOEWIJZINGEN).bind(&gemeenten).bind(&clients)).await? {
        let toewijzing = read_toewijzing(Cursor::new(&row, "toewijzing"))?;
        known.know(toewijzing);
    }
    Ok(())
}

async fn toewijzingen(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str =
        toewijzing_sql!("UNNEST($1::bigint[]) k (sleutel) JOIN toewijzing t ON t.sleutel = k.sleutel");
    if keys.toewijzingen.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<i64> =
        keys.toewijzingen.iter().map(|(gemeente, nummer)| toewijzing_key(*gemeente, *nummer)).collect();
    sorted.sort_unstable();
    sorted.dedup();
    known.toewijzingen.reserve(sorted.len());
    for row in fetch(connection, sqlx::query(SQL).bind(sorted)).await? {
        let toewijzing = read_toewijzing(Cursor::new(&row, "toewijzing"))?;
        known.toewijzingen.insert((toewijzing.gemeente, toewijzing.nummer), toewijzing);
    }
    Ok(())
}

/// Assignments after a key, in order of key.
pub async fn toewijzingen_na(
    connection: &mut PgConnection,
    after: i64,
    count: i64,
) -> Result<Vec<Toewijzing>> {
    const SQL: &str =
        concat!(toewijzing_sql!("toewijzing t"), " WHERE t.sleutel > $1 ORDER BY t.sleutel LIMIT $2");
    let rows = fetch(connection, sqlx::query(SQL).bind(after).bind(count)).await?;
    rows.iter().map(|row| read_toewijzing(Cursor::new(row, "toewijzing"))).collect()
}

async fn verzoeken(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = verzoek_sql!(
        "UNNEST($1::bigint[], $2::text[]) k (a, r) JOIN verzoek v ON v.aanbieder = k.a AND v.referentie = k.r"
    );
    if keys.verzoeken.is_empty() {
        return Ok(());
    }
    let aanbieders = codes(keys.verzoeken.iter().map(|(aanbieder, _)| *aanbieder));
    let references: Vec<&str> = keys.verzoeken.iter().map(|(_, text)| &**text).collect();
    for row in fetch(connection, sqlx::query(SQL).bind(aanbieders).bind(references)).await? {
        let verzoek = read_verzoek(&mut Cursor::new(&row, "verzoek"))?;
        known.verzoeken.insert((verzoek.aanbieder, verzoek.referentie.clone()), verzoek);
    }
    Ok(())
}

async fn open_verzoeken(
    connection: &mut PgConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const SQL: &str = verzoek_sql!(
        "UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) k (g, a, b)
         JOIN verzoek v ON v.bsn = k.b AND v.gemeente = k.g AND v.aanbieder = k.a
         AND v.status IN ('open', 'in-onderzoek')"
    );
    if keys.open_verzoeken.is_empty() {
        return Ok(());
    }
    let (gemeenten, aanbieders, clients) = relatie_keys(keys.open_verzoeken.iter());
    for row in fetch(connection, sqlx::query(SQL).bind(gemeenten).bind(aanbieders).bind(clients)).await? {
        let verzoek = read_verzoek(&mut Cursor::new(&row, "verzoek"))?;
        let relatie = Relatie { gemeente: verzoek.gemeente, aanbieder: verzoek.aanbieder };
        let open = known.open_verzoeken.entry((relatie, verzoek.bsn)).or_default();
        open.insert(verzoek.referentie.clone());
        known.verzoeken.insert((verzoek.aanbieder, verzoek.referentie.clone()), verzoek);
    }
    Ok(())
}

/// Starts and stops of clients at their relatie.
async fn leveringen(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = "SELECT l.gemeente, l.aanbieder, l.bsn, l.toewijzing, l.categorie, l.code, l.begin,
            l.eind, l.reden, l.journaal
        FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) k (g, a, b)
        JOIN levering l ON l.bsn = k.b AND l.gemeente = k.g AND l.aanbieder = k.a";
    if keys.leveringen.is_empty() {
        return Ok(());
    }
    let (gemeenten, aanbieders, clients) = relatie_keys(keys.leveringen.iter());
    for row in fetch(connection, sqlx::query(SQL).bind(gemeenten).bind(aanbieders).bind(clients)).await? {
        let (client, melding, journal) = read_levering(Cursor::new(&row, "levering"))?;
        known.leveringen.entry(client).or_default().report(melding, journal);
    }
    Ok(())
}

async fn nummers(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = "SELECT n.gemeente, n.reeks, n.volgende
        FROM UNNEST($1::bigint[]) k (g) JOIN nummerreeks n ON n.gemeente = k.g";
    if keys.nummers.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(SQL).bind(codes(keys.nummers.keys().copied()));
    for row in fetch(connection, query).await? {
        let mut row = Cursor::new(&row, "nummerreeks");
        let key = (row.code()?, row.parse(Reeks::parse)?);
        known.nummers.insert(key, row.integer()?);
    }
    Ok(())
}

/// Numbers that a gemeente gave out itself in the range that is ours.
async fn bezette_nummers(
    connection: &mut PgConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const SQL: &str = "SELECT t.sleutel FROM UNNEST($1::bigint[], $2::bigint[]) k (eerste, laatste)
        CROSS JOIN LATERAL (SELECT sleutel FROM toewijzing WHERE sleutel BETWEEN k.eerste AND k.laatste
            ORDER BY sleutel LIMIT $3) t";
    if keys.bezette_nummers.is_empty() {
        return Ok(());
    }
    let (first, last) = bezette_sleutels(keys, known);
    let query = sqlx::query(SQL).bind(first).bind(last);
    let query = query.bind(i64::try_from(BEZETTE_NUMMERS_MAX).unwrap_or(i64::MAX));
    for row in fetch(connection, query).await? {
        let mut row = Cursor::new(&row, "toewijzing");
        let corrupt = row.corrupt();
        known.bezette_nummers.insert(toewijzing_parts(row.integer()?).ok_or(corrupt)?);
    }
    Ok(())
}

async fn verzonden(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = "SELECT v.soort, v.gemeente, v.aanbieder, v.identificatie, v.toewijzingen, v.verzoeken,
            v.aanvaard
        FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) k (s, g, a, i)
        JOIN verzonden v ON v.soort = k.s AND v.gemeente = k.g AND v.aanbieder = k.a
        AND v.identificatie = k.i";
    if keys.verzonden.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(SQL)
        .bind(codes(keys.verzonden.iter().map(|(soort, ..)| *soort)))
        .bind(codes(keys.verzonden.iter().map(|(_, relatie, _)| relatie.gemeente)))
        .bind(codes(keys.verzonden.iter().map(|(_, relatie, _)| relatie.aanbieder)));
    let texts: Vec<&str> = keys.verzonden.iter().map(|(.., text)| &**text).collect();
    for row in fetch(connection, query.bind(texts)).await? {
        let sent = read_verzonden(Cursor::new(&row, "verzonden"))?;
        known.verzonden.insert((sent.soort, sent.relatie, sent.identificatie.clone()), sent);
    }
    Ok(())
}
