//! Loads what is known of claims, their lines and budgets.

use super::bulk::{Keys, Packed, failed, nullable, packed};
use super::facts::aanbieder_keys;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{FactKeys, GeboektePrestatie, Vasthouding, VasthoudingSleutel, WorkingSet};
use crate::store::cells::Fields;
use crate::store::convert::{Coded, toewijzing_key};
use crate::store::rows::{read_debet, read_prestatie, read_vasthouding};
use crate::store::{HoldsOf, StoreError};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use std::collections::{BTreeMap, BTreeSet};

type Result<T> = std::result::Result<T, StoreError>;

/// The columns of a line, in the order in which they are read.
macro_rules! prestatie_columns {
    () => {
        concat!(
            "p.aanbieder, p.referentie, ",
            nullable!("p.vorig_referentie"),
            ", p.toewijzing, p.bsn, p.categorie, p.code, p.begin, p.eind, p.volume, p.eenheid, ",
            nullable!("p.tarief"),
            ", p.bedrag, p.debet, p.toegekend, p.gecrediteerd, p.vastgehouden"
        )
    };
}

/// Lines, from tables that give `prestatie p`.
macro_rules! prestatie_sql {
    ($from:literal) => {
        packed!(prestatie_columns!(), $from)
    };
}

/// Claims, lines and budgets under these keys.
pub async fn load(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
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

async fn declaraties(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const SQL: &str = packed!(
        "d.aanbieder, d.nummer",
        "json_each(?) k CROSS JOIN declaratie d ON d.aanbieder = k.value ->> 0 AND d.nummer = k.value ->> 1"
    );
    if keys.declaratie_nummers.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(SQL).bind(aanbieder_keys(&keys.declaratie_nummers));
    let found = Packed::load(connection, "declaratie", query).await?;
    for mut fields in found.rows() {
        known.declaratie_nummers.insert((fields.code()?, fields.text()?.into()));
    }
    Ok(())
}

/// The latest period per relatie, of all and of those before 2021 (day 18628): the last entry of the index,
/// one seek each.
async fn perioden(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = packed!(
        concat!("l.gemeente, l.aanbieder, l.laatste, ", nullable!("l.tot_2021")),
        "(SELECT k.value ->> 0 AS gemeente, k.value ->> 1 AS aanbieder,
             (SELECT max(d.periode_begin) FROM declaratie d
              WHERE d.gemeente = k.value ->> 0 AND d.aanbieder = k.value ->> 1) AS laatste,
             (SELECT max(d.periode_begin) FROM declaratie d
              WHERE d.gemeente = k.value ->> 0 AND d.aanbieder = k.value ->> 1
              AND d.periode_begin < 18628) AS tot_2021
          FROM json_each(?) k) l WHERE l.laatste IS NOT NULL"
    );
    if keys.laatste_perioden.is_empty() {
        return Ok(());
    }
    let rows = keys.laatste_perioden.iter();
    let rows = rows.map(|key| ([key.gemeente.to_integer(), key.aanbieder.to_integer()], ""));
    let query = sqlx::query(SQL).bind(Keys::rows(rows));
    let found = Packed::load(connection, "declaratie", query).await?;
    for mut fields in found.rows() {
        let relatie = Relatie { gemeente: fields.code()?, aanbieder: fields.code()? };
        known.laatste_periode.insert(relatie, fields.date()?);
        if let Some(latest) = fields.date_or_null()? {
            known.laatste_periode_tot_2021.insert(relatie, latest);
        }
    }
    Ok(())
}

