//! The server store: PostgreSQL, for several workers on one database.
//!
//! All SQL is in this folder, one file per subject; the tables are in `migrations/postgres/`. What a row
//! holds is shared with the embedded store (`store/rows/`).

mod archive;
mod audit;
mod bulk;
mod bundle;
mod changes;
mod changes_money;
mod claim;
mod facts;
mod facts_money;
mod identificaties;
mod inbox;
mod journal;
mod look;
mod numbers;
mod open;
mod outbox;
mod overview;
mod payment;
mod queue;
mod record;
mod records;
mod register;
mod removal;
mod report;
mod settled;
mod stand;
mod terms;
mod work;

pub use look::{clock, schema};
pub use open::PgSettings;

use super::pending::Pending;
use super::{
    Answer, Arrival, Batch, Claim, Decided, DeclaratieContent, Entered, Entry, InboxStatus, JournalKind,
    JournalRecord, LedgerEntry, Moved, Numbers, OutboxMessage, Overview, Parked, ParkedContent,
    ParkedMessage, PaymentRecord, PaymentRun, Receipt, RegisterAt, RegisterImport, RegisterInfo,
    RegisterVersion, SentMessage, Stand, StateRow, StateTable, Store, StoreError, TakeLimit, Taken,
    UnsentNotice, WorkClosing, WorkItem,
};
use crate::clock::Moment;
use crate::codes::{AgbCode, GemeenteCode};
use crate::messages::{Partij, Relatie};
use crate::state::{FactKeys, Reeks as Nummerreeks, WorkingSet};
use crate::store::convert::Coded;
use crate::store::removal::Removal;
use bulk::failed;
use bundle::Bundle;
use claim::Manner;
use futures_util::stream::BoxStream;
use identificaties::{Reserved, reserve};
use numbers::{Reeks, draw};
use queue::{Found, Oldest};
use record::Records;
use sqlx::postgres::PgPool;
use sqlx::{Postgres, Transaction};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type Result<T> = std::result::Result<T, StoreError>;

/// Class of our advisory locks; the second number says what is locked.
const LOCKS: i32 = 7302;
/// Held by whoever publishes.
const PUBLISHING: i32 = 2;
/// Held by whoever stores what comes in: numbers are in the order in which others see them, without gaps.
const INTAKE: i32 = 4;
/// Held by all who decide: beside others by workers, alone by operators, terms, contracts and payments.
const DECIDING: i32 = 3;

/// Held by the process that seals.
const SEALER: i32 = 5;
/// Begins a transaction that sees what was committed by its first statement, and nothing that comes later. Who
/// commits later decided on nothing that who committed before could see: the entries that are seen give the
/// state that is seen, whatever numbers are missing between them.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT count(*) FROM registerversie";

/// The store in a database.
#[derive(Debug, Clone)]
pub struct PgStore {
    writer: PgPool,
    reader: PgPool,
    /// For short statements of those who decide that hold whatever becomes of their transactions: they wait for no
    /// other transaction, and for no report.
    aside: PgPool,
    oldest: Arc<Oldest>,
}

/// A lock that lasts as long as its transaction; the server releases it when the process dies.
#[derive(Debug)]
pub struct Held {
    _transaction: Transaction<'static, Postgres>,
}

/// One transaction.
pub struct PgBatch {
    transaction: Transaction<'static, Postgres>,
    numbers: Numbers,
    /// The first that were free when the transaction began. Beside others, send numbers and numbers of
    /// work items count from 0 until they are settled.
    free: Numbers,
    manner: Manner,
    /// Messages that were claimed: each gets one journal number.
    claimed: usize,
    /// The newest version of the register.
    register_version: i64,
    /// Identificaties that others leave alone, and where they are reserved.
    reserved: Reserved,
    aside: PgPool,
    pending: Pending,
}

impl PgStore {
    /// Connects to a database and brings its tables up to date.
    pub async fn open(settings: &PgSettings) -> Result<Self> {
        let store = Self::connect(settings)?;
        store.migrate(settings).await?;
        Ok(store)
    }

    /// Connects to a database as it is, as soon as something is asked of it.
    pub fn connect(settings: &PgSettings) -> Result<Self> {
        const READERS: u32 = 2;
        let options = settings.options()?;
        let aside = (settings.connections / 8).max(1);
        let writers = settings.connections.saturating_sub(READERS + aside).max(3);
        let writer = open::readers(writers).connect_lazy_with(open::by_key(options.clone()));
        let aside = open::readers(aside).connect_lazy_with(open::by_key(options.clone()));
        let reader = open::readers(READERS).connect_lazy_with(options);
        Ok(Self { writer, reader, aside, oldest: Arc::default() })
    }

