//! How often somebody may do something in a minute.

use crate::clock::unix_seconds;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Most times in a minute that one session asks for persons.
pub const LOOKS: u32 = 20;
/// Most messages that one aanbieder tries in a minute.
pub const TRIALS: u32 = 10;
/// Most times in a minute that logging in is tried from one address.
pub const LOGINS: u32 = 60;
/// Most times in a minute that logging in is tried from anywhere.
pub const ALL_LOGINS: u32 = 600;
/// Most that are kept in mind.
const KEPT: usize = 10_000;

/// Who did what how often in this minute.
#[derive(Debug, Default)]
pub struct Rate(Mutex<(i64, BTreeMap<String, u32>)>);

impl Rate {
    /// Counts one more; whether that is still allowed to one who may do it so often.
    pub fn allows(&self, who: &str, most: u32) -> bool {
        self.allows_at(who, most, unix_seconds() / 60)
    }

    fn allows_at(&self, who: &str, most: u32, minute: i64) -> bool {
        let mut counted = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counted.0 != minute {
            *counted = (minute, BTreeMap::new());
        }
        if counted.1.len() >= KEPT && !counted.1.contains_key(who) {
            return false;
        }
        let times = counted.1.entry(who.to_owned()).or_default();
        *times = times.saturating_add(1);
        *times <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_number_of_times_the_next_minute_must_come() {
        let rate = Rate::default();
        assert!((0..LOOKS).all(|_| rate.allows_at("a", LOOKS, 1)));
        assert!(
            !rate.allows_at("a", LOOKS, 1) && rate.allows_at("b", LOOKS, 1) && rate.allows_at("a", LOOKS, 2)
        );
    }
}
