//! One that decides messages: a batch at a time is claimed, judged at levels 1 and 2, decided on one working set and
//! recorded in one transaction; and what follows when that fails. Any number work side by side, in one process or in
//! several.

use super::core::Core;
use super::error::OfficeError;
use super::fresh::{AtHand, FoundFresh};
use super::handle::{Office, ParkedForPeople};
use super::ordered::in_order;
use super::outcome::MessageOutcome;
use super::prepare::{Judged, judge};
use super::register::InForce;
use super::step::{OpenMessage, Step};
use crate::clock::Clock;
use crate::contracts::Register;
use crate::messages::{Partij, Relatie};
use crate::state::FactKeys;
use crate::store::{Batch, Claim, PackedMessage, StoreError, TakeLimit, TakenMessage, Waiting};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// Races after one another that a worker may lose before they count as attempts. Who loses so many does not lose a
/// race: something is there twice, and whoever tries again finds it again.
const RACES_LOST: u32 = 6;
/// The pause after the first race that was lost; each next one is twice as long.
const PAUSE_AFTER_RACE: Duration = Duration::from_millis(5);

/// What messages led to, by arrival number.
pub type Outcomes = BTreeMap<i64, MessageOutcome>;

/// One that decides.
pub struct Worker {
    office: Office,
    /// Messages of which an attempt was counted that was none.
    uncounted: Vec<i64>,
    /// Races that were lost after one another.
    races_lost: u32,
}

/// Why a batch was not recorded.
enum BatchFailure {
    /// A rule panicked: the messages are judged one by one.
    Panicked,
    /// The store refused.
    Store(StoreError),
}

impl From<StoreError> for BatchFailure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Worker {
    pub(super) const fn of(office: Office) -> Self {
        Self { office, uncounted: Vec::new(), races_lost: 0 }
    }

    /// The office that it works for.
    #[must_use]
    pub const fn office(&self) -> &Office {
        &self.office
    }

    /// Decides the next open messages that nobody else decides on, as one batch. What they led to by arrival number, none
    /// when the batch failed and its messages wait for another attempt; `None` when there was nothing to take.
    /// What leaves is in the outbox.
    pub async fn decide_next(&mut self) -> Result<Option<Outcomes>, OfficeError> {
        self.uncount().await?;
        let limits = self.office.settings().limits;
        let limit = TakeLimit { messages: limits.batch_messages, bytes: limits.batch_bytes };
        // That messages are in hand is counted before they are judged: what kills us is not tried for ever. What it
        // says of each of them: `Waiting::failed_attempts`.
        let own = self.office.fresh().judged();
        let claim = self.office.store().claim(limit, &own).await?;
        let Some(Claim { mut batch, messages }) = claim else { return Ok(None) };
        let arrivals: Vec<i64> = messages.iter().map(|message| message.arrival).collect();
        let version = batch.register_version();
        let register = match self.office.registers().get(self.office.store(), version).await {
            Ok(register) => register,
            Err(error) => {
                // Contracts that cannot be read are no fault of the messages.
                self.uncounted = arrivals;
                return Err(error);
            }
        };
        let failed_attempts = messages.first().map_or(0, Waiting::failed_attempts);
        let attempts = limits.attempts;
        // A store that cannot give the messages back is no fault of theirs.
        let done = match self.opened(&mut *batch, &arrivals, &register).await {
            Err(error) => Err(error.into()),
            Ok(open) => match &open[..] {
                [open] if failed_attempts >= attempts => self.give_up(batch, open, &register).await,
                open => self.decide(batch, open, &register).await,
            },
        };
        let lost = matches!(&done, Err(BatchFailure::Store(StoreError::LostRace { .. })));
        match done {
            Ok(outcomes) => {
                self.races_lost = 0;
                Ok(Some(outcomes))
            }
            Err(BatchFailure::Store(error)) if lost && self.races_lost < RACES_LOST => {
                tracing::debug!(%error, "de berichten worden opnieuw beoordeeld");
                self.uncounted = arrivals;
                self.uncount().await?;
                tokio::time::sleep(PAUSE_AFTER_RACE * 2_u32.pow(self.races_lost)).await;
                self.races_lost += 1;
                Ok(Some(Outcomes::new()))
            }
            Err(BatchFailure::Store(error)) if !may_pass(&error) || failed_attempts > attempts => {
                if error.is_of_the_store() {
                    self.give_back(arrivals).await;
                }
                Err(error.into())
            }
            Err(failure) => {
                failure.log();
                Ok(Some(Outcomes::new()))
            }
        }
    }

