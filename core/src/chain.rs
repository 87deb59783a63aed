//! Errors as users read them.
#![cfg_attr(not(feature = "engine"), allow(unreachable_pub, reason = "exported by the engine"))]

use std::error::Error;

/// An error and its causes on one line.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
