//! Work items as operators see them.

use super::SqliteStore;
use crate::store::both::work;
use crate::store::{StoreError, WorkItem, WorkLine, WorkStore};
use async_trait::async_trait;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl WorkStore for SqliteStore {
    async fn work(&self, open: bool) -> Result<Vec<WorkItem>> {
        work::list(&self.reader, open).await
    }

    async fn work_item(&self, id: i64) -> Result<Option<WorkItem>> {
        work::item(&self.reader, id).await
    }

    async fn work_lines(&self, id: i64) -> Result<Vec<WorkLine>> {
        work::lines(&self.reader, id).await
    }

    async fn revised(&self) -> Result<Vec<i64>> {
        work::revised(&self.reader).await
    }
}
