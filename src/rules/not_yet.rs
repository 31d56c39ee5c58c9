//! Rules of the standard that are not built in yet, whole or for some messages, each with its reason.
//!
//! A test fails when a rule of the standard is for some message neither in the registry nor here, and
//! when it is in both: who builds a rule in strikes its row.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;

/// A rule that is not built in yet for these messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotYet {
    pub code: &'static str,
    /// 3 across messages, 4 external source and contract.
    pub level: u8,
    /// What it will give.
    pub retourcode: Option<Retourcode>,
    /// The messages that it will judge.
    pub messages: &'static [BerichtSoort],
    /// Why it is not here, in Dutch, for operators.
    pub reason: &'static str,
}

/// Every rule that is not built in yet, by code: none. Rules whose judge is the other side of the
/// exchange are used to check what we send (`decide/own.rs`).
pub static NOT_YET: &[NotYet] = &[];
