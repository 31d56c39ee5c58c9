//! Takes messages from the broker. They are acknowledged once the store has them.

use super::aside::{DeliveryFault, FaultyDelivery, Teller};
use super::content::{ContentError, Packing};
use super::feed::{DeliveryFeed, Ended, weight};
use super::link::{Backoff, BrokerAddress, Link, LinkState};
use super::properties;
use super::topology::Topology;
use super::window::Window;
use crate::config::Broker;
use crate::hub::{Delivered, HubError, HubTrouble, Inbound};
use crate::io_text::io_text;
use crate::messages::Partij;
use crate::store::TakeLimit;
use async_trait::async_trait;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions,
};
use lapin::types::FieldTable;
use std::collections::VecDeque;
use std::sync::Arc;

/// What the broker calls us.
const CONSUMER: &str = "happyflow";

/// The consuming end. Only one of all processes gets messages; the others wait to take over.
pub struct AmqpIntake {
    address: BrokerAddress,
    topology: Topology,
    packing: Packing,
    trusted_hubs: Vec<String>,
    state: Arc<LinkState>,
    backoff: Backoff,
    window: Window,
    /// Bytes that may be under way to us.
    room: usize,
    consuming: Option<Consuming>,
    /// What was received last, in order.
    hand: Vec<Unconfirmed>,
    /// What is not taken in, and the broker does not know of yet.
    aside: VecDeque<FaultyDelivery>,
    teller: Teller,
}

struct Consuming {
    link: Link,
    feed: DeliveryFeed,
}

/// A message that the broker waits to hear of.
#[derive(Debug, Clone, Copy)]
struct Unconfirmed {
    tag: u64,
    weight: usize,
}

impl AmqpIntake {
    /// Does not connect yet. `notice_code` stands in the notice on a message that is not taken in.
    #[must_use]
    pub fn new(address: BrokerAddress, broker: &Broker, packing: Packing, notice_code: &str) -> Self {
        Self {
            topology: Topology::new(&broker.prefix),
            teller: Teller::new(address.clone(), broker, &packing, notice_code),
            packing,
            trusted_hubs: broker.trusted_hubs.clone(),
            state: Arc::default(),
            backoff: Backoff::default(),
            window: Window::new(broker.prefetch, broker.prefetch_bytes),
            room: broker.prefetch_bytes,
            consuming: None,
            hand: Vec::new(),
            aside: VecDeque::new(),
            address,
        }
    }

    /// Whether it is connected.
    #[must_use]
    pub fn state(&self) -> Arc<LinkState> {
        self.state.clone()
    }

    async fn connect(&mut self) -> Result<Consuming, HubError> {
        self.window.narrow();
        let link = Link::open(&self.address, &self.topology, "happyflow intake", &self.state).await?;
        match self.consume(&link).await {
            Ok(feed) => Ok(Consuming { link, feed }),
            Err(error) => {
                link.close().await;
                Err(error)
            }
        }
    }

    /// Asks for as many messages as the window has room for.
    async fn consume(&self, link: &Link) -> Result<DeliveryFeed, HubError> {
        let consume = async {
            link.channel.basic_qos(self.window.size(), BasicQosOptions::default()).await?;
            let queue = self.topology.intake().name;
            let options = BasicConsumeOptions::default();
            link.channel
                .basic_consume(queue.as_str().into(), CONSUMER.into(), options, FieldTable::default())
                .await
        };
        let consumer = consume.await.map_err(|error| self.address.fault(&error))?;
        DeliveryFeed::of(consumer, self.room).map_err(|error| HubError {
            kind: HubTrouble::Unreachable,
            doing: "innemen van",
            path: self.address.shown().to_owned(),
            reason: io_text(&error),
        })
    }

    /// The connection is of no use any more: what was not acknowledged comes again.
    fn abandon(&mut self) {
        self.hand.clear();
        self.aside.clear();
        if let Some(Consuming { link, feed }) = self.consuming.take() {
            let goodbye = link.leave();
            tokio::spawn(async move {
                goodbye.await;
                // Until then it drops what still comes.
                drop(feed);
            });
        }
    }

