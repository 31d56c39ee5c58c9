//! Takes over state that was frozen: rows as they stood, into a store that only a replay looks at.
//!
//! Bodies of the archive do not come along: where a row names one, an empty one with the same digest takes its place.

use super::bulk::failed;
use crate::journal::regels::{Piece, PieceTable};
use crate::store::both;
use crate::store::pack::pack_outcome;
use crate::store::{StateRow, StateTable, StoreError};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{AssertSqlSafe, SqlSafeStr};

type Result<T> = std::result::Result<T, StoreError>;

const DOING: &str = "een bevroren stand overnemen";

/// Empties the tables of state, but for what came in and the journal, so that a state can take their place.
const EMPTY: &str = "
    DROP TRIGGER IF EXISTS overboeking_blijft; DROP TRIGGER IF EXISTS betaling_blijft;
    DROP TRIGGER IF EXISTS betaalbesluit_blijft; DELETE FROM betaalbesluit;
    DELETE FROM overboeking; DELETE FROM grootboekstand; DELETE FROM betaling; DELETE FROM bankafschrift;
    DELETE FROM bankregel;
    DELETE FROM boeking; DELETE FROM betaalbestand; DELETE FROM betaalrun; DELETE FROM prestatie;
    DELETE FROM declaratie; DELETE FROM uitkomst; DELETE FROM bevinding; DELETE FROM identificatie;
    DELETE FROM client; DELETE FROM toewijzing; DELETE FROM besteding; DELETE FROM verzoek; DELETE FROM levering;
    DELETE FROM budget_stand; DELETE FROM toezegging; DELETE FROM toegezegd; DELETE FROM te_volgen;
    DELETE FROM gevolgd; DELETE FROM vasthouding; DELETE FROM limiet_vast; DELETE FROM kennisgeving;
    DELETE FROM nummerreeks; DELETE FROM verzonden; DELETE FROM werkregel; DELETE FROM werk;
    DELETE FROM uitgaand; DELETE FROM registerbron; DELETE FROM registerversie";

/// The rows of a piece, after those of the pieces before it. The first empties the tables.
pub async fn adopt(writer: &SqlitePool, piece: &Piece) -> Result<()> {
    let mut transaction = super::begin_immediate(writer).await?;
    if piece.deel == 1 {
        sqlx::raw_sql(EMPTY).execute(&mut *transaction).await.map_err(failed(DOING))?;
    }
    for table in &piece.tabellen {
        rows(&mut transaction, table).await?;
    }
    if piece.laatste {
        hold(&mut transaction).await?;
        // What was frozen before there was a ledger is taken up as an installation does.
        both::ledger::take_up(&mut &mut *transaction).await?;
    }
    transaction.commit().await.map_err(failed(DOING))
}

async fn rows(connection: &mut SqliteConnection, table: &PieceTable) -> Result<()> {
    // A piece that names other tables or columns is not ours. One of an older version may lack columns.
    let known = StateTable::named(&table.tabel).ok_or(StoreError::corrupt("journaal"))?;
    // What older rules kept may lack columns that came later: those are empty. Tables that are put together have none.
    let put_together = [
        "inkomend",
        "journaal",
        "uitkomst",
        "declaratie",
        "prestatie",
        "betaalrun",
        "registerversie",
        "uitgaand",
    ];
    let whole = known.columns.iter().eq(table.kolommen.iter());
    let part = table.kolommen.iter().all(|column| known.columns.contains(&column.as_str()));
    if !whole && (!part || put_together.contains(&known.name)) {
        return Err(StoreError::corrupt("journaal"));
    }
    match table.tabel.as_str() {
        "inkomend" => inkomend(connection, table).await,
        "journaal" => journaal(connection, table).await,
        "uitkomst" => uitkomst(connection, table).await,
        "declaratie" => declaratie(connection, table).await,
        "prestatie" => prestatie(connection, table).await,
        "betaalrun" => with_file(connection, table, BETAALRUN, BETAALBESTAND).await,
        "registerversie" => with_file(connection, table, REGISTERVERSIE, REGISTERBRON).await,
        "uitgaand" => {
            archive(connection, table, "inhoud").await?;
            insert(connection, UITGAAND, table).await
        }
        name => {
            let columns = table.kolommen.join(", ");
            let values: Vec<String> =
                (0..table.kolommen.len()).map(|at| format!("r.value ->> {at}")).collect();
            let sql =
                format!("INSERT INTO {name} ({columns}) SELECT {} FROM json_each(?1) r", values.join(", "));
            execute(connection, AssertSqlSafe(sql), &table.rijen).await
        }
    }
}

