//! A run that writes to a folder: taken up where it was left, and what is to be done of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value as Json;

use super::{
    Mode, REPORT_FILE, Report, RunError, WORK_FOLDER, finish,
    folder::{self, At, Lock, Sharing, WriteError},
    plan::{PLAN_FILE, Plan},
    record::{self, Record},
    tracks::Track,
};
use crate::engine::Pipeline;

/// What a job of a run works with.
pub(super) struct Job {
    pub(super) dir: PathBuf,
    pub(super) work: PathBuf,
    pub(super) plan: Plan,
    /// What the names of its own files begin with.
    pub(super) stem: String,
    /// The shards that are done, by whichever job.
    pub(super) done: Vec<Record>,
    /// Those that this job is to do.
    pub(super) todo: Vec<usize>,
    /// Held until the end: of the run's folder, and of this job.
    _locks: Vec<Lock>,
}

/// What there is to do.
pub(super) enum Taken {
    Job(Box<Job>),
    /// Nothing: the run had come to its end before.
    Ended(Box<Report>),
}

/// The one job of a run that is not divided.
const WHOLE: &str = "whole";

impl Job {
    /// Takes a run up as `mode` says.
    pub(super) fn take(
        pipeline: &Pipeline,
        dir: &Path,
        mode: Mode,
        invocation: Json,
        tracks: &[Track],
    ) -> Result<Taken, RunError> {
        Job::open(pipeline, dir, mode, invocation, tracks, true)
    }

    /// `dated`: inputs must have the times that they had; all else that the plan holds is in its key.
    fn open(
        pipeline: &Pipeline,
        dir: &Path,
        mode: Mode,
        invocation: Json,
        tracks: &[Track],
        dated: bool,
    ) -> Result<Taken, RunError> {
        let dir = folder::or_here(dir).to_owned();
        let plan = Plan::of(pipeline, invocation)?;
        let work = dir.join(WORK_FOLDER).join(&plan.key);
        let (stem, sharing) = match mode {
            Mode::Fresh | Mode::Resume => (WHOLE.to_owned(), Sharing::Alone),
            Mode::Job { index, of, .. } => (format!("job-{index}-of-{of}"), Sharing::WithJobs),
        };
        let goes_on = matches!(mode, Mode::Resume | Mode::Job { .. });
        if goes_on && reads_standard_input(pipeline) {
            return Err(RunError::NotResumable);
        }
        let mut locks = vec![Lock::take(&dir, sharing)?];
        folder::sweep(&dir);
        if mode == Mode::Fresh {
            folder::left_behind(&dir).iter().for_each(|work| folder::clear(work));
        } else if let Some(report) = other_runs(pipeline, mode, &dir, &work, &plan)? {
            return Ok(Taken::Ended(Box::new(report)));
        }
        folder::create(&work).at(&work)?;
        if work.join(PLAN_FILE).exists() {
            let changes = match dated {
                true => plan.changes_since(&work, pipeline).at(&work)?,
                false => Vec::new(),
            };
            if !changes.is_empty() {
                return Err(RunError::Changed { dir, changes });
            }
        } else {
            plan.write(pipeline, &work, &stem)?;
        }
        if sharing == Sharing::WithJobs {
            let own = work.join(format!("{stem}.lock"));
            fs::File::create(&own).at(&own)?;
            locks.push(Lock::of(&own, Sharing::Alone).at(&own)?);
        } else {
            remove_temporary(&work)?;
        }
        let mut done = Record::read_all(&work).at(&work)?;
        done.retain(|record| record.shard < plan.shards && record.parts.len() == tracks.len());
        if let Mode::Job { resume: false, .. } = mode {
            for record in done.extract_if(.., |record| record.stem == stem) {
                let path = record::path(&work, record.shard);
                folder::remove_file(&path).at(&path)?;
            }
        }
        let own = |shard: &usize| match mode {
            Mode::Job { index, of, .. } => shard % of == index,
            Mode::Fresh | Mode::Resume => true,
        };
        let is_done = |shard: &usize| done.binary_search_by_key(shard, |r| r.shard).is_ok();
        let todo = (0..plan.shards).filter(own).filter(|shard| !is_done(shard)).collect();
        Ok(Taken::Job(Box::new(Job { dir, work, plan, stem, done, todo, _locks: locks })))
    }

    /// Takes up what jobs did, in this folder and others, to merge it.
    pub(super) fn gather(
        pipeline: &Pipeline,
        dir: &Path,
        from: &[PathBuf],
        invocation: Json,
        tracks: &[Track],
    ) -> Result<Taken, RunError> {
        let plan = Plan::of(pipeline, Json::Null)?;
        let work = folder::or_here(dir).join(WORK_FOLDER).join(&plan.key);
        for other in from.iter().filter(|other| other.as_path() != dir) {
            let _lock = Lock::take(other, Sharing::Alone)?;
            let theirs = other.join(WORK_FOLDER).join(&plan.key);
            if !theirs.join(PLAN_FILE).exists() {
                return Err(RunError::NoParts { dir: other.clone() });
            }
            folder::create(&work).at(&work)?;
            bring(&theirs, &work)?;
        }
        if !work.exists() && ended(pipeline, dir, &plan.key).is_none() {
            return Err(RunError::NoParts { dir: dir.to_owned() });
        }
        // Jobs on other machines have copies of the inputs, which have times of their own.
        let taken = Job::open(pipeline, dir, Mode::Resume, invocation, tracks, false)?;
        if let Taken::Job(job) = &taken
            && !job.todo.is_empty()
        {
            return Err(job.incomplete());
        }
        Ok(taken)
    }

