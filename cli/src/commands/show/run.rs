//! `docmill show DIR`: a run that ended, and one that goes on or was broken off.

use std::io::{self, Write};

use docmill_core::engine::{DEAD_LETTERS_FILE, FailureKind, JobStatus, Status, Unfinished, status};
use serde_json::{Value as Json, json};

use crate::{
    commands::run,
    failure::{Failure, Outcome},
    table::{self, Align, aligned},
    term::{self, BOLD, one_line},
};

/// How many kinds of failures are shown.
const SHOWN: usize = 10;

pub(super) fn show(dir: &str, as_json: bool) -> Result<Outcome, Failure> {
    let known = status(dir.as_ref()).map_err(|error| run::failure(error, 0))?;
    let Some(status) = known else {
        return Err(Failure::Wrong(format!(
            "{dir} is no component's name, and as a folder holds no run: neither run.json nor one that was broken off"
        )));
    };
    if as_json {
        let mut shown = json!({ "docmill": env!("CARGO_PKG_VERSION"), "resume": resume(&status) });
        if let (Some(shown), Ok(Json::Object(members))) =
            (shown.as_object_mut(), serde_json::to_value(&status))
        {
            shown.extend(members);
        }
        writeln!(io::stdout(), "{shown}")?;
    } else {
        writeln!(anstream::stdout(), "{}", plain(&status).trim_end())?;
    }
    Ok(Outcome::Done)
}

/// The command that goes on with the run that was broken off.
fn resume(status: &Status) -> Option<String> {
    let unfinished = status.unfinished.as_ref().filter(|_| !status.running)?;
    let invocation = &unfinished.invocation;
    let mut words = vec!["docmill".to_owned(), "run".to_owned()];
    words.push(invocation["pipeline"].as_str()?.to_owned());
    for (key, option) in [("input", "--input"), ("output", "--output"), ("set", "--set")] {
        let one = invocation[key].as_str();
        let several = invocation[key].as_array().into_iter().flatten().filter_map(Json::as_str);
        for value in one.into_iter().chain(several) {
            words.extend([option.to_owned(), value.to_owned()]);
        }
    }
    if let Some(job) = unfinished.jobs.iter().find(|job| job.shards_done < job.shards) {
        words.extend(["--shard".to_owned(), format!("{}/{}", job.index, job.of)]);
    }
    words.push("--resume".to_owned());
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    Some(quoted.join(" "))
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,:+@%".contains(c);
    match word.chars().all(plain) && !word.is_empty() {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

fn plain(status: &Status) -> String {
    let mut text = String::new();
    if let Some(report) = &status.ended {
        let dead_letters = status.dir.join(DEAD_LETTERS_FILE);
        text += &table::of_run(report, Some(&status.dir), Some(&dead_letters));
        text.push('\n');
        text += &failures(&status.failures);
    }
    if let Some(unfinished) = &status.unfinished {
        if status.ended.is_some() {
            text += "\nThe files are of the run above. Another one has begun since:\n\n";
        }
        text += &of_unfinished(unfinished, status);
    } else if status.running {
        text += "a run is at work here; it has not come to its first shard\n";
    }
    text
}

fn failures(kinds: &[FailureKind]) -> String {
    let rows: Vec<[String; 3]> = kinds
        .iter()
        .take(SHOWN)
        .map(|kind| {
            let error = if kind.error.is_empty() { "for other reasons" } else { &kind.error };
            [term::count(kind.documents), one_line(&kind.stage), one_line(error)]
        })
        .collect();
    let mut text = aligned(&rows, &[Align::Right, Align::Left, Align::Left]);
    if let more @ 1.. = kinds.len().saturating_sub(SHOWN) {
        text += &format!("and {} of failures\n", term::counted(more as u64, "other kind"));
    }
    text
}

fn of_unfinished(unfinished: &Unfinished, status: &Status) -> String {
    let documents = unfinished.account.documents;
    let mut text = table::components(&unfinished.account);
    text += &format!(
        "\n{BOLD}{} of {} done{BOLD:#}: {}, {} written, {} dropped, {} failed\n",
        term::count(unfinished.shards_done as u64),
        term::counted(unfinished.shards as u64, "shard"),
        term::counted(documents.read, "document"),
        term::count(documents.written),
        term::count(documents.dropped),
        term::count(documents.failed),
    );
    for JobStatus { index, of, shards_done, shards, running } in &unfinished.jobs {
        let now = if *running { ", at work" } else { "" };
        text += &format!("job {index}/{of}: {shards_done} of {shards} shards done{now}\n");
    }
    let name = one_line(&unfinished.account.pipeline);
    let done = unfinished.shards_done == unfinished.shards;
    text += &match (status.running, resume(status)) {
        (true, _) if done => format!("`{name}` is running: it joins what the shards brought\n"),
        (true, _) => format!("`{name}` is running\n"),
        (false, Some(command)) => {
            format!("`{name}` was broken off; this goes on with it:\n    {}\n", one_line(&command))
        }
        (false, None) => format!("`{name}` was broken off; --resume goes on with it\n"),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_with_a_run_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("out/a-b.toml"), "out/a-b.toml");
        assert_eq!(quoted("clean.x='it''s'"), r"'clean.x='\''it'\'''\''s'\'''");
        assert_eq!(quoted("*.txt"), "'*.txt'");
    }
}
