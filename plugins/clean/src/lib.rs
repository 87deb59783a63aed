//! The stage `clean`: removes what a news site leaves around an article.
//!
//! It reads plain text with one block a line: headline, paragraphs, and between them menus, captions,
//! counters, sign-up boxes, links. Each line gets points from every [`Rule`] by its own words and shape; the page
//! around it (where the article's body is, what stands twice, what became of the neighbours) decides.
//! A line whose points reach the threshold is removed with its line break, and the removal names the rule.
//! What stays, stays byte for byte. Besides the rules' names, removals give `whitespace` as reason (blank lines
//! left over, white space before line breaks) and, where `inline` is set, `truncation` and `dateline`.
//!
//! On the way it sets metadata that it is sure of: `title`, `byline`, `outlet`, `date` (as `2021-05-03`);
//! it never replaces what is there already.
//!
//! ```
//! use docmill_clean::{Clean, Settings};
//! use docmill_core::{Changes, DocumentBuf, Stage};
//!
//! let text = "We use cookies to improve your experience\n\nThe town thanked its harbour crews for their work.";
//! let document = DocumentBuf::with_text(text);
//! let mut changes = Changes::new();
//! Clean::build(Settings::default())?.process(&document.view(), &mut changes)?;
//! assert!(!changes.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Time and memory grow with the length of the text and nothing else.

mod cues;
mod cut;
mod found;
mod inline;
mod kinds;
mod lines;
mod page;
mod rules;
mod words;

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Stage, Verdict,
};
use schemars::JsonSchema;
use serde::Deserialize;

pub use rules::Rule;

use crate::{
    cut::Cut,
    page::{Limits, Page},
    rules::RuleSet,
    words::Word,
};

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).stage::<Clean>()
}

/// Removes what a news site leaves around an article: menus, captions, sign-up boxes, links and the like.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// The points, from 1 to 100, from which a line is removed. Lower removes more of the boilerplate and
    /// more of the article with it, higher keeps more of both. Default: 50.
    #[schemars(range(min = 1, max = 100))]
    pub threshold: u8,
    /// Rules that are not to remove anything, by name. Default: none.
    pub without: Vec<Rule>,
    /// Whether to remove residue inside lines that stay, too: the dots or the count of characters that
    /// end a text which was cut off, the desk's note in brackets at a line's end, a wire's dateline at its
    /// beginning. Such a line is then no longer as the site wrote it. Default: false.
    pub inline: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { threshold: 50, without: Vec::new(), inline: false }
    }
}

/// The stage.
pub struct Clean {
    limits: Limits,
    inline: bool,
    page: Page,
    cuts: Vec<Cut>,
    words: Vec<Word>,
}

impl Stage for Clean {
    const NAME: &'static str = "clean";
    type Settings = Settings;

    fn contract(_: &Settings) -> Contract {
        Contract::new().edits_text().sets("title").sets("byline").sets("outlet").sets("date")
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        if !(1..=100).contains(&settings.threshold) {
            return Err(BuildError::at("/threshold", "must be from 1 to 100"));
        }
        let mut rules = RuleSet::default();
        for rule in Rule::ALL.iter().filter(|rule| !settings.without.contains(rule)) {
            rules.insert(*rule);
        }
        let limits = Limits { threshold: settings.threshold, rules };
        Ok(Clean {
            limits,
            inline: settings.inline,
            page: Page::default(),
            cuts: Vec::new(),
            words: Vec::new(),
        })
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let text = document.text();
        self.page.read(text, self.limits);
        let reason = |at: usize| self.page.verdicts.get(at).copied().flatten().map(Rule::name);
        cut::cuts_of(text, &self.page.lines.all, reason, &mut self.cuts);
        for (range, reason) in &self.cuts {
            changes.remove(range.clone(), reason);
        }
        if self.inline {
            self.remove_residue(text, changes);
        }
        self.tell(document, changes);
        Ok(Verdict::Keep)
    }
}

impl Clean {
    /// Removes what is left over inside the lines that stay.
    fn remove_residue(&mut self, text: &str, changes: &mut Changes) {
        let lines = self.page.lines.all.iter().zip(&self.page.verdicts);
        for (line, _) in lines.filter(|(_, verdict)| verdict.is_none()) {
            let start = line.ink as usize;
            let inked = text.get(start..line.end as usize).unwrap_or_default();
            for (range, reason) in inline::residue(inked, &mut self.words) {
                changes.remove(start + range.start..start + range.end, reason);
            }
        }
    }

    /// Sets the metadata that was found, where there is none yet.
    fn tell(&mut self, document: &Document<'_>, changes: &mut Changes) {
        let found = found::found_in(document.text(), &self.page, &mut self.words);
        let mut set = |key: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|_| document.metadata(key).is_none()) {
                changes.set(key, value);
            }
        };
        set("title", found.title);
        set("byline", found.byline);
        set("outlet", found.outlet);
        let date = found.date.map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
        set("date", date.as_deref());
    }
}

#[cfg(test)]
mod tests;
