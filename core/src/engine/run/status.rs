//! What is known of the runs to a folder, from what lies there: one that ended, one that goes on or was broken off.
//!
//! Reads alone, and may be asked at any time, also of another process's run.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::Value as Json;

use super::{
    ComponentReport, DEAD_LETTERS_FILE, REPORT_FILE, Report, RunError, Totals,
    dead_letters::Head,
    finish::PLACING,
    folder::{self, Lock, Sharing},
    ledger::{Entry, Ledger},
    plan::{PLAN_FILE, Plan},
    record::Record,
};

/// How many kinds of failures are told apart.
const KINDS: usize = 1000;

/// How often a folder is looked at again that changed meanwhile.
const LOOKS: usize = 5;

/// What is known of the runs to a folder.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Status {
    /// The folder.
    pub dir: PathBuf,
    /// Whether a run is writing to it.
    pub running: bool,
    /// The run whose outputs lie there.
    pub ended: Option<Report>,
    /// What failed in that one, as its dead letters say; what failed most comes first.
    pub failures: Vec<FailureKind>,
    /// The run that did not come to its end, or not yet.
    pub unfinished: Option<Unfinished>,
}

/// Documents that failed for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FailureKind {
    /// Where, by its name in the pipeline.
    pub stage: String,
    /// What went wrong with the first of them; others may say other numbers. Empty for what is left when there are
    /// too many kinds.
    pub error: String,
    /// How many.
    pub documents: u64,
}

/// A run that did not come to its end, or not yet.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Unfinished {
    /// Sixteen hexadecimal digits that name it.
    pub run: String,
    /// How it was asked for.
    pub invocation: Json,
    /// Shards that are on the disk.
    pub shards_done: usize,
    /// Shards in all.
    pub shards: usize,
    /// The jobs that it is divided among, as far as they have begun.
    pub jobs: Vec<JobStatus>,
    /// The account of the shards that are done.
    pub account: Report,
}

/// One job of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct JobStatus {
    /// Which, from 0.
    pub index: usize,
    /// How many there are.
    pub of: usize,
    /// Its shards that are on the disk.
    pub shards_done: usize,
    /// Its shards in all.
    pub shards: usize,
    /// Whether it is at work.
    pub running: bool,
}

/// What is known of the runs to `dir`; `None` where there never was one.
///
/// # Errors
///
/// [`RunError::Unreadable`] where what a run wrote down cannot be read.
pub fn status(dir: &Path) -> Result<Option<Status>, RunError> {
    let dir = folder::or_here(dir);
    let mut looks = 1;
    loop {
        match look(dir) {
            // A run that comes to its end removes what it worked with.
            Err((_, error)) if error.kind() == io::ErrorKind::NotFound && looks < LOOKS => {
                looks += 1
            }
            Err((path, source)) => return Err(RunError::Unreadable { path, source }),
            Ok(status) => return Ok(status),
        }
    }
}

/// What went wrong, and with which file.
type Unread = (PathBuf, io::Error);

