//! The lexicon in the making: entries, aliases, classes.

use docmill_core::vocab::entities::Kind;
use docmill_text::{Case, Token, fold_hash, tokens};
use rustc_hash::FxHashMap;

use super::rows::lines;
use super::{Alias, Entry, Sort};
use crate::classes::{Class, Classes};
use crate::slug::decomposed;

/// Classes of words.
pub(super) const CLASSES: &str = include_str!("../../words/classes.txt");
const FIRST_NAMES: &str = include_str!("../../words/first-names.txt");
const SURNAMES: &str = include_str!("../../words/surnames.txt");

#[derive(Default)]
pub(super) struct Builder {
    pub(super) entries: Vec<Entry>,
    pub(super) aliases: Vec<Alias>,
    pub(super) phrases: Vec<(String, Case, u32)>,
    pub(super) classes: FxHashMap<u64, Classes>,
    pub(super) countries: FxHashMap<Box<str>, (u32, u16)>,
    pub(super) organisations: FxHashMap<Box<str>, u32>,
    pub(super) nations: FxHashMap<u64, u32>,
    pub(super) states: Vec<u32>,
    buffer: Vec<Token>,
    /// The country that entries are of now.
    pub(super) home: Option<u16>,
}

impl Builder {
    /// Reads all lists. Of names given twice, the earlier list's comes first.
    pub(super) fn filled() -> Self {
        let mut builder = Builder::default();
        builder.classes();
        builder.countries();
        builder.groups();
        builder.seats();
        builder.organisations();
        builder.persons();
        builder.places();
        builder
    }

    pub(super) fn entry(
        &mut self,
        kind: Kind,
        sort: Sort,
        id: &str,
        name: &str,
        actor: Option<(Box<str>, Box<str>)>,
    ) -> u32 {
        let home = self.home;
        self.entries.push(Entry {
            kind,
            sort,
            id: id.into(),
            name: name.into(),
            home,
            rules_at_home: false,
            is_medium: false,
            actor,
        });
        self.entries.len() as u32 - 1
    }

    pub(super) fn alias(&mut self, entry: u32, alias: &str) {
        let alias = alias.trim();
        tokens(alias, &mut self.buffer);
        let mut capitals = 0;
        for (at, token) in self.buffer.iter().take(32).enumerate() {
            if token.text(alias).chars().any(char::is_uppercase) {
                capitals |= 1 << at;
            }
        }
        let id = self.aliases.len() as u32;
        let single = self.buffer.len() == 1;
        self.aliases.push(Alias { entry, capitals, single });
        let letters = alias.chars().filter(|c| c.is_alphabetic()).count();
        let acronym = single && !alias.chars().any(char::is_lowercase);
        let case = match alias.chars().next() {
            _ if acronym && letters <= 6 => Case::Exact,
            _ if capitals == 0 => Case::Exact,
            Some(first) if first.is_lowercase() => Case::Any,
            _ => Case::Capitalised,
        };
        if let Some(decomposed) = decomposed(alias) {
            self.phrases.push((decomposed, case, id));
        }
        self.phrases.push((alias.to_owned(), case, id));
    }

    pub(super) fn mark(&mut self, word: &str, class: Class) {
        self.classes.entry(fold_hash(word)).or_default().insert(class);
    }

    /// Remembers which country a single word names.
    pub(super) fn nation(&mut self, word: &str, entry: u32) {
        self.nations.entry(fold_hash(word)).or_insert(entry);
    }

    /// Marks the single words of a name, so that `US-led` is seen to hold one.
    pub(super) fn mark_nation(&mut self, word: &str) {
        if word.contains('-') {
            self.mark_hyphenated(word);
        } else if !word.contains(' ') {
            self.mark(word, Class::Nation);
        }
    }

    /// Marks the words with a hyphen in a name, so that they stay whole.
    pub(super) fn mark_hyphenated(&mut self, name: &str) {
        for word in name.split(' ').filter(|word| word.contains('-')) {
            self.mark(word, Class::Hyphenated);
        }
    }

    fn classes(&mut self) {
        let mut class = None;
        for line in lines(CLASSES) {
            if let Some(heading) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                class = Class::of_heading(heading);
                continue;
            }
            for word in line.split_whitespace() {
                let Some(class) = class else { continue };
                self.mark(word, class);
                // "Gen." is a token with its full stop.
                if matches!(class, Class::StateOffice | Class::OwnOffice | Class::FormOfAddress)
                    && word.len() <= 5
                {
                    self.mark(&format!("{word}."), class);
                }
            }
        }
        for word in lines(FIRST_NAMES).flat_map(str::split_whitespace) {
            self.mark(word, Class::FirstName);
        }
        for word in lines(SURNAMES).flat_map(str::split_whitespace) {
            self.mark(word, Class::Surname);
        }
    }

    pub(super) fn actor(&self, entry: u32) -> Option<(Box<str>, Box<str>)> {
        self.entries.get(entry as usize).map(|entry| (entry.id.clone(), entry.name.clone()))
    }

    pub(super) fn home_of(&self, code: &str) -> Option<u16> {
        self.countries.get(code).map(|(_, home)| *home)
    }

    pub(super) fn country_actor(&self, code: &str) -> Option<(Box<str>, Box<str>)> {
        self.actor(self.countries.get(code)?.0)
    }
}
