//! The figures of a run in Prometheus's text format, version 0.0.4.
//!
//! Names follow its conventions: base units, `_total` at the end of what only grows, one family's series sum up to
//! something that has a meaning.

use std::{
    fmt::{Display, Write},
    time::Duration,
};

use docmill_core::engine::{ComponentReport, Kind, Progress};

/// What the format is called in a header.
pub(super) const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All figures.
pub(super) fn write(progress: &Progress, elapsed: Duration, left: Option<Duration>) -> String {
    let report = &progress.report;
    let mut text = Text(String::new());
    text.family("docmill_run_info", GAUGE, "The run: always 1.");
    let version = env!("CARGO_PKG_VERSION");
    text.series("docmill_run_info", &[("version", version), ("pipeline", &report.pipeline)], 1);

    text.one("docmill_run_seconds", GAUGE, "Seconds since the run began.", elapsed.as_secs_f64());
    if let Some(left) = left {
        let help = "Seconds until the inputs are read, as estimated.";
        text.one("docmill_run_remaining_seconds", GAUGE, help, left.as_secs_f64());
    }
    let name = "docmill_run_documents_total";
    text.family(name, COUNTER, "Documents that came to their end, by what became of them.");
    let documents = report.documents;
    for (fate, count) in [
        ("written", documents.written),
        ("dropped", documents.dropped),
        ("failed", documents.failed),
    ] {
        text.series(name, &[("fate", fate)], count);
    }
    let help = "Bytes read, after decompression.";
    text.one("docmill_run_read_bytes_total", COUNTER, help, report.bytes);
    let help = "Bytes of the inputs that were read, as stored.";
    text.one("docmill_run_stored_bytes_total", COUNTER, help, progress.stored);
    if let Some(in_all) = progress.stored_in_all {
        let help = "Bytes that all inputs have, as stored.";
        text.one("docmill_run_input_bytes", GAUGE, help, in_all);
    }
    let help = "Seconds of processor time.";
    text.one("docmill_run_cpu_seconds_total", COUNTER, help, report.cpu_seconds);
    text.one("docmill_run_shards", GAUGE, "Shards in all.", progress.shards);
    let help = "Shards that are on the disk.";
    text.one("docmill_run_shards_done", GAUGE, help, progress.shards_done);
    let help = "Blocks that are done and wait for an earlier one to be written.";
    text.one("docmill_run_blocks_waiting", GAUGE, help, progress.waiting);
    if let Some(peak) = report.peak_memory {
        let help = "The most memory that the process has had, in bytes.";
        text.one("docmill_run_peak_memory_bytes", GAUGE, help, peak);
    }
    if !report.source.name.is_empty() {
        text.components(progress);
    }
    text.0
}

const COUNTER: &str = "counter";
const GAUGE: &str = "gauge";

struct Text(String);

impl Text {
    /// What comes before the series of a family.
    fn family(&mut self, name: &str, form: &str, help: &str) {
        // Nothing is wrong with writing to a string; nor is there anything to escape in these texts.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {form}");
    }

    fn series(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (at, (label, says)) in labels.iter().enumerate() {
            self.0.push(if at == 0 { '{' } else { ',' });
            let _ = write!(self.0, "{label}=\"{}\"", escaped(says));
        }
        let end = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{end} {value}");
    }

    /// A family of one series.
    fn one(&mut self, name: &str, form: &str, help: &str, value: impl Display) {
        self.family(name, form, help);
        self.series(name, &[], value);
    }

    fn components(&mut self, progress: &Progress) {
        let report = &progress.report;
        let source = [(Kind::Source, &report.source)].into_iter();
        let stages = report.stages.iter().map(|stage| (Kind::Stage, stage));
        let sinks = report.sinks.iter().map(|sink| (Kind::Sink, sink));
        let all: Vec<(Kind, &ComponentReport)> = source.chain(stages).chain(sinks).collect();

        let name = "docmill_documents_total";
        self.family(name, COUNTER, "Documents that came to a component, by what it did with them.");
        for (kind, part) in &all {
            let dropped = part.dropped.values().sum();
            for (fate, count) in
                [("kept", part.kept), ("dropped", dropped), ("failed", part.failed)]
            {
                let labels = [("kind", kind.name()), ("stage", &*part.name), ("fate", fate)];
                self.series(name, &labels, count);
            }
        }
        let name = "docmill_bytes_total";
        let help = "Bytes of text that came to a component; of a sink, bytes that it wrote.";
        self.family(name, COUNTER, help);
        for (kind, part) in &all {
            self.series(name, &[("kind", kind.name()), ("stage", &part.name)], part.bytes);
        }
        let name = "docmill_cpu_seconds_total";
        self.family(name, COUNTER, "Seconds of processor time that a component took.");
        for (kind, part) in &all {
            self.series(name, &[("kind", kind.name()), ("stage", &part.name)], part.cpu_seconds);
        }
        let name = "docmill_restarts_total";
        let mut restarts =
            all.iter().filter_map(|(kind, part)| Some((kind, part, part.restarts?))).peekable();
        if restarts.peek().is_some() {
            self.family(
                name,
                COUNTER,
                "How often a stage's own process was lost and started again.",
            );
        }
        for (kind, part, count) in restarts {
            self.series(name, &[("kind", kind.name()), ("stage", &part.name)], count);
        }
    }
}

/// The value of a label, as it stands between quotes.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use docmill_core::engine::{Report, Totals};

    use super::*;

    #[test]
    fn labels_are_escaped() {
        let stage = ComponentReport {
            name: "a \"b\"\\\nc".to_owned(),
            kept: 3,
            cpu_seconds: 0.25,
            ..ComponentReport::default()
        };
        let source = ComponentReport { name: "jsonl".to_owned(), ..ComponentReport::default() };
        let documents = Totals { read: 4, written: 3, failed: 1, ..Totals::default() };
        let report = Report { stages: vec![stage], source, documents, ..Report::default() };
        let text = write(&Progress { report, ..Progress::default() }, Duration::from_secs(2), None);
        let expected =
            r#"docmill_documents_total{kind="stage",stage="a \"b\"\\\nc",fate="kept"} 3"#;
        assert!(text.lines().any(|line| line == expected), "{text}");
        assert!(text.contains("docmill_run_documents_total{fate=\"failed\"} 1\n"), "{text}");
        assert!(text.contains("\ndocmill_run_seconds 2\n"), "{text}");
        assert!(!text.contains("remaining"), "nothing is known of it: {text}");
    }
}
