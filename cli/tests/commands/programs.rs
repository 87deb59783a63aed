//! Programs as stages: `use = "command"`.

use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use super::sandbox::{Sandbox, repository};

/// Texts in which chars, bytes and UTF-16 units differ.
const TEXTS: [&str; 9] = [
    "We said NO to ÉTÉ, not I",
    "👍 NO spam 👩\u{200d}👧 ÉTÉ spam e\u{301}E\u{301} OK",
    "",
    "🇺🇦 KYIV said NO",
    "<b>Kyiv &amp; 👍 Berlin &amp; e\u{301}</b>",
    "spam",
    "NO\u{a0}NO\r\nAGAIN\n\nÅÄÖ \u{feff}OK ǅ Ⅷ ⓐ Ⓐ 𝐀𝐁",
    "<b></b>",
    "a \"quoted\" \\ and \u{0} NUL OK",
];

fn documents() -> String {
    let lines = (0..80).flat_map(|round| {
        TEXTS.iter().enumerate().map(move |(at, text)| {
            json!({ "id": format!("{round}-{at}"), "text": text, "outlet": "The Example" })
                .to_string()
        })
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether there is a Python; a test that needs one says that it was skipped.
#[allow(clippy::print_stderr, reason = "says that the test was skipped")]
fn python() -> bool {
    let there = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    let there = there.is_ok_and(|status| status.success());
    if !there {
        eprintln!("SKIPPED: there is no python3 here");
    }
    there
}

fn command(program: &[&str], rest: &str) -> String {
    let program = serde_json::to_string(program).unwrap();
    format!("[[stage]]\nuse = \"command\"\nname = \"shout\"\nprogram = {program}\n{rest}\n")
}

/// The documents that come out of these stages.
fn outputs(sandbox: &Sandbox, stages: &str, threads: &str) -> String {
    let pipeline = format!(
        "[source]\nuse = \"jsonl\"\npaths = [\"in.jsonl\"]\n{stages}\n[[sink]]\nuse = \"jsonl\"\nprovenance = \"full\"\n"
    );
    sandbox.write("p.toml", &pipeline);
    sandbox.run(&["run", "p.toml", "--threads", threads]).exits(0);
    sandbox.read("out/documents.jsonl")
}

#[test]
fn a_stage_in_python_gives_the_bytes_of_the_same_stage_in_rust() {
    if !python() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write("in.jsonl", &documents());
    let module = repository("cli/src/scaffold/python");
    for file in ["docmill.py", "template.py"] {
        let text = std::fs::read_to_string(module.join(file)).unwrap();
        sandbox.write(file, &text);
    }
    let in_rust =
        outputs(&sandbox, "[[stage]]\nuse = \"template\"\nname = \"shout\"\nmin-length = 3", "1");
    assert!(
        in_rust.contains("\"shouts\":[{\"start\":14,\"end\":17}]")
            && in_rust.lines().count() == 720
    );
    for threads in ["1", "2"] {
        let settings = "settings = { min-length = 3 }";
        let in_python = outputs(&sandbox, &command(&["python3", "template.py"], settings), threads);
        assert!(in_rust == in_python, "{threads} threads");
    }
}

#[test]
fn a_program_counts_in_the_unit_that_it_likes() {
    if !python() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write("in.jsonl", &documents());
    let program = repository("cli/tests/python/units.py");
    let program = ["python3", program.to_str().unwrap()];
    let in_unit = |unit| {
        outputs(&sandbox, &command(&program, &format!("settings = {{ unit = \"{unit}\" }}")), "2")
    };
    let [chars, bytes, utf16] = ["chars", "bytes", "utf16"].map(&in_unit);
    let second: Json = serde_json::from_str(chars.lines().nth(1).unwrap()).unwrap();
    assert_eq!(second["text"], "good é 👍🏽 NO  👩\u{200d}👧 ÉTÉ  e\u{301}E\u{301} OK");
    let shouts = second["layers"]["shouts"].as_array().unwrap();
    assert_eq!(
        shouts[0],
        json!({ "start": 10, "end": 12, "label": "shout", "score": 0.5, "at": { "start": 10, "end": 12 }, "all": [{ "start": 10, "end": 12 }] })
    );
    let fifth: Json = serde_json::from_str(chars.lines().nth(4).unwrap()).unwrap();
    assert_eq!(fifth["text"], "Kyiv & 👍 Berlin & e\u{301}👍.");
    assert!(chars == bytes && bytes == utf16);
    let in_rust = outputs(&sandbox, "[[stage]]\nuse = \"template\"\nname = \"shout\"", "1");
    for unit in ["chars", "bytes", "utf16"] {
        let settings = format!("settings = {{ unit = \"{unit}\", like = \"template\" }}");
        assert!(outputs(&sandbox, &command(&program, &settings), "1") == in_rust, "{unit}");
    }
    // `verify` cannot decode what only this program knows; all else it can prove.
    let documents: Vec<_> =
        documents().lines().filter(|l| !l.contains("<b>")).map(str::to_owned).collect();
    sandbox.write("in.jsonl", &documents.join("\n"));
    in_unit("utf16");
    sandbox.run(&["verify", "out"]).exits(0);
}

/// Answers each document by what its text says.
const FAULTY: &str = r#"read -r hello
echo '{"docmill": 1, "contract": {"writes": ["x"]}}'
while read -r line; do
    case $line in
        *segfault*) kill -SEGV $$;;
        *exit*) exit 0;;
        *hang*) sleep 60;;
        *memory*) x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done;;
        *garbage*) echo "Loading the model";;
        *undeclared*) echo '{"layers": {"y": []}}';;
        *outside*) echo '{"layers": {"x": [{"start": 0, "end": 900}]}}';;
        *refused*) echo '{"error": "it has no date"}';;
        *dropped*) echo '{"drop": "too-short"}';;
        *) echo '{"layers": {"x": [{"start": 0, "end": 1}]}}';;
    esac