async fn prestaties(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const SQL: &str = prestatie_sql!(
        "json_each(?) g CROSS JOIN json_each(g.value) k CROSS JOIN prestatie p
         ON p.aanbieder = CAST(g.key AS INTEGER) AND p.referentie = k.value"
    );
    if keys.prestaties.is_empty() {
        return Ok(());
    }
    let mut groups: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    for (aanbieder, referentie) in &keys.prestaties {
        groups.entry(aanbieder.to_integer()).or_default().push(referentie);
    }
    for references in groups.values_mut() {
        references.sort_unstable();
        references.dedup();
    }
    let query = sqlx::query(SQL).bind(Keys::groups(groups, Keys::text));
    let found = Packed::load(connection, "prestatie", query).await?;
    for fields in found.rows() {
        let prestatie = read_prestatie(fields)?;
        known.prestaties.insert(prestatie);
    }
    Ok(())
}

/// Nights of children that begin between two days, wherever they were.
async fn nachten(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = prestatie_sql!(
        "json_each(?) k CROSS JOIN prestatie p INDEXED BY prestatie_nacht
         ON p.bsn = k.value ->> 0 AND p.begin BETWEEN k.value ->> 1 AND k.value ->> 2
         AND p.eenheid = 14 AND p.toegekend = 1 AND p.debet = 1 AND p.gecrediteerd = 0"
    );
    if keys.nachten.is_empty() {
        return Ok(());
    }
    let rows = keys.nachten.iter();
    let rows = rows.map(|(bsn, van, tot)| ([bsn.to_integer(), van.to_integer(), tot.to_integer()], ""));
    let query = sqlx::query(SQL).bind(Keys::rows(rows));
    let found = Packed::load(connection, "prestatie", query).await?;
    for fields in found.rows() {
        known.know_line(read_prestatie(fields)?);
    }
    Ok(())
}

/// Open debits that a change of rates may be about: one look along their index.
async fn herzien(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = prestatie_sql!(
        "prestatie p INDEXED BY prestatie_open_debet WHERE p.begin BETWEEN ? AND ? AND p.toegekend = 1 AND p.debet = 1
         AND p.gecrediteerd = 0 AND (p.categorie, p.code) IN (SELECT k.value ->> 0, k.value ->> 1 FROM json_each(?) k)
         AND p.aanbieder IN (SELECT k.value FROM json_each(?) k)"
    );
    let Some(asked) = &keys.herzien else { return Ok(()) };
    let products = asked.producten.iter().map(|(categorie, code)| (categorie.to_integer(), code.as_str()));
    let products = serde_json::to_string(&products.collect::<Vec<_>>()).unwrap_or_default();
    let query = sqlx::query(SQL).bind(asked.van.to_integer()).bind(asked.tot.to_integer()).bind(products);
    let query = query.bind(Keys::integers(asked.aanbieders.iter().map(|code| code.to_integer())));
    for fields in Packed::load(connection, "prestatie", query).await?.rows() {
        known.know_line(read_prestatie(fields)?);
    }
    Ok(())
}

/// Open debits of an assignment that begin on a day, as lines; the days are grouped.
async fn debets_op(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = prestatie_sql!(
        "json_each(?) g CROSS JOIN json_each(g.value) k
         CROSS JOIN prestatie p INDEXED BY prestatie_open_debet
         ON p.begin = CAST(g.key AS INTEGER) AND p.toewijzing = k.value
         AND p.toegekend = 1 AND p.debet = 1 AND p.gecrediteerd = 0"
    );
    let days = keys.days_of_debets(known);
    if days.is_empty() {
        return Ok(());
    }
    let mut groups: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (gemeente, nummer, day) in &*days {
        groups.entry(day.to_integer()).or_default().push(toewijzing_key(*gemeente, *nummer));
    }
    let query = sqlx::query(SQL).bind(Keys::groups(groups, Keys::integer));
    let found = Packed::load(connection, "prestatie", query).await?;
    for fields in found.rows() {
        known.prestaties.insert(read_prestatie(fields)?);
    }
    Ok(())
}

/// The columns of a line that is or was held, in the order in which they are read.
macro_rules! vasthouding_columns {
    () => {
        concat!(
            "v.aanbieder, v.referentie, v.gemeente, v.declaratie_nummer, v.periode_begin, v.bedrag, v.limieten,
             v.status, v.journaal, v.volgnummer, v.ontvangen, ",
            nullable!("v.beslist")
        )
    };
}

