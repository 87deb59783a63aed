//! Inputs that go bad while a run is under way: each costs itself alone, and is named.

use std::{
    fs,
    io::Write,
    thread::sleep,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use super::trial::{Has, Trial, files, stderr};

/// Lines that take a while.
fn many_lines() -> String {
    (0..6000)
        .map(|n| format!("{{\"id\": \"many-{n}\", \"text\": \"{} {n}\"}}\n", "elm ".repeat(100)))
        .collect()
}

#[test]
fn inputs_that_go_while_they_are_read_cost_themselves_alone() {
    let trial = Trial::new(Has { sinks: &["jsonl", "csv"], ..Has::default() });
    let input = |name: &str| trial.path("in").join(name);
    fs::write(input("00.jsonl"), many_lines()).unwrap();
    let pipeline = fs::read_to_string(trial.path("p.toml")).unwrap();
    fs::write(trial.path("p.toml"), pipeline.replace("in/*.jsonl", "in/*.jsonl*")).unwrap();

    // What a run gives that never knew the bad ones.
    for bad in ["13.jsonl", "14.jsonl"] {
        fs::rename(input(bad), trial.path(bad)).unwrap();
    }
    assert_eq!(trial.run(&["run", "p.toml", "--output", "good/"]).status.code(), Some(0));
    for bad in ["13.jsonl", "14.jsonl"] {
        fs::rename(trial.path(bad), input(bad)).unwrap();
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&fs::read(input("12.jsonl")).unwrap()).unwrap();
    let gzip = gzip.finish().unwrap();
    // Cut off within its head: no line of it can be read.
    fs::write(input("16.jsonl.gz"), &gzip[..9]).unwrap();

    let child =
        trial.docmill(&["run", "p.toml", "--output", "out/", "--threads", "1"]).spawn().unwrap();
    let begun = Instant::now();
    let works = || fs::read_dir(trial.path("out/.docmill")).into_iter().flatten().flatten().next();
    while !works().is_some_and(|work| work.path().join("plan.jsonl").exists()) {
        assert!(begun.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(1));
    }
    fs::remove_file(input("13.jsonl")).unwrap();
    fs::remove_file(input("14.jsonl")).unwrap();
    fs::create_dir(input("14.jsonl")).unwrap();
    let ran = child.wait_with_output().unwrap();
    assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));

    let (good, found) = (files(&trial.path("good")), files(&trial.path("out")));
    for output in ["documents.jsonl", "documents.csv", "dropped.jsonl"] {
        assert!(good[output] == found[output], "{output}");
    }
    let letters = String::from_utf8_lossy(&found["dead-letters.jsonl"]);
    let letters: Vec<Value> =
        letters.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let uris: Vec<&str> =
        letters.iter().map(|letter| letter["origin"]["uri"].as_str().unwrap()).collect();
    assert_eq!(uris, ["in/13.jsonl", "in/14.jsonl", "in/16.jsonl.gz"]);
    assert!(
        letters.iter().all(|letter| letter["error"].as_str().is_some_and(|error| error.len() > 10))
    );
}
