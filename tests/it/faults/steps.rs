//! Stands between the program and its database and broker, reads along, and stops everything at a named
//! step: the program is then killed there, or its connections are cut. Nothing in the program helps.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the program or the broker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The program executes a statement with this text in it.
    Sql(&'static str),
    /// The program commits a transaction in which it executed such a statement.
    Commit(&'static str),
    /// The program acknowledges what it received.
    Ack,
    /// The program publishes a message.
    Publish,
    /// The broker confirms what was published.
    Confirm,
}

/// Whether it stops before the other side has it, or when that side is done and the answer is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Before,
    After,
}

/// A step of the office.
pub type Step = (Event, When);

/// Which connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Database,
    Broker,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Phase {
    /// Nothing is passed on, in whatever direction.
    frozen: bool,
    /// How often the connections with the database and with the broker were cut.
    cuts: [u64; 2],
}

/// Shared by the two that stand in between.
pub struct Halt {
    /// Where to stop, and how often it is passed first.
    step: Mutex<Option<(Step, u32)>>,
    phase: watch::Sender<Phase>,
}

impl Halt {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { step: Mutex::default(), phase: watch::Sender::default() })
    }

    /// Stops everything the next time at this step, after it was passed so often.
    pub fn at(&self, step: Step, passed: u32) {
        *self.step.lock().unwrap() = Some((step, passed));
    }

    /// Waits until everything stands still.
    pub async fn reached(&self) {
        let mut phase = self.phase.subscribe();
        let reached = phase.wait_for(|phase| phase.frozen);
        let waited = tokio::time::timeout(crate::broker::PATIENCE, reached).await;
        assert!(waited.is_ok(), "never came to {:?}", self.step.lock().unwrap());
    }

    /// Everything goes on where it stood still.
    pub fn go_on(&self) {
        self.phase.send_modify(|phase| phase.frozen = false);
    }

    /// Breaks connections at both ends; the others go on.
    pub fn cut(&self, sides: &[Side]) {
        self.phase.send_modify(|phase| {
            phase.frozen = false;
            for side in sides {
                phase.cuts[*side as usize] += 1;
            }
        });
    }

    /// Whether to stop now; the step is then taken.
    fn is_due(&self, when: When, is: impl Fn(Event) -> bool) -> bool {
        let mut step = self.step.lock().unwrap();
        let Some(((event, at), passed)) = step.as_mut() else { return false };
        if *at != when || !is(*event) {
            return false;
        }
        if *passed > 0 {
            *passed -= 1;
            return false;
        }
        *step = None;
        true
    }

    fn freeze(&self) {
        self.phase.send_modify(|phase| phase.frozen = true);
    }

    /// Listens on a port of its own, within the runtime of the caller.
    pub async fn between(self: &Arc<Self>, side: Side, target: String) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let halt = self.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, halt) = (target.clone(), halt.clone());
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(target).await {
                        halt.pass(side, client, server).await;
                    }
                });
            }
        });
        port
    }

    async fn pass(&self, side: Side, client: TcpStream, server: TcpStream) {
        // Small pieces, each awaited by the other side.
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let talk = Mutex::new(Talk::default());
        let mut phase = self.phase.subscribe();
        let before = phase.borrow_and_update().cuts[side as usize];
        tokio::select! {
            _ = phase.wait_for(|phase| phase.cuts[side as usize] != before) => {}
            () = self.carry(From::Program(side), from_client, to_server, &talk) => {}
            () = self.carry(From::Server(side), from_server, to_client, &talk) => {}
        }
    }

    async fn carry(&self, from: From, mut source: OwnedReadHalf, mut to: OwnedWriteHalf, talk: &Mutex<Talk>) {
        let (mut begun, mut held, mut buffer) = (false, Vec::new(), Vec::new());
        loop {
            while let Some(length) = from.length(begun, &buffer) {
                begun = true;
                let message: Vec<u8> = buffer.drain(..length).collect();
                let verdict = talk.lock().unwrap().read(from, &message, self);
                held.extend(message);
                match verdict {
                    Verdict::Hold => continue,
                    Verdict::StopBefore => self.freeze(),
                    Verdict::Pass | Verdict::StopAfter => {}
                }
                self.moving().await;
                if to.write_all(&held).await.is_err() {
                    return;
                }
                held.clear();
                if verdict == Verdict::StopAfter {
                    self.freeze();
                }
            }
            if !matches!(source.read_buf(&mut buffer).await, Ok(1..)) {
                return;
            }
        }
    }

    async fn moving(&self) {
        let _ = self.phase.subscribe().wait_for(|phase| !phase.frozen).await;
    }
}

