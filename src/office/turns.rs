//! Work in parallel that goes in order for a part: that on a state which all share.
//!
//! As [`in_order`](super::ordered::in_order), but no result goes to another thread: a worker waits for its turn in
//! the middle of its work, with what it made before at hand, and gives back its memory itself.

use super::ordered::{Gate, Numbered, StopOnPanic, feed_all};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The state, and whose turn it is.
#[derive(Debug)]
struct Shared<S> {
    state: S,
    turn: u64,
    stopped: bool,
}

#[derive(Debug)]
struct Turns<S> {
    shared: Mutex<Shared<S>>,
    changed: Condvar,
}

impl<S> Turns<S> {
    fn lock(&self) -> MutexGuard<'_, Shared<S>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of an item. When it is dropped without being taken, or what is done in it panics, the whole stops:
/// nothing may pass what should have come before it.
#[derive(Debug)]
pub struct ItemTurn<'a, S> {
    turns: &'a Turns<S>,
    number: u64,
    is_over: bool,
}

impl<S> ItemTurn<'_, S> {
    /// Waits until everything before it is done and works on the state; what comes after waits meanwhile. Does
    /// nothing once the whole was stopped.
    pub fn take(mut self, work: impl FnOnce(&mut S) -> ControlFlow<()>) {
        let waits = |shared: &mut Shared<S>| !shared.stopped && shared.turn != self.number;
        let shared = self.turns.changed.wait_while(self.turns.lock(), waits);
        let mut shared = shared.unwrap_or_else(PoisonError::into_inner);
        if !shared.stopped {
            shared.stopped = work(&mut shared.state).is_break();
            shared.turn += 1;
        }
        drop(shared);
        self.is_over = true;
        self.turns.changed.notify_all();
    }
}

impl<S> Drop for ItemTurn<'_, S> {
    fn drop(&mut self) {
        if !self.is_over {
            self.turns.lock().stopped = true;
            self.turns.changed.notify_all();
        }
    }
}

/// Feeds `items` and does `work` on each, on all cores; gives the state back. Every worker keeps a `K` from one item
/// to the next.
///
/// `weigh` says how heavy an item is. In its turn, `work` may stop the whole. A panic in it stops the whole and goes
/// on in the caller.
pub fn in_turn<T: Send, S: Send, K: Default>(
    items: impl Iterator<Item = T> + Send,
    weigh: impl Fn(&T) -> usize + Send,
    state: S,
    work: impl Fn(T, &mut K, ItemTurn<'_, S>) + Sync,
) -> S {
    let gate = Gate::default();
    let turns =
        Turns { shared: Mutex::new(Shared { state, turn: 0, stopped: false }), changed: Condvar::new() };
    // One more than there are cores: of those one is often waiting for its turn.
    let workers = std::thread::available_parallelism().map_or(1, usize::from) + 1;
    let (feed, next) = channel();
    let next = Mutex::new(next);
    std::thread::scope(|scope| {
        let (gate, turns, next, work) = (&gate, &turns, &next, &work);
        scope.spawn(move || feed_all(items, &weigh, gate, &feed));
        for _ in 0..workers {
            scope.spawn(move || work_all(next, gate, turns, work));
        }
    });
    turns.shared.into_inner().unwrap_or_else(PoisonError::into_inner).state
}

fn work_all<T, S, K: Default>(
    fed: &Mutex<Receiver<Numbered<T>>>,
    gate: &Gate,
    turns: &Turns<S>,
    work: &impl Fn(T, &mut K, ItemTurn<'_, S>),
) {
    let _guard = StopOnPanic(gate);
    let mut kept = K::default();
    loop {
        // The lock is released before the work begins.
        let next = fed.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Numbered { number, weight, item }) = next else {
            return;
        };
        work(item, &mut kept, ItemTurn { turns, number, is_over: false });
        gate.leave(weight);
        if turns.lock().stopped {
            gate.stop();
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// What 2,000 numbers are worth in turn, until `stop` of them.
    fn seen(stop: usize) -> Vec<u64> {
        in_turn(
            0..2_000u64,
            |_| 1,
            Vec::new(),
            |number, before: &mut Vec<u64>, turn| {
                // Those at the end are ready first.
                std::hint::black_box((0..(2_000 - number) * 20).fold(number, |n, _| std::hint::black_box(n)));
                assert!(before.last().is_none_or(|last| *last < number), "each worker goes in order as well");
                before.push(number);
                turn.take(|seen: &mut Vec<u64>| {
                    seen.push(number);
                    if seen.len() == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
            },
        )
    }

    #[test]
    fn the_state_sees_all_in_the_order_in_which_it_was_fed() {
        assert!(seen(usize::MAX).into_iter().eq(0..2_000));
    }

    #[test]
    fn nothing_comes_after_what_stopped_it() {
        assert!(seen(700).into_iter().eq(0..700));
    }

    #[test]
    fn a_panic_before_or_in_a_turn_reaches_the_caller() {
        for in_its_turn in [false, true] {
            let run = || {
                in_turn(
                    0..5_000,
                    |_| 1_000_000,
                    0,
                    |number, (): &mut (), turn| {
                        assert!(in_its_turn || number != 99, "wrong");
                        turn.take(|sum: &mut i32| {
                            assert!(number != 99, "wrong");
                            *sum += number;
                            ControlFlow::Continue(())
                        });
                    },
                )
            };
            assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
        }
    }
}