/// What became of the held lines that were found, and of those of the claims that are asked for, which are found with
/// it. Holding is rare, and so is this.
pub async fn vasthoudingen(
    connection: &mut SqliteConnection,
    keys: &FactKeys,
    known: &mut WorkingSet,
) -> Result<()> {
    const OF_LINES: &str = packed!(
        vasthouding_columns!(),
        "json_each(?) k CROSS JOIN vasthouding v ON v.aanbieder = k.value ->> 0 AND v.referentie = k.value ->> 1"
    );
    const OF_CLAIMS: &str = packed!(
        vasthouding_columns!(),
        "json_each(?) k CROSS JOIN vasthouding v
         ON v.aanbieder = k.value ->> 0 AND v.declaratie_nummer = k.value ->> 1"
    );
    let held = known.prestaties.values().filter(|line| line.vastgehouden);
    let held: BTreeSet<_> = held.map(|line| (line.relatie.aanbieder, line.referentie.clone())).collect();
    for (sql, keys) in [(OF_LINES, &held), (OF_CLAIMS, &keys.vasthoudingen)] {
        if keys.is_empty() {
            continue;
        }
        let query = sqlx::query(sql).bind(aanbieder_keys(keys));
        for fields in Packed::load(connection, "vasthouding", query).await?.rows() {
            let regel = read_vasthouding(fields)?;
            known.vasthoudingen.insert(regel.sleutel(), regel);
        }
    }
    let unknown = |key: &&VasthoudingSleutel| !known.prestaties.contains(key.0, &key.1);
    let lines: Vec<_> = known.vasthoudingen.keys().filter(unknown).cloned().collect();
    prestaties(connection, &FactKeys { prestaties: lines, ..FactKeys::default() }, known).await
}

/// Lines that are or were held, of an aanbieder or all that wait, in the order in which they were held.
pub async fn holds(reader: &SqlitePool, of: HoldsOf) -> Result<Vec<Vasthouding>> {
    const OF_AANBIEDER: &str = packed!(
        vasthouding_columns!(),
        "(SELECT * FROM vasthouding WHERE aanbieder = ? ORDER BY journaal, volgnummer) v"
    );
    const OPEN: &str = packed!(
        vasthouding_columns!(),
        "(SELECT * FROM vasthouding WHERE status = 'vastgehouden' ORDER BY journaal, volgnummer) v"
    );
    const ALL: &str =
        packed!(vasthouding_columns!(), "(SELECT * FROM vasthouding ORDER BY journaal, volgnummer) v");
    let query = match of {
        HoldsOf::Aanbieder(aanbieder) => sqlx::query(OF_AANBIEDER).bind(aanbieder.to_integer()),
        HoldsOf::Open => sqlx::query(OPEN),
        HoldsOf::All => sqlx::query(ALL),
    };
    let mut connection = reader.acquire().await.map_err(failed("vastgehouden betalingen lezen"))?;
    let found = Packed::load(&mut connection, "vasthouding", query).await?;
    found.rows().map(read_vasthouding).collect()
}

/// Lines with these numbers in order, granted or not.
pub async fn lines(
    connection: &mut SqliteConnection,
    first: i64,
    count: i64,
) -> Result<Vec<GeboektePrestatie>> {
    const SQL: &str =
        prestatie_sql!("(SELECT * FROM prestatie WHERE id >= ?1 AND id < ?1 + ?2 ORDER BY id) p");
    let query = sqlx::query(SQL).bind(first).bind(count);
    let found = Packed::load(connection, "prestatie", query).await?;
    found.rows().map(read_prestatie).collect()
}

