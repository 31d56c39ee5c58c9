//! A run over many messages: the next batch is read and judged in parallel while this one commits.

use super::core::Core;
use super::engine::Engine;
use super::error::PipelineError;
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

/// Processes messages in order and gives the line of each to `report`, which may stop the run.
pub async fn run<S: Store, H: Hub>(
    engine: &mut Engine<S, H>,
    work: Vec<Work>,
    limits: Limits,
    mut report: impl FnMut(ProcessLine) -> ControlFlow<()>,
) -> Result<(), PipelineError> {
    let (core, register) = (engine.core(), engine.register());
    let (send, mut receive) = tokio::sync::mpsc::channel(1);
    let feeder = tokio::task::spawn_blocking(move || {
        feed(work, core, &register, limits, |batch| match send.blocking_send(batch) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
    });
    let mut done = Ok(ControlFlow::Continue(()));
    while let Some(batch) = receive.recv().await {
        done = one_batch(engine, batch, &mut report).await;
        if !matches!(done, Ok(ControlFlow::Continue(()))) {
            break;
        }
    }
    drop(receive);
    if let Err(error) = feeder.await {
        std::panic::resume_unwind(error.into_panic());
    }
    done.map(|_| ())
}

async fn one_batch<S: Store, H: Hub>(
    engine: &mut Engine<S, H>,
    batch: Vec<Item>,
    report: &mut impl FnMut(ProcessLine) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, PipelineError> {
    let mut messages = Vec::new();
    // The line of what could not be read; none where the next processed message goes.
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
    let mut lines = engine.process(messages).await?.into_iter();
    for place in places {
        let Some(line) = place.or_else(|| lines.next()) else {
            break;
        };
        if report(line).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Reads messages, judges them in parallel and hands them over in batches, in order.
fn feed(
    work: Vec<Work>,
    core: Core,
    register: &Register,
    limits: Limits,
    mut hand_over: impl FnMut(Vec<Item>) -> ControlFlow<()>,
) {
    let mut reader = Reader::default();
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
