//! A look at the broker for `happyflow doctor`.

use super::link::{BrokerAddress, Link};
use super::topology::Topology;
use crate::hub::HubError;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use std::sync::Arc;

/// What lies at the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// Messages that wait to be taken in.
    pub waiting: u32,
    /// Processes that take messages in, or wait to take over.
    pub consumers: u32,
    /// Messages that could not be taken in.
    pub dead: u32,
}

/// Connects, makes what is not there, and counts.
pub async fn inspect(address: &BrokerAddress, prefix: &str) -> Result<Inspected, HubError> {
    let topology = Topology::new(prefix);
    let link = Link::open(address, &topology, "happyflow doctor", &Arc::default()).await?;
    let passive = QueueDeclareOptions { passive: true, durable: true, ..QueueDeclareOptions::default() };
    let count = async |name: String| {
        let queue = link.channel.queue_declare(name.as_str().into(), passive, FieldTable::default()).await;
        queue
            .map(|queue| (queue.message_count(), queue.consumer_count()))
            .map_err(|error| address.fault(&error))
    };
    let (waiting, consumers) = count(topology.intake().name).await?;
    let (dead, _) = count(topology.dead_letters().name).await?;
    link.close().await;
    Ok(Inspected { waiting, consumers, dead })
}
