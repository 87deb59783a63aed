//! Names that the lists know, found in the text: the longest, from left to right, without overlap.
//!
//! A name that is also a word, or part of an unknown name (`Michael Jordan`), is left to the rules
//! for unknown names. Where a name has several bearers (`Georgia`), the one whose country the
//! document names most is meant.

use docmill_core::vocab::entities::Kind;
use docmill_text::PhraseMatch;

use crate::classes::Class;
use crate::lexicon::{Alias, Entry, Lexicon, Sort, lexicon};
use crate::prose::{Manner, Prose, Shape};

/// A known name in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its first token.
    pub(crate) first: usize,
    /// One past its last token.
    pub(crate) end: usize,
    /// Whom it names: a number of the lexicon.
    pub(crate) entry: u32,
}

/// Buffers of the search.
#[derive(Default)]
pub(crate) struct Gazetteer {
    found: Vec<PhraseMatch>,
    /// The readings of names with several bearers, with the place in the result.
    doubts: Vec<(usize, u32)>,
    homes: Vec<u32>,
}

impl Gazetteer {
    /// Finds the known names. `out` is cleared first.
    pub(crate) fn find(&mut self, prose: &Prose<'_>, out: &mut Vec<Known>) {
        out.clear();
        self.doubts.clear();
        let lexicon = lexicon();
        let mut found = std::mem::take(&mut self.found);
        for sentence in prose.sentences {
            let range = sentence.tokens.clone();
            let (tokens, hashes) = (&prose.tokens[range.clone()], &prose.hashes[range.clone()]);
            lexicon.phrases.matches(prose.text, tokens, hashes, &mut found);
            let mut free = range.start;
            let mut at = 0;
            while let Some(next) = found.get(at) {
                let first = range.start + next.first as usize;
                let same = found[at..].iter().take_while(|other| other.first == next.first).count();
                if first >= free {
                    let end = self.accept(prose, &found[at..at + same], first, out);
                    free = free.max(end);
                }
                at += same;
            }
        }
        self.found = found;
        self.settle(lexicon, out);
    }

    /// Takes the readings of one stretch of text that fit; returns where to go on.
    fn accept(
        &mut self,
        prose: &Prose<'_>,
        readings: &[PhraseMatch],
        first: usize,
        out: &mut Vec<Known>,
    ) -> usize {
        let lexicon = lexicon();
        let mut taken = 0;
        let mut end = first;
        for reading in readings {
            let Some(alias) = lexicon.alias(reading.id) else { continue };
            let length = (reading.end - reading.first) as usize;
            let fits = alias.fits(prose.text, &prose.tokens[first..first + length])
                && lexicon
                    .entry(alias.entry)
                    .is_some_and(|entry| is_meant(prose, first, length, alias, entry));
            if !fits
                || out.last().is_some_and(|last| last.first == first && last.entry == alias.entry)
            {
                continue;
            }
            if taken == 0 {
                end = first + length;
                out.push(Known { first, end, entry: alias.entry });
            }
            taken += 1;
            self.doubts.push((out.len() - 1, alias.entry));
        }
        match taken {
            0 => return self.shorter(prose, readings, first, out),
            1 => {
                self.doubts.pop();
            }
            _ => {}
        }
        end
    }

    /// A longer name did not fit: looks for a shorter one that starts at the same token.
    fn shorter(
        &mut self,
        prose: &Prose<'_>,
        readings: &[PhraseMatch],
        first: usize,
        out: &mut Vec<Known>,
    ) -> usize {
        let length = readings.first().map_or(0, |reading| (reading.end - reading.first) as usize);
        if !(2..=8).contains(&length) {
            return first;
        }
        let tokens = first..first + length - 1;
        let mut found = Vec::new();
        lexicon().phrases.matches(
            prose.text,
            &prose.tokens[tokens.clone()],
            &prose.hashes[tokens],
            &mut found,
        );
        let same = found.iter().take_while(|other| other.first == 0).count();
        if same == 0 { first } else { self.accept(prose, &found[..same], first, out) }
    }

    /// Chooses among bearers of one name by the countries that the document names.
    fn settle(&mut self, lexicon: &Lexicon, out: &mut [Known]) {
        if self.doubts.is_empty() {
            return;
        }
        self.homes.clear();
        for (at, known) in out.iter().enumerate() {
            let home = lexicon.entry(known.entry).and_then(|entry| entry.home);
            if let Some(home) =
                home.filter(|_| self.doubts.binary_search_by_key(&at, |(at, _)| *at).is_err())
            {
                let home = usize::from(home);
                self.homes.resize(self.homes.len().max(home + 1), 0);
                self.homes[home] += 1;
            }
        }
        let named = |entry: u32| {
            let home = lexicon.entry(entry).and_then(|entry| entry.home);
            home.and_then(|home| self.homes.get(usize::from(home)).copied()).unwrap_or(0)
        };
        for (at, entry) in &self.doubts {
            let known = &mut out[*at];
            if named(*entry) > named(known.entry) {
                known.entry = *entry;
            }
        }
    }
}

/// Whether a name of the lists is a name here.
fn is_meant(prose: &Prose<'_>, first: usize, length: usize, alias: Alias, entry: &Entry) -> bool {
    let word = prose.word(first);
    let manner = prose.manner(first);
    if !alias.single {
        return true;
    }
    if manner == Manner::Caps
        && word.shape == Shape::Caps
        && prose.token(first).len() <= 3
        && word.classes.any(&[Class::NoName, Class::Ambiguous])
    {
        return false;
    }
    if word.classes.has(Class::Ambiguous) && (word.opens || manner != Manner::Prose) {
        return false;
    }
    let next = first + length;
    let name_before = prose
        .before(first)
        .filter(|before| prose.is_capital(*before) && !prose.has(*before, Class::Nation))
        .is_some_and(|before| {
            prose.has(before, Class::FirstName) && !prose.has(before, Class::NoName)
                || prose.word(before).shape == Shape::Initial && !prose.word(before).opens
        });
    if name_before && entry.kind != Kind::Organisation && (entry.kind != Kind::Group) {
        return false;
    }
    let name_after = prose.word(next).sentence == word.sentence
        && prose.is_capital(next)
        && !prose.word(next).classes.any(&[
            Class::Nation,
            Class::OrganisationLast,
            Class::PlaceLast,
            Class::StateOffice,
            Class::OwnOffice,
            Class::OfficeModifier,
            Class::NoName,
        ]);
    // "Barak Ravid".
    if entry.kind == Kind::Person && word.classes.has(Class::FirstName) && name_after {
        return false;
    }
    // "Georgia Meloni", "Roman Abramov".
    !(word.classes.has(Class::FirstName)
        && name_after
        && matches!(
            entry.sort,
            Sort::Country | Sort::Demonym | Sort::Place | Sort::Group | Sort::Capital
        )
        && (prose.has(next, Class::Surname) || entry.sort == Sort::Group))
}