    /// The first message, as soon as there is one; makes the connection again as often as needed.
    async fn first(&mut self) -> Delivery {
        loop {
            if self.consuming.is_none() {
                match self.connect().await {
                    Ok(consuming) => {
                        tracing::info!(broker = self.address.shown(), "verbonden om berichten in te nemen");
                        self.consuming = Some(consuming);
                    }
                    Err(error) => {
                        tracing::warn!(code = error.label(), %error, "broker niet bereikbaar om berichten in te nemen");
                        tokio::time::sleep(self.backoff.pause()).await;
                        continue;
                    }
                }
            }
            let Some(Consuming { feed, .. }) = &mut self.consuming else { continue };
            match feed.next().await {
                Ok(delivery) => {
                    self.backoff.reset();
                    return delivery;
                }
                Err(Ended::Overfull) => {
                    let most = self.room;
                    tracing::info!(
                        most,
                        "meer dan broker.prefetch_bytes onderweg; opnieuw, met minder tegelijk"
                    );
                    self.abandon();
                    continue;
                }
                Err(Ended::Broken(error)) => {
                    let error = self.address.fault(&error);
                    tracing::warn!(%error, "verbinding met de broker verbroken bij het innemen");
                }
                Err(Ended::Stopped) => tracing::warn!("de broker stopte het innemen"),
            }
            self.abandon();
            tokio::time::sleep(self.backoff.pause()).await;
        }
    }

    /// The message in a delivery; none when it is not taken in.
    fn read(&mut self, delivery: Delivery) -> Option<Delivered> {
        let weight = weight(&delivery);
        let Delivery { properties, data, delivery_tag: tag, .. } = delivery;
        let text =
            |value: &Option<lapin::types::ShortString>| value.as_ref().map(|text| text.as_str().to_owned());
        let content_type = text(properties.content_type());
        let encoding = text(properties.content_encoding());
        let name = properties::name(&properties);
        let channel = properties::sender(&properties, &self.trusted_hubs);
        let unpacked = self.packing.unpack(content_type.as_deref(), encoding.as_deref(), &data);
        let why = match unpacked {
            Ok(message) => {
                self.hand.push(Unconfirmed { tag, weight });
                return Some(Delivered { name, channel, bytes: message.into() });
            }
            // The fault of the sender: what came in is kept, and turns out not to be a message.
            Err(error @ (ContentError::Unpack | ContentError::Reference)) => {
                tracing::warn!(%error, "bericht van de broker zoals het is opgeslagen");
                self.hand.push(Unconfirmed { tag, weight });
                return Some(Delivered { name, channel, bytes: data.into() });
            }
            Err(ContentError::Missing) => DeliveryFault::Missing,
            Err(ContentError::TooLarge { afzender }) => {
                // Nobody is told in the name of another.
                let sender = channel.or(afzender).filter(|sender| *sender != Partij::onbekend());
                DeliveryFault::too_large(sender, &data)
            }
        };
        self.aside.push_back(FaultyDelivery { tag, weight, name, why });
        None
    }

    /// Hands what is not taken in to the dead letters, and tells who sent it.
    async fn put_aside(&mut self) {
        while let Some(aside) = self.aside.front() {
            self.teller.tell(aside).await;
            let (tag, weight) = (aside.tag, aside.weight);
            let Some(Consuming { link, feed }) = &self.consuming else { return };
            let options = BasicNackOptions { multiple: false, requeue: false };
            if let Err(error) = link.channel.basic_nack(tag, options).await {
                return self.lost(&error);
            }
            feed.release(weight);
            self.state.one_aside();
            self.aside.pop_front();
        }
    }

    /// Tells the broker of messages that are stored; everything else up to the last of them was told before.
    async fn acknowledge(&mut self, stored: &[Unconfirmed]) {
        let Some(last) = stored.last() else { return };
        let Some(Consuming { link, feed }) = &self.consuming else { return };
        if let Err(error) = link.channel.basic_ack(last.tag, BasicAckOptions { multiple: true }).await {
            return self.lost(&error);
        }
        feed.release(stored.iter().map(|held| held.weight).sum());
    }

