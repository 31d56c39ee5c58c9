//! Versions of the contract register.

use super::PgStore;
use super::archive::{self, Archive, content};
use super::bulk::{Cursor, Statement, failed, instant};
use super::bundle::Bundle;
use crate::store::cells::{Cells, Fields};
use crate::store::{
    Entry, RegisterAt, RegisterImport, RegisterInfo, RegisterSource, RegisterStore, RegisterVersion,
    StoreError,
};
use async_trait::async_trait;
use sqlx::postgres::{PgConnection, PgPool, PgRow};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl RegisterStore for PgStore {
    async fn register(&self, at: RegisterAt) -> Result<Option<RegisterVersion>> {
        self.answers.to(version(&self.reader, at)).await
    }

    async fn register_versions(&self) -> Result<Vec<RegisterInfo>> {
        self.answers.to(versions(&self.reader)).await
    }
}

const BRON: Statement = Statement {
    table: "registerbron",
    before: "INSERT INTO registerbron (versie, volgnummer, naam, archief)",
    columns: 4,
    after: "",
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
    bundle.sent().await?;
    Ok((version, true))
}

/// The newest version under a condition on `v`.
macro_rules! info_sql {
    ($condition:literal) => {
        concat!(
            "SELECT v.versie, v.journaal, v.moment, v.sha256 FROM registerversie v WHERE ",
            $condition,
            " ORDER BY v.versie DESC LIMIT 1"
        )
    };
}

/// A version with its content.
pub async fn version(reader: &PgPool, at: RegisterAt) -> Result<Option<RegisterVersion>> {
    const SOURCES: &str =
        "SELECT b.naam, a.lengte, a.inhoud FROM registerbron b JOIN archief a ON a.id = b.archief
        WHERE b.versie = $1 ORDER BY b.volgnummer";
    let doing = failed("contracten lezen");
    let query = match at {
        RegisterAt::Latest => sqlx::query(info_sql!("true")),
        RegisterAt::Version(version) => sqlx::query(info_sql!("v.versie = $1")).bind(version),
        RegisterAt::Journal(journal) => sqlx::query(info_sql!("v.journaal <= $1")).bind(journal),
        RegisterAt::Moment(moment) => sqlx::query(info_sql!("v.moment <= $1")).bind(instant(moment)),
    };
    let Some(row) = query.fetch_optional(reader).await.map_err(&doing)? else {
        return Ok(None);
    };
    let mut info = read_info(&row)?;
    let rows = sqlx::query(SOURCES).bind(info.version).fetch_all(reader).await.map_err(&doing)?;
    let source = |row: &PgRow| {
        let mut row = Cursor::new(row, "registerbron");
        Ok(RegisterSource { name: row.owned()?, bytes: content(&mut row)? })
    };
    let sources = rows.iter().map(source).collect::<Result<Vec<_>>>()?;
    info.names = sources.iter().map(|source| source.name.clone()).collect();
    Ok(Some(RegisterVersion { info, sources }))
}

fn read_info(row: &PgRow) -> Result<RegisterInfo> {
    let mut row = Cursor::new(row, "registerversie");
    Ok(RegisterInfo {
        version: row.integer()?,
        journal: row.integer()?,
        moment: row.moment()?,
        digest: row.digest()?,
        names: Vec::new(),
    })
}

/// Every version, oldest first.
pub async fn versions(reader: &PgPool) -> Result<Vec<RegisterInfo>> {
    const SQL: &str =
        "SELECT v.versie, v.journaal, v.moment, v.sha256 FROM registerversie v ORDER BY v.versie";
    const NAMES: &str = "SELECT versie, naam FROM registerbron ORDER BY versie, volgnummer";
    let doing = failed("contracten lezen");
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(&doing)?;
    let names: Vec<(i64, String)> = sqlx::query_as(NAMES).fetch_all(reader).await.map_err(&doing)?;
    rows.iter()
        .map(|row| {
            let mut info = read_info(row)?;
            info.names = (names.iter().filter(|(version, _)| *version == info.version))
                .map(|(_, name)| name.clone())
                .collect();
            Ok(info)
        })
        .collect()
}
