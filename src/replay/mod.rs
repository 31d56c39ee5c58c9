//! State is the journal, decided again: what auditors rest on.

mod audit;
mod compare;
mod difference;
mod feed;
mod foreign;
mod frozen;
mod group;
mod memory;
mod overname;
mod rebuild;
mod registers;
pub mod sample;
mod scratch;
mod work;

pub use audit::{Audit, Filter, Seen, Totals, settings};
pub use compare::{Differences, differences};
pub use difference::{Difference, DifferenceKind, Short};
pub use foreign::{Archived, Foreign, ForeignTotals};
pub use rebuild::{Newer, Rebuilt, Replay, ReplayError};
pub use scratch::Scratch;
