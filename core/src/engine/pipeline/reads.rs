//! Settings that name a file for the component to read: a word list, a model.
//!
//! Their schema says `"format": "path"` (`#[schemars(extend("format" = "path"))]`). The engine checks
//! that the file is there, and hashes it into the run's key. A list that says `"format": "program"` is a
//! program and its arguments: those that are files are such files too, and the rest may be anything.

use std::path::PathBuf;

use serde_json::Value as Json;

use super::{
    Findings,
    node::{Form, Node},
};
use crate::engine::Code;

/// The files that these settings name, in the order of the file. One that is not there is reported.
pub(super) fn files(settings: &Node, schema: &Json, findings: &mut Findings) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(settings, schema, findings, &mut files);
    files
}

fn collect(node: &Node, schema: &Json, findings: &mut Findings, files: &mut Vec<PathBuf>) {
    match &node.form {
        Form::Text(path) if schema["format"] == "path" => {
            let file = PathBuf::from(path);
            if !file.is_file() {
                let is = if file.is_dir() { "is a folder" } else { "is not there" };
                findings
                    .at(Code::InputNotFound, &node.place, format!("the file `{path}` {is}"))
                    .help("paths are relative to the working directory, which `-C DIR` changes");
            }
            files.push(file);
        }
        Form::List(values) if schema["format"] == "program" => {
            let named = values.iter().filter_map(Node::text).map(PathBuf::from);
            files.extend(named.filter(|path| path.is_file()));
        }
        Form::List(values) => {
            values.iter().for_each(|value| collect(value, &schema["items"], findings, files));
        }
        Form::Table(table) => {
            for entry in &table.entries {
                collect(&entry.value, &schema["properties"][entry.key.as_str()], findings, files);
            }
        }
        _ => {}
    }
}
