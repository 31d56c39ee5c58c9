//! What the console keeps.

use super::PgStore;
use crate::store::StoreError;
use crate::store::both::console;
use crate::store::console::{Bewaren, ConsoleStore};
use async_trait::async_trait;

#[async_trait]
impl ConsoleStore for PgStore {
    async fn keep(&self, what: Bewaren) -> Result<u64, StoreError> {
        self.answers.to(console::keep(&self.writer, what)).await
    }
}
