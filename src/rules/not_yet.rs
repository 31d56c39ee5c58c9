//! Rules of the standard that are not built in yet, whole or for some messages, each with its reason.
//!
//! A test fails when a rule of the standard is for some message neither in the registry nor here, and
//! when it is in both: who builds a rule in strikes its row.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort::{self, Jw325};

/// A rule that is not built in yet for these messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotYet {
    /// Its code.
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

const ONTVANGEN: &str = "beoordeelt een ontvangen JW325; happyflow stuurt ze en ontvangt er geen";

/// Every rule that is not built in yet, by code.
pub static NOT_YET: &[NotYet] = &[
    NotYet {
        code: "TR056",
        level: 3,
        retourcode: Some(Retourcode::of("9056")),
        messages: &[Jw325],
        reason: ONTVANGEN,
    },
    NotYet {
        code: "TR135",
        level: 4,
        retourcode: Some(Retourcode::of("8848")),
        messages: &[Jw325],
        reason: ONTVANGEN,
    },
    NotYet {
        code: "TR304",
        level: 3,
        retourcode: Some(Retourcode::of("8187")),
        messages: &[Jw325],
        reason: ONTVANGEN,
    },
    NotYet { code: "TR337", level: 3, retourcode: None, messages: &[Jw325], reason: ONTVANGEN },
    NotYet {
        code: "TR366",
        level: 3,
        retourcode: Some(Retourcode::of("9366")),
        messages: &[Jw325],
        reason: ONTVANGEN,
    },
    NotYet {
        code: "TR367",
        level: 3,
        retourcode: Some(Retourcode::of("9367")),
        messages: &[Jw325],
        reason: ONTVANGEN,
    },
    NotYet { code: "TR371", level: 3, retourcode: None, messages: &[Jw325], reason: ONTVANGEN },
    NotYet { code: "TR376", level: 3, retourcode: None, messages: &[Jw325], reason: ONTVANGEN },
    NotYet {
        code: "TR378",
        level: 4,
        retourcode: Some(Retourcode::of("S300")),
        messages: &[Jw325],
        reason: ONTVANGEN,
    },
];
