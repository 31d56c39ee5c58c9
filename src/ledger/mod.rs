//! The ledger: money moves between two accounts, one row at a time, and never changes.
//!
//! A row takes cents off one account and puts them on another, so every entry balances by itself. What waits, is held or
//! is on its way to the bank stands on an account of its own: a status is never money (rulings 8.15). Accounts know
//! gemeente, aanbieder, form of funding and year of care, never a person.

mod betaling;
mod declaratie;
mod overboeking;
mod rekening;
mod vasthouding;

pub use betaling::transfer_posted;
pub use declaratie::{GeboekteKosten, Tegenrekening, claim_posted};
pub use overboeking::{Boekgebeurtenis, Overboeking, OverboekingBron};
pub use rekening::{Grootboekrekening, GrootboekrekeningFout, Kosten};
pub use vasthouding::{Verplaatsing, hold_moved};
