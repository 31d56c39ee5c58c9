//! The store that the settings name: one type for commands that work on either engine.

use super::audit::{AuditStore, Recorded, Sealable, Sealed};
use super::postgres::{Held, PgBatch, PgStore};
use super::removal::Removal;
use super::sqlite::{FileLock, SqliteBatch, SqliteStore};
use super::{
    Answer, Arrival, Batch, Claim, Decided, DeclaratieContent, Entered, Entry, Frame, GemeldeLevering,
    HoldsOf, InboxStatus, JournalKind, JournalRecord, LedgerEntry, Moved, Numbers, OpenVerzoek,
    OutboxMessage, Overview, Parked, ParkedContent, ParkedMessage, PaymentRecord, PaymentRun, Receipt,
    ReferrerSource, ReferrerStore, Referrers, RegisterAt, RegisterImport, RegisterInfo, RegisterVersion,
    RejectedMessage, RelatieTotals, ReleaseTotals, ReportStore, SentMessage, Stand, StateRow, StateTable,
    Store, StoreError, TakeLimit, Taken, Turn, Unanswered, Unreturned, UnsentNotice, WorkClosing, WorkItem,
};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::decide::following::Promised;
use crate::digest::Digest;
use crate::messages::{Partij, Relatie};
use crate::money::Cents;
use crate::state::{
    FactKeys, GeboektePrestatie, Gevolgd, TeVolgen, Toewijzing, Vasthouding, VasthoudingStatus, Verzoek,
    WorkingSet,
};
use futures_util::stream::BoxStream;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

type Result<T> = std::result::Result<T, StoreError>;

/// The embedded store or the server's.
#[derive(Debug, Clone)]
pub enum AnyStore {
    /// In a data folder.
    Sqlite(SqliteStore),
    /// In a database server.
    Postgres(PgStore),
}

/// One transaction of either.
pub enum AnyBatch {
    /// In a data folder.
    Sqlite(Box<SqliteBatch>),
    /// In a database server.
    Postgres(Box<PgBatch>),
}

/// A lock of either.
#[derive(Debug)]
pub enum AnyLock {
    /// In a data folder.
    Sqlite(FileLock),
    /// In a database server.
    Postgres(Held),
}

/// The same expression for whichever it is.
macro_rules! each {
    ($self:expr, $one:ident => $call:expr) => {
        match $self {
            Self::Sqlite($one) => $call,
            Self::Postgres($one) => $call,
        }
    };
}

impl AnyStore {
    /// Clears away what was overwritten, as far as the engine can.
    pub async fn tidy(&self) -> Result<()> {
        each!(self, store => store.tidy().await)
    }

    /// Ends all connections.
    pub async fn close(self) {
        each!(self, store => store.close().await);
    }
}

impl Turn for AnyLock {
    fn every(&self) -> Option<Duration> {
        each!(self, lock => lock.every())
    }

    async fn keep(&mut self) -> Result<()> {
        each!(self, lock => lock.keep().await)
    }
}

impl Store for AnyStore {
    async fn gevolgd(&self) -> Result<(Option<Gevolgd>, bool)> {
        each!(self, store => store.gevolgd().await)
    }

    type Batch = AnyBatch;
    type Publishing = AnyLock;

    fn shared(&self) -> bool {
        each!(self, store => store.shared())
    }

    async fn claim(&self, limit: TakeLimit, own: &[i64]) -> Result<Option<Claim<AnyBatch>>> {
        Ok(match self {
            Self::Sqlite(store) => store
                .claim(limit, own)
                .await?
                .map(|claim| claim.with(|batch| AnyBatch::Sqlite(Box::new(batch)))),
            Self::Postgres(store) => store
                .claim(limit, own)
                .await?
                .map(|claim| claim.with(|batch| AnyBatch::Postgres(Box::new(batch)))),
        })
    }

    async fn begin(&self) -> Result<AnyBatch> {
        Ok(match self {
            Self::Sqlite(store) => AnyBatch::Sqlite(Box::new(store.begin().await?)),
            Self::Postgres(store) => AnyBatch::Postgres(Box::new(store.begin().await?)),
        })
    }

    async fn issued_at(&self, moment: Moment) -> Result<u32> {
        each!(self, store => store.issued_at(moment).await)
    }