    /// Brings the tables up to date. Processes that do this at the same time wait for each other.
    pub async fn migrate(&self, settings: &PgSettings) -> Result<()> {
        self.reader.acquire().await.map(drop).map_err(|error| settings.refused(&error))?;
        open::migrator().run(&self.reader).await.map_err(|error| settings.not_migrated(&error))
    }

    /// The store as it is now, however much is added while it is read: one connection, in one transaction.
    pub async fn frozen(settings: &PgSettings) -> Result<Self> {
        let Self { writer, aside, oldest, .. } = Self::connect(settings)?;
        let once = Arc::new(AtomicBool::new(false));
        let reader =
            open::readers(1).idle_timeout(None).max_lifetime(None).after_connect(move |connection, _| {
                let first = !once.swap(true, Ordering::Relaxed);
                Box::pin(async move {
                    // A second transaction would see another state.
                    if !first {
                        return Err(sqlx::Error::PoolClosed);
                    }
                    sqlx::raw_sql(SNAPSHOT).execute(connection).await.map(drop)
                })
            });
        let reader =
            reader.connect_with(settings.options()?).await.map_err(|error| settings.refused(&error))?;
        Ok(Self { writer, reader, aside, oldest })
    }

    async fn try_lock(&self, lock: i32, doing: &'static str) -> Result<Option<Held>> {
        const SQL: &str = "SELECT pg_try_advisory_xact_lock($1, $2)";
        let doing = failed(doing);
        let mut transaction = self.writer.begin().await.map_err(&doing)?;
        let query = sqlx::query_scalar(SQL).bind(LOCKS).bind(lock);
        let locked: bool = query.fetch_one(&mut *transaction).await.map_err(&doing)?;
        Ok(locked.then_some(Held { _transaction: transaction }))
    }

    /// Gives the room of what was overwritten back to the tables; other rows are written over it in time.
    pub async fn tidy(&self) -> Result<()> {
        let done = sqlx::query("VACUUM").execute(&self.writer).await;
        done.map(drop).map_err(failed("de database opruimen"))
    }

    /// Ends all connections.
    pub async fn close(self) {
        self.reader.close().await;
        self.aside.close().await;
        self.writer.close().await;
    }
}

impl Store for PgStore {
    type Batch = PgBatch;
    type Cycle = Held;
    type Publishing = Held;

    fn shared(&self) -> bool {
        true
    }

    async fn lock_cycle(&self) -> Result<Held> {
        let mut transaction = self.writer.begin().await.map_err(failed("een transactie beginnen"))?;
        claim::enter(&mut transaction, Manner::Alone).await?;
        Ok(Held { _transaction: transaction })
    }

    async fn ingest(&self, arrivals: Vec<Arrival>, judging: bool) -> Result<Vec<Receipt>> {
        inbox::ingest(&self.writer, arrivals, judging).await
    }

    async fn take(&self, limit: TakeLimit) -> Result<Vec<Taken>> {
        inbox::take(&self.writer, limit).await
    }

    async fn begin(&self) -> Result<PgBatch> {
        let doing = failed("een transactie beginnen");
        let mut transaction = self.writer.begin().await.map_err(&doing)?;
        claim::enter(&mut transaction, Manner::Alone).await?;
        let next = [(Reeks::Journaal, 0), (Reeks::Zendnummer, 0), (Reeks::Werk, 0)];
        let [journal, send, work] = draw(&mut transaction, next).await?;
        let register_version = claim::register_version(&mut transaction).await?;
        let free = Numbers { journal, send, work };
        let batch = self.batch(transaction, register_version);
        Ok(PgBatch { numbers: free, free, manner: Manner::Alone, ..batch })
    }

    async fn claim(&self, limit: TakeLimit, own: &[i64]) -> Result<Option<Claim<PgBatch>>> {
        let doing = failed("een transactie beginnen");
        loop {
            let mut transaction = self.writer.begin().await.map_err(&doing)?;
            claim::enter(&mut transaction, Manner::BesideOthers).await?;
            let found =
                queue::of_free_aanbieders(&mut transaction, &self.aside, &self.oldest, limit, own).await?;
            let Found { messages, register_version, alone } = found;
            if alone {
                drop(transaction);
                match self.claim_alone(limit).await? {
                    None => continue,
                    claim => return Ok(claim),
                }
            }
            if messages.is_empty() {
                return Ok(None);
            }
            let batch = PgBatch { claimed: messages.len(), ..self.batch(transaction, register_version) };
            return Ok(Some(Claim { batch, messages }));
        }
    }

    async fn uncount(&self, arrivals: &[i64]) -> Result<()> {
        claim::uncount(&self.aside, arrivals).await
    }

