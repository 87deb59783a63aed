//! Unknown names: where one begins and ends in a run, and what its words and its neighbours make it.

use std::ops::Range;

use docmill_core::vocab::entities::Kind;

use super::{Candidate, Runs};
use crate::classes::Class;
use crate::lexicon::lexicon;
use crate::prose::{Manner, Shape};

impl Runs<'_, '_> {
    /// Whether a token is an office, a form of address or a word without name, not part of a name.
    pub(super) fn is_title(&self, at: usize) -> bool {
        let word = self.prose.word(at);
        word.classes.any(&[
            Class::StateOffice,
            Class::OwnOffice,
            Class::FormOfAddress,
            Class::OfficeModifier,
        ]) && !word.classes.has(Class::Particle)
    }

    /// Where the unknown name that starts at a token ends; the token itself where none starts there.
    pub(super) fn piece_end(&self, first: usize, limit: usize) -> usize {
        let prose = self.prose;
        let word = prose.word(first);
        if word.shape == Shape::Mark
            || self.is_title(first) && !self.is_full_name(first, limit)
            || word.classes.has(Class::NoName)
                && !(word.classes.has(Class::FirstName) && self.is_full_name(first, limit))
            || word.classes.has(Class::Particle) && word.shape == Shape::Lower
        {
            return first;
        }
        let mut at = first + 1;
        while at < limit {
            let given = prose.word(at - 1).classes.has(Class::FirstName)
                || prose.word(at - 1).shape == Shape::Initial;
            let known = self.peek_known(at);
            let surname = known.is_some_and(|known| {
                known.end == at + 1
                    && lexicon().entry(known.entry).is_some_and(|entry| entry.kind != Kind::Group)
            });
            if known.is_some() && !(given && surname)
                || self.is_title(at) && !given
                || prose.has(at, Class::NoName) && !given
            {
                break;
            }
            at += 1;
        }
        at
    }

    /// Whether a given name starts here, with a family name after it.
    pub(super) fn is_full_name(&self, at: usize, limit: usize) -> bool {
        self.prose.has(at, Class::FirstName)
            && !self.is_title_core(at)
            && self.is_name_word(at + 1, limit)
            && !self.prose.word(at + 1).classes.any(&[
                Class::NoName,
                Class::StateOffice,
                Class::OrganisationLast,
            ])
            && self.peek_known(at + 1).is_none()
    }

    pub(super) fn is_title_core(&self, at: usize) -> bool {
        self.prose.word(at).classes.any(&[Class::StateOffice, Class::FormOfAddress])
    }

    /// Types an unknown name.
    pub(super) fn piece(&mut self, piece: Range<usize>) {
        let prose = self.prose;
        let (first, end) = (piece.start, piece.end);
        let length = end - first;
        let word = prose.word(first);
        let last = prose.word(end - 1);
        let before = prose.before(first);
        let after_title = before.is_some_and(|before| {
            let office = |at: usize| {
                let classes = prose.word(at).classes;
                classes.any(&[Class::StateOffice, Class::OwnOffice, Class::FormOfAddress])
                    && !classes.has(Class::Particle)
            };
            // "Japan's ambassador, X" and "its consul in Mumbai, X".
            let comma = prose.token(before) == ",";
            let holder = before.checked_sub(1).filter(|_| comma && length >= 2);
            office(before)
                || holder.is_some_and(|holder| {
                    office(holder)
                        || holder >= 2 && prose.is(holder - 1, "in") && office(holder - 2)
                })
        });
        // "X, a spokesman for".
        let before_title = length >= 2 && prose.token(end) == "," && self.office_follows(end + 1);
        let caps_name =
            word.shape == Shape::Caps && length >= 2 && word.classes.has(Class::FirstName);
        if (2..=3).contains(&length)
            && (prose.token(end) == "/" || before.is_some_and(|before| prose.token(before) == "/"))
        {
            return self.mention(piece, Kind::Person, None, "credit-name", 0.8);
        }
        let bracketed =
            before.is_some_and(|before| prose.token(before) == "(") && prose.token(end) == ")";
        if bracketed && prose.in_dateline(first) {
            return self.mention(piece, Kind::Organisation, None, "dateline-agency", 0.9);
        }
        if before_title && length <= 4 {
            return self.mention(piece, Kind::Person, None, "office-follows", 0.85);
        }
        if after_title && self.manner != Manner::Caps && length <= 5 {
            return self.mention(piece, Kind::Person, None, "title-name", 0.9);
        }
        if word.classes.has(Class::FirstName)
            && (2..=4).contains(&length)
            && (self.manner == Manner::Prose || last.classes.has(Class::Surname) || caps_name)
        {
            return self.mention(piece, Kind::Person, None, "given-name", 0.85);
        }
        if self.manner != Manner::Prose {
            self.out.candidates.push(Candidate { first, end });
            return;
        }
        let settlement =
            |at: usize| prose.has(at, Class::Settlement) && prose.word(at).shape == Shape::Lower;
        let of_settlement = before
            .is_some_and(|before| before > 0 && prose.is(before, "of") && settlement(before - 1));
        if length <= 3 && (settlement(end) || of_settlement) && !word.opens {
            return self.mention(piece, Kind::Place, None, "settlement", 0.85);
        }
        if length >= 2
            && (last.classes.has(Class::PlaceLast)
                || word.classes.has(Class::PlaceFirst) && length == 2)
        {
            return self.mention(piece, Kind::Location, None, "place-form", 0.7);
        }
        if length == 1
            && prose.token(end) != "$"
            && word.shape == Shape::Caps
            && !word.opens
            && prose.token(first).len() <= 6
            && !is_roman(prose.token(first))
        {
            return self.mention(piece, Kind::Organisation, None, "acronym", 0.6);
        }
        let says_after = prose.has(end, Class::Says) && prose.word(end).shape == Shape::Lower;
        let says_before = before.is_some_and(|before| {
            prose.has(before, Class::Says) && prose.word(before).shape == Shape::Lower
        });
        let initial = length >= 2 && word.shape == Shape::Initial;
        if length <= 3 && !word.opens && (says_after || says_before)
            || initial
            || length == 2 && last.classes.has(Class::Surname) && !word.opens
        {
            return self.mention(piece, Kind::Person, None, "speaker-name", 0.7);
        }
        let located = before.is_some_and(|before| {
            ["in", "near", "at", "from"].iter().any(|word| prose.is(before, word))
        });
        if located && length <= 2 && !prose.is(end, "and") {
            return self.mention(piece, Kind::Place, None, "place-preposition", 0.6);
        }
        self.out.candidates.push(Candidate { first, end });
    }

    /// Whether an office without a name stands here: "a spokesman for", "the deputy foreign minister".
    pub(super) fn office_follows(&self, first: usize) -> bool {
        let prose = self.prose;
        let article = ["a", "an", "the", "its", "his", "her", "their"]
            .iter()
            .any(|word| prose.is(first, word));
        let start = first + usize::from(article);
        for at in start..start + 5 {
            let word = prose.word(at);
            if word.classes.any(&[Class::StateOffice, Class::OwnOffice]) {
                return true;
            }
            let before = prose.has(at, Class::Nation)
                || word.shape == Shape::Clitic
                || word.classes.has(Class::OfficeModifier)
                || article && at == start && word.shape == Shape::Lower;
            if !before {
                return false;
            }
        }
        false
    }
}

fn is_roman(word: &str) -> bool {
    word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'))
}
