//! What the console keeps.

use super::SqliteStore;
use crate::store::StoreError;
use crate::store::both::console;
use crate::store::console::{Bewaren, ConsoleStore};
use async_trait::async_trait;

#[async_trait]
impl ConsoleStore for SqliteStore {
    async fn keep(&self, what: Bewaren) -> Result<u64, StoreError> {
        console::keep(&self.writer, what).await
    }
}
