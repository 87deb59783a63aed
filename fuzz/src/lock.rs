//! The lock file.

use docmill_core::engine::Lock;

/// The text of one.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Lock::read(text) {
        Ok(lock) => assert_eq!(Lock::read(&lock.text()).expect("a lock is read again"), lock),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
