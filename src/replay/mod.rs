//! State is the journal, decided again: what auditors rest on.

mod rebuild;
mod work;

pub use rebuild::{Replay, ReplayError, difference};
