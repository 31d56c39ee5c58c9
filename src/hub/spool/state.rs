//! State of taking in from the folders, for figures.

use super::aside::WhyAside;
use super::held::HeldUpKind;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of a service that takes in from folders; all 0 where it does not.
#[derive(Debug, Default)]
pub struct SpoolState {
    senders: AtomicU64,
    files: AtomicU64,
    left: AtomicU64,
    failures: AtomicU64,
    aside: [AtomicU64; LABELS.len()],
}

/// Why files are set aside, as figures call it.
pub const LABELS: [&str; 3] = ["too_large", "unreadable", "no_file"];

impl SpoolState {
    /// Senders whose folder cannot be taken in now.
    #[must_use]
    pub fn held_senders(&self) -> u64 {
        self.senders.load(Ordering::Relaxed)
    }

    /// Files that cannot be read now.
    #[must_use]
    pub fn held_files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }

    /// What lies in `in/` for good and is no message.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Attempts to take in a folder or a file that failed.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Files that this process set aside, with the label of the reason.
    pub fn aside(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        LABELS.into_iter().zip(&self.aside).map(|(label, count)| (label, count.load(Ordering::Relaxed)))
    }

    pub(super) fn waits(&self, what: HeldUpKind, count: u64) {
        let counter = match what {
            HeldUpKind::Folder => &self.senders,
            HeldUpKind::File => &self.files,
        };
        counter.store(count, Ordering::Relaxed);
    }

    pub(super) fn lies(&self, left: u64) {
        self.left.store(left, Ordering::Relaxed);
    }

    pub(super) fn failed(&self, times: usize) {
        self.failures.fetch_add(times as u64, Ordering::Relaxed);
    }

    pub(super) fn was_set_aside(&self, why: &WhyAside) {
        if let Some(place) = LABELS.iter().position(|label| *label == why.label()) {
            self.aside[place].fetch_add(1, Ordering::Relaxed);
        }
    }
}
