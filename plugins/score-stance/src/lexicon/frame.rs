//! Verbs and nouns with their roles: where the target stands, and with which sign.

use docmill_core::vocab::stances::Kind;

use super::WordId;

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What a table says of a meaning besides its roles.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Flag { $($(#[$doc])* $name),+ }

        impl Flag {
            fn of_name(name: &str) -> Option<Flag> {
                match name { $($text => Some(Flag::$name),)+ _ => None }
            }
        }
    };
}

flags! {
    /// Two who do so together take no stance toward each other.
    Alone = "alone",
    /// May answer what was said before.
    Answer = "answer",
    /// The writer's own valuation.
    Author = "author",
    /// Only with an infinitive: "told B to …".
    Bidden = "bidden",
    /// Asks the target to do what follows.
    Demand = "demand",
    /// Only when negated.
    Denied = "denied",
    /// Only of ambassadors and other envoys.
    Envoy = "envoy",
    /// Accuses when a source tells it.
    Fact = "fact",
    /// Only with an object.
    Given = "given",
    /// Only when something helpful changes hands.
    Goods = "goods",
    /// Promised, so half.
    Half = "half",
    /// Only when something harmful is launched.
    Harm = "harm",
    /// Names who is near or hostile: "ally", "enemy".
    Kin = "kin",
    /// A bare meeting: no stance.
    Meet = "meet",
    /// Joins two sides.
    Mutual = "mutual",
    /// Only toward whom it names, not whose thing it is.
    Named = "named",
    /// Of two named sides, each toward the other; not of "both countries".
    Listed = "listed",
    /// Balanced between two sides.
    Neutral = "neutral",
    /// No stance by itself.
    Never = "never",
    /// Only toward organisations.
    Org = "org",
    /// Counts toward whose thing the object is.
    Owned = "owned",
    /// Only of people, not of things.
    People = "people",
    /// The object holds it toward the subject.
    Reverse = "reverse",
    /// May share the target of the verb before.
    Same = "same",
    /// Only after "take": "took B's side".
    Take = "take",
    /// A threat: uttered, so fully there.
    Threat = "threat",
    /// The preposition follows right after.
    Tight = "tight",
    /// Needs a word that values it.
    Value = "value",
    /// Right less often.
    Weak = "weak",
}

/// A set of flags.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags(u64);

impl Flags {
    /// The flags of a field such as `goods half`; `None` where one is unknown.
    pub(crate) fn read(field: &str) -> Option<Flags> {
        let mut flags = Flags::default();
        for name in field.split(' ').filter(|name| !name.is_empty()) {
            flags.0 |= 1 << Flag::of_name(name)? as u64;
        }
        Some(flags)
    }

    fn has(self, flag: Flag) -> bool {
        self.0 & 1 << flag as u64 != 0
    }
}

/// Where a target stands beside a verb or a noun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The object of a verb.
    Object,
    /// The first of two objects.
    Indirect,
    /// The subject: "Paris irked Rome".
    Subject,
    /// Named as the place where it happens: "struck targets in Syria".
    Near,
    /// After this preposition.
    After(WordId),
}

/// A place and the sign toward the actor that stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) place: Place,
    pub(crate) sign: i8,
}

/// One meaning of a verb.
#[derive(Clone, Debug)]
pub(crate) struct VerbFrame {
    /// The words after the verb that this meaning needs: `on` in "call on".
    pub(crate) particles: Vec<WordId>,
    pub(crate) kind: Kind,
    /// Alternatives: the first that holds an actor is the target.
    pub(crate) targets: Vec<Slot>,
    /// Counted besides: "sided with A against B".
    pub(crate) besides: Vec<Slot>,
    pub(super) flags: Flags,
}

impl VerbFrame {
    pub(crate) fn is(&self, flag: Flag) -> bool {
        self.flags.has(flag)
    }
}

/// What a verb does to the stance of a noun or verb that it governs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing is known of it.
    None,
    /// It stays as it is.
    Keep,
    /// It stays, and the subject is who acts.
    Deed,
    /// It turns: "ended its support".
    Flip,
    /// It is intended, promised or considered.
    Half,
    /// It is denied or doubted.
    Doubt,
    /// The subject is the target: "faced criticism".
    Get,
    /// The subject grants what it is asked.
    Accept,
    /// The subject refuses what it is asked.
    Refuse,
    /// The subject blames who does it.
    Blame,
}

/// Who acts in the complement of a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// The verb's subject: "refused to help".
    Subject,
    /// Its object: "urged Rome to help".
    Object,
    /// Its object if it has one, else its subject: "wants (Rome) to help".
    Both,
}

/// How a verb governs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operator {
    pub(crate) noun: Effect,
    pub(crate) verb: Effect,
    pub(crate) control: Control,
}

/// A verb.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verb {
    pub(crate) lemma: Box<str>,
    /// The longest particles first.
    pub(crate) frames: Vec<VerbFrame>,
    pub(crate) operator: Option<Operator>,
    /// Whether it carries what a source says.
    pub(crate) is_cue: bool,
    /// Whether it takes two objects: "sent Rome aid".
    pub(crate) is_ditransitive: bool,
}

/// A noun that names a stance.
#[derive(Clone, Debug)]
pub(crate) struct Noun {
    pub(crate) lemma: Box<str>,
    pub(crate) kind: Kind,
    /// Where its target stands; the first that holds an actor counts.
    pub(crate) targets: Vec<Slot>,
    /// The prepositions of its holder.
    pub(crate) holders: Vec<WordId>,
    /// The sign of its first target.
    pub(crate) sign: i8,
    pub(super) flags: Flags,
}

impl Noun {
    pub(crate) fn is(&self, flag: Flag) -> bool {
        self.flags.has(flag)
    }
}

/// Where a tie stands beside a word that values it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TieSign {
    /// "strengthened ties".
    Object,
    /// "ties soured".
    Subject,
    /// "a warming of ties".
    Of,
}
