//! Versions of the contract register.

use super::PgStore;
use super::archive::{self, Archive};
use super::bulk::Statement;
use super::bundle::Bundle;
use crate::store::both::register;
use crate::store::cells::Cells;
use crate::store::{
    Entry, RegisterAt, RegisterImport, RegisterInfo, RegisterStore, RegisterVersion, StoreError,
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

/// Records a version unless the newest is the same; gives the version in force and whether it is new.
pub async fn import(
    connection: &mut PgConnection,
    entry: &Entry,
    import: RegisterImport,
) -> Result<(i64, bool)> {
    let (version, new) = register::new_version(&mut &mut *connection, entry, import.digest).await?;
    if !new {
        return Ok((version, false));
    }
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
