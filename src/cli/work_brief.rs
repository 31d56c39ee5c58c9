//! The letter to an aanbieder that belongs to a work item.

use crate::contracts::Register;
use crate::report::werkbrief::Werkbrief;
use crate::store::{WorkItem, WorkLine};
use clap::ValueEnum;

/// How the letter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Vorm {
    /// For the screen and for mail.
    Text,
    /// To print.
    Html,
}

/// The letter about what still waits; none when the item is about something else.
pub(super) fn brief(item: &WorkItem, lines: &[WorkLine], register: &Register, vorm: Vorm) -> Option<String> {
    let brief = Werkbrief::of(item, lines, register)?;
    Some(match vorm {
        Vorm::Text => brief.text(),
        Vorm::Html => brief.html(),
    })
}
