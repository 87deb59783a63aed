//! Countries with their demonyms and capitals, peoples, places, seats of government.

use docmill_core::vocab::entities::Kind;

use super::Sort;
use super::builder::{Builder, CLASSES};
use super::rows::{cells, lines, rows};
use crate::classes::Class;
use crate::slug::slug;

pub(super) const COUNTRIES: &str = include_str!("../../words/countries.tsv");
pub(super) const PLACES: &str = include_str!("../../words/places.tsv");
pub(super) const SEATS: &str = include_str!("../../words/seats.tsv");

impl Builder {
    pub(super) fn countries(&mut self) {
        for [code, name, aliases, demonyms, capitals] in rows(COUNTRIES) {
            let id = format!("country:{code}");
            let actor: Option<(Box<str>, Box<str>)> = Some((id.as_str().into(), name.into()));
            self.home = Some(self.countries.len() as u16);
            let entry = self.entry(Kind::Place, Sort::Country, &id, name, actor.clone());
            self.states.push(entry);
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
    }

    pub(super) fn groups(&mut self) {
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

    pub(super) fn places(&mut self) {
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

    pub(super) fn seats(&mut self) {
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
