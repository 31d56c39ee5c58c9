//! Paying aanbieders: what a payment run pays, the file for the bank and the specification.
//!
//! All of it is pure: the caller loads the payable entries, commits the entries that a run consumed
//! and places the files.

pub mod beletselen;
pub mod bic;
pub mod csv_cell;
pub mod epc_text;
pub mod pain001;
pub mod run;
pub mod specification;

pub use beletselen::{Beletselen, Betaalrekening, Geweigerd};
pub use bic::Bic;
pub use run::{Payable, PaymentRun, Probleem, RunError, Saldo, Uitkomst, plan};
