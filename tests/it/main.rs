//! All integration tests, one binary.

mod bad_input;
mod claims;
mod classes_against_statement;
mod cli;
mod cli_check;
mod cli_process;
mod contracts;
mod differential;
mod evil;
mod explain;
mod explain_command;
mod fast_and_slow;
mod findings;
mod generate;
mod generator;
mod messages;
mod payments;
mod requests;
mod rules_in_message;
mod samples;
mod spelling;
mod standard;
mod statement_against_xsd;
mod store_conformance;
