//! The stage `copy` of the bench `doors`, as a library.

#[path = "../benches/doors/copy.rs"]
mod copy;

use docmill_core::Plugin;

/// The one stage.
pub fn plugin() -> Plugin {
    Plugin::new("copy", "0.0.0").stage::<copy::Copy>()
}

docmill_core::export!(plugin);
