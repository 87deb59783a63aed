//! `docmill run --dry-run`: what a run would do.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use docmill_core::{
    Input,
    engine::{DEAD_LETTERS_FILE, DROPPED_FILE, Pipeline, REPORT_FILE},
};
use serde_json::{Value as Json, json};

use crate::term::{self, BOLD, DIM, Shown};

/// Writes the plan to standard output.
pub(crate) fn show(
    pipeline: &Pipeline,
    dead_letters: &Option<PathBuf>,
    json: bool,
) -> io::Result<()> {
    if json {
        return writeln!(io::stdout(), "{}", to_json(pipeline, dead_letters));
    }
    let mut out = anstream::stdout().lock();
    writeln!(out, "{BOLD}{}{BOLD:#}", Shown(pipeline.name()))?;
    for part in pipeline.components() {
        write!(out, "\n{:<8}{BOLD}{}{BOLD:#}", part.kind.name(), part.name)?;
        if part.name != part.component {
            write!(out, " ({})", part.component)?;
        }
        writeln!(out, "  {DIM}{} {}{DIM:#}", part.plugin, part.version)?;
        for (key, value) in part.settings.as_object().into_iter().flatten() {
            writeln!(out, "        {key} = {}", Shown(&value.to_string()))?;
        }
    }
    let Inputs { count, bytes } = Inputs::of(pipeline);
    let bytes = bytes.map(|bytes| format!(", {}", term::size(bytes))).unwrap_or_default();
    writeln!(out, "\ninputs  {}{bytes}", term::counted(count, "file"))?;
    if let Some(threads) = pipeline.run().threads {
        writeln!(out, "threads {threads}")?;
    }
    for (at, path) in outputs(pipeline, dead_letters).iter().enumerate() {
        let head = if at == 0 { "outputs" } else { "" };
        writeln!(out, "{head:<8}{}", Shown(&path.display().to_string()))?;
    }
    Ok(())
}

fn to_json(pipeline: &Pipeline, dead_letters: &Option<PathBuf>) -> Json {
    let components: Vec<Json> = pipeline
        .components()
        .map(|part| {
            json!({
                "kind": part.kind.name(),
                "name": part.name,
                "use": part.component,
                "plugin": part.plugin,
                "version": part.version,
                "settings": part.settings,
            })
        })
        .collect();
    let Inputs { count, bytes } = Inputs::of(pipeline);
    json!({
        "docmill": env!("CARGO_PKG_VERSION"),
        "pipeline": pipeline.name(),
        "components": components,
        "threads": pipeline.run().threads,
        "inputs": { "count": count, "bytes": bytes },
        "outputs": outputs(pipeline, dead_letters),
    })
}

/// What the source will read; the size is not known where that of one input is not.
struct Inputs {
    count: u64,
    bytes: Option<u64>,
}

impl Inputs {
    fn of(pipeline: &Pipeline) -> Self {
        let inputs = || pipeline.shards().iter().flat_map(|shard| &shard.inputs);
        // A large file may be divided; it is counted where it begins.
        let begins = |input: &&Input| input.range.as_ref().is_none_or(|range| range.start == 0);
        let count = inputs().filter(begins).count() as u64;
        Inputs { count, bytes: inputs().map(|input| input.bytes).sum() }
    }
}

/// All files that a run writes.
fn outputs(pipeline: &Pipeline, dead_letters: &Option<PathBuf>) -> Vec<PathBuf> {
    match &pipeline.run().dir {
        Some(dir) => {
            let of_sinks = pipeline.outputs().map(|(_, path)| path);
            let own = [REPORT_FILE, DEAD_LETTERS_FILE, DROPPED_FILE];
            of_sinks.chain(own).map(|path| dir.join(path)).collect()
        }
        None => {
            [Path::new("-")].into_iter().chain(dead_letters.as_deref()).map(PathBuf::from).collect()
        }
    }
}
