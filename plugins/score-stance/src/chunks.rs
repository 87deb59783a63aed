//! The chunks of a sentence: noun phrases, verb groups, prepositions and marks, one after the other.

mod cut;

use crate::{
    lexicon::WordId,
    units::{Pos, Unit},
};

pub(crate) use cut::chunk;

/// A chunk and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// A noun phrase, by its place in [`Sentence::phrases`].
    Phrase(usize),
    /// A verb group, by its place in [`Sentence::groups`].
    Group(usize),
    /// A preposition, by its unit.
    Prep(usize),
    /// Anything else, by its unit.
    Mark(Pos, usize),
}

/// A noun phrase: "the Norwegian government's first shipment".
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Phrase {
    /// Its first unit and the one after its last.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Its head: the last noun, name or pronoun.
    pub(crate) head: usize,
    /// The unit after the possessor's last `'s`; `start` where none.
    pub(crate) possessed: usize,
    /// Whether it is denied: "no weapons", "not weapons".
    pub(crate) negated: bool,
    /// The adjective denied within: the unit of "military" in "humanitarian, not military, aid".
    pub(crate) contrast: Option<usize>,
    /// Its chunk.
    pub(crate) chunk: usize,
    /// The next phrase of a list that it belongs to: "Oslo and Bern".
    pub(crate) joined: Option<usize>,
    /// The first phrase of that list, where it is not the first.
    pub(crate) first: Option<usize>,
    /// The verb group that governs it as subject, object or after a preposition.
    pub(crate) governor: Option<usize>,
    /// Whether it stands after a preposition.
    pub(crate) prep: Option<WordId>,
}

/// A verb group: "has not been able", "to send".
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The unit of the main verb.
    pub(crate) main: usize,
    pub(crate) shape: Shape,
    pub(crate) passive: bool,
    pub(crate) negated: bool,
    /// Whether a modal verb ("will", "could") or "if" makes it less than told.
    pub(crate) modal: bool,
    pub(crate) chunk: usize,
    /// The first phrase of its subject.
    pub(crate) subject: Option<usize>,
    pub(crate) object: Option<usize>,
    /// The first of two objects: "sent Rome aid".
    pub(crate) indirect: Option<usize>,
    /// The "by" phrase of a passive.
    pub(crate) agent: Option<usize>,
    /// The verb group that governs it: "refused" for "to send".
    pub(crate) governor: Option<usize>,
    /// Whether its subject is the deed of whoever acts: "Oslo's refusal to".
    pub(crate) by_owner: bool,
    /// Its own complement.
    pub(crate) complement: Option<usize>,
    /// The chunk after the last one that belongs to its clause.
    pub(crate) clause_end: usize,
    /// The chunk where a clause that it reports begins: "said (that) …".
    pub(crate) reports: Option<usize>,
}

/// How a verb group stands in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Finite,
    /// "to send".
    Infinitive,
    /// "sending".
    Ing,
    /// "sent by", "threatened by".
    Participle,
}

/// A sentence read: its chunks and how they hang together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sentence {
    pub(crate) units: Vec<Unit>,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) phrases: Vec<Phrase>,
    pub(crate) groups: Vec<Group>,
    /// Phrases that mean two actors named before: "both countries".
    pub(crate) pairs: Vec<(usize, [u32; 2])>,
}

impl Sentence {
    /// The phrase that a chunk is.
    pub(crate) fn phrase_at(&self, chunk: usize) -> Option<usize> {
        match self.chunks.get(chunk) {
            Some(Chunk::Phrase(phrase)) => Some(*phrase),
            _ => None,
        }
    }

    /// The verb group that a chunk is.
    pub(crate) fn group_at(&self, chunk: usize) -> Option<usize> {
        match self.chunks.get(chunk) {
            Some(Chunk::Group(group)) => Some(*group),
            _ => None,
        }
    }

    /// The preposition that a chunk is.
    pub(crate) fn prep_at(&self, chunk: usize) -> Option<WordId> {
        match self.chunks.get(chunk) {
            Some(Chunk::Prep(unit)) => self.units.get(*unit).map(|unit| unit.word),
            _ => None,
        }
    }

    /// The phrases of a list, from its first on.
    pub(crate) fn list(&self, first: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(first), |phrase| {
            self.phrases.get(*phrase).and_then(|phrase| phrase.joined)
        })
    }

    pub(crate) fn head(&self, phrase: usize) -> Option<&Unit> {
        self.units.get(self.phrases.get(phrase)?.head)
    }
}
