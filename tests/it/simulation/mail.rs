//! Senders and receivers, and what lies between them and us.

use happyflow::hub::{Inbound, Outbound};
use happyflow::messages::Partij;
use std::future::Future;
use std::sync::Arc;

/// A message as it lies with its receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The same for a message that is sent again.
    pub id: String,
    /// `JW302`, or that of a notice.
    pub kind: String,
    pub receiver: Partij,
    /// The name of the message that it follows from.
    pub cause: String,
    pub bytes: Vec<u8>,
}

/// Where messages come from and go to.
pub trait Mail {
    type Intake: Inbound;

    /// The publishing end of a process.
    fn hub(&self) -> Arc<dyn Outbound>;

    /// The consuming end of a process. Dropping it is a crash: what was not settled comes again.
    fn intake(&self) -> Self::Intake;

    /// A process died: what it was connected with is gone.
    fn crashed(&mut self);

    /// A sender puts a message where we take it from.
    fn send(&mut self, sender: Partij, name: &str, bytes: &[u8]) -> impl Future<Output = ()>;

    /// Everything that receivers have, in the order in which it came to each; what came again under the
    /// same id once.
    fn delivered(&mut self) -> impl Future<Output = Vec<Delivery>>;

    /// Messages that nobody took in.
    fn left(&mut self) -> impl Future<Output = usize>;
}
