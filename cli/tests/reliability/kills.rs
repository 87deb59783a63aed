//! Killed at any moment and resumed, a run ends with the same files as an unbroken one: nothing lost, nothing twice.

use std::{
    collections::BTreeMap,
    fs,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use super::{
    chance::Chance,
    trial::{Has, Trial, stderr},
};

/// Names that appear in a run's folders as it goes on, `*` for any beginning: moments to kill it at.
const SIGHTS: [&str; 9] = [
    "*.plan.tmp",
    "plan.jsonl",
    "*.shard.tmp",
    "*.shard",
    "*.part.tmp",
    "placing.json.tmp",
    "placing.json",
    "documents.jsonl",
    "run.json",
];

/// When to kill a run.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after its start.
    After(Duration),
    /// So long after a file of this name was seen that was not there before.
    Seen(&'static str, Duration),
}

/// How often runs were killed, by how far they were.
#[derive(Debug, Default)]
struct Kills(BTreeMap<&'static str, usize>);

impl Kills {
    fn count(&self) -> usize {
        self.0.values().sum()
    }
}

/// What kills runs of a trial.
struct Killer<'a> {
    trial: &'a Trial,
    chance: Chance,
    /// About how long a run takes.
    long: Duration,
    kills: Kills,
}

impl Killer<'_> {
    /// Breaks one run off up to so many times, and holds what comes of it to the unbroken one.
    fn chain(&mut self, number: usize, length: usize) {
        let out = format!("chain-{number}");
        let mut story = format!("chain {number}");
        for link in 0..length {
            let moment = match self.chance.below(2) {
                // The first chains begin with a sight each, so that all are hit.
                _ if link == 0 && number < SIGHTS.len() => {
                    Moment::Seen(SIGHTS[number], Duration::ZERO)
                }
                0 => Moment::After(self.chance.within(self.long)),
                _ => {
                    let soon = self.chance.within(Duration::from_millis(2));
                    Moment::Seen(self.chance.of(&SIGHTS), soon)
                }
            };
            story += &format!("; {moment:?}");
            let path = format!("{out}/");
            let mut arguments = vec!["run", "p.toml", "--output", &path];
            // Now and then a run starts afresh over one that was broken off.
            if self.chance.below(5) > 0 {
                arguments.push("--resume");
            }
            let begun = Instant::now();
            let child = self.trial.docmill(&arguments).spawn().unwrap();
            let killed = self.kill_at(&out, child, moment, &story);
            self.trial.has_no_half_file(&out, &story);
            if !killed {
                if link == 0 {
                    self.long = begun.elapsed();
                }
                break;
            }
            *self.kills.0.entry(phase(self.trial, &out)).or_default() += 1;
        }
        self.trial.comes_to_its_end(&out, &story);
    }

    /// Whether the run was killed before it came to its end.
    fn kill_at(&self, out: &str, mut child: Child, moment: Moment, story: &str) -> bool {
        let begun = Instant::now();
        let before = match moment {
            Moment::Seen(sight, _) => self.seen(out, sight),
            Moment::After(_) => Vec::new(),
        };
        loop {
            let (due, late) = match moment {
                Moment::After(time) => (begun.elapsed() >= time, Duration::ZERO),
                Moment::Seen(sight, soon) => {
                    let now = self.seen(out, sight);
                    (now.iter().any(|name| !before.contains(name)), soon)
                }
            };
            if due {
                let since = Instant::now();
                while since.elapsed() < late {
                    std::hint::spin_loop();
                }
                child.kill().unwrap();
            }
            if let Some(status) =
                if due { Some(child.wait().unwrap()) } else { child.try_wait().unwrap() }
            {
                if let Some(code) = status.code() {
                    let error = child.wait_with_output().unwrap();
                    assert_eq!(Some(code), self.trial.code, "{story}: {}", stderr(&error));
                }
                return status.code().is_none();
            }
            thread::yield_now();
        }
    }

    /// The files of a run that have such a name.
    fn seen(&self, out: &str, sight: &str) -> Vec<String> {
        let of_run = ["documents.jsonl", "run.json"].contains(&sight);
        let folder = if of_run { self.trial.path(out) } else { self.trial.work(out) };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names
            .filter(|name| {
                *name == sight || sight.strip_prefix('*').is_some_and(|end| name.ends_with(end))
            })
            .collect()
    }
}

/// How far a run was that was killed.
fn phase(trial: &Trial, out: &str) -> &'static str {
    let work = trial.work(out);
    let shards = fs::read_dir(&work).into_iter().flatten().flatten();
    let shards = shards.filter(|entry| entry.path().extension().is_some_and(|end| end == "shard"));
    let shards = shards.count();
    let all = trial.whole.keys().filter(|name| name.ends_with(".shard")).count().max(6);
    match (work.join("plan.jsonl").exists(), trial.path(out).join("run.json").exists()) {
        (_, true) => "5 all is placed",
        _ if work.join("placing.json").exists() => "4 placing",
        (true, _) if shards >= all => "3 all shards are done",
        (true, _) if shards > 0 => "2 some shards are done",
        (true, _) => "1 no shard is done",
        (false, _) => "0 no plan",
    }
}

/// Kills runs of a trial this often, in chains of one to ten.
fn kill(has: Has<'_>, times: usize, seed: u64) -> Kills {
    let trial = Trial::new(has);
    let begun = Instant::now();
    assert_eq!(trial.run(&["run", "p.toml", "--output", "time/"]).status.code(), trial.code);
    let long = begun.elapsed();
    let mut killer = Killer { trial: &trial, chance: Chance(seed), long, kills: Kills::default() };
    let mut number = 0;
    while killer.kills.count() < times {
        let length = (1 + number % 10).min(times - killer.kills.count());
        killer.chain(number, length);
        number += 1;
        assert!(number < 4 * times, "runs end before they are killed: {:?}", killer.kills);
    }
    killer.kills
}

/// All phases of a run have to be among those it was killed in.
#[track_caller]
#[expect(clippy::print_stderr, reason = "the figures are what one asks for with --nocapture")]
fn spread(kills: &Kills) {
    eprintln!("killed {} times: {kills:?}", kills.count());
    assert!(kills.0.len() >= 4, "{kills:?}");
}

#[test]
fn a_run_with_failures_and_a_memory_is_killed_100_times() {
    let has = Has { failures: true, memory: true, sinks: &["jsonl", "csv"] };
    spread(&kill(has, 100, 1));
}

#[test]
fn a_run_that_leaves_nothing_behind_is_killed_60_times() {
    spread(&kill(Has { sinks: &["jsonl", "csv"], ..Has::default() }, 60, 2));
}

#[test]
fn a_run_with_merged_outputs_is_killed_40_times() {
    let has = Has { failures: true, sinks: &["jsonl", "sqlite", "parquet"], ..Has::default() };
    spread(&kill(has, 40, 3));
}

#[test]
#[ignore = "takes minutes"]
fn runs_are_killed_1000_times() {
    let has = Has { failures: true, memory: true, sinks: &["jsonl", "csv"] };
    spread(&kill(has, 400, 11));
    spread(&kill(Has { failures: false, ..has }, 200, 12));
    spread(&kill(Has { sinks: &["jsonl", "sqlite"], ..has }, 200, 13));
    spread(&kill(Has { sinks: &["jsonl", "parquet"], memory: false, ..has }, 200, 14));
}
