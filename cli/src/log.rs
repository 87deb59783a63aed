//! What happens in a run, told on standard error as far as the user asks for it: plain lines, or JSON beside the
//! JSON lines of `--progress json`.
//!
//! The run has one thread that matters and six kinds of events, so a crate for tracing, with its spans and
//! subscribers, would bring more than there is to tell.

use std::{env, time::Duration};

use clap::ValueEnum;
use docmill_core::engine::Event;
use serde_json::{Value as Json, json};

use crate::{
    args::Level,
    failure::Failure,
    progress::json::rounded,
    term::{self, counted, one_line},
};

/// Says which level is wanted where the command line does not.
const VARIABLE: &str = "DOCMILL_LOG";

/// The level that is wanted.
pub(crate) fn level(asked: Option<Level>) -> Result<Level, Failure> {
    let said = env::var(VARIABLE).ok().filter(|said| !said.is_empty());
    match (asked, said) {
        (Some(level), _) => Ok(level),
        (None, None) => Ok(Level::Error),
        (None, Some(said)) => Level::from_str(&said, true).map_err(|_| {
            Failure::Wrong(format!("{VARIABLE} is `{said}`: write error, warn, info or debug"))
        }),
    }
}

/// From which level on an event is told.
pub(crate) fn level_of(event: &Event<'_>) -> Level {
    match event {
        Event::Restarted { .. } | Event::Slow { .. } => Level::Warn,
        Event::Failed { .. } | Event::ShardCommitted { .. } => Level::Info,
        _ => Level::Debug,
    }
}

/// An event as a line for readers.
pub(crate) fn plain(event: &Event<'_>, elapsed: Duration) -> String {
    let said = match event {
        Event::ShardBegun { shard, input, inputs } => {
            let others = match inputs.saturating_sub(1) {
                0 => String::new(),
                more => format!(" and {}", counted(more as u64, "other input")),
            };
            format!("shard {shard} is begun: {input}{others}")
        }
        Event::ShardDone { shard } => format!("shard {shard} is through"),
        Event::ShardCommitted { shard, documents } => format!(
            "shard {shard} is on the disk: {}, {} failed",
            counted(documents.read, "document"),
            term::count(documents.failed)
        ),
        Event::Failed { id, uri, locator, stage, error } => {
            let place = if locator.is_empty() { String::new() } else { format!(" at {locator}") };
            let name = if id.is_empty() { String::new() } else { format!("`{id}` ") };
            format!("{name}({uri}{place}) failed in `{stage}`: {error}")
        }
        Event::Restarted { stage, times } => format!(
            "the process of the stage `{stage}` was lost over {} and started again",
            counted(*times, "document")
        ),
        Event::Slow { id, uri, seconds } => {
            format!("`{id}` ({uri}) took {}", term::seconds(*seconds))
        }
        _ => "something else happened".to_owned(),
    };
    let level = format!("{:?}", level_of(event)).to_lowercase();
    format!("{:>8.3} {level:5} {}", elapsed.as_secs_f64(), one_line(&said))
}

/// An event as a line of JSON.
pub(crate) fn json(event: &Event<'_>, elapsed: Duration) -> String {
    let (name, more) = match event {
        Event::ShardBegun { shard, input, inputs } => {
            ("shard-begun", json!({ "shard": shard, "input": input, "inputs": inputs }))
        }
        Event::ShardDone { shard } => ("shard-done", json!({ "shard": shard })),
        Event::ShardCommitted { shard, documents } => {
            ("shard-committed", json!({ "shard": shard, "documents": documents }))
        }
        Event::Failed { id, uri, locator, stage, error } => (
            "failed",
            json!({ "id": id, "uri": uri, "locator": locator, "stage": stage, "error": error }),
        ),
        Event::Restarted { stage, times } => {
            ("restarted", json!({ "stage": stage, "times": times }))
        }
        Event::Slow { id, uri, seconds } => {
            ("slow", json!({ "id": id, "uri": uri, "took": seconds }))
        }
        _ => ("other", Json::Null),
    };
    let mut line = json!({
        "docmill": env!("CARGO_PKG_VERSION"),
        "event": name,
        "level": format!("{:?}", level_of(event)).to_lowercase(),
        "seconds": rounded(elapsed),
    });
    if let (Some(line), Json::Object(more)) = (line.as_object_mut(), more) {
        line.extend(more);
    }
    line.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_is_told_in_a_line() {
        let failed = Event::Failed {
            id: "a",
            uri: "in.jsonl",
            locator: "byte=7",
            stage: "clean",
            error: "no\nend \u{1b}[31m",
        };
        let time = Duration::from_millis(1250);
        assert_eq!(
            plain(&failed, time),
            "   1.250 info  `a` (in.jsonl at byte=7) failed in `clean`: no end \\u{1b}[31m"
        );
        let line: Json = serde_json::from_str(&json(&failed, time)).unwrap();
        assert_eq!((&line["event"], &line["level"]), (&"failed".into(), &"info".into()));
        assert_eq!(
            (&line["seconds"], &line["error"]),
            (&1.25.into(), &"no\nend \u{1b}[31m".into())
        );
    }

    #[test]
    fn what_costs_time_is_told_before_what_is_in_order() {
        assert_eq!(level_of(&Event::Restarted { stage: "s", times: 1 }), Level::Warn);
        assert_eq!(level_of(&Event::ShardBegun { shard: 0, input: "", inputs: 1 }), Level::Debug);
    }
}
