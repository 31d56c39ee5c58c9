//! How many messages the broker may have under way to us. It counts messages, and memory counts bytes: what is
//! under way is bounded by bytes in [`super::feed`], and this keeps it from coming to that.
//!
//! Every connection begins with one message and widens once everything under way is stored. So a message under which
//! the process dies comes alone the next time, and only that one comes nearer to the delivery limit; and large
//! messages never come many at once for long.

/// A window grows by at most this factor.
const GROWTH: u64 = 8;
/// A window that is full may fill this part of the room, so that somewhat larger messages fit as well.
const SPARE: u64 = 2;
/// So many windows go by before it is tried again to widen one that was too heavy.
const REST: usize = 16;

/// How many messages may be under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    size: u16,
    most: u16,
    room: u64,
    /// Messages that go by before it is tried again to widen it.
    rest: usize,
}

impl Window {
    /// Of one message, that grows to at most so many, as long as those fit in so many bytes.
    pub(super) fn new(most: u16, room: usize) -> Self {
        Self { size: 1, most: most.max(1), room: room as u64, rest: 0 }
    }

    /// Messages that may be under way now.
    pub(super) const fn size(&self) -> u16 {
        self.size
    }

    /// As at the beginning.
    pub(super) fn narrow(&mut self) {
        (self.size, self.rest) = (1, 0);
    }

    /// Whether it is to be widened once it is full and all of it is stored.
    pub(super) const fn growing(&self) -> bool {
        self.size < self.most && self.rest == 0
    }

    /// So many messages went by.
    pub(super) fn passed(&mut self, messages: usize) {
        self.rest = self.rest.saturating_sub(messages);
    }

    /// Widens it, now that it was full and weighed so many bytes; whether that could be.
    pub(super) fn widen(&mut self, bytes: usize) -> bool {
        let size = u64::from(self.size);
        let fits = (self.room / SPARE).saturating_mul(size) / (bytes as u64).max(1);
        let next = (size * GROWTH).min(u64::from(self.most)).min(fits);
        if next <= size {
            self.rest = usize::from(self.size) * REST;
            return false;
        }
        self.size = u16::try_from(next).unwrap_or(self.most);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    const ROOM: usize = 1000;

    #[test]
    fn it_grows_from_one_to_the_most_with_small_messages() {
        let mut window = Window::new(512, usize::MAX);
        let mut sizes = vec![window.size()];
        while window.growing() {
            assert!(window.widen(usize::from(window.size())));
            sizes.push(window.size());
        }
        assert_eq!(sizes, [1, 8, 64, 512]);
        window.narrow();
        assert_eq!(window, Window::new(512, usize::MAX));
    }

    #[test]
    fn messages_that_would_not_fit_keep_it_small_and_it_is_tried_again_later() {
        let mut window = Window::new(512, ROOM);
        assert!(!window.widen(ROOM));
        assert!(!window.growing());
        window.passed(REST);
        assert!(window.growing());
        // A hundred bytes each: five of them fill half of the room.
        assert!(window.widen(100));
        assert_eq!(window.size(), 5);
        assert!(!window.widen(500));
    }

    /// A broker with one consumer that dies, or has too much under way, again and again. Gives how often the message
    /// that was delivered most often was delivered.
    fn deliveries(sizes: &[usize], dies_at: impl Fn(usize, usize) -> bool) -> u32 {
        let mut queue: VecDeque<(usize, usize, u32)> =
            sizes.iter().enumerate().map(|(number, size)| (number, *size, 0)).collect();
        let (mut window, mut most) = (Window::new(512, ROOM), 0);
        while !queue.is_empty() {
            let count = usize::from(window.size()).min(queue.len());
            let (mut weight, mut kept) = (0, 0);
            for (number, size, times) in queue.iter_mut().take(count) {
                *times += 1;
                most = most.max(*times);
                weight += *size;
                kept += usize::from(weight <= ROOM || *number == 0);
            }
            let heavy = kept < count && kept > 0;
            if heavy || dies_at(queue[0].0, count) {
                window.narrow();
                // Whatever was complete and stored before it ended is not delivered again; here none is.
                if count == 1 {
                    queue.pop_front();
                }
                continue;
            }
            queue.drain(..count);
            window.passed(count);
            if window.growing() && count == usize::from(window.size()) {
                window.widen(weight);
            }
        }
        most
    }

    /// The delivery limit of the intake is twenty.
    #[test]
    fn no_order_of_sizes_brings_an_innocent_message_near_the_delivery_limit() {
        let nobody = |_, _| false;
        let patterns: [Vec<usize>; 5] = [
            (0..5000).map(|number| if number % 80 < 73 { 1 } else { 400 }).collect(),
            (0..5000).map(|number| if number % 73 == 0 { 900 } else { 1 }).collect(),
            (0..3000).map(|number| if number < 600 { 1 } else { 900 }).collect(),
            (0..3000).map(|number| usize::from(number % 9 == 8) * 700 + 1).collect(),
            vec![2 * ROOM; 40],
        ];
        for sizes in patterns {
            let most = deliveries(&sizes, nobody);
            assert!(most <= 10, "{most}");
        }
    }

    #[test]
    fn a_process_that_dies_with_every_wide_window_still_gets_on() {
        let most = deliveries(&vec![1; 5000], |_, count| count > 64);
        assert!(most <= 10, "{most}");
    }
}
