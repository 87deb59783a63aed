//! The conformance kit: tries whether a library keeps to the C interface and to the contract of its components.
//!
//! Each [`Check`] holds one promise, and runs in a process of its own ([`perform`]), so that a plugin that crashes,
//! hangs or ends the process fails that check and nothing else. [`Kit::check`] starts them one after another and
//! watches them. What is tried is the same every time and on every machine.

mod answers;
mod decodings;
mod documents;
mod instances;
mod leaks;
mod loading;
mod outputs;
mod settings;
mod subject;
mod threads;
mod watch;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use self::watch::Kit;
use self::{documents::Texts, subject::Stop};
use super::{
    chain,
    doors::library::probe::{Probe, ShownHost},
};

/// A promise that plugins make, and how it is tried.
#[derive(Debug)]
pub struct Check {
    /// Its name, in kebab-case.
    pub name: &'static str,
    /// What holds where it passes: "… in under 100 ms".
    pub promise: &'static str,
    /// What to do where it fails.
    pub remedy: &'static str,
    /// The check without which this one would say nothing; empty for none.
    after: &'static str,
    how: How,
}

/// How a check is done.
#[derive(Debug)]
enum How {
    /// In a process of its own.
    Child(fn(&Probe) -> Tried),
    /// In a process of its own that valgrind watches.
    Valgrind(fn(&Probe) -> Tried),
    /// By what came out of the others' processes.
    StandardOutput,
}

/// A word on what was tried, which may be empty; or how it ended before that.
type Tried = Result<String, Stop>;

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The promise holds, as far as it was tried; with a word on what was tried, which may be empty.
    Passed(String),
    /// It does not: what is wrong.
    Failed(String),
    /// It was not tried, and why.
    Skipped(String),
}

/// What the process of a check says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Said {
    Outcome(Outcome),
    /// The library cannot be used: what is wrong, and what to do.
    Refused(String),
}

