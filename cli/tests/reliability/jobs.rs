//! A run that is divided among jobs is the whole run, byte for byte; and what is gone on with has to be the same run.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, SystemTime},
};

use super::{
    chance::Chance,
    trial::{Has, Trial, files, stderr},
};

const JOBS: [&str; 4] = ["0/4", "1/4", "2/4", "3/4"];

const SINKS: [&str; 4] = ["jsonl", "csv", "sqlite", "parquet"];

fn trial() -> Trial {
    Trial::new(Has { failures: true, sinks: &SINKS, ..Has::default() })
}

/// What a run put in place.
fn outputs(files: &BTreeMap<String, Vec<u8>>) -> Vec<(&String, &Vec<u8>)> {
    files.iter().filter(|(name, _)| !name.starts_with(".docmill")).collect()
}

#[track_caller]
fn is_whole(trial: &Trial, out: &str) {
    let found = files(&trial.path(out));
    for (own, whole) in outputs(&found).into_iter().zip(outputs(&trial.whole)) {
        assert_eq!(own.0, whole.0, "{out}");
        assert!(own.1 == whole.1, "{out}: {} differs", own.0);
    }
    assert_eq!(outputs(&found).len(), outputs(&trial.whole).len());
}

#[track_caller]
fn run(trial: &Trial, arguments: &[&str]) {
    let ran = trial.run(arguments);
    assert!(ran.status.code().is_some_and(|code| code < 2), "{arguments:?}: {}", stderr(&ran));
}

#[track_caller]
fn refused(trial: &Trial, arguments: &[&str], says: &[&str]) {
    let ran = trial.run(arguments);
    assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {}", stderr(&ran));
    for part in says {
        assert!(stderr(&ran).contains(part), "{part}: {}", stderr(&ran));
    }
}

#[test]
fn jobs_at_once_in_one_folder_make_the_whole_run() {
    let trial = trial();
    let start = |job: &&str| {
        trial.docmill(&["run", "p.toml", "--output", "out/", "--shard", job]).spawn().unwrap()
    };
    let jobs: Vec<_> = JOBS.iter().map(start).collect();
    for job in jobs {
        let ran = job.wait_with_output().unwrap();
        assert!(ran.status.code().is_some_and(|code| code < 2), "{}", stderr(&ran));
    }
    run(&trial, &["merge", "p.toml", "--output", "out/"]);
    is_whole(&trial, "out");
}

#[test]
fn jobs_in_folders_of_their_own_and_in_any_order_make_the_whole_run() {
    let trial = trial();
    for (folder, job) in [("d2/", "2/4"), ("d0/", "0/4"), ("d3/", "3/4")] {
        run(&trial, &["run", "p.toml", "--output", folder, "--shard", job]);
    }
    let merge = ["merge", "p.toml", "--output", "out/"];
    refused(&trial, &[&merge[..], &["d0", "d2", "d3"]].concat(), &["--shard 1/4"]);
    // A copy of the inputs on another machine has times of its own.
    for input in fs::read_dir(trial.path("in")).unwrap() {
        let input = fs::File::options().append(true).open(input.unwrap().path()).unwrap();
        input.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 30)).unwrap();
    }
    run(&trial, &["run", "p.toml", "--output", "d1/", "--shard", "1/4"]);
    run(&trial, &[&merge[..], &["d0", "d1", "d2", "d3"]].concat());
    is_whole(&trial, "out");

    // What a job does anew changes nothing that was merged.
    run(&trial, &["run", "p.toml", "--output", "d1/", "--shard", "1/4"]);
    is_whole(&trial, "out");
}

#[test]
fn one_job_of_one_shares_no_file_with_what_was_merged_of_it() {
    let trial = trial();
    run(&trial, &["run", "p.toml", "--output", "d0/", "--shard", "0/1"]);
    run(&trial, &["merge", "p.toml", "--output", "out/", "d0"]);
    is_whole(&trial, "out");
    // Done anew and broken off, the job's own files are shorter than they were.
    let mut child =
        trial.docmill(&["run", "p.toml", "--output", "d0/", "--shard", "0/1"]).spawn().unwrap();
    let all = || trial.work("d0").join("000003.shard").exists();
    while all() && child.try_wait().unwrap().is_none() {}
    let _ = child.kill();
    child.wait().unwrap();
    is_whole(&trial, "out");
}

#[test]
fn jobs_that_are_killed_go_on() {
    let trial = trial();
    let mut chance = Chance(7);
    for round in 0..5 {
        let out = format!("out-{round}/");
        for job in JOBS {
            for _ in 0..3 {
                let job = ["run", "p.toml", "--output", &out, "--resume", "--shard", job];
                let mut child = trial.docmill(&job).spawn().unwrap();
                sleep(chance.within(Duration::from_millis(100)));
                let _ = child.kill();
                child.wait().unwrap();
            }
        }
        for job in JOBS {
            run(&trial, &["run", "p.toml", "--output", &out, "--resume", "--shard", job]);
        }
        run(&trial, &["merge", "p.toml", "--output", &out]);
        is_whole(&trial, &out);
    }
}

