//! Messages on their way into a run: read and judged on all cores, handed over in batches, stored ahead of what is
//! being decided.

use super::core::Core;
use super::error::OfficeError;
use super::intake::{Intake, StoredMessages};
use super::line::FindingLine;
use super::ordered::in_order;
use super::outcome::MessageOutcome;
use super::prepare::{Incoming, Prepared, prepare};
use super::source::{Reader, Source, SourceError};
use crate::config::Limits;
use crate::contracts::Register;
use crate::messages::Partij;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;

/// A message to be read and processed.
#[derive(Debug)]
pub struct ToRead {
    /// Where its bytes are.
    pub source: Source,
    /// The authenticated sender; none is the operator's own file.
    pub channel: Option<Partij>,
    /// A file of ours that is removed once the store has the message.
    pub claimed: Option<PathBuf>,
}

/// A message that was read, or what a script is told of one that could not be.
pub(super) enum FedMessage {
    Message(Box<Prepared>),
    Unreadable(Box<MessageOutcome>),
}

/// A batch that the store has, and the lines of what could not be read.
pub(super) struct FeedBatch {
    pub(super) stored: StoredMessages,
    /// None where the next message goes.
    pub(super) places: Vec<Option<MessageOutcome>>,
}

/// Batches, stored one after another by a task of their own.
pub(super) struct Batches {
    stored: Receiver<Result<FeedBatch, OfficeError>>,
    storing: JoinHandle<()>,
}

impl Batches {
    /// Begins to store. Those who decide beside the run are told of every batch.
    pub(super) fn of(
        intake: Intake,
        mut prepared: Receiver<Vec<FedMessage>>,
        arrived: Option<Arc<Notify>>,
    ) -> Self {
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
        Self { stored, storing }
    }

    pub(super) async fn next(&mut self) -> Option<Result<FeedBatch, OfficeError>> {
        self.stored.recv().await
    }

    /// Takes no more. A task that panicked has not stored everything.
    pub(super) async fn stop(self) {
        drop(self.stored);
        outcome(self.storing).await;
    }
}

/// What a task of ours gives; when it panicked, so do we.
pub(super) async fn outcome<T>(task: JoinHandle<T>) -> T {
    task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Stores a batch.
async fn store(intake: &Intake, batch: Vec<FedMessage>) -> Result<FeedBatch, OfficeError> {
    let mut messages = Vec::new();
    let mut places = Vec::with_capacity(batch.len());
    for item in batch {
        match item {
            FedMessage::Message(prepared) => {
                messages.push(*prepared);
                places.push(None);
            }
            FedMessage::Unreadable(outcome) => places.push(Some(*outcome)),
        }
    }
    Ok(FeedBatch { stored: intake.store(messages).await?, places })
}

/// Reads messages, judges them in parallel and hands them over in batches, in order.
pub(super) fn feed(
    work: Vec<ToRead>,
    core: Core,
    register: &Register,
    limits: Limits,
    mut hand_over: impl FnMut(Vec<FedMessage>) -> ControlFlow<()>,
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

fn item(work: ToRead, bytes: Result<Vec<u8>, SourceError>, core: Core, register: &Register) -> FedMessage {
    let ToRead { source, channel, claimed } = work;
    match bytes {
        Ok(bytes) => {
            let incoming = Incoming { name: source.name, channel, claimed, bytes: Arc::from(bytes) };
            FedMessage::Message(Box::new(prepare(incoming, core, register)))
        }
        Err(error) => {
            let finding = FindingLine::unreadable(&error);
            let mut outcome = MessageOutcome::parked(source.name, finding.text.clone());
            outcome.level = Some(finding.level);
            outcome.findings.push(finding);
            FedMessage::Unreadable(Box::new(outcome))
        }
    }
}

impl FedMessage {
    fn weight(&self) -> usize {
        match self {
            Self::Message(prepared) => prepared.incoming.bytes.len(),
            Self::Unreadable(_) => 0,
        }
    }
}
