//! The hub of a command: the folders of an installation without broker, or none of its own.

use super::{Hub, HubError, Published, Spool};
use crate::messages::{BerichtSoort, Partij};
use crate::store::{OutboxMessage, SentMessage, UnsentNotice};

/// Where a command leaves what it decided.
#[derive(Debug, Clone)]
pub enum AnyHub {
    /// In the folders of the data folder, at once.
    Spool(Spool),
    /// In the outbox: the service that talks to the broker publishes it.
    Service,
}

impl Hub for AnyHub {
    fn publishes(&self) -> bool {
        matches!(self, Self::Spool(_))
    }

    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        match self {
            Self::Spool(spool) => spool.address(receiver, send, soort),
            Self::Service => format!("{}/{send:012}-{}", receiver.as_str(), soort.name()),
        }
    }

    async fn publish(&self, messages: &[OutboxMessage]) -> Result<Published, HubError> {
        match self {
            Self::Spool(spool) => spool.publish(messages).await,
            Self::Service => Ok(Published::default()),
        }
    }

    /// Where others publish, a person who gives a message by hand asks for its answer.
    fn to_give_again(&self, sent: &[SentMessage]) -> Vec<i64> {
        match self {
            Self::Spool(spool) => spool.to_give_again(sent),
            Self::Service => sent.iter().map(|sent| sent.send).collect(),
        }
    }

    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Published, HubError> {
        match self {
            Self::Spool(spool) => spool.notify(notices).await,
            Self::Service => Ok(Published::default()),
        }
    }

    fn has_parked(&self, arrival: i64) -> bool {
        match self {
            Self::Spool(spool) => spool.has_parked(arrival),
            Self::Service => true,
        }
    }

    fn park(&self, arrival: i64, bytes: &[u8], notice: Option<&[u8]>) -> Result<(), HubError> {
        match self {
            Self::Spool(spool) => spool.park(arrival, bytes, notice),
            Self::Service => Ok(()),
        }
    }

    fn unpark(&self, arrival: i64) -> Result<(), HubError> {
        match self {
            Self::Spool(spool) => spool.unpark(arrival),
            Self::Service => Ok(()),
        }
    }
}
