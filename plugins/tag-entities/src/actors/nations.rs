//! Countries, demonyms and peoples: their states, but where they only say where something is, what
//! language it is in, or whom it happened to.

use docmill_core::vocab::entities::Kind;

use super::{Acting, Scene};
use crate::classes::Class;
use crate::prose::Shape;

/// The most tokens behind a demonym that say whose it is.
const REACH: usize = 4;

impl Scene<'_, '_> {
    /// `Peru`: an actor, but in "eastern Peru", "out of Peru", and in "In Peru, …" at a start.
    pub(super) fn country(&self, at: usize, entry: u32) -> Acting {
        let prose = self.prose;
        let mention = &self.mentions[at];
        let place = prose.before(mention.first).is_some_and(|before| {
            self.has(before, Class::PlaceAdjective)
                || prose.is(before, "of") && before > 0 && prose.is(before - 1, "out")
                || prose.is(before, "in")
                    && prose.word(before).opens
                    && prose.token(mention.end) == ","
        });
        if place { Acting::none("country-as-place") } else { Acting::of(entry) }
    }

    /// `Peruvian`: its state, unless someone or something private bears it, or it is a language.
    pub(super) fn demonym(&self, at: usize, entry: u32) -> Acting {
        let prose = self.prose;
        let mention = &self.mentions[at];
        if self.is_compound_people(at) {
            return Acting::none("people-of-two-names");
        }
        let end = prose.sentence_of(mention.first).end.min(mention.end + REACH);
        for next in mention.end..end {
            let word = prose.word(next);
            if word.classes.any(&[Class::Government, Class::StateOffice]) {
                return Acting::of(entry);
            }
            if word.classes.has(Class::Private) {
                return Acting::none("demonym-private");
            }
            // "Israeli and Ukrainian officials": whatever the other is.
            let joined = next == mention.end && (prose.is(next, "and") || prose.token(next) == "-");
            let stops = word.shape == Shape::Mark
                || word.classes.any(&[Class::NoName, Class::Locative, Class::Says, Class::Toward]);
            if stops && !joined {
                break;
            }
        }
        let bare = prose.word(mention.end).shape == Shape::Mark && prose.token(mention.end) != "-";
        let spoken = |before: usize| {
            ["in", "speak", "speaks", "spoke"].iter().any(|word| prose.is(before, word))
        };
        if bare && prose.before(mention.first).is_some_and(spoken) {
            return Acting::none("language");
        }
        Acting::of(entry)
    }

    /// `Peruvians`: their state, unless so many of them.
    pub(super) fn people(&self, at: usize, entry: u32) -> Acting {
        let prose = self.prose;
        if self.is_compound_people(at) {
            return Acting::none("people-of-two-names");
        }
        let counted =
            |at: usize| prose.word(at).shape == Shape::Number || self.has(at, Class::Counting);
        let some = prose.before(self.mentions[at].first).is_some_and(|before| {
            counted(before) || prose.is(before, "of") && before > 0 && counted(before - 1)
        });
        if some { Acting::none("people-counted") } else { Acting::of(entry) }
    }

    /// `Japanese Americans`: two names of peoples side by side are neither's state.
    fn is_compound_people(&self, at: usize) -> bool {
        let people =
            |other: usize| self.mentions.get(other).is_some_and(|other| other.kind == Kind::Group);
        let mention = &self.mentions[at];
        let before = at.checked_sub(1).filter(|other| people(*other));
        before.is_some_and(|before| self.mentions[before].end == mention.first)
            || people(at + 1) && self.mentions[at + 1].first == mention.end
    }
}
