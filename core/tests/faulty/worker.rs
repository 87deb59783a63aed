//! The workers of the tests: serves the components that fail on purpose.

#[path = "../components/mod.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod components;

use std::process::ExitCode;

fn main() -> ExitCode {
    match docmill_core::engine::serve_worker(&components::components()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}
