//! Versions of the contract register.

use super::SqliteStore;
use super::archive::{self, Archive};
use super::bulk::{Statement, write};
use crate::store::both::register;
use crate::store::cells::Cells;
use crate::store::{
    Entry, RegisterAt, RegisterImport, RegisterInfo, RegisterStore, RegisterVersion, StoreError,
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

/// Records a version unless the newest is the same; gives the version in force and whether it is new.
pub async fn import(
    connection: &mut SqliteConnection,
    entry: &Entry,
    import: RegisterImport,
    archive: &mut Archive,
) -> Result<(i64, bool)> {
    let (version, new) = register::new_version(&mut &mut *connection, entry, import.digest).await?;
    if !new {
        return Ok((version, false));
    }
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
