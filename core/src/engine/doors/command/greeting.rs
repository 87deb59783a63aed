//! Starts a program and asks for its contract.

use std::{collections::BTreeMap, io, process::Command, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Settings;
use crate::{
    BuildError, Contract, Offsets,
    door::forms::ContractForm,
    engine::doors::child::{Child, End},
    plugin::Limits,
};

/// The version of the protocol.
const PROTOCOL: u32 = 1;

/// How long a program may take to say its contract.
const START: Duration = Duration::from_secs(60);

/// A contract is no longer than this, in bytes.
const LONGEST: usize = 1 << 20;

/// How many chars of what a program wrote are shown.
const SHOWN: usize = 80;

/// A program that waits for documents.
#[derive(Debug)]
pub(super) struct Greeted {
    pub(super) child: Child,
    pub(super) contract: Contract,
    /// The unit that it counts in.
    pub(super) offsets: Offsets,
}

#[derive(Serialize)]
struct Hello<'s> {
    docmill: u32,
    version: &'static str,
    settings: &'s BTreeMap<String, Json>,
}

/// What a program answers: either says a contract or an error.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Answer {
    docmill: Option<Json>,
    /// For whoever reads along.
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(rename = "version")]
    _version: Option<String>,
    offsets: Offsets,
    contract: ContractForm,
    error: Option<String>,
    setting: Option<String>,
}

/// Starts the program and asks for its contract. Afterwards it is held to `limits`.
///
/// # Errors
///
/// Point at the program, or at the one of its settings that it names.
pub(super) fn start(settings: &Settings, limits: Limits) -> Result<Greeted, BuildError> {
    let (program, arguments) = settings.program.split_first().ok_or_else(|| {
        BuildError::at(
            "/program",
            "there is no program; write it and its arguments: [\"python3\", \"shout.py\"]",
        )
    })?;
    let mut command = Command::new(program);
    command.args(arguments).env("DOCMILL_COMMAND", "1");
    let starting = Limits { timeout: START, ..limits };
    let mut child =
        Child::start(&mut command, starting).map_err(|error| not_started(program, &error))?;
    let hello = Hello {
        docmill: PROTOCOL,
        version: env!("CARGO_PKG_VERSION"),
        settings: &settings.settings,
    };
    // Writing to a Vec cannot fail, and the keys of the settings are strings.
    let _ = serde_json::to_writer(child.outgoing(), &hello);
    child.outgoing().push(b'\n');
    child.start_clock();
    let line = first_line(&mut child)?;
    child.set_timeout(limits.timeout);
    let (contract, offsets) = understood(&line)?;
    Ok(Greeted { child, contract, offsets })
}

fn not_started(program: &str, error: &io::Error) -> BuildError {
    let message = match error.kind() {
        io::ErrorKind::NotFound if program.contains('/') => {
            format!("there is no program `{program}`; paths are relative to the working directory")
        }
        io::ErrorKind::NotFound if std::path::Path::new(program).is_file() => {
            format!(
                "there is no program `{program}` on the PATH; for the file that lies here, write \"./{program}\""
            )
        }
        io::ErrorKind::NotFound => {
            format!("there is no program `{program}` on the PATH; install it, or write its path")
        }
        io::ErrorKind::PermissionDenied => format!(
            "`{program}` may not be executed; allow it with chmod +x, or name what runs it: [\"python3\", \"{program}\"]"
        ),
        _ if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => format!(
            "`{program}` is no program; begin it with a line such as #!/usr/bin/env python3, or name what runs it: [\"python3\", \"{program}\"]"
        ),
        _ => format!("the program `{program}` cannot be started: {error}"),
    };
    BuildError::at("/program/0", message)
}

/// The first line that it writes, without its end.
fn first_line(child: &mut Child) -> Result<Vec<u8>, BuildError> {
    let mut searched = 0;
    loop {
        let incoming = child.incoming();
        if let Some(len) = memchr::memchr(b'\n', incoming.get(searched..).unwrap_or_default()) {
            let line = incoming.get(..searched + len).unwrap_or_default().to_vec();
            child.take(line.len() + 1);
            return Ok(line);
        }
        searched = incoming.len();
        if searched > LONGEST {
            let message = format!("the program answered no contract but {}", shown(incoming));
            return Err(BuildError::at("/program", message));
        }
        child.more().map_err(|end| gone(&end, child.incoming()))?;
    }
}

/// Why it said nothing.
fn gone(end: &End, wrote: &[u8]) -> BuildError {
    let mut message = match end {
        End::Exited(code) => format!(
            "the program exited with code {code} before it said its contract; see what it wrote to standard error"
        ),
        End::TimedOut(_) => format!(
            "the program did not say its contract within {} s; it must answer the first line that it reads, and flush what it writes",
            START.as_secs()
        ),
        end => format!("the program {end}"),
    };
    if !wrote.is_empty() {
        message += &format!(" (it wrote {} and no end of the line)", shown(wrote));
    }
    BuildError::at("/program", message)
}

fn understood(line: &[u8]) -> Result<(Contract, Offsets), BuildError> {
    let wrong = |why: String| BuildError::at("/program", why);
    if !is_object(line) {
        return Err(wrong(format!(
            "the program answered {} and not its contract; it must write answers alone to standard output, and the rest to standard error",
            shown(line)
        )));
    }
    let answer: Answer = serde_json::from_slice(line).map_err(|error| {
        wrong(format!("the program's contract cannot be read: {error}; it wrote {}", shown(line)))
    })?;
    if let Some(error) = answer.error {
        let error = brief(error);
        return Err(match answer.setting {
            Some(setting) => {
                let setting = setting.strip_prefix('/').unwrap_or(&setting);
                BuildError::at(format!("/settings/{setting}"), error)
            }
            None => BuildError::at("/program", error),
        });
    }
    match answer.docmill {
        Some(version) if version == PROTOCOL => {}
        Some(version) => {
            return Err(wrong(format!(
                "the program speaks version {} of the protocol, and this docmill version {PROTOCOL}",
                brief(version.to_string())
            )));
        }
        None => {
            return Err(wrong(format!(
                "the program answered {}, which lacks \"docmill\": {PROTOCOL}, the version of the protocol",
                shown(line)
            )));
        }
    }
    if answer.contract.has_empty_names() {
        return Err(wrong("the program's contract names a layer or key without a name".to_owned()));
    }
    Ok((answer.contract.into(), answer.offsets))
}

/// The beginning of what a program wrote, for messages.
pub(super) fn shown(wrote: &[u8]) -> String {
    let text = String::from_utf8_lossy(wrote.get(..4 * SHOWN).unwrap_or(wrote));
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return "an empty line".to_owned();
    }
    let beginning: String = line.chars().take(SHOWN).collect();
    let more = if beginning.len() < line.len() { "…" } else { "" };
    format!("`{}{more}`", beginning.escape_debug())
}

/// A message of a program: no longer than anybody reads.
pub(super) fn brief(mut message: String) -> String {
    const LEN: usize = 2000;
    if message.len() > LEN {
        message.truncate(message.floor_char_boundary(LEN));
        message.push('…');
    }
    message
}

/// Whether a line is an object of JSON, so that the next one can be trusted to be an answer too.
pub(super) fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}
