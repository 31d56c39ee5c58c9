//! One message's way, from bytes to answers: sources, judging in parallel, batches, publishing.
//!
//! The core ([`crate::decide`]) is pure; everything that reads, writes, waits or counts attempts is
//! here.

pub mod check;
pub mod io_text;
pub mod line;
pub mod ordered;
pub mod places;
pub mod source;
