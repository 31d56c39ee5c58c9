//! Work items as operators see them.

use super::PgStore;
use crate::store::both::work;
use crate::store::{StoreError, WorkItem, WorkLine, WorkStore};
use async_trait::async_trait;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl WorkStore for PgStore {
    async fn work(&self, open: bool) -> Result<Vec<WorkItem>> {
        self.answers.to(work::list(&self.reader, open)).await
    }

    async fn work_item(&self, id: i64) -> Result<Option<WorkItem>> {
        self.answers.to(work::item(&self.reader, id)).await
    }

    async fn work_lines(&self, id: i64) -> Result<Vec<WorkLine>> {
        self.answers.to(work::lines(&self.reader, id)).await
    }

    async fn revised(&self) -> Result<Vec<i64>> {
        self.answers.to(work::revised(&self.reader)).await
    }
}
