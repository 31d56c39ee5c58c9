//! Decides a journal again, from the first entry to the last, into an empty store.
//!
//! Every entry names the moment, the numbers, the register version and the settings that it was decided
//! with, so the same functions give the same state. Payment files are taken over as they were: they are
//! made with bank details that are configuration, and what was paid was paid.

use crate::contracts::{Register, Versie, import_sources};
use crate::decide::Requests;
use crate::hub::Hub;
use crate::pipeline::core::Core;
use crate::pipeline::prepare::{Judged, judge};
use crate::pipeline::register::{Along, for_store};
use crate::pipeline::step::{Context, Open, Said, Step};
use crate::pipeline::{PipelineError, Settings};
use crate::state::{FactKeys, WorkingSet};
use crate::store::{
    Arrival, Batch, Entered, Entry, JournalKind, JournalRecord, LedgerEntry, PaymentRun, Receipt, RegisterAt,
    STATE, Store, StoreError, TakeLimit, Taken,
};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Entries that are read, and messages that are decided, at once.
const AT_ONCE: TakeLimit = TakeLimit { messages: 256, bytes: 32 * 1024 * 1024 };

/// Why a journal could not be decided again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register, or a decision on a work item.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// Deciding again came to something else, or could not be done.
    #[error("journaalregel {journal}: opnieuw beslissen geeft iets anders ({what})")]
    Diverged {
        /// Journal number.
        journal: i64,
        /// What differs, in Dutch, without personal data.
        what: &'static str,
    },
}

/// What a journal is decided again with.
#[derive(Clone)]
pub struct Replay<'a, H> {
    /// The rules.
    pub core: Core,
    /// Settings of the installation; moments and how requests are answered come from the journal.
    pub settings: Settings,
    /// Where answers lie.
    pub hub: &'a H,
}

/// How far a rebuild is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Last arrival number that was copied.
    pub arrival: i64,
    /// Last journal number that was decided again.
    pub journal: i64,
    /// Journal entries.
    pub entries: u64,
}

