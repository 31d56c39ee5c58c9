//! All integration tests, one binary.

mod payments;
mod standard;
