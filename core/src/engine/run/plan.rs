//! The plan of a run: what its outputs depend on, and how its inputs are divided into shards.
//!
//! The plan's digest is the run's key. The plan itself lies beside the run's parts, so that a resumed run
//! can say what has changed.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::Path,
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{
    RunError,
    folder::{self, WriteError},
    identity,
};
use crate::{Input, Shard, engine::Pipeline};

/// The name of the file.
pub(super) const PLAN_FILE: &str = "plan.jsonl";

/// How many changed inputs are named.
const NAMED: usize = 3;

/// What the outputs of a run depend on, but for its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Plan {
    pub(super) docmill: String,
    pub(super) pipeline: Json,
    /// The files that settings name, with their digests.
    reads: BTreeMap<String, String>,
    pub(super) shards: usize,
    /// Sixteen hexadecimal digits that name the run.
    pub(super) key: String,
    /// How the run was asked for, to be shown and asked for again; not in the key.
    #[serde(default)]
    pub(super) invocation: Json,
}

/// An input as the plan has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Planned {
    uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    range: Option<(u64, u64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// When it was changed last, in nanoseconds since 1970. Not in the key: the same input has another time on
    /// another machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<u64>,
}

impl Planned {
    fn of(input: &Input) -> Self {
        let modified = fs::metadata(&input.uri).and_then(|metadata| metadata.modified()).ok();
        let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Planned {
            uri: input.uri.clone(),
            bytes: input.bytes,
            range: input.range.as_ref().map(|range| (range.start, range.end)),
            version: input.version.clone(),
            modified: since.and_then(|since| u64::try_from(since.as_nanos()).ok()),
        }
    }

    /// What of it is in the key.
    fn keyed(mut self) -> Self {
        self.modified = None;
        self
    }
}

impl Plan {
    /// Reads the files that the pipeline's settings name.
    pub(super) fn of(pipeline: &Pipeline, invocation: Json) -> Result<Self, RunError> {
        let mut reads = BTreeMap::new();
        for path in pipeline.components().flat_map(|component| component.reads) {
            let digest = File::open(path)
                .and_then(identity::digest_of)
                .map_err(|source| RunError::Unreadable { path: path.clone(), source })?;
            reads.insert(path.display().to_string(), digest);
        }
        let mut plan = Plan {
            docmill: env!("CARGO_PKG_VERSION").to_owned(),
            pipeline: serde_json::from_str(&pipeline.canonical()).unwrap_or_default(),
            reads,
            shards: pipeline.shards.len(),
            key: String::new(),
            invocation: Json::Null,
        };
        let mut hash = Hash(Sha256::new());
        // A hash takes whatever is written to it.
        let _ = serde_json::to_writer(&mut hash, &plan);
        for shard in &pipeline.shards {
            let inputs: Vec<Planned> =
                shard.inputs.iter().map(|input| Planned::of(input).keyed()).collect();
            let _ = serde_json::to_writer(&mut hash, &inputs);
        }
        for byte in &hash.0.finalize()[..8] {
            let _ = write!(plan.key, "{byte:02x}");
        }
        plan.invocation = invocation;
        Ok(plan)
    }

    /// Puts it into the run's work folder. Several jobs may do so at once: each has a `stem` of its own.
    pub(super) fn write(
        &self,
        pipeline: &Pipeline,
        work: &Path,
        stem: &str,
    ) -> Result<(), WriteError> {
        // Other jobs may be at it, too; all of them write the same.
        let own = work.join(format!("{stem}.plan.tmp"));
        folder::write_as(&own, &work.join(PLAN_FILE), |path| {
            let mut file = BufWriter::new(File::create(path)?);
            serde_json::to_writer(&mut file, self)?;
            file.write_all(b"\n")?;
            for shard in &pipeline.shards {
                let inputs: Vec<Planned> = shard.inputs.iter().map(Planned::of).collect();
                serde_json::to_writer(&mut file, &inputs)?;
                file.write_all(b"\n")?;
            }
            file.flush()
        })
    }

    /// The plan of a run that worked in this folder.
    pub(super) fn read(work: &Path) -> io::Result<Self> {
        let mut line = String::new();
        BufReader::new(File::open(work.join(PLAN_FILE))?).read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }

