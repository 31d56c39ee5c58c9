//! One transaction of those who decide: what they know, and what they record.

use super::bulk::failed;
use super::bundle::Bundle;
use super::claim::{self, Manner};
use super::hands::InHand;
use super::identificaties::{Reserved, reserve};
use super::numbers::{Sequence, draw};
use super::patience::Answers;
use super::record::Records;
use super::{changes, changes_money, facts, inbox, kennisgeving, payment, promises, register};
use crate::codes::{Datum, GemeenteCode};
use crate::contracts::Periode;
use crate::decide::following::Promised;
use crate::decide::new_register::{Kring, Toegekend};
use crate::messages::Relatie;
use crate::state::{Betaalbesluit, FactKeys, Reeks as Nummerreeks, TeVolgen, WorkingSet};
use crate::store::both;
use crate::store::convert::Coded;
use crate::store::pending::Pending;
use crate::store::removal::Removal;
use crate::store::{
    Batch, BatchNumbers, Decided, Entered, Entry, Moved, PackedMessage, Parked, RecordedRun, RegisterImport,
    StoreError, TakenMessage, Turn, WorkClosing,
};
use async_trait::async_trait;
use sqlx::postgres::PgPool;
use sqlx::{Postgres, Transaction};
use std::collections::BTreeSet;
use std::time::Duration;

type Result<T> = std::result::Result<T, StoreError>;

/// One transaction.
pub struct PgBatch {
    pub(super) transaction: Transaction<'static, Postgres>,
    answers: Answers,
    numbers: BatchNumbers,
    /// The first that were free when the transaction began. Beside others, send numbers and numbers of
    /// work items count from 0 until they are settled.
    free: BatchNumbers,
    manner: Manner,
    /// Messages that were claimed: each gets one journal number.
    claimed: usize,
    /// The newest version of the register.
    register_version: i64,
    /// Identificaties that others leave alone, and where they are reserved.
    reserved: Reserved,
    aside: PgPool,
    pending: Pending,
    /// Of messages that were claimed.
    pub(super) in_hand: Option<InHand>,
}

impl PgBatch {
    /// One that decides beside others on so many messages that it claimed.
    pub(super) fn beside_others(
        transaction: Transaction<'static, Postgres>,
        register_version: i64,
        claimed: usize,
        (answers, aside): (&Answers, &PgPool),
    ) -> Self {
        let none = BatchNumbers { journal: 0, send: 0, work: 0 };
        Self {
            transaction,
            answers: answers.clone(),
            numbers: none,
            free: none,
            manner: Manner::BesideOthers,
            claimed,
            register_version,
            reserved: Reserved::new(),
            aside: aside.clone(),
            pending: Pending::default(),
            in_hand: None,
        }
    }

    /// One that decides alone.
    pub(super) async fn alone(
        mut transaction: Transaction<'static, Postgres>,
        (answers, aside): (&Answers, &PgPool),
    ) -> Result<Self> {
        claim::enter(&mut transaction, Manner::Alone).await?;
        let next = [(Sequence::Journaal, 0), (Sequence::Zendnummer, 0), (Sequence::Werk, 0)];
        let [journal, send, work] = draw(&mut transaction, next).await?;
        let register_version = claim::register_version(&mut transaction).await?;
        let free = BatchNumbers { journal, send, work };
        let batch = Self::beside_others(transaction, register_version, 0, (answers, aside));
        Ok(Self { numbers: free, free, manner: Manner::Alone, ..batch })
    }

    /// What was handed out is used, whatever becomes of this transaction.
    async fn keep_numbers(&mut self) -> Result<()> {
        if self.manner == Manner::BesideOthers {
            return Ok(());
        }
        let (used, free) = (self.numbers, self.free);
        let count = |used: i64, free: i64| usize::try_from(used - free).unwrap_or_default();
        let used = [
            (Sequence::Journaal, count(used.journal, free.journal)),
            (Sequence::Zendnummer, count(used.send, free.send)),
            (Sequence::Werk, count(used.work, free.work)),
        ];
        draw(&mut self.transaction, used).await.map(drop)
    }

