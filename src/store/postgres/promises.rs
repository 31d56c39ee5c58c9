//! Promises of assignments to limits: loaded and written.

use super::bulk::{BulkColumns, Cursor, Statement, failed};
use super::bundle::Bundle;
use super::facts::{FactsStatement, fetch, toewijzing_sql};
use crate::codes::Datum;
use crate::contracts::Periode;
use crate::decide::following::Promised;
use crate::decide::new_register::{Kring, Toegekend};
use crate::state::{FactKeys, GevolgdTot, TeVolgen, Toezegging, WorkingSet};
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::convert::toewijzing_key;
use crate::store::pending::Pending;
use crate::store::promises::{KringKeys, bounds, gestopt, read_regel, read_toegekend};
use crate::store::rows::{
    bind_gemeld, bind_gevolgd, bind_te_volgen, bind_toegezegd, bind_toezegging, bind_toezegging_key,
    gemeld_per_limiet, read_levering, read_te_volgen, read_toegezegd, read_toewijzing, read_toezegging,
};
use sqlx::postgres::{PgConnection, PgPool};
use std::mem::take;

type Result<T> = std::result::Result<T, StoreError>;

const TOEZEGGING: Statement = Statement {
    table: "toezegging",
    before: "INSERT INTO toezegging (toewijzing, limiet, verwacht, toegekend)",
    columns: 4,
    after: "ON CONFLICT (toewijzing, limiet) DO UPDATE SET verwacht = excluded.verwacht, toegekend = excluded.toegekend",
};

const LEEG: Statement = Statement {
    table: "toezegging",
    before: "WITH weg (toewijzing, limiet) AS (",
    columns: 2,
    after: ") DELETE FROM toezegging z USING weg WHERE z.toewijzing = weg.toewijzing AND z.limiet = weg.limiet",
};

const TOEGEZEGD: Statement = Statement {
    table: "toegezegd",
    before: "INSERT INTO toegezegd AS s (sleutel, bedrag, onbekend)",
    columns: 3,
    after: "ON CONFLICT (sleutel) DO UPDATE SET bedrag = s.bedrag + excluded.bedrag, onbekend = s.onbekend + excluded.onbekend",
};

const GEMELD: Statement = Statement {
    table: "toegezegd",
    before: "WITH nieuw (sleutel, bedrag, onbekend, a, gemeld, b, gemeld_betaling, c, gewaarschuwd) AS (",
    columns: 9,
    after: ") INSERT INTO toegezegd (sleutel, bedrag, onbekend, gemeld, gemeld_betaling, gewaarschuwd)
        SELECT n.sleutel, coalesce(s.bedrag, n.bedrag), coalesce(s.onbekend, n.onbekend),
            CASE WHEN n.a THEN n.gemeld ELSE s.gemeld END,
            CASE WHEN n.b THEN n.gemeld_betaling ELSE s.gemeld_betaling END,
            CASE WHEN n.c THEN n.gewaarschuwd ELSE s.gewaarschuwd END
        FROM nieuw n LEFT JOIN toegezegd s ON s.sleutel = n.sleutel
        ON CONFLICT (sleutel) DO UPDATE SET gemeld = excluded.gemeld, gemeld_betaling = excluded.gemeld_betaling,
            gewaarschuwd = excluded.gewaarschuwd",
};

const TE_VOLGEN: Statement = Statement {
    table: "te_volgen",
    before: "INSERT INTO te_volgen (journaal, inhoud)",
    columns: 2,
    after: "",
};

const GEVOLGD_TOT: Statement = Statement {
    table: "te_volgen",
    before: "WITH tot (journaal) AS (",
    columns: 1,
    after: ") DELETE FROM te_volgen v USING tot WHERE v.journaal <= tot.journaal",
};

const GEVOLGD: Statement = Statement {
    table: "gevolgd",
    before: "INSERT INTO gevolgd (id, maand, register)",
    columns: 3,
    after: "ON CONFLICT (id) DO UPDATE SET maand = excluded.maand, register = excluded.register",
};