impl Check {
    /// All of them, in the order in which they are done.
    pub const ALL: &'static [Check] = &[
        Check {
            name: "load",
            after: "",
            promise: "it can be loaded and says what it offers",
            remedy: "see to what runs when it is loaded (constructors, static initialisers) and to `manifest`",
            how: How::Child(loading::load),
        },
        Check {
            name: "load-time",
            after: "load",
            promise: "it is loaded, and says what it offers, in under 100 ms",
            remedy: "load models in `create`, not when the library is loaded or tells its manifest",
            how: How::Child(loading::load_time),
        },
        Check {
            name: "entry",
            after: "load",
            promise: "its entry gives the same table each time, on any thread, and null for other major versions",
            remedy: "return the address of one static table where `host_major` is DM_MAJOR, else null",
            how: How::Child(loading::entry),
        },
        Check {
            name: "manifest",
            after: "load",
            promise: "its manifest is the same each time, names are kebab-case and unique, and each component's functions are there",
            remedy: "correct the manifest, or the table",
            how: How::Child(loading::manifest),
        },
        Check {
            name: "schema",
            after: "load",
            promise: "each component's schema is one that docmill reads, down to its leaves",
            remedy: "say it with the keywords that the chapter on checks lists, and check the rest in `create`",
            how: How::Child(settings::schema),
        },
        Check {
            name: "documented",
            after: "load",
            promise: "each component and each setting has a description",
            remedy: "say its meaning, unit, range and default in `description` (in Rust, the doc comment)",
            how: How::Child(settings::documented),
        },
        Check {
            name: "reserved-settings",
            after: "load",
            promise: "no setting has the name of a key that every component's table has",
            remedy: "rename the setting",
            how: How::Child(settings::reserved),
        },
        Check {
            name: "unknown-settings",
            after: "load",
            promise: "a setting that the component does not know is refused",
            remedy: "say \"additionalProperties\": false (in Rust, #[serde(deny_unknown_fields)])",
            how: How::Child(settings::closed),
        },
        Check {
            name: "defaults",
            after: "load",
            promise: "it can be made with the settings that must be made and no others, and defaults mean what they say",
            remedy: "give the setting a default, or correct the one that the schema names",
            how: How::Child(settings::defaults),
        },
        Check {
            name: "bad-settings",
            after: "load",
            promise: "settings of wrong types, out of range, empty or huge are taken or refused with a reason, never a crash",
            remedy: "check every setting before it is used, and return DM_FAILED with a message and the setting's pointer",
            how: How::Child(settings::bad),
        },
        Check {
            name: "create-destroy",
            after: "defaults",
            promise: "1,000 instances one after another (as many as fit in 10 s) leave no memory behind",
            remedy: "free in `destroy` what `create` made",
            how: How::Child(instances::create_destroy),
        },
        Check {
            name: "no-documents",
            after: "defaults",
            promise: "an instance that has seen no document can be destroyed, on another thread too",
            remedy: "set everything up in `create`, not at the first document, or let `destroy` do without",
            how: How::Child(instances::no_documents),
        },
        Check {
            name: "answers",
            after: "defaults",
            promise: "plain documents get answers that the interface knows: a verdict with its word, change sets that hold together, spans in bytes",
            remedy: "return what the chapter on the C interface says of `process` and `encode`, with spans on char boundaries",
            how: How::Child(answers::plain),
        },
        Check {
            name: "empty-text",
            after: "answers",
            promise: "a document without text is answered, with spans that lie in the text",
            remedy: "see to texts of length 0, whose pointer may be null",
            how: How::Child(|probe| answers::texts(probe, Texts::Empty)),
        },
        Check {
            name: "long-text",
            after: "answers",
            promise: "a text of 1 MB is answered in time, with spans that lie in the text",
            remedy: "take time and memory in proportion to the text's length, and no stack",
            how: How::Child(|probe| answers::texts(probe, Texts::Long)),
        },
        Check {
            name: "emoji",
            after: "answers",
            promise: "emoji are answered, with spans on char boundaries",
            remedy: "count bytes, and never end a span inside a char of several bytes",
            how: How::Child(|probe| answers::texts(probe, Texts::Emoji)),
        },
        Check {
            name: "combining",
            after: "answers",
            promise: "combining characters are answered, with spans on char boundaries",
            remedy: "count bytes, and never end a span inside a char of several bytes",
            how: How::Child(|probe| answers::texts(probe, Texts::Combining)),
        },
        Check {
            name: "right-to-left",
            after: "answers",
            promise: "right-to-left text is answered, with spans on char boundaries",
            remedy: "count bytes in the order in which they stand, whatever the direction of writing",
            how: How::Child(|probe| answers::texts(probe, Texts::RightToLeft)),
        },
        Check {
            name: "line-ends",
            after: "answers",
            promise: "line ends of all kinds (CRLF, CR, separators) are answered, with spans that lie in the text",
            remedy: "see to \\r, and to text that ends in it",
            how: How::Child(|probe| answers::texts(probe, Texts::LineEnds)),
        },
        Check {
            name: "nul",
            after: "answers",
            promise: "NUL bytes in a text are answered, with spans that lie in the text",
            remedy: "go by the text's length, never by a NUL byte at its end: there is none",
            how: How::Child(|probe| answers::texts(probe, Texts::Nul)),
        },
        Check {
            name: "generated",
            after: "answers",
            promise: "200 generated documents are answered, with spans on char boundaries, and not all of them fail",
            remedy: "try the component on the text that is shown",
            how: How::Child(answers::many),
        },
        Check {
            name: "declared",
            after: "answers",
            promise: "only layers, metadata and edits that the contract declares are written",
            remedy: "add to the contract what the component writes",
            how: How::Child(answers::declared),
        },
        Check {
            name: "same-results",
            after: "answers",
            promise: "the same document gives the same result on a second run, from a second instance and after other documents",
            remedy: "carry nothing from one document to the next, and use no clock, randomness or order of addresses",
            how: How::Child(answers::same_results),
        },
        Check {
            name: "threads",
            after: "answers",
            promise: "four instances on four threads at once give the results of one, wherever they were made",
            remedy: "keep what changes in the instance: no static or thread-local buffers",
            how: How::Child(instances::on_several_threads),
        },
        Check {
            name: "first-host",
            after: "answers",
            promise: "a docmill of version 1.0, whose table is shorter, is enough for it",
            remedy: "read nothing of the host's table behind its `size`; a plugin that needs more says so in `needs_minor`",
            how: How::Child(|probe| instances::host(probe, ShownHost::First)),
        },
        Check {
            name: "newer-host",
            after: "answers",
            promise: "a docmill of a later minor version, whose table is longer, changes nothing",
            remedy: "compare only the major version, and let `size` be larger than what is known",
            how: How::Child(|probe| instances::host(probe, ShownHost::Newer)),
        },
        Check {
            name: "longer-tables",
            after: "answers",
            promise: "documents and change sets in longer tables, as of a later minor version, change nothing",
            remedy: "let `size` be larger than what is known, and write to known fields alone, never to `size`",
            how: How::Child(answers::longer_tables),
        },
        Check {
            name: "outputs",
            after: "defaults",
            promise: "an encoder names its outputs, and their heads are the same before and after documents",
            remedy: "see to the encoder's contract and to `header`",
            how: How::Child(outputs::outputs),
        },
        Check {
            name: "decodings",
            after: "manifest",
            promise: "decodings that it offers take any bytes, give the same text each time, and no others are known",
            remedy: "in `decode`, return DM_FAILED for a name that is not known, and for bytes that cannot be decoded",
            how: How::Child(decodings::decodings),
        },
        Check {
            name: "standard-output",
            after: "load",
            promise: "nothing is written to standard output, which may be where the run's output goes",
            remedy: "write to standard error, or say it in a message",
            how: How::StandardOutput,
        },
        Check {
            name: "leaks",
            after: "defaults",
            promise: "valgrind finds no memory that is definitely lost, and no use of memory that is not its own",
            remedy: "run valgrind on a test of your own to see where (valgrind --leak-check=full)",
            how: How::Valgrind(instances::everything),
        },
    ];

    /// The check of this name.
    pub fn of_name(name: &str) -> Option<&'static Check> {
        Check::ALL.iter().find(|check| check.name == name)
    }
}

