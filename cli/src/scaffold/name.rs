//! The name of a new plugin: kebab-case, and usable in the language it is written in.

use super::{python, rust};
use crate::args::{Component, Language};

/// A name in kebab-case that the plugin's language can use.
#[derive(Debug)]
pub(crate) struct Name(String);

impl Name {
    /// Reads a name as it was typed.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, and proposes the nearest good name.
    pub(crate) fn parse(
        typed: &str,
        language: Language,
        component: Component,
    ) -> Result<Self, String> {
        if let Some((folder, name)) = typed.trim_end_matches('/').rsplit_once('/') {
            return Err(format!(
                "`{typed}` is a path; go to the folder and give a name alone: \
                 `docmill -C {} new {}`",
                if folder.is_empty() { "/" } else { folder },
                kebab_case(name).unwrap_or_else(|| "NAME".to_owned()),
            ));
        }
        let good = kebab_case(typed);
        if good.as_deref() != Some(typed) {
            let proposal = good.map(|good| format!("; `{good}` would do")).unwrap_or_default();
            return Err(format!(
                "`{typed}` is not a name in kebab-case: lower-case letters, digits, single \
                 hyphens, a letter first, at most {LONGEST} chars{proposal}"
            ));
        }
        let name = Name(typed.to_owned());
        let taken = match language {
            Language::Rust => rust::taken(&name, component),
            Language::C => None,
            Language::Python => python::taken(&name),
        };
        match taken {
            None => Ok(name),
            Some(by) => Err(format!(
                "`{typed}` is {by}, so a plugin cannot be called that; `{typed}-{}` would do",
                match component {
                    Component::Stage => "words",
                    Component::Encoder => "lines",
                }
            )),
        }
    }

    /// As in pipelines: `mark-shouts`.
    pub(crate) fn kebab(&self) -> &str {
        &self.0
    }

    /// As modules and functions: `mark_shouts`.
    pub(crate) fn snake(&self) -> String {
        self.0.replace('-', "_")
    }

    /// As types: `MarkShouts`.
    pub(crate) fn camel(&self) -> String {
        let part = |part: &str| {
            let mut chars = part.chars();
            let first = chars.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(chars).collect::<String>()
        };
        self.0.split('-').map(part).collect()
    }
}

const LONGEST: usize = 64;

/// The name in kebab-case that is nearest to this, if it has a letter.
fn kebab_case(name: &str) -> Option<String> {
    let mut kebab = String::new();
    let mut before = '-';
    for c in name.chars() {
        let hump =
            c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit());
        if (hump || !c.is_ascii_alphanumeric()) && !kebab.is_empty() && !kebab.ends_with('-') {
            kebab.push('-');
        }
        if c.is_ascii_alphabetic() || (c.is_ascii_digit() && !kebab.is_empty()) {
            kebab.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    kebab.truncate(LONGEST);
    let kebab = kebab.trim_end_matches('-');
    (!kebab.is_empty()).then(|| kebab.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(typed: &str, language: Language) -> String {
        Name::parse(typed, language, Component::Stage).unwrap_err()
    }

    #[test]
    fn a_name_has_three_spellings() {
        let name = Name::parse("mark-x2-shouts", Language::Rust, Component::Stage).unwrap();
        let spellings = (name.kebab(), name.snake(), name.camel());
        let wanted = ("mark-x2-shouts", "mark_x2_shouts".to_owned(), "MarkX2Shouts".to_owned());
        assert_eq!(spellings, wanted);
    }

    #[test]
    fn the_nearest_good_name_is_proposed() {
        for (typed, good) in [
            ("Shout", "shout"),
            ("MarkShouts", "mark-shouts"),
            ("mark_shouts", "mark-shouts"),
            ("mark shouts!", "mark-shouts"),
            ("--mark--shouts--", "mark-shouts"),
            ("2mark", "mark"),
            ("-2-mark2", "mark2"),
            ("HTMLTables", "htmltables"),
            ("shout.py", "shout-py"),
            ("cafés", "caf-s"),
        ] {
            let proposal = format!("; `{good}` would do");
            let refusal = refusal(typed, Language::Rust);
            assert!(refusal.ends_with(&proposal), "{typed}: {refusal}");
            assert!(Name::parse(good, Language::Rust, Component::Stage).is_ok(), "{good}");
        }
        for hopeless in ["", "-", "42", "éé", "🙂"] {
            assert!(refusal(hopeless, Language::Rust).ends_with("chars"), "{hopeless}");
        }
        let long = "a".repeat(LONGEST);
        assert!(Name::parse(&long, Language::Rust, Component::Stage).is_ok());
        assert!(
            refusal(&(long.clone() + "a"), Language::Rust).contains(&format!("`{long}` would"))
        );
    }

    #[test]
    fn a_path_is_not_a_name() {
        let proposal = "`docmill -C plugins/own new mark-shouts`";
        assert!(refusal("plugins/own/MarkShouts/", Language::Rust).ends_with(proposal));
        assert!(refusal("/x", Language::Rust).ends_with("`docmill -C / new x`"));
        assert!(refusal("../..", Language::Rust).ends_with("`docmill -C .. new NAME`"));
    }

    #[test]
    fn a_name_that_the_language_has_itself_is_refused() {
        for name in ["match", "stage", "settings", "result", "serde", "docmill-core", "core"] {
            let refusal = refusal(name, Language::Rust);
            assert!(refusal.ends_with(&format!("`{name}-words` would do")), "{refusal}");
        }
        for name in ["json", "tokenize", "import", "docmill"] {
            let refusal = refusal(name, Language::Python);
            assert!(refusal.ends_with(&format!("`{name}-words` would do")), "{refusal}");
        }
        for name in ["keep", "marks", "no", "we", "template-encoder", "text"] {
            assert!(Name::parse(name, Language::Rust, Component::Stage).is_ok(), "{name}");
        }
    }
}
