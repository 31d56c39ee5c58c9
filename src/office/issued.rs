//! Clock of issuing: how far a fixed clock has moved.

use std::sync::atomic::{AtomicU32, Ordering};

/// JW301s issued on the day of a fixed clock, which moves one second with each; one count for all who decide
/// in this process.
#[derive(Debug, Default)]
pub(super) struct Issued(AtomicU32);

impl Issued {
    pub(super) fn get(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    /// The clock never goes back.
    pub(super) fn at_least(&self, issued: u32) {
        self.0.fetch_max(issued, Ordering::SeqCst);
    }
}
