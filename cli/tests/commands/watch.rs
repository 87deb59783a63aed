//! Watching runs: `--progress`, `--log`, `--metrics`, and `docmill show DIR`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value as Json;

use super::sandbox::Sandbox;

/// A pipeline that reads `in/*.jsonl`, each a shard, and gives up when a document fails.
fn of_shards(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, text) in files {
        sandbox.write(&format!("in/{name}.jsonl"), text);
    }
    let pipeline = "name = \"news\"\n[run]\nshard = \"1 B\"\nthreads = 1\non-error = \"stop\"\n[source]\nuse = \
                    \"jsonl\"\npaths = [\"in/*.jsonl\"]\n[[stage]]\nuse = \"template\"\n[[sink]]\nuse = \"jsonl\"\n";
    sandbox.write("p.toml", pipeline);
    sandbox
}

const GOOD: &str = "{\"text\": \"NATO met.\"}\n{\"text\": \"It ended.\"}\n";

fn json_lines(text: &str) -> Vec<Json> {
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn progress_is_told_in_json_until_the_end() {
    let sandbox = of_shards(&[("a", GOOD), ("b", GOOD), ("c", GOOD)]);
    let ran = sandbox.run(&["run", "p.toml", "--progress", "json"]).exits(0);
    let lines = json_lines(&ran.stderr);
    assert!(lines.len() >= 2, "the first block and the end: {lines:#?}");
    assert_eq!((&lines[0]["state"], &lines[0]["event"]), (&"running".into(), &"progress".into()));
    let last = lines.last().unwrap();
    let report: Json = serde_json::from_str(&sandbox.read("out/run.json")).unwrap();
    assert_eq!(last["state"], "done");
    for key in ["docmill", "documents", "bytes", "source", "stages", "sinks"] {
        assert_eq!(last[key], report[key], "{key}");
    }
    assert_eq!((&last["shards-done"], &last["shards"]), (&3.into(), &3.into()));
    let stored = 3 * GOOD.len();
    assert_eq!(last["stored-bytes"], stored);
    assert_eq!((&last["stored-bytes-in-all"], &last["eta"]), (&stored.into(), &0.0.into()));
}

#[test]
fn a_resumed_run_tells_what_was_done_before() {
    let sandbox = of_shards(&[("a", GOOD), ("b", GOOD), ("c", "{broken\n")]);
    let ran = sandbox.run(&["run", "p.toml", "--progress", "json"]).exits(1);
    let last = json_lines(&ran.stderr).pop().unwrap();
    assert_eq!((&last["state"], &last["shards-done"]), (&"failed".into(), &2.into()));

    let ran = sandbox.run(&["run", "p.toml", "--progress", "json", "--resume"]).exits(1);
    let last = json_lines(&ran.stderr).pop().unwrap();
    assert_eq!(last["stored-bytes-before"], 2 * GOOD.len());
    assert_eq!((&last["documents"]["in"], &last["shards-done"]), (&5.into(), &2.into()));
}

#[test]
fn progress_can_be_left_out() {
    let sandbox = of_shards(&[("a", GOOD)]);
    let ran = sandbox.run(&["run", "p.toml", "--progress", "none", "--json"]).exits(0);
    assert_eq!(ran.stderr, "");
    sandbox.run(&["run", "p.toml", "--progress", "loud"]).exits(2).says(&["bar", "plain", "json"]);
}

#[test]
fn what_happens_is_told_as_far_as_it_is_asked_for() {
    let sandbox = of_shards(&[("a", GOOD), ("b", "{broken\n")]);
    sandbox.write("p.toml", &sandbox.read("p.toml").replace("on-error = \"stop\"\n", ""));
    let quiet = sandbox.run(&["run", "p.toml"]).exits(1);
    assert!(!quiet.stderr.contains("shard"), "{quiet:?}");
    let info = sandbox.run(&["run", "p.toml", "--log", "info"]).exits(1);
    assert!(!info.stderr.contains("begun"), "{info:?}");
    info.says(&[
        "info  shard 0 is on the disk: 2 documents, 0 failed",
        "(in/b.jsonl at byte=0) failed in `jsonl`: ",
    ]);

    let mut docmill = sandbox.docmill(&["run", "p.toml", "--progress", "json"]);
    let output = docmill.env("DOCMILL_LOG", "debug").output().unwrap();
    let lines = json_lines(&String::from_utf8(output.stderr).unwrap());
    let events: BTreeSet<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    let expected = ["failed", "progress", "shard-begun", "shard-committed", "shard-done"];
    assert_eq!(events, expected.into());

    let mut docmill = sandbox.docmill(&["run", "p.toml"]);
    let output = docmill.env("DOCMILL_LOG", "loud").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("error, warn, info or debug"));
}

