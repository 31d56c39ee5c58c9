//! The contract register.

/// One version of everything that was agreed.
#[derive(Debug, Default)]
pub struct Register;
