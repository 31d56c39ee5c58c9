//! Decides a journal again, from the first entry to the last, into an empty store.
//!
//! Every entry names the moment, the numbers, the register version and the settings that it was decided
//! with, so the same functions give the same state. Payment files are taken over as they were: they are
//! made with bank details that are configuration, and what was paid was paid.

use super::frozen;
use super::scratch::Scratch;
use crate::contracts::{Register, Versie, import_sources};
use crate::journal::Betaalrun;
use crate::office::core::Core;
use crate::office::damaged::damaged;
use crate::office::following::imported;
use crate::office::pay::recorded_run;
use crate::office::prepare::{Judged, judge};
use crate::office::register::{Along, for_store};
use crate::office::step::{Context, JudgedRef, OpenMessage, Step};
use crate::office::{OfficeError, Settings, rule_set};
use crate::state::{FactKeys, WorkingSet};
use crate::store::sqlite::SqliteStore;
use crate::store::{
    Arrival, Batch, Entered, Entry, JournalKind, JournalRecord, LedgerEntry, PaymentRecord, Receipt,
    RegisterAt, Store, StoreError, TakeLimit, TakenMessage,
};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Entries that are read, and messages that are decided, at once.
const AT_ONCE: TakeLimit = TakeLimit { messages: 256, bytes: 32 * 1024 * 1024 };

/// Why a journal could not be decided again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register, or a decision on a work item.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// Deciding again came to something else, or could not be done.
    #[error("journaalregel {journal}: opnieuw beslissen geeft iets anders ({what})")]
    Diverged {
        /// Journal number.
        journal: i64,
        /// What differs, in Dutch, without personal data.
        what: &'static str,
    },
    /// An entry says otherwise than the tables, whatever the rules.
    #[error("journaalregel {journal}: {what}")]
    Contradicted {
        /// Journal number.
        journal: i64,
        /// What does not agree, in Dutch, without personal data.
        what: &'static str,
    },
}

/// What a journal is decided again with.
#[derive(Clone)]
pub struct Replay {
    /// The rules.
    pub core: Core,
    /// Settings of the installation; moments and how requests are answered come from the journal.
    pub settings: Settings,
}

/// The contract register as it is known with an entry, and for an import as it was before it.
#[derive(Clone, Copy)]
struct KnownRegister<'a> {
    before: &'a Versie,
    now: &'a Versie,
}

/// How far a rebuild is.
#[derive(Default)]
pub struct Rebuilt {
    /// Last arrival number that was copied.
    pub arrival: i64,
    /// Last journal number that was decided again.
    pub journal: i64,
    /// Journal entries.
    pub entries: u64,
    /// Where other rules began, and the state that the older ones left is not what those of today come to.
    pub newer: Vec<Newer>,
    /// Older rules cannot be followed on: what they decided is only entered until the state that they left.
    diverged: Option<ReplayError>,
    /// State that was frozen, while its pieces come.
    frozen: Option<Scratch>,
}

impl Rebuilt {
    pub(super) fn begin_frozen(&mut self, scratch: Scratch) {
        self.frozen = Some(scratch);
    }

    pub(super) const fn frozen(&self) -> Option<&Scratch> {
        self.frozen.as_ref()
    }

    /// The state that was frozen, and whether the rules of today could be followed to it.
    pub(super) fn end_frozen(&mut self) -> (Option<Scratch>, bool) {
        (self.frozen.take(), self.diverged.take().is_none())
    }
}

/// What older rules decided comes out otherwise under those of today.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Newer {
    /// Journal number at which the state was kept that the older rules left.
    pub journal: i64,
    /// The older rules, as the last decision names them.
    pub rule_set: String,
    /// Tables in which that state is not what the rules of today come to; none when they could not be followed to
    /// there.
    pub tables: Vec<&'static str>,
}

impl Replay {
    /// Decides everything again into an empty store; not what older rules decided, when their state was kept. Returns
    /// how many entries there were.
    pub async fn rebuild(&self, from: &dyn Store, into: &dyn Store) -> Result<u64, ReplayError> {
        let mut done = Rebuilt::default();
        self.follow(from, into, None, &mut done).await?;
        Ok(done.entries)
    }

