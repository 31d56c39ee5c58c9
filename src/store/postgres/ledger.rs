//! Takes up what was booked before there was a ledger.

use super::PgStore;
use super::bulk::failed;
use crate::store::{LedgerStore, StoreError, both};
use async_trait::async_trait;

const DOING: &str = "het grootboek beginnen";

#[async_trait]
impl LedgerStore for PgStore {
    async fn take_up_ledger(&self) -> Result<u64, StoreError> {
        // Lock: balances are added up anew, so nobody posts meanwhile.
        const LOCK: &str = "LOCK TABLE overboeking, grootboekstand IN SHARE ROW EXCLUSIVE MODE";
        let mut transaction = self.writer.begin().await.map_err(failed(DOING))?;
        sqlx::query(LOCK).execute(&mut *transaction).await.map_err(failed(DOING))?;
        let rows = both::ledger::take_up(&mut &mut *transaction).await?;
        transaction.commit().await.map_err(failed(DOING))?;
        Ok(rows)
    }
}