/// What the assignments that are known promise, and what is promised of the limits asked for.
pub async fn load(connection: &mut PgConnection, keys: &FactKeys, known: &mut WorkingSet) -> Result<()> {
    const ROWS: &str =
        "SELECT z.toewijzing, z.limiet, z.verwacht, z.toegekend FROM UNNEST($1::bigint[]) k (t)
        JOIN toezegging z ON z.toewijzing = k.t";
    const SUMS: &str = "SELECT s.sleutel, s.bedrag, s.onbekend, s.gemeld, s.gemeld_betaling, s.gewaarschuwd FROM UNNEST($1::text[]) k (sleutel)
        JOIN toegezegd s ON s.sleutel = k.sleutel";
    if keys.toezeggingen && !known.toewijzingen.is_empty() {
        let mut numbers: Vec<i64> =
            known.toewijzingen.keys().map(|(gemeente, nummer)| toewijzing_key(*gemeente, *nummer)).collect();
        numbers.sort_unstable();
        for row in fetch(connection, sqlx::query(ROWS).bind(numbers)).await? {
            read_toezegging(Cursor::new(&row, "toezegging"), known)?;
        }
    }
    if !keys.budgetten.is_empty() {
        let texts: Vec<&str> = keys.budgetten.iter().map(AsRef::as_ref).collect();
        for row in fetch(connection, sqlx::query(SUMS).bind(texts)).await? {
            read_toegezegd(Cursor::new(&row, "toegezegd"), known)?;
        }
    }
    Ok(())
}

/// Writes what changed.
pub async fn flush(bundle: &mut Bundle<'_>, pending: &mut Pending) -> Result<()> {
    let changed = take(&mut pending.promises);
    let (empty, rows): (Vec<_>, Vec<_>) =
        changed.toezeggingen.into_iter().partition(|(_, row): &(_, Toezegging)| row.is_empty());
    let key = |values: &mut BulkColumns, (key, _): (_, Toezegging)| bind_toezegging_key(values, key);
    bundle.write(&LEEG, empty, key).await?;
    bundle.write(&TOEZEGGING, rows, bind_toezegging).await?;
    bundle.write(&TOEGEZEGD, changed.toegezegd, bind_toegezegd).await?;
    bundle.write(&GEMELD, gemeld_per_limiet(changed.gemeld), bind_gemeld).await?;
    let until: Vec<i64> = changed.gevolgd_tot.into_iter().collect();
    bundle
        .write(&GEVOLGD_TOT, until, |values, until| {
            values.integer(until);
        })
        .await?;
    bundle.write(&TE_VOLGEN, changed.te_volgen, |values, row| bind_te_volgen(values, &row)).await?;
    bundle.write(&GEVOLGD, changed.gevolgd.into_iter().collect::<Vec<_>>(), bind_gevolgd).await
}

/// What messages did to limits and was not followed yet, in order of journal number.
pub async fn te_volgen(connection: &mut PgConnection, until: i64, count: usize) -> Result<Vec<TeVolgen>> {
    const SQL: &str =
        "SELECT journaal, inhoud FROM te_volgen WHERE journaal <= $1 ORDER BY journaal LIMIT $2";
    let query = sqlx::query(SQL).bind(until).bind(i64::try_from(count).unwrap_or(i64::MAX));
    let rows = query.fetch_all(connection).await.map_err(failed("toezeggingen lezen"))?;
    rows.iter().map(|row| read_te_volgen(Cursor::new(row, "te_volgen"))).collect()
}