    async fn lock_publishing(&self) -> Result<Option<AnyLock>> {
        Ok(match self {
            Self::Sqlite(store) => store.lock_publishing().await?.map(AnyLock::Sqlite),
            Self::Postgres(store) => store.lock_publishing().await?.map(AnyLock::Postgres),
        })
    }

    async fn ingest(&self, arrivals: Vec<Arrival>) -> Result<Vec<Receipt>> {
        each!(self, store => store.ingest(arrivals).await)
    }

    async fn uncount(&self, arrivals: &[i64]) -> Result<()> {
        each!(self, store => store.uncount(arrivals).await)
    }

    async fn outcomes(&self, arrivals: &[i64]) -> Result<BTreeMap<i64, (InboxStatus, String)>> {
        each!(self, store => store.outcomes(arrivals).await)
    }

    async fn unpublished(&self, limit: TakeLimit, except: &[Partij]) -> Result<Vec<OutboxMessage>> {
        each!(self, store => store.unpublished(limit, except).await)
    }

    async fn mark_published(&self, sends: &[i64]) -> Result<()> {
        each!(self, store => store.mark_published(sends).await)
    }

    async fn sent(&self, send: i64) -> Result<Option<OutboxMessage>> {
        each!(self, store => store.sent(send).await)
    }

    async fn find_sent(&self, identificatie: &str) -> Result<Vec<SentMessage>> {
        each!(self, store => store.find_sent(identificatie).await)
    }

    async fn answers(&self, arrivals: &[i64]) -> Result<Vec<Answer>> {
        each!(self, store => store.answers(arrivals).await)
    }

    async fn find_answers(&self, sender: Partij, id: &str) -> Result<Vec<Answer>> {
        each!(self, store => store.find_answers(sender, id).await)
    }

    async fn resend(&self, sends: &[i64]) -> Result<()> {
        each!(self, store => store.resend(sends).await)
    }

    async fn unsent_notices(&self, after: i64, limit: TakeLimit) -> Result<Vec<Result<UnsentNotice>>> {
        each!(self, store => store.unsent_notices(after, limit).await)
    }

    async fn mark_notices_sent(&self, arrivals: &[i64]) -> Result<()> {
        each!(self, store => store.mark_notices_sent(arrivals).await)
    }

    async fn parked(&self) -> Result<Vec<ParkedMessage>> {
        each!(self, store => store.parked().await)
    }

    async fn parked_content(&self, arrival: i64) -> Result<Option<ParkedContent>> {
        each!(self, store => store.parked_content(arrival).await)
    }

    async fn work(&self, open: bool) -> Result<Vec<WorkItem>> {
        each!(self, store => store.work(open).await)
    }

    async fn work_item(&self, id: i64) -> Result<Option<WorkItem>> {
        each!(self, store => store.work_item(id).await)
    }

    async fn received(&self, arrival: i64) -> Result<Option<Vec<u8>>> {
        each!(self, store => store.received(arrival).await)
    }

    async fn inbox(&self, after: i64, limit: TakeLimit) -> Result<Vec<Taken>> {
        each!(self, store => store.inbox(after, limit).await)
    }

    async fn register(&self, at: RegisterAt) -> Result<Option<RegisterVersion>> {
        each!(self, store => store.register(at).await)
    }

    async fn register_versions(&self) -> Result<Vec<RegisterInfo>> {
        each!(self, store => store.register_versions().await)
    }

    async fn payable(&self) -> Result<Vec<LedgerEntry>> {
        each!(self, store => store.payable().await)
    }

    async fn paid_by(&self, run: i64) -> Result<Vec<LedgerEntry>> {
        each!(self, store => store.paid_by(run).await)
    }

    async fn payment_runs(&self) -> Result<Vec<PaymentRecord>> {
        each!(self, store => store.payment_runs().await)
    }

    async fn payment_files(&self, run: i64) -> Result<Vec<(String, Vec<u8>)>> {
        each!(self, store => store.payment_files(run).await)
    }

    async fn declaratie(
        &self,
        aanbieder: crate::codes::AgbCode,
        nummer: &str,
    ) -> Result<Option<DeclaratieContent>> {
        each!(self, store => store.declaratie(aanbieder, nummer).await)
    }

