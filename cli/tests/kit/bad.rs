//! Planted faults: each is caught by its own check.

use std::{sync::Mutex, thread};

use docmill_core::engine::kit::Check;
use tempfile::TempDir;

use crate::{Checked, compile, has_valgrind};

/// A fault of `bad.c`, the check that finds it, and part of what that says; then the other checks that it shows
/// in too.
type Fault = (&'static str, &'static str, &'static str, &'static [&'static str]);

const FAULTS: &[Fault] = &[
    ("CRASHES_WHEN_LOADED", "load", "killed by signal 6", &[]),
    ("EXITS_WHEN_LOADED", "load", "exited with code 0 before the check was done", &[]),
    (
        "CRASHES_AT_THE_END",
        "load",
        "all was done, and then the process was killed by signal 6",
        &[],
    ),
    ("SLOW_TO_LOAD", "load-time", "it took 3", &[]),
    ("NEW_TABLE", "entry", "another table", &[]),
    ("ANY_MAJOR", "entry", "does not return null", &[]),
    ("BAD_NAME", "manifest", "\"Shout_It\" is not kebab-case", &[]),
    ("OFFERED_TWICE", "manifest", "is offered twice", &[]),
    ("NO_PROCESS", "manifest", "no `process`", &["answers"]),
    ("UNREAD_KEYWORD", "schema", "`multipleOf`, which docmill does not read", &[]),
    ("UNDOCUMENTED", "documented", "`min-length` without", &[]),
    ("RESERVED_SETTING", "reserved-settings", "`timeout`", &[]),
    ("OPEN_SCHEMA", "unknown-settings", "misspelt", &[]),
    ("WRONG_DEFAULT", "defaults", "must be at least 1, and this is 0", &[]),
    ("TRUSTS_SETTINGS", "bad-settings", "killed by signal 6", &[]),
    ("GIVES_NO_REASON", "bad-settings", "without saying why", &[]),
    ("WRONG_POINTER", "bad-settings", "no JSON pointer", &[]),
    ("KEEPS_INSTANCES", "create-destroy", "keeps memory", &[]),
    ("TIED_TO_A_THREAD", "no-documents", "killed by signal 6", &["threads"]),
    ("RETURNS_NONSENSE", "answers", "returns 77", &[]),
    ("STRING_OUTSIDE", "answers", "does not hold together", &[]),
    ("DROPS_WITHOUT_REASON", "answers", "drops a document for the reason \"\"", &[]),
    ("EMPTY", "empty-text", "killed by signal 6", &[]),
    ("LONG", "long-text", "took longer than timeout (5 s)", &[]),
    ("EMOJI", "emoji", "0..2 does not lie in the text", &["generated"]),
    ("COMBINING", "combining", "2..3 does not lie in the text", &["generated"]),
    ("RIGHT_TO_LEFT", "right-to-left", "2..0 does not lie in the text", &["generated"]),
    ("ENDS_WITH_CR", "line-ends", "killed by signal 6", &[]),
    ("NUL", "nul", "0..2 does not lie in the text", &[]),
    ("EXITS_AT_NUL", "nul", "exited with code 0", &[]),
    ("RARE", "generated", "killed by signal 11", &[]),
    ("FAILS_ALWAYS", "generated", "fails every document", &[]),
    ("UNDECLARED_LAYER", "declared", "writes the layer `shouts`", &[]),
    ("UNDECLARED_METADATA", "declared", "sets the metadata key `shouts`", &[]),
    ("UNDECLARED_EDIT", "declared", "edits the text", &[]),
    ("COUNTS_DOCUMENTS", "same-results", "on a second run", &["threads"]),
    ("REMEMBERS", "same-results", "on a second run", &["threads"]),
    ("STATIC_BUFFER", "threads", "when several threads are at work", &[]),
    ("READS_PAST_THE_HOST", "first-host", "killed by signal 11", &[]),
    ("REFUSES_NEWER", "newer-host", "this docmill is too new", &[]),
    ("REFUSES_LONGER_TABLES", "longer-tables", "another size", &[]),
    ("CLEARS_THE_CHANGE_SET", "longer-tables", "or to its `size`", &[]),
    ("HEADER_CHANGES", "outputs", "another header after documents", &[]),
    ("OUTPUT_OUTSIDE", "outputs", "\"../out.caps\"", &[]),
    ("NO_OUTPUT", "outputs", "names no output", &[]),
    ("DECODES_ANYTHING", "decodings", "that it does not offer", &[]),
    ("PRINTS", "standard-output", "it wrote \"xxx", &[]),
    ("LEAKS", "leaks", "definitely lost, in `process` (bad.c:", &[]),
    ("READS_FREED", "leaks", "Invalid read of size 1, in `process` (bad.c:", &[]),
];

/// What is wrong with how a fault was caught, if something is.
fn try_it(folder: &TempDir, (fault, check, said, others): &Fault) -> Result<(), String> {
    let definition = format!("FAULT_{fault}");
    let mut definitions = vec![definition.as_str()];
    match *check {
        "outputs" => definitions.push("ENCODER"),
        "decodings" => definitions.push("DECODER"),
        _ => {}
    }
    let library = compile(folder.path(), fault, &definitions);
    let timeout = if *fault == "LONG" { "5" } else { "120" };
    let checked = Checked::of(&library, timeout, *check == "leaks");
    let mut expected = vec![*check];
    expected.extend(*others);
    let failed = checked.came_to("failed");
    let problem = checked.problem(check);
    match checked.code {
        Some(1) if failed == expected && problem.contains(said) => Ok(()),
        code => Err(format!("{fault}: exit code {code:?}, {failed:?}: {problem}")),
    }
}

#[test]
fn each_fault_is_caught_by_its_check() {
    let folder = TempDir::new().unwrap();
    let faults = FAULTS.iter().filter(|(_, check, ..)| *check != "leaks" || has_valgrind());
    let left = Mutex::new(faults.collect::<Vec<_>>());
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(fault) = left.lock().unwrap().pop() else { break };
                    if let Err(what) = try_it(&folder, fault) {
                        wrong.lock().unwrap().push(what);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_check_has_a_fault_that_it_catches() {
    for check in Check::ALL {
        let caught = FAULTS.iter().any(|(_, caught_by, ..)| *caught_by == check.name);
        assert!(caught, "plant a fault in bad.c that `{}` catches", check.name);
    }
}
