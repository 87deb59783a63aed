//! What the tagger knows before it reads: names of countries, places, persons and organisations, and
//! classes of words. Compiled in from `words/`, laid out once a process.

mod builder;
mod countries;
mod organisations;
mod persons;
mod rows;

use std::sync::OnceLock;

use docmill_core::vocab::entities::Kind;
use docmill_text::{Phrases, Token, english};
use rustc_hash::FxHashMap;

use crate::classes::Classes;
use crate::lexicon::builder::Builder;

/// What an entry is, which decides how the actor behind it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A country by name.
    Country,
    /// `Ukrainian`: what is of a country, or one of its people.
    Demonym,
    /// `Ukrainians`: only the people.
    People,
    /// A capital, which may mean its government.
    Capital,
    /// A place that governs itself, in fact if not in law.
    Polity,
    /// Any other place.
    Place,
    /// A house that means its government.
    Seat,
    /// An organ of a state.
    Organ,
    /// An organisation that acts for itself.
    Organisation,
    /// Someone who acts for a state or an organisation.
    Official,
    /// Someone who acts for themselves.
    Person,
    /// A faith, people or political camp.
    Group,
}

/// Someone or something that has a name.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) sort: Sort,
    pub(crate) id: Box<str>,
    pub(crate) name: Box<str>,
    /// The country it is of, if any: an index into the countries.
    pub(crate) home: Option<u16>,
    /// Whether it is a movement that governs its country.
    pub(crate) rules_at_home: bool,
    /// Whether it is a newspaper, broadcaster or news agency.
    pub(crate) is_medium: bool,
    /// The id and the name of the actor that it can stand for.
    pub(crate) actor: Option<(Box<str>, Box<str>)>,
}

/// One way to write an entry's name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alias {
    pub(crate) entry: u32,
    /// The tokens of it, from the lowest bit, that hold a capital letter.
    capitals: u32,
    /// Whether it is one token.
    pub(crate) single: bool,
}

/// All that is known.
pub(crate) struct Lexicon {
    pub(crate) entries: Vec<Entry>,
    aliases: Vec<Alias>,
    pub(crate) phrases: Phrases,
    classes: FxHashMap<u64, Classes>,
    nations: FxHashMap<u64, u32>,
    states: Vec<u32>,
    #[cfg(test)]
    countries: FxHashMap<Box<str>, (u32, u16)>,
}

/// The lexicon, laid out on first use.
pub(crate) fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(Lexicon::new)
}

impl Lexicon {
    fn new() -> Self {
        let builder = Builder::filled();
        let phrases = Phrases::mixed(english(), builder.phrases);
        Lexicon {
            entries: builder.entries,
            aliases: builder.aliases,
            phrases,
            classes: builder.classes,
            nations: builder.nations,
            states: builder.states,
            #[cfg(test)]
            countries: builder.countries,
        }
    }

    /// The alias that a phrase match means.
    pub(crate) fn alias(&self, id: u32) -> Option<Alias> {
        self.aliases.get(id as usize).copied()
    }

    /// The entry of this number.
    pub(crate) fn entry(&self, entry: u32) -> Option<&Entry> {
        self.entries.get(entry as usize)
    }

    /// The classes of a word, by its folded hash.
    #[inline]
    pub(crate) fn classes_of(&self, hash: u64) -> Classes {
        self.classes.get(&hash).copied().unwrap_or_default()
    }

    /// The country that a word names or is a demonym of, by its folded hash.
    pub(crate) fn nation(&self, hash: u64) -> Option<u32> {
        self.nations.get(&hash).copied()
    }

    /// The entry of a country, by its place among them.
    pub(crate) fn state(&self, home: u16) -> Option<u32> {
        self.states.get(usize::from(home)).copied()
    }

    /// The country of an ISO code.
    #[cfg(test)]
    pub(crate) fn country(&self, code: &str) -> Option<&Entry> {
        self.entry(self.countries.get(code)?.0)
    }
}

impl Alias {
    /// Whether capitals stand where the name has them.
    pub(crate) fn fits(self, text: &str, tokens: &[Token]) -> bool {
        tokens.iter().take(32).enumerate().all(|(at, token)| {
            self.capitals >> at & 1 == 0 || token.text(text).chars().any(char::is_uppercase)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::builder::CLASSES;
    use super::countries::{COUNTRIES, PLACES, SEATS};
    use super::organisations::ORGANISATIONS;
    use super::persons::PERSONS;
    use super::rows::{lines, rows};
    use super::*;
    use crate::classes::Class;

    #[test]
    fn every_row_is_read() {
        let count = |list: &'static str| lines(list).count();
        assert_eq!(rows::<5>(COUNTRIES).count(), count(COUNTRIES));
        assert_eq!(rows::<3>(PLACES).count(), count(PLACES));
        assert_eq!(rows::<5>(SEATS).count(), count(SEATS));
        assert_eq!(rows::<3>(ORGANISATIONS).count(), count(ORGANISATIONS));
        assert_eq!(rows::<5>(PERSONS).count(), count(PERSONS));
    }

    #[test]
    fn every_country_code_and_label_is_known() {
        let known = |code: &str| code.is_empty() || lexicon().country(code).is_some();
        for [code, ..] in rows::<5>(PERSONS).filter(|[code, ..]| !code.starts_with('=')) {
            assert!(known(code), "{code}");
        }
        for [label, code, _] in rows::<3>(PLACES) {
            assert!(known(code) && Kind::of_name(label).is_some(), "{label} {code}");
        }
        for [_, code, _] in rows::<3>(ORGANISATIONS) {
            assert!(known(code), "{code}");
        }
    }

    #[test]
    fn one_id_has_one_name() {
        let mut names = FxHashMap::default();
        for entry in &lexicon().entries {
            let name = names.entry(&entry.id).or_insert(&entry.name);
            assert_eq!(*name, &entry.name, "{}", entry.id);
        }
    }

    #[test]
    fn every_person_acts_for_someone() {
        for entry in lexicon().entries.iter().filter(|entry| entry.kind == Kind::Person) {
            assert!(entry.actor.is_some(), "{}", entry.id);
        }
    }

    #[test]
    fn every_class_has_a_list() {
        for line in lines(CLASSES).filter(|line| line.starts_with('[')) {
            let heading = line.trim_matches(['[', ']']);
            assert!(Class::of_heading(heading).is_some(), "{heading}");
        }
    }
}
