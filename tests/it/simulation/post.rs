//! A hub in memory that remembers what it delivered, and fails when it is told to.

use super::faults::{Bug, Fault, Faults};
use happyflow::hub::{Hub, HubError, Published};
use happyflow::messages::{BerichtSoort, Partij};
use happyflow::store::{OutboxMessage, UnsentNotice};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Delivered {
    /// By send number; the same number again is the same delivery.
    messages: BTreeMap<i64, OutboxMessage>,
    notices: BTreeMap<i64, usize>,
}

#[derive(Clone)]
pub struct Post {
    faults: Arc<Faults>,
    delivered: Arc<Mutex<Delivered>>,
}

impl Post {
    pub fn new(faults: Arc<Faults>) -> Self {
        Self { faults, delivered: Arc::default() }
    }

    pub fn messages(&self) -> Vec<OutboxMessage> {
        self.delivered.lock().unwrap().messages.values().cloned().collect()
    }

    /// Arrival numbers of the messages whose senders were told what was wrong.
    pub fn notices(&self) -> Vec<i64> {
        self.delivered.lock().unwrap().notices.keys().copied().collect()
    }

    fn full(&self) -> Result<(), HubError> {
        let refuse =
            || HubError { doing: "schrijven van", path: "out".to_owned(), reason: "schijf vol".to_owned() };
        if self.faults.fault() == Fault::DiskFull || self.faults.is_dead() { Err(refuse()) } else { Ok(()) }
    }
}

impl Hub for Post {
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        format!("{receiver}/{send}-{}", soort.name())
    }

    async fn publish(&self, messages: &[OutboxMessage]) -> Result<Published, HubError> {
        self.full()?;
        let mut published = Published::default();
        let mut delivered = self.delivered.lock().unwrap();
        for message in messages {
            if let Fault::Unreachable(receiver) = self.faults.fault()
                && message.receiver.to_string() == receiver
            {
                if published.stuck.iter().all(|(stuck, _)| *stuck != message.receiver) {
                    let error = HubError {
                        doing: "bereiken van",
                        path: receiver.to_owned(),
                        reason: "stil".to_owned(),
                    };
                    published.stuck.push((message.receiver, error));
                }
                continue;
            }
            let before = delivered.messages.insert(message.send, message.clone());
            assert!(before.is_none_or(|before| before == *message), "a send number has one content");
            if self.faults.bug == Some(Bug::DoublePublish) {
                delivered.messages.insert(-message.send, message.clone());
            }
            published.sent.push(message.send);
        }
        Ok(published)
    }

    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Vec<i64>, HubError> {
        self.full()?;
        for notice in notices {
            *self.delivered.lock().unwrap().notices.entry(notice.arrival).or_default() += 1;
        }
        Ok(notices.iter().map(|notice| notice.arrival).collect())
    }

    fn has_parked(&self, _arrival: i64) -> bool {
        true
    }

    fn park(&self, _arrival: i64, _bytes: &[u8], _notice: Option<&[u8]>) -> Result<(), HubError> {
        self.full()
    }

    fn unpark(&self, _arrival: i64) -> Result<(), HubError> {
        self.full()
    }
}
