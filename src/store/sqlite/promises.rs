//! Promises of assignments to limits: loaded and written.

use super::bulk::{Keys, Packed, Statement, failed, nullable, packed, write};
use super::facts::toewijzing_sql;
use super::levering::levering_sql;
use crate::codes::Datum;
use crate::contracts::Periode;
use crate::decide::following::Promised;
use crate::decide::new_register::{Kring, Toegekend};
use crate::state::{FactKeys, GevolgdTot, TeVolgen, Toezegging, WorkingSet};
use crate::store::StoreError;
use crate::store::convert::{Coded, toewijzing_key};
use crate::store::pending::Pending;
use crate::store::promises::{KringKeys, bounds, gestopt, read_regel, read_toegekend};
use crate::store::rows::{
    bind_gemeld, bind_gevolgd, bind_te_volgen, bind_toegezegd, bind_toezegging, bind_toezegging_key,
    gemeld_per_limiet, read_gevolgd, read_levering, read_te_volgen, read_toegezegd, read_toewijzing,
    read_toezegging,
};
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqlitePool};
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

/// Everything that promises of some are made of.
pub async fn promised(connection: &mut SqliteConnection, since: Datum, of: &Kring) -> Result<Promised> {
    const TOEWIJZINGEN: &str = toewijzing_sql!(
        "(SELECT * FROM toewijzing WHERE ?1 OR bsn IN (SELECT value FROM json_each(?2))
          OR aanbieder IN (SELECT value FROM json_each(?3)) OR gemeente IN (SELECT value FROM json_each(?4))) t"
    );
    const ROWS: &str = toezegging_sql!("json_each(?) k CROSS JOIN toezegging z ON z.toewijzing = k.value");
    const LINES: &str = packed!(
        "p.toewijzing, p.categorie, p.code, p.begin, p.bedrag",
        "(SELECT toewijzing, categorie, code, begin, sum(bedrag) AS bedrag FROM prestatie INDEXED BY prestatie_open_debet
          WHERE begin >= ?5 AND toegekend = 1 AND debet = 1 AND gecrediteerd = 0
          AND (?1 OR bsn IN (SELECT value FROM json_each(?2)) OR aanbieder IN (SELECT value FROM json_each(?3))
               OR toewijzing / 1000000000 IN (SELECT value FROM json_each(?4)))
          GROUP BY toewijzing, categorie, code, begin) p"
    );
    const STOPS: &str = levering_sql!(
        "levering l WHERE l.toewijzing IS NOT NULL AND (?1 OR l.bsn IN (SELECT value FROM json_each(?2))
         OR l.aanbieder IN (SELECT value FROM json_each(?3)) OR l.gemeente IN (SELECT value FROM json_each(?4)))"
    );
    let (c, of) = (connection, KringKeys::of(of));
    let mut all = Promised::default();
    let found = Packed::load(c, "toewijzing", asked(sqlx::query(TOEWIJZINGEN), &of)).await?;
    all.toewijzingen = found.rows().map(read_toewijzing).collect::<Result<_>>()?;
    all.toewijzingen.sort_unstable_by_key(|toewijzing| (toewijzing.gemeente, toewijzing.nummer));
    let keys =
        all.toewijzingen.iter().map(|toewijzing| toewijzing_key(toewijzing.gemeente, toewijzing.nummer));
    let query = sqlx::query(ROWS).bind(Keys::integers(keys));
    for fields in Packed::load(c, "toezegging", query).await?.rows() {
        read_toezegging(fields, &mut all.known)?;
    }
    let query = asked(sqlx::query(LINES), &of).bind(since.to_integer());
    all.regels = Packed::load(c, "prestatie", query).await?.rows().map(read_regel).collect::<Result<_>>()?;
    let found = Packed::load(c, "levering", asked(sqlx::query(STOPS), &of)).await?;
    all.gestopt = gestopt(found.rows().map(read_levering))?;
    Ok(all)
}

/// A statement that asks ?1 whether for everybody, else for clients ?2, aanbieders ?3 and gemeenten ?4.
fn asked<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    of: &KringKeys,
) -> Query<'q, Sqlite, SqliteArguments> {
    let list = |codes: &[i64]| Keys::integers(codes.iter().copied());
    query.bind(of.allen).bind(list(&of.clienten)).bind(list(&of.aanbieders)).bind(list(&of.gemeenten))
}

/// What was granted to some, in lines that begin on some days.
pub async fn granted(connection: &mut SqliteConnection, days: Periode, of: &Kring) -> Result<Vec<Toegekend>> {
    const SQL: &str = packed!(
        "p.gemeente, p.aanbieder, p.bsn, p.categorie, p.code, p.begin, p.bedrag",
        "(SELECT toewijzing / 1000000000 AS gemeente, aanbieder, bsn, categorie, code, begin,
              sum(CASE debet WHEN 1 THEN bedrag ELSE -bedrag END) AS bedrag
          FROM prestatie r WHERE begin BETWEEN ?5 AND ?6 AND toegekend = 1
          AND (?1 OR bsn IN (SELECT value FROM json_each(?2)) OR aanbieder IN (SELECT value FROM json_each(?3))
               OR toewijzing / 1000000000 IN (SELECT value FROM json_each(?4)))
          AND (vastgehouden = 0 OR NOT EXISTS (SELECT 1 FROM vasthouding v
              WHERE v.aanbieder = r.aanbieder AND v.referentie = r.referentie AND v.status = 'geweigerd'))
          GROUP BY 1, 2, 3, 4, 5, 6) p"
    );
    let (van, tot) = bounds(days);
    let query = asked(sqlx::query(SQL), &KringKeys::of(of)).bind(van.to_integer()).bind(tot.to_integer());
    Packed::load(connection, "prestatie", query).await?.rows().map(read_toegekend).collect()
}

/// Up to where limits were followed, and whether messages wait for that.
pub async fn gevolgd(pool: &SqlitePool) -> Result<(Option<GevolgdTot>, bool)> {
    const SQL: &str =
        "SELECT g.maand, g.register, EXISTS (SELECT 1 FROM te_volgen) FROM (SELECT 1) LEFT JOIN gevolgd g";
    let row = sqlx::query_as(SQL).fetch_one(pool).await.map_err(failed("toezeggingen lezen"))?;
    let (maand, register, waits): (Option<i64>, Option<i64>, bool) = row;
    Ok((maand.zip(register).map(|(maand, register)| GevolgdTot { maand, register }), waits))
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

async fn gevolgd_of(connection: &mut SqliteConnection) -> Result<Option<GevolgdTot>> {
    const SQL: &str = packed!("g.maand, g.register", "gevolgd g");
    let found = Packed::load(connection, "gevolgd", sqlx::query(SQL)).await?;
    found.rows().next().map(read_gevolgd).transpose()
}
