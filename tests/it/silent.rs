//! A hub that delivers nothing: deciding again sends nothing.

use async_trait::async_trait;
use happyflow::hub::{HubError, Outbound, Published, Told};
use happyflow::messages::{BerichtSoort, Partij};
use happyflow::store::{OutboxMessage, SentMessage, TeMelden, UnsentNotice};

/// Gives the addresses of the embedded hub, and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

#[async_trait]
impl Outbound for Silent {
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        format!("out/{receiver}/{send:012}-{}.xml", soort.name())
    }

    async fn publish(&self, messages: &[OutboxMessage]) -> Result<Published, HubError> {
        let sent = messages.iter().map(|message| message.send).collect();
        Ok(Published { sent, stuck: Vec::new() })
    }

    fn to_give_again(&self, _: &[SentMessage]) -> Vec<i64> {
        Vec::new()
    }

    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Published, HubError> {
        let sent = notices.iter().map(|notice| notice.arrival).collect();
        Ok(Published { sent, stuck: Vec::new() })
    }

    async fn tell(&self, notices: &[TeMelden]) -> Result<Told, HubError> {
        let sent = notices.iter().map(TeMelden::sleutel).collect();
        Ok(Told { sent, stuck: Vec::new() })
    }
}
