//! Level 4: rules against an external source or the contract. One file per rule.

pub mod cs321;
pub mod rc8004;
pub mod rc8847;
pub mod rc8855;
pub mod tr135;
pub mod tr346;
pub mod tr378;
pub mod tr381;