#[test]
fn a_job_that_was_missed_and_went_on_is_merged_as_it_is_now() {
    let trial = trial();
    let part = ["run", "p.toml", "--output", "d0/", "--shard", "0/2"];
    let mut child = trial.docmill(&part).spawn().unwrap();
    let begun = || trial.work("d0").join("000002.shard").exists();
    while !begun() && child.try_wait().unwrap().is_none() {}
    let _ = child.kill();
    child.wait().unwrap();
    run(&trial, &["run", "p.toml", "--output", "d1/", "--shard", "1/2"]);
    // Whether the first job has come to its end or not: done anew, it is another one than was brought together.
    let merge = ["merge", "p.toml", "--output", "out/", "d0", "d1"];
    let ran = trial.run(&merge);
    assert!(ran.status.code().is_some_and(|code| code <= 2), "{}", stderr(&ran));
    run(&trial, &part);
    run(&trial, &merge);
    is_whole(&trial, "out");
}

/// A run that was broken off and has this much changed.
#[track_caller]
fn changed(before: impl Fn(&Trial), change: impl Fn(&Trial), says: &[&str]) {
    let trial = Trial::new(Has { sinks: &["jsonl"], ..Has::default() });
    before(&trial);
    run(&trial, &["run", "p.toml", "--output", "out/", "--shard", "0/2"]);
    change(&trial);
    let says = [&["holds a run that was broken off, and it was another one"], says].concat();
    refused(&trial, &["run", "p.toml", "--output", "out/", "--resume"], &says);
    refused(&trial, &["run", "p.toml", "--output", "out/", "--resume", "--shard", "0/2"], &says);
}

fn replace(trial: &Trial, from: &str, to: &str) {
    let pipeline = fs::read_to_string(trial.path("p.toml")).unwrap();
    assert!(pipeline.contains(from));
    fs::write(trial.path("p.toml"), pipeline.replace(from, to)).unwrap();
}

#[test]
fn another_pipeline_is_refused() {
    let other = |trial: &Trial| replace(trial, "words > 20", "words > 21");
    changed(|_| {}, other, &["the stage `filter` has changed: settings"]);
}

#[test]
fn another_library_is_refused() {
    let before = |trial: &Trial| {
        fs::copy(library(), trial.path("spin.so")).unwrap();
        let spin =
            "[[plugin]]\npath = \"spin.so\"\n[[stage]]\nuse = \"spin\"\ntimes = 1\n[source]\n";
        replace(trial, "[source]\n", spin);
    };
    let change = |trial: &Trial| {
        let mut library = fs::read(trial.path("spin.so")).unwrap();
        // What follows the last section of a library, nobody reads.
        library.push(0);
        fs::write(trial.path("spin.so"), library).unwrap();
    };
    changed(before, change, &["the stage `spin` has changed: digest"]);
}

/// The library of `examples/spin.rs`, which `cargo test` builds only where all is tested.
fn library() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let profile = tests.parent().and_then(Path::parent).unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--package", "docmill", "--example", "spin"]);
    if profile.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
    let name = format!("{}spin{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    profile.join("examples").join(name)
}

#[test]
fn another_file_that_a_setting_names_is_refused() {
    let before = |trial: &Trial| {
        fs::write(trial.path("table.csv"), "id,outlet\n0-0,The Example\n").unwrap();
        replace(trial, "paths  =", "metadata = \"table.csv\"\npaths =");
    };
    let change =
        |trial: &Trial| fs::write(trial.path("table.csv"), "id,outlet\n0-0,An Example\n").unwrap();
    changed(before, change, &["the file `table.csv` has changed"]);
}

#[test]
fn another_input_is_refused() {
    let change = |trial: &Trial| {
        let path = trial.path("in/03.jsonl");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replacen("oak", "elm", 1)).unwrap();
    };
    changed(|_| {}, change, &["inputs that have changed: `in/03.jsonl`"]);
    let change =
        |trial: &Trial| fs::write(trial.path("in/99.jsonl"), "{\"text\": \"x\"}\n").unwrap();
    changed(|_| {}, change, &["inputs that are new: `in/99.jsonl`"]);
    let change = |trial: &Trial| fs::remove_file(trial.path("in/03.jsonl")).unwrap();
    changed(|_| {}, change, &["inputs that are gone: `in/03.jsonl`"]);
}

#[test]
fn a_run_that_has_ended_is_done_anew_when_an_input_was_written_anew() {
    for failures in [false, true] {
        let trial = Trial::new(Has { failures, sinks: &["jsonl"], ..Has::default() });
        let path = trial.path("in/03.jsonl");
        let text = fs::read_to_string(&path).unwrap();
        let resume = ["run", "p.toml", "--output", "whole/", "--resume"];
        // Nothing to do.
        run(&trial, &resume);
        trial.is_like_whole("whole", "nothing is changed");
        // As long as it was.
        fs::write(&path, text.replacen("oak", "elm", 1)).unwrap();
        run(&trial, &resume);
        run(&trial, &["run", "p.toml", "--output", "out/"]);
        let (again, anew) = (files(&trial.path("whole")), files(&trial.path("out")));
        assert!(again == anew && anew["documents.jsonl"] != trial.whole["documents.jsonl"]);
    }
}

#[test]
fn what_a_run_left_that_had_no_plan_yet_goes_with_the_next() {
    let trial = Trial::new(Has { sinks: &["jsonl"], ..Has::default() });
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(trial.path("whole/run.json")).unwrap()).unwrap();
    let work = trial.path("whole/.docmill").join(report["run"].as_str().unwrap());
    fs::create_dir_all(&work).unwrap();
    fs::write(work.join("whole.plan.tmp"), "half a pl").unwrap();
    run(&trial, &["run", "p.toml", "--output", "whole/", "--resume"]);
    trial.is_like_whole("whole", "begun anew, and killed before there was a plan");
}
