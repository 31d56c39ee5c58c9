//! Loads what is known of claims, their lines and budgets.

use super::bulk::{Cursor, codes, failed};
use super::facts::fetch;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{FactKeys, GeboektePrestatie, Vasthouding, VasthoudingSleutel, WorkingSet};
use crate::store::cells::Fields;
use crate::store::convert::{Coded, toewijzing_key};
use crate::store::rows::{read_debet, read_prestatie, read_vasthouding};
use crate::store::{HoldsOf, StoreError};
use sqlx::postgres::{PgConnection, PgPool, PgRow};
use std::collections::BTreeSet;

type Result<T> = std::result::Result<T, StoreError>;

/// Lines, from tables that give `prestatie p`.
macro_rules! prestatie_sql {
    ($from:literal) => {
        prestatie_sql!("SELECT ", $from)
    };
    ($select:literal, $from:literal) => {
        concat!(
            $select,
            "p.aanbieder, p.referentie, p.vorig_referentie, p.toewijzing, p.bsn, p.categorie, p.code,
                p.begin, p.eind, p.volume, p.eenheid, p.tarief, p.bedrag, p.debet, p.toegekend,
                p.gecrediteerd, p.vastgehouden FROM ",
            $from
        )
    };
}

/// Claims, lines and budgets under these keys.
pub async fn load(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    declaraties(connection, keys, known).await?;
    perioden(connection, keys, known).await?;
    prestaties(connection, keys, known).await?;
    debets_op(connection, keys, known).await?;
    nachten(connection, keys, known).await?;
    herzien(connection, keys, known).await?;
    vasthoudingen(connection, keys, known).await?;
    debets(connection, keys, known).await?;
    debets_na(connection, keys, known).await?;
    budgetten(connection, keys, known).await
}

async fn declaraties(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = "SELECT d.aanbieder, d.nummer FROM UNNEST($1::bigint[], $2::text[]) k (a, n)
        JOIN declaratie d ON d.aanbieder = k.a AND d.nummer = k.n";
    if keys.declaratie_nummers.is_empty() {
        return Ok(());
    }
    let aanbieders = codes(keys.declaratie_nummers.iter().map(|(aanbieder, _)| *aanbieder));
    let numbers: Vec<&str> = keys.declaratie_nummers.iter().map(|(_, text)| &**text).collect();
    for row in fetch(connection, sqlx::query(SQL).bind(aanbieders).bind(numbers)).await? {
        let mut row = Cursor::new(&row, "declaratie");
        known.declaratie_nummers.insert((row.code()?, row.text()?.into()));
    }
    Ok(())
}

/// The latest period per relatie: the last entry of the index, one seek each.
async fn perioden(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str =
        "SELECT k.g, k.a, l.laatste, l.tot_2021 FROM UNNEST($1::bigint[], $2::bigint[]) k (g, a)
        CROSS JOIN LATERAL (SELECT
            (SELECT max(d.periode_begin) FROM declaratie d
             WHERE d.gemeente = k.g AND d.aanbieder = k.a) AS laatste,
            (SELECT max(d.periode_begin) FROM declaratie d
             WHERE d.gemeente = k.g AND d.aanbieder = k.a
             AND d.periode_begin < DATE '2021-01-01') AS tot_2021) l
        WHERE l.laatste IS NOT NULL";
    if keys.laatste_perioden.is_empty() {
        return Ok(());
    }
    let gemeenten = codes(keys.laatste_perioden.iter().map(|relatie| relatie.gemeente));
    let aanbieders = codes(keys.laatste_perioden.iter().map(|relatie| relatie.aanbieder));
    for row in fetch(connection, sqlx::query(SQL).bind(gemeenten).bind(aanbieders)).await? {
        let mut row = Cursor::new(&row, "declaratie");
        let relatie = Relatie { gemeente: row.code()?, aanbieder: row.code()? };
        known.laatste_periode.insert(relatie, row.date()?);
        if let Some(latest) = row.date_or_null()? {
            known.laatste_periode_tot_2021.insert(relatie, latest);
        }
    }
    Ok(())
}

