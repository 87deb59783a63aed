//! Organisations and places by the form of their names: `Ministry of Defense`, `Acme Holdings Inc.`,
//! `Gulf of Finland`.

use docmill_core::vocab::entities::Kind;

use super::{LONGEST, Runs, is_dash};
use crate::classes::Class;
use crate::lexicon::lexicon;
use crate::prose::Manner;

impl Runs<'_, '_> {
    /// An organisation whose name starts at a token by its form; returns where it ends.
    pub(super) fn organisation(
        &mut self,
        first: usize,
        run_end: usize,
        limit: usize,
    ) -> Option<usize> {
        let prose = self.prose;
        let known = self.peek_known(first);
        if self.manner != Manner::Prose
            || prose.word(first).classes.has(Class::NoName)
            || known.is_none() && self.is_title_core(first)
        {
            return None;
        }
        if let Some(end) = self.place_of_form(first, limit) {
            self.mention(first..end, Kind::Location, None, "place-form", 0.8);
            return Some(end);
        }
        let end = self.of_form(first, limit).or_else(|| self.last_form(first, run_end))?;
        if known.is_some_and(|known| known.end >= end) {
            return None;
        }
        let person = known
            .and_then(|known| lexicon().entry(known.entry))
            .is_some_and(|entry| entry.kind == Kind::Person);
        if person && prose.is_capital(first) && end - first > 4 {
            return None;
        }
        self.mention(first..end, Kind::Organisation, None, "organisation-form", 0.8);
        Some(end)
    }

    /// `Ministry of Defense`, `University of California`: at most one known or capitalised word before.
    pub(super) fn of_form(&self, first: usize, limit: usize) -> Option<usize> {
        let prose = self.prose;
        let mut head = first;
        while head < first + 4
            && head < limit
            && prose.is_capital(head)
            && !prose.has(head, Class::OrganisationFirst)
        {
            head += 1;
        }
        if !prose.is_capital(head)
            || !prose.has(head, Class::OrganisationFirst)
            || !(prose.is(head + 1, "of") || prose.is(head + 1, "for"))
        {
            return None;
        }
        let mut at = head + 2;
        if prose.is(at, "the") {
            at += 1;
        }
        if !self.is_name_word(at, limit) {
            return None;
        }
        loop {
            while self.is_name_word(at, limit.min(first + LONGEST)) {
                at += 1;
            }
            let joined = prose.is(at, "and")
                && !prose.has(at + 1, Class::FirstName)
                && self.peek_known(at + 1).is_none()
                || prose.is(at, "of")
                || prose.is(at, "&");
            if joined
                && self.is_name_word(at + 1, limit.min(first + LONGEST))
                && !self.is_title_core(at + 1)
            {
                at += 1;
            } else {
                return Some(at);
            }
        }
    }

    /// `Gulf of Finland`, `Sea of Okhotsk`.
    pub(super) fn place_of_form(&self, first: usize, limit: usize) -> Option<usize> {
        let prose = self.prose;
        let head = first + usize::from(prose.is(first, "the"));
        let named = self.peek_known(head).is_none_or(|known| known.end <= head + 1)
            && prose.is_capital(head)
            && prose.has(head, Class::PlaceOf)
            && prose.is(head + 1, "of")
            && self.is_name_word(head + 2, limit);
        named.then(|| head + 3)
    }

    /// `Conservative Party`, `Acme Holdings Inc.`: two words or more.
    pub(super) fn last_form(&self, first: usize, run_end: usize) -> Option<usize> {
        let prose = self.prose;
        let mut last = None;
        let mut at = first;
        while at < run_end.min(first + LONGEST)
            && (prose.is_capital(at) || is_dash(prose.token(at)))
        {
            if at > first && self.is_title_core(at) {
                break;
            }
            let office = prose.has(at, Class::OfficeModifier)
                && prose.word(at + 1).classes.any(&[Class::StateOffice, Class::OwnOffice]);
            if at > first && prose.has(at, Class::OrganisationLast) && !office {
                last = Some(at + 1);
            }
            at += 1;
        }
        last
    }
}
