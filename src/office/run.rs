//! A run over messages: each is stored, decided by whoever claims it, and its line comes back in the order in which the
//! messages were given. While one batch is decided the next is stored, and the one after that read and judged.

use super::again::answer_again;
use super::beside::Beside;
use super::error::OfficeError;
use super::feed::{Batches, FeedBatch, ToRead, feed, outcome};
use super::handle::Office;
use super::intake::StoredMessages;
use super::line::ProcessLine;
use super::outcome::MessageOutcome;
use super::prepare::{Incoming, Prepared};
use super::worker::{Outcomes, Worker};
use crate::store::{InboxStatus, Receipt, StoreError};
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Between two looks at what another worker is deciding.
const BESIDE_OTHERS: Duration = Duration::from_millis(5);

pub struct Run {
    office: Office,
    worker: Worker,
    /// Messages that an earlier run stored and this one decided, until they are asked for.
    backlog: Outcomes,
    /// Outcomes of messages that were decided along with others and may be asked for.
    ahead: Outcomes,
    /// Others that decide for this run.
    beside: Option<Beside>,
}

impl Run {
    /// A run that has done nothing yet.
    #[must_use]
    pub fn new(office: &Office) -> Self {
        Self {
            office: office.clone(),
            worker: office.worker(),
            backlog: Outcomes::new(),
            ahead: Outcomes::new(),
            beside: None,
        }
    }

    /// The office that it runs for.
    #[must_use]
    pub const fn office(&self) -> &Office {
        &self.office
    }

    /// Decides what an earlier run stored and did not decide, and publishes it. Its lines come out with the batch that
    /// brings the same bytes again, or with [`Run::backlog`].
    pub async fn decide_backlog(&mut self) -> Result<(), OfficeError> {
        while let Some(lines) = self.worker.decide_next().await? {
            self.backlog.extend(lines);
        }
        self.office.publish().await
    }

    /// Outcomes of the backlog that were not asked for, in order of arrival.
    pub fn backlog(&mut self) -> Vec<ProcessLine> {
        let backlog = std::mem::take(&mut self.backlog).into_values();
        backlog.map(|outcome| self.office.shown(outcome)).collect()
    }

    /// Stores, decides and publishes messages; their lines in the same order.
    pub async fn process(&mut self, messages: Vec<Incoming>) -> Result<Vec<ProcessLine>, OfficeError> {
        let lines = self.take_in(messages).await?;
        self.office.publish().await?;
        Ok(lines)
    }

    /// Stores and decides messages; their lines in the same order. What leaves is in the outbox.
    pub async fn take_in(&mut self, messages: Vec<Incoming>) -> Result<Vec<ProcessLine>, OfficeError> {
        let register = self.office.register().await?;
        let prepare = |incoming| self.office.prepare(incoming, &register);
        let messages: Vec<Prepared> = messages.into_iter().map(prepare).collect();
        let stored = self.office.intake(&register).store(messages).await?;
        self.decide_stored(stored).await
    }

