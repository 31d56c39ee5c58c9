//! Messages that are not taken in at all: they go to the dead letters, for a person, and their sender is told.

use super::{AmqpHub, BrokerAddress, Lane, Packing, PlacedMessage, properties};
use crate::config::Broker;
use crate::digest::hex;
use crate::hub::notice::{self, Notice};
use crate::hub::{HubError, Outbound};
use crate::messages::Partij;
use sha2::{Digest, Sha256};

/// Why a message is not taken in.
#[derive(Debug)]
pub(super) enum DeliveryFault {
    /// What it refers to cannot be had. Perhaps our fault: nobody outside is told.
    Missing,
    /// It is larger than a message may be.
    TooLarge {
        /// Who is told; none when nobody knows who sent it.
        sender: Option<Partij>,
        /// `message_id` of the notice: the same when the same message comes again before the broker knows that it
        /// was set aside.
        notice: String,
    },
}

impl DeliveryFault {
    /// A body that is too large, of this sender.
    pub(super) fn too_large(sender: Option<Partij>, body: &[u8]) -> Self {
        let digest = hex(&Sha256::digest(body)[..8]);
        Self::TooLarge { sender, notice: format!("melding-{digest}") }
    }
}

/// A message that is not taken in.
#[derive(Debug)]
pub(super) struct FaultyDelivery {
    /// What the broker calls this delivery.
    pub(super) tag: u64,
    /// What it weighs.
    pub(super) weight: usize,
    /// The name of the message.
    pub(super) name: String,
    pub(super) why: DeliveryFault,
}

/// Tells senders, on a connection that is there only while somebody is told: one that publishes may be held back.
pub(super) struct Teller {
    hub: AmqpHub,
    code: String,
    max_message_bytes: u64,
}

impl Teller {
    pub(super) fn new(address: BrokerAddress, broker: &Broker, packing: &Packing, notice_code: &str) -> Self {
        Self {
            hub: AmqpHub::new(address, broker, packing.clone()),
            code: notice_code.to_owned(),
            max_message_bytes: packing.max_message_bytes,
        }
    }

    /// Says in the log what is set aside, and why, and tells the sender. When that fails the log says so, and the
    /// message is set aside all the same: it must not come for ever.
    pub(super) async fn tell(&self, FaultyDelivery { name, why, weight, .. }: &FaultyDelivery) {
        let DeliveryFault::TooLarge { sender, notice } = why else {
            tracing::error!(
                name,
                "verwijzing niet te volgen; het bericht gaat naar de onbestelbare berichten"
            );
            return;
        };
        let most = self.max_message_bytes;
        tracing::error!(
            name,
            body_bytes = weight,
            most,
            "bericht groter dan limits.max_message_bytes; het gaat naar de onbestelbare berichten"
        );
        let Some(sender) = sender else {
            tracing::warn!(name, "niemand om te melden dat het bericht te groot is");
            return;
        };
        if let Err(error) = self.send(name, *sender, notice).await {
            tracing::error!(name, %error, "de afzender weet niet dat zijn bericht te groot is");
        }
    }

    async fn send(&self, name: &str, receiver: Partij, id: &str) -> Result<(), HubError> {
        let notice = Notice {
            arrival: None,
            receiver: Some(receiver),
            identificatie: None,
            code: &self.code,
            omschrijving: notice::too_large(self.max_message_bytes),
            details: String::new(),
        };
        let bytes = notice.write();
        let id = id.to_owned();
        let (lane, kind) = (Lane::Messages, properties::NOTICE);
        let leaving = PlacedMessage { lane, receiver, id, kind, name: Some(name), bytes: &bytes };
        let (confirmed, stuck, lost) = self.hub.publish_all(&[leaving]).await;
        self.hub.close().await;
        if confirmed.is_empty() {
            return stuck.into_values().next().or(lost).map_or(Ok(()), Err);
        }
        Ok(())
    }
}