/// A run that waits for more input, and the lines it writes to standard error.
fn waiting(sandbox: &Sandbox, options: &[&str]) -> (Child, impl Iterator<Item = String> + use<>) {
    let args = [&["run", "p.toml", "-i", "-", "-o", "out/"], options].concat();
    let mut docmill = sandbox.docmill(&args);
    let mut child =
        docmill.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    (child, lines)
}

fn ask(address: &str, request: &str) -> String {
    let mut caller = TcpStream::connect(address).unwrap();
    caller.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    caller.read_to_string(&mut answer).unwrap();
    answer
}

/// A name with its labels, sorted.
type Series = (String, BTreeMap<String, String>);

/// Reads Prometheus's text format, version 0.0.4, as strictly as its specification is.
fn figures(text: &str) -> BTreeMap<Series, f64> {
    let is_name = |name: &str| {
        let rest = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        name.chars().all(rest) && name.starts_with(|c: char| !c.is_ascii_digit())
    };
    let mut found = BTreeMap::new();
    let mut forms = BTreeMap::new();
    let mut family = String::new();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (what, name, says) =
                (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            assert!(is_name(name), "{line}");
            match what {
                "HELP" => assert!(!says.is_empty()),
                "TYPE" => {
                    assert!(["counter", "gauge"].contains(&says), "{line}");
                    assert_eq!(name.ends_with("_total"), says == "counter", "{line}");
                    assert_eq!(forms.insert(name.to_owned(), says.to_owned()), None, "{line}");
                    family = name.to_owned();
                }
                _ => panic!("{line}"),
            }
            continue;
        }
        let name_len = line.find(['{', ' ']).unwrap();
        let (name, mut rest) = line.split_at(name_len);
        assert_eq!(name, family, "a series stands with its family");
        let mut labels = BTreeMap::new();
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            loop {
                let (label, after) = rest.split_once("=\"").unwrap();
                assert!(is_name(label) && !label.contains(':'), "{line}");
                let mut value = String::new();
                let mut chars = after.char_indices();
                let end = loop {
                    match chars.next().unwrap() {
                        (_, '\\') => value.push(match chars.next().unwrap().1 {
                            'n' => '\n',
                            c @ ('\\' | '"') => c,
                            c => panic!("\\{c} in {line}"),
                        }),
                        (at, '"') => break at,
                        (_, c) => value.push(c),
                    }
                };
                assert_eq!(labels.insert(label.to_owned(), value), None, "{line}");
                rest = &after[end + 1..];
                match rest.strip_prefix(',') {
                    Some(after) => rest = after,
                    None => break,
                }
            }
            rest = rest.strip_prefix('}').unwrap();
        }
        let value: f64 = rest.strip_prefix(' ').unwrap().parse().unwrap();
        assert!(value >= 0.0, "{line}");
        assert_eq!(found.insert((name.to_owned(), labels), value), None, "{line}");
    }
    found
}