    /// That these were in hand does not count. Who works on says so again; who ends here has said it now. Where nothing
    /// can be written the attempt stays counted.
    async fn give_back(&mut self, arrivals: Vec<i64>) {
        self.uncounted = arrivals;
        if let Err(error) = self.uncount().await {
            tracing::debug!(%error, "pogingen nog niet teruggenomen");
        }
    }

    /// Takes attempts back that were none.
    async fn uncount(&mut self) -> Result<(), OfficeError> {
        if !self.uncounted.is_empty() {
            self.office.store().uncount(&self.uncounted).await?;
            self.uncounted.clear();
        }
        Ok(())
    }

    /// Claimed messages as they were judged when they were stored here; others are judged now, and those that were not
    /// stored here are read.
    async fn opened(
        &self,
        batch: &mut dyn Batch,
        arrivals: &[i64],
        register: &InForce,
    ) -> Result<Vec<OpenMessage>, StoreError> {
        let FoundFresh { judged: mut open, stored, missing } =
            self.office.fresh().take(arrivals, register.version);
        let mut unjudged: Vec<Unjudged> = stored.into_iter().map(Unjudged::at_hand).collect();
        if !missing.is_empty() {
            unjudged.extend(batch.content(&missing).await?.into_iter().map(Unjudged::kept));
        }
        if !unjudged.is_empty() {
            open.extend(self.judged(unjudged, register).await);
            open.sort_unstable_by_key(|open| open.arrival);
        }
        Ok(open)
    }

    /// Levels 1 and 2 of messages, on all cores.
    async fn judged(&self, messages: Vec<Unjudged>, register: &InForce) -> Vec<OpenMessage> {
        let (core, register) = (self.office.core(), register.versie.register.clone());
        let open = move |message: Unjudged| message.judge(core, &register);
        if messages.len() == 1 {
            return messages.into_iter().map(open).collect();
        }
        let all = tokio::task::spawn_blocking(move || {
            let mut all = Vec::with_capacity(messages.len());
            let keep = |open| {
                all.push(open);
                ControlFlow::Continue(())
            };
            in_order(messages.into_iter(), Unjudged::length, open, keep);
            all
        });
        all.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// Decides messages one after another on one working set, and records them in one transaction.
    async fn decide(
        &self,
        mut batch: Box<dyn Batch>,
        messages: &[OpenMessage],
        register: &InForce,
    ) -> Result<Outcomes, BatchFailure> {
        let mut keys = FactKeys::default();
        for open in messages {
            match &open.judged {
                Judged::Valid(valid) => keys.merge(&valid.keys),
                Judged::Invalid(_) => {}
                Judged::Panicked => return Err(BatchFailure::Panicked),
                Judged::Damaged(_) => return Err(StoreError::Corrupt("archief").into()),
            }
        }
        let mut known = batch.load(&keys).await?;
        let mut issued = self.office.issued().get();
        let mut steps = Vec::with_capacity(messages.len());
        for open in messages {
            let context = self.office.context(register, issued);
            let step = catch_unwind(AssertUnwindSafe(|| context.step(open, &known, batch.numbers())))
                .map_err(|_| BatchFailure::Panicked)?;
            if let Step::Decided(decided, _) = &step {
                known.apply(&decided.decision.changes, &open.bytes);
                // The clock of the machine moves by itself.
                if matches!(self.office.settings().clock, Clock::Fixed(_)) {
                    issued += decided.decision.issued;
                }
            }
            steps.push(step);
        }
        // Whoever decides next counts on, also before this one hears of its commit.
        self.office.issued().at_least(issued);
        self.record(batch, messages, steps).await
    }

    /// Parks a message that failed too often.
    async fn give_up(
        &self,
        mut batch: Box<dyn Batch>,
        open: &OpenMessage,
        register: &InForce,
    ) -> Result<Outcomes, BatchFailure> {
        tracing::error!(arrival = open.arrival, "bericht geparkeerd na te veel pogingen");
        batch.load(&FactKeys::default()).await?;
        let context = self.office.context(register, self.office.issued().get());
        let bericht = open.bericht();
        let subject = open.subject(bericht.as_ref());
        let step = match open.judged {
            Judged::Damaged(relatie) => context.set_damaged_aside(&subject, relatie, batch.numbers()),
            _ => context.give_up(&subject, batch.numbers()),
        };
        self.record(batch, std::slice::from_ref(open), vec![step]).await
    }

    async fn record(
        &self,
        mut batch: Box<dyn Batch>,
        messages: &[OpenMessage],
        steps: Vec<Step>,
    ) -> Result<Outcomes, BatchFailure> {
        let by = batch.settle_numbers().await?;
        let (mut outcomes, mut shown) = (Outcomes::new(), Vec::new());
        for (open, step) in messages.iter().zip(steps) {
            record(&mut *batch, open, step.moved(by), &mut outcomes, &mut shown);
        }
        batch.commit().await?;
        self.office.show(shown);
        Ok(outcomes)
    }
}

/// A message that levels 1 and 2 were not asked about yet.
struct Unjudged {
    arrival: i64,
    name: String,
    channel: Option<Partij>,
    content: ClaimedBytes,
}

enum ClaimedBytes {
    /// At hand.
    Bytes(Arc<[u8]>),
    /// As the archive keeps it, with the relatie of when it came in.
    Frame(PackedMessage, Option<Relatie>),
}

impl Unjudged {
    fn at_hand((arrival, AtHand { name, channel, bytes, .. }): (i64, AtHand)) -> Self {
        Self { arrival, name, channel, content: ClaimedBytes::Bytes(bytes) }
    }

