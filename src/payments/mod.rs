//! Paying aanbieders: what a payment run pays, the file for the bank and the specification.
//!
//! All of it is pure: the caller loads the payable entries, commits the entries that a run consumed
//! and places the files.

pub mod iban;
