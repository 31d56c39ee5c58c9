//! The folders as a place that messages come from.

use super::claim::{Claimed, Claims};
use super::held::{HeldPaths, HeldUp, HeldUpKind};
use super::left::Leavings;
use super::{Spool, SpoolState, Taking};
use crate::disk::{self, FileRefusal};
use crate::hub::{Delivered, HubError, Inbound};
use crate::store::TakeLimit;
use async_trait::async_trait;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Names that are told one by one in a look; of more only how many.
const TOLD_AT_ONCE: usize = 20;

/// Takes what others drop in `in/<sender>/`.
pub struct SpoolIntake {
    spool: Spool,
    taking: Taking,
    claimed: VecDeque<Claimed>,
    /// Files of what was received last, in order.
    received: Vec<PathBuf>,
    holds: HeldPaths,
    leavings: Leavings,
    state: Arc<SpoolState>,
}

impl SpoolIntake {
    /// Looks for files every so often.
    #[must_use]
    pub fn new(spool: Spool, taking: Taking) -> Self {
        Self {
            spool,
            holds: HeldPaths::new(taking.poll),
            taking,
            claimed: VecDeque::new(),
            received: Vec::new(),
            leavings: Leavings::default(),
            state: Arc::default(),
        }
    }

    /// How it goes.
    #[must_use]
    pub fn state(&self) -> Arc<SpoolState> {
        self.state.clone()
    }

    /// Takes over files when there are none left; false when there are none, or another process takes them.
    fn claim(&mut self) -> Result<bool, HubError> {
        if self.claimed.is_empty() && self.spool.may_claim()? {
            let now = Instant::now();
            self.holds.begin(now);
            let claims = self.spool.claim_with(&self.taking, &mut self.holds)?;
            self.claimed = self.told(claims, now).into();
        }
        Ok(!self.claimed.is_empty())
    }

    /// Tells what was not taken over; the rest.
    fn told(&mut self, claims: Claims, now: Instant) -> Vec<Claimed> {
        let Claims { files, left, held, aside } = claims;
        for one in &held {
            tracing::error!(sender = %one.sender, "{one}");
        }
        self.state.failed(held.len());
        for one in &aside {
            self.state.was_set_aside(&one.why);
            tracing::error!(sender = %one.sender, "{one}");
        }
        let news = self.leavings.seen(left, now, self.taking.poll);
        for one in news.iter().take(TOLD_AT_ONCE) {
            tracing::warn!("{one}");
        }
        if let Some(more) = news.len().checked_sub(TOLD_AT_ONCE).filter(|more| *more > 0) {
            tracing::warn!(more, "er ligt meer in de map in/ dat niet wordt ingenomen; zie happyflow doctor");
        }
        self.count();
        files
    }

    fn count(&self) {
        for what in [HeldUpKind::Folder, HeldUpKind::File] {
            self.state.waits(what, self.holds.count(what));
        }
        self.state.lies(self.leavings.count());
    }

    fn read(&mut self, limit: TakeLimit) -> Vec<Delivered> {
        let (mut delivered, mut weight) = (Vec::new(), 0_u64);
        let most = self.taking.max_message_bytes;
        while delivered.len() < limit.messages.max(1) {
            let Some(claimed) = self.claimed.pop_front() else { break };
            let file = disk::open_own(&claimed.path).and_then(|file| file.at_most(most));
            if let Ok(file) = &file {
                // Its weight is known before any memory is taken for it.
                weight = weight.saturating_add(file.length());
                if weight > limit.bytes as u64 && !delivered.is_empty() {
                    self.claimed.push_front(claimed);
                    break;
                }
            }
            match file.and_then(|file| file.read(most)) {
                Ok(bytes) => {
                    let Claimed { dropped, path, sender } = claimed;
                    let name = dropped.display().to_string();
                    delivered.push(Delivered { name, channel: Some(sender), bytes: bytes.into() });
                    self.holds.went_well(&path);
                    self.received.push(path);
                }
                Err(refusal) => self.not_read(claimed, &refusal),
            }
        }
        delivered
    }

    /// It stays where it was taken to, and does not hold up the others: the next look sets it aside or tries it again.
    fn not_read(&mut self, claimed: Claimed, refusal: &FileRefusal) {
        let Claimed { path, sender, .. } = claimed;
        let held = HeldUp { sender, what: HeldUpKind::File, path, reason: refusal.to_string() };
        self.holds.failed(&held.path, HeldUpKind::File);
        self.state.failed(1);
        self.count();
        tracing::error!(%sender, "{held}");
    }
}

#[async_trait]
impl Inbound for SpoolIntake {
    async fn receive(&mut self, limit: TakeLimit) -> Result<Vec<Delivered>, HubError> {
        self.received.clear();
        loop {
            let delivered = if self.claim()? { self.read(limit) } else { Vec::new() };
            if !delivered.is_empty() {
                return Ok(delivered);
            }
            tokio::time::sleep(self.taking.poll).await;
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