async fn prestaties(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = prestatie_sql!(
        "UNNEST($1::bigint[], $2::text[]) k (a, r)
         JOIN prestatie p ON p.aanbieder = k.a AND p.referentie = k.r"
    );
    if keys.prestaties.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<_> = keys.prestaties.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let aanbieders = codes(sorted.iter().map(|(aanbieder, _)| *aanbieder));
    let references: Vec<&str> = sorted.iter().map(|(_, text)| &**text).collect();
    for row in fetch(connection, sqlx::query(SQL).bind(aanbieders).bind(references)).await? {
        let prestatie = read_prestatie(Cursor::new(&row, "prestatie"))?;
        known.prestaties.insert(prestatie);
    }
    Ok(())
}

/// Nights of children that begin between two days, wherever they were.
async fn nachten(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = prestatie_sql!(
        "UNNEST($1::bigint[], $2::date[], $3::date[]) k (bsn, van, tot)
         JOIN prestatie p ON p.bsn = k.bsn AND p.begin BETWEEN k.van AND k.tot
         AND p.eenheid = 14 AND p.toegekend AND p.debet AND NOT p.gecrediteerd"
    );
    if keys.nachten.is_empty() {
        return Ok(());
    }
    let children = codes(keys.nachten.iter().map(|(bsn, ..)| *bsn));
    let van: Vec<_> = keys.nachten.iter().map(|(_, van, _)| *van).collect();
    let tot: Vec<_> = keys.nachten.iter().map(|(.., tot)| *tot).collect();
    for row in fetch(connection, sqlx::query(SQL).bind(children).bind(van).bind(tot)).await? {
        known.know_line(read_prestatie(Cursor::new(&row, "prestatie"))?);
    }
    Ok(())
}

/// Open debits that a change of rates may be about.
async fn herzien(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = prestatie_sql!(
        "prestatie p WHERE p.begin BETWEEN $1 AND $2 AND p.toegekend AND p.debet AND NOT p.gecrediteerd
         AND (p.categorie, p.code) IN (SELECT k.c, k.p FROM UNNEST($3::bigint[], $4::text[]) k (c, p))
         AND p.aanbieder = ANY ($5::bigint[])"
    );
    let Some(asked) = &keys.herzien else { return Ok(()) };
    let categories = codes(asked.producten.iter().map(|(categorie, _)| *categorie));
    let products: Vec<&str> = asked.producten.iter().map(|(_, code)| code.as_str()).collect();
    let query = sqlx::query(SQL).bind(asked.van).bind(asked.tot).bind(categories).bind(products);
    let query = query.bind(codes(asked.aanbieders.iter().copied()));
    for row in fetch(connection, query).await? {
        known.know_line(read_prestatie(Cursor::new(&row, "prestatie"))?);
    }
    Ok(())
}

/// Open debits of an assignment that begin on a day, as lines.
async fn debets_op(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = prestatie_sql!(
        "UNNEST($1::date[], $2::bigint[]) k (begin, toewijzing)
         JOIN prestatie p ON p.begin = k.begin AND p.toewijzing = k.toewijzing
         AND p.toegekend AND p.debet AND NOT p.gecrediteerd"
    );
    let days = keys.days_of_debets(known);
    if days.is_empty() {
        return Ok(());
    }
    let (begin, assignments): (Vec<_>, Vec<_>) =
        days.iter().map(|(gemeente, nummer, day)| (*day, toewijzing_key(*gemeente, *nummer))).unzip();
    for row in fetch(connection, sqlx::query(SQL).bind(begin).bind(assignments)).await? {
        let prestatie = read_prestatie(Cursor::new(&row, "prestatie"))?;
        known.prestaties.insert(prestatie);
    }
    Ok(())
}

