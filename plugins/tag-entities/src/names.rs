//! Mentions: known names, and unknown ones that a rule makes out.
//!
//! Words with a capital that stand together are a run. Offices and forms of address in it, words
//! that end or begin organisations' names, given names, and what stands around it say where names
//! begin and end in it and what they name.

mod forms;
mod pieces;

use std::ops::Range;

use docmill_core::vocab::entities::Kind;

use crate::classes::Class;
use crate::gazetteer::Known;
use crate::lexicon::lexicon;
use crate::prose::{Manner, Prose};

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
    lexicon().entry(known.entry).map_or(Kind::Organisation, |entry| entry.kind)
}

fn is_dash(token: &str) -> bool {
    matches!(token, "-" | "–")
}