    /// Processes messages in order and gives the line of each to `report`, which may stop the run. A line is given once
    /// its answers are published.
    pub async fn all(
        &mut self,
        work: Vec<ToRead>,
        mut report: impl FnMut(ProcessLine) -> ControlFlow<()>,
    ) -> Result<(), OfficeError> {
        let register = self.office.register().await?;
        let (core, limits) = (self.office.core(), self.office.settings().limits);
        let intake = self.office.intake(&register);
        let (send, receive) = tokio::sync::mpsc::channel(1);
        let feeder = tokio::task::spawn_blocking(move || {
            feed(work, core, &register.versie.register, limits, |batch| match send.blocking_send(batch) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            });
        });
        self.start_others();
        let mut batches = Batches::of(intake, receive, self.beside.as_ref().map(Beside::work));
        let mut done = Ok(ControlFlow::Continue(()));
        let mut leaving = PublishingBatch::default();
        while let Some(batch) = batches.next().await {
            let lines = self.decide(batch).await;
            // The answers of the batch before left while this one was decided.
            done = leaving.finish(&mut report).await;
            match lines {
                Ok(lines) if matches!(done, Ok(ControlFlow::Continue(()))) => {
                    leaving = PublishingBatch { publishing: Some(self.office.start_publishing()), lines };
                }
                Err(error) if done.is_ok() => {
                    done = Err(error);
                    break;
                }
                _ => break,
            }
        }
        if let Some(beside) = self.beside.take() {
            beside.end().await;
        }
        let last = leaving.finish(&mut report).await;
        batches.stop().await;
        outcome(feeder).await;
        done.and(last).map(|_| ())
    }

    /// From now on as many as the settings say decide, on a store on which they can.
    fn start_others(&mut self) {
        let others = self.office.settings().workers.saturating_sub(1);
        if self.office.store().shared() && others > 0 {
            self.beside = Some(Beside::start(&self.office, others));
        }
    }

    /// Decides a batch; a line for each message, and for each that could not be read.
    async fn decide(
        &mut self,
        batch: Result<FeedBatch, OfficeError>,
    ) -> Result<Vec<ProcessLine>, OfficeError> {
        let FeedBatch { stored, places } = batch?;
        let mut lines = self.decide_stored(stored).await?.into_iter();
        let shown = |outcome: MessageOutcome| self.office.shown(outcome);
        Ok(places.into_iter().filter_map(|place| place.map(shown).or_else(|| lines.next())).collect())
    }

    /// Decides messages that were stored; their lines in the same order.
    async fn decide_stored(&mut self, stored: StoredMessages) -> Result<Vec<ProcessLine>, OfficeError> {
        let StoredMessages { names, receipts } = stored;
        answer_again(self.office.store(), self.office.hub(), &receipts).await?;
        // What was stored ahead may have been known then and not decided yet.
        let open = |receipt: &Receipt| match receipt {
            Receipt::New { arrival } | Receipt::Known { arrival, outcome: None, .. } => Some(*arrival),
            Receipt::Known { .. } => None,
        };
        let arrivals: Vec<i64> = receipts.iter().filter_map(open).collect();
        let outcomes = self.decide_until(&arrivals).await?;
        let receipts = names.into_iter().zip(receipts);
        receipts.map(|(name, receipt)| self.line(name, receipt, &outcomes)).collect()
    }

    /// The line of one message: of a new one its own, of a known one that of the first.
    fn line(
        &mut self,
        name: String,
        receipt: Receipt,
        outcomes: &Outcomes,
    ) -> Result<ProcessLine, OfficeError> {
        let (arrival, outcome) = match receipt {
            Receipt::New { arrival } => {
                let outcome = outcomes.get(&arrival).cloned().ok_or(NO_OUTCOME)?;
                return Ok(self.office.shown(outcome));
            }
            Receipt::Known { arrival, outcome, .. } => (arrival, outcome),
        };
        let (first, duplicate) = if let Some(outcome) = self.backlog.remove(&arrival) {
            (outcome, false)
        } else if let Some(outcome) = outcomes.get(&arrival) {
            (outcome.clone(), true)
        } else {
            (stored(outcome.as_deref())?, true)
        };
        Ok(ProcessLine { file: name, duplicate, ..self.office.shown(first) })
    }

    /// Decides whatever waits until these messages are decided, by whoever.
    pub(super) async fn decide_until(&mut self, arrivals: &[i64]) -> Result<Outcomes, OfficeError> {
        let mut lines = std::mem::take(&mut self.ahead);
        loop {
            if let Some(beside) = &mut self.beside {
                lines.append(&mut beside.decided()?);
            }
            let missing = |arrival: &&i64| !lines.contains_key(*arrival);
            let open: Vec<i64> = arrivals.iter().filter(missing).copied().collect();
            if open.is_empty() {
                break;
            }
            if let Some(done) = self.worker.decide_next().await? {
                lines.extend(done);
                if let Some(beside) = &self.beside {
                    beside.work().notify_waiters();
                }
                continue;
            }
            lines.append(&mut self.decided_by_others(&open).await?);
        }
        // What came later may be ours and be asked for; nobody asks us for what came before.
        let last = arrivals.iter().max().copied().unwrap_or_default();
        self.ahead = lines.split_off(&last.saturating_add(1));
        Ok(lines)
    }

    /// What other workers came to on these messages; waits a moment when they have them.
    async fn decided_by_others(&mut self, arrivals: &[i64]) -> Result<Outcomes, OfficeError> {
        let mut lines = Outcomes::new();
        for (arrival, (status, outcome)) in self.office.store().outcomes(arrivals).await? {
            if status != InboxStatus::Open {
                lines.insert(arrival, stored(Some(&outcome))?);
            }
        }
        self.office.fresh().forget(lines.keys());
        match &mut self.beside {
            Some(beside) => lines.append(&mut beside.wait().await?),
            None => tokio::time::sleep(BESIDE_OTHERS).await,
        }
        Ok(lines)
    }
}

/// A batch of which the answers are being published.
#[derive(Default)]
struct PublishingBatch {
    publishing: Option<JoinHandle<Result<(), OfficeError>>>,
    lines: Vec<ProcessLine>,
}

impl PublishingBatch {
    /// Waits until its answers are published and gives its lines to `report`.
    async fn finish(
        &mut self,
        report: &mut impl FnMut(ProcessLine) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, OfficeError> {
        if let Some(publishing) = self.publishing.take() {
            outcome(publishing).await?;
        }
        for line in std::mem::take(&mut self.lines) {
            if report(line).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

const NO_OUTCOME: StoreError = StoreError::Corrupt("de uitkomst van een bericht");

fn stored(json: Option<&str>) -> Result<MessageOutcome, StoreError> {
    json.and_then(MessageOutcome::read).ok_or(NO_OUTCOME)
}
