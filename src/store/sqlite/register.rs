//! Versions of the contract register, and the start of new budgets.

use super::SqliteStore;
use super::archive::{self, Archive};
use super::bulk::{Statement, failed, write};
use crate::store::both::register;
use crate::store::cells::Cells;
use crate::store::convert::Coded;
use crate::store::{
    BudgetScope, Entry, RegisterAt, RegisterImport, RegisterInfo, RegisterStore, RegisterVersion, StoreError,
};
use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl RegisterStore for SqliteStore {
    async fn register(&self, at: RegisterAt) -> Result<Option<RegisterVersion>> {
        register::version(&self.reader, at).await
    }

    async fn register_versions(&self) -> Result<Vec<RegisterInfo>> {
        register::versions(&self.reader).await
    }
}

const BRON: Statement = Statement {
    doing: "contracten vastleggen",
    before: "INSERT INTO registerbron (versie, volgnummer, naam, archief) VALUES",
    columns: 4,
    after: "",
};

const KEUZE: Statement = Statement {
    doing: "budgetten beginnen",
    before: "INSERT INTO temp.keuze (sleutel, gemeente, bsn, aanbieder, categorie, van, tot) VALUES",
    columns: 7,
    after: "ON CONFLICT DO NOTHING",
};

/// Records a version unless the newest is the same; gives the version in force and whether it is new.
pub async fn import(
    connection: &mut SqliteConnection,
    entry: &Entry,
    import: RegisterImport,
    archive: &mut Archive,
) -> Result<(i64, bool)> {
    let doing = failed("contracten vastleggen");
    let latest = "SELECT versie, sha256 FROM registerversie ORDER BY versie DESC LIMIT 1";
    let latest: Option<(i64, Vec<u8>)> =
        sqlx::query_as(latest).fetch_optional(&mut *connection).await.map_err(&doing)?;
    let version = match latest {
        Some((version, digest)) if digest == import.digest => return Ok((version, false)),
        Some((version, _)) => version + 1,
        None => 1,
    };
    sqlx::query("INSERT INTO registerversie (versie, journaal, moment, sha256) VALUES (?, ?, ?, ?)")
        .bind(version)
        .bind(entry.journal)
        .bind(entry.moment.to_integer())
        .bind(import.digest.to_vec())
        .execute(&mut *connection)
        .await
        .map_err(&doing)?;
    let sources: Vec<_> =
        import.sources.into_iter().map(|source| (archive.add(&source.bytes), source.name)).collect();
    archive::write_all(connection, archive).await?;
    write(connection, &BRON, sources.into_iter().zip(1_i64..).collect::<Vec<_>>(), |values, row| {
        let ((content, name), number) = row;
        values.integer(version).integer(number).text(name).integer(content);
    })
    .await?;
    begin_budgets(connection, import.budgets).await?;
    Ok((version, true))
}

/// Budgets that are new start with what was booked already, but for what was refused. The only place that sums history.
async fn begin_budgets(connection: &mut SqliteConnection, budgets: Vec<BudgetScope>) -> Result<()> {
    const KNOWN: &str = "DELETE FROM temp.keuze WHERE sleutel IN (SELECT sleutel FROM budget_stand)";
    const START: &str = "INSERT INTO budget_stand (sleutel, bedrag) SELECT sleutel, 0 FROM temp.keuze";
    // Once over all lines for budgets of a client, found by index; once per budget for the others.
    const OF_CLIENTS: &str = "UPDATE budget_stand SET bedrag = som.bedrag FROM
        (SELECT k.sleutel, sum(CASE p.debet WHEN 1 THEN p.bedrag ELSE -p.bedrag END) AS bedrag
         FROM prestatie p CROSS JOIN temp.keuze k ON k.bsn = p.bsn
         WHERE p.toegekend = 1 AND p.begin BETWEEN k.van AND k.tot AND (p.vastgehouden = 0 OR NOT EXISTS (SELECT 1
             FROM vasthouding v WHERE v.aanbieder = p.aanbieder AND v.referentie = p.referentie AND v.status = 'geweigerd'))
         AND (k.gemeente IS NULL OR k.gemeente = p.toewijzing / 1000000000)
         AND (k.aanbieder IS NULL OR k.aanbieder = p.aanbieder)
         AND (k.categorie IS NULL OR k.categorie = p.categorie)
         GROUP BY k.sleutel) som WHERE som.sleutel = budget_stand.sleutel";
    const OF_ALL: &str = "UPDATE budget_stand SET bedrag = som.bedrag FROM
        (SELECT k.sleutel, sum(CASE p.debet WHEN 1 THEN p.bedrag ELSE -p.bedrag END) AS bedrag
         FROM temp.keuze k CROSS JOIN prestatie p
         WHERE k.bsn IS NULL AND p.toegekend = 1 AND p.begin BETWEEN k.van AND k.tot
         AND (p.vastgehouden = 0 OR NOT EXISTS (SELECT 1 FROM vasthouding v
             WHERE v.aanbieder = p.aanbieder AND v.referentie = p.referentie AND v.status = 'geweigerd'))
         AND (k.gemeente IS NULL OR k.gemeente = p.toewijzing / 1000000000)
         AND (k.aanbieder IS NULL OR k.aanbieder = p.aanbieder)
         AND (k.categorie IS NULL OR k.categorie = p.categorie)
         GROUP BY k.sleutel) som WHERE som.sleutel = budget_stand.sleutel";
    const TABLE: [&str; 3] = [
        "CREATE TEMP TABLE IF NOT EXISTS keuze (sleutel TEXT PRIMARY KEY, gemeente INTEGER, bsn INTEGER,
             aanbieder INTEGER, categorie INTEGER, van INTEGER, tot INTEGER) STRICT",
        "CREATE INDEX IF NOT EXISTS temp.keuze_bsn ON keuze (bsn)",
        "DELETE FROM temp.keuze",
    ];
    for sql in TABLE {
        run(connection, sql).await?;
    }
    write(connection, &KEUZE, budgets, |values, budget| {
        values
            .text(budget.sleutel)
            .code_or_null(budget.gemeente)
            .code_or_null(budget.bsn)
            .code_or_null(budget.aanbieder)
            .code_or_null(budget.categorie)
            .date(budget.van)
            .date(budget.tot);
    })
    .await?;
    for sql in [KNOWN, START, OF_CLIENTS, OF_ALL, "DELETE FROM temp.keuze"] {
        run(connection, sql).await?;
    }
    Ok(())
}

async fn run(connection: &mut SqliteConnection, sql: &'static str) -> Result<()> {
    let done = sqlx::query(sql).execute(connection).await;
    done.map(drop).map_err(failed("budgetten beginnen"))
}
