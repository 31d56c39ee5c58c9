//! Messages that this process stored a moment ago, as it judged them then: whoever decides them here does not read and
//! judge them again. Only a saving: what is not here comes from the store.

use super::step::Open;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Of all who store and decide in this process.
#[derive(Debug)]
pub(super) struct Fresh {
    messages: Mutex<Messages>,
    /// Most bytes of messages that are kept.
    most_bytes: usize,
}

/// By arrival number, each with the version of the register that its facts were asked with.
#[derive(Debug, Default)]
struct Messages {
    kept: BTreeMap<i64, (Open, i64)>,
    bytes: usize,
}

impl Messages {
    fn remove(&mut self, arrival: i64) -> Option<(Open, i64)> {
        let found = self.kept.remove(&arrival)?;
        self.bytes -= found.0.bytes.len();
        Some(found)
    }
}

impl Fresh {
    /// Keeps nothing yet.
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { messages: Mutex::default(), most_bytes }
    }

    /// Keeps a message. The oldest make room: another process decides those, or did.
    pub(super) fn keep(&self, open: Open, register_version: i64) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.bytes += open.bytes.len();
        messages.kept.insert(open.arrival, (open, register_version));
        while messages.bytes > self.most_bytes
            && let Some((_, (oldest, _))) = messages.kept.pop_first()
        {
            messages.bytes -= oldest.bytes.len();
        }
    }

    /// Others decided these messages.
    pub(super) fn forget<'a>(&self, arrivals: impl Iterator<Item = &'a i64>) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        for arrival in arrivals {
            messages.remove(*arrival);
        }
    }

    /// Which messages are here.
    pub(super) fn kept(&self) -> Vec<i64> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.kept.keys().copied().collect()
    }

    /// Those of these messages that are here and were judged with this register, and which are not; both in order.
    pub(super) fn take(&self, arrivals: &[i64], register_version: i64) -> (Vec<Open>, Vec<i64>) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut here, mut missing) = (Vec::new(), Vec::new());
        for &arrival in arrivals {
            match messages.remove(arrival) {
                Some((open, version)) if version == register_version => here.push(open),
                _ => missing.push(arrival),
            }
        }
        (here, missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::prepare::Judged;

    fn open(arrival: i64, length: usize) -> Open {
        let bytes = vec![b'x'; length].into();
        Open { arrival, name: String::new(), channel: None, bytes, judged: Judged::Panicked }
    }

    fn taken(fresh: &Fresh, arrivals: &[i64], register_version: i64) -> (Vec<i64>, Vec<i64>) {
        let (here, missing) = fresh.take(arrivals, register_version);
        (here.iter().map(|open| open.arrival).collect(), missing)
    }

    #[test]
    fn what_was_kept_is_given_once_and_only_under_its_register() {
        let fresh = Fresh::new(100);
        fresh.keep(open(1, 10), 7);
        fresh.keep(open(2, 10), 7);
        assert_eq!(taken(&fresh, &[1, 3], 7), (vec![1], vec![3]));
        assert_eq!(taken(&fresh, &[1, 2], 8), (vec![], vec![1, 2]));
        assert_eq!(taken(&fresh, &[2], 7), (vec![], vec![2]));
    }

    #[test]
    fn what_others_decided_is_not_here_any_more_and_takes_no_room() {
        let fresh = Fresh::new(20);
        fresh.keep(open(1, 10), 0);
        fresh.keep(open(2, 10), 0);
        fresh.forget([1, 9].iter());
        fresh.keep(open(3, 10), 0);
        assert_eq!(fresh.kept(), [2, 3]);
    }

    #[test]
    fn the_oldest_make_room() {
        let fresh = Fresh::new(25);
        for arrival in 1..=4 {
            fresh.keep(open(arrival, 10), 0);
        }
        fresh.keep(open(5, 30), 0);
        assert_eq!(taken(&fresh, &[1, 2, 3, 4, 5], 0), (vec![], vec![1, 2, 3, 4, 5]));
        fresh.keep(open(6, 25), 0);
        assert_eq!(taken(&fresh, &[6], 0), (vec![6], vec![]));
    }
}