/// Does a check in this process, which may not outlive it; what came of it is what the process has to write to
/// its standard output, for [`Kit::check`] to read. `None` where there is no such check.
pub fn perform(check: &str, library: &Path) -> Option<String> {
    let (How::Child(try_it) | How::Valgrind(try_it)) = Check::of_name(check)?.how else {
        return None;
    };
    let said = match Probe::open(library) {
        Ok(probe) => Said::Outcome(match try_it(&probe) {
            Ok(tried) => Outcome::Passed(tried),
            Err(Stop::Broken(what)) => Outcome::Failed(what),
            Err(Stop::Untried(why)) => Outcome::Skipped(why),
        }),
        Err(refusal) => Said::Refused(chain(&refusal)),
    };
    // It cannot fail: there are only strings in it.
    let said = serde_json::to_string(&said).unwrap_or_default();
    Some(format!("{}{said}\n", watch::MARK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::registry::is_kebab_case;

    #[test]
    fn every_check_can_be_read_on_one_line() {
        for (at, check) in Check::ALL.iter().enumerate() {
            assert!(is_kebab_case(check.name), "{}", check.name);
            assert!(
                Check::ALL[..at].iter().all(|other| other.name != check.name),
                "{}",
                check.name
            );
            let before = Check::ALL[..at].iter();
            assert!(
                check.after.is_empty() || before.map(|c| c.name).any(|name| name == check.after)
            );
            for said in [check.promise, check.remedy] {
                assert!(!said.ends_with('.') && !said.contains('\n') && !said.is_empty(), "{said}");
            }
        }
    }

    #[test]
    fn what_a_check_says_comes_back() {
        let said = Said::Outcome(Outcome::Failed("x".to_owned()));
        let text = serde_json::to_string(&said).unwrap();
        let read: Said = serde_json::from_str(&text).unwrap();
        assert!(matches!(read, Said::Outcome(Outcome::Failed(what)) if what == "x"));
    }
}
