//! What lines granted earlier in a declaratie did to the facts, before the message is booked.

use crate::codes::ToewijzingNummer;
use crate::state::{Besteding, DebetSleutel};
use rustc_hash::{FxHashMap, FxHashSet};

/// Effects of earlier lines of the same declaratie.
#[derive(Debug, Default, Clone)]
pub struct InMessage<'a> {
    /// Spent on an assignment by lines granted in this message; negative for credits.
    pub besteed: FxHashMap<ToewijzingNummer, Besteding>,
    /// Debits granted in this message (TR389).
    pub debets: FxHashSet<DebetSleutel>,
    /// Debits credited in this message: they no longer block another debit.
    pub gecrediteerd: FxHashSet<DebetSleutel>,
    /// References of earlier lines, granted or not (TR314).
    pub referenties: FxHashSet<&'a str>,
    /// Debits that earlier lines credited (TR390).
    pub vorige: FxHashSet<&'a str>,
}