    /// Goes on where an earlier call ended: what came in since is decided again as well.
    pub async fn go_on(
        &self,
        from: &dyn Store,
        into: &SqliteStore,
        done: &mut Rebuilt,
    ) -> Result<(), ReplayError> {
        self.follow(from, into, Some(into), done).await
    }

    /// `thaws` is `into`, where it can take up a state that was kept.
    async fn follow(
        &self,
        from: &dyn Store,
        into: &dyn Store,
        thaws: Option<&SqliteStore>,
        done: &mut Rebuilt,
    ) -> Result<(), ReplayError> {
        copy_inbox(from, into, &mut done.arrival).await?;
        let mut registers = Along::of(from).await?;
        loop {
            let records = from.journal(done.journal, AT_ONCE).await?;
            let Some(end) = records.last() else {
                return done.diverged.take().map_or(Ok(()), Err);
            };
            done.entries += records.len() as u64;
            let alike = |one: &JournalRecord, next: &JournalRecord| {
                is_message(one) && is_message(next) || is_overname(one) && is_overname(next)
            };
            for group in records.chunk_by(alike) {
                // No import stands within a group.
                let (journal, kind) = (group[0].entry.journal, group[0].entry.kind);
                let before = match kind {
                    JournalKind::Contract => registers.known_at(journal - 1).await?.clone(),
                    _ => Versie::default(),
                };
                let known = KnownRegister { before: &before, now: registers.known_at(journal).await? };
                if group[0].entry.kind == JournalKind::Regels {
                    let kept =
                        diverged(&group[0].entry, "een bewaarde stand kan hier niet worden overgenomen");
                    frozen::take(thaws.ok_or(kept)?, &group[0], done).await?;
                } else if done.diverged.is_some() {
                    self.enter_only(from, into, known, group).await?;
                } else if let Err(error) = self.group(from, into, known, group).await {
                    let by_newer_rules = !matches!(error, ReplayError::Contradicted { .. });
                    if !by_newer_rules || rule_set::is_current(&group[0].entry.rule_set) {
                        return Err(error);
                    }
                    done.diverged = Some(error);
                    self.enter_only(from, into, known, group).await?;
                }
            }
            done.journal = end.entry.journal;
        }
    }

    async fn group(
        &self,
        from: &dyn Store,
        into: &dyn Store,
        known: KnownRegister<'_>,
        group: &[JournalRecord],
    ) -> Result<(), ReplayError> {
        match group {
            taken if is_overname(&taken[0]) => {
                super::overname::take_over(into, &known.now.register, taken).await
            }
            [one] if !is_message(one) => self.input(from, into, known, one).await,
            messages => self.messages(into, &known.now.register, messages).await,
        }
    }

    /// What older rules decided, without what follows from it: that comes with the state that they left.
    async fn enter_only(
        &self,
        from: &dyn Store,
        into: &dyn Store,
        known: KnownRegister<'_>,
        group: &[JournalRecord],
    ) -> Result<(), ReplayError> {
        for record in group {
            if record.entry.kind == JournalKind::Betaling {
                paid(from, &record.entry).await?;
            }
            let contract = record.entry.kind == JournalKind::Contract;
            if !contract || import(from, into, known, record).await.is_err() {
                enter_as_it_is(into, record).await?;
            }
        }
        Ok(())
    }

    /// The messages with what levels 1 and 2 say of them, and the facts that deciding them needs.
    fn judged(
        &self,
        register: &Register,
        records: &[JournalRecord],
    ) -> Result<(Vec<OpenMessage>, FactKeys), ReplayError> {
        let mut keys = FactKeys::default();
        let mut messages = Vec::with_capacity(records.len());
        for record in records {
            let JournalRecord { entry, message, .. } = record;
            let missing = diverged(entry, "het bericht ontbreekt");
            let TakenMessage { arrival, name, channel, bytes, .. } =
                message.clone().ok_or(missing)?.unpacked()?;
            let judged = judge(&bytes, self.core, register);
            if let Judged::Valid(valid) = &judged {
                keys.merge(&valid.keys);
            }
            messages.push(OpenMessage { arrival, name, channel, bytes, judged });
        }
        Ok((messages, keys))
    }