    async fn holds(&self, of: HoldsOf) -> Result<Vec<Vasthouding>> {
        each!(self, store => store.holds(of).await)
    }

    async fn end_silent(&self) -> Result<u64> {
        each!(self, store => store.end_silent().await)
    }

    async fn stand(&self, now: Moment) -> Result<Stand> {
        each!(self, store => store.stand(now).await)
    }

    async fn journal_of(&self, kind: JournalKind) -> Result<Vec<i64>> {
        each!(self, store => store.journal_of(kind).await)
    }

    async fn newest_entry(&self) -> Result<Option<(i64, String)>> {
        each!(self, store => store.newest_entry().await)
    }

    async fn overview(&self) -> Result<Overview> {
        each!(self, store => store.overview().await)
    }

    async fn journal(&self, after: i64, limit: TakeLimit) -> Result<Vec<JournalRecord>> {
        each!(self, store => store.journal(after, limit).await)
    }

    fn state(&self, table: &'static StateTable) -> BoxStream<'_, Result<StateRow>> {
        each!(self, store => store.state(table))
    }
}

impl ReportStore for AnyStore {
    async fn rejected(&self, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
        each!(self, store => store.rejected(after, limit).await)
    }

    async fn totals(&self) -> Result<Vec<RelatieTotals>> {
        each!(self, store => store.totals().await)
    }

    async fn lines(&self, after: i64, count: usize) -> Result<Vec<(i64, GeboektePrestatie)>> {
        each!(self, store => store.lines(after, count).await)
    }

    async fn release_totals(&self) -> Result<Vec<ReleaseTotals>> {
        each!(self, store => store.release_totals().await)
    }

    async fn lines_in(&self, releases: &[&str]) -> Result<Vec<Range<i64>>> {
        each!(self, store => store.lines_in(releases).await)
    }

    async fn limit_holds(&self) -> Result<BTreeMap<(Box<str>, AgbCode), Cents>> {
        each!(self, store => store.limit_holds().await)
    }

    async fn unbalanced_claims(&self) -> Result<Vec<(AgbCode, String)>> {
        each!(self, store => store.unbalanced_claims().await)
    }

    async fn standing_lines(&self, status: VasthoudingStatus) -> Result<Vec<Range<i64>>> {
        each!(self, store => store.standing_lines(status).await)
    }

    async fn assignments(
        &self,
        after: Option<(GemeenteCode, ToewijzingNummer)>,
        count: usize,
    ) -> Result<Vec<Toewijzing>> {
        each!(self, store => store.assignments(after, count).await)
    }

    async fn limit_sums(&self) -> Result<BTreeMap<Box<str>, Cents>> {
        each!(self, store => store.limit_sums().await)
    }

    async fn open_requests(&self) -> Result<Vec<OpenVerzoek>> {
        each!(self, store => store.open_requests().await)
    }

    async fn request_work(&self, moment: Moment) -> Result<Vec<(WorkItem, Option<Verzoek>)>> {
        each!(self, store => store.request_work(moment).await)
    }

    async fn unanswered(&self) -> Result<Vec<Unanswered>> {
        each!(self, store => store.unanswered().await)
    }

    async fn strange(&self, day: Datum, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
        each!(self, store => store.strange(day, after, limit).await)
    }

    async fn is_reminded(&self, aanbieder: AgbCode, kenmerk: &str) -> Result<bool> {
        each!(self, store => store.is_reminded(aanbieder, kenmerk).await)
    }

    async fn unreturned(&self) -> Result<Vec<Unreturned>> {
        each!(self, store => store.unreturned().await)
    }

    async fn deliveries(&self) -> Result<Vec<GemeldeLevering>> {
        each!(self, store => store.deliveries().await)
    }

    async fn journal_days(&self, journals: &[i64]) -> Result<BTreeMap<i64, Datum>> {
        each!(self, store => store.journal_days(journals).await)
    }
}

impl ReferrerStore for AnyStore {
    async fn referrer_sources(&self, source: ReferrerSource, after: i64, count: usize) -> Result<Vec<i64>> {
        each!(self, store => store.referrer_sources(source, after, count).await)
    }

