//! Why a command ended without doing what it was asked to.

use std::io::{self, Write};

use docmill_core::engine::Diagnostic;
use serde_json::json;

use crate::{draw, pipeline_file::PipelineFile, term};

/// What a command came to that did what it was asked to: its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done.
    Done = 0,
    /// Done, and some documents, inputs or tests failed.
    SomeFailed = 1,
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// More failed than may, so that the rest was left undone.
    TooManyFailed(String),
    /// The command or a plugin is wrong.
    Wrong(String),
    /// A pipeline, or what the command line says of it, is wrong.
    Pipeline(PipelineFile, Vec<Diagnostic>),
    /// Reading or writing failed.
    Io(String),
    /// A signal stopped it: 128 and the signal's number.
    Stopped(u8, String),
    /// Whoever read the output has gone.
    BrokenPipe,
    /// The user has been told; what is left is the exit code.
    Told(u8),
    /// A fault of docmill.
    Fault(String),
}

impl Failure {
    /// Tells the user, and returns the exit code.
    pub(crate) fn tell(&self, json: bool) -> u8 {
        if !matches!(self, Failure::BrokenPipe | Failure::Told(_)) {
            if json {
                // There is nowhere left to say that standard output has gone.
                let _ = writeln!(io::stdout(), "{}", self.to_json());
            } else {
                term::tell(self.drawn());
            }
        }
        self.code()
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::BrokenPipe => 0,
            Failure::TooManyFailed(_) => 1,
            Failure::Wrong(_) | Failure::Pipeline(..) => 2,
            Failure::Io(_) => 3,
            Failure::Fault(_) => 101,
            Failure::Stopped(code, _) | Failure::Told(code) => *code,
        }
    }

    pub(crate) fn message(&self) -> String {
        match self {
            Failure::TooManyFailed(message)
            | Failure::Wrong(message)
            | Failure::Io(message)
            | Failure::Stopped(_, message)
            | Failure::Fault(message) => message.clone(),
            Failure::Pipeline(file, found) => draw::summary(&file.name, found.len()),
            Failure::BrokenPipe | Failure::Told(_) => String::new(),
        }
    }

    /// As it is shown on a terminal.
    pub(crate) fn drawn(&self) -> String {
        match self {
            Failure::Pipeline(file, found) => draw::diagnostics(file, found),
            other => draw::error(&other.message()),
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let mut json = json!({ "docmill": env!("CARGO_PKG_VERSION"), "error": self.message() });
        if let Failure::Pipeline(..) = self {
            json["diagnostics"] = self.diagnostics().into();
        }
        json
    }

    /// The mistakes in a pipeline, as JSON.
    pub(crate) fn diagnostics(&self) -> Vec<serde_json::Value> {
        match self {
            Failure::Pipeline(file, found) => {
                found.iter().map(|found| found.json(&file.name, &file.text)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A failure to write to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::Io(format!("cannot write to standard output: {error}")),
        }
    }
}
