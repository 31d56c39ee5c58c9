//! What assignments promise of limits: loaded and written.

use super::bulk::{Keys, Packed, Statement, failed, nullable, packed, write};
use super::facts::toewijzing_sql;
use super::levering::levering_sql;
use crate::codes::Datum;
use crate::decide::following::Promised;
use crate::state::{FactKeys, Gevolgd, TeVolgen, Toezegging, WorkingSet};
use crate::store::StoreError;
use crate::store::convert::{Coded, toewijzing_key};
use crate::store::pending::Pending;
use crate::store::promises::{gestopt, read_regel};
use crate::store::rows::{
    bind_gemeld, bind_gevolgd, bind_te_volgen, bind_toegezegd, bind_toezegging, bind_toezegging_key,
    gemeld_per_limiet, read_gevolgd, read_levering, read_te_volgen, read_toegezegd, read_toewijzing,
    read_toezegging,
};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use std::mem::take;

type Result<T> = std::result::Result<T, StoreError>;

const DOING: &str = "toezeggingen bijwerken";

const TOEZEGGING: Statement = Statement {
    doing: DOING,
    before: "INSERT INTO toezegging (toewijzing, limiet, verwacht, toegekend) VALUES",
    columns: 4,
    after: "ON CONFLICT (toewijzing, limiet) DO UPDATE SET verwacht = excluded.verwacht, toegekend = excluded.toegekend",
};

const LEEG: Statement = Statement {
    doing: DOING,
    before: "WITH weg (toewijzing, limiet) AS (VALUES",
    columns: 2,
    after: ") DELETE FROM toezegging WHERE (toewijzing, limiet) IN (SELECT toewijzing, limiet FROM weg)",
};

const TOEGEZEGD: Statement = Statement {
    doing: DOING,
    before: "INSERT INTO toegezegd (sleutel, bedrag, onbekend) VALUES",
    columns: 3,
    after: "ON CONFLICT (sleutel) DO UPDATE SET bedrag = bedrag + excluded.bedrag, onbekend = onbekend + excluded.onbekend",
};

const GEMELD: Statement = Statement {
    doing: DOING,
    before: "WITH nieuw (sleutel, bedrag, onbekend, a, gemeld, b, gemeld_betaling, c, gewaarschuwd) AS (VALUES",
    columns: 9,
    after: ") INSERT INTO toegezegd (sleutel, bedrag, onbekend, gemeld, gemeld_betaling, gewaarschuwd)
        SELECT n.sleutel, coalesce(s.bedrag, n.bedrag), coalesce(s.onbekend, n.onbekend),
            CASE WHEN n.a THEN n.gemeld ELSE s.gemeld END,
            CASE WHEN n.b THEN n.gemeld_betaling ELSE s.gemeld_betaling END,
            CASE WHEN n.c THEN n.gewaarschuwd ELSE s.gewaarschuwd END
        FROM nieuw n LEFT JOIN toegezegd s ON s.sleutel = n.sleutel WHERE true
        ON CONFLICT (sleutel) DO UPDATE SET gemeld = excluded.gemeld, gemeld_betaling = excluded.gemeld_betaling,
            gewaarschuwd = excluded.gewaarschuwd",
};

const TE_VOLGEN: Statement = Statement {
    doing: DOING,
    before: "INSERT INTO te_volgen (journaal, inhoud) VALUES",
    columns: 2,
    after: "",
};

const GEVOLGD: Statement = Statement {
    doing: DOING,
    before: "INSERT INTO gevolgd (id, maand, register) VALUES",
    columns: 3,
    after: "ON CONFLICT (id) DO UPDATE SET maand = excluded.maand, register = excluded.register",
};

/// Promises, from tables that give `toezegging z`.
macro_rules! toezegging_sql {
    ($from:literal) => {
        packed!(concat!("z.toewijzing, z.limiet, ", nullable!("z.verwacht"), ", z.toegekend"), $from)
    };
}

/// Sums of promises, from tables that give `toegezegd s`.
macro_rules! toegezegd_sql {
    ($from:literal) => {
        packed!(
            concat!(
                "s.sleutel, s.bedrag, s.onbekend, ",
                nullable!("s.gemeld"),
                ", ",
                nullable!("s.gemeld_betaling"),
                ", ",
                nullable!("s.gewaarschuwd")
            ),
            $from
        )
    };
}

/// What the assignments that are known promise, and what is promised of the limits asked for.
pub async fn load(connection: &mut SqliteConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const ROWS: &str = toezegging_sql!("json_each(?) k CROSS JOIN toezegging z ON z.toewijzing = k.value");
    const SUMS: &str = toegezegd_sql!("json_each(?) k CROSS JOIN toegezegd s ON s.sleutel = k.value");
    if keys.toezeggingen && !known.toewijzingen.is_empty() {
        let mut numbers: Vec<i64> =
            known.toewijzingen.keys().map(|(gemeente, nummer)| toewijzing_key(*gemeente, *nummer)).collect();
        numbers.sort_unstable();
        let query = sqlx::query(ROWS).bind(Keys::integers(numbers));
        let found = Packed::load(connection, "toezegging", query).await?;
        for fields in found.rows() {
            read_toezegging(fields, known)?;
        }
    }
    if !keys.budgetten.is_empty() {
        let texts = Keys::texts(keys.budgetten.iter().map(AsRef::as_ref));
        let found = Packed::load(connection, "toegezegd", sqlx::query(SUMS).bind(texts)).await?;
        for fields in found.rows() {
            read_toegezegd(fields, known)?;
        }
    }
    Ok(())
}

