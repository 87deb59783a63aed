//! Puts what the workers did back in input order, with a bound on what waits.
//!
//! A worker takes the next block under one lock, works, and hands in the outcome under another. The
//! first that finds the next outcome in turn writes, and goes on writing while more are in turn; the
//! others go back to work. Nobody takes a block that is further than the window ahead of what was
//! written, so the bytes in flight are bounded even when one block is slow.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Outcomes on their way to the writer.
pub(super) struct Order<T> {
    state: Mutex<State<T>>,
    moved: Condvar,
    window: u64,
}

struct State<T> {
    /// The number of the outcome to be written next.
    next: u64,
    waiting: BTreeMap<u64, T>,
    writing: bool,
    ended: bool,
    /// Outcomes done with, whose buffers can be used again.
    spare: Vec<T>,
}

impl<T: Default> Order<T> {
    pub(super) fn new(window: u64) -> Self {
        let state = State {
            next: 0,
            waiting: BTreeMap::new(),
            writing: false,
            ended: false,
            spare: Vec::new(),
        };
        Order { state: Mutex::new(state), moved: Condvar::new(), window }
    }

    /// Waits until block `number` may be worked on; lends buffers for its outcome. `None` once ended.
    pub(super) fn admit(&self, number: u64) -> Option<T> {
        let mut state = self.lock();
        while number >= state.next + self.window && !state.ended {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        (!state.ended).then(|| state.spare.pop().unwrap_or_default())
    }

    /// Hands in the outcome of a block. `write` is called with outcomes in order, by one worker at a
    /// time; an error ends the run.
    pub(super) fn hand_in<E>(
        &self,
        number: u64,
        outcome: T,
        mut write: impl FnMut(&mut T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut state = self.lock();
        state.waiting.insert(number, outcome);
        if state.writing {
            return Ok(());
        }
        state.writing = true;
        while let Some(mut outcome) =
            (!state.ended).then(|| state.next).and_then(|next| state.waiting.remove(&next))
        {
            drop(state);
            let written = write(&mut outcome);
            state = self.lock();
            if written.is_err() {
                state.ended = true;
                state.writing = false;
                self.moved.notify_all();
                return written;
            }
            state.next += 1;
            state.spare.push(outcome);
            self.moved.notify_all();
        }
        state.writing = false;
        Ok(())
    }

    /// Lets nobody wait any longer: the run stops.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.moved.notify_all();
    }

    /// How many outcomes wait for an earlier one.
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.lock().ended
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn outcomes_are_written_in_order_and_the_window_holds() {
        let order = Order::<Vec<u64>>::new(3);
        let (next, written) = (AtomicU64::new(0), Mutex::new(Vec::<u64>::new()));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::SeqCst);
                        if number >= 200 {
                            break;
                        }
                        let mut outcome = order.admit(number).unwrap();
                        outcome.clear();
                        outcome.push(number);
                        if number.is_multiple_of(7) {
                            std::thread::yield_now();
                        }
                        let write = |outcome: &mut Vec<u64>| {
                            written.lock().unwrap().extend(outcome.iter());
                            Ok::<(), ()>(())
                        };
                        order.hand_in(number, outcome, write).unwrap();
                    }
                });
            }
        });
        assert_eq!(written.into_inner().unwrap(), (0..200).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_ends_it_for_all() {
        let order = Order::<u64>::new(1);
        assert!(order.admit(0).is_some());
        assert_eq!(order.hand_in(0, 0, |_| Err("full")), Err("full"));
        assert!(order.admit(5).is_none());
    }
}
