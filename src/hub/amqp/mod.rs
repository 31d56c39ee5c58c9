//! RabbitMQ. Messages leave on one connection and come in on another, because a broker that holds back
//! publishers stops everything on their connection.

mod again;
mod aside;
mod content;
mod feed;
mod inspect;
mod intake;
mod link;
pub mod properties;
pub mod topology;
mod version;
mod window;

pub use content::{ContentError, Packing};
pub use inspect::{Inspected, inspect};
pub use intake::AmqpIntake;
pub use link::{Backoff, BrokerAddress, LinkState};
pub use version::version;

use super::{HubError, HubTrouble, Outbound, Published, Told};
use crate::config::Broker;
use crate::hub::kennisgeving::KennisgevingBestand;
use crate::hub::notice;
use crate::messages::{BerichtSoort, Partij};
use crate::store::{OutboxMessage, SentMessage, TeMelden, UnsentNotice};
use again::Again;
use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, MaybeDone, maybe_done};
use lapin::Confirmation;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use link::Link;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use topology::{BoundQueue, Topology};

/// The publishing end.
pub struct AmqpHub {
    address: BrokerAddress,
    topology: Topology,
    packing: Packing,
    window: usize,
    timeout: Duration,
    receivers: Vec<Partij>,
    state: Arc<LinkState>,
    publishing: Mutex<Option<Publishing>>,
    again: Again,
}

/// A connection to publish on, and the receivers whose queues are there.
struct Publishing {
    link: Link,
    declared: BTreeSet<(Lane, Partij)>,
}

/// What leaves for a receiver by a queue of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    /// Messages, and notices on messages.
    Messages,
    /// Notices about decisions.
    Notices,
}

impl Lane {
    fn queue(self, topology: &Topology, receiver: Partij) -> BoundQueue {
        match self {
            Self::Messages => topology.receiver(receiver),
            Self::Notices => topology.notices_for(receiver),
        }
    }
}

/// A message with its place.
struct PlacedMessage<'a> {
    lane: Lane,
    receiver: Partij,
    /// `message_id`: the same when the same message is sent again.
    id: String,
    kind: &'a str,
    name: Option<&'a str>,
    bytes: &'a [u8],
}

/// A message that was handed to the connection, until the broker confirms it.
type Going = MaybeDone<BoxFuture<'static, lapin::Result<Confirmation>>>;

/// Why a message was not handed over.
enum Failure {
    /// The connection is gone, or the broker is silent.
    Link(HubError),
    /// This receiver cannot be reached.
    Receiver(HubError),
}

impl AmqpHub {
    /// Does not connect yet.
    #[must_use]
    pub fn new(address: BrokerAddress, broker: &Broker, packing: Packing) -> Self {
        Self {
            address,
            topology: Topology::new(&broker.prefix),
            packing,
            window: broker.confirm_window,
            timeout: broker.confirm_timeout(),
            receivers: broker.receivers.iter().filter_map(|code| Partij::parse(code)).collect(),
            state: Arc::default(),
            publishing: Mutex::default(),
            again: Again::default(),
        }
    }

    /// Whether it is connected.
    #[must_use]
    pub fn state(&self) -> Arc<LinkState> {
        self.state.clone()
    }

    /// Connects when it is not connected, and makes the queues of the receivers in the settings.
    pub async fn connect(&self) -> Result<(), HubError> {
        self.connected(&mut *self.publishing.lock().await).await.map(drop)
    }

