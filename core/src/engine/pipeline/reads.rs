//! Settings that name a file for the component to read: a word list, a model.
//!
//! Their schema says `"format": "path"` (`#[schemars(extend("format" = "path"))]`). The engine checks
//! that the file is there, and hashes it into the run's key. A list that says `"format": "program"` is a
//! program and its arguments: those that are files are such files too, and the rest may be anything. Of a
//! setting that can be more than one thing, each is looked at.

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
    let forms = ["anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array());
    forms.flatten().for_each(|form| collect(node, form, findings, files));
    match &node.form {
        Form::Text(path) if schema["format"] == "path" => {
            let file = PathBuf::from(path);
            if !file.is_file() {
                let is = if file.is_dir() { "is a folder" } else { "is not there" };
                let help = match path.contains("://") {
                    true => "it must be a local file: fetch it first, and write its path here",
                    false => "paths are relative to the working directory, which `-C DIR` changes",
                };
                findings
                    .at(Code::InputNotFound, &node.place, format!("the file `{path}` {is}"))
                    .help(help);
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::pipeline::Place;

    #[test]
    fn a_path_is_found_in_each_form_of_a_setting() {
        let file = json!({ "type": "string", "format": "path" });
        let table = json!({ "type": "object", "properties": { "path": file, "key": { "type": "string" } } });
        let either = json!({ "anyOf": [{ "anyOf": [file, table] }, { "type": "null" }] });
        let schema = json!({ "properties": { "metadata": either } });
        let place = Place { argument: None, span: 0..0 };
        for metadata in [json!("gone.csv"), json!({ "path": "gone.csv", "key": "id" })] {
            let settings = Node::of_json(&json!({ "metadata": metadata }), &place);
            let mut findings = Findings::default();
            assert_eq!(files(&settings, &schema, &mut findings), [PathBuf::from("gone.csv")]);
            assert_eq!(findings.list.len(), 1, "it is not there");
        }
    }
}