    /// Messages after one another, in one transaction.
    async fn messages(
        &self,
        into: &dyn Store,
        register: &Register,
        records: &[JournalRecord],
    ) -> Result<(), ReplayError> {
        let (messages, keys) = self.judged(register, records)?;
        let mut batch = into.begin().await?;
        let mut known = batch.load(&keys).await?;
        for (record, open) in records.iter().zip(&messages) {
            let entry = &record.entry;
            batch.numbers().resume(record);
            let settings = self.settings.of_entry(entry);
            let context = Context {
                core: self.core,
                settings: &settings,
                register,
                register_version: entry.register_version,
                moment: entry.moment,
                issued: entry.issued,
            };
            let bericht = open.bericht();
            let subject = open.subject(bericht.as_ref());
            hand_out_again(&mut known, entry, subject.said);
            let before = *batch.numbers();
            let decide = || context.decide(&subject, &known, batch.numbers());
            let step = match (entry.kind, catch_unwind(AssertUnwindSafe(decide))) {
                (JournalKind::Bericht, Ok(step @ Step::Decided(..)))
                | (JournalKind::Parkeren, Ok(step @ Step::Parked(..)))
                    if damaged(entry).is_none() =>
                {
                    step
                }
                // It was given up then, whatever it would be now.
                (JournalKind::Parkeren, _) => {
                    *batch.numbers() = before;
                    match damaged(entry) {
                        Some(relatie) => context.set_damaged_aside(&subject, relatie, batch.numbers()),
                        None => context.give_up(&subject, batch.numbers()),
                    }
                }
                _ => return Err(diverged(entry, "het bericht wordt nu geparkeerd")),
            };
            let journal = match &step {
                Step::Decided(decided, _) => decided.entry.journal,
                Step::Parked(parked, _) => parked.entry.journal,
            };
            if journal != entry.journal {
                return Err(diverged(entry, "het journaalnummer"));
            }
            // The entry keeps the name of the rules that it was made by; whether those of today come to the
            // same is what is being tried.
            match step {
                Step::Decided(mut decided, _) => {
                    decided.entry.rule_set.clone_from(&entry.rule_set);
                    known.apply(&decided.decision.changes, &open.bytes);
                    batch.record(*decided);
                }
                Step::Parked(mut parked, _) => {
                    parked.entry.rule_set.clone_from(&entry.rule_set);
                    batch.park(*parked);
                }
            }
        }
        Ok(batch.commit().await?)
    }

    /// Anything but a message.
    async fn input(
        &self,
        from: &dyn Store,
        into: &dyn Store,
        known: KnownRegister<'_>,
        record: &JournalRecord,
    ) -> Result<(), ReplayError> {
        let entry = &record.entry;
        match entry.kind {
            JournalKind::Contract => import(from, into, known, record).await,
            JournalKind::Betaling => pay(from, into, record).await,
            JournalKind::Besluit | JournalKind::Termijn => {
                super::work::decide(into, &known.now.register, record).await
            }
            // What it took out is out of all that is decided again here.
            JournalKind::Verwijdering => enter_as_it_is(into, record).await,
            _ => Err(diverged(entry, "deze soort wordt niet herkend")),
        }
    }
}

const fn is_message(record: &JournalRecord) -> bool {
    matches!(record.entry.kind, JournalKind::Bericht | JournalKind::Parkeren)
}

fn is_overname(record: &JournalRecord) -> bool {
    record.entry.kind == JournalKind::Overname
}

/// The Identificaties that an entry could hand out are those that it can hand out now.
pub(super) fn hand_out_again(known: &mut WorkingSet, entry: &Entry, said: JudgedRef<'_>) {
    if let (Some(first), JudgedRef::Valid(valid)) = (entry.first_identificatie, said) {
        known.hand_out_from(valid.gemeente(), first);
    }
}

/// An entry that could not be decided again.
pub(super) const fn diverged(entry: &Entry, what: &'static str) -> ReplayError {
    ReplayError::Diverged { journal: entry.journal, what }
}

