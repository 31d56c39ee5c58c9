//! The hub of a command beside a service that sends: what it decides waits in the outbox until the service publishes it.

use super::{HubError, Outbound, Published, Told};
use crate::messages::{BerichtSoort, Partij};
use crate::store::{OutboxMessage, SentMessage, TeMelden, UnsentNotice};
use async_trait::async_trait;

/// Nothing leaves from here.
#[derive(Debug, Clone, Copy)]
pub struct ByService;

#[async_trait]
impl Outbound for ByService {
    fn publishes(&self) -> bool {
        false
    }

    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        format!("{}/{send:012}-{}", receiver.as_str(), soort.name())
    }

    async fn publish(&self, _: &[OutboxMessage]) -> Result<Published, HubError> {
        Ok(Published::default())
    }

    /// A person who gives a message by hand asks for its answer.
    fn to_give_again(&self, sent: &[SentMessage]) -> Vec<i64> {
        sent.iter().map(|sent| sent.send).collect()
    }

    async fn notify(&self, _: &[UnsentNotice]) -> Result<Published, HubError> {
        Ok(Published::default())
    }

    async fn tell(&self, _: &[TeMelden]) -> Result<Told, HubError> {
        Ok(Told::default())
    }
}
