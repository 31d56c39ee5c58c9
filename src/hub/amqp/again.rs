//! An answer that is asked for again and again leaves once a minute (rulings 8.13). Who forgets, as a process that starts
//! anew, gives it once too often: the same message, which its receiver knows by its `message_id`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// From one time to the next.
const APART: Duration = Duration::from_mins(1);

/// When messages were last given again, by send number.
#[derive(Debug, Default)]
pub struct Again(Mutex<BTreeMap<i64, Instant>>);

impl Again {
    /// Those of these that were not given again for a minute; they count as given now.
    pub fn due(&self, sends: impl Iterator<Item = i64>, now: Instant) -> Vec<i64> {
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        given.retain(|_, last| now.saturating_duration_since(*last) < APART);
        let due = sends.filter(|send| !given.contains_key(send)).collect::<Vec<_>>();
        given.extend(due.iter().map(|send| (*send, now)));
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_given_again_once_a_minute_and_takes_no_room_after_that() {
        let (again, begin) = (Again::default(), Instant::now());
        let at = |seconds: u64, sends: &[i64]| {
            again.due(sends.iter().copied(), begin + Duration::from_secs(seconds))
        };
        assert_eq!(at(0, &[1, 2]), [1, 2]);
        assert_eq!(at(59, &[1, 3]), [3]);
        assert_eq!(at(60, &[1, 2, 3]), [1, 2]);
        assert_eq!(at(118, &[1, 2, 3]), [] as [i64; 0]);
        assert_eq!(at(119, &[3]), [3]);
        assert_eq!(at(179, &[]), [] as [i64; 0]);
        assert!(again.0.lock().unwrap().is_empty());
    }
}
