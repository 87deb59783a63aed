//! `docmill verify`: whether every byte of an output is where its map says.

use std::io::{self, Write};

use docmill_core::engine::{Verification, chain, verify};

use crate::{
    args::Verify,
    builtin, documents_file,
    failure::{Failure, Outcome},
    table::{Align, aligned},
    term::{self, BOLD, GREEN, RED, Shown},
};

/// Faults beyond these are counted, not told.
const TOLD: usize = 20;

pub(crate) fn run(args: &Verify) -> Result<Outcome, Failure> {
    let path = documents_file::find(&args.output)?;
    let registry = builtin::with_libraries(&args.plugins)?;
    let found = verify(&path, &registry).map_err(|error| Failure::Io(chain(&error)))?;
    if args.json {
        let mut out = io::stdout();
        serde_json::to_writer(&mut out, &found).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        let path = path.display().to_string();
        write!(anstream::stdout(), "{}", told(&path, &found))?;
    }
    Ok(if found.faults.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}

fn told(path: &str, found: &Verification) -> String {
    let rows = [
        ("verbatim", found.verbatim, "equal to the raw bytes"),
        ("decoded", found.decoded, "what the raw bytes decode to"),
        ("inserted", found.inserted, "written by a stage"),
    ]
    .map(|(class, share, meaning)| {
        [
            format!("  {class}"),
            term::counted(share.bytes, "byte"),
            term::counted(share.segments, "segment"),
            meaning.to_owned(),
        ]
    });
    let columns = [Align::Left, Align::Right, Align::Right, Align::Left];
    let mut text = format!(
        "{}: {BOLD}{}{BOLD:#}\n{}",
        Shown(path),
        term::counted(found.documents, "document"),
        aligned(&rows, &columns)
    );
    let faults = found.faults.len();
    if faults == 0 {
        text.push_str(&format!("{GREEN}every byte is where its map says{GREEN:#}\n"));
        return text;
    }
    text.push_str(&format!(
        "{RED}{} not what {} map says{RED:#}\n",
        if faults == 1 {
            "1 document is".into()
        } else {
            format!("{} documents are", term::count(faults as u64))
        },
        if faults == 1 { "its" } else { "their" },
    ));
    for fault in found.faults.iter().take(TOLD) {
        text.push_str(&format!(
            "  line {}, {}: {}\n",
            term::count(fault.line),
            if fault.id.is_empty() { "no id".to_owned() } else { Shown(&fault.id).to_string() },
            Shown(&fault.message),
        ));
    }
    if faults > TOLD {
        text.push_str(&format!("  … and {} more\n", term::count((faults - TOLD) as u64)));
    }
    if found.faults.iter().any(|fault| fault.message.contains("cannot be read again")) {
        text.push_str("inputs are looked for from the working directory, which `-C DIR` changes\n");
    }
    text
}
