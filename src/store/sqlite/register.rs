//! Versions of the contract register.

use super::SqliteStore;
use super::archive::{self, Archive, content};
use super::bulk::{Statement, failed, write};
use crate::store::cells::Cells;
use crate::store::convert::{Coded, read};
use crate::store::{
    Entry, RegisterAt, RegisterImport, RegisterInfo, RegisterSource, RegisterStore, RegisterVersion,
    StoreError,
};
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Acquire, Row};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl RegisterStore for SqliteStore {
    async fn register(&self, at: RegisterAt) -> Result<Option<RegisterVersion>> {
        version(&self.reader, at).await
    }

    async fn register_versions(&self) -> Result<Vec<RegisterInfo>> {
        versions(&self.reader).await
    }
}

const BRON: Statement = Statement {
    doing: "contracten vastleggen",
    before: "INSERT INTO registerbron (versie, volgnummer, naam, archief) VALUES",
    columns: 4,
    after: "",
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
    Ok((version, true))
}

/// A version with its content.
pub async fn version(reader: &SqlitePool, at: RegisterAt) -> Result<Option<RegisterVersion>> {
    const SOURCES: &str =
        "SELECT b.naam, a.lengte, a.inhoud FROM registerbron b JOIN archief a ON a.id = b.archief
        WHERE b.versie = ? ORDER BY b.volgnummer";
    let doing = failed("contracten lezen");
    let (sql, limit) = match at {
        RegisterAt::Latest => (info_sql!("?1 = ?1"), 0),
        RegisterAt::Version(version) => (info_sql!("v.versie = ?1"), version),
        RegisterAt::Journal(journal) => (info_sql!("v.journaal <= ?1"), journal),
        RegisterAt::Moment(moment) => (info_sql!("v.moment <= ?1"), moment.to_integer()),
    };
    let mut connection = reader.acquire().await.map_err(&doing)?;
    let connection = connection.acquire().await.map_err(&doing)?;
    let row = sqlx::query(sql).bind(limit).fetch_optional(&mut *connection).await.map_err(&doing)?;
    let Some(row) = row else {
        return Ok(None);
    };
    let mut info = read_info(&row)?;
    let rows = sqlx::query(SOURCES).bind(info.version).fetch_all(&mut *connection).await.map_err(&doing)?;
    let sources: Result<Vec<_>> =
        rows.iter().map(|row| Ok(RegisterSource { name: row.get(0), bytes: content(row, 1)? })).collect();
    let sources = sources?;
    info.names = sources.iter().map(|source| source.name.clone()).collect();
    Ok(Some(RegisterVersion { info, sources }))
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
use info_sql;

fn read_info(row: &SqliteRow) -> Result<RegisterInfo> {
    Ok(RegisterInfo {
        version: row.get(0),
        journal: row.get(1),
        moment: read(row.get(2), "registerversie")?,
        digest: row.get::<&[u8], _>(3).try_into().map_err(|_| StoreError::Corrupt("registerversie"))?,
        names: Vec::new(),
    })
}

/// Every version, oldest first.
pub async fn versions(reader: &SqlitePool) -> Result<Vec<RegisterInfo>> {
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
