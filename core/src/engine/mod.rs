//! The engine: reads and checks pipeline files, applies change sets, and runs pipelines.
//!
//! [`Registry`] knows the components, [`Pipeline`] reads and checks a pipeline file, and every
//! mistake in one is a [`Diagnostic`].

mod apply;
#[cfg(test)]
mod apply_properties;
mod decode;
mod diagnostic;
mod doors;
pub mod kit;
mod lock;
mod moves;
mod pipeline;
mod registry;
mod run;
pub mod schema;
mod test;
mod trace;
mod verify;

pub use crate::chain::chain;
use crate::contain;
pub(crate) use apply::Apply;
pub use diagnostic::{Code, Diagnostic, Explanation, Note};
pub use doors::library::{Pin, Refusal, load};
#[cfg(feature = "testing")]
pub(crate) use doors::process::check_frame;
pub use doors::process::{ServeError, WorkerCommand, serve_worker};
pub use lock::{LOCK_FILE, Lock, LockError};
pub use pipeline::{
    Dropped, MaxFailed, OnError, Overrides, Percentage, Pipeline, PlannedComponent, RunSettings,
    TestCase, Wanted, WantedLayer,
};
pub use registry::{Component, Kind, Registry, RegistryError};
pub use run::{
    ComponentReport, DEAD_LETTERS_FILE, DROPPED_FILE, Destination, Event, Events, FailureKind,
    JobStatus, Mode, OutputReport, PluginReport, Progress, REPORT_FILE, Report, RetryOptions,
    RunError, RunOptions, Status, Times, Totals, Unfinished, WriteError, digest, merge, retry,
    retry_invocation, run, run_timed, status,
};
pub use test::{Difference, TestOutcome, run_tests};
pub use verify::{Fault, OpenError, Rereader, Share, Verification, each_document, verify};
