//! The jobs that the benchmarks time: pipelines of the built-in components over a file of JSON lines.

use std::{io, path::Path, sync::atomic::AtomicBool};

use docmill_core::engine::{Destination, Overrides, Pipeline, Registry, Report, RunOptions, run};

/// The stages of `pipelines/news-stance.toml`.
pub const NEWS_STAGES: [&str; 4] = ["clean", "segment", "tag-entities", "score-stance"];

/// A pipeline of these stages from a file of JSON lines to one documents file.
///
/// # Panics
///
/// The pipeline is refused.
pub fn pipeline(input: &Path, stages: &[&str], provenance: &str) -> Pipeline {
    let plugins = vec![
        docmill_read::plugin(),
        docmill_export::plugin(),
        docmill_clean::plugin(),
        docmill_segment::plugin(),
        docmill_tag_entities::plugin(),
        docmill_score_stance::plugin(),
    ];
    let registry = Registry::new(plugins).unwrap_or_else(|error| panic!("{error}"));
    let stages: String =
        stages.iter().map(|stage| format!("[[stage]]\nuse = \"{stage}\"\n")).collect();
    let text = format!(
        "[source]\nuse = \"jsonl\"\npaths = ['{}']\n{stages}[[sink]]\nuse = \"jsonl\"\nprovenance = \"{provenance}\"\n",
        input.display()
    );
    Pipeline::read(&text, &registry, &Overrides::default())
        .unwrap_or_else(|found| panic!("{found:?}"))
}

/// Runs a pipeline into a folder.
///
/// # Panics
///
/// The run fails, or a document does, or there is none: then the time would mean nothing.
pub fn run_into(pipeline: &Pipeline, dir: &Path, threads: usize) -> Report {
    run_to(pipeline, Destination::Folder(dir.to_owned()), threads)
}

/// Runs a pipeline and throws its output away: what docmill itself does, without the disk.
///
/// # Panics
///
/// As [`run_into`].
pub fn run_nowhere(pipeline: &Pipeline, threads: usize) -> Report {
    let output = Box::new(io::sink());
    run_to(pipeline, Destination::Stream { output, dead_letters: None }, threads)
}

fn run_to(pipeline: &Pipeline, destination: Destination, threads: usize) -> Report {
    let stop = AtomicBool::new(false);
    let options = RunOptions {
        threads: threads.try_into().ok(),
        limit: None,
        mode: Default::default(),
        invocation: Default::default(),
        destination,
        stop: &stop,
        observe: &|_| {},
        events: None,
    };
    let report = run(pipeline, options).unwrap_or_else(|error| panic!("{error}"));
    assert!(report.documents.written > 0 && report.documents.failed == 0);
    report
}
