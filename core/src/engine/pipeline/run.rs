//! `[run]`: folder, threads, and what becomes of failures.

use super::{Findings, RunSettings, node::Entry};

pub(super) fn read(_entry: Option<&Entry>, _findings: &mut Findings) -> RunSettings {
    RunSettings::default()
}