/// Lines that are or were held, from tables that give `vasthouding v`.
macro_rules! vasthouding_sql {
    ($from:literal) => {
        concat!(
            "SELECT v.aanbieder, v.referentie, v.gemeente, v.declaratie_nummer, v.periode_begin, v.bedrag, v.limieten,
                v.status, v.journaal, v.volgnummer, v.ontvangen, v.beslist FROM ",
            $from
        )
    };
}

/// What became of the held lines that were found, and of those of the claims that are asked for, which are found with
/// it. Holding is rare, and so is this.
async fn vasthoudingen(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const OF_LINES: &str = vasthouding_sql!(
        "UNNEST($1::bigint[], $2::text[]) k (a, r) JOIN vasthouding v ON v.aanbieder = k.a AND v.referentie = k.r"
    );
    const OF_CLAIMS: &str = vasthouding_sql!(
        "UNNEST($1::bigint[], $2::text[]) k (a, n)
         JOIN vasthouding v ON v.aanbieder = k.a AND v.declaratie_nummer = k.n"
    );
    let held = known.prestaties.values().filter(|line| line.vastgehouden);
    let held: BTreeSet<_> = held.map(|line| (line.relatie.aanbieder, line.referentie.clone())).collect();
    for (sql, keys) in [(OF_LINES, &held), (OF_CLAIMS, &keys.vasthoudingen)] {
        if keys.is_empty() {
            continue;
        }
        let aanbieders = codes(keys.iter().map(|(aanbieder, _)| *aanbieder));
        let texts: Vec<&str> = keys.iter().map(|(_, text)| &**text).collect();
        for row in fetch(connection, sqlx::query(sql).bind(aanbieders).bind(texts)).await? {
            let regel = read_vasthouding(Cursor::new(&row, "vasthouding"))?;
            known.vasthoudingen.insert(regel.sleutel(), regel);
        }
    }
    let unknown = |key: &&VasthoudingSleutel| !known.prestaties.contains(key.0, &key.1);
    let lines: Vec<_> = known.vasthoudingen.keys().filter(unknown).cloned().collect();
    prestaties(connection, &FactKeys { prestaties: lines, ..FactKeys::default() }, known).await
}

/// Lines that are or were held, of an aanbieder or all that wait, in the order in which they were held.
pub async fn holds(reader: &PgPool, of: HoldsOf) -> Result<Vec<Vasthouding>> {
    const OF_AANBIEDER: &str =
        vasthouding_sql!("vasthouding v WHERE v.aanbieder = $1 ORDER BY v.journaal, v.volgnummer");
    const OPEN: &str =
        vasthouding_sql!("vasthouding v WHERE v.status = 'vastgehouden' ORDER BY v.journaal, v.volgnummer");
    const ALL: &str = vasthouding_sql!("vasthouding v ORDER BY v.journaal, v.volgnummer");
    let query = match of {
        HoldsOf::Aanbieder(aanbieder) => sqlx::query(OF_AANBIEDER).bind(aanbieder.to_integer()),
        HoldsOf::Open => sqlx::query(OPEN),
        HoldsOf::All => sqlx::query(ALL),
    };
    let rows = query.fetch_all(reader).await.map_err(failed("vastgehouden betalingen lezen"))?;
    rows.iter().map(|row| read_vasthouding(Cursor::new(row, "vasthouding"))).collect()
}

/// Lines with these numbers in order, granted or not.
pub async fn lines(connection: &mut PgConnection, first: i64, count: i64) -> Result<Vec<GeboektePrestatie>> {
    const SQL: &str = prestatie_sql!("prestatie p WHERE p.id >= $1 AND p.id < $1 + $2 ORDER BY p.id");
    let rows = sqlx::query(SQL).bind(first).bind(count).fetch_all(connection).await;
    let rows = rows.map_err(failed("declaratie lezen"))?;
    rows.iter().map(|row| read_prestatie(Cursor::new(row, "prestatie"))).collect()
}