    /// Gives back what is in hand: it comes again.
    async fn give_back(&mut self) {
        while let Some(Unconfirmed { tag, weight }) = self.hand.last().copied() {
            let Some(Consuming { link, feed }) = &self.consuming else { return };
            let options = BasicNackOptions { multiple: false, requeue: true };
            if let Err(error) = link.channel.basic_nack(tag, options).await {
                return self.lost(&error);
            }
            feed.release(weight);
            self.hand.pop();
        }
    }

    /// Whether the window is to be wider now that these are stored. When they fill it nothing else is under way, so
    /// that another process that takes over meanwhile has nothing that comes before.
    fn widens(&mut self, stored: &[Unconfirmed]) -> bool {
        self.window.passed(stored.len());
        self.window.growing()
            && stored.len() == usize::from(self.window.size())
            && self.window.widen(stored.iter().map(|held| held.weight).sum())
    }

    /// Consumes anew, with what the window has room for now.
    async fn widen(&mut self, stored: &[Unconfirmed]) -> Result<(), HubError> {
        let Some(Consuming { link, .. }) = &self.consuming else { return Ok(()) };
        let cancel = link.channel.basic_cancel(CONSUMER.into(), BasicCancelOptions::default());
        cancel.await.map_err(|error| self.address.fault(&error))?;
        self.acknowledge(stored).await;
        let Some(Consuming { link, .. }) = self.consuming.take() else { return Ok(()) };
        match self.consume(&link).await {
            Ok(feed) => self.consuming = Some(Consuming { link, feed }),
            Err(error) => {
                tokio::spawn(link.leave());
                return Err(error);
            }
        }
        Ok(())
    }

    fn lost(&mut self, error: &lapin::Error) {
        let error = self.address.fault(error);
        tracing::warn!(code = error.label(), %error, "bevestigen aan de broker mislukt; de berichten komen opnieuw");
        self.abandon();
    }
}

#[async_trait]
impl Inbound for AmqpIntake {
    async fn receive(&mut self, limit: TakeLimit) -> Result<Vec<Delivered>, HubError> {
        self.give_back().await;
        let mut received = Vec::new();
        let mut weight = 0;
        while received.is_empty() {
            self.put_aside().await;
            let mut next = Some(self.first().await);
            // From here on nothing is waited for: what was received is not lost when this call is dropped.
            while let Some(delivery) = next.take() {
                if let Some(delivered) = self.read(delivery) {
                    weight += delivered.bytes.len();
                    received.push(delivered);
                }
                if received.len() >= limit.messages.max(1) || weight >= limit.bytes {
                    break;
                }
                // Only what is here already; a broken connection shows at the next call.
                next = self.consuming.as_mut().and_then(|consuming| consuming.feed.ready());
            }
        }
        Ok(received)
    }

    async fn settle(&mut self, stored: &[bool]) -> Result<(), HubError> {
        let hand = std::mem::take(&mut self.hand);
        if self.consuming.is_none() {
            return Ok(());
        }
        let mut done = Vec::with_capacity(hand.len());
        for (held, stored) in hand.into_iter().zip(stored) {
            if *stored { done.push(held) } else { self.hand.push(held) }
        }
        // Before anything is acknowledged: that is told of all up to a message.
        let all = self.hand.is_empty();
        self.put_aside().await;
        self.give_back().await;
        if all && self.widens(&done) {
            if let Err(error) = self.widen(&done).await {
                tracing::warn!(%error, "innemen begint opnieuw; de berichten komen nog eens");
                self.abandon();
            }
        } else {
            self.acknowledge(&done).await;
        }
        Ok(())
    }

    async fn stop(&mut self) {
        self.put_aside().await;
        self.hand.clear();
        if let Some(Consuming { link, .. }) = self.consuming.take() {
            link.close().await;
        }
    }
}