/// The inbox is the input: the same messages under the same numbers. What it has twice came from two senders, or was
/// taken for two (rulings 1.4): nothing is looked up again.
async fn copy_inbox(from: &dyn Store, into: &dyn Store, last: &mut i64) -> Result<(), ReplayError> {
    loop {
        let taken = from.inbox(*last, AT_ONCE).await?;
        let numbers: Vec<Receipt> =
            taken.iter().map(|taken| Receipt::New { arrival: taken.arrival }).collect();
        let Some(end) = taken.last() else {
            return Ok(());
        };
        *last = end.arrival;
        let arrivals = taken.into_iter().map(|TakenMessage { name, channel, bytes, received, .. }| Arrival {
            name,
            channel,
            sha256: Sha256::digest(&bytes).into(),
            bytes,
            packed: None,
            received,
            envelope: None,
        });
        if into.ingest(arrivals.collect()).await? != numbers {
            return Err(StoreError::corrupt("inkomend").into());
        }
    }
}

/// The door of a replay: a transaction in which an entry is decided again, under the number that it had.
pub(super) async fn again(into: &dyn Store, record: &JournalRecord) -> Result<Box<dyn Batch>, ReplayError> {
    let mut batch = into.begin().await?;
    batch.numbers().resume(record);
    batch.numbers().draw_journal();
    Ok(batch)
}

/// An entry that changes nothing but the journal.
pub(super) async fn enter_as_it_is(into: &dyn Store, record: &JournalRecord) -> Result<(), ReplayError> {
    let mut batch = again(into, record).await?;
    batch.enter(Entered::alone(record.entry.clone()));
    Ok(batch.commit().await?)
}

async fn import(
    from: &dyn Store,
    into: &dyn Store,
    known: KnownRegister<'_>,
    record: &JournalRecord,
) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let recorded = from.register(RegisterAt::Journal(entry.journal)).await?;
    let recorded = recorded.filter(|version| version.info.journal == entry.journal);
    let recorded = recorded.ok_or(diverged(entry, "de versie van het contractregister ontbreekt"))?;
    let version = recorded.info.version;
    let sources: Vec<_> = recorded.sources.into_iter().map(|source| (source.name, source.bytes)).collect();
    let import = import_sources(&sources).map_err(|errors| OfficeError::Register { version, errors })?;
    let mut batch = again(into, record).await?;
    let registers = (&*known.before.register, &*known.now.register);
    let (gevolgd, _) = into.gevolgd().await?;
    let changes = imported(&mut *batch, registers, (entry.moment.date(), version), gevolgd).await?;
    let import = for_store(&import, known.now, changes);
    if batch.import_register(entry.clone(), import).await? != version {
        return Err(diverged(entry, "het nummer van de versie"));
    }
    Ok(batch.commit().await?)
}

/// A payment run that was recorded, what the journal says of it, and the entries that it paid: the journal says which. A payment that was undone by
/// hand is found here, whatever the rules are.
async fn paid(
    from: &dyn Store,
    entry: &Entry,
) -> Result<(PaymentRecord, Betaalrun, Vec<LedgerEntry>), ReplayError> {
    let contradicted = |what| ReplayError::Contradicted { journal: entry.journal, what };
    let run = from.payment_runs().await?.into_iter().find(|run| run.journal == entry.journal);
    let run = run.ok_or(contradicted("de betaalrun ontbreekt"))?;
    let changed = contradicted("wat de betaalrun betaalde, staat niet meer als betaald");
    let Some(said) = Betaalrun::read(entry.body.as_deref().unwrap_or_default()) else { return Err(changed) };
    let paid = from.paid_by(run.run).await?;
    if said.boekingen != paid.iter().map(|paid| paid.id).collect() {
        return Err(changed);
    }
    Ok((run, said, paid))
}

async fn pay(from: &dyn Store, into: &dyn Store, record: &JournalRecord) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let (run, said, paid) = paid(from, entry).await?;
    // Entries have other numbers in another store: they are the same when all that they say is.
    let mut payable = into.payable().await?;
    let mut entries = Vec::new();
    for paid in paid {
        let same = |one: &LedgerEntry| one.journal == paid.journal && one.boeking == paid.boeking;
        let at = payable.iter().position(same).ok_or(diverged(entry, "een boeking ontbreekt"))?;
        entries.push(payable.swap_remove(at).id);
    }
    let files = from.payment_files(run.run).await?;
    let payment = recorded_run(run.run, &said, entries, files);
    let mut batch = again(into, record).await?;
    if batch.pay(entry.clone(), payment).await? != run.run {
        return Err(diverged(entry, "het nummer van de betaalrun"));
    }
    Ok(batch.commit().await?)
}
