//! Work that several threads begin in order, do at once, and end in order.

use std::sync::{Condvar, Mutex, PoisonError};

use super::mutex::lock;

/// Gives out turns.
#[derive(Default)]
pub(super) struct Turns {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Default)]
struct State {
    taken: u64,
    passed: u64,
    /// A turn was dropped and not passed on: none comes any more.
    broken: bool,
}

/// A place in the order. One that is dropped without being passed on breaks the order off.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    number: u64,
    passed: bool,
}

impl Turns {
    /// The next turn, unless the order was broken off.
    pub(super) fn take(&self) -> Option<Turn<'_>> {
        let mut state = lock(&self.state);
        if state.broken {
            return None;
        }
        let number = state.taken;
        state.taken += 1;
        Some(Turn { turns: self, number, passed: false })
    }
}

impl Turn<'_> {
    /// Waits until all earlier turns were passed on; false when one was not.
    pub(super) fn comes(&self) -> bool {
        let mut state = lock(&self.turns.state);
        while state.passed < self.number && !state.broken {
            state = self.turns.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.broken
    }

    /// Lets the next turn come. This one must have come before.
    pub(super) fn pass(mut self) {
        self.passed = true;
        lock(&self.turns.state).passed += 1;
        self.turns.moved.notify_all();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.passed {
            lock(&self.turns.state).broken = true;
            self.turns.moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_in_the_order_in_which_they_were_taken() {
        let (turns, ended) = (Turns::default(), Mutex::new(Vec::new()));
        let (first, second, third) =
            (turns.take().unwrap(), turns.take().unwrap(), turns.take().unwrap());
        std::thread::scope(|scope| {
            for turn in [third, second, first] {
                let ended = &ended;
                scope.spawn(move || {
                    assert!(turn.comes());
                    lock(ended).push(turn.number);
                    turn.pass();
                });
            }
        });
        assert_eq!(*lock(&ended), [0, 1, 2]);
    }

    #[test]
    fn after_a_turn_that_is_not_passed_on_none_comes() {
        let turns = Turns::default();
        let (first, second) = (turns.take().unwrap(), turns.take().unwrap());
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| second.comes());
            drop(first);
            assert!(!waits.join().unwrap());
        });
        assert!(turns.take().is_none());
    }
}
