//! `docmill explain`: what a code means, or the story of one document.

mod document;
mod removed;

use std::{io::Write, path::Path};

use docmill_core::{
    DocumentBuf,
    engine::{Code, DEAD_LETTERS_FILE, Rereader, chain, each_document},
};
use serde_json::Value as Json;

use crate::{
    args::Explain,
    builtin, documents_file,
    failure::{Failure, Outcome},
    term::{self, BOLD},
};

pub(crate) fn run(args: &Explain) -> Result<Outcome, Failure> {
    match &args.id {
        Some(id) => one_document(Path::new(&args.what), id)?,
        None => match Code::of_name(&args.what) {
            Some(code) => anstream::stdout().write_all(of_code(code).as_bytes())?,
            None => return Err(no_code(&args.what)),
        },
    }
    Ok(Outcome::Done)
}

fn of_code(code: Code) -> String {
    let explanation = code.explanation();
    let indented = |example: &str| -> String {
        example
            .trim_end()
            .lines()
            .map(|line| format!("    {line}").trim_end().to_owned() + "\n")
            .collect()
    };
    format!(
        "{BOLD}{code}: {}{BOLD:#}\n\n{}\n\nWrong:\n\n{}\nRight:\n\n{}",
        explanation.title,
        explanation.text,
        indented(explanation.wrong),
        indented(explanation.right),
    )
}

fn no_code(what: &str) -> Failure {
    Failure::Wrong(if Path::new(what).exists() {
        format!("say which document of {what}: docmill explain {what} ID")
    } else {
        let (Some(first), Some(last)) = (Code::ALL.first(), Code::ALL.last()) else {
            return Failure::Wrong(format!("there is no code `{what}`"));
        };
        format!(
            "`{what}` is neither a code ({first} to {last}) nor an output; `docmill show` lists components"
        )
    })
}

/// Finds a document by its id, or by a part that no other id has, and shows it.
fn one_document(output: &Path, id: &str) -> Result<(), Failure> {
    let path = documents_file::find(output)?;
    let mut search = Search::default();
    each_document(&path, |_, document, read| {
        if read.is_ok() {
            search.look(id, document);
        }
        !search.exact
    })
    .map_err(|error| Failure::Io(chain(&error)))?;
    match search.found {
        Some(document) if search.exact || search.count == 1 => {
            let registry = builtin::registry()?;
            let mut rereader = Rereader::new(&registry);
            let told = document::told(document.view(), &mut rereader);
            anstream::stdout().lock().write_all(told.as_bytes())?;
            Ok(())
        }
        Some(_) => Err(Failure::Wrong(format!(
            "{} documents of {} have `{id}` in their ids; give more of the one you mean",
            term::count(search.count),
            path.display()
        ))),
        None => Err(match dead_letter(&path, id) {
            Some(reason) => Failure::Wrong(format!("`{id}` is not in the output: {reason}")),
            None => Failure::Wrong(format!(
                "there is no document `{id}` in {}{}",
                path.display(),
                match &search.first {
                    Some(first) => format!("; its first one is `{first}`"),
                    None => ", which holds none".to_owned(),
                }
            )),
        }),
    }
}

#[derive(Default)]
struct Search {
    found: Option<DocumentBuf>,
    /// Whether the found document has just this id.
    exact: bool,
    /// How many other ids hold what was asked for.
    count: u64,
    first: Option<String>,
}

impl Search {
    fn look(&mut self, id: &str, document: &DocumentBuf) {
        let this = document.view().id();
        self.first.get_or_insert_with(|| this.to_owned());
        if this == id {
            self.exact = true;
            self.found = Some(document.clone());
        } else if this.contains(id) {
            self.count += 1;
            self.found.get_or_insert_with(|| document.clone());
        }
    }
}

/// Why a document failed, if it stands among the dead letters beside a documents file.
fn dead_letter(documents: &Path, id: &str) -> Option<String> {
    let letters = std::fs::read(documents.parent()?.join(DEAD_LETTERS_FILE)).ok()?;
    let letters = letters.split(|byte| *byte == b'\n');
    let mut letters = letters.filter_map(|line| serde_json::from_slice::<Json>(line).ok());
    let letter = letters.find(|letter| letter["id"] == id)?;
    Some(format!("it failed in `{}`: {}", letter["stage"].as_str()?, letter["error"].as_str()?))
}
