//! Why a run did not come to its end.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use super::{Report, WriteError};
use crate::{BuildError, DocumentError};

/// Why a run did not come to its end.
#[derive(Debug, Error)]
pub enum RunError {
    /// A component could not be built.
    #[error("a component could not be built")]
    Build(#[from] BuildError),
    /// An output could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file that a setting names cannot be read.
    #[error("{} cannot be read; see to its path and permissions", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// More documents failed than `max-failed` allows.
    #[error("{}{}", too_many(*failed, allowed), see(dead_letters))]
    TooManyFailed {
        /// How many failed.
        failed: u64,
        /// What is allowed, in words; empty where none is.
        allowed: String,
        /// Where they are; empty where they are not kept.
        dead_letters: PathBuf,
    },
    /// A stage's own process died over more documents in a row than `max-restarts` allows.
    #[error(
        "{lost} documents in a row cost the stage `{stage}` its process, and max-restarts allows {allowed}; the last was `{document}`"
    )]
    TooManyRestarts {
        /// The stage, by its name in the pipeline.
        stage: String,
        /// How many documents.
        lost: u32,
        /// How many may.
        allowed: u32,
        /// The id of the last of them.
        document: String,
        /// How the process ended over it.
        source: DocumentError,
    },
    /// The process of a stage died and cannot be started again.
    #[error("the process of the stage `{stage}` cannot be started again")]
    NotRestarted {
        /// The stage, by its name in the pipeline.
        stage: String,
        /// Why.
        source: BuildError,
    },
    /// The memory of a stage panicked, and what it remembers is lost.
    #[error(
        "what the stage `{stage}` remembers is lost: it panicked: {panic}; report it to the plugin's author"
    )]
    MemoryLost {
        /// The stage, by its name in the pipeline.
        stage: String,
        /// What the panic said.
        panic: String,
    },
    /// It was stopped from outside.
    #[error("stopped before the end; {}", so_far(*done, *shards))]
    Stopped {
        /// How many shards are done.
        done: usize,
        /// How many there are.
        shards: usize,
    },
    /// What there is to resume is another run.
    #[error(
        "{} holds a run that was broken off, and it was another one: {}; undo the change, or leave out --resume to start anew", dir.display(), changes.join("; ")
    )]
    Changed {
        /// The run's folder.
        dir: PathBuf,
        /// What has changed, a sentence each.
        changes: Vec<String>,
    },
    /// What was read cannot be read again.
    #[error("a run that reads standard input cannot be resumed or divided; give it a file")]
    NotResumable,
    /// A stage compares documents with each other, so that all of them must go through it in one run.
    #[error(
        "the stage `{stage}` compares each document with all before it, so that its run cannot be divided among jobs, nor documents of it retried; run it whole"
    )]
    NotDivisible {
        /// The stage, by its name in the pipeline.
        stage: String,
    },
    /// Some shards are not done.
    #[error(
        "{done} of {shards} shards are done, so there is nothing whole to merge; missing are those of {}; run these jobs to their end", missing.join(", ")
    )]
    Incomplete {
        /// How many are done.
        done: usize,
        /// How many there are.
        shards: usize,
        /// What is missing, as `--shard` names it or by number.
        missing: Vec<String>,
    },
    /// There are no parts of this run in a folder.
    #[error("{} holds no parts of this run: no job of this pipeline and these inputs worked there", dir.display())]
    NoParts {
        /// The run's folder.
        dir: PathBuf,
    },
    /// No run that ended in a folder left documents that failed.
    #[error("there is nothing to retry in {}: no run that ended there kept documents that failed", dir.display())]
    NothingToRetry {
        /// The run's folder.
        dir: PathBuf,
    },
    /// What failed cannot be put in its place any more.
    #[error("what failed in {} cannot be put in its place: {}; run anew", dir.display(), changes.join("; "))]
    NotRetryable {
        /// The run's folder.
        dir: PathBuf,
        /// Why, a sentence each.
        changes: Vec<String>,
    },
    /// The account does not balance: a fault of docmill.
    #[error(
        "the account of the run does not balance, so its outputs were not kept; please report this"
    )]
    Unbalanced(Box<Report>),
}

fn too_many(failed: u64, allowed: &str) -> String {
    let documents = if failed == 1 { "document" } else { "documents" };
    match allowed {
        "" => format!("{failed} {documents} failed, and on-error or max-failed allows none"),
        _ => format!("{failed} {documents} failed, more than max-failed allows ({allowed})"),
    }
}

fn see(dead_letters: &Path) -> String {
    match dead_letters.as_os_str().is_empty() {
        true => String::new(),
        false => format!("; {} says why", dead_letters.display()),
    }
}

fn so_far(done: usize, shards: usize) -> String {
    match done {
        0 => "no file was put in place".to_owned(),
        _ => format!("{done} of {shards} shards are done, and --resume goes on from there"),
    }
}