    fn incomplete(&self) -> RunError {
        let jobs: Vec<usize> = self
            .done
            .iter()
            .filter_map(|record| record.stem.rsplit_once("-of-")?.1.parse().ok())
            .collect();
        let mut missing: Vec<String> = match jobs.first() {
            Some(of) if *of > 0 && jobs.iter().all(|other| other == of) => {
                self.todo.iter().map(|shard| format!("--shard {}/{of}", shard % of)).collect()
            }
            _ => self.todo.iter().map(|shard| format!("number {shard}")).collect(),
        };
        missing.sort_unstable();
        missing.dedup();
        missing.truncate(8);
        RunError::Incomplete { done: self.done.len(), shards: self.plan.shards, missing }
    }

    /// Whether it does all of a run that is not divided.
    pub(super) fn is_whole(&self) -> bool {
        self.stem == WHOLE
    }

    /// Whether nothing of it is worth keeping.
    pub(super) fn is_empty(&self, records: &[Record]) -> bool {
        records.is_empty() && self.is_whole()
    }
}

/// Where the run that is asked for has come to its end, its report. One that was broken off and is another stands
/// in the way.
fn other_runs(
    pipeline: &Pipeline,
    mode: Mode,
    dir: &Path,
    work: &Path,
    plan: &Plan,
) -> Result<Option<Report>, RunError> {
    let last = finish::settle(dir)?;
    if let Some((ended, report)) = last.as_ref().filter(|(_, report)| report.run == plan.key) {
        // Where nothing failed, nothing was kept that could be compared.
        let is_kept = mode == Mode::Resume && ended.join(PLAN_FILE).exists();
        if !is_kept || plan.changes_since(ended, pipeline).at(ended)?.is_empty() {
            return Ok(Some(report.clone()));
        }
        // An input was written anew and is as long as it was.
        folder::clear(ended);
    }
    if work.join(PLAN_FILE).exists() {
        return Ok(None);
    }
    if let Some(report) = ended(pipeline, dir, &plan.key) {
        if mode == Mode::Resume {
            // Of a run that was begun anew, and had not come so far as to have a plan.
            folder::clear(work);
        }
        return Ok(Some(report));
    }
    let broken_off = |other: &PathBuf| {
        last.as_ref().is_none_or(|(ended, _)| ended != other) && other.join(PLAN_FILE).exists()
    };
    match folder::left_behind(dir).into_iter().find(broken_off) {
        Some(other) => {
            let changes = plan.changes_since(&other, pipeline).at(&other)?;
            Err(RunError::Changed { dir: dir.to_owned(), changes })
        }
        None => Ok(None),
    }
}

fn reads_standard_input(pipeline: &Pipeline) -> bool {
    pipeline.shards.iter().flat_map(|shard| &shard.inputs).any(|input| input.uri == "-")
}

/// The report of the run with this key, where the folder holds its outputs and it left nothing to be retried: that
/// would be in a work folder.
fn ended(pipeline: &Pipeline, dir: &Path, key: &str) -> Option<Report> {
    let path = dir.join(REPORT_FILE);
    let report: Report = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
    let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let placed = modified(&path);
    let mut inputs = pipeline.shards.iter().flat_map(|shard| &shard.inputs);
    let younger = inputs.any(|input| modified(Path::new(&input.uri)) > placed);
    let there = |path: &str, bytes| {
        fs::metadata(dir.join(path)).is_ok_and(|metadata| metadata.len() == bytes)
    };
    let whole = report.outputs.iter().all(|output| there(&output.path, output.bytes));
    let is_it = report.run == key && report.documents.failed == 0;
    (is_it && whole && !younger).then_some(report)
}

/// Removes what a killed run had not finished.
fn remove_temporary(work: &Path) -> Result<(), WriteError> {
    for entry in fs::read_dir(work).at(work)?.flatten() {
        if folder::is_temporary(&entry.path()) {
            folder::remove_file(&entry.path()).at(&entry.path())?;
        }
    }
    Ok(())
}

/// Brings the parts that jobs made in another folder into this one, records last.
fn bring(from: &Path, to: &Path) -> Result<(), WriteError> {
    let theirs = Record::read_all(from).at(from)?;
    // Brought before, and those jobs may have gone on or begun anew since.
    for record in Record::read_all(to).at(to)? {
        if theirs.iter().any(|other| other.stem == record.stem) {
            let path = record::path(to, record.shard);
            folder::remove_file(&path).at(&path)?;
        }
    }
    let mut files: Vec<PathBuf> =
        fs::read_dir(from).at(from)?.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| !folder::is_temporary(path));
    let (records, others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|path| record::is_record(path));
    for files in [others, records] {
        for path in files {
            let copy = to.join(path.file_name().unwrap_or_default());
            if !(copy.ends_with(PLAN_FILE) && copy.exists()) {
                folder::copy(&path, &copy).at(&copy)?;
            }
        }
        folder::sync(to).at(to)?;
    }
    Ok(())
}
