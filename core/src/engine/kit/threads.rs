//! The only threads outside of the run: those that try whether a library can do with several.

use std::thread;

/// How many threads.
pub(super) const THREADS: usize = 4;

/// The same on two threads at once. A panic of docmill's own goes on.
pub(super) fn on_two_threads<T: Send>(work: impl Fn() -> T + Sync) -> (T, T) {
    thread::scope(|scope| {
        let one = scope.spawn(&work);
        let other = work();
        (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), other)
    })
}

/// What each of these is made into, all at once, one thread each.
pub(super) fn on_threads<A: Send, T: Send>(given: Vec<A>, work: impl Fn(A) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> =
            given.into_iter().map(|given| scope.spawn(move || work(given))).collect();
        let done = running.into_iter().map(thread::ScopedJoinHandle::join);
        done.map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