done
"#;

#[test]
fn a_fault_costs_its_document_and_no_other() {
    let limits = "timeout = \"2 s\"\nmemory = \"48 MiB\"";
    let sandbox = Sandbox::with_pipeline(&command(&["sh", "faulty.sh"], limits), "");
    sandbox.write("faulty.sh", FAULTY);
    // What costs the program its life, and then what does not.
    let faults = [
        ("segfault", "the program of `shout` was killed by signal 11 (segmentation fault)"),
        ("exit", "the program of `shout` exited with code 0 before it answered"),
        ("hang", "the program of `shout` took longer than timeout (2 s)"),
        ("memory", "the program of `shout` used more than memory (48 MiB)"),
        ("garbage", "the program of `shout` wrote a line that is no answer, `Loading the model`"),
        ("undeclared", "writes the layer `y`, which its contract does not declare"),
        ("outside", "leaves the text: 0..900"),
        ("refused", "it has no date"),
    ];
    let texts = (0..1000).map(|at| match at % 25 {
        7 => faults[at / 25 % faults.len()].0,
        13 => "dropped",
        _ => "fine",
    });
    let lines: Vec<String> =
        texts.enumerate().map(|(at, text)| json!({ "id": at, "text": text }).to_string()).collect();
    sandbox.write("in.jsonl", &lines.join("\n"));
    let mut before = None;
    for threads in ["1", "2"] {
        let ran = sandbox.run(&["run", "p.toml", "--json", "--threads", threads]).exits(1);
        let report = ran.json();
        let of = |key: &str| report["documents"][key].as_u64().unwrap();
        assert_eq!((of("in"), of("written"), of("dropped"), of("failed")), (1000, 920, 40, 40));
        let stage = &report["stages"][0];
        assert_eq!(
            (&stage["dropped"], &stage["restarts"]),
            (&json!({ "too-short": 40 }), &json!(25))
        );
        let letters = sandbox.read("out/dead-letters.jsonl");
        let letters: Vec<Json> =
            letters.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (number, letter) in letters.iter().enumerate() {
            assert_eq!(letter["id"], (25 * number + 7).to_string());
            let error = letter["error"].as_str().unwrap();
            assert!(error.contains(faults[number % faults.len()].1), "{error}");
        }
        let outputs = (sandbox.read("out/documents.jsonl"), letters);
        if let Some(before) = before.replace(outputs.clone()) {
            assert!(before == outputs);
        }
    }
}

#[test]
fn a_program_that_always_fails_stops_the_run() {
    let sandbox = Sandbox::with_pipeline(&command(&["sh", "faulty.sh"], ""), "");
    sandbox.write("faulty.sh", FAULTY);
    let lines: Vec<String> = (0..50).map(|_| json!({ "text": "segfault" }).to_string()).collect();
    sandbox.write("in.jsonl", &lines.join("\n"));
    sandbox.run(&["run", "p.toml", "--threads", "1"]).exits(2).says(&[
        "6 documents in a row",
        "`shout`",
        "max-restarts",
    ]);
}

#[test]
fn a_program_is_tested_and_checked_like_any_stage() {
    let stage = command(&["sh", "faulty.sh"], "");
    let tests = "[[test]]\nname = \"a\"\ntext = \"fine\"\nwant.x = [{ text = \"f\" }]\n[[test]]\nname = \"b\"\ntext = \"dropped\"\nwant.dropped = \"too-short\"\n";
    let sandbox = Sandbox::with_pipeline(&(stage + tests), "");
    sandbox.write("faulty.sh", FAULTY);
    sandbox.run(&["check", "p.toml"]).exits(0);
    sandbox.run(&["test", "p.toml"]).exits(0).shows(&["2 passed"]);
    let sandbox = Sandbox::with_pipeline(&command(&["sh", "no-such.sh"], ""), "");
    sandbox.run(&["check", "p.toml"]).exits(2).says(&[
        "p.toml:7:11",
        "before it said its contract; see what it wrote to standard error",
        "no-such.sh",
    ]);
}

#[test]
fn what_a_program_writes_to_standard_error_is_seen() {
    let script = "read -r hello; echo '{\"docmill\": 1}'; echo loaded >&2; cat >/dev/null";
    let sandbox = Sandbox::with_pipeline(&command(&["sh", "-c", script], ""), "");
    sandbox.run(&["check", "p.toml"]).exits(0).says(&["loaded"]);
}

#[test]
fn show_says_what_a_program_has_to_speak() {
    let sandbox = Sandbox::new();
    sandbox.run(&["show", "command"]).exits(0).shows(&[
        "\"offsets\": \"chars\"",
        "program",
        "DOCMILL_COMMAND",
    ]);
}