    fn kept(
        TakenMessage { arrival, name, channel, bytes, relatie, .. }: TakenMessage<PackedMessage>,
    ) -> Self {
        Self { arrival, name, channel, content: ClaimedBytes::Frame(bytes, relatie) }
    }

    fn length(&self) -> usize {
        match &self.content {
            ClaimedBytes::Bytes(bytes) => bytes.len(),
            ClaimedBytes::Frame(frame, _) => frame.length(),
        }
    }

    fn judge(self, core: Core, register: &Register) -> OpenMessage {
        let Self { arrival, name, channel, content } = self;
        let (bytes, damaged) = match content {
            ClaimedBytes::Bytes(bytes) => (bytes, None),
            ClaimedBytes::Frame(frame, relatie) => match frame.bytes() {
                Ok(bytes) => (bytes, None),
                Err(_) => (Arc::default(), Some(Judged::Damaged(relatie))),
            },
        };
        let judged = damaged.unwrap_or_else(|| judge(&bytes, core, register));
        OpenMessage { arrival, name, channel, bytes, judged }
    }
}

impl BatchFailure {
    fn log(&self) {
        match self {
            Self::Panicked => {
                tracing::error!("een regel liep vast; de berichten worden een voor een beoordeeld");
            }
            Self::Store(error) => {
                tracing::error!(code = error.label(), %error, "de berichten worden een voor een beoordeeld");
            }
        }
    }
}

/// Whether another attempt may succeed, or the others without the one that it is about: one message, or what is damaged
/// behind it, cannot stop the others.
fn may_pass(error: &StoreError) -> bool {
    matches!(error, StoreError::Database { .. } | StoreError::LostRace { .. } | StoreError::Corrupt(_))
}

fn record(
    batch: &mut dyn Batch,
    open: &OpenMessage,
    step: Step,
    outcomes: &mut Outcomes,
    shown: &mut Vec<ParkedForPeople>,
) {
    let outcome = match step {
        Step::Decided(decided, outcome) => {
            batch.record(*decided);
            outcome
        }
        Step::Parked(parked, outcome) => {
            let (bytes, notice) = (open.bytes.clone(), parked.notice.clone());
            shown.push(ParkedForPeople { arrival: open.arrival, bytes, notice });
            batch.park(*parked);
            outcome
        }
    };
    outcomes.insert(open.arrival, outcome);
}
