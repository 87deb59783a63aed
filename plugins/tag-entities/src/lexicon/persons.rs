//! Persons whom news knows by name, and for whom they act.

use docmill_core::vocab::entities::Kind;

use super::Sort;
use super::builder::Builder;
use super::rows::{cells, rows};
use crate::slug::slug;

pub(super) const PERSONS: &str = include_str!("../../words/persons.tsv");

impl Builder {
    pub(super) fn persons(&mut self) {
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
