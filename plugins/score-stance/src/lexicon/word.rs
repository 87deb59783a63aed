//! Word classes, and word forms with what they can be.

/// A set of word classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tags(u64);

macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident = $bit:literal),+ $(,)?) => {
        impl Tags { $($(#[$doc])* pub(crate) const $name: Tags = Tags(1 << $bit);)+ }
    };
}

tags! {
    DET = 0, NUMBER = 1, POSS_PRONOUN = 2, PRONOUN = 3, WH = 4, THAT = 5, BE = 6, HAVE = 7, DO = 8, MODAL = 9,
    NEG = 10, TO = 11, PREP = 12, CONJ = 13, BUT = 14, SUB = 15, ADV = 16, NO = 17,
    /// The base form of a verb.
    BASE = 20,
    /// Its form for the third person.
    THIRD = 21,
    /// Its past.
    PAST = 22,
    /// Its past participle.
    PART = 23,
    /// Its form in -ing.
    ING = 24,
    /// A noun, or a verb form that is as often one.
    NOUN = 25,
    ADJ = 26,
    /// Stands for the state or organisation it belongs to.
    AGENT = 27,
    /// Helps whoever gets it.
    GOODS = 28,
    /// Hurts whoever it is launched at.
    HARM = 29,
    /// Says when.
    TIME = 30,
    /// Plural of a noun.
    PLURAL = 31,
    /// Values ties and relations.
    OF_TIES = 32,
    /// Values whoever is said to be so.
    OF_ACTORS = 33,
    /// Values what its preposition names: "grateful to".
    TOWARD = 34,
    /// Says that someone does not want or is not able to: "unwilling to".
    UNWILLING = 35,
    /// What an actor does or says.
    DEED = 36,
    /// Says how much or many of what follows: "dozens of".
    QUANTITY = 37,
    /// A noun that names a stance.
    STANCE = 38,
    /// Someone whom a state can free.
    PEOPLE = 40,
    /// Represents its state in another.
    ENVOY = 41,
    /// Says that something is meant to be done: "plan", "promise".
    INTENT = 39,
}

impl Tags {
    /// Whether one of `other`'s classes is among these.
    pub(crate) fn any(self, other: Tags) -> bool {
        self.0 & other.0 != 0
    }

    /// All classes of either.
    pub(crate) const fn or(self, other: Tags) -> Tags {
        Tags(self.0 | other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A form of a verb of any kind.
pub(crate) const VERB: Tags =
    Tags::BASE.or(Tags::THIRD).or(Tags::PAST).or(Tags::PART).or(Tags::ING);

/// A word form and what it can be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Word {
    pub(crate) text: Box<str>,
    pub(crate) tags: Tags,
    /// Its verb, as an index into [`Lexicon::verbs`], if it is a form of one.
    pub(crate) verb: Option<u16>,
    /// Its noun, as an index into [`Lexicon::nouns`], if it names a stance.
    pub(crate) noun: Option<u16>,
    /// 1, -1 or 0: what it values favourably, unfavourably or not.
    pub(crate) value: i8,
    /// How favourable it sounds, from -3 to 3.
    pub(crate) valence: i8,
}