impl<H: Hub> Replay<'_, H> {
    /// Decides everything again into an empty store. Returns how many entries there were.
    pub async fn rebuild<S: Store, T: Store>(&self, from: &S, into: &T) -> Result<u64, ReplayError> {
        let mut done = Rebuilt::default();
        self.go_on(from, into, &mut done).await?;
        Ok(done.entries)
    }

    /// Goes on where an earlier call ended: what came in since is decided again as well.
    pub async fn go_on<S: Store, T: Store>(
        &self,
        from: &S,
        into: &T,
        done: &mut Rebuilt,
    ) -> Result<(), ReplayError> {
        copy_inbox(from, into, &mut done.arrival).await?;
        let mut registers = Along::of(from).await?;
        loop {
            let records = from.journal(done.journal, AT_ONCE).await?;
            let Some(end) = records.last() else {
                return Ok(());
            };
            done.journal = end.entry.journal;
            done.entries += records.len() as u64;
            let alike = |one: &JournalRecord, next: &JournalRecord| {
                is_message(one) && is_message(next) || is_overname(one) && is_overname(next)
            };
            for group in records.chunk_by(alike) {
                // No import stands within a group.
                let known = registers.known_at(group[0].entry.journal).await?;
                match group {
                    taken if is_overname(&taken[0]) => {
                        super::overname::take_over(into, &known.register, taken).await?;
                    }
                    [one] if !is_message(one) => self.input(from, into, known, one).await?,
                    messages => self.messages(into, &known.register, messages).await?,
                }
            }
        }
    }

    /// Messages after one another, in one transaction.
    async fn messages<T: Store>(
        &self,
        into: &T,
        register: &Register,
        records: &[JournalRecord],
    ) -> Result<(), ReplayError> {
        let mut keys = FactKeys::default();
        let mut messages = Vec::with_capacity(records.len());
        for record in records {
            let JournalRecord { entry, message, .. } = record;
            let missing = diverged(entry, "het bericht ontbreekt");
            let Taken { arrival, name, channel, bytes, .. } = message.clone().ok_or(missing)?.unpacked()?;
            let judged = judge(&bytes, self.core, register);
            if let Judged::Valid(valid) = &judged {
                keys.merge(&valid.keys);
            }
            messages.push((record, Open { arrival, name, channel, bytes, judged }));
        }
        let mut batch = into.begin().await?;
        let mut known = batch.load(&keys).await?;
        for (record, open) in &messages {
            let entry = &record.entry;
            batch.numbers().resume(record);
            let settings = self.settings(entry.requests);
            let context = Context {
                core: self.core,
                settings: &settings,
                register,
                register_version: entry.register_version,
                hub: self.hub,
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
                | (JournalKind::Parkeren, Ok(step @ Step::Parked(..))) => step,
                // It was given up then, whatever it would be now.
                (JournalKind::Parkeren, _) => {
                    *batch.numbers() = before;
                    context.give_up(&subject, batch.numbers())
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
    async fn input<S: Store, T: Store>(
        &self,
        from: &S,
        into: &T,
        known: &Versie,
        record: &JournalRecord,
    ) -> Result<(), ReplayError> {
        let entry = &record.entry;
        match entry.kind {
            JournalKind::Contract => import(from, into, known, record).await,
            JournalKind::Betaling => pay(from, into, record).await,
            JournalKind::Besluit | JournalKind::Termijn => {
                super::work::decide(into, &known.register, record).await
            }
            // What it took out is out of all that is decided again here.
            JournalKind::Verwijdering => enter_as_it_is(into, record).await,
            _ => Err(diverged(entry, "deze soort wordt niet herkend")),
        }
    }

    fn settings(&self, requests: Requests) -> Settings {
        Settings { requests, ..self.settings.clone() }
    }
}

const fn is_message(record: &JournalRecord) -> bool {
    matches!(record.entry.kind, JournalKind::Bericht | JournalKind::Parkeren)
}

fn is_overname(record: &JournalRecord) -> bool {
    record.entry.kind == JournalKind::Overname
}

/// The Identificaties that an entry could hand out are those that it can hand out now.
pub(super) fn hand_out_again(known: &mut WorkingSet, entry: &Entry, said: Said<'_>) {
    if let (Some(first), Said::Valid(valid)) = (entry.first_identificatie, said) {
        known.hand_out_from(valid.gemeente(), first);
    }
}

/// An entry that could not be decided again.
pub(super) const fn diverged(entry: &Entry, what: &'static str) -> ReplayError {
    ReplayError::Diverged { journal: entry.journal, what }
}

/// The inbox is the input: the same messages under the same numbers.
async fn copy_inbox<S: Store, T: Store>(from: &S, into: &T, last: &mut i64) -> Result<(), ReplayError> {
    loop {
        let taken = from.inbox(*last, AT_ONCE).await?;
        let numbers: Vec<Receipt> =
            taken.iter().map(|taken| Receipt::New { arrival: taken.arrival }).collect();
        let Some(end) = taken.last() else {
            return Ok(());
        };
        *last = end.arrival;
        let arrivals = taken.into_iter().map(|Taken { name, channel, bytes, received, .. }| Arrival {
            name,
            channel,
            sha256: Sha256::digest(&bytes).into(),
            bytes,
            packed: None,
            received,
            relatie: None,
        });
        if into.ingest(arrivals.collect(), false).await? != numbers {
            return Err(StoreError::Corrupt("inkomend").into());
        }
    }
}

/// An entry that changes nothing but the journal.
async fn enter_as_it_is<T: Store>(into: &T, record: &JournalRecord) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let mut batch = into.begin().await?;
    batch.numbers().resume(record);
    if batch.numbers().draw_journal() != entry.journal {
        return Err(diverged(entry, "het journaalnummer"));
    }
    batch.enter(Entered {
        entry: entry.clone(),
        changes: Vec::new(),
        answers: Vec::new(),
        forwarded: None,
        forwards: Vec::new(),
        first_send: 0,
        work: Vec::new(),
        first_work: 0,
    });
    Ok(batch.commit().await?)
}

async fn import<S: Store, T: Store>(
    from: &S,
    into: &T,
    known: &Versie,
    record: &JournalRecord,
) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let recorded = from.register(RegisterAt::Journal(entry.journal)).await?;
    let recorded = recorded.filter(|version| version.info.journal == entry.journal);
    let recorded = recorded.ok_or(diverged(entry, "de versie van het contractregister ontbreekt"))?;
    let version = recorded.info.version;
    let sources: Vec<_> = recorded.sources.into_iter().map(|source| (source.name, source.bytes)).collect();
    let import = import_sources(&sources).map_err(|errors| PipelineError::Register { version, errors })?;
    let import = for_store(&import, known);
    let mut batch = into.begin().await?;
    batch.numbers().resume(record);
    let same = batch.numbers().draw_journal() == entry.journal
        && batch.import_register(entry.clone(), import).await? == version;
    if !same {
        return Err(diverged(entry, "het nummer van de versie"));
    }
    Ok(batch.commit().await?)
}

async fn pay<S: Store, T: Store>(from: &S, into: &T, record: &JournalRecord) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let run = from.payment_runs().await?.into_iter().find(|run| run.journal == entry.journal);
    let run = run.ok_or(diverged(entry, "de betaalrun ontbreekt"))?;
    // Entries have other numbers in another store: they are the same when all that they say is.
    let mut payable = into.payable().await?;
    let mut entries = Vec::new();
    for paid in from.paid_by(run.run).await? {
        let same = |one: &LedgerEntry| one.journal == paid.journal && one.boeking == paid.boeking;
        let at = payable.iter().position(same).ok_or(diverged(entry, "een boeking ontbreekt"))?;
        entries.push(payable.swap_remove(at).id);
    }
    let mut batch = into.begin().await?;
    batch.numbers().resume(record);
    let payment = PaymentRun { datum: run.datum, entries, files: run.files };
    let same = batch.numbers().draw_journal() == entry.journal
        && batch.pay(entry.clone(), payment).await? == run.run;
    if !same {
        return Err(diverged(entry, "het nummer van de betaalrun"));
    }
    Ok(batch.commit().await?)
}