    async fn outcomes(&self, arrivals: &[i64]) -> Result<BTreeMap<i64, (InboxStatus, String)>> {
        inbox::outcomes(&self.reader, arrivals).await
    }

    async fn lock_publishing(&self) -> Result<Option<Held>> {
        self.try_lock(PUBLISHING, "publiceren").await
    }

    async fn unpublished(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<OutboxMessage>> {
        outbox::unpublished(&self.reader, limit, except).await
    }

    async fn mark_published(&self, sends: &[i64]) -> Result<()> {
        outbox::mark_published(&self.writer, sends).await
    }

    async fn sent(&self, send: i64) -> Result<Option<OutboxMessage>> {
        outbox::sent(&self.reader, send).await
    }

    async fn find_sent(&self, identificatie: &str) -> Result<Vec<SentMessage>> {
        outbox::find_sent(&self.reader, identificatie).await
    }

    async fn answers(&self, arrivals: &[i64]) -> Result<Vec<Answer>> {
        outbox::answers(&self.reader, arrivals).await
    }

    async fn find_answers(&self, sender: Partij, id: &str) -> Result<Vec<Answer>> {
        outbox::find_answers(&self.reader, sender, id).await
    }

    async fn resend(&self, sends: &[i64]) -> Result<()> {
        outbox::resend(&self.writer, sends).await
    }

    async fn unsent_notices(&self, limit: TakeLimit) -> Result<Vec<UnsentNotice>> {
        outbox::unsent_notices(&self.reader, limit).await
    }

    async fn mark_notices_sent(&self, arrivals: &[i64]) -> Result<()> {
        outbox::mark_notices_sent(&self.writer, arrivals).await
    }

    async fn parked(&self) -> Result<Vec<ParkedMessage>> {
        inbox::parked(&self.reader).await
    }

    async fn parked_content(&self, arrival: i64) -> Result<Option<ParkedContent>> {
        inbox::parked_content(&self.reader, arrival).await
    }

    async fn work(&self, open: bool) -> Result<Vec<WorkItem>> {
        work::list(&self.reader, open).await
    }

    async fn work_item(&self, id: i64) -> Result<Option<WorkItem>> {
        work::item(&self.reader, id).await
    }

    async fn received(&self, arrival: i64) -> Result<Option<Vec<u8>>> {
        inbox::received(&self.reader, arrival).await
    }

    async fn inbox(&self, after: i64, limit: TakeLimit) -> Result<Vec<Taken>> {
        inbox::inbox(&self.reader, after, limit).await
    }

    async fn register(&self, at: RegisterAt) -> Result<Option<RegisterVersion>> {
        register::version(&self.reader, at).await
    }

    async fn register_versions(&self) -> Result<Vec<RegisterInfo>> {
        register::versions(&self.reader).await
    }

    async fn payable(&self) -> Result<Vec<LedgerEntry>> {
        payment::payable(&self.reader).await
    }

    async fn paid_by(&self, run: i64) -> Result<Vec<LedgerEntry>> {
        payment::paid_by(&self.reader, run).await
    }

    async fn payment_runs(&self) -> Result<Vec<PaymentRecord>> {
        payment::runs(&self.reader).await
    }

    async fn declaratie(&self, aanbieder: AgbCode, nummer: &str) -> Result<Option<DeclaratieContent>> {
        payment::declaratie(&self.reader, aanbieder, nummer).await
    }

    async fn issued_at(&self, moment: Moment) -> Result<u32> {
        outbox::issued_at(&self.reader, moment).await
    }

    async fn stand(&self, now: Moment) -> Result<Stand> {
        stand::stand(&self.reader, now).await
    }

    async fn journal_of(&self, kind: JournalKind) -> Result<Vec<i64>> {
        journal::of_kind(&self.reader, kind).await
    }

    async fn newest_entry(&self) -> Result<Option<(i64, String)>> {
        journal::newest(&self.reader).await
    }

    async fn overview(&self) -> Result<Overview> {
        overview::overview(&self.reader).await
    }

    async fn journal(&self, after: i64, limit: TakeLimit) -> Result<Vec<JournalRecord>> {
        journal::entries(&self.reader, after, limit).await
    }

    fn state(&self, table: &'static StateTable) -> BoxStream<'_, Result<StateRow>> {
        journal::state(&self.reader, table)
    }
}

impl PgStore {
    /// One that decides beside others.
    fn batch(&self, transaction: Transaction<'static, Postgres>, register_version: i64) -> PgBatch {
        let none = Numbers { journal: 0, send: 0, work: 0 };
        PgBatch {
            transaction,
            numbers: none,
            free: none,
            manner: Manner::BesideOthers,
            claimed: 0,
            register_version,
            reserved: Reserved::new(),
            aside: self.aside.clone(),
            pending: Pending::default(),
        }
    }

    /// Messages that came in before their relatie was kept come first, and one worker at a time decides them. None
    /// when there are none.
    async fn claim_alone(&self, limit: TakeLimit) -> Result<Option<Claim<PgBatch>>> {
        let mut batch = self.begin().await?;
        claim::take_over(&self.aside).await?;
        let messages = claim::of_unknown_relaties(&mut batch.transaction, limit).await?;
        if messages.is_empty() {
            return Ok(None);
        }
        let arrivals: Vec<i64> = messages.iter().map(|message| message.arrival).collect();
        claim::count_attempt(&self.aside, &arrivals).await?;
        Ok(Some(Claim { batch, messages }))
    }
}

impl PgBatch {
    /// What was handed out is used, whatever becomes of this transaction.
    async fn keep_numbers(&mut self) -> Result<()> {
        if self.manner == Manner::BesideOthers {
            return Ok(());
        }
        let (used, free) = (self.numbers, self.free);
        let count = |used: i64, free: i64| usize::try_from(used - free).unwrap_or_default();
        let used = [
            (Reeks::Journaal, count(used.journal, free.journal)),
            (Reeks::Zendnummer, count(used.send, free.send)),
            (Reeks::Werk, count(used.work, free.work)),
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
                return Err(StoreError::Corrupt("nummerreeks"));
            }
        }
        Ok(())
    }
}

impl Batch for PgBatch {
    fn numbers(&mut self) -> &mut Numbers {
        &mut self.numbers
    }

