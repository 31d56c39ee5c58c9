//! happyflow: the back office that turns Dutch youth-care messages into right answers and right
//! payments. `docs/ARCHITECTURE.md` has the map.

// Both panic when nobody reads what they write.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod calendar;
pub mod chain;
pub mod cli;
pub mod clock;
pub mod codes;
pub mod config;
pub mod contracts;
pub mod decide;
pub mod digest;
pub mod disk;
pub mod doctor;
pub mod explain;
pub mod generate;
pub mod hub;
pub mod iban;
pub mod io_text;
pub mod messages;
pub mod money;
pub mod no_core;
pub mod payments;
pub mod pipeline;
pub mod releases;
pub mod removal;
pub mod replay;
pub mod report;
pub mod retourcodes;
pub mod rules;
pub mod schema;
pub mod service;
pub mod state;
pub mod store;
pub mod telemetry;
mod waiting;
pub mod whatif;
pub mod writable;
