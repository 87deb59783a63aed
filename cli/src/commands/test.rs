//! `docmill test`: the `[[test]]` blocks of pipeline files, and what is not as they want.

use std::io::Write;

use docmill_core::engine::{Difference, Dropped, Overrides, TestOutcome, chain, run_tests};
use serde_json::Value as Json;

use crate::{
    args::Test,
    builtin, diff,
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
    term::{self, BOLD, DIM, GREEN, RED, Shown},
};

pub(crate) fn run(args: &Test) -> Result<Outcome, Failure> {
    let registry = builtin::registry()?;
    let mut wrong: Option<u8> = None;
    let (mut passed, mut failed) = (0, 0);
    let mut out = anstream::stdout().lock();
    for path in &args.pipelines {
        let overrides = Overrides { without_inputs: true, ..Overrides::default() };
        let read = PipelineFile::open(path).and_then(|file| file.read(&registry, overrides));
        let pipeline = match read {
            Ok(pipeline) => pipeline,
            Err(failure) => {
                term::tell(failure.drawn());
                wrong = wrong.max(Some(failure.code()));
                continue;
            }
        };
        let outcomes = run_tests(&pipeline).map_err(|error| Failure::Wrong(chain(&error)))?;
        writeln!(out, "{BOLD}{}{BOLD:#}", Shown(&path.display().to_string()))?;
        if outcomes.is_empty() {
            writeln!(out, "  no tests; a [[test]] block gives a text and what it should become")?;
        }
        for outcome in &outcomes {
            write!(out, "{}", told(outcome))?;
            if outcome.passed() { passed += 1 } else { failed += 1 }
        }
    }
    let colour = if failed > 0 { RED } else { GREEN };
    let marks = if failed > 0 { " (- wanted, + came out)" } else { "" };
    writeln!(
        out,
        "\n{}: {passed} passed, {colour}{failed} failed{colour:#}{marks}",
        term::counted(passed + failed, "test")
    )?;
    match wrong {
        Some(code) => Err(Failure::Told(code)),
        None if failed > 0 => Ok(Outcome::SomeFailed),
        None => Ok(Outcome::Done),
    }
}

fn told(outcome: &TestOutcome<'_>) -> String {
    let name = Shown(&outcome.case.name);
    if outcome.passed() {
        return format!("  {GREEN}ok{GREEN:#}      {name}\n");
    }
    let mut text =
        format!("  {RED}FAILED{RED:#}  {name} {DIM}(line {}){DIM:#}\n", outcome.case.line);
    for difference in &outcome.differences {
        let (head, lines) = difference_lines(difference);
        text.push_str(&format!("          {head}\n"));
        for line in lines {
            text.push_str(&format!("            {line}\n"));
        }
    }
    text
}

/// What differs, in a line, and the lines below it.
fn difference_lines(difference: &Difference) -> (String, Vec<String>) {
    match difference {
        Difference::Failed { stage: None, message } => {
            (format!("the document cannot be read: {}", Shown(message)), Vec::new())
        }
        Difference::Failed { stage: Some(stage), message } => {
            (format!("the document failed in `{stage}`: {}", Shown(message)), Vec::new())
        }
        Difference::Fate { wanted, dropped } => (fate(wanted, dropped.as_ref()), Vec::new()),
        Difference::Text { wanted, got } => ("want.text".to_owned(), diff::of_texts(wanted, got)),
        Difference::Metadata { key, wanted, got } => {
            let mut lines = vec![format!("{RED}- {}{RED:#}", toml(wanted))];
            lines.extend(got.iter().map(|got| format!("{GREEN}+ {}{GREEN:#}", toml(got))));
            (format!("want.metadata.{}", Shown(key)), lines)
        }
        Difference::Layer { layer, exact, found, annotations } => {
            let include = if *exact { "" } else { "-include" };
            let head = format!("want.{layer}{include}: {found} found as wanted");
            let lines = annotations.iter().flat_map(|(wanted, got)| {
                let wanted = wanted.as_ref().map(|want| format!("{RED}- {}{RED:#}", toml(want)));
                let got = got.as_ref().map(|got| format!("{GREEN}+ {}{GREEN:#}", toml(got)));
                wanted.into_iter().chain(got)
            });
            (head, lines.collect())
        }
    }
}

fn fate(wanted: &Dropped, dropped: Option<&(String, String)>) -> String {
    let wanted = match wanted {
        Dropped::No => "to be kept".to_owned(),
        Dropped::Yes => "to be dropped".to_owned(),
        Dropped::Because(reason) => format!("to be dropped because of `{}`", Shown(reason)),
    };
    match dropped {
        Some((stage, reason)) => format!(
            "the document was {wanted}, and `{stage}` dropped it because of `{}`",
            Shown(reason)
        ),
        None => format!("the document was {wanted}, and was kept"),
    }
}

/// A value as one writes it in a test: an inline table, `text` first.
fn toml(value: &Json) -> String {
    match value {
        Json::Object(members) => {
            let text = members.iter().filter(|(key, _)| *key == "text");
            let others = members.iter().filter(|(key, _)| *key != "text");
            let pairs: Vec<String> = text
                .chain(others)
                .map(|(key, value)| format!("{} = {}", Shown(key), toml(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Json::Array(values) => {
            format!("[{}]", values.iter().map(toml).collect::<Vec<_>>().join(", "))
        }
        other => Shown(&other.to_string()).to_string(),
    }
}