/// Versions before 0.3 had no rows for lines that are held: they are made as the step of the tables makes them.
async fn hold(connection: &mut SqliteConnection) -> Result<()> {
    const STEP: &str = include_str!("../../../migrations/sqlite/0019_vasthouding.sql");
    const LINES: &str = "-- What is held today.";
    let doing = failed(DOING);
    let known = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM vasthouding)");
    if known.fetch_one(&mut *connection).await.map_err(&doing)? {
        return Ok(());
    }
    let (_, lines) = STEP.split_once(LINES).ok_or(StoreError::corrupt("vasthouding"))?;
    let sql = AssertSqlSafe(format!("--{lines}"));
    sqlx::raw_sql(sql).execute(connection).await.map(drop).map_err(doing)
}

async fn insert(connection: &mut SqliteConnection, sql: &'static str, table: &PieceTable) -> Result<()> {
    execute(connection, sql, &table.rijen).await
}

async fn execute(connection: &mut SqliteConnection, sql: impl SqlSafeStr, rows: &[StateRow]) -> Result<()> {
    let json = serde_json::to_string(rows).map_err(|_| StoreError::corrupt("journaal"))?;
    sqlx::query(sql).bind(json).execute(connection).await.map(drop).map_err(failed(DOING))
}

/// Empty bodies with the digests of a column, where there are none yet.
async fn archive(connection: &mut SqliteConnection, table: &PieceTable, column: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO archief (lengte, sha256, inhoud)
        SELECT DISTINCT 0, unhex(r.value ->> 0), x'' FROM json_each(?1) r
        WHERE ifnull(r.value ->> 0, '') <> ''
            AND NOT EXISTS (SELECT 1 FROM bekend b WHERE b.sha256 = unhex(r.value ->> 0))";
    // An index of its own for this transaction: the archive has none by digest.
    const KNOWN: &str =
        "CREATE TEMP TABLE IF NOT EXISTS bekend (sha256 BLOB PRIMARY KEY, id INTEGER) WITHOUT ROWID;
        INSERT OR IGNORE INTO bekend SELECT sha256, id FROM archief
        WHERE id > (SELECT ifnull(max(id), 0) FROM bekend)";
    let at = table.kolommen.iter().position(|name| name == column);
    let at = at.ok_or(StoreError::corrupt("journaal"))?;
    let digests: Vec<StateRow> = table.rijen.iter().map(|row| vec![row.get(at).cloned().flatten()]).collect();
    sqlx::raw_sql(KNOWN).execute(&mut *connection).await.map_err(failed(DOING))?;
    execute(&mut *connection, SQL, &digests).await?;
    sqlx::raw_sql(KNOWN).execute(connection).await.map(drop).map_err(failed(DOING))
}

/// What came in stands there already, or only its row is needed.
async fn inkomend(connection: &mut SqliteConnection, table: &PieceTable) -> Result<()> {
    const SQL: &str = "INSERT INTO inkomend (aankomst, naam, kanaal, ontvangen, lengte, sha256, archief, status, pogingen)
        SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, unhex(r.value ->> 5),
            (SELECT b.id FROM bekend b WHERE b.sha256 = unhex(r.value ->> 5)), r.value ->> 6, 0
        FROM json_each(?1) r WHERE true
        ON CONFLICT (aankomst) DO UPDATE SET status = excluded.status";
    archive(connection, table, "sha256").await?;
    insert(connection, SQL, table).await
}

/// As [`inkomend`]: entries that stand there already stay.
async fn journaal(connection: &mut SqliteConnection, table: &PieceTable) -> Result<()> {
    const SQL: &str = "INSERT INTO journaal (nummer, soort, moment, register, regelset, verzoeken, uitgegeven,
            aankomst, wie, waarom, inhoud, rol)
        SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6,
            r.value ->> 7, r.value ->> 8, r.value ->> 9,
            (SELECT b.id FROM bekend b WHERE b.sha256 = unhex(nullif(r.value ->> 10, ''))), r.value ->> 11
        FROM json_each(?1) r WHERE true ON CONFLICT (nummer) DO NOTHING";
    archive(connection, table, "inhoud").await?;
    insert(connection, SQL, table).await
}

/// The outcome is kept packed, and its notice in the archive.
async fn uitkomst(connection: &mut SqliteConnection, table: &PieceTable) -> Result<()> {
    const SQL: &str = "INSERT INTO uitkomst (aankomst, journaal, soort, release, afzender, gemeente, aanbieder,
            identificatie, verdict, niveau, ingediend, toegekend, reden, melding, json)
        SELECT ?1 ->> 0, ?1 ->> 1, ?1 ->> 2, ?1 ->> 3, ?1 ->> 4, ?1 ->> 5, ?1 ->> 6, ?1 ->> 7, ?1 ->> 8, ?1 ->> 9,
            ?1 ->> 10, ?1 ->> 11, ?1 ->> 12,
            (SELECT b.id FROM bekend b WHERE b.sha256 = unhex(nullif(?1 ->> 13, ''))), ?2";
    archive(connection, table, "melding").await?;
    for row in &table.rijen {
        let outcome = row.last().cloned().flatten().ok_or(StoreError::corrupt("journaal"))?;
        let fields =
            serde_json::to_string(&row[..row.len() - 1]).map_err(|_| StoreError::corrupt("journaal"))?;
        let query = sqlx::query(SQL).bind(fields).bind(pack_outcome(outcome));
        query.execute(&mut *connection).await.map_err(failed(DOING))?;
    }
    Ok(())
}

