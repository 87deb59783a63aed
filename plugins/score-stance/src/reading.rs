//! A document read: its actors, and its sentences as chunks that hang together.

use docmill_core::{
    Document, Span,
    vocab::{entities, sentences, tokens},
};

use rustc_hash::FxHashMap;

use crate::{
    chunks::{self, Sentence},
    lexicon::{Lexicon, UNKNOWN},
    links, marks, pronouns,
    quotes::{self, Speech},
    tagging,
    units::{self, MentionSpan, Pos},
};

/// Sentences of more tokens than this are read in pieces, so that no text takes more than linear time.
const LONGEST: usize = 512;

/// An actor of the document, by its place in [`Reading::actors`].
pub(crate) type ActorId = u32;

/// An actor: its id and its readable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Actor<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
}

/// A mention of an entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mention {
    pub(crate) kind: entities::Kind,
    /// The actor that it stands for.
    pub(crate) actor: Option<ActorId>,
    /// The country that it names as a mere place.
    pub(crate) place: Option<ActorId>,
}

/// A document as the rules see it.
#[derive(Debug, Default)]
pub(crate) struct Reading<'a> {
    pub(crate) text: &'a str,
    pub(crate) actors: Vec<Actor<'a>>,
    actor_index: FxHashMap<&'a str, ActorId>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) kinds: Vec<entities::Kind>,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) spans: Vec<Span>,
    /// The states of the document, most named first.
    pub(crate) parties: Vec<ActorId>,
    pub(crate) speech: Speech,
}

impl<'a> Reading<'a> {
    /// Reads a document's layers.
    pub(crate) fn of(document: &Document<'a>, lexicon: &Lexicon) -> Self {
        let mut reading = Reading { text: document.text(), ..Reading::default() };
        let mentions = reading.read_mentions(document);
        let tokens: Vec<tokens::Token> = tokens::read(document).collect();
        let quotations = marks::quotations(reading.text, &tokens);
        reading.read_sentences(document, lexicon, &tokens, &mentions);
        let quotes = marks::set(&mut reading, &quotations);
        for sentence in &mut reading.sentences {
            tagging::resolve(reading.text, &mut sentence.units, &reading.kinds);
            chunks::chunk(sentence, lexicon);
            links::link(sentence, lexicon);
        }
        reading.parties = pronouns::main_parties(&reading);
        pronouns::resolve_pronouns(&mut reading, lexicon);
        reading.speech = quotes::attribute(&mut reading, lexicon, &quotes);
        reading
    }

    fn read_mentions(&mut self, document: &Document<'a>) -> Vec<MentionSpan> {
        let mut spans = Vec::new();
        let (mut meanings, mut ids) = (FxHashMap::default(), Vec::new());
        for entity in entities::read(document) {
            let actor =
                entity.actor.map(|id| self.actor(id, entity.actor_name.unwrap_or(entity.name)));
            let place = (entity.actor.is_none() && entity.id.starts_with("country:"))
                .then(|| self.actor(entity.id, entity.name));
            if let Some(actor) = actor {
                meanings.entry(entity.id).or_insert(actor);
            }
            ids.push(entity.id);
            spans.push(MentionSpan { span: entity.span, index: self.mentions.len() as u32 });
            self.mentions.push(Mention { kind: entity.kind, actor, place });
            self.kinds.push(entity.kind);
        }
        // A capital that is a mere place here stands for its state elsewhere.
        for (mention, id) in self.mentions.iter_mut().zip(ids) {
            if mention.actor.is_none() && mention.kind == entities::Kind::Place {
                mention.place = mention.place.or_else(|| meanings.get(id).copied());
            }
        }
        spans
    }

    fn actor(&mut self, id: &'a str, name: &'a str) -> ActorId {
        let next = self.actors.len() as ActorId;
        let actor = *self.actor_index.entry(id).or_insert(next);
        if actor == next {
            self.actors.push(Actor { id, name });
        }
        actor
    }

    fn read_sentences(
        &mut self,
        document: &Document<'a>,
        lexicon: &Lexicon,
        tokens: &[tokens::Token],
        mentions: &[MentionSpan],
    ) {
        let (mut token, mut mention) = (0, 0);
        for span in sentences::read(document) {
            while tokens.get(token).is_some_and(|token| token.span.start < span.start) {
                token += 1;
            }
            let first = token;
            while tokens.get(token).is_some_and(|token| token.span.end <= span.end) {
                token += 1;
            }
            while mentions.get(mention).is_some_and(|mention| mention.span.start < span.start) {
                mention += 1;
            }
            for piece in tokens[first..token].chunks(LONGEST) {
                let mut sentence = Sentence::default();
                let mentions = &mentions[mention..];
                units::read(self.text, piece, mentions, lexicon, &mut sentence.units);
                self.sentences.push(sentence);
                self.spans.push(span);
            }
        }
    }

    /// The text of a unit.
    pub(crate) fn piece(&self, sentence: usize, unit: usize) -> &'a str {
        self.sentences
            .get(sentence)
            .and_then(|sentence| sentence.units.get(unit))
            .and_then(|unit| unit.span.of(self.text))
            .unwrap_or_default()
    }

    /// The mention that a unit is.
    pub(crate) fn mention(&self, unit: &units::Unit) -> Option<&Mention> {
        self.mentions.get(unit.mention? as usize)
    }

    /// Whether a sentence can show a stance at all: it names an actor or speaks of one.
    pub(crate) fn may_show(&self, sentence: usize) -> bool {
        self.sentences.get(sentence).is_some_and(|sentence| {
            sentence.units.iter().any(|unit| {
                unit.pos == Pos::Name && unit.word == UNKNOWN || unit.referent.is_some()
            })
        })
    }
}