/// Lines after a number, in order, with their numbers.
pub async fn lines_after(
    connection: &mut PgConnection,
    after: i64,
    count: i64,
) -> Result<Vec<(i64, GeboektePrestatie)>> {
    const SQL: &str = prestatie_sql!("SELECT p.id, ", "prestatie p WHERE p.id > $1 ORDER BY p.id LIMIT $2");
    let rows = fetch(connection, sqlx::query(SQL).bind(after).bind(count)).await?;
    let read = |row: &PgRow| {
        let mut row = Cursor::new(row, "prestatie");
        Ok((row.integer()?, read_prestatie(row)?))
    };
    rows.iter().map(read).collect()
}

/// Open debits on the days and assignments that are asked for.
async fn debets(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = "SELECT p.toewijzing, p.begin, p.eind, p.categorie, p.code
        FROM UNNEST($1::date[], $2::bigint[]) k (begin, toewijzing)
        JOIN prestatie p ON p.begin = k.begin AND p.toewijzing = k.toewijzing
        AND p.toegekend AND p.debet AND NOT p.gecrediteerd";
    if keys.debets.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<_> =
        keys.debets.iter().map(|key| (key.begin, toewijzing_key(key.gemeente, key.toewijzing))).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let (days, assignments): (Vec<_>, Vec<_>) = sorted.into_iter().unzip();
    for row in fetch(connection, sqlx::query(SQL).bind(days).bind(assignments)).await? {
        known.open_debets.insert(read_debet(Cursor::new(&row, "prestatie"))?);
    }
    Ok(())
}

/// Open debits of an assignment past a day. The index begins with the first day, so what is read is
/// what was claimed from a month before that day on, by all: little, because the day is about now.
async fn debets_na(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = "SELECT p.toewijzing, p.begin, p.eind, p.categorie, p.code
        FROM UNNEST($1::bigint[], $2::date[]) k (toewijzing, dag)
        JOIN prestatie p ON p.begin > k.dag - 31 AND p.toewijzing = k.toewijzing AND p.eind > k.dag
        AND p.toegekend AND p.debet AND NOT p.gecrediteerd";
    if keys.debets_na.is_empty() {
        return Ok(());
    }
    let (assignments, days): (Vec<_>, Vec<_>) = keys
        .debets_na
        .iter()
        .map(|(gemeente, nummer, day)| (toewijzing_key(*gemeente, *nummer), *day))
        .unzip();
    for row in fetch(connection, sqlx::query(SQL).bind(assignments).bind(days)).await? {
        known.open_debets.insert(read_debet(Cursor::new(&row, "prestatie"))?);
    }
    Ok(())
}

async fn budgetten(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = "SELECT s.sleutel, s.bedrag FROM UNNEST($1::text[]) k (sleutel)
        JOIN budget_stand s ON s.sleutel = k.sleutel";
    const HELD: &str = "SELECT l.sleutel, l.aanbieder, l.bedrag FROM UNNEST($1::text[]) k (sleutel)
        JOIN limiet_vast l ON l.sleutel = k.sleutel WHERE l.bedrag <> 0";
    if keys.budgetten.is_empty() {
        return Ok(());
    }
    let texts: Vec<&str> = keys.budgetten.iter().map(AsRef::as_ref).collect();
    for row in fetch(connection, sqlx::query(SQL).bind(&texts)).await? {
        let mut row = Cursor::new(&row, "budget_stand");
        known.budget_standen.insert(row.text()?.into(), Cents(row.integer()?));
    }
    for row in fetch(connection, sqlx::query(HELD).bind(&texts)).await? {
        let mut row = Cursor::new(&row, "limiet_vast");
        let held = known.limiet_vast.entry(row.text()?.into()).or_default();
        held.insert(row.code()?, Cents(row.integer()?));
    }
    Ok(())
}
