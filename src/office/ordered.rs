//! Work in parallel, results in order, memory bounded.
//!
//! One thread feeds, workers work, the calling thread takes the results in the order in which they
//! were fed. What is under way is bounded by number and by weight.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Most items under way at once.
pub const MAX_UNDER_WAY: usize = 4096;
/// Most weight (bytes of messages) under way at once; one item may be heavier.
pub const MAX_WEIGHT_UNDER_WAY: usize = 96 * 1024 * 1024;

/// How much is under way.
#[derive(Debug, Default)]
struct Load {
    items: usize,
    weight: usize,
    stopped: bool,
}

/// Lets the feeder go on when there is room.
#[derive(Debug, Default)]
pub(super) struct Gate {
    load: Mutex<Load>,
    changed: Condvar,
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, Load> {
        self.load.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for room. False when no more is wanted.
    fn enter(&self, weight: usize) -> bool {
        let full = |load: &mut Load| {
            let heavy = load.weight.saturating_add(weight) > MAX_WEIGHT_UNDER_WAY;
            !load.stopped && load.items > 0 && (load.items >= MAX_UNDER_WAY || heavy)
        };
        let mut load = self.changed.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        load.items += 1;
        load.weight += weight;
        !load.stopped
    }

    pub(super) fn leave(&self, weight: usize) {
        let mut load = self.lock();
        load.items -= 1;
        load.weight -= weight;
        drop(load);
        self.changed.notify_one();
    }

    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_one();
    }
}

/// An item on its way: its number, its weight, and what became of it.
pub(super) struct Numbered<T> {
    pub(super) number: u64,
    pub(super) weight: usize,
    pub(super) item: T,
}

/// Feeds `items`, does `work` on each on all cores and gives every result to `sink` in order.
///
/// `weigh` says how heavy an item is. `sink` may stop the whole; what is under way is then finished
/// and dropped. A panic in `work` stops the whole and goes on in the caller.
pub fn in_order<T, R>(
    items: impl Iterator<Item = T> + Send,
    weigh: impl Fn(&T) -> usize + Send,
    work: impl Fn(T) -> R + Sync,
    mut sink: impl FnMut(R) -> ControlFlow<()>,
) where
    T: Send,
    R: Send,
{
    let gate = Gate::default();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let (feed, next) = channel();
    let (finish, finished) = channel();
    let next = Mutex::new(next);
    std::thread::scope(|scope| {
        let (gate, next, work) = (&gate, &next, &work);
        scope.spawn(move || feed_all(items, &weigh, gate, &feed));
        for _ in 0..workers {
            let finish = finish.clone();
            scope.spawn(move || work_all(next, gate, work, &finish));
        }
        drop(finish);
        take_all(&finished, gate, &mut sink);
    });
}

pub(super) fn feed_all<T>(
    items: impl Iterator<Item = T>,
    weigh: &impl Fn(&T) -> usize,
    gate: &Gate,
    feed: &Sender<Numbered<T>>,
) {
    for (number, item) in (0..).zip(items) {
        let weight = weigh(&item);
        if !gate.enter(weight) || feed.send(Numbered { number, weight, item }).is_err() {
            return;
        }
    }
}

/// Stops the feeder when a worker panics: its item would never leave.
pub(super) struct StopOnPanic<'a>(pub(super) &'a Gate);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

fn work_all<T, R>(
    fed: &Mutex<Receiver<Numbered<T>>>,
    gate: &Gate,
    work: &impl Fn(T) -> R,
    finish: &Sender<Numbered<R>>,
) {
    let _guard = StopOnPanic(gate);
    loop {
        // The lock is released before the work begins.
        let next = fed.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Numbered { number, weight, item }) = next else {
            return;
        };
        if finish.send(Numbered { number, weight, item: work(item) }).is_err() {
            return;
        }
    }
}

/// Holds results back until it is their turn.
fn take_all<R>(finished: &Receiver<Numbered<R>>, gate: &Gate, sink: &mut impl FnMut(R) -> ControlFlow<()>) {
    let mut waiting = BTreeMap::new();
    let mut turn = 0;
    let mut stopped = false;
    for Numbered { number, weight, item } in finished {
        waiting.insert(number, (weight, item));
        while let Some((weight, item)) = waiting.remove(&turn) {
            turn += 1;
            if !stopped && sink(item).is_break() {
                stopped = true;
                gate.stop();
            }
            gate.leave(weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn results_come_in_the_order_in_which_they_were_fed() {
        let mut seen = Vec::new();
        let slow_first = |n: u64| (0..(2_000 - n) * 20).fold(n, |n, _| std::hint::black_box(n));
        in_order(
            0..2_000u64,
            |_| 1,
            slow_first,
            |n| {
                seen.push(n);
                ControlFlow::Continue(())
            },
        );
        assert_eq!(seen, (0..2_000).collect::<Vec<_>>());
    }

    #[test]
    fn weight_under_way_is_bounded_and_one_heavy_item_passes() {
        let under_way = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let weight = MAX_WEIGHT_UNDER_WAY / 3;
        let items = (0..50).inspect(|_| {
            let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
        });
        in_order(
            items,
            |n| if *n == 7 { MAX_WEIGHT_UNDER_WAY * 2 } else { weight },
            |n| n,
            |_| {
                under_way.fetch_sub(1, Ordering::SeqCst);
                ControlFlow::Continue(())
            },
        );
        // Three within the bound, one that waits at the gate, one whose turn just ended.
        assert!(most.load(Ordering::SeqCst) <= 5, "{most:?}");
    }

    #[test]
    fn a_sink_that_stops_ends_an_endless_feed() {
        let mut seen = 0;
        in_order(
            0..,
            |_| 1,
            |n: u64| n,
            |_| {
                seen += 1;
                if seen == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!(seen, 10);
    }

    #[test]
    fn a_panic_in_the_work_reaches_the_caller() {
        let run = || in_order(0.., |_| 1, |n: u64| assert!(n != 5), |()| ControlFlow::Continue(()));
        assert!(std::panic::catch_unwind(run).is_err());
    }
}
