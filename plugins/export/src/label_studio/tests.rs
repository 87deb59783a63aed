//! The sink as a whole: documents in, tasks out, read by Label Studio's own code.

use docmill_core::DocumentBuf;

use super::*;
use crate::trial;

fn made(shards: &[Vec<DocumentBuf>]) -> String {
    let made = trial::made::<LabelStudio>(LabelStudioSettings::default(), shards);
    String::from_utf8(made).unwrap()
}

#[test]
fn a_document_is_a_task() {
    assert_eq!(
        made(&[vec![trial::document("a/1")]]),
        "[\n\
{\"data\":{\"text\":\"👩\u{200d}👧 e\u{301} Port \\nElm thanked Mara Quill. \\n\",\"id\":\"a/1\",\"title\":\"Thänks\"},\
\"meta\":{\"title\":\"Thänks\"},\
\"predictions\":[{\"model_version\":\"docmill\",\"result\":[\
{\"id\":\"e1\",\"from_name\":\"label\",\"to_name\":\"text\",\"type\":\"labels\",\
\"value\":{\"start\":7,\"end\":16,\"text\":\"Port \\nElm\",\"labels\":[\"GPE\"]},\"score\":0.98,\
\"meta\":{\"text\":[\"place:port-elm\",\"actor country:XA\"]}},\
{\"id\":\"e2\",\"from_name\":\"label\",\"to_name\":\"text\",\"type\":\"labels\",\
\"value\":{\"start\":25,\"end\":35,\"text\":\"Mara Quill\",\"labels\":[\"PERSON\"]},\
\"meta\":{\"text\":[\"person:mara-quill\"]}},\
{\"type\":\"relation\",\"from_id\":\"e1\",\"to_id\":\"e2\",\"direction\":\"right\",\"labels\":[\"favourable\",\"act\"]}\
]}]}\n]\n"
    );
}

#[test]
fn the_array_is_the_same_however_the_documents_are_parted() {
    let [a, b, c] = ["a", "b", "c"].map(trial::document);
    let all = made(&[vec![a.clone(), b.clone(), c.clone()]]);
    assert_eq!(made(&[vec![], vec![a], vec![], vec![b, c], vec![]]), all);
    let tasks: Vec<serde_json::Value> = serde_json::from_str(&all).unwrap();
    assert_eq!(tasks.len(), 3);
    assert_eq!(made(&[]), "[\n]\n");
    assert_eq!(made(&[vec![]]), "[\n]\n");
}

/// Every region lies where it says, as Python counts.
#[test]
fn python_reads_it() {
    trial::python(
        "import json",
        r#"
import json, sys
tasks = json.load(open(sys.argv[1], encoding="utf-8"))
assert len(tasks) == 202
for task in tasks:
    regions = {}
    for result in task["predictions"][0]["result"]:
        if result["type"] == "labels":
            value = result["value"]
            assert task["data"]["text"][value["start"]:value["end"]] == value["text"], value
            regions[result["id"]] = value["text"]
        elif task["data"]["id"] == "a/1":
            ends = regions[result["from_id"]], regions[result["to_id"]]
            assert ends == ("Port \nElm", "Mara Quill"), ends
        else:
            assert {result["from_id"], result["to_id"]} <= set(regions)
"#,
        &[(
            "tasks.json",
            made(&[vec![trial::document("a/1")], trial::hostile(), vec![trial::document("b")]])
                .into_bytes(),
        )],
    );
}

/// Label Studio's own code finds nothing wrong in predictions under the configuration that the book gives, and
/// exports them. Skipped where it is not installed.
#[test]
fn label_studio_reads_it() {
    let book = include_str!("../../../../docs/src/formats.md");
    let configuration = book.split("```xml\n").nth(1).and_then(|rest| rest.split("```").next());
    let read = r##"
import json, os, sys, tempfile
from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface
config = """CONFIGURATION"""
tasks = json.load(open(sys.argv[1], encoding="utf-8"))
interface = LabelInterface(config)
interface.validate()
for number, task in enumerate(tasks, 1):
    [prediction] = task["predictions"]
    assert interface.validate_prediction(prediction, return_errors=True) == []
    assert interface.validate_task({"data": task["data"]})
    task["id"] = number
    task["annotations"] = [dict(prediction, id=number)]
folder = tempfile.mkdtemp()
source = os.path.join(folder, "tasks.json")
json.dump(tasks, open(source, "w", encoding="utf-8"))
converter = Converter(config, project_dir=folder, download_resources=False)
converter.convert_to_conll2003(source, folder, is_dir=False)
lines = open(os.path.join(folder, "result.conll"), encoding="utf-8").read().splitlines()
tags = [(line.split(" ")[0], line.split(" ")[-1]) for line in lines if line.endswith(("-GPE", "-PERSON"))]
assert tags == [("Port", "B-GPE"), ("Elm", "I-GPE"), ("Mara", "B-PERSON"), ("Quill", "I-PERSON")], lines
"##;
    trial::python(
        "import label_studio_sdk.converter",
        &read.replace("CONFIGURATION", configuration.unwrap()),
        &[("tasks.json", made(&[vec![trial::document("a")]]).into_bytes())],
    );
}

#[test]
fn it_keeps_the_contract() {
    docmill_core::testing::check_sink::<LabelStudio>(docmill_core::testing::no_settings());
    trial::check_parting::<LabelStudio>(LabelStudioSettings::default);
}
