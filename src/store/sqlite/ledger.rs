//! Takes up what was booked before there was a ledger.

use super::bulk::failed;
use super::{SqliteStore, begin_immediate};
use crate::store::{LedgerStore, StoreError, both};
use async_trait::async_trait;

#[async_trait]
impl LedgerStore for SqliteStore {
    async fn take_up_ledger(&self) -> Result<u64, StoreError> {
        let mut transaction = begin_immediate(&self.writer).await?;
        let rows = both::ledger::take_up(&mut &mut *transaction).await?;
        transaction.commit().await.map_err(failed("het grootboek beginnen"))?;
        Ok(rows)
    }
}
