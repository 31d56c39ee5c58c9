//! Messages that this process stored a moment ago: whoever decides them here does not read them from the store, and does
//! not judge again what was judged before it was stored. Only a saving: what is not here comes from the store.

use super::prepare::Judged;
use super::step::OpenMessage;
use crate::messages::Partij;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Of all who store and decide in this process.
#[derive(Debug)]
pub(super) struct FreshMessages {
    messages: Mutex<Messages>,
    /// Most bytes of messages that are kept.
    most_bytes: usize,
}

/// A message at hand.
#[derive(Debug)]
pub(super) struct AtHand {
    pub(super) name: String,
    pub(super) channel: Option<Partij>,
    pub(super) bytes: Arc<[u8]>,
    /// Levels 1 and 2, with the version of the register that its facts were asked with; none when it was only stored.
    pub(super) judged: Option<(Judged, i64)>,
}

/// What is at hand of the messages that were asked for, in order.
#[derive(Debug, Default)]
pub(super) struct FoundFresh {
    /// Judged with this register.
    pub(super) judged: Vec<OpenMessage>,
    /// To be judged.
    pub(super) stored: Vec<(i64, AtHand)>,
    /// Not here.
    pub(super) missing: Vec<i64>,
}

/// By arrival number.
#[derive(Debug, Default)]
struct Messages {
    kept: BTreeMap<i64, AtHand>,
    bytes: usize,
}

impl Messages {
    fn remove(&mut self, arrival: i64) -> Option<AtHand> {
        let found = self.kept.remove(&arrival)?;
        self.bytes -= found.bytes.len();
        Some(found)
    }
}

impl FreshMessages {
    /// Keeps nothing yet.
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { messages: Mutex::default(), most_bytes }
    }

    /// Keeps a message. The oldest make room: another process decides those, or did.
    pub(super) fn keep(&self, arrival: i64, message: AtHand) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.bytes += message.bytes.len();
        messages.kept.insert(arrival, message);
        while messages.bytes > self.most_bytes
            && let Some((_, oldest)) = messages.kept.pop_first()
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

    /// Which messages are here, judged: that would be done twice when another process decided them. Those that were only
    /// stored are no reason to be taken before older ones.
    pub(super) fn judged(&self) -> Vec<i64> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let judged = messages.kept.iter().filter(|(_, message)| message.judged.is_some());
        judged.map(|(arrival, _)| *arrival).collect()
    }

    /// What is here of these messages, for one that decides with this version of the register.
    pub(super) fn take(&self, arrivals: &[i64], register_version: i64) -> FoundFresh {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = FoundFresh::default();
        for &arrival in arrivals {
            match messages.remove(arrival) {
                Some(AtHand { name, channel, bytes, judged: Some((judged, version)) })
                    if version == register_version =>
                {
                    found.judged.push(OpenMessage { arrival, name, channel, bytes, judged });
                }
                Some(stored) => found.stored.push((arrival, stored)),
                None => found.missing.push(arrival),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(fresh: &FreshMessages, arrival: i64, length: usize, judged: Option<i64>) {
        let (bytes, judged) = (vec![b'x'; length].into(), judged.map(|version| (Judged::Panicked, version)));
        fresh.keep(arrival, AtHand { name: String::new(), channel: None, bytes, judged });
    }

    /// Those that are judged, that are only stored, and that are missing.
    fn taken(fresh: &FreshMessages, arrivals: &[i64], register_version: i64) -> [Vec<i64>; 3] {
        let FoundFresh { judged, stored, missing } = fresh.take(arrivals, register_version);
        let judged = judged.iter().map(|open| open.arrival).collect();
        [judged, stored.iter().map(|(arrival, _)| *arrival).collect(), missing]
    }

    #[test]
    fn what_was_kept_is_given_once_and_judged_only_under_its_register() {
        let fresh = FreshMessages::new(100);
        for (arrival, judged) in [(1, Some(7)), (2, Some(7)), (3, None)] {
            keep(&fresh, arrival, 10, judged);
        }
        assert_eq!(fresh.judged(), [1, 2]);
        assert_eq!(taken(&fresh, &[1, 4], 7), [vec![1], vec![], vec![4]]);
        assert_eq!(taken(&fresh, &[1, 2, 3], 8), [vec![], vec![2, 3], vec![1]]);
        assert_eq!(taken(&fresh, &[2], 7), [vec![], vec![], vec![2]]);
    }

    #[test]
    fn what_others_decided_is_not_here_any_more_and_takes_no_room() {
        let fresh = FreshMessages::new(20);
        keep(&fresh, 1, 10, Some(0));
        keep(&fresh, 2, 10, Some(0));
        fresh.forget([1, 9].iter());
        keep(&fresh, 3, 10, Some(0));
        assert_eq!(fresh.judged(), [2, 3]);
    }

    #[test]
    fn the_oldest_make_room() {
        let fresh = FreshMessages::new(25);
        for arrival in 1..=4 {
            keep(&fresh, arrival, 10, Some(0));
        }
        keep(&fresh, 5, 30, Some(0));
        assert_eq!(taken(&fresh, &[1, 2, 3, 4, 5], 0), [vec![], vec![], vec![1, 2, 3, 4, 5]]);
        keep(&fresh, 6, 25, Some(0));
        assert_eq!(taken(&fresh, &[6], 0), [vec![6], vec![], vec![]]);
    }
}
