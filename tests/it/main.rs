//! All integration tests, one binary.

mod contracts;
mod payments;
mod samples;
mod standard;
mod statement_against_xsd;
