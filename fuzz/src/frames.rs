//! The frames that worker processes answer with.

use docmill_core::testing::check_frame;

/// The bytes of a pipe.
pub(crate) fn check(bytes: &[u8]) {
    check_frame(bytes, "Kyjiw 👍 thanked Berlin.");
}
