//! Mutexes whose holders cannot leave anything half done: where one panicked, the others go on.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Waits for what a mutex holds.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
