//! Versions of the contract register, and the start of new budgets.

use super::PgStore;
use super::archive::{self, Archive};
use super::bulk::{Statement, failed, instant};
use super::bundle::Bundle;
use crate::store::both::register;
use crate::store::cells::Cells;
use crate::store::{
    BudgetScope, Entry, RegisterAt, RegisterImport, RegisterInfo, RegisterStore, RegisterVersion, StoreError,
};
use async_trait::async_trait;
use sqlx::postgres::PgConnection;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl RegisterStore for PgStore {
    async fn register(&self, at: RegisterAt) -> Result<Option<RegisterVersion>> {
        self.answers.to(register::version(&self.reader, at)).await
    }

    async fn register_versions(&self) -> Result<Vec<RegisterInfo>> {
        self.answers.to(register::versions(&self.reader)).await
    }
}

const BRON: Statement = Statement {
    table: "registerbron",
    before: "INSERT INTO registerbron (versie, volgnummer, naam, archief)",
    columns: 4,
    after: "",
};

/// Budgets that are new start with what was booked already, but for what was refused. The only place that sums history.
const BUDGET: Statement = Statement {
    table: "budget_stand",
    before: "WITH keuze (sleutel, gemeente, bsn, aanbieder, categorie, van, tot) AS MATERIALIZED (",
    columns: 7,
    after: "), nieuw AS (
            SELECT DISTINCT ON (k.sleutel) k.* FROM keuze k
            WHERE NOT EXISTS (SELECT FROM budget_stand s WHERE s.sleutel = k.sleutel) ORDER BY k.sleutel
        ), geboekt AS (
            SELECT k.sleutel, CASE WHEN p.debet THEN p.bedrag ELSE -p.bedrag END AS bedrag
            FROM nieuw k JOIN prestatie p ON k.bsn = p.bsn
            WHERE p.toegekend AND p.begin BETWEEN k.van AND k.tot AND (NOT p.vastgehouden OR NOT EXISTS (SELECT
                FROM vasthouding v WHERE v.aanbieder = p.aanbieder AND v.referentie = p.referentie AND v.status = 'geweigerd'))
            AND (k.gemeente IS NULL OR k.gemeente = p.toewijzing / 1000000000)
            AND (k.aanbieder IS NULL OR k.aanbieder = p.aanbieder)
            AND (k.categorie IS NULL OR k.categorie = p.categorie)
            UNION ALL
            SELECT k.sleutel, CASE WHEN p.debet THEN p.bedrag ELSE -p.bedrag END
            FROM (SELECT * FROM nieuw WHERE bsn IS NULL) k JOIN prestatie p
            ON p.toegekend AND p.begin BETWEEN k.van AND k.tot AND (NOT p.vastgehouden OR NOT EXISTS (SELECT
                FROM vasthouding v WHERE v.aanbieder = p.aanbieder AND v.referentie = p.referentie AND v.status = 'geweigerd'))
            AND (k.gemeente IS NULL OR k.gemeente = p.toewijzing / 1000000000)
            AND (k.aanbieder IS NULL OR k.aanbieder = p.aanbieder)
            AND (k.categorie IS NULL OR k.categorie = p.categorie)
        ), som AS (SELECT sleutel, CAST(sum(bedrag) AS BIGINT) AS bedrag FROM geboekt GROUP BY sleutel)
        INSERT INTO budget_stand (sleutel, bedrag)
        SELECT k.sleutel, coalesce(som.bedrag, 0) FROM nieuw k LEFT JOIN som USING (sleutel)",
};

/// Records a version unless the newest is the same; gives the version in force and whether it is new.
pub async fn import(
    connection: &mut PgConnection,
    entry: &Entry,
    import: RegisterImport,
) -> Result<(i64, bool)> {
    const LATEST: &str = "SELECT versie, sha256 FROM registerversie ORDER BY versie DESC LIMIT 1";
    const INSERT: &str =
        "INSERT INTO registerversie (versie, journaal, moment, sha256) VALUES ($1, $2, $3, $4)";
    let doing = failed("contracten vastleggen");
    let latest: Option<(i64, Vec<u8>)> =
        sqlx::query_as(LATEST).fetch_optional(&mut *connection).await.map_err(&doing)?;
    let version = match latest {
        Some((version, digest)) if digest == import.digest => return Ok((version, false)),
        Some((version, _)) => version + 1,
        None => 1,
    };
    let query = sqlx::query(INSERT).bind(version).bind(entry.journal).bind(instant(entry.moment));
    query.bind(import.digest.to_vec()).execute(&mut *connection).await.map_err(&doing)?;
    let mut archive = Archive::default();
    let sources: Vec<_> =
        import.sources.into_iter().map(|source| (archive.add(&source.bytes), source.name)).collect();
    let first = archive::write_all(connection, archive).await?;
    let mut bundle = Bundle::new(connection, "contracten vastleggen");
    bundle
        .write(&BRON, sources.into_iter().zip(1_i64..).collect::<Vec<_>>(), |values, row| {
            let ((place, name), number) = row;
            values.integer(version).integer(number).text(name).integer(first + place);
        })
        .await?;
    begin_budgets(bundle.sent().await?, import.budgets).await?;
    Ok((version, true))
}

async fn begin_budgets(connection: &mut PgConnection, budgets: Vec<BudgetScope>) -> Result<()> {
    // This one statement reads all lines at once; every other one finds its rows by index.
    const PLANS: &str = "SELECT set_config(name, $1, true)
        FROM UNNEST(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) name";
    let doing = failed("budgetten beginnen");
    sqlx::query(PLANS).bind("on").execute(&mut *connection).await.map_err(&doing)?;
    let mut bundle = Bundle::new(connection, "budgetten beginnen");
    bundle
        .write(&BUDGET, budgets, |values, budget| {
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
    sqlx::query(PLANS).bind("off").execute(bundle.sent().await?).await.map(drop).map_err(&doing)
}
