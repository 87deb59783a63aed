//! Who does what a verb says, and what changes hands.

use docmill_core::vocab::stances::Kind;

use super::VerbRule;
use crate::{
    lexicon::{Flag, Tags},
    mentions::{self, Named},
    units::Pos,
};

impl VerbRule<'_> {
    /// Who does it.
    pub(super) fn holders(&self) -> Vec<Named> {
        let resolved = self.is_resolved();
        let phrase =
            if self.known.passive && !resolved { self.known.agent } else { self.known.subject };
        let Some(phrase) = phrase else {
            return self.announced().into_iter().collect();
        };
        let own = mentions::named(self.reading, self.lexicon, self.sentence, phrase);
        if !own.is_empty() || self.frame.is(Flag::Named) {
            return own;
        }
        let acts = Tags::HARM.or(Tags::GOODS).or(Tags::DEED);
        if !self.known.by_owner && !self.has_tag(phrase, acts) {
            return own;
        }
        mentions::named_or_owners(self.reading, self.lexicon, self.sentence, phrase)
    }

    /// "No tanks would be sent": the speaker tells what its own side will do.
    pub(super) fn announced(&self) -> Option<Named> {
        let future = self.known.passive
            && self.known.modal
            && self.known.agent.is_none()
            && self.frame.kind == Kind::Act;
        let said = self.reading.speech.around(self.sentence, self.trigger()).filter(|_| future)?;
        let (actor, span) = said.speaker.zip(said.speaker_span)?;
        Some(Named { actor, span, owned: true })
    }

    /// "Is opposed to", "is committed to": a passive whose subject holds the stance.
    pub(super) fn is_resolved(&self) -> bool {
        self.known.passive
            && self.known.agent.is_none()
            && matches!(self.lemma, "oppose" | "commit" | "dedicate" | "devote" | "ally" | "align")
    }

    /// What changes hands.
    pub(super) fn theme(&self) -> Option<usize> {
        if self.known.passive {
            return self.known.object.or(self.known.subject);
        }
        let object = self.known.object?;
        // "provide Rome with tanks"
        if self.names_actor(object) {
            return self.after(self.lexicon.known.with).or(Some(object));
        }
        Some(object)
    }

    pub(super) fn names_actor(&self, phrase: usize) -> bool {
        !mentions::named(self.reading, self.lexicon, self.sentence, phrase).is_empty()
    }

    pub(super) fn is_goods(&self, phrase: usize) -> bool {
        self.has_tag(phrase, Tags::GOODS)
    }

    pub(super) fn is_harm(&self, theme: Option<usize>) -> bool {
        theme.is_none_or(|theme| {
            self.has_tag(theme, Tags::HARM)
                || self.names_actor(theme)
                || !self.names_after(self.lexicon.known.at)
        })
    }

    pub(super) fn names_after(&self, prep: u32) -> bool {
        self.after(prep).is_some()
    }

    pub(super) fn has_tag(&self, phrase: usize, tag: Tags) -> bool {
        let part = self.read.phrases.get(phrase).and_then(|known| {
            let of = self.read.prep_at(known.chunk + 1) == Some(self.lexicon.known.of);
            self.read.phrase_at(known.chunk + 2).filter(|_| of)
        });
        self.read.list(phrase).take(8).chain(part).any(|phrase| {
            let known = &self.read.phrases[phrase];
            let units = self.read.units.get(known.start..known.end).unwrap_or_default();
            units.iter().any(|unit| unit.tags.any(tag) && unit.pos != Pos::Name)
        })
    }
}