fn look(dir: &Path) -> Result<Option<Status>, Unread> {
    let mut status = Status {
        dir: dir.to_owned(),
        running: is_taken(dir),
        ended: None,
        failures: Vec::new(),
        unfinished: None,
    };
    for work in folder::left_behind(dir) {
        let begun = work.join(PLAN_FILE).exists() && !work.join(PLACING).exists();
        if begun && !folder::is_of_retry(&work) {
            let unfinished = unfinished(&work).map_err(|error| (work, error))?;
            status.running |= unfinished.jobs.iter().any(|job| job.running);
            status.unfinished = Some(unfinished);
        }
    }
    let path = dir.join(REPORT_FILE);
    match fs::read(&path) {
        Ok(bytes) => {
            let report = serde_json::from_slice(&bytes);
            let report: Report = report.map_err(|error| (path.clone(), error.into()))?;
            if report.documents.failed > 0 {
                status.failures = failures(&dir.join(DEAD_LETTERS_FILE));
            }
            status.ended = Some(report);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err((path, error)),
    }
    let known = status.running || status.ended.is_some() || status.unfinished.is_some();
    Ok(known.then_some(status))
}

/// Whether somebody has taken a file or folder alone.
fn is_taken(path: &Path) -> bool {
    let taken = Lock::of(path, Sharing::WithJobs);
    taken.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

fn unfinished(work: &Path) -> io::Result<Unfinished> {
    let plan = Plan::read(work)?;
    let records = Record::read_all(work)?;
    let mut jobs = Vec::new();
    for entry in fs::read_dir(work)? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Some((index, of)) = job(&stem).filter(|_| path.extension() == Some("lock".as_ref()))
        else {
            continue;
        };
        jobs.push(JobStatus {
            index,
            of,
            shards_done: records.iter().filter(|record| record.stem == stem).count(),
            shards: (0..plan.shards).filter(|shard| shard % of == index).count(),
            running: is_taken(&path),
        });
    }
    jobs.sort_unstable_by_key(|job| (job.of, job.index));
    Ok(Unfinished {
        run: plan.key.clone(),
        invocation: plan.invocation.clone(),
        shards_done: records.len(),
        shards: plan.shards,
        jobs,
        account: account(&plan, &records),
    })
}

/// The job whose files have names that begin so.
fn job(stem: &str) -> Option<(usize, usize)> {
    let (index, of) = stem.strip_prefix("job-")?.split_once("-of-")?;
    Some((index.parse().ok()?, of.parse().ok().filter(|of| *of > 0)?))
}

/// The account of what is done, with the names that the plan has for components.
fn account(plan: &Plan, records: &[Record]) -> Report {
    let parts = |kind: &str| -> Vec<&Json> {
        let parts = plan.pipeline["components"].as_array().into_iter().flatten();
        parts.filter(|part| part["kind"] == kind).collect()
    };
    let (stages, sinks) = (parts("stage"), parts("sink"));
    let mut sum = Ledger::new(stages.len(), sinks.len());
    records.iter().for_each(|record| sum.add(&record.ledger));
    let named = |part: &Json, entry: &Entry| {
        let text = |key: &str| part[key].as_str().unwrap_or_default();
        ComponentReport::named(text("name"), text("use"), entry)
    };
    let all = |parts: &[&Json], entries: &[Entry]| {
        parts.iter().zip(entries).map(|(part, entry)| named(part, entry)).collect()
    };
    Report {
        docmill: plan.docmill.clone(),
        pipeline: plan.pipeline["name"].as_str().unwrap_or_default().to_owned(),
        run: plan.key.clone(),
        shards: records.len(),
        documents: Totals::of(&sum),
        bytes: sum.bytes,
        source: named(parts("source").first().copied().unwrap_or(&Json::Null), &sum.source),
        stages: all(&stages, &sum.stages),
        sinks: all(&sinks, &sum.sinks),
        cpu_seconds: sum.cpu.as_secs_f64(),
        ..Report::default()
    }
}

/// The kinds of failures in a file of dead letters; none where it cannot be read.
fn failures(path: &Path) -> Vec<FailureKind> {
    let Ok(file) = File::open(path) else { return Vec::new() };
    let mut kinds: Vec<FailureKind> = Vec::new();
    let mut places = HashMap::new();
    let lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
    for Head { stage, mut error, .. } in lines.filter_map(|line| serde_json::from_slice(&line).ok())
    {
        // Offsets and sizes make no kind of failure of their own.
        let mut kind: String = error.chars().filter(|c| !c.is_ascii_digit()).collect();
        if kinds.len() >= KINDS && !places.contains_key(&(stage.clone(), kind.clone())) {
            (kind, error) = (String::new(), String::new());
        }
        let place = *places.entry((stage.clone(), kind)).or_insert(kinds.len());
        match kinds.get_mut(place) {
            Some(kind) => kind.documents += 1,
            None => kinds.push(FailureKind { stage, error, documents: 1 }),
        }
    }
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.documents));
    kinds
}
