//! The table at the end of a run, and where its files are.

use std::path::Path;

use docmill_core::engine::{
    ComponentReport, DEAD_LETTERS_FILE, DROPPED_FILE, Kind, REPORT_FILE, Report,
};

use crate::term::{self, BOLD, DIM, RED, one_line};

/// What each component did, what became of the documents, and where the files are. `dir` is the
/// run's folder, if it has one; `dead_letters` the file for failed documents, if there is one.
pub(crate) fn of_run(report: &Report, dir: Option<&Path>, dead_letters: Option<&Path>) -> String {
    let mut text = components(report);
    let documents = report.documents;
    text.push_str(&format!(
        "\n{BOLD}{}{BOLD:#} in {}: {} written, {} dropped, {} failed\n",
        term::counted(documents.read, "document"),
        term::seconds(report.seconds),
        term::count(documents.written),
        term::count(documents.dropped),
        term::count(documents.failed),
    ));
    if let Some(dir) = dir {
        let rows: Vec<[String; 2]> = report
            .outputs
            .iter()
            .filter(|output| output.path != DEAD_LETTERS_FILE)
            .filter(|output| output.path != DROPPED_FILE || output.bytes > 0)
            .map(|output| [shown(&dir.join(&output.path)), term::size(output.bytes)])
            .chain([[shown(&dir.join(REPORT_FILE)), String::new()]])
            .collect();
        text.push_str(&aligned(&rows, &[Align::Left, Align::Right]));
    }
    if documents.failed > 0 {
        let failed = term::counted(documents.failed, "document");
        match dead_letters {
            Some(path) => text.push_str(&format!(
                "{RED}{failed} failed{RED:#}: {} says why{}\n",
                shown(path),
                mend(dir)
            )),
            None => text.push_str(&format!(
                "{RED}{failed} failed{RED:#}; --dead-letters FILE keeps them, with the reasons\n"
            )),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// What one job of several did.
pub(crate) fn of_job(report: &Report, jobs: usize) -> String {
    let documents = report.documents;
    format!(
        "{}\n{BOLD}{}{BOLD:#} of this job in {}: {} written, {} dropped, {} failed; when all {jobs} jobs are \
         done, `docmill merge` joins them",
        components(report),
        term::counted(documents.read, "document"),
        term::seconds(report.seconds),
        term::count(documents.written),
        term::count(documents.dropped),
        term::count(documents.failed),
    )
}

/// How documents that failed are taken through again, where the run has a folder.
fn mend(dir: Option<&Path>) -> String {
    dir.map_or(String::new(), |dir| format!("; mend it, then `docmill retry {}`", shown(dir)))
}

/// What each component did.
pub(crate) fn components(report: &Report) -> String {
    let head = ["", "", "in", "kept", "dropped", "failed", "CPU time", "MB/s", ""];
    let mut rows = vec![head.map(str::to_owned)];
    rows.push(row(Kind::Source, &report.source));
    rows.extend(report.stages.iter().map(|stage| row(Kind::Stage, stage)));
    rows.extend(report.sinks.iter().map(|sink| row(Kind::Sink, sink)));
    let columns = std::array::from_fn(|at| match at {
        0 | 1 | 8 => Align::Left,
        _ => Align::Right,
    });
    let table = aligned(&rows, &columns);
    let (head, body) = table.split_once('\n').unwrap_or((&table, ""));
    format!("{DIM}{head}{DIM:#}\n{body}")
}

fn row(kind: Kind, component: &ComponentReport) -> [String; 9] {
    let dropped: u64 = component.dropped.values().sum();
    let reasons: Vec<String> = component
        .dropped
        .iter()
        .map(|(reason, count)| format!("{} {}", term::count(*count), one_line(reason)))
        .collect();
    let speed = component.bytes as f64 / 1e6 / component.cpu_seconds;
    [
        kind.name().to_owned(),
        component.name.clone(),
        term::count(component.read),
        term::count(component.kept),
        term::count(dropped),
        term::count(component.failed),
        term::seconds(component.cpu_seconds),
        if speed.is_finite() { format!("{speed:.1}") } else { String::new() },
        if reasons.is_empty() { String::new() } else { format!("dropped: {}", reasons.join(", ")) },
    ]
}

/// On which side of its column a cell stands.
#[derive(Clone, Copy)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows as lines, with columns two blanks apart and none at the end of a line.
pub(crate) fn aligned<const N: usize>(rows: &[[String; N]], columns: &[Align; N]) -> String {
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for ((cell, width), align) in row.iter().zip(widths).zip(columns) {
            match align {
                Align::Left => line.push_str(&format!("{cell:width$}  ")),
                Align::Right => line.push_str(&format!("{cell:>width$}  ")),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn shown(path: &Path) -> String {
    one_line(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use docmill_core::engine::{OutputReport, Totals};

    use super::*;

    fn report() -> Report {
        let component = |name: &str, read, dropped: &[(&str, u64)], failed| ComponentReport {
            name: name.to_owned(),
            component: name.to_owned(),
            read,
            kept: read - failed - dropped.iter().map(|(_, count)| count).sum::<u64>(),
            dropped: dropped.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect(),
            failed,
            bytes: 3_000_000,
            restarts: None,
            cpu_seconds: 1.5,
        };
        Report {
            documents: Totals { read: 1200, made: 0, written: 1194, dropped: 3, failed: 3 },
            source: component("files", 1200, &[], 1),
            stages: vec![component("clean", 1199, &[("empty", 1), ("too-short", 2)], 2)],
            sinks: vec![component("jsonl", 1194, &[], 0)],
            outputs: vec![OutputReport { path: "documents.jsonl".into(), bytes: 2_500_000 }],
            seconds: 2.0,
            ..Report::default()
        }
    }

    #[test]
    fn it_says_what_each_component_did_and_where_the_files_are() {
        let text = of_run(&report(), Some(Path::new("out")), Some(Path::new("out/dead.jsonl")));
        let plain = anstream::adapter::strip_str(&text).to_string();
        let expected = "                  in   kept  dropped  failed  CPU time  MB/s
source  files  1,200  1,199        0       1    1.50 s   2.0
stage   clean  1,199  1,194        3       2    1.50 s   2.0  dropped: 1 empty, 2 too-short
sink    jsonl  1,194  1,194        0       0    1.50 s   2.0

1,200 documents in 2.00 s: 1,194 written, 3 dropped, 3 failed
out/documents.jsonl  2.5 MB
out/run.json
3 documents failed: out/dead.jsonl says why; mend it, then `docmill retry out`";
        assert_eq!(plain, expected);
    }

    #[test]
    fn without_a_folder_there_are_no_files_to_name() {
        let plain = anstream::adapter::strip_str(&of_run(&report(), None, None)).to_string();
        assert!(!plain.contains("run.json"), "{plain}");
        assert!(
            plain.ends_with("3 documents failed; --dead-letters FILE keeps them, with the reasons")
        );
    }
}
