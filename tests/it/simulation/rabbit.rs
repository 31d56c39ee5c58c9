//! Mail over a real broker: senders and receivers on a connection of their own, one topology for many runs.

use super::mail::{Delivery, Mail};
use super::world::parties;
use crate::broker;
use happyflow::config::Broker;
use happyflow::hub::Outbound;
use happyflow::hub::amqp::topology::Topology;
use happyflow::hub::amqp::{AmqpHub, AmqpIntake, BrokerAddress, Packing};
use happyflow::messages::Partij;
use lapin::options::QueueDeclareOptions;
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Channel, Connection};
use std::sync::Arc;

pub struct Rabbit {
    settings: Broker,
    address: BrokerAddress,
    packing: Packing,
    topology: Topology,
    hub: Arc<AmqpHub>,
    channel: Channel,
    /// What receivers took from their queues.
    taken: Vec<Delivery>,
    _connection: Connection,
    _archive: tempfile::TempDir,
}

impl Rabbit {
    pub async fn new() -> Self {
        let (url, prefix) = (broker::url(), broker::prefix());
        let archive = tempfile::tempdir().unwrap();
        let (mut settings, address, packing) = broker::settings(&url, &prefix, archive.path());
        settings.receivers = parties().map(|receiver| receiver.to_string()).collect();
        let (connection, channel) = broker::channel(&url).await;
        let hub = Arc::new(AmqpHub::new(address.clone(), &settings, packing.clone()));
        hub.connect().await.unwrap();
        let topology = Topology::new(&prefix);
        let taken = Vec::new();
        Self {
            settings,
            address,
            packing,
            topology,
            hub,
            channel,
            taken,
            _connection: connection,
            _archive: archive,
        }
    }

    /// For the next run: receivers took everything, and have forgotten it.
    pub async fn forget(&mut self) {
        self.delivered().await;
        self.taken.clear();
    }

    async fn drain(&self, queue: &str) -> Vec<(BasicProperties, Vec<u8>)> {
        broker::drain(&self.channel, queue).await
    }
}

fn text(value: Option<&ShortString>) -> String {
    value.map_or_else(String::new, |value| value.as_str().to_owned())
}

impl Mail for Rabbit {
    type Intake = AmqpIntake;

    fn hub(&self) -> Arc<dyn Outbound> {
        self.hub.clone()
    }

    fn intake(&self) -> AmqpIntake {
        AmqpIntake::new(self.address.clone(), &self.settings, self.packing.clone(), broker::NOTICE_CODE)
    }

    fn crashed(&mut self) {
        self.hub = Arc::new(AmqpHub::new(self.address.clone(), &self.settings, self.packing.clone()));
    }

    async fn send(&mut self, sender: Partij, name: &str, bytes: &[u8]) {
        let sender = sender.to_string();
        let properties =
            BasicProperties::default().with_user_id(sender.as_str().into()).with_message_id(name.into());
        broker::send(&self.channel, &self.settings.prefix, properties, bytes).await;
    }

    async fn delivered(&mut self) -> Vec<Delivery> {
        for receiver in parties() {
            for (properties, body) in self.drain(&self.topology.receiver(receiver).name).await {
                let encoding = text(properties.content_encoding().as_ref());
                let kind = text(properties.content_type().as_ref());
                let delivery = Delivery {
                    id: text(properties.message_id().as_ref()),
                    kind: text(properties.kind().as_ref()),
                    receiver,
                    cause: text(properties.correlation_id().as_ref()),
                    bytes: self.packing.unpack(Some(&kind), Some(&encoding), &body).unwrap().into_owned(),
                };
                match self.taken.iter().find(|known| known.id == delivery.id) {
                    Some(known) => assert_eq!(*known, delivery, "a message_id has one content"),
                    None => self.taken.push(delivery),
                }
            }
        }
        self.taken.clone()
    }

    async fn left(&mut self) -> usize {
        let mut left = 0;
        for queue in [self.topology.intake(), self.topology.dead_letters()] {
            let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
            let name = queue.name.as_str().into();
            let queue = self.channel.queue_declare(name, options, FieldTable::default()).await.unwrap();
            left += queue.message_count();
        }
        usize::try_from(left).unwrap()
    }
}