/// Lines after a number, in order, with their numbers.
pub async fn lines_after(
    connection: &mut SqliteConnection,
    after: i64,
    count: i64,
) -> Result<Vec<(i64, GeboektePrestatie)>> {
    const SQL: &str = concat!(
        "SELECT group_concat(concat_ws('\u{1f}', p.id, ",
        prestatie_columns!(),
        "), '\u{1e}') FROM (SELECT * FROM prestatie WHERE id > ?1 ORDER BY id LIMIT ?2) p"
    );
    let query = sqlx::query(SQL).bind(after).bind(count);
    let found = Packed::load(connection, "prestatie", query).await?;
    found.rows().map(|mut fields| Ok((fields.integer()?, read_prestatie(fields)?))).collect()
}

/// Open debits on the days and assignments that are asked for, grouped by first day.
async fn debets(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = packed!(
        "p.toewijzing, p.begin, p.eind, p.categorie, p.code",
        "json_each(?) g CROSS JOIN json_each(g.value) k
         CROSS JOIN prestatie p INDEXED BY prestatie_open_debet
         ON p.begin = CAST(g.key AS INTEGER) AND p.toewijzing = k.value
         AND p.toegekend = 1 AND p.debet = 1 AND p.gecrediteerd = 0"
    );
    if keys.debets.is_empty() {
        return Ok(());
    }
    let mut groups: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for key in &keys.debets {
        let toewijzing = toewijzing_key(key.gemeente, key.toewijzing);
        groups.entry(key.begin.to_integer()).or_default().push(toewijzing);
    }
    for assignments in groups.values_mut() {
        assignments.sort_unstable();
        assignments.dedup();
    }
    let query = sqlx::query(SQL).bind(Keys::groups(groups, Keys::integer));
    let found = Packed::load(connection, "prestatie", query).await?;
    for fields in found.rows() {
        known.open_debets.insert(read_debet(fields)?);
    }
    Ok(())
}

/// Open debits of an assignment past a day. The index begins with the first day, so what is read is
/// what was claimed from a month before that day on, by all: little, because the day is about now.
async fn debets_na(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str = packed!(
        "p.toewijzing, p.begin, p.eind, p.categorie, p.code",
        "json_each(?) k CROSS JOIN prestatie p INDEXED BY prestatie_open_debet
         ON p.begin > k.value ->> 1 - 31 AND p.toewijzing = k.value ->> 0 AND p.eind > k.value ->> 1
         AND p.toegekend = 1 AND p.debet = 1 AND p.gecrediteerd = 0"
    );
    if keys.debets_na.is_empty() {
        return Ok(());
    }
    let rows = keys
        .debets_na
        .iter()
        .map(|(gemeente, nummer, day)| ([toewijzing_key(*gemeente, *nummer), day.to_integer()], ""));
    let query = sqlx::query(SQL).bind(Keys::rows(rows));
    let found = Packed::load(connection, "prestatie", query).await?;
    for fields in found.rows() {
        known.open_debets.insert(read_debet(fields)?);
    }
    Ok(())
}

async fn budgetten(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const SQL: &str =
        packed!("s.sleutel, s.bedrag", "json_each(?) k CROSS JOIN budget_stand s ON s.sleutel = k.value");
    const HELD: &str = packed!(
        "l.sleutel, l.aanbieder, l.bedrag",
        "json_each(?) k CROSS JOIN limiet_vast l ON l.sleutel = k.value WHERE l.bedrag <> 0"
    );
    if keys.budgetten.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(SQL).bind(Keys::texts(keys.budgetten.iter().map(AsRef::as_ref)));
    let found = Packed::load(connection, "budget_stand", query).await?;
    for mut fields in found.rows() {
        known.budget_standen.insert(fields.text()?.into(), Cents(fields.integer()?));
    }
    let query = sqlx::query(HELD).bind(Keys::texts(keys.budgetten.iter().map(AsRef::as_ref)));
    for mut fields in Packed::load(connection, "limiet_vast", query).await?.rows() {
        let held = known.limiet_vast.entry(fields.text()?.into()).or_default();
        held.insert(fields.code()?, Cents(fields.integer()?));
    }
    Ok(())
}
