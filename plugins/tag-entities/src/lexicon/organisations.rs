//! Organisations: organs of states, unions of states, and those that act for themselves.

use docmill_core::vocab::entities::Kind;

use super::Sort;
use super::builder::Builder;
use super::rows::{cells, rows};
use crate::slug::slug;

pub(super) const ORGANISATIONS: &str = include_str!("../../words/organisations.tsv");

impl Builder {
    pub(super) fn organisations(&mut self) {
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
                let rules = sort == "ruling";
                let is_medium = matches!(sort, "medium" | "news-agency");
                let sort = if organ { Sort::Organ } else { Sort::Organisation };
                let entry = self.entry(Kind::Organisation, sort, &id, name, actor);
                self.entries[entry as usize].is_medium = is_medium;
                self.entries[entry as usize].rules_at_home = rules;
                self.organisations.insert(format!("org:{}", slug(name)).into(), entry);
                for alias in cells(organisation) {
                    self.mark_hyphenated(alias);
                    self.alias(entry, alias);
                }
            }
        }
    }
}

/// Whether an acronym makes a better id than the full name.
fn names_well(alias: &str) -> bool {
    let acronym = alias.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    acronym
        && (matches!(alias, "UN" | "EU")
            || (3..=7).contains(&alias.len())
                && !alias.starts_with("UNS")
                && !alias.starts_with("UNG"))
}
