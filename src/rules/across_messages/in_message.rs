//! Effect of earlier lines: what lines granted earlier in a declaratie did to the facts, before the message is booked.

use crate::codes::ToewijzingNummer;
use crate::state::{Besteding, DebetSleutel};
use rustc_hash::{FxHashMap, FxHashSet};

/// Effects of earlier lines of the same declaratie, in the order in which they are judged: credits
/// first (OP366).
#[derive(Debug, Default, Clone)]
pub struct InMessage<'a> {
    /// Spent on an assignment by lines granted in this message; negative for credits.
    pub besteed: FxHashMap<ToewijzingNummer, Besteding>,
    /// Debits granted in this message (TR389).
    pub debets: FxHashSet<DebetSleutel>,
    /// Debits credited in this message: they no longer block another debit (TR389), and are not
    /// credited again (TR390).
    pub gecrediteerd: FxHashSet<DebetSleutel>,
    /// Every reference of the message with the first line that has it, counted from 0 in the order of
    /// the file, whatever the order of judging (TR314).
    pub referenties: FxHashMap<&'a str, u32>,
}