/// Who speaks, and in whose language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Program(Side),
    Server(Side),
}

impl From {
    /// The length of the first whole message in these bytes.
    fn length(self, begun: bool, bytes: &[u8]) -> Option<usize> {
        let number = |at: usize| {
            let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
            usize::try_from(u32::from_be_bytes(four)).ok()
        };
        let length = match self {
            Self::Program(Side::Database) if !begun => number(0)?,
            Self::Program(Side::Broker) if !begun => 8,
            Self::Program(Side::Database) | Self::Server(Side::Database) => 1 + number(1)?,
            Self::Program(Side::Broker) | Self::Server(Side::Broker) => 8 + number(3)?,
        };
        (bytes.len() >= length).then_some(length)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Pass,
    /// Kept until a later message passes.
    Hold,
    StopBefore,
    StopAfter,
}

/// What was said on one connection.
#[derive(Default)]
struct Talk {
    /// Prepared statements by name.
    prepared: HashMap<Vec<u8>, String>,
    /// Executed in the transaction under way.
    executed: Vec<String>,
    /// The answer to what was sent last is not passed on.
    answer_due: bool,
}

impl Talk {
    fn read(&mut self, from: From, message: &[u8], halt: &Halt) -> Verdict {
        match from {
            From::Program(Side::Database) => self.statement(message, halt),
            From::Server(Side::Database) if self.answer_due => {
                // Ready for the next: this one is done.
                let done = message[0] == b'Z';
                self.answer_due = !done;
                if done { Verdict::StopBefore } else { Verdict::Hold }
            }
            From::Server(Side::Database) => Verdict::Pass,
            From::Program(Side::Broker) => match method(message) {
                Some((60, 80)) => stop(halt, Event::Ack),
                Some((60, 40)) => stop(halt, Event::Publish),
                _ => Verdict::Pass,
            },
            From::Server(Side::Broker) => match method(message) {
                Some((60, 80)) => stop(halt, Event::Confirm),
                _ => Verdict::Pass,
            },
        }
    }

    fn statement(&mut self, message: &[u8], halt: &Halt) -> Verdict {
        let mut parts = message.get(5..).unwrap_or_default().split(|byte| *byte == 0);
        let mut next = || parts.next().unwrap_or_default();
        let sql = match message[0] {
            b'P' => {
                let (name, sql) = (next().to_vec(), String::from_utf8_lossy(next()).into_owned());
                self.prepared.insert(name, sql);
                return Verdict::Pass;
            }
            b'B' => {
                next();
                self.prepared.get(next()).cloned().unwrap_or_default()
            }
            b'Q' => String::from_utf8_lossy(next()).into_owned(),
            _ => return Verdict::Pass,
        };
        let is = |event: Event| match event {
            Event::Sql(text) => sql.contains(text),
            Event::Commit(text) => sql == "COMMIT" && self.executed.iter().any(|sql| sql.contains(text)),
            Event::Ack | Event::Publish | Event::Confirm => false,
        };
        let (before, after) = (halt.is_due(When::Before, is), halt.is_due(When::After, is));
        if sql.starts_with("BEGIN") {
            self.executed.clear();
        }
        self.executed.push(sql);
        self.answer_due |= after;
        if before { Verdict::StopBefore } else { Verdict::Pass }
    }
}

fn stop(halt: &Halt, event: Event) -> Verdict {
    if halt.is_due(When::Before, |due| due == event) {
        return Verdict::StopBefore;
    }
    if halt.is_due(When::After, |due| due == event) { Verdict::StopAfter } else { Verdict::Pass }
}

/// Class and method of a frame, when it is one of a method.
fn method(frame: &[u8]) -> Option<(u16, u16)> {
    let two = |at: usize| Some(u16::from_be_bytes(frame.get(at..at + 2)?.try_into().ok()?));
    if frame.first() == Some(&1) { Some((two(7)?, two(9)?)) } else { None }
}