/// Everything that promises of some are made of.
pub async fn promised(connection: &mut PgConnection, since: Datum, of: &Kring) -> Result<Promised> {
    const TOEWIJZINGEN: &str = toewijzing_sql!(
        "(SELECT * FROM toewijzing WHERE $1 OR bsn = ANY($2::bigint[]) OR aanbieder = ANY($3::bigint[])
          OR gemeente = ANY($4::bigint[])) t"
    );
    const ROWS: &str =
        "SELECT z.toewijzing, z.limiet, z.verwacht, z.toegekend FROM UNNEST($1::bigint[]) k (t)
        JOIN toezegging z ON z.toewijzing = k.t";
    const LINES: &str = "SELECT toewijzing, categorie, code, begin, sum(bedrag)::bigint FROM prestatie
        WHERE begin >= $5 AND toegekend AND debet AND NOT gecrediteerd
        AND ($1 OR bsn = ANY($2::bigint[]) OR aanbieder = ANY($3::bigint[]) OR toewijzing / 1000000000 = ANY($4::bigint[]))
        GROUP BY toewijzing, categorie, code, begin";
    const STOPS: &str =
        "SELECT l.gemeente, l.aanbieder, l.bsn, l.toewijzing, l.categorie, l.code, l.begin, l.eind,
            l.reden, l.journaal FROM levering l WHERE l.toewijzing IS NOT NULL
        AND ($1 OR l.bsn = ANY($2::bigint[]) OR l.aanbieder = ANY($3::bigint[]) OR l.gemeente = ANY($4::bigint[]))";
    let (c, of) = (connection, KringKeys::of(of));
    let mut all = Promised::default();
    for row in fetch(c, asked(sqlx::query(TOEWIJZINGEN), &of)).await? {
        all.toewijzingen.push(read_toewijzing(Cursor::new(&row, "toewijzing"))?);
    }
    all.toewijzingen.sort_unstable_by_key(|toewijzing| (toewijzing.gemeente, toewijzing.nummer));
    let keys =
        all.toewijzingen.iter().map(|toewijzing| toewijzing_key(toewijzing.gemeente, toewijzing.nummer));
    for row in fetch(c, sqlx::query(ROWS).bind(keys.collect::<Vec<i64>>())).await? {
        read_toezegging(Cursor::new(&row, "toezegging"), &mut all.known)?;
    }
    for row in fetch(c, asked(sqlx::query(LINES), &of).bind(since)).await? {
        all.regels.push(read_regel(Cursor::new(&row, "prestatie"))?);
    }
    let stops = fetch(c, asked(sqlx::query(STOPS), &of)).await?;
    all.gestopt = gestopt(stops.iter().map(|row| read_levering(Cursor::new(row, "levering"))))?;
    Ok(all)
}

/// A statement that asks $1 whether for everybody, else for clients $2, aanbieders $3 and gemeenten $4.
fn asked<'q>(query: FactsStatement<'q>, of: &'q KringKeys) -> FactsStatement<'q> {
    query.bind(of.allen).bind(&of.clienten).bind(&of.aanbieders).bind(&of.gemeenten)
}

/// What was granted to some, in lines that begin on some days.
pub async fn granted(connection: &mut PgConnection, days: Periode, of: &Kring) -> Result<Vec<Toegekend>> {
    // This one statement may read all lines at once; every other one finds its rows by index.
    const PLANS: &str = "SELECT set_config(name, $1, true)
        FROM UNNEST(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) name";
    const SQL: &str = "SELECT toewijzing / 1000000000, aanbieder, bsn, categorie, code, begin,
            sum(CASE WHEN debet THEN bedrag ELSE -bedrag END)::bigint
        FROM prestatie r WHERE begin BETWEEN $5 AND $6 AND toegekend
        AND ($1 OR bsn = ANY($2::bigint[]) OR aanbieder = ANY($3::bigint[]) OR toewijzing / 1000000000 = ANY($4::bigint[]))
        AND (NOT vastgehouden OR NOT EXISTS (SELECT FROM vasthouding v
            WHERE v.aanbieder = r.aanbieder AND v.referentie = r.referentie AND v.status = 'geweigerd'))
        GROUP BY 1, 2, 3, 4, 5, 6";
    let doing = failed("toezeggingen lezen");
    let (of, (van, tot)) = (KringKeys::of(of), bounds(days));
    sqlx::query(PLANS).bind("on").execute(&mut *connection).await.map_err(&doing)?;
    let rows = fetch(connection, asked(sqlx::query(SQL), &of).bind(van).bind(tot)).await?;
    sqlx::query(PLANS).bind("off").execute(connection).await.map_err(&doing)?;
    rows.iter().map(|row| read_toegekend(Cursor::new(row, "prestatie"))).collect()
}

/// Up to where limits were followed, and whether messages wait for that.
pub async fn gevolgd(pool: &PgPool) -> Result<(Option<GevolgdTot>, bool)> {
    const SQL: &str = "SELECT g.maand, g.register, EXISTS (SELECT 1 FROM te_volgen)
        FROM (SELECT 1) een LEFT JOIN gevolgd g ON true";
    let row = sqlx::query_as(SQL).fetch_one(pool).await.map_err(failed("toezeggingen lezen"))?;
    let (maand, register, waits): (Option<i64>, Option<i64>, bool) = row;
    Ok((maand.zip(register).map(|(maand, register)| GevolgdTot { maand, register }), waits))
}
