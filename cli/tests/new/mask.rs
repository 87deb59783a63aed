//! What differs from one time to the next, masked.

use std::{env::consts::DLL_SUFFIX, path::Path};

/// What cargo says while it builds.
const BUILDING: &[&str] = &[
    "Adding",
    "Blocking",
    "Compiling",
    "Downloaded",
    "Downloading",
    "Finished",
    "Locking",
    "Removing",
    "Running",
    "Updating",
];

/// What was printed, without times, speeds, folders, and what cargo says while it builds.
pub(crate) fn masked(printed: &str, folder: &Path) -> String {
    let real = folder.canonicalize().unwrap();
    let printed = printed.replace(&real.display().to_string(), "~");
    let printed = printed.replace(&folder.display().to_string(), "~");
    let mut masked = String::new();
    // Where the columns of times begin, in the table of a run.
    let mut times: Option<usize> = None;
    for line in printed.lines() {
        if line.starts_with("  ") && BUILDING.iter().any(|of| line.trim_start().starts_with(of)) {
            continue;
        }
        times = if line.is_empty() { None } else { times.or(line.find("CPU time")) };
        let line = match times {
            Some(at) => line.get(..at).unwrap_or(line).trim_end().to_owned(),
            None => without_counts(line).unwrap_or_else(|| without_times(line)),
        };
        masked += &line.replace(DLL_SUFFIX, ".so");
        masked.push('\n');
    }
    masked
}

/// A line of `docmill check LIB` without how often something was tried in the time there was; and of the check for
/// leaks, which valgrind makes where it is there, only that it was to be made. None where it is no such line.
fn without_counts(line: &str) -> Option<String> {
    let mut verdicts = ["  ok       ", "  skipped  "].iter();
    let check = verdicts.find_map(|verdict| line.strip_prefix(verdict))?;
    if check.starts_with("leaks ") {
        return Some("  …        leaks".to_owned());
    }
    let counted = line.strip_suffix(')').and_then(|line| line.rsplit_once(" ("));
    let counted = counted.filter(|(_, count)| count.starts_with(|c: char| c.is_ascii_digit()));
    Some(counted.map_or(line, |(line, _)| line).to_owned())
}

/// A line with `…` for each time in it: `0.33s`, `48 ms`, `2.41 s`.
fn without_times(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut masked: Vec<String> = Vec::new();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let (word, mark) = match word.find(|c: char| !c.is_ascii_digit() && c != '.') {
            Some(end) if end > 0 => word.split_at(end),
            _ => (word, ""),
        };
        let number = word.parse::<f64>().is_ok();
        let unit = |text: &str| {
            let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
            ["s", "ms", "min"].contains(&&text[..end]).then(|| text[end..].to_owned())
        };
        let next = words.peek().copied().unwrap_or_default();
        masked.push(match (number, unit(mark), unit(next)) {
            (true, Some(rest), _) => format!("…{rest}"),
            (true, None, Some(rest)) if mark.is_empty() => {
                words.next();
                format!("…{rest}")
            }
            _ => format!("{word}{mark}"),
        });
    }
    masked.join(" ")
}

#[test]
fn times_are_masked_and_nothing_else() {
    let line = "2 tests, 0.33s; in 48 ms: 3 documents at 5 sites, 2.41 s, 7 mistakes";
    assert_eq!(without_times(line), "2 tests, …; in …: 3 documents at 5 sites, …, 7 mistakes");
    let checked = "  ok       threads  one instance each, in 10 s (4 threads)";
    let wanted = "  ok       threads  one instance each, in 10 s";
    assert_eq!(without_counts(checked).as_deref(), Some(wanted));
    assert_eq!(without_counts("2 tests (both fine)"), None);
}
