//! Broken pipeline files, and what is said about each.
//!
//! A case is a file `broken/NN-name.toml` and the report expected of it, `broken/NN-name.txt`.
//! `BLESS=1 cargo test -p docmill-core --test broken` writes the reports anew. Where each mistake is
//! and what must be said to mend it is written down in [`CASES`] by hand, so that blessing cannot
//! hide a report that points to the wrong place.

#![cfg(feature = "engine")]

mod components;
mod explanations;
mod overrides;
mod registry;

use std::{fmt::Write, fs, path::Path};

use docmill_core::engine::{Diagnostic, Overrides, Pipeline};
use proptest::prelude::*;

/// A file, and for each of its mistakes the line, the column (in chars, from 1), and what the help
/// must say; empty where nothing better than the message can be said.
type Case = (&'static str, &'static [(usize, usize, &'static str)]);

const CASES: &[Case] = &[
    ("01-unclosed-header", &[(5, 8, "[[stage]]")]),
    ("02-string-without-quotes", &[(6, 7, "quot")]),
    ("03-key-twice", &[(7, 1, "once")]),
    ("04-empty", &[(1, 1, "[source]"), (1, 1, "[[sink]]")]),
    ("05-no-source", &[(3, 1, "[source]")]),
    ("06-no-sink", &[(7, 1, "[[sink]]")]),
    ("07-plural-table", &[(5, 3, "[[stage]]")]),
    ("08-unknown-key", &[(1, 1, "name")]),
    ("09-component-as-table", &[(5, 2, "use = \"trim\"")]),
    ("10-one-bracket", &[(5, 1, "[[stage]]")]),
    ("11-two-sources", &[(5, 1, "once")]),
    ("12-no-use", &[(5, 1, "use =")]),
    ("13-misspelt-component", &[(6, 7, "`split`")]),
    ("14-unknown-component", &[(6, 7, "`trim`, `split`, `tag`, `judge`")]),
    ("15-stage-as-sink", &[(6, 7, "[[stage]]")]),
    ("16-use-is-a-number", &[(6, 7, "use = ")]),
    ("17-misspelt-setting", &[(7, 1, "`max-length`")]),
    ("18-misspelt-nested-setting", &[(13, 12, "`sentence-length`")]),
    ("19-number-in-quotes", &[(7, 14, "max-length = 80")]),
    ("20-string-for-list", &[(3, 9, "paths = [\"tests/broken/input/*.txt\"]")]),
    ("21-out-of-range", &[(7, 14, "from 10 to 1000")]),
    ("22-unknown-choice", &[(7, 14, "\"map\"")]),
    ("23-missing-setting", &[(5, 1, "path = ")]),
    ("24-one-of-a-list", &[(10, 21, "\"Place\"")]),
    ("25-refused-by-component", &[(14, 5, "docmill show judge")]),
    ("26-kept-for-later", &[(7, 1, "take it out")]),
    ("27-on-error-in-stage", &[(7, 1, "[run] on-error")]),
    ("28-same-name-twice", &[(10, 7, "name = \"trim-2\"")]),
    ("29-name-with-blanks", &[(7, 8, "\"cut-short\"")]),
    ("30-layer-missing", &[(6, 7, "\"split\"")]),
    ("31-layer-too-late", &[(6, 7, "move `split` up, before `tag`")]),
    ("32-sink-needs-layer", &[(6, 7, "\"judge\"")]),
    ("33-source-brings-too-little", &[(7, 7, "layers = [\"entities\"]")]),
    ("34-input-not-there", &[(3, 38, "working directory")]),
    ("35-output-leaves-folder", &[(7, 8, "[run] dir")]),
    ("36-output-is-absolute", &[(7, 8, "\"documents.jsonl\"")]),
    ("37-outputs-collide", &[(11, 8, "another name")]),
    ("38-outputs-differ-in-case", &[(11, 13, "another name")]),
    ("39-output-is-reserved", &[(7, 8, "another name")]),
    ("40-output-over-input", &[(10, 8, "[run] dir")]),
    ("41-unknown-run-key", &[(10, 1, "`max-failed`")]),
    ("42-unknown-unit", &[(10, 16, "\"16 MiB\"")]),
    ("43-no-threads", &[(10, 11, "from 1 to 1024")]),
    ("44-folder-is-a-file", &[(10, 7, "[run] dir")]),
    ("45-unknown-test-key", &[(12, 1, "`want`")]),
    ("46-two-documents", &[(12, 1, "take out")]),
    ("47-no-document", &[(9, 1, "text = ")]),
    ("48-tests-of-one-name", &[(15, 8, "shows")]),
    ("49-wants-nothing", &[(12, 1, "want.text")]),
    ("50-unknown-layer", &[(15, 6, "`sentences`")]),
    ("51-dropped-with-text", &[(13, 6, "want.text")]),
    ("52-annotation-past-end", &[(12, 39, "after the last")]),
    ("53-annotation-of-wrong-shape", &[(12, 30, "quotes")]),
    (
        "54-five-mistakes",
        &[
            (1, 8, "my-pipeline"),
            (5, 1, "`encoding`"),
            (8, 7, "`trim`"),
            (12, 14, "without quotes"),
            (16, 8, "[run] dir"),
        ],
    ),
    ("55-file-to-read-not-there", &[(7, 9, "working directory")]),
    ("56-infinite", &[(10, 13, "finite")]),
    ("57-after-wide-chars", &[(3, 21, "quotes")]),
    ("58-crlf-and-mark", &[(1, 8, "my-pipeline"), (7, 14, "from 10 to 1000")]),
    ("59-output-in-output", &[(11, 13, "another name")]),
    ("60-test-lacks-layer", &[(13, 1, "layers.entities")]),
    ("61-output-over-pipeline", &[(10, 8, "[run] dir")]),
    ("62-standard-output", &[(7, 8, "--output -")]),
    ("63-sink-wrong-twice", &[(7, 8, "[run] dir"), (8, 14, "\"none\", \"map\" or \"full\"")]),
    ("64-source-and-layer", &[(3, 9, "paths = "), (6, 7, "\"split\""), (7, 1, "`threshold`")]),
    ("65-includes-nothing", &[(15, 6, "want.sentences = []")]),
    ("66-unknown-share", &[(10, 14, "5 % of 1000")]),
    ("80-command-without-program", &[(5, 1, "program = [")]),
    ("81-command-not-there", &[(7, 12, "docmill show command")]),
    ("82-command-not-executable", &[(7, 12, "docmill show command")]),
    ("83-command-exits", &[(7, 11, "docmill show command")]),
    ("84-command-prints", &[(7, 11, "docmill show command")]),
    ("85-command-of-another-version", &[(7, 11, "docmill show command")]),
    ("86-command-refuses-a-setting", &[(8, 53, "docmill show command")]),
    ("87-command-needs-layer", &[(6, 7, "use = \"tag\"")]),
    ("88-command-told-to-stay", &[(7, 13, "take it out")]),
    ("90-isolation-unknown", &[(7, 13, "\"process\"")]),
    ("91-timeout-without-unit", &[(8, 11, "timeout = \"10 s\"")]),
    ("92-timeout-of-unknown-unit", &[(8, 11, "\"500 ms\"")]),
    ("93-timeout-too-long", &[(8, 11, "\"2 min\"")]),
    ("94-memory-too-little", &[(8, 10, "\"512 MiB\"")]),
    (
        "95-limits-without-isolation",
        &[(7, 1, "isolation = \"process\""), (8, 1, "isolation = \"process\"")],
    ),
    ("96-isolated-sink", &[(12, 1, "take it out")]),
    ("97-worker-not-there", &[(5, 1, "docmill show trim")]),
    ("98-restarts-below-zero", &[(14, 16, "from 0")]),
];

fn read(name: &str) -> (String, Vec<Diagnostic>) {
    let file = Path::new("tests/broken").join(name).with_extension("toml");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let overrides = Overrides { file: Some(file), ..Overrides::default() };
    let found =
        Pipeline::read(&text, &components::registry(), &overrides).err().unwrap_or_default();
    (text, found)
}

#[test]
fn each_mistake_is_found_where_it_is_and_its_fix_named() {
    let mut wrong = String::new();
    let (mut mistakes, mut named) = (0, 0);
    for (name, expected) in CASES {
        let (text, found) = read(name);
        let places: Vec<_> = found.iter().map(|found| found.line_column(&text)).collect();
        let wanted: Vec<_> = expected.iter().map(|(line, column, _)| (*line, *column)).collect();
        if places != wanted {
            let _ =
                writeln!(wrong, "{name}: at {places:?}, not {wanted:?}\n{}", report(&text, &found));
            continue;
        }
        for (found, (_, _, fix)) in found.iter().zip(*expected) {
            let help = found.help.as_deref().unwrap_or_default();
            if !help.contains(fix) {
                let _ = writeln!(wrong, "{name}: the help does not say {fix:?}: {help}");
            }
            mistakes += 1;
            named += usize::from(!fix.is_empty());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(CASES.len() >= 40);
    assert!(named * 10 >= mistakes * 9, "the fix is named for {named} of {mistakes} mistakes");
}

#[test]
fn reports_are_as_blessed() {
    let mut wrong = String::new();
    for (name, _) in CASES {
        let (text, found) = read(name);
        let report = report(&text, &found);
        let golden = Path::new("tests/broken").join(name).with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &report).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != report {
            let _ = writeln!(wrong, "{name} is now:\n{report}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}\nread it, and bless it with BLESS=1");
}

#[test]
fn every_file_in_the_folder_is_a_case() {
    let mut files: Vec<String> = fs::read_dir("tests/broken")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let cases: Vec<&str> = CASES.iter().map(|(name, _)| *name).collect();
    assert_eq!(files, cases);
}

fn report(text: &str, found: &[Diagnostic]) -> String {
    let mut report = String::new();
    for found in found {
        let (line, column) = found.line_column(text);
        let at = text.get(found.span.clone()).unwrap_or("?");
        let at = at.lines().next().unwrap_or_default();
        let _ = writeln!(report, "{line}:{column} {} {}", found.code, found.message);
        let _ = writeln!(report, "  at: {at}");
        for (what, said) in [("label", Some(&found.label)), ("help", found.help.as_ref())] {
            if let Some(said) = said.filter(|said| !said.is_empty()) {
                let _ = writeln!(report, "  {what}: {said}");
            }
        }
        for note in &found.notes {
            let at = text.get(note.span.clone()).unwrap_or("?");
            let _ = writeln!(report, "  note: {} ({at})", note.label);
        }
    }
    report
}

/// What the files are made of, to be put together wrongly.
fn pieces() -> Vec<String> {
    let mut pieces: Vec<String> = CASES
        .iter()
        .flat_map(|(name, _)| read(name).0.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    pieces.extend(
        [
            "[", "]]", "=", "\"", "'''", "{", "}", ",", ".", "#", "é", "🙂", "\u{feff}", "\r",
            "\0", "-", "1e9",
        ]
        .map(str::to_owned),
    );
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever the text, reading it does not panic, and every place lies in it.
    #[test]
    fn no_text_makes_it_panic(
        lines in prop::collection::vec(prop::sample::select(pieces()), 0..14),
        noise in prop_oneof![4 => Just(String::new()), 1 => any::<String>()],
        at in any::<prop::sample::Index>(),
        glue in prop::sample::select(vec!["\n", "\n", "\n", "", " "]),
    ) {
        let mut text = lines.join(glue);
        let boundaries: Vec<usize> =
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        text.insert_str(*at.get(&boundaries), &noise);
        if let Err(found) = Pipeline::read(&text, &components::registry(), &Overrides::default()) {
            prop_assert!(!found.is_empty());
            for found in &found {
                prop_assert!(text.get(found.span.clone()).is_some(), "{found:?}");
                let _ = found.json("p.toml", &text);
            }
        }
    }

    /// The same for what is typed on the command line.
    #[test]
    fn no_argument_makes_it_panic(
        name in prop::sample::select(vec!["trim", "run", "source", "json", "x", ""]),
        rest in prop_oneof![
            ".[a-z-]{0,12}=.{0,12}",
            ".{0,20}",
            Just(".max-length=80".to_owned()),
            Just(".a.b.c={ d = [1, 'x'] }".to_owned()),
        ],
    ) {
        let (text, _) = read("21-out-of-range");
        let overrides = Overrides { set: vec![format!("{name}{rest}")], ..Overrides::default() };
        if let Err(found) = Pipeline::read(&text, &components::registry(), &overrides) {
            for found in &found {
                let place = found.argument.as_deref().unwrap_or(&text).get(found.span.clone());
                prop_assert!(place.is_some(), "{found:?}");
            }
        }
    }
}