#[test]
fn prometheus_is_answered_while_the_run_waits() {
    let sandbox = Sandbox::with_pipeline("[[stage]]\nuse = \"filter\"\nwhen = \"words > 2\"", "");
    let (mut child, mut lines) = waiting(&sandbox, &["--metrics", "127.0.0.1:0"]);
    let said = lines.next().unwrap();
    let address = said.strip_prefix("metrics at http://").unwrap().strip_suffix("/metrics");
    let address = address.unwrap();
    let get = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    // Before the first block too.
    figures(ask(address, get).split_once("\r\n\r\n").unwrap().1);
    let line = format!("{{\"text\": \"{}\"}}\n{{\"text\": \"no\"}}\n", "x ".repeat(500));
    child.stdin.as_mut().unwrap().write_all(line.repeat(2000).as_bytes()).unwrap();

    let stage = |fate: &str| {
        let labels = [("kind", "stage"), ("stage", "filter"), ("fate", fate)];
        let labels = labels.map(|(label, says)| (label.to_owned(), says.to_owned()));
        ("docmill_documents_total".to_owned(), BTreeMap::from(labels))
    };
    let one = |name: &str| (name.to_owned(), BTreeMap::new());
    let until = Instant::now() + Duration::from_secs(60);
    let found = loop {
        let answer = ask(address, get);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.contains("text/plain; version=0.0.4"), "{head}");
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
        let found = figures(body);
        if found.get(&stage("kept")).is_some_and(|count| *count > 100.0) {
            break found;
        }
        assert!(Instant::now() < until, "{body}");
        thread::sleep(Duration::from_millis(50));
    };
    let kept = found[&stage("kept")];
    assert!((found[&stage("dropped")] - kept).abs() <= 1.0, "every second one");
    assert_eq!(found[&stage("failed")], 0.0);
    assert!(found[&one("docmill_run_seconds")] > 0.0);
    assert!(found[&one("docmill_run_stored_bytes_total")] > 100_000.0);
    assert!(found.contains_key(&one("docmill_run_blocks_waiting")));

    assert!(ask(address, "GET /other HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
    assert!(ask(address, "POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));

    // Nobody else can have the port, and whoever wants it is told before anything is done.
    let ran = sandbox.run(&["run", "p.toml", "-o", "other/", "--metrics", address]).exits(2);
    ran.says(&["--metrics", address, "cannot listen there"]);
    assert!(!sandbox.has("other"));

    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn an_address_that_is_none_is_refused_before_the_run() {
    let sandbox = of_shards(&[("a", GOOD)]);
    for address in ["9464", "127.0.0.1:99999", "nowhere.invalid:80"] {
        let ran = sandbox.run(&["run", "p.toml", "--metrics", address]).exits(2);
        ran.says(&[address, "HOST:PORT"]);
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    sandbox.run(&["run", "p.toml", "--metrics", &address]).exits(2).says(&["in use"]);
    assert!(!sandbox.has("out"));
}

#[test]
fn a_run_that_ended_is_shown() {
    let sandbox = of_shards(&[("a", GOOD), ("b", "{broken\n{broken too\n")]);
    sandbox.write("p.toml", &sandbox.read("p.toml").replace("on-error = \"stop\"\n", ""));
    sandbox.run(&["run", "p.toml"]).exits(1);
    let ran = sandbox.run(&["show", "out"]).exits(0);
    ran.shows(&[
        "stage   template   2     2        0       0",
        "4 documents in",
        "2 written, 0 dropped, 2 failed",
        "out/documents.jsonl",
        "docmill retry out",
        "2  jsonl  ",
    ]);
    let shown = sandbox.run(&["show", "out", "--json"]).exits(0).json();
    assert_eq!((&shown["running"], &shown["unfinished"]), (&false.into(), &Json::Null));
    assert_eq!(shown["ended"]["documents"]["failed"], 2);
    let kinds: u64 = shown["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|k| k["documents"].as_u64().unwrap())
        .sum();
    assert_eq!(kinds, 2);
}

#[test]
fn a_run_that_was_broken_off_is_shown_and_how_to_go_on_with_it() {
    let sandbox = of_shards(&[("a", GOOD), ("b", GOOD), ("c", "{broken\n")]);
    sandbox.run(&["run", "p.toml", "--set", "template.min-length=3"]).exits(1);
    let ran = sandbox.run(&["show", "out"]).exits(0).shows(&[
        "stage   template   4     4        0       0",
        "2 of 3 shards done: 4 documents, 4 written, 0 dropped, 0 failed",
        "`news` was broken off",
    ]);
    let command = ran.stdout.lines().last().unwrap().trim();
    assert_eq!(command, "docmill run p.toml --set template.min-length=3 --resume");
    let shown = sandbox.run(&["show", "out", "--json"]).exits(0).json();
    assert_eq!(shown["resume"], command);
    assert_eq!(shown["unfinished"]["shards-done"], 2);

    // What it did is not removed without a word.
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let resumed = sandbox.run(&words).exits(1);
    assert!(!resumed.stderr.contains("anew"), "{resumed:?}");
    let said = ["out held a run of `news`", "2 of 3 shards done", "--resume"];
    sandbox.run(&["run", "p.toml"]).exits(1).says(&said);
}

#[test]
fn jobs_are_shown_one_by_one() {
    let sandbox = of_shards(&[("a", GOOD), ("b", GOOD), ("c", GOOD)]);
    sandbox.run(&["run", "p.toml", "--shard", "1/2"]).exits(0);
    let shown = sandbox.run(&["show", "out"]).exits(0);
    shown.shows(&["1 of 3 shards done", "job 1/2: 1 of 1 shard"]);
}

#[test]
fn a_run_that_goes_on_is_shown_and_not_disturbed() {
    let sandbox = Sandbox::with_pipeline("", "");
    let (mut child, mut lines) = waiting(&sandbox, &["--log", "debug"]);
    child.stdin.as_mut().unwrap().write_all(GOOD.repeat(8000).as_bytes()).unwrap();
    assert!(lines.any(|line| line.contains("begun")));
    let shown = sandbox.run(&["show", "out"]).exits(0).shows(&["is running", "0 of 1 shard done"]);
    assert!(!shown.stdout.contains("--resume"), "{shown:?}");
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let shown = sandbox.run(&["show", "out", "--json"]).exits(0).json();
    assert_eq!((&shown["running"], &shown["unfinished"]), (&false.into(), &Json::Null));
}

#[test]
fn a_folder_without_a_run_and_a_components_name_are_told_apart() {
    let sandbox = of_shards(&[("a", GOOD)]);
    sandbox.run(&["show", "in"]).exits(2).says(&["in is no component's name", "holds no run"]);
    sandbox.run(&["run", "p.toml", "-o", "clean/"]).exits(0);
    sandbox.run(&["show", "clean"]).exits(0).shows(&["clean, a stage"]);
    sandbox.run(&["show", "./clean"]).exits(0).shows(&["2 documents in"]);
    let ran = sandbox.run(&["show", "clean", "--json"]).exits(2);
    assert!(ran.stdout.contains("folder of a run"), "{ran:?}");
}

/// Prints how far estimates are off, run by run: `cargo test -p docmill --test commands -- --ignored --nocapture
/// estimate`. Takes half a minute; other work on the machine shows in it.
#[test]
#[ignore = "it measures"]
fn estimates_of_real_runs_are_close_after_a_quarter() {
    let mut sentence = 0_u64;
    let mut line = || {
        sentence += 1;
        let words = (0..40 + sentence % 90).map(|n| (n * 7919 + sentence).to_string());
        format!("{{\"text\": \"NATO said {}.\"}}\n", words.collect::<Vec<_>>().join(" "))
    };
    let lines: String = (0..120_000).map(|_| line()).collect();
    for name in ["in.jsonl", "in.jsonl.gz"] {
        let sandbox = Sandbox::with_pipeline("[[stage]]\nuse = \"segment\"", "");
        let file = File::create(sandbox.path(name)).unwrap();
        match name.ends_with("gz") {
            true => GzEncoder::new(file, Compression::fast()).write_all(lines.as_bytes()).unwrap(),
            false => sandbox.write(name, &lines),
        }
        let output = sandbox.docmill(&["run", "p.toml", "-i", name, "--progress", "json"]).output();
        let told = json_lines(&String::from_utf8(output.unwrap().stderr).unwrap());
        let whole = told.last().unwrap()["seconds"].as_f64().unwrap();
        let share = |line: &Json| {
            line["stored-bytes"].as_f64().unwrap() / line["stored-bytes-in-all"].as_f64().unwrap()
        };
        let quarter = told.iter().find(|line| share(line) >= 0.25).unwrap();
        let at = quarter["seconds"].as_f64().unwrap();
        let (eta, left) = (quarter["eta"].as_f64().unwrap(), whole - at);
        let off = (eta - left) / left * 100.0;
        // By the processor's clock, on which other work on the machine does not show.
        let cpu = |line: &Json| line["cpu-seconds"].as_f64().unwrap();
        let spent = cpu(quarter) / cpu(told.last().unwrap());
        let by_cpu = (spent / share(quarter) - 1.0) * 100.0;
        let told = format!(
            "{name}: after {at:.1} s and {:.0} % of the bytes {eta:.1} s were estimated and {left:.1} s were left: \
             {off:+.1} %; by the processor's clock {by_cpu:+.1} %",
            100.0 * share(quarter)
        );
        writeln!(std::io::stdout(), "{told}").unwrap();
        assert!(by_cpu.abs() < 20.0);
    }
}
