//! Every exchange and queue, declared here and nowhere else; `docs/asyncapi.yaml` describes the same.
//!
//! ```text
//! <prefix>.in  (fanout)   -> <prefix>.intake.1            senders put messages here; one consumer at a time
//! <prefix>.out (direct)   -> <prefix>.out.<receiver>.1    what leaves, in order, by code of the receiver
//! <prefix>.bericht (direct) -> <prefix>.bericht.<receiver>.1  what receivers are told of decisions, by code
//! <prefix>.dead (fanout)  -> <prefix>.dead.1              what could not be taken in, for a person
//! ```
//!
//! Arguments of a queue cannot be changed: other arguments are another name, so names end with a version.

use crate::messages::Partij;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};

/// Times that the broker delivers a message to the intake before it goes to the dead letters.
pub const DELIVERY_LIMIT: i64 = 20;

/// How an exchange passes messages on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Routing {
    /// To every queue.
    Fanout,
    /// To the queue with the same key.
    Direct,
}

impl Routing {
    /// As the broker names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fanout => "fanout",
            Self::Direct => "direct",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub name: String,
    /// How it passes messages on.
    pub kind: Routing,
}

/// An argument of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A word.
    Text(String),
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// A queue with the one exchange that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundQueue {
    pub name: String,
    /// Where its messages come from.
    pub exchange: String,
    /// With which key; empty where the exchange does not look at it.
    pub key: String,
    /// Arguments in order of name.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// The names of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    prefix: String,
}

fn text(value: impl Into<String>) -> Argument {
    Argument::Text(value.into())
}

impl Topology {
    /// The names that begin with this.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// Where senders put messages.
    #[must_use]
    pub fn incoming(&self) -> Exchange {
        Exchange { name: format!("{}.in", self.prefix), kind: Routing::Fanout }
    }

    /// Where we put messages.
    #[must_use]
    pub fn outgoing(&self) -> Exchange {
        Exchange { name: format!("{}.out", self.prefix), kind: Routing::Direct }
    }

    /// Where we put notices about decisions.
    #[must_use]
    pub fn notices(&self) -> Exchange {
        Exchange { name: format!("{}.bericht", self.prefix), kind: Routing::Direct }
    }

    /// Where the broker puts what could not be taken in.
    #[must_use]
    pub fn dead(&self) -> Exchange {
        Exchange { name: format!("{}.dead", self.prefix), kind: Routing::Fanout }
    }

    /// What the intake reads. One consumer at a time, so that the order of the broker survives, but for the death of
    /// a consumer: what that one had and did not acknowledge may come again behind what was not given yet. A message
    /// that comes back too often goes to the dead letters, and is not lost on the way there.
    #[must_use]
    pub fn intake(&self) -> BoundQueue {
        BoundQueue {
            name: format!("{}.intake.1", self.prefix),
            exchange: self.incoming().name,
            key: String::new(),
            arguments: vec![
                ("x-dead-letter-exchange", text(self.dead().name)),
                ("x-dead-letter-strategy", text("at-least-once")),
                ("x-delivery-limit", Argument::Number(DELIVERY_LIMIT)),
                ("x-overflow", text("reject-publish")),
                ("x-queue-type", text("quorum")),
                ("x-single-active-consumer", Argument::Flag(true)),
            ],
        }
    }

    /// What waits for a person.
    #[must_use]
    pub fn dead_letters(&self) -> BoundQueue {
        BoundQueue {
            name: format!("{}.dead.1", self.prefix),
            exchange: self.dead().name,
            key: String::new(),
            arguments: vec![("x-queue-type", text("quorum"))],
        }
    }

    /// What a receiver reads.
    #[must_use]
    pub fn receiver(&self, receiver: Partij) -> BoundQueue {
        BoundQueue {
            name: format!("{}.out.{receiver}.1", self.prefix),
            exchange: self.outgoing().name,
            key: receiver.to_string(),
            arguments: vec![("x-queue-type", text("quorum"))],
        }
    }

    /// What a receiver is told of decisions.
    #[must_use]
    pub fn notices_for(&self, receiver: Partij) -> BoundQueue {
        BoundQueue {
            name: format!("{}.bericht.{receiver}.1", self.prefix),
            exchange: self.notices().name,
            key: receiver.to_string(),
            arguments: vec![("x-queue-type", text("quorum"))],
        }
    }

    #[must_use]
    pub fn exchanges(&self) -> [Exchange; 4] {
        [self.incoming(), self.outgoing(), self.notices(), self.dead()]
    }
}

impl Exchange {
    /// Makes it when it is not there.
    pub async fn declare(&self, channel: &Channel) -> lapin::Result<()> {
        let kind = match self.kind {
            Routing::Fanout => ExchangeKind::Fanout,
            Routing::Direct => ExchangeKind::Direct,
        };
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        channel.exchange_declare(self.name.as_str().into(), kind, options, FieldTable::default()).await
    }
}

impl BoundQueue {
    /// Makes it when it is not there, and binds it.
    pub async fn declare(&self, channel: &Channel) -> lapin::Result<()> {
        let mut arguments = FieldTable::default();
        for (name, argument) in &self.arguments {
            let value = match argument {
                Argument::Text(text) => AMQPValue::LongString(text.as_str().into()),
                Argument::Number(number) => AMQPValue::LongLongInt(*number),
                Argument::Flag(flag) => AMQPValue::Boolean(*flag),
            };
            arguments.insert((*name).into(), value);
        }
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(self.name.as_str().into(), options, arguments).await?;
        let (queue, exchange, key) = (&self.name, &self.exchange, &self.key);
        let options = QueueBindOptions::default();
        channel
            .queue_bind(
                queue.as_str().into(),
                exchange.as_str().into(),
                key.as_str().into(),
                options,
                FieldTable::default(),
            )
            .await
    }
}
