//! `docmill bench`.

use serde_json::Value as Json;

use crate::sandbox::Sandbox;

const SEGMENT: &str = "[[stage]]\nuse = \"segment\"\n";

fn sandbox() -> Sandbox {
    let documents: String = (0..20)
        .map(|n| format!("{{\"id\": \"{n}\", \"text\": \"Rain fell. Nobody came on day {n}.\"}}\n"))
        .collect();
    Sandbox::with_pipeline(SEGMENT, &documents)
}

const QUICK: [&str; 6] = ["bench", "p.toml", "--repeats", "2", "--passes", "1"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    QUICK.iter().chain(args).copied().collect()
}

#[test]
fn it_says_what_each_component_takes_and_keeps_nothing_that_comes_out() {
    let sandbox = sandbox();
    sandbox.run(&QUICK).exits(0).shows(&[
        "CPU/document",
        "segment",
        "documents/s",
        "on 1 thread",
        "of memory at most",
        "allocations of",
        "2 processes",
        "over 20 documents",
        "docmill 0.1.0, pipeline p (sha256:",
    ]);
    assert!(!sandbox.has("out"));
    let markdown = sandbox.run(&with(&["--markdown"])).exits(0);
    assert!(markdown.stdout.contains("\n| stage | segment | 20 | "), "{markdown:#?}");
}

#[test]
fn all_that_was_measured_is_in_the_json() {
    let sandbox = sandbox();
    let json =
        sandbox.run(&with(&["--json", "--save", "base.json", "--threads", "2"])).exits(0).json();
    assert_eq!(json["docmill-bench"], 1);
    assert_eq!((&json["documents"], &json["threads"]), (&20.into(), &2.into()));
    let names = |json: &Json| json["name"].as_str().unwrap().to_owned();
    let names: Vec<String> = json["components"].as_array().unwrap().iter().map(names).collect();
    assert_eq!(names, ["jsonl", "segment", "jsonl"]);
    let repeats = json["repeats"].as_array().unwrap();
    assert_eq!(repeats.len(), 2);
    for repeat in repeats {
        assert!(repeat["calibration"].as_f64().unwrap() > 0.0);
        assert!(repeat["components"][1]["seconds"].as_f64().unwrap() > 0.0);
        assert!(repeat["allocations"]["count"].as_u64().unwrap() > 20);
    }
    assert!(json["machine"]["processors"].as_u64().unwrap() > 0);
    let saved: Json = serde_json::from_str(&sandbox.read("base.json")).unwrap();
    assert_eq!(saved["repeats"], json["repeats"]);
}

#[test]
fn a_baseline_tells_what_has_changed() {
    let sandbox = sandbox();
    sandbox.run(&with(&["--save", "base.json"])).exits(0);
    let compared = sandbox.run(&with(&["--baseline", "base.json", "--fail-below", "-90%"]));
    compared.exits(0).shows(&["total", "(95 %: "]);

    // As if all had taken a thousandth before.
    let mut base: Json = serde_json::from_str(&sandbox.read("base.json")).unwrap();
    for repeat in base["repeats"].as_array_mut().unwrap() {
        for at in 0..3 {
            repeat["components"][at]["seconds"] = 1e-7.into();
        }
        repeat["total"]["seconds"] = 3e-7.into();
        repeat["calibration"] = 1e-3.into();
    }
    sandbox.write("fast.json", &base.to_string());
    let svg =
        ["--baseline", "fast.json", "--fail-below", "-5%", "--repeats", "3", "--svg", "times.svg"];
    let args: Vec<&str> = ["bench", "p.toml"].iter().chain(&svg).copied().collect();
    sandbox.run(&args).exits(1).says(&["more than 5 %"]).shows(&["% slower (95 %: "]);
    let svg = sandbox.read("times.svg");
    for part in ["<title", "<desc", "stage segment", "baseline"] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
    let json: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    let json = sandbox.run(&json).exits(1).json();
    assert_eq!(json["comparison"]["total"]["verdict"], "slower");

    base["machine"]["cpu"] = "another".into();
    sandbox.write("other.json", &base.to_string());
    sandbox.run(&with(&["--baseline", "other.json"])).exits(2).says(&["machine", "another"]);
    sandbox.run(&with(&["--baseline", "no.json"])).exits(2).says(&["--save no.json"]);
    sandbox.run(&with(&["--baseline", "in.jsonl"])).exits(2).says(&["in.jsonl"]);
}

#[test]
fn two_pipelines_are_measured_in_turn() {
    let sandbox = sandbox();
    let slower = sandbox
        .read("p.toml")
        .replace(SEGMENT, &format!("{SEGMENT}[[stage]]\nuse = \"template\"\n"));
    sandbox.write("q.toml", &slower);
    let compared =
        sandbox.run(&["bench", "q.toml", "--against", "p.toml", "--repeats", "2", "--passes", "1"]);
    compared.exits(0).shows(&["stage   template  new", "the pipelines differ"]);
    let program = env!("CARGO_BIN_EXE_docmill");
    sandbox.run(&with(&["--against", program])).exits(0).shows(&["total"]);
    sandbox.run(&with(&["--against", "/bin/false"])).exits(2).says(&["/bin/false"]);
    sandbox.run(&with(&["--against", "nothing"])).exits(2).says(&["nothing"]);
}

#[test]
fn what_cannot_be_measured_is_refused_first() {
    let sandbox = sandbox();
    sandbox.run(&with(&["--input", "-"])).exits(2).says(&["put it into a file"]);
    sandbox.run(&with(&["--fail-below", "-5%"])).exits(2).says(&["--baseline"]);
    sandbox.run(&with(&["--fail-below", "5%"])).exits(2).says(&["such as -5%"]);
    sandbox.write("empty.jsonl", "");
    sandbox.run(&with(&["--input", "empty.jsonl"])).exits(2).says(&["no documents"]);
    sandbox.write("wrong.toml", "[[stage]]\nuse = \"segmnt\"\n");
    sandbox.run(&["bench", "wrong.toml"]).exits(2).says(&["DM0201"]);
    let json = sandbox.run(&["bench", "wrong.toml", "--json"]).exits(2).json();
    assert!(json["diagnostics"].is_array(), "{json}");
}
