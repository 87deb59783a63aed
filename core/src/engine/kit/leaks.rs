//! The check that valgrind does: memory that the plugin loses, or that is not its own.
//!
//! docmill runs under it too, so what is counted has a function of the library among its callers.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use super::{Check, Kit, Outcome};

/// Does a check under valgrind, where there is one.
pub(super) fn watched(kit: &Kit, check: &Check, library: &Path) -> Outcome {
    let version = Command::new("valgrind").arg("--version").stdin(Stdio::null()).output();
    if !version.is_ok_and(|output| output.status.success()) {
        return Outcome::Skipped("valgrind is not installed".to_owned());
    }
    let report = std::env::temp_dir().join(format!("docmill-check-{}.xml", std::process::id()));
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite"]);
    command.args(["--show-leak-kinds=definite", "--xml=yes", "--num-callers=40"]);
    command.arg(format!("--xml-file={}", report.display())).arg(&kit.program);
    command.args(kit.words(check, library));
    let outcome = kit.by(check, command);
    let found = fs::read_to_string(&report).unwrap_or_default();
    // Nothing is lost where it stays.
    let _ = fs::remove_file(&report);
    let canonical = fs::canonicalize(library).unwrap_or_else(|_| library.to_owned());
    match first_of(&found, &canonical.display().to_string()) {
        Some(what) => Outcome::Failed(what),
        None if outcome == Outcome::Passed(String::new()) && !found.contains("<state>FINISHED") => {
            Outcome::Skipped("valgrind gives no report".to_owned())
        }
        None => outcome,
    }
}

/// The first error of valgrind's report in which the library has a part.
fn first_of(report: &str, library: &str) -> Option<String> {
    let object = format!("<obj>{library}</obj>");
    let errors = report.split("<error>").skip(1).filter_map(|rest| rest.split("</error>").next());
    let error = errors.into_iter().find(|error| error.contains(&object))?;
    let what = within(error, "text").or_else(|| within(error, "what")).unwrap_or("an error");
    let what = what.split(" in loss record").next().unwrap_or_default();
    let frame = error.split("<frame>").find(|frame| frame.contains(&object))?;
    let function = within(frame, "fn").unwrap_or("a function without a name");
    let place = match (within(frame, "file"), within(frame, "line")) {
        (Some(file), Some(line)) => format!(" ({file}:{line})"),
        _ => String::new(),
    };
    Some(format!("{what}, in `{function}`{place}"))
}

/// What stands in the first element of this name.
fn within<'t>(text: &'t str, element: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{element}>"))?;
    Some(rest.split_once(&format!("</{element}>"))?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "<valgrindoutput>\
        <error><kind>Leak_DefinitelyLost</kind><xwhat><text>8 bytes in 1 blocks are definitely lost</text></xwhat>\
        <stack><frame><obj>/bin/docmill</obj><fn>a</fn></frame></stack></error>\
        <error><kind>Leak_DefinitelyLost</kind><xwhat><text>9 bytes in 1 blocks are definitely lost in loss record 1 of 1</text></xwhat>\
        <stack><frame><obj>/lib/vg.so</obj><fn>malloc</fn></frame>\
        <frame><obj>/x/lib.so</obj><fn>create</fn><file>a.c</file><line>7</line></frame></stack></error>\
        </valgrindoutput>";

    #[test]
    fn an_error_counts_where_the_library_has_a_part() {
        let said = "9 bytes in 1 blocks are definitely lost, in `create` (a.c:7)";
        assert_eq!(first_of(REPORT, "/x/lib.so").as_deref(), Some(said));
        assert_eq!(first_of(REPORT, "/x/other.so"), None);
        assert_eq!(first_of("", "/x/lib.so"), None);
    }
}
