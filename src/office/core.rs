//! The pure functions that the office runs, in one value: a test puts others in.

use crate::contracts::Register;
use crate::decide::{Decision, Input, decide, keys};
use crate::messages::Bericht;
use crate::rules::{Finding, judge_in_message};
use crate::state::FactKeys;

/// What judges, finds out which facts are needed, and decides.
#[derive(Debug, Clone, Copy)]
pub struct Core {
    /// Level 2.
    pub judge_in_message: fn(&Bericht<'_>) -> Vec<Finding>,
    /// Which facts a message needs.
    pub keys: fn(&Bericht<'_>, &Register) -> FactKeys,
    /// Levels 3 and 4 and everything that follows.
    pub decide: fn(&Input<'_>) -> Decision,
}

impl Core {
    /// The rules of the standard.
    pub const STANDARD: Self = Self { judge_in_message, keys, decide };
}
