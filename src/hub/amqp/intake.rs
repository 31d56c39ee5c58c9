//! Takes messages from the broker. They are acknowledged once the store has them.

use super::content::{ContentError, Packing};
use super::link::{Address, Backoff, Link, LinkState};
use super::properties;
use super::topology::Topology;
use crate::config::Broker;
use crate::hub::{Delivered, HubError, Inbound};
use crate::store::TakeLimit;
use futures_util::{FutureExt, StreamExt};
use lapin::Consumer;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions};
use lapin::types::FieldTable;
use std::sync::Arc;

/// The consuming end. Only one of all processes gets messages; the others wait to take over.
pub struct AmqpIntake {
    address: Address,
    topology: Topology,
    packing: Packing,
    trusted_hubs: Vec<String>,
    prefetch: u16,
    state: Arc<LinkState>,
    backoff: Backoff,
    consuming: Option<Consuming>,
    /// Delivery tags of what was received last, in order.
    tags: Vec<u64>,
}

struct Consuming {
    link: Link,
    consumer: Consumer,
}

impl AmqpIntake {
    /// Does not connect yet.
    #[must_use]
    pub fn new(address: Address, broker: &Broker, packing: Packing) -> Self {
        Self {
            address,
            topology: Topology::new(&broker.prefix),
            packing,
            trusted_hubs: broker.trusted_hubs.clone(),
            prefetch: broker.prefetch,
            state: Arc::default(),
            backoff: Backoff::default(),
            consuming: None,
            tags: Vec::new(),
        }
    }

    /// Whether it is connected.
    #[must_use]
    pub fn state(&self) -> Arc<LinkState> {
        self.state.clone()
    }

    async fn connect(&mut self) -> Result<Consuming, HubError> {
        let link = Link::open(&self.address, &self.topology, "happyflow intake", &self.state).await?;
        let consume = async {
            link.channel.basic_qos(self.prefetch, BasicQosOptions::default()).await?;
            let queue = self.topology.intake().name;
            let options = BasicConsumeOptions::default();
            link.channel
                .basic_consume(queue.as_str().into(), "happyflow".into(), options, FieldTable::default())
                .await
        };
        let consumer = consume.await.map_err(|error| self.address.fault(&error))?;
        Ok(Consuming { link, consumer })
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
                        tracing::warn!(%error, "broker niet bereikbaar om berichten in te nemen");
                        tokio::time::sleep(self.backoff.pause()).await;
                        continue;
                    }
                }
            }
            let Some(consuming) = &mut self.consuming else { continue };
            match consuming.consumer.next().await {
                Some(Ok(delivery)) => {
                    self.backoff.reset();
                    return delivery;
                }
                Some(Err(error)) => {
                    tracing::warn!(%error, "verbinding met de broker verbroken bij het innemen");
                }
                None => tracing::warn!("de broker stopte het innemen"),
            }
            self.consuming = None;
            tokio::time::sleep(self.backoff.pause()).await;
        }
    }

    /// The message in a delivery; none when it went to the dead letters.
    async fn read(&mut self, delivery: Delivery) -> Option<Delivered> {
        let Delivery { properties, data, delivery_tag, .. } = delivery;
        let text =
            |value: &Option<lapin::types::ShortString>| value.as_ref().map(|text| text.as_str().to_owned());
        let content_type = text(properties.content_type());
        let encoding = text(properties.content_encoding());
        let name = properties::name(&properties);
        let raw = data.clone();
        let bytes = match self.packing.unpack(content_type.as_deref(), encoding.as_deref(), data) {
            Ok(bytes) => bytes,
            // The fault of the sender: what came in is kept, and turns out not to be a message.
            Err(error @ (ContentError::Unpack | ContentError::Reference)) => {
                tracing::warn!(%error, "bericht van de broker zoals het is opgeslagen");
                raw
            }
            // Perhaps ours: the broker keeps it for a person.
            Err(error @ ContentError::Missing) => {
                tracing::error!(%error, "bericht naar de onbestelbare berichten");
                self.reject(delivery_tag).await;
                return None;
            }
        };
        self.tags.push(delivery_tag);
        let channel = properties::sender(&properties, &self.trusted_hubs);
        Some(Delivered { name, channel, bytes: bytes.into() })
    }

    async fn reject(&mut self, tag: u64) {
        if let Some(Consuming { link, .. }) = &self.consuming {
            // When this fails the connection is gone, and the message comes again.
            let options = BasicNackOptions { multiple: false, requeue: false };
            let _ = link.channel.basic_nack(tag, options).await;
        }
    }
}

impl Inbound for AmqpIntake {
    async fn receive(&mut self, limit: TakeLimit) -> Result<Vec<Delivered>, HubError> {
        self.tags.clear();
        let mut received = Vec::new();
        let mut weight = 0;
        let mut next = Some(self.first().await);
        while let Some(delivery) = next.take() {
            if let Some(delivered) = self.read(delivery).await {
                weight += delivered.bytes.len();
                received.push(delivered);
            }
            if received.len() >= limit.messages.max(1) || weight >= limit.bytes {
                break;
            }
            let consuming = self.consuming.as_mut();
            // Only what is here already; a broken connection shows at the next call.
            next = consuming.and_then(|consuming| consuming.consumer.next().now_or_never().flatten()?.ok());
        }
        Ok(received)
    }

    async fn settle(&mut self, stored: &[bool]) -> Result<(), HubError> {
        let tags = std::mem::take(&mut self.tags);
        let Some(Consuming { link, .. }) = &self.consuming else {
            return Ok(());
        };
        let settle = async {
            for (tag, _) in tags.iter().zip(stored).filter(|(_, stored)| !**stored) {
                link.channel.basic_nack(*tag, BasicNackOptions { multiple: false, requeue: true }).await?;
            }
            if stored.iter().all(|stored| *stored)
                && let Some(last) = tags.last()
            {
                return link.channel.basic_ack(*last, BasicAckOptions { multiple: true }).await;
            }
            for (tag, _) in tags.iter().zip(stored).filter(|(_, stored)| **stored) {
                link.channel.basic_ack(*tag, BasicAckOptions { multiple: false }).await?;
            }
            Ok(())
        };
        let settled: lapin::Result<()> = settle.await;
        if let Err(error) = settled {
            tracing::warn!(%error, "bevestigen aan de broker mislukt; de berichten komen opnieuw");
            self.consuming = None;
        }
        Ok(())
    }

    async fn stop(&mut self) {
        self.tags.clear();
        if let Some(Consuming { link, .. }) = self.consuming.take() {
            link.close().await;
        }
    }
}