    /// Beside others, Identificaties were used when they were reserved. One that was not reserved would leave twice.
    fn keep_reserved(&mut self) -> Result<()> {
        if self.manner == Manner::Alone {
            return Ok(());
        }
        let reserved = &self.reserved;
        let beyond =
            |gemeente: &GemeenteCode, next: i64| reserved.get(gemeente).is_none_or(|range| next > range.end);
        let used = self.pending.nummers.extract_if(.., |(_, reeks), _| *reeks == Nummerreeks::Identificatie);
        for ((gemeente, _), next) in used {
            if beyond(&gemeente, next) {
                return Err(StoreError::corrupt("nummerreeks"));
            }
        }
        Ok(())
    }

    async fn load_facts(&mut self, keys: &FactKeys) -> Result<WorkingSet> {
        let connection = &mut *self.transaction;
        if self.manner == Manner::Alone {
            let mut known = facts::load(connection, keys).await?;
            facts::numbers(connection, keys, &mut known).await?;
            return Ok(known);
        }
        claim::lock_shared_facts(connection, keys).await?;
        let mut known = facts::load(connection, keys).await?;
        let unknown: Vec<_> =
            keys.bekende_clienten.iter().filter(|client| !known.clienten.contains_key(client)).collect();
        if !unknown.is_empty() {
            let clients = unknown.iter().map(|(gemeente, bsn)| (gemeente.to_integer(), bsn.to_integer()));
            claim::lock_clients(connection, clients).await?;
            facts::bekende_clienten(connection, keys, &mut known).await?;
        }
        if !keys.bezette_nummers.is_empty() {
            claim::lock_numbers(connection, keys).await?;
            facts::numbers(connection, keys, &mut known).await?;
        }
        self.reserved = reserve(&self.aside, keys).await?;
        for (gemeente, range) in &self.reserved {
            known.hand_out_from(*gemeente, range.start);
        }
        [self.numbers.journal] = draw(connection, [(Sequence::Journaal, self.claimed)]).await?;
        Ok(known)
    }

    async fn write_all(&mut self) -> Result<()> {
        self.keep_numbers().await?;
        self.keep_reserved()?;
        self.free = self.numbers;
        let (connection, pending) = (&mut *self.transaction, &mut self.pending);
        let records = Records::take(connection, pending).await?;
        let ranges = [
            (Sequence::Archief, records.archived()),
            (Sequence::Prestatie, pending.prestaties.len()),
            (Sequence::Declaratie, pending.declaraties.len()),
            (Sequence::Boeking, pending.boekingen.len()),
        ];
        let [archief, prestatie, declaratie, boeking] = draw(connection, ranges).await?;
        // The server keeps a plan for every set of tables, of a quarter of a megabyte when it is for all of them: three
        // statements have few sets each, one would have many.
        let mut bundle = Bundle::new(connection, "beslissingen vastleggen");
        changes::identificaties(&mut bundle, pending).await?;
        records.flush(&mut bundle, pending, archief).await?;
        bundle.sent().await?;
        changes::flush(&mut bundle, pending).await?;
        bundle.sent().await?;
        let first = changes_money::FirstNumbers { prestatie, declaratie, boeking };
        changes_money::flush(&mut bundle, pending, first).await?;
        promises::flush(&mut bundle, pending).await?;
        kennisgeving::flush(&mut bundle, pending).await?;
        bundle.sent().await.map(drop)
    }
}

#[async_trait]
impl Turn for PgBatch {
    fn every(&self) -> Option<Duration> {
        Some(self.answers.every())
    }

    async fn keep(&mut self) -> Result<()> {
        self.answers.keep(&mut self.transaction).await
    }
}

