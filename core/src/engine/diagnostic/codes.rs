//! The codes of diagnostics. What each means, with a wrong and a right example, stands in `codes.md`
//! beside this file, which the book shows as it is.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// The kind of a diagnostic. A code never changes its meaning, and is not used again when
        /// it has gone.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// All of them, in order.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// As users see it: `DM0102`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),+ }
            }
        }
    };
}

codes! {
    /// Not TOML.
    Syntax = "DM0101",
    /// A key or table that nothing reads.
    UnknownKey = "DM0102",
    /// A value of another type than the key takes.
    WrongType = "DM0103",
    /// A value of the right type that is not allowed.
    BadValue = "DM0104",
    /// A key that must be there and is not.
    MissingKey = "DM0105",
    /// No `[source]`.
    NoSource = "DM0106",
    /// No `[[sink]]`.
    NoSink = "DM0107",
    /// A name that cannot be used.
    BadName = "DM0108",
    /// A name used twice.
    DuplicateName = "DM0109",
    /// A key kept for a later version.
    NotYet = "DM0110",
    /// No plugin offers this component.
    UnknownComponent = "DM0201",
    /// A stage used as a sink, or the like.
    WrongKind = "DM0202",
    /// The component refuses its settings.
    NotBuilt = "DM0203",
    /// A library cannot be used.
    PluginRefused = "DM0204",
    /// Nothing provides a layer that is needed.
    MissingLayer = "DM0301",
    /// A layer that is needed is written later.
    LayerTooLate = "DM0302",
    /// An input, or another file to read, is not there.
    InputNotFound = "DM0401",
    /// An output would lie outside the run's folder.
    OutputOutside = "DM0402",
    /// Two outputs have one path.
    OutputsCollide = "DM0403",
    /// An output has a name that docmill needs itself.
    OutputReserved = "DM0404",
    /// An output would overwrite an input or the pipeline file.
    OutputOverwrites = "DM0405",
    /// The run's folder cannot be one.
    BadRunDir = "DM0406",
    /// A test has no document, or two.
    TestInput = "DM0501",
    /// A test wants nothing, or what cannot be.
    TestWants = "DM0502",
    /// A test names a layer that nothing writes.
    UnknownLayer = "DM0503",
    /// A test's annotation is none.
    BadAnnotation = "DM0504",
    /// A command-line argument cannot be read, or names nothing in the pipeline.
    BadArgument = "DM0601",
    /// A command-line argument could mean two components.
    AmbiguousName = "DM0602",
    /// No component reads, or writes, files of this kind.
    UnknownFormat = "DM0603",
}

impl Code {
    /// The code of this name, in either case.
    pub fn of_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name().eq_ignore_ascii_case(name))
    }

    /// What it means, with examples.
    pub fn explanation(self) -> Explanation {
        let section = sections().find(|section| section.starts_with(self.name()));
        let (head, body) = section.and_then(|s| s.split_once('\n')).unwrap_or((self.name(), ""));
        let title = head.split_once(": ").map_or(head, |(_, title)| title);
        let example = |place: usize| {
            let fenced = body.split("```").nth(2 * place + 1);
            fenced.and_then(|fenced| fenced.split_once('\n')).map_or("", |(_, lines)| lines)
        };
        let text = body.split("```").next().unwrap_or_default().trim();
        let (wrong, right) = (example(0), example(1));
        Explanation { code: self, title, text, wrong, right }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a code means: `docmill explain DM0102`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// A few words.
    pub title: &'static str,
    /// A paragraph or two, in Markdown.
    pub text: &'static str,
    /// A piece of a pipeline file, or a command, that has the mistake.
    pub wrong: &'static str,
    /// The same without it.
    pub right: &'static str,
}

fn sections() -> impl Iterator<Item = &'static str> {
    include_str!("codes.md").split("\n## ").skip(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_and_nothing_else() {
        let explained: Vec<&str> = sections().map(|section| &section[..6]).collect();
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(explained, codes, "codes.md and the codes differ, or stand in another order");
        for code in Code::ALL {
            let Explanation { title, text, wrong, right, .. } = code.explanation();
            for (part, what) in
                [(title, "title"), (text, "text"), (wrong, "wrong example"), (right, "right one")]
            {
                assert!(!part.trim().is_empty(), "{code} has no {what}");
            }
            assert_ne!(wrong, right, "{code}");
        }
    }
}
