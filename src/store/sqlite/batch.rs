//! One transaction: what is loaded, recorded and committed together.

use super::archive::Archive;
use super::bulk::failed;
use super::{
    FileLock, changes, changes_money, facts, inbox, kennisgeving, levering, payment, promises, record,
    register,
};
use crate::codes::Datum;
use crate::contracts::Periode;
use crate::decide::following::Promised;
use crate::decide::new_register::{Kring, Toegekend};
use crate::messages::Relatie;
use crate::state::{Betaalbesluit, FactKeys, TeVolgen, WorkingSet};
use crate::store::both;
use crate::store::pending::Pending;
use crate::store::removal::Removal;
use crate::store::{
    Batch, BatchNumbers, Decided, Entered, Entry, Moved, PackedMessage, Parked, RecordedRun, RegisterImport,
    StoreError, TakenMessage, Turn, WorkClosing,
};
use async_trait::async_trait;
use sqlx::{Sqlite, Transaction};
use std::collections::BTreeSet;
use std::time::Duration;

type Result<T> = std::result::Result<T, StoreError>;

/// One transaction.
pub struct SqliteBatch {
    pub(super) transaction: Transaction<'static, Sqlite>,
    pub(super) numbers: BatchNumbers,
    pub(super) archive: Archive,
    pub(super) next_prestatie: i64,
    pub(super) register_version: i64,
    pub(super) pending: Pending,
    /// What keeps others off messages that were claimed; it ends after the transaction.
    pub(super) _turn: Option<FileLock>,
}

/// Others wait as long as the process lives.
#[async_trait]
impl Turn for SqliteBatch {
    fn every(&self) -> Option<Duration> {
        None
    }

    async fn keep(&mut self) -> Result<()> {
        Ok(())
    }
}

#[async_trait]
impl Batch for SqliteBatch {
    fn numbers(&mut self) -> &mut BatchNumbers {
        &mut self.numbers
    }

    fn register_version(&self) -> i64 {
        self.register_version
    }

    async fn content(&mut self, arrivals: &[i64]) -> Result<Vec<TakenMessage<PackedMessage>>> {
        inbox::by_number(&mut *self.transaction, arrivals.to_vec()).await
    }

    async fn load(&mut self, keys: &FactKeys) -> Result<WorkingSet> {
        facts::load(&mut self.transaction, keys).await
    }

    async fn settle_numbers(&mut self) -> Result<Moved> {
        Ok(Moved::default())
    }

    fn record(&mut self, decided: Decided) {
        self.pending.record(decided);
    }

    fn park(&mut self, parked: Parked) {
        self.pending.park(parked);
    }

    fn enter(&mut self, entered: Entered) {
        self.pending.enter(entered);
    }

    fn reopen_work(&mut self, id: i64) {
        self.pending.reopened.push(id);
    }

    fn close_work(&mut self, closing: WorkClosing) {
        self.pending.closings.push(closing);
    }

    async fn unpark(&mut self, entry: Entry, retry: bool) -> Result<()> {
        inbox::unpark(&mut self.transaction, &entry, retry).await?;
        self.pending.unpark(entry, retry);
        Ok(())
    }

    async fn note(&mut self, entry: Entry, werk: i64) -> Result<()> {
        both::work::note(&mut *self.transaction, werk, entry.journal).await?;
        self.pending.entries.push(entry.into());
        Ok(())
    }

    async fn decide_paying(&mut self, entry: Entry, besluit: &Betaalbesluit) -> Result<()> {
        both::payment::decide(&mut *self.transaction, entry.journal, besluit).await?;
        self.pending.entries.push(entry.into());
        Ok(())
    }

    async fn tell(&mut self, journal: i64, uitkomst: &str, werk: &[i64]) -> Result<()> {
        both::work::tell(&mut *self.transaction, journal, uitkomst, werk).await
    }

    async fn carry_out(&mut self, voordracht: i64, journal: i64) -> Result<()> {
        both::voordracht::carry_out(&mut *self.transaction, voordracht, journal).await
    }

    async fn import_register(&mut self, entry: Entry, mut import: RegisterImport) -> Result<i64> {
        let changes = std::mem::take(&mut import.changes);
        let (version, new) =
            register::import(&mut self.transaction, &entry, import, &mut self.archive).await?;
        if new {
            self.pending.import(entry, changes);
        }
        Ok(version)
    }

    async fn pay(&mut self, entry: Entry, mut run: RecordedRun) -> Result<i64> {
        let posted = std::mem::take(&mut run.overboekingen);
        let number = payment::pay(&mut self.transaction, &entry, run, &mut self.archive).await?;
        self.pending.pay(entry, posted);
        Ok(number)
    }

    async fn remove(&mut self, mut entry: Entry, removal: &Removal) -> Result<()> {
        entry.body = Some(both::removal::remove(&mut &mut *self.transaction, entry.journal, removal).await?);
        self.pending.entries.push(entry.into());
        Ok(())
    }

    async fn judged_relaties(&mut self) -> Result<BTreeSet<Relatie>> {
        both::inbox::judged_relaties(&mut *self.transaction).await
    }

    async fn te_volgen(&mut self, until: i64, count: usize) -> Result<Vec<TeVolgen>> {
        promises::te_volgen(&mut self.transaction, until, count).await
    }

    async fn promised(&mut self, since: Datum, of: &Kring) -> Result<Promised> {
        promises::promised(&mut self.transaction, since, of).await
    }

    async fn granted(&mut self, days: Periode, of: &Kring) -> Result<Vec<Toegekend>> {
        promises::granted(&mut self.transaction, days, of).await
    }

    async fn write(&mut self) -> Result<()> {
        let lines = i64::try_from(self.pending.prestaties.len()).unwrap_or(i64::MAX);
        record::flush(&mut self.transaction, &mut self.pending, &mut self.archive).await?;
        changes::flush(&mut self.transaction, &mut self.pending).await?;
        levering::flush(&mut self.transaction, &mut self.pending).await?;
        changes_money::flush(&mut self.transaction, &mut self.pending, self.next_prestatie).await?;
        promises::flush(&mut self.transaction, &mut self.pending).await?;
        kennisgeving::flush(&mut self.transaction, &mut self.pending).await?;
        self.next_prestatie = self.next_prestatie.saturating_add(lines);
        Ok(())
    }

    async fn commit(mut self: Box<Self>) -> Result<()> {
        self.write().await?;
        self.transaction.commit().await.map_err(failed("vastleggen"))
    }
}