    async fn keep_referrers(&self, found: &Referrers) -> Result<()> {
        each!(self, store => store.keep_referrers(found).await)
    }

    async fn pass_on_referrers(&self) -> Result<()> {
        each!(self, store => store.pass_on_referrers().await)
    }
}

impl AuditStore for AnyStore {
    async fn recorded(&self, after: i64, to: i64) -> Result<Vec<Recorded>> {
        each!(self, store => store.recorded(after, to).await)
    }

    async fn settled(&self) -> Result<i64> {
        each!(self, store => store.settled().await)
    }

    async fn last_link(&self) -> Result<Option<(i64, Digest)>> {
        each!(self, store => store.last_link().await)
    }

    async fn sealable(&self, after: i64, to: i64, content: bool) -> Result<Vec<Sealable>> {
        each!(self, store => store.sealable(after, to, content).await)
    }

    async fn links(&self, after: i64, to: i64) -> Result<Vec<Sealed>> {
        each!(self, store => store.links(after, to).await)
    }

    async fn lock_sealing(&self) -> Result<Option<AnyLock>> {
        Ok(match self {
            Self::Sqlite(store) => store.lock_sealing().await?.map(AnyLock::Sqlite),
            Self::Postgres(store) => store.lock_sealing().await?.map(AnyLock::Postgres),
        })
    }

    async fn seal(&self, behind: i64, links: Vec<Sealed>) -> Result<bool> {
        each!(self, store => store.seal(behind, links).await)
    }
}

impl Turn for AnyBatch {
    fn every(&self) -> Option<Duration> {
        each!(self, batch => batch.every())
    }

    async fn keep(&mut self) -> Result<()> {
        each!(self, batch => batch.keep().await)
    }
}

impl Batch for AnyBatch {
    async fn te_volgen(&mut self, until: i64, count: usize) -> Result<Vec<TeVolgen>> {
        each!(self, batch => batch.te_volgen(until, count).await)
    }

    async fn promised(&mut self, since: Datum) -> Result<Promised> {
        each!(self, batch => batch.promised(since).await)
    }

    fn numbers(&mut self) -> &mut Numbers {
        each!(self, batch => batch.numbers())
    }

    fn register_version(&self) -> i64 {
        each!(self, batch => batch.register_version())
    }

    async fn content(&mut self, arrivals: &[i64]) -> Result<Vec<Taken<Frame>>> {
        each!(self, batch => batch.content(arrivals).await)
    }

    async fn load(&mut self, keys: &FactKeys) -> Result<WorkingSet> {
        each!(self, batch => batch.load(keys).await)
    }

    async fn settle_numbers(&mut self) -> Result<Moved> {
        each!(self, batch => batch.settle_numbers().await)
    }

    fn record(&mut self, decided: Decided) {
        each!(self, batch => batch.record(decided));
    }

    fn park(&mut self, parked: Parked) {
        each!(self, batch => batch.park(parked));
    }

    fn enter(&mut self, entered: Entered) {
        each!(self, batch => batch.enter(entered));
    }

    fn reopen_work(&mut self, id: i64) {
        each!(self, batch => batch.reopen_work(id));
    }

    fn close_work(&mut self, closing: WorkClosing) {
        each!(self, batch => batch.close_work(closing));
    }

    async fn unpark(&mut self, entry: Entry, retry: bool) -> Result<()> {
        each!(self, batch => batch.unpark(entry, retry).await)
    }

    async fn import_register(&mut self, entry: Entry, import: RegisterImport) -> Result<i64> {
        each!(self, batch => batch.import_register(entry, import).await)
    }

    async fn pay(&mut self, entry: Entry, run: PaymentRun) -> Result<i64> {
        each!(self, batch => batch.pay(entry, run).await)
    }

    async fn remove(&mut self, entry: Entry, removal: &Removal) -> Result<()> {
        each!(self, batch => batch.remove(entry, removal).await)
    }

    async fn judged_relaties(&mut self) -> Result<BTreeSet<Relatie>> {
        each!(self, batch => batch.judged_relaties().await)
    }

    async fn write(&mut self) -> Result<()> {
        each!(self, batch => batch.write().await)
    }

    async fn commit(self) -> Result<()> {
        each!(self, batch => batch.commit().await)
    }
}
