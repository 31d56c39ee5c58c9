//! A run over many messages: the next batch is read and judged in parallel while this one commits.

use super::core::Core;
use super::engine::Engine;
use super::error::OfficeError;
use super::intake::{Intake, Stored};
use super::line::{FindingLine, ProcessLine};
use super::ordered::in_order;
use super::prepare::{Incoming, Prepared, prepare};
use super::source::{Reader, Source, SourceError};
use crate::config::Limits;
use crate::contracts::Register;
use crate::hub::Hub;
use crate::messages::Partij;
use crate::store::Store;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;

/// A message to be read and processed.
#[derive(Debug)]
pub struct Work {
    /// Where its bytes are.
    pub source: Source,
    /// The authenticated sender; none is the operator's own file.
    pub channel: Option<Partij>,
    /// A file of ours that is removed once the store has the message.
    pub claimed: Option<PathBuf>,
}

/// A message that was read, or what a script is told of one that could not be.
enum Item {
    Message(Box<Prepared>),
    Unreadable(Box<ProcessLine>),
}

/// Processes messages in order and gives the line of each to `report`, which may stop the run. A line is
/// given once its answers are published.
pub async fn run<S: Store + 'static, H: Hub + 'static>(
    engine: &mut Engine<S, H>,
    work: Vec<Work>,
    limits: Limits,
    mut report: impl FnMut(ProcessLine) -> ControlFlow<()>,
) -> Result<(), OfficeError> {
    let (core, register) = (engine.core(), engine.register());
    let (send, receive) = tokio::sync::mpsc::channel(1);
    let feeder = tokio::task::spawn_blocking(move || {
        feed(work, core, &register, limits, |batch| match send.blocking_send(batch) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
    });
    let arrived = engine.start_lanes();
    let mut batches = Batches::of(engine.intake(), receive, arrived);
    let mut done = Ok(ControlFlow::Continue(()));
    let mut leaving = Leaving::default();
    while let Some(batch) = batches.next().await {
        let lines = decide(engine, batch).await;
        // The answers of the batch before left while this one was decided.
        done = leaving.finish(&mut report).await;
        match lines {
            Ok(lines) if matches!(done, Ok(ControlFlow::Continue(()))) => {
                leaving = Leaving { publishing: Some(engine.start_publishing()), lines };
            }
            Err(error) if done.is_ok() => {
                done = Err(error);
                break;
            }
            _ => break,
        }
    }
    engine.end_lanes().await;
    let last = leaving.finish(&mut report).await;
    batches.stop().await;
    outcome(feeder).await;
    done.and(last).map(|_| ())
}

/// What a task of ours gives; when it panicked, so do we.
async fn outcome<T>(task: JoinHandle<T>) -> T {
    task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// A batch of which the answers are being published.
#[derive(Default)]
struct Leaving {
    publishing: Option<JoinHandle<Result<(), OfficeError>>>,
    lines: Vec<ProcessLine>,
}

impl Leaving {
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

/// A batch that the store has, and the lines of what could not be read.
struct Batch {
    stored: Stored,
    /// None where the next message goes.
    places: Vec<Option<ProcessLine>>,
}

/// Batches, stored one after another.
enum Batches<S> {
    /// Stored when it is its turn: who decides alone counts an attempt with it.
    InTurn(Intake<S>, Receiver<Vec<Item>>),
    /// Stored by a task while the one before is decided.
    Ahead(Receiver<Result<Batch, OfficeError>>, JoinHandle<()>),
}

impl<S: Store + 'static> Batches<S> {
    /// Those who decide beside the run are told of every batch that is stored.
    fn of(intake: Intake<S>, mut prepared: Receiver<Vec<Item>>, arrived: Option<Arc<Notify>>) -> Self {
        if !intake.shared() {
            return Self::InTurn(intake, prepared);
        }
        let (send, stored) = tokio::sync::mpsc::channel(1);
        let storing = tokio::spawn(async move {
            while let Some(batch) = prepared.recv().await {
                let batch = store(&intake, batch).await;
                let failed = batch.is_err();
                if let Some(arrived) = &arrived {
                    arrived.notify_waiters();
                }
                if send.send(batch).await.is_err() || failed {
                    return;
                }
            }
        });
        Self::Ahead(stored, storing)
    }

    async fn next(&mut self) -> Option<Result<Batch, OfficeError>> {
        match self {
            Self::InTurn(intake, prepared) => Some(store(intake, prepared.recv().await?).await),
            Self::Ahead(stored, _) => stored.recv().await,
        }
    }

    /// Takes no more. A task that panicked has not stored everything.
    async fn stop(self) {
        if let Self::Ahead(stored, storing) = self {
            drop(stored);
            outcome(storing).await;
        }
    }
}

/// Stores a batch.
async fn store<S: Store>(intake: &Intake<S>, batch: Vec<Item>) -> Result<Batch, OfficeError> {
    let mut messages = Vec::new();
    let mut places = Vec::with_capacity(batch.len());
    for item in batch {
        match item {
            Item::Message(prepared) => {
                messages.push(*prepared);
                places.push(None);
            }
            Item::Unreadable(line) => places.push(Some(*line)),
        }
    }
    Ok(Batch { stored: intake.store(messages).await?, places })
}

/// Decides a batch; a line for each message, and for each that could not be read.
async fn decide<S: Store, H: Hub>(
    engine: &mut Engine<S, H>,
    batch: Result<Batch, OfficeError>,
) -> Result<Vec<ProcessLine>, OfficeError> {
    let Batch { stored, places } = batch?;
    let mut lines = engine.decide_stored(stored).await?.into_iter();
    Ok(places.into_iter().filter_map(|place| place.or_else(|| lines.next())).collect())
}

/// Reads messages, judges them in parallel and hands them over in batches, in order.
fn feed(
    work: Vec<Work>,
    core: Core,
    register: &Register,
    limits: Limits,
    mut hand_over: impl FnMut(Vec<Item>) -> ControlFlow<()>,
) {
    let mut reader = Reader::new(limits.max_message_bytes);
    let messages = work.into_iter().map(move |work| {
        let bytes = reader.read(&work.source);
        (work, bytes)
    });
    let (mut batch, mut weight) = (Vec::new(), 0);
    let mut stopped = false;
    in_order(
        messages,
        |(_, bytes)| bytes.as_ref().map_or(0, Vec::len),
        |(work, bytes)| item(work, bytes, core, register),
        |item| {
            weight += item.weight();
            batch.push(item);
            if batch.len() < limits.batch_messages && weight < limits.batch_bytes {
                return ControlFlow::Continue(());
            }
            weight = 0;
            let done = hand_over(std::mem::take(&mut batch));
            stopped = done.is_break();
            done
        },
    );
    if !stopped && !batch.is_empty() {
        // The last batch: nobody has to be stopped any more.
        let _ = hand_over(batch);
    }
}

fn item(work: Work, bytes: Result<Vec<u8>, SourceError>, core: Core, register: &Register) -> Item {
    let Work { source, channel, claimed } = work;
    match bytes {
        Ok(bytes) => {
            let incoming = Incoming { name: source.name, channel, claimed, bytes: Arc::from(bytes) };
            Item::Message(Box::new(prepare(incoming, core, register)))
        }
        Err(error) => {
            let finding = FindingLine::unreadable(&error);
            let mut line = ProcessLine::parked(source.name, finding.text.clone());
            line.level = Some(finding.level);
            line.findings.push(finding);
            Item::Unreadable(Box::new(line))
        }
    }
}

impl Item {
    fn weight(&self) -> usize {
        match self {
            Self::Message(prepared) => prepared.incoming.bytes.len(),
            Self::Unreadable(_) => 0,
        }
    }
}