    async fn connected<'a>(&self, slot: &'a mut Option<Publishing>) -> Result<&'a mut Publishing, HubError> {
        if slot.as_ref().is_none_or(|publishing| !publishing.link.usable()) {
            *slot = None;
            let link = Link::open(&self.address, &self.topology, "happyflow outbox", &self.state).await?;
            let confirm = link.channel.confirm_select(ConfirmSelectOptions::default());
            confirm.await.map_err(|error| self.address.fault(&error))?;
            let mut publishing = Publishing { link, declared: BTreeSet::new() };
            for receiver in &self.receivers {
                self.declare(&mut publishing, (Lane::Messages, *receiver)).await?;
            }
            tracing::info!(broker = self.address.shown(), "verbonden om berichten te verzenden");
            *slot = Some(publishing);
        }
        slot.as_mut().ok_or_else(|| self.address.silent())
    }

    /// Makes the queue of a receiver. On a channel of its own: a refusal closes the channel.
    async fn declare(
        &self,
        publishing: &mut Publishing,
        (lane, receiver): (Lane, Partij),
    ) -> Result<(), HubError> {
        if publishing.declared.contains(&(lane, receiver)) {
            return Ok(());
        }
        let queue = lane.queue(&self.topology, receiver);
        let declare = async {
            let channel = publishing.link.another().await?;
            queue.declare(&channel).await?;
            channel.close(200, "klaar".into()).await
        };
        match tokio::time::timeout(self.timeout, declare).await {
            Ok(Ok(())) => {
                publishing.declared.insert((lane, receiver));
                Ok(())
            }
            Ok(Err(error)) => Err(refused(&queue.name, error.to_string())),
            Err(_) => Err(self.address.silent()),
        }
    }

    /// Publishes in order with a window of confirmations. Gives the indices of what was confirmed.
    async fn publish_all(
        &self,
        messages: &[PlacedMessage<'_>],
    ) -> (Vec<usize>, BTreeMap<Partij, HubError>, Option<HubError>) {
        let mut slot = self.publishing.lock().await;
        let (mut confirmed, mut stuck) = (Vec::with_capacity(messages.len()), BTreeMap::new());
        let publishing = match self.connected(&mut slot).await {
            Ok(publishing) => publishing,
            Err(error) => return (confirmed, stuck, Some(error)),
        };
        let mut waiting = VecDeque::with_capacity(self.window);
        let mut lost = None;
        for (index, message) in messages.iter().enumerate() {
            if stuck.contains_key(&message.receiver) {
                continue;
            }
            match self.start(publishing, message).await {
                Ok(going) => waiting.push_back((index, going)),
                Err(Failure::Receiver(error)) => {
                    stuck.insert(message.receiver, error);
                }
                Err(Failure::Link(error)) => {
                    lost = Some(error);
                    break;
                }
            }
            while waiting.len() >= self.window && lost.is_none() {
                lost =
                    self.settle(&publishing.link, messages, &mut waiting, &mut confirmed, &mut stuck).await;
            }
            if lost.is_some() {
                break;
            }
        }
        while lost.is_none() && !waiting.is_empty() {
            lost = self.settle(&publishing.link, messages, &mut waiting, &mut confirmed, &mut stuck).await;
        }
        if lost.is_some() {
            // What was not confirmed is sent again with the same message_id.
            *slot = None;
        }
        (confirmed, stuck, lost)
    }

    /// Hands a message to the connection, which writes it along with those behind it.
    async fn start(
        &self,
        publishing: &mut Publishing,
        message: &PlacedMessage<'_>,
    ) -> Result<Going, Failure> {
        self.declare(publishing, (message.lane, message.receiver)).await.map_err(|error| {
            if publishing.link.usable() { Failure::Receiver(error) } else { Failure::Link(error) }
        })?;
        let body = match message.lane {
            Lane::Messages => self.packing.pack(message.bytes).map_err(Failure::Receiver)?,
            Lane::Notices => self.packing.pack_document(message.bytes),
        };
        let properties = properties::outgoing(&message.id, message.kind, message.name, &body);
        let queue = message.lane.queue(&self.topology, message.receiver);
        let (exchange, key) = (queue.exchange.into(), queue.key.into());
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let channel = publishing.link.channel.clone();
        let confirmed = async move {
            channel.basic_publish(exchange, key, options, &body.bytes, properties).await?.await
        };
        let mut going = maybe_done(confirmed.boxed());
        // The first poll hands it over, so that messages go in our order; the rest is for who waits for it.
        let _ = (&mut going).now_or_never();
        Ok(going)
    }

    /// Waits for the oldest confirmation. Only an acknowledgement without the message in it is one: a
    /// message that no queue took is acknowledged and given back.
    async fn settle(
        &self,
        link: &Link,
        messages: &[PlacedMessage<'_>],
        waiting: &mut VecDeque<(usize, Going)>,
        confirmed: &mut Vec<usize>,
        stuck: &mut BTreeMap<Partij, HubError>,
    ) -> Option<HubError> {
        let (index, mut going) = waiting.pop_front()?;
        let PlacedMessage { lane, receiver, .. } = messages[index];
        let refuse = |reason: &str| refused(&lane.queue(&self.topology, receiver).name, reason.to_owned());
        if tokio::time::timeout(self.timeout, &mut going).await.is_err() {
            return Some(link.silence(&self.address));
        }
        match Pin::new(&mut going).take_output()? {
            // After a refusal, later ones for this receiver go again behind it.
            Ok(Confirmation::Ack(None)) if !stuck.contains_key(&receiver) => confirmed.push(index),
            Ok(Confirmation::Ack(None)) => {}
            Ok(Confirmation::Ack(Some(_))) => {
                stuck.insert(receiver, refuse("de wachtrij is er niet"));
            }
            Ok(Confirmation::Nack(_) | Confirmation::NotRequested) => {
                stuck.entry(receiver).or_insert_with(|| refuse("de broker weigerde een bericht"));
            }
            Err(error) => return Some(self.address.fault(&error)),
        }
        None
    }
}

fn refused(queue: &str, reason: String) -> HubError {
    HubError { kind: HubTrouble::Refused, doing: "verzenden naar", path: queue.to_owned(), reason }
}

#[async_trait]
impl Outbound for AmqpHub {
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        format!("{}/{send:012}-{}", self.topology.receiver(receiver).name, soort.name())
    }

    async fn publish(&self, messages: &[OutboxMessage]) -> Result<Published, HubError> {
        let leaving = |message: &OutboxMessage| -> (String, &'static str) {
            (format!("{:012}", message.send), message.soort.name())
        };
        let named: Vec<_> = messages.iter().map(leaving).collect();
        let leaving: Vec<PlacedMessage<'_>> = (messages.iter().zip(&named))
            .map(|(message, (id, kind))| PlacedMessage {
                lane: Lane::Messages,
                receiver: message.receiver,
                id: id.clone(),
                kind,
                name: message.cause.as_deref(),
                bytes: &message.bytes,
            })
            .collect();
        let (confirmed, stuck, lost) = self.publish_all(&leaving).await;
        if let Some(error) = lost
            && confirmed.is_empty()
            && stuck.is_empty()
        {
            return Err(error);
        }
        // What was lost with the connection is asked for again, and says so then.
        Ok(Published {
            sent: confirmed.into_iter().map(|index| messages[index].send).collect(),
            stuck: stuck.into_iter().collect(),
        })
    }

    fn to_give_again(&self, sent: &[SentMessage]) -> Vec<i64> {
        self.again.due(sent.iter().map(|sent| sent.send), Instant::now())
    }

    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Published, HubError> {
        let (mut leaving, mut numbers, mut sent) = (Vec::new(), Vec::new(), Vec::new());
        for unsent in notices {
            let Some(receiver) = notice::receiver(&unsent.bytes) else {
                sent.push(unsent.arrival);
                continue;
            };
            let id = format!("melding-{:012}", unsent.arrival);
            let (name, bytes) = (Some(unsent.name.as_str()), unsent.bytes.as_slice());
            let (lane, kind) = (Lane::Messages, properties::NOTICE);
            leaving.push(PlacedMessage { lane, receiver, id, kind, name, bytes });
            numbers.push(unsent.arrival);
        }
        let (confirmed, stuck, lost) = self.publish_all(&leaving).await;
        sent.extend(confirmed.into_iter().map(|index| numbers[index]));
        match lost {
            Some(error) if sent.is_empty() && stuck.is_empty() => Err(error),
            // What was lost with the connection is asked for again, and says so then.
            _ => Ok(Published { sent, stuck: stuck.into_iter().collect() }),
        }
    }

    async fn tell(&self, notices: &[TeMelden]) -> Result<Told, HubError> {
        let documents: Vec<KennisgevingBestand> = notices.iter().map(KennisgevingBestand::of).collect();
        let leaving: Vec<PlacedMessage<'_>> = (notices.iter().zip(&documents))
            .map(|(told, document)| PlacedMessage {
                lane: Lane::Notices,
                receiver: told.receiver,
                id: format!("bericht-{:012}", told.journal),
                kind: document.soort,
                name: None,
                bytes: &document.json,
            })
            .collect();
        let (confirmed, stuck, lost) = self.publish_all(&leaving).await;
        match lost {
            Some(error) if confirmed.is_empty() && stuck.is_empty() => Err(error),
            // What was lost with the connection is asked for again, and says so then.
            _ => Ok(Told {
                sent: confirmed.into_iter().map(|index| notices[index].sleutel()).collect(),
                stuck: stuck.into_iter().collect(),
            }),
        }
    }

    async fn close(&self) {
        if let Some(Publishing { link, .. }) = self.publishing.lock().await.take() {
            link.close().await;
        }
    }
}
