//! The examples of `docmill explain CODE`: the wrong one has that mistake and no other, the right
//! one none.
//!
//! An example is a piece of a pipeline file, to which a source and a sink are added where it has
//! none, or a command, run on a small pipeline.

use docmill_core::engine::{Code, Overrides, Pipeline};

use super::components::registry;

const SOURCE: &str = "[source]\nuse = \"notes\"\npaths = [\"tests/broken/input/*.txt\"]\n";
const SINK: &str = "[[sink]]\nuse = \"json\"\npath = \"documents.jsonl\"\n";
const LINES: &str = "[source]\nuse = \"lines\"\nname = \"json\"\npath = \"documents.jsonl\"\n";
const STAGE: &str = "[[stage]]\nuse = \"trim\"\n";

fn mistakes(code: Code, example: &str) -> Vec<&'static str> {
    // Examples speak of a folder `articles`, and of the source of a plugin.
    let example = example.replace("articles", "tests/broken/input");
    let example = example.replace("shout/src/lib.rs", "tests/broken/main.rs");
    let (text, overrides) = match example.strip_prefix("docmill run pipeline.toml ") {
        Some(arguments) => (format!("{LINES}{STAGE}{SINK}"), command(arguments)),
        None => (whole(code, &example), Overrides::default()),
    };
    let said = Pipeline::read(&text, &registry(), &overrides).err().unwrap_or_default();
    said.iter().map(|found| found.code.name()).collect()
}

fn whole(code: Code, example: &str) -> String {
    let mut text = example.to_owned();
    if code != Code::NoSource && !text.contains("[source]") && !text.contains("[[source]]") {
        // Keys at the top of the file stand before every table.
        let at = text
            .find("\n[")
            .map_or(if text.starts_with('[') { 0 } else { text.len() }, |at| at + 1);
        text.insert_str(at, SOURCE);
    }
    if code != Code::NoSink && !text.contains("[[sink]]") {
        text.push_str(SINK);
    }
    text
}

fn command(arguments: &str) -> Overrides {
    let mut overrides = Overrides::default();
    let (flag, value) = arguments.trim().split_once(' ').unwrap();
    match flag {
        "--set" => overrides.set.push(value.to_owned()),
        "--input" => overrides.input.push(value.to_owned()),
        "--output" => overrides.output = Some(value.to_owned()),
        _ => panic!("{flag}"),
    }
    overrides
}

#[test]
fn wrong_examples_are_wrong_and_right_ones_right() {
    for code in Code::ALL {
        let explanation = code.explanation();
        assert_eq!(mistakes(*code, explanation.wrong), [code.name()], "{}", explanation.wrong);
        // There is no library here.
        let right: &[_] = if *code == Code::PluginRefused { &["DM0401"] } else { &[] };
        assert_eq!(mistakes(*code, explanation.right), right, "{}", explanation.right);
    }
}

#[test]
fn codes_are_found_by_name() {
    assert_eq!(Code::of_name("dm0101"), Some(Code::Syntax));
    assert_eq!(Code::of_name("DM9999"), None);
}
