//! What the tagger knows before it reads: names of countries, places, persons and organisations, and
//! classes of words. Compiled in from `words/`, laid out once a process.

use std::sync::OnceLock;

use docmill_core::vocab::entities::Kind;
use docmill_text::{Case, Phrases, Token, english, fold_hash, tokens};
use rustc_hash::FxHashMap;

use crate::classes::{Class, Classes};
use crate::slug::{decomposed, slug};

/// The lists, as text.
const COUNTRIES: &str = include_str!("../words/countries.tsv");
const PLACES: &str = include_str!("../words/places.tsv");
const SEATS: &str = include_str!("../words/seats.tsv");
const ORGANISATIONS: &str = include_str!("../words/organisations.tsv");
const PERSONS: &str = include_str!("../words/persons.tsv");
const CLASSES: &str = include_str!("../words/classes.txt");
const FIRST_NAMES: &str = include_str!("../words/first-names.txt");
const SURNAMES: &str = include_str!("../words/surnames.txt");

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
        let mut builder = Builder::default();
        builder.classes();
        builder.countries();
        builder.seats();
        builder.organisations();
        builder.persons();
        builder.places();
        let phrases = Phrases::mixed(english(), builder.phrases);
        Lexicon {
            entries: builder.entries,
            aliases: builder.aliases,
            phrases,
            classes: builder.classes,
            nations: builder.nations,
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

#[derive(Default)]
struct Builder {
    entries: Vec<Entry>,
    aliases: Vec<Alias>,
    phrases: Vec<(String, Case, u32)>,
    classes: FxHashMap<u64, Classes>,
    countries: FxHashMap<Box<str>, (u32, u16)>,
    organisations: FxHashMap<Box<str>, u32>,
    nations: FxHashMap<u64, u32>,
    buffer: Vec<Token>,
    /// The country that entries are of now.
    home: Option<u16>,
}

impl Builder {
    fn entry(
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
            is_medium: false,
            actor,
        });
        self.entries.len() as u32 - 1
    }

    fn alias(&mut self, entry: u32, alias: &str) {
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

    fn mark(&mut self, word: &str, class: Class) {
        self.classes.entry(fold_hash(word)).or_default().insert(class);
    }

    /// Remembers which country a single word names.
    fn nation(&mut self, word: &str, entry: u32) {
        self.nations.entry(fold_hash(word)).or_insert(entry);
    }

    /// Marks the single words of a name, so that `US-led` is seen to hold one.
    fn mark_nation(&mut self, word: &str) {
        if word.contains('-') {
            self.mark_hyphenated(word);
        } else if !word.contains(' ') {
            self.mark(word, Class::Nation);
        }
    }

    /// Marks the words with a hyphen in a name, so that they stay whole.
    fn mark_hyphenated(&mut self, name: &str) {
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

    fn actor(&self, entry: u32) -> Option<(Box<str>, Box<str>)> {
        self.entries.get(entry as usize).map(|entry| (entry.id.clone(), entry.name.clone()))
    }

    fn home_of(&self, code: &str) -> Option<u16> {
        self.countries.get(code).map(|(_, home)| *home)
    }

    fn country_actor(&self, code: &str) -> Option<(Box<str>, Box<str>)> {
        self.actor(self.countries.get(code)?.0)
    }

    fn countries(&mut self) {
        for [code, name, aliases, demonyms, capitals] in rows(COUNTRIES) {
            let id = format!("country:{code}");
            let actor: Option<(Box<str>, Box<str>)> = Some((id.as_str().into(), name.into()));
            self.home = Some(self.countries.len() as u16);
            let entry = self.entry(Kind::Place, Sort::Country, &id, name, actor.clone());
            self.countries.insert(code.into(), (entry, self.countries.len() as u16));
            for alias in cells(name).chain(cells(aliases)) {
                self.mark_nation(alias);
                self.nation(alias, entry);
                self.alias(entry, alias);
            }
            let (adjectives, people) = demonyms.split_once(';').unwrap_or((demonyms, ""));
            let demonym = self.entry(Kind::Group, Sort::Demonym, &id, name, actor.clone());
            for alias in cells(adjectives) {
                self.mark_nation(alias);
                self.mark(alias, Class::Demonym);
                self.nation(alias, entry);
                self.alias(demonym, alias);
            }
            let nation = self.entry(Kind::Group, Sort::People, &id, name, actor.clone());
            for alias in cells(people) {
                self.mark_nation(alias);
                self.alias(nation, alias);
            }
            for capital in capitals.split(';') {
                let Some(name) = cells(capital).next() else { continue };
                let id = format!("place:{}", slug(name));
                let entry = self.entry(Kind::Place, Sort::Capital, &id, name, actor.clone());
                for alias in cells(capital) {
                    self.mark_nation(alias);
                    self.alias(entry, alias);
                }
            }
        }
        self.home = None;
        let union: Option<(Box<str>, Box<str>)> = Some(("org:eu".into(), "European Union".into()));
        let brussels = self.entry(Kind::Place, Sort::Capital, "place:brussels", "Brussels", union);
        self.mark_nation("Brussels");
        self.alias(brussels, "Brussels");
        self.groups();
    }

    fn groups(&mut self) {
        let mut inside = false;
        for line in lines(CLASSES) {
            if line.starts_with('[') {
                inside = line == "[group]";
            } else if inside {
                for word in line.split_whitespace() {
                    let mut name = word.replace('-', " ").replace('\'', "");
                    capitalise_words(&mut name);
                    let alias = hyphenated(word);
                    let entry = self.entry(
                        Kind::Group,
                        Sort::Group,
                        &format!("group:{}", slug(word)),
                        &name,
                        None,
                    );
                    self.alias(entry, &alias);
                }
            }
        }
    }

    fn places(&mut self) {
        for [label, code, places] in rows(PLACES) {
            self.home = self.home_of(code);
            let kind = Kind::of_name(label).unwrap_or(Kind::Location);
            for place in places.split(';') {
                let Some(name) = cells(place).next() else { continue };
                let id = format!("place:{}", slug(name));
                let polity = POLITIES.contains(&name);
                let actor = polity.then(|| (id.as_str().into(), name.into()));
                let sort = if polity { Sort::Polity } else { Sort::Place };
                let entry = self.entry(kind, sort, &id, name, actor);
                for alias in cells(place) {
                    self.mark_hyphenated(alias);
                    self.alias(entry, alias);
                }
            }
        }
    }

    fn seats(&mut self) {
        for [id, label, code, name, aliases] in rows(SEATS) {
            self.home = self.home_of(code);
            let kind = Kind::of_name(label).unwrap_or(Kind::Organisation);
            let actor = self.country_actor(code);
            let entry = self.entry(kind, Sort::Seat, id, name, actor);
            for alias in cells(name).chain(cells(aliases)) {
                self.alias(entry, alias);
            }
        }
    }

    fn organisations(&mut self) {
        for [sort, code, organisations] in rows(ORGANISATIONS) {
            self.home = self.home_of(code);
            for organisation in organisations.split(';') {
                let Some(name) = cells(organisation).next() else { continue };
                let acronym = cells(organisation).find(|alias| names_well(alias));
                let short = matches!(sort, "igo" | "alliance").then_some(acronym).flatten();
                let id = format!("org:{}", slug(short.unwrap_or(name)));
                let organ = matches!(sort, "agency" | "army" | "parliament" | "bank" | "court");
                let actor = match self.country_actor(code).filter(|_| organ) {
                    Some(state) => Some(state),
                    None if sort == "eu-body" => Some(("org:eu".into(), "European Union".into())),
                    None => Some((id.as_str().into(), name.into())),
                };
                let is_medium = matches!(sort, "medium" | "news-agency");
                let sort = if organ { Sort::Organ } else { Sort::Organisation };
                let entry = self.entry(Kind::Organisation, sort, &id, name, actor);
                self.entries[entry as usize].is_medium = is_medium;
                self.organisations.insert(format!("org:{}", slug(name)).into(), entry);
                for alias in cells(organisation) {
                    self.mark_hyphenated(alias);
                    self.alias(entry, alias);
                }
            }
        }
    }

    fn persons(&mut self) {
        for [country, office, _, _, persons] in rows(PERSONS) {
            self.home = self.home_of(country);
            let side = match country.strip_prefix('=') {
                Some(organisation) => {
                    self.organisations.get(organisation).and_then(|entry| self.actor(*entry))
                }
                None => self.country_actor(country),
            };
            for person in persons.split(';') {
                let Some(name) = cells(person).next() else { continue };
                let id = format!("person:{}", slug(name));
                let own = (id.as_str().into(), name.into());
                let (sort, actor) = match &side {
                    Some(side) if office != "own" => (Sort::Official, side.clone()),
                    _ => (Sort::Person, own),
                };
                let entry = self.entry(Kind::Person, sort, &id, name, Some(actor));
                for alias in cells(person) {
                    self.mark_hyphenated(alias);
                    self.alias(entry, alias);
                }
            }
        }
    }
}

/// Places that govern themselves without being a state of ours.
const POLITIES: &[&str] = &[
    "Transnistria",
    "Abkhazia",
    "South Ossetia",
    "Somaliland",
    "Northern Cyprus",
    "Iraqi Kurdistan",
    "Republika Srpska",
    "Donetsk People's Republic",
    "Luhansk People's Republic",
    "Scotland",
    "Catalonia",
    "Puntland",
    "Nagorno-Karabakh",
];

/// Whether an acronym makes a better id than the full name.
fn names_well(alias: &str) -> bool {
    let acronym = alias.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    acronym
        && (matches!(alias, "UN" | "EU")
            || (3..=7).contains(&alias.len())
                && !alias.starts_with("UNS")
                && !alias.starts_with("UNG"))
}

fn capitalise_words(name: &mut String) {
    *name = name.split(' ').map(capitalised).collect::<Vec<_>>().join(" ");
}

fn hyphenated(word: &str) -> String {
    word.split('-').map(capitalised).collect::<Vec<_>>().join("-")
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The lines of a list that say something.
fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

/// The rows of a list of so many columns.
fn rows<const COLUMNS: usize>(list: &'static str) -> impl Iterator<Item = [&'static str; COLUMNS]> {
    lines(list).filter_map(|line| {
        let mut row = [""; COLUMNS];
        let mut cells = line.split('\t');
        for cell in &mut row {
            *cell = cells.next()?;
        }
        cells.next().is_none().then_some(row)
    })
}

/// The names in a cell.
fn cells(cell: &'static str) -> impl Iterator<Item = &'static str> {
    cell.split('|').filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

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
