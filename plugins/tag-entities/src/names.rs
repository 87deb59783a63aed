//! Mentions: known names, and unknown ones that a rule makes out.
//!
//! Words with a capital that stand together are a run. Offices and forms of address in it, words
//! that end or begin organisations' names, given names, and what stands around it say where names
//! begin and end in it and what they name.

use std::ops::Range;

use docmill_core::vocab::entities::Kind;

use crate::classes::Class;
use crate::gazetteer::Known;
use crate::lexicon::{Sort, lexicon};
use crate::prose::{Manner, Prose, Shape};

/// Someone or something named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mention {
    /// Its first token.
    pub(crate) first: usize,
    /// One past its last token.
    pub(crate) end: usize,
    pub(crate) kind: Kind,
    /// The lexicon's entry, of a known name.
    pub(crate) entry: Option<u32>,
    pub(crate) rule: &'static str,
    pub(crate) score: f32,
}

/// A word or two with a capital that no rule makes out: a name if the document shows so elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) first: usize,
    pub(crate) end: usize,
}

/// What the rules found.
#[derive(Default)]
pub(crate) struct Names {
    /// In text order, without overlap.
    pub(crate) mentions: Vec<Mention>,
    pub(crate) candidates: Vec<Candidate>,
}

/// Finds mentions among the known names and the words around them. `out` is cleared first.
pub(crate) fn find(prose: &Prose<'_>, known: &[Known], out: &mut Names) {
    out.mentions.clear();
    out.candidates.clear();
    let mut known = known;
    for sentence in prose.sentences {
        let inside = known.partition_point(|known| known.first < sentence.tokens.end);
        let (here, rest) = known.split_at(inside);
        known = rest;
        let mut run = Runs { prose, known: here, out, manner: sentence.manner };
        run.sentence(sentence.tokens.clone());
    }
}

/// The most tokens of an organisation's name.
const LONGEST: usize = 12;

struct Runs<'a, 'b> {
    prose: &'a Prose<'b>,
    /// Known names not yet passed.
    known: &'a [Known],
    out: &'a mut Names,
    manner: Manner,
}

impl Runs<'_, '_> {
    fn sentence(&mut self, tokens: Range<usize>) {
        let mut at = tokens.start;
        while at < tokens.end {
            let end = self.run_end(at, tokens.end);
            if end == at {
                at += 1;
            } else {
                self.run(at..end, tokens.end);
                at = self.out.mentions.last().map_or(end, |last| last.end.max(end));
            }
        }
    }

    /// The known name that starts at a token. Tokens are asked for in ascending order.
    fn known_at(&mut self, at: usize) -> Option<Known> {
        while self.known.first().is_some_and(|known| known.first < at) {
            self.known = &self.known[1..];
        }
        self.known.first().copied().filter(|known| known.first == at)
    }

    /// The known name that starts at a token, without passing those before it.
    fn peek_known(&self, at: usize) -> Option<Known> {
        let place = self.known.partition_point(|known| known.first < at);
        self.known.get(place).copied().filter(|known| known.first == at)
    }

    /// Where the run of names that starts at a token ends.
    fn run_end(&self, first: usize, limit: usize) -> usize {
        let mut at = first;
        while at < limit {
            if let Some(known) = self.peek_known(at) {
                at = known.end;
            } else if self.prose.is_capital(at) || self.joins_nations(first, at) {
                at += 1;
            } else if at > first
                && self.prose.has(at, Class::Particle)
                && self.is_name_word(at + 1, limit)
            {
                at += 2;
            } else {
                break;
            }
        }
        at
    }

    /// Whether a token is the dash of `Israel–Ukraine`.
    fn joins_nations(&self, first: usize, at: usize) -> bool {
        at > first
            && is_dash(self.prose.token(at))
            && self.prose.has(at - 1, Class::Nation)
            && self.peek_known(at + 1).is_some()
    }

    fn is_name_word(&self, at: usize, limit: usize) -> bool {
        at < limit && self.prose.is_capital(at)
    }

    fn run(&mut self, run: Range<usize>, limit: usize) {
        let mut at = run.start;
        while at < run.end {
            if let Some(end) = self.organisation(at, run.end, limit) {
                at = end;
                continue;
            }
            if let Some(known) = self.known_at(at) {
                self.mention(
                    known.first..known.end,
                    known_kind(known),
                    Some(known.entry),
                    "gazetteer",
                    0.95,
                );
                at = known.end;
                continue;
            }
            let end = self.piece_end(at, run.end);
            if end == at {
                at += 1;
                continue;
            }
            self.piece(at..end);
            at = end;
        }
    }

    /// Whether a token is an office, a form of address or a word without name, not part of a name.
    fn is_title(&self, at: usize) -> bool {
        let word = self.prose.word(at);
        word.classes.any(&[
            Class::StateOffice,
            Class::OwnOffice,
            Class::FormOfAddress,
            Class::OfficeModifier,
        ]) && !word.classes.has(Class::Particle)
    }

    /// Where the unknown name that starts at a token ends; the token itself where none starts there.
    fn piece_end(&self, first: usize, limit: usize) -> usize {
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
    fn is_full_name(&self, at: usize, limit: usize) -> bool {
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

    fn is_title_core(&self, at: usize) -> bool {
        self.prose.word(at).classes.any(&[Class::StateOffice, Class::FormOfAddress])
    }

    /// An organisation whose name starts at a token by its form; returns where it ends.
    fn organisation(&mut self, first: usize, run_end: usize, limit: usize) -> Option<usize> {
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
    fn of_form(&self, first: usize, limit: usize) -> Option<usize> {
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
    fn place_of_form(&self, first: usize, limit: usize) -> Option<usize> {
        let prose = self.prose;
        const HEADS: &[&str] = &[
            "gulf", "sea", "bay", "strait", "straits", "cape", "isle", "lake", "mount", "port",
            "republic", "province", "lakes", "valley",
        ];
        let head = first + usize::from(prose.is(first, "the"));
        let named = self.peek_known(head).is_none_or(|known| known.end <= head + 1)
            && prose.is_capital(head)
            && HEADS.iter().any(|word| prose.is(head, word))
            && prose.is(head + 1, "of")
            && self.is_name_word(head + 2, limit);
        named.then(|| head + 3)
    }

    /// `Conservative Party`, `Acme Holdings Inc.`: two words or more.
    fn last_form(&self, first: usize, run_end: usize) -> Option<usize> {
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

    /// Types an unknown name.
    fn piece(&mut self, piece: Range<usize>) {
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
    fn office_follows(&self, first: usize) -> bool {
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

    fn mention(
        &mut self,
        tokens: Range<usize>,
        kind: Kind,
        entry: Option<u32>,
        rule: &'static str,
        score: f32,
    ) {
        self.out.mentions.push(Mention {
            first: tokens.start,
            end: tokens.end,
            kind,
            entry,
            rule,
            score,
        });
    }
}

fn known_kind(known: Known) -> Kind {
    lexicon().entry(known.entry).map_or(Kind::Organisation, |entry| match entry.sort {
        Sort::Seat => Kind::Organisation,
        _ => entry.kind,
    })
}

fn is_dash(token: &str) -> bool {
    matches!(token, "-" | "–")
}

fn is_roman(word: &str) -> bool {
    word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'))
}
