//! Mail in memory.

use super::mail::{Delivery, Mail};
use async_trait::async_trait;
use happyflow::hub::amqp::properties::{NAME, NOTICE};
use happyflow::hub::{Delivered, HubError, Inbound, Outbound, Published, Told};
use happyflow::messages::{BerichtSoort, Partij};
use happyflow::store::{OutboxMessage, SentMessage, TakeLimit, TeMelden, UnsentNotice};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct State {
    incoming: VecDeque<Delivered>,
    outgoing: Vec<Delivery>,
}

#[derive(Clone, Default)]
pub struct Post(Arc<Mutex<State>>);

impl Post {
    fn deliver(&self, delivery: Delivery) {
        let mut state = self.0.lock().unwrap();
        match state.outgoing.iter().find(|known| known.id == delivery.id) {
            Some(known) => assert_eq!(*known, delivery, "a send number has one content"),
            None => state.outgoing.push(delivery),
        }
    }
}

impl Mail for Post {
    type Intake = PostIntake;

    fn hub(&self) -> Arc<dyn Outbound> {
        Arc::new(self.clone())
    }

    fn intake(&self) -> PostIntake {
        PostIntake { post: self.clone(), received: Vec::new() }
    }

    fn crashed(&mut self) {}

    async fn send(&mut self, sender: Partij, name: &str, bytes: &[u8]) {
        let (name, channel) = (format!("{NAME}{name}"), Some(sender));
        self.0.lock().unwrap().incoming.push_back(Delivered { name, channel, bytes: bytes.into() });
    }

    async fn delivered(&mut self) -> Vec<Delivery> {
        self.0.lock().unwrap().outgoing.clone()
    }

    async fn left(&mut self) -> usize {
        self.0.lock().unwrap().incoming.len()
    }
}

fn cause(name: &str) -> String {
    name.strip_prefix(NAME).unwrap_or_default().to_owned()
}

#[async_trait]
impl Outbound for Post {
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        format!("{receiver}/{send}-{}", soort.name())
    }

    async fn publish(&self, messages: &[OutboxMessage]) -> Result<Published, HubError> {
        for message in messages {
            self.deliver(Delivery {
                id: format!("{:012}", message.send),
                kind: message.soort.name().to_owned(),
                receiver: message.receiver,
                cause: cause(message.cause.as_deref().unwrap_or_default()),
                bytes: message.bytes.clone(),
            });
        }
        let sent = messages.iter().map(|message| message.send).collect();
        Ok(Published { sent, stuck: Vec::new() })
    }

    fn to_give_again(&self, sent: &[SentMessage]) -> Vec<i64> {
        sent.iter().map(|sent| sent.send).collect()
    }

    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Published, HubError> {
        for notice in notices {
            self.deliver(Delivery {
                id: format!("melding-{:012}", notice.arrival),
                kind: NOTICE.to_owned(),
                receiver: notice.channel.expect("every sender is known"),
                cause: cause(&notice.name),
                bytes: notice.bytes.clone(),
            });
        }
        let sent = notices.iter().map(|notice| notice.arrival).collect();
        Ok(Published { sent, stuck: Vec::new() })
    }

    async fn tell(&self, notices: &[TeMelden]) -> Result<Told, HubError> {
        let sent = notices.iter().map(TeMelden::sleutel).collect();
        Ok(Told { sent, stuck: Vec::new() })
    }
}

/// What a process received and did not settle goes back where it was when the process is gone.
pub struct PostIntake {
    post: Post,
    received: Vec<Delivered>,
}

impl PostIntake {
    fn give_back(&mut self, stored: &[bool]) {
        let received = std::mem::take(&mut self.received).into_iter().enumerate();
        let back = received.filter(|(place, _)| !stored.get(*place).copied().unwrap_or_default());
        let mut state = self.post.0.lock().unwrap();
        for (_, delivered) in back.collect::<Vec<_>>().into_iter().rev() {
            state.incoming.push_front(delivered);
        }
    }
}

#[async_trait]
impl Inbound for PostIntake {
    async fn receive(&mut self, limit: TakeLimit) -> Result<Vec<Delivered>, HubError> {
        self.give_back(&[]);
        let mut state = self.post.0.lock().unwrap();
        let count = state.incoming.len().min(limit.messages);
        self.received = state.incoming.drain(..count).collect();
        Ok(self.received.clone())
    }

    async fn settle(&mut self, stored: &[bool]) -> Result<(), HubError> {
        self.give_back(stored);
        Ok(())
    }

    async fn stop(&mut self) {
        self.give_back(&[]);
    }
}

impl Drop for PostIntake {
    fn drop(&mut self) {
        self.give_back(&[]);
    }
}
