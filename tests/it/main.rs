//! All integration tests, one binary.

mod cli;
mod cli_check;
mod contracts;
mod messages;
mod payments;
mod samples;
mod standard;
mod statement_against_xsd;
