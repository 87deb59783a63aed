//! Interrupt and terminate at any moment: the run ends soon, says how to go on, and does.

use std::{
    io::Write,
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    chance::Chance,
    trial::{Has, Trial, stderr},
};

/// How long a run may go on: two seconds for its shards, and some for a busy machine.
const SOON: Duration = Duration::from_secs(6);

fn send(child: &Child, signal: Signal) {
    // A run that has ended has no use for it.
    let _ = kill_process(Pid::from_child(child), signal);
}

/// Waits until a run to this folder has begun.
fn has_begun(trial: &Trial, out: &str) {
    let begun = Instant::now();
    while !trial.path(out).join(".docmill").exists() && begun.elapsed() < SOON {
        sleep(Duration::from_millis(1));
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "the figures are what one asks for with --nocapture")]
fn a_run_is_stopped_50_times_and_goes_on() {
    let trial = Trial::new(Has { failures: true, memory: true, sinks: &["jsonl", "csv"] });
    let begun = Instant::now();
    trial.run(&["run", "p.toml", "--output", "time/"]);
    let long = begun.elapsed();
    let mut chance = Chance(5);
    let (mut stopped, mut resumable, mut early, mut ended) = (0, 0, 0, 0);
    while stopped < 50 {
        let number = stopped + early + ended;
        assert!(number < 400, "of {number} runs only {stopped} were stopped");
        let (signal, code) = chance.of(&[(Signal::INT, 130), (Signal::TERM, 143)]);
        let out = format!("stopped-{number}");
        let child =
            trial.docmill(&["run", "p.toml", "--output", &format!("{out}/")]).spawn().unwrap();
        // Some before it listens; the others once it has begun.
        let wait = chance.within(long / 2);
        if chance.below(10) > 0 {
            has_begun(&trial, &out);
        }
        sleep(wait);
        send(&child, signal);
        let since = Instant::now();
        let ran = child.wait_with_output().unwrap();
        let context = format!("{signal:?} after {wait:?}: {}", stderr(&ran));
        assert!(since.elapsed() < SOON, "{context}");
        trial.has_no_half_file(&out, &context);
        match ran.status.code() {
            Some(other) if other == code => {
                stopped += 1;
                assert!(stderr(&ran).contains("stopped before the end"), "{context}");
                let says = stderr(&ran).contains("--resume goes on from there");
                // Where no shard was done, there is nothing to go on with.
                assert_eq!(says, trial.work(&out).exists(), "{context}");
                resumable += usize::from(says);
            }
            // It had done its work.
            code if code == trial.code => ended += 1,
            // It had not begun to listen.
            None => early += 1,
            _ => panic!("{context}"),
        }
        trial.comes_to_its_end(&out, &context);
    }
    eprintln!(
        "{stopped} stopped, {resumable} of them with shards done; {early} before they listened, {ended} too late"
    );
    assert!(resumable > 5, "{resumable}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let trial = Trial::new(Has { sinks: &["jsonl"], ..Has::default() });
    let mut run = trial.docmill(&["run", "p.toml", "--input", "-", "--output", "out/"]);
    // It waits for input, of which there is no end.
    let mut child = run.stdin(Stdio::piped()).spawn().unwrap();
    let line = format!("{{\"text\": \"{}\"}}\n", "elm ".repeat(300));
    child.stdin.as_mut().unwrap().write_all(line.repeat(1000).as_bytes()).unwrap();
    send(&child, Signal::INT);
    sleep(Duration::from_millis(200));
    assert_eq!(child.try_wait().unwrap(), None, "it waits for its shard");
    let since = Instant::now();
    send(&child, Signal::TERM);
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
}