#[async_trait]
impl Batch for PgBatch {
    fn numbers(&mut self) -> &mut BatchNumbers {
        &mut self.numbers
    }

    fn register_version(&self) -> i64 {
        self.register_version
    }

    async fn content(&mut self, arrivals: &[i64]) -> Result<Vec<TakenMessage<PackedMessage>>> {
        self.answers.to(claim::content(&mut self.transaction, arrivals)).await
    }

    async fn load(&mut self, keys: &FactKeys) -> Result<WorkingSet> {
        let answers = self.answers.clone();
        answers.to(self.load_facts(keys)).await
    }

    async fn settle_numbers(&mut self) -> Result<Moved> {
        if self.manner == Manner::Alone {
            return Ok(Moved::default());
        }
        let count = |number: i64| usize::try_from(number).unwrap_or_default();
        let (sends, work) = (count(self.numbers.send), count(self.numbers.work));
        let ranges = [(Sequence::Zendnummer, sends), (Sequence::Werk, work)];
        let [send, work] = self.answers.to(draw(&mut self.transaction, ranges)).await?;
        Ok(Moved { send, work })
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
        self.answers.to(inbox::unpark(&mut self.transaction, &entry, retry)).await?;
        self.pending.unpark(entry, retry);
        Ok(())
    }

    async fn note(&mut self, entry: Entry, werk: i64) -> Result<()> {
        self.answers.to(both::work::note(&mut *self.transaction, werk, entry.journal)).await?;
        self.pending.entries.push(entry.into());
        Ok(())
    }

    async fn decide_paying(&mut self, entry: Entry, besluit: &Betaalbesluit) -> Result<()> {
        self.answers.to(both::payment::decide(&mut *self.transaction, entry.journal, besluit)).await?;
        self.pending.entries.push(entry.into());
        Ok(())
    }

    async fn tell(&mut self, journal: i64, uitkomst: &str, werk: &[i64]) -> Result<()> {
        self.answers.to(both::work::tell(&mut *self.transaction, journal, uitkomst, werk)).await
    }

    async fn carry_out(&mut self, voordracht: i64, journal: i64) -> Result<()> {
        let done = both::voordracht::carry_out(&mut *self.transaction, voordracht, journal);
        self.answers.to(done).await
    }

    async fn import_register(&mut self, entry: Entry, mut import: RegisterImport) -> Result<i64> {
        let changes = std::mem::take(&mut import.changes);
        let (version, new) = self.answers.to(register::import(&mut self.transaction, &entry, import)).await?;
        if new {
            self.pending.import(entry, changes);
        } else {
            // Nothing is recorded under the number that was drawn for it.
            self.numbers = self.free;
        }
        Ok(version)
    }

    async fn pay(&mut self, entry: Entry, mut run: RecordedRun) -> Result<i64> {
        let posted = std::mem::take(&mut run.overboekingen);
        let number = self.answers.to(payment::pay(&mut self.transaction, &entry, run)).await?;
        self.pending.pay(entry, posted);
        Ok(number)
    }

    async fn remove(&mut self, mut entry: Entry, removal: &Removal) -> Result<()> {
        let body = self
            .answers
            .to(both::removal::remove(&mut &mut *self.transaction, entry.journal, removal))
            .await?;
        entry.body = Some(body);
        self.pending.entries.push(entry.into());
        Ok(())
    }

    async fn judged_relaties(&mut self) -> Result<BTreeSet<Relatie>> {
        self.answers.to(both::inbox::judged_relaties(&mut *self.transaction)).await
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
        let answers = self.answers.clone();
        answers.to(self.write_all()).await
    }

    async fn commit(mut self: Box<Self>) -> Result<()> {
        self.write().await?;
        let Self { transaction, answers, .. } = *self;
        answers.to(async { transaction.commit().await.map_err(failed("vastleggen")) }).await
    }
}