    fn register_version(&self) -> i64 {
        self.register_version
    }

    async fn content(&mut self, arrivals: &[i64]) -> Result<Vec<Taken>> {
        claim::content(&mut self.transaction, arrivals).await
    }

    async fn load(&mut self, keys: &FactKeys) -> Result<WorkingSet> {
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
        [self.numbers.journal] = draw(connection, [(Reeks::Journaal, self.claimed)]).await?;
        Ok(known)
    }

    async fn settle_numbers(&mut self) -> Result<Moved> {
        if self.manner == Manner::Alone {
            return Ok(Moved::default());
        }
        let count = |number: i64| usize::try_from(number).unwrap_or_default();
        let (sends, work) = (count(self.numbers.send), count(self.numbers.work));
        let ranges = [(Reeks::Zendnummer, sends), (Reeks::Werk, work)];
        let [send, work] = draw(&mut self.transaction, ranges).await?;
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

    fn close_work(&mut self, closing: WorkClosing) {
        self.pending.closings.push(closing);
    }

    async fn unpark(&mut self, entry: Entry, retry: bool) -> Result<()> {
        inbox::unpark(&mut self.transaction, &entry, retry).await?;
        self.pending.unpark(entry, retry);
        Ok(())
    }

    async fn import_register(&mut self, entry: Entry, import: RegisterImport) -> Result<i64> {
        let (version, new) = register::import(&mut self.transaction, &entry, import).await?;
        if new {
            self.pending.entries.push(entry.into());
        } else {
            // Nothing is recorded under the number that was drawn for it.
            self.numbers = self.free;
        }
        Ok(version)
    }

    async fn pay(&mut self, entry: Entry, run: PaymentRun) -> Result<i64> {
        let number = payment::pay(&mut self.transaction, &entry, run).await?;
        self.pending.entries.push(entry.into());
        Ok(number)
    }

    async fn remove(&mut self, mut entry: Entry, removal: &Removal) -> Result<()> {
        entry.body = Some(removal::remove(&mut self.transaction, entry.journal, removal).await?);
        self.pending.entries.push(entry.into());
        Ok(())
    }

    async fn judged_relaties(&mut self) -> Result<BTreeSet<Relatie>> {
        inbox::judged_relaties(&mut self.transaction).await
    }

    async fn write(&mut self) -> Result<()> {
        self.keep_numbers().await?;
        self.keep_reserved()?;
        self.free = self.numbers;
        let (connection, pending) = (&mut *self.transaction, &mut self.pending);
        let records = Records::take(connection, pending).await?;
        let ranges = [
            (Reeks::Archief, records.archived()),
            (Reeks::Prestatie, pending.prestaties.len()),
            (Reeks::Declaratie, pending.declaraties.len()),
            (Reeks::Boeking, pending.boekingen.len()),
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
        let first = changes_money::Numbers { prestatie, declaratie, boeking };
        changes_money::flush(&mut bundle, pending, first).await?;
        bundle.sent().await.map(drop)
    }

    async fn commit(mut self) -> Result<()> {
        self.write().await?;
        self.transaction.commit().await.map_err(failed("vastleggen"))
    }
}