/// Writes what changed.
pub async fn flush(connection: &mut SqliteConnection, pending: &mut Pending) -> Result<()> {
    let c = connection;
    let changed = take(&mut pending.promises);
    let (empty, rows): (Vec<_>, Vec<_>) =
        changed.toezeggingen.into_iter().partition(|(_, row): &(_, Toezegging)| row.is_empty());
    write(c, &LEEG, empty, |values, (key, _)| bind_toezegging_key(values, key)).await?;
    write(c, &TOEZEGGING, rows, bind_toezegging).await?;
    write(c, &TOEGEZEGD, changed.toegezegd, bind_toegezegd).await?;
    write(c, &GEMELD, gemeld_per_limiet(changed.gemeld), bind_gemeld).await?;
    if let Some(until) = changed.gevolgd_tot {
        let gone =
            sqlx::query("DELETE FROM te_volgen WHERE journaal <= ?").bind(until).execute(&mut *c).await;
        gone.map_err(failed(DOING))?;
    }
    write(c, &TE_VOLGEN, changed.te_volgen, |values, row| bind_te_volgen(values, &row)).await?;
    write(c, &GEVOLGD, changed.gevolgd.into_iter().collect::<Vec<_>>(), bind_gevolgd).await.map(drop)
}

/// What messages did to limits and was not followed yet, in order of journal number.
pub async fn te_volgen(connection: &mut SqliteConnection, until: i64, count: usize) -> Result<Vec<TeVolgen>> {
    const SQL: &str = packed!(
        "t.journaal, t.inhoud",
        "(SELECT journaal, inhoud FROM te_volgen WHERE journaal <= ? ORDER BY journaal LIMIT ?) t"
    );
    let query = sqlx::query(SQL).bind(until).bind(i64::try_from(count).unwrap_or(i64::MAX));
    let found = Packed::load(connection, "te_volgen", query).await?;
    let mut rows: Vec<TeVolgen> = found.rows().map(read_te_volgen).collect::<Result<_>>()?;
    rows.sort_unstable_by_key(|row| row.journal);
    Ok(rows)
}

/// Everything that promises are made of.
pub async fn promised(connection: &mut SqliteConnection, since: Datum) -> Result<Promised> {
    const TOEWIJZINGEN: &str = toewijzing_sql!("toewijzing t");
    const ROWS: &str = toezegging_sql!("toezegging z");
    const SUMS: &str = toegezegd_sql!("toegezegd s");
    const LINES: &str = packed!(
        "p.toewijzing, p.categorie, p.code, p.begin, p.bedrag",
        "(SELECT toewijzing, categorie, code, begin, sum(bedrag) AS bedrag FROM prestatie INDEXED BY prestatie_open_debet
          WHERE begin >= ? AND toegekend = 1 AND debet = 1 AND gecrediteerd = 0
          GROUP BY toewijzing, categorie, code, begin) p"
    );
    const STOPS: &str = levering_sql!("levering l WHERE l.toewijzing IS NOT NULL");
    let c = connection;
    let mut all = Promised::default();
    all.known.gevolgd = gevolgd_of(c).await?;
    let found = Packed::load(c, "toewijzing", sqlx::query(TOEWIJZINGEN)).await?;
    all.toewijzingen = found.rows().map(read_toewijzing).collect::<Result<_>>()?;
    all.toewijzingen.sort_unstable_by_key(|toewijzing| (toewijzing.gemeente, toewijzing.nummer));
    for fields in Packed::load(c, "toezegging", sqlx::query(ROWS)).await?.rows() {
        read_toezegging(fields, &mut all.known)?;
    }
    for fields in Packed::load(c, "toegezegd", sqlx::query(SUMS)).await?.rows() {
        read_toegezegd(fields, &mut all.known)?;
    }
    let found = Packed::load(c, "prestatie", sqlx::query(LINES).bind(since.to_integer())).await?;
    all.regels = found.rows().map(read_regel).collect::<Result<_>>()?;
    let found = Packed::load(c, "levering", sqlx::query(STOPS)).await?;
    all.gestopt = gestopt(found.rows().map(read_levering))?;
    Ok(all)
}

/// Up to where limits were followed, and whether messages wait for that.
pub async fn gevolgd(pool: &SqlitePool) -> Result<(Option<Gevolgd>, bool)> {
    const SQL: &str =
        "SELECT g.maand, g.register, EXISTS (SELECT 1 FROM te_volgen) FROM (SELECT 1) LEFT JOIN gevolgd g";
    let row = sqlx::query_as(SQL).fetch_one(pool).await.map_err(failed("toezeggingen lezen"))?;
    let (maand, register, waits): (Option<i64>, Option<i64>, bool) = row;
    Ok((maand.zip(register).map(|(maand, register)| Gevolgd { maand, register }), waits))
}

/// What every assignment promises, what was not followed, and up to where it was.
pub async fn everything(connection: &mut SqliteConnection, known: &mut WorkingSet) -> Result<()> {
    let all = FactKeys { toezeggingen: true, ..FactKeys::default() };
    load(connection, &all, known).await?;
    let rows = te_volgen(connection, i64::MAX, usize::MAX).await?;
    known.te_volgen = rows.into_iter().map(|row| (row.journal, row)).collect();
    known.gevolgd = gevolgd_of(connection).await?;
    Ok(())
}

async fn gevolgd_of(connection: &mut SqliteConnection) -> Result<Option<Gevolgd>> {
    const SQL: &str = packed!("g.maand, g.register", "gevolgd g");
    let found = Packed::load(connection, "gevolgd", sqlx::query(SQL)).await?;
    found.rows().next().map(read_gevolgd).transpose()
}
