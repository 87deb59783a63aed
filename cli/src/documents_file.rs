//! The documents that a run wrote, as commands are given them: its folder, or the file itself.

use std::{
    fs,
    path::{Path, PathBuf},
};

use docmill_core::engine::{DEAD_LETTERS_FILE, REPORT_FILE};
use serde_json::Value as Json;

use crate::failure::Failure;

/// The documents file in JSON lines that `output` is, or that lies in it: the first that the run's
/// report names.
pub(crate) fn find(output: &Path) -> Result<PathBuf, Failure> {
    let shown = output.display();
    if output.is_file() {
        return Ok(output.to_owned());
    }
    if !output.is_dir() {
        return Err(Failure::Wrong(format!(
            "there is no output {shown}; name a run's folder or a documents file in JSON lines"
        )));
    }
    let report = output.join(REPORT_FILE);
    let read = fs::read(&report).map_err(|error| {
        Failure::Wrong(format!(
            "{shown} is not the folder of a finished run ({REPORT_FILE}: {error}); name the documents file"
        ))
    })?;
    let report: Json = serde_json::from_slice(&read).map_err(|error| {
        Failure::Wrong(format!("{} is not the report of a run: {error}", report.display()))
    })?;
    let outputs = report["outputs"].as_array().into_iter().flatten();
    let paths = outputs.filter_map(|output| output["path"].as_str());
    let found = paths
        .filter(|path| *path != DEAD_LETTERS_FILE)
        .find(|path| Path::new(path).extension().is_some_and(|extension| extension == "jsonl"));
    found.map(|path| output.join(path)).ok_or_else(|| {
        Failure::Wrong(format!(
            "the run in {shown} wrote no documents in JSON lines; give its pipeline a sink with use = \"jsonl\""
        ))
    })
}
