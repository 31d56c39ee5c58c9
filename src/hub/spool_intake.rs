//! The folders as a place that messages come from.

use super::{Claimed, Delivered, HubError, Inbound, Spool};
use crate::pipeline::io_text::io_text;
use crate::store::TakeLimit;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

/// Takes what others drop in `in/<sender>/`.
pub struct SpoolIntake {
    spool: Spool,
    poll: Duration,
    claimed: VecDeque<Claimed>,
    /// Files of what was received last, in order.
    received: Vec<PathBuf>,
}

impl SpoolIntake {
    /// Looks for files every so often.
    #[must_use]
    pub fn new(spool: Spool, poll: Duration) -> Self {
        Self { spool, poll, claimed: VecDeque::new(), received: Vec::new() }
    }

    /// Takes over files when there are none left; false when there are none, or another process takes them.
    fn claim(&mut self) -> Result<bool, HubError> {
        if self.claimed.is_empty() && self.spool.may_claim()? {
            self.claimed = self.spool.claim()?.files.into();
        }
        Ok(!self.claimed.is_empty())
    }

    fn read(&mut self, limit: TakeLimit) -> Vec<Delivered> {
        let (mut delivered, mut weight) = (Vec::new(), 0);
        while delivered.len() < limit.messages.max(1) && (weight < limit.bytes || delivered.is_empty()) {
            let Some(Claimed { dropped, path, sender }) = self.claimed.pop_front() else {
                break;
            };
            match std::fs::read(&path) {
                Ok(bytes) => {
                    weight += bytes.len();
                    let name = dropped.display().to_string();
                    delivered.push(Delivered { name, channel: Some(sender), bytes: bytes.into() });
                    self.received.push(path);
                }
                // It stays where it is, for a person, and does not hold up the others.
                Err(error) => {
                    tracing::error!(path = %path.display(), reason = io_text(&error), "bestand niet te lezen");
                }
            }
        }
        delivered
    }
}

impl Inbound for SpoolIntake {
    async fn receive(&mut self, limit: TakeLimit) -> Result<Vec<Delivered>, HubError> {
        self.received.clear();
        loop {
            let delivered = if self.claim()? { self.read(limit) } else { Vec::new() };
            if !delivered.is_empty() {
                return Ok(delivered);
            }
            tokio::time::sleep(self.poll).await;
        }
    }

    /// What is not stored stays where it was taken to, and is found with the next claim.
    async fn settle(&mut self, stored: &[bool]) -> Result<(), HubError> {
        for (path, _) in self.received.drain(..).zip(stored).filter(|(_, stored)| **stored) {
            Claimed::remove(&path)?;
        }
        Ok(())
    }

    async fn stop(&mut self) {
        self.claimed.clear();
        self.received.clear();
    }
}