/// Where the state of two stores differs.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Differences {
    /// The first table with a difference, and how many of its rows differ. `None`: nothing does.
    pub first: Option<(&'static str, usize)>,
    /// Table and first column of rows that differ, which is never personal; as many as were asked for.
    pub named: Vec<(&'static str, String)>,
}

/// Compares two stores row by row: of what is equal nothing is kept.
pub async fn differences<A: Store, B: Store>(
    one: &A,
    other: &B,
    named: usize,
) -> Result<Differences, StoreError> {
    let mut found = Differences::default();
    for table in STATE {
        let (mut left, mut right) = (one.state(table), other.state(table));
        // How often more a row stands on the left: where one is missing, all behind it come a place earlier.
        let mut unequal: BTreeMap<String, i64> = BTreeMap::new();
        loop {
            let (row, counterpart) = tokio::try_join!(left.try_next(), right.try_next())?;
            if row.is_none() && counterpart.is_none() {
                break;
            }
            if row != counterpart {
                let sides = [(row, 1), (counterpart, -1)];
                for (row, times) in sides.into_iter().filter_map(|(row, times)| Some((row?, times))) {
                    let more = unequal.remove(&row).unwrap_or_default() + times;
                    if more != 0 {
                        unequal.insert(row, more);
                    }
                }
            }
        }
        let missing: i64 = unequal.values().filter(|times| **times > 0).sum();
        let extra: i64 = unequal.values().filter(|times| **times < 0).sum();
        let rows = usize::try_from(missing.max(-extra)).unwrap_or(usize::MAX);
        if rows > 0 {
            found.first.get_or_insert((table, rows));
        }
        let key = |row: &String| row.split('|').nth(1).unwrap_or_default().to_owned();
        let keys: BTreeSet<String> = unequal.keys().map(key).collect();
        let room = named.saturating_sub(found.named.len());
        found.named.extend(keys.into_iter().take(room).map(|key| (table, key)));
    }
    Ok(found)
}