    /// A shard, as the plan in this folder has it. Where an input that is divided has changed since, nobody knows
    /// any more which document is which; of others, whatever is there now is meant.
    pub(super) fn shard(work: &Path, number: usize) -> io::Result<Shard> {
        let line = BufReader::new(File::open(work.join(PLAN_FILE))?).lines().nth(1 + number);
        let planned: Vec<Planned> = serde_json::from_str(&line.unwrap_or(Ok(String::new()))?)?;
        let mut shard = Shard::default();
        for planned in planned {
            let range = planned.range.map(|(start, end)| start..end);
            let input =
                Input { uri: planned.uri.clone(), bytes: planned.bytes, range, version: None };
            if input.range.is_some() && Planned::of(&input).modified != planned.modified {
                let message = format!("`{}` is divided among shards and has changed", input.uri);
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            shard.inputs.push(input);
        }
        Ok(shard)
    }

    /// Puts this plan into a folder, with the shards of the one in another.
    pub(super) fn bring(from: &Path, to: &Path, plan: &Plan) -> Result<(), WriteError> {
        folder::write_with(&to.join(PLAN_FILE), |path| {
            let mut old = BufReader::new(File::open(from.join(PLAN_FILE))?);
            old.skip_until(b'\n')?;
            let mut file = BufWriter::new(File::create(path)?);
            serde_json::to_writer(&mut file, plan)?;
            file.write_all(b"\n")?;
            io::copy(&mut old, &mut file)?;
            file.flush()
        })
    }

    /// In what the plan that lies in this folder differs from this one, of `pipeline`: one sentence each.
    pub(super) fn changes_since(
        &self,
        work: &Path,
        pipeline: &Pipeline,
    ) -> io::Result<Vec<String>> {
        let mut lines = BufReader::new(File::open(work.join(PLAN_FILE))?).lines();
        let old: Plan = serde_json::from_str(&lines.next().unwrap_or(Ok(String::new()))?)?;
        let mut changes = Vec::new();
        if old.docmill != self.docmill {
            changes.push(format!("docmill was {} and is {}", old.docmill, self.docmill));
        }
        components(&old.pipeline, &self.pipeline, &mut changes);
        let paths = old.reads.keys().chain(self.reads.keys());
        let mut paths: Vec<&String> =
            paths.filter(|path| old.reads.get(*path) != self.reads.get(*path)).collect();
        paths.dedup();
        changes.extend(paths.iter().map(|path| format!("the file `{path}` has changed")));

        let mut before = Vec::new();
        for line in lines {
            before.extend(serde_json::from_str::<Vec<Planned>>(&line?)?);
        }
        let now = pipeline.shards.iter().flat_map(|shard| &shard.inputs).map(Planned::of);
        inputs(before, now.collect(), &mut changes);
        if changes.is_empty() && old.key != self.key {
            changes
                .push("the inputs are divided among shards otherwise (`[run] shard`)".to_owned());
        }
        Ok(changes)
    }
}

fn components(old: &Json, new: &Json, changes: &mut Vec<String>) {
    let of = |plan: &Json| -> Vec<((String, String), Json)> {
        let text = |part: &Json, key: &str| part[key].as_str().unwrap_or_default().to_owned();
        let components = plan["components"].as_array().into_iter().flatten();
        components.map(|part| ((text(part, "kind"), text(part, "name")), part.clone())).collect()
    };
    let (before, now) = (of(old), of(new));
    let known = |parts: &[((String, String), Json)], name| {
        parts.iter().find(|(other, _)| *other == name).map(|(_, part)| part.clone())
    };
    let reported = changes.len();
    for ((kind, name), part) in &now {
        match known(&before, (kind.clone(), name.clone())) {
            None => changes.push(format!("the {kind} `{name}` is new")),
            Some(old) if old != *part => {
                let keys = ["use", "settings", "plugin", "version", "digest"];
                let differ: Vec<&str> =
                    keys.into_iter().filter(|key| old[*key] != part[*key]).collect();
                changes.push(format!("the {kind} `{name}` has changed: {}", differ.join(", ")));
            }
            Some(_) => {}
        }
    }
    for ((kind, name), _) in &before {
        if known(&now, (kind.clone(), name.clone())).is_none() {
            changes.push(format!("the {kind} `{name}` is gone"));
        }
    }
    if changes.len() == reported && old != new {
        changes
            .push("the order of its components, its name or max-document has changed".to_owned());
    }
}

fn inputs(before: Vec<Planned>, now: Vec<Planned>, changes: &mut Vec<String>) {
    if before == now {
        return;
    }
    let by_place = |inputs: Vec<Planned>| -> BTreeMap<(String, Option<(u64, u64)>), Planned> {
        inputs.into_iter().map(|input| ((input.uri.clone(), input.range), input)).collect()
    };
    let (before, now) = (by_place(before), by_place(now));
    let changed =
        |place: &&(String, Option<(u64, u64)>)| match (before.get(*place), now.get(*place)) {
            (Some(old), Some(new)) => old != new,
            _ => false,
        };
    let new = now.keys().filter(|place| !before.contains_key(*place));
    let gone = before.keys().filter(|place| !now.contains_key(*place));
    let mut report = |places: Vec<&(String, Option<(u64, u64)>)>, what: &str| {
        let mut uris: Vec<&str> = places.iter().map(|(uri, _)| uri.as_str()).collect();
        uris.dedup();
        let named = uris.iter().take(NAMED).map(|uri| format!("`{uri}`")).collect::<Vec<_>>();
        let more = match uris.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        if !uris.is_empty() {
            changes.push(format!("inputs {what}: {}{more}", named.join(", ")));
        }
    };
    let both: Vec<_> = before.keys().filter(changed).collect();
    let none = both.is_empty();
    report(both, "that have changed");
    let (new, gone): (Vec<_>, Vec<_>) = (new.collect(), gone.collect());
    let same_places = none && new.is_empty() && gone.is_empty();
    report(new, "that are new");
    report(gone, "that are gone");
    if same_places {
        changes.push("the inputs are divided or ordered otherwise".to_owned());
    }
}

struct Hash(Sha256);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