/// Claims number their lines one after another, in the order in which they were frozen.
async fn declaratie(connection: &mut SqliteConnection, table: &PieceTable) -> Result<()> {
    const SQL: &str = "INSERT INTO declaratie (aanbieder, nummer, gemeente, periode_begin, ingediend, toegekend, journaal,
            aantal_prestaties, eerste_prestatie)
        SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6,
            r.value ->> 7,
            (SELECT ifnull(max(eerste_prestatie + aantal_prestaties), 1) FROM declaratie)
                + total(CAST(r.value ->> 7 AS INTEGER)) OVER (ORDER BY r.key ROWS UNBOUNDED PRECEDING)
                - CAST(r.value ->> 7 AS INTEGER)
        FROM json_each(?1) r ORDER BY r.key";
    insert(connection, SQL, table).await
}

async fn prestatie(connection: &mut SqliteConnection, table: &PieceTable) -> Result<()> {
    const SQL: &str = "INSERT INTO prestatie (id, aanbieder, referentie, vorig_referentie, toewijzing, bsn, categorie,
            code, begin, eind, volume, eenheid, tarief, bedrag, debet, toegekend, gecrediteerd, vastgehouden)
        SELECT (SELECT max(0, ifnull(max(id), 0)) FROM prestatie) + row_number() OVER (ORDER BY r.key),
            r.value ->> 0, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6, r.value ->> 7,
            r.value ->> 8, r.value ->> 9, r.value ->> 10, r.value ->> 11, r.value ->> 12, r.value ->> 13,
            r.value ->> 14, r.value ->> 15, r.value ->> 16, r.value ->> 17
        FROM json_each(?1) r WHERE r.value ->> 1 IS NOT NULL ORDER BY r.key";
    // Lines of no claim: numbers below those of any.
    const LOOSE: &str = "INSERT INTO prestatie (id, aanbieder, referentie, vorig_referentie, toewijzing, bsn, categorie,
            code, begin, eind, volume, eenheid, tarief, bedrag, debet, toegekend, gecrediteerd, vastgehouden)
        SELECT (SELECT min(0, ifnull(min(id), 0)) FROM prestatie) - row_number() OVER (ORDER BY r.key),
            r.value ->> 0, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6, r.value ->> 7,
            r.value ->> 8, r.value ->> 9, r.value ->> 10, r.value ->> 11, r.value ->> 12, r.value ->> 13,
            r.value ->> 14, r.value ->> 15, r.value ->> 16, r.value ->> 17
        FROM json_each(?1) r WHERE r.value ->> 1 IS NULL";
    insert(connection, LOOSE, table).await?;
    insert(connection, SQL, table).await
}

const UITGAAND: &str = "INSERT INTO uitgaand (zendnummer, soort, ontvanger, gemeente, aanbieder, identificatie, journaal,
        archief, gepubliceerd)
    SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6,
        (SELECT b.id FROM bekend b WHERE b.sha256 = unhex(r.value ->> 7)), 1
    FROM json_each(?1) r";

const BETAALRUN: &str = "INSERT OR IGNORE INTO betaalrun (nummer, journaal, moment, datum)
    SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3 FROM json_each(?1) r";
const BETAALBESTAND: &str = "INSERT INTO betaalbestand (betaalrun, volgnummer, naam, archief)
    SELECT r.value ->> 0,
        (SELECT count(*) FROM betaalbestand f WHERE f.betaalrun = r.value ->> 0)
            + row_number() OVER (PARTITION BY r.value ->> 0 ORDER BY r.key),
        r.value ->> 4, (SELECT b.id FROM bekend b WHERE b.sha256 = unhex(r.value ->> 5))
    FROM json_each(?1) r WHERE r.value ->> 4 IS NOT NULL";

const REGISTERVERSIE: &str = "INSERT OR IGNORE INTO registerversie (versie, journaal, moment, sha256)
    SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, unhex(r.value ->> 3) FROM json_each(?1) r";
const REGISTERBRON: &str = "INSERT INTO registerbron (versie, volgnummer, naam, archief)
    SELECT r.value ->> 0,
        (SELECT count(*) FROM registerbron b WHERE b.versie = r.value ->> 0)
            + row_number() OVER (PARTITION BY r.value ->> 0 ORDER BY r.key),
        r.value ->> 4, (SELECT b.id FROM bekend b WHERE b.sha256 = unhex(r.value ->> 5))
    FROM json_each(?1) r WHERE r.value ->> 4 IS NOT NULL";

/// Something with files: a row for each file.
async fn with_file(
    connection: &mut SqliteConnection,
    table: &PieceTable,
    owner: &'static str,
    files: &'static str,
) -> Result<()> {
    archive(connection, table, "inhoud").await?;
    insert(connection, owner, table).await?;
    insert(connection, files, table).await
}
