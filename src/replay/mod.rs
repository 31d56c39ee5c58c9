//! State is the journal, decided again: what auditors rest on.

mod audit;
mod difference;
mod hub;
mod memory;
mod rebuild;
mod registers;
mod work;

pub use audit::{Audit, Filter, Totals, settings};
pub use difference::{Difference, Kind, Short};
pub use hub::Silent;
pub use rebuild::{Rebuilt, Replay, ReplayError, difference, different_rows};
