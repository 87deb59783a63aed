//! What the stage knows of English: word classes, verbs, nouns and valuations, read from `words/`.
//!
//! The lists are compiled in and read once. A word is found by its folded hash and then compared, so that
//! "Condemned" and "condemned" are one word, and nothing else is.

use std::sync::LazyLock;

use docmill_core::vocab::stances::Kind;
use docmill_text::{fold_eq, fold_hash};
use rustc_hash::FxHashMap;

use crate::inflect::{self, Form};

/// The lexicon of English.
pub(crate) fn english() -> &'static Lexicon {
    static ENGLISH: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);
    &ENGLISH
}

/// A word form; [`UNKNOWN`] for all that the lists do not hold.
pub(crate) type WordId = u32;

/// The word that stands for all unknown ones.
pub(crate) const UNKNOWN: WordId = 0;

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
    flags: Vec<&'static str>,
}

impl VerbFrame {
    pub(crate) fn is(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
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
    flags: Vec<&'static str>,
}

impl Noun {
    pub(crate) fn is(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }
}

/// Words that rules name themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    pub(crate) by: WordId,
    pub(crate) of: WordId,
    pub(crate) from: WordId,
    pub(crate) for_: WordId,
    pub(crate) on: WordId,
    pub(crate) with: WordId,
    pub(crate) in_: WordId,
    pub(crate) between: WordId,
    pub(crate) at: WordId,
    pub(crate) over: WordId,
    pub(crate) across: WordId,
    pub(crate) near: WordId,
    pub(crate) to: WordId,
    pub(crate) against: WordId,
    pub(crate) as_: WordId,
    pub(crate) if_: WordId,
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

/// All word lists.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    words: Vec<Word>,
    index: FxHashMap<u64, WordId>,
    pub(crate) verbs: Vec<Verb>,
    pub(crate) nouns: Vec<Noun>,
    verb_index: FxHashMap<&'static str, u16>,
    ties: FxHashMap<(&'static str, TieSign), i8>,
    irregular: FxHashMap<&'static str, (&'static str, &'static str)>,
    pub(crate) known: Known,
}

impl Lexicon {
    /// The id of a word, [`UNKNOWN`] where the lists do not hold it.
    pub(crate) fn find(&self, word: &str) -> WordId {
        match self.index.get(&fold_hash(word)) {
            Some(id)
                if self.words.get(*id as usize).is_some_and(|known| fold_eq(&known.text, word)) =>
            {
                *id
            }
            _ => UNKNOWN,
        }
    }

    /// A word by its id.
    pub(crate) fn word(&self, id: WordId) -> &Word {
        &self.words[if (id as usize) < self.words.len() { id as usize } else { 0 }]
    }

    /// The verb that a word is a form of.
    pub(crate) fn verb_of(&self, id: WordId) -> Option<&Verb> {
        self.verbs.get(usize::from(self.word(id).verb?))
    }

    /// The noun that a word is a form of.
    pub(crate) fn noun_of(&self, id: WordId) -> Option<&Noun> {
        self.nouns.get(usize::from(self.word(id).noun?))
    }

    /// How a word values the ties beside it.
    pub(crate) fn tie_sign(&self, word: WordId, place: TieSign) -> Option<i8> {
        let lemma = match place {
            TieSign::Of => &*self.word(word).text,
            _ => &*self.verb_of(word)?.lemma,
        };
        self.ties.get(&(lemma, place)).copied()
    }

    fn read() -> Self {
        let mut lexicon = Lexicon { words: vec![Word::default()], ..Lexicon::default() };
        for fields in rows(include_str!("../words/irregular.tsv")) {
            if let [lemma, past, part] = fields[..] {
                lexicon.irregular.insert(lemma, (past, part));
            }
        }
        lexicon.read_closed_classes();
        lexicon.read_verbs();
        lexicon.read_nouns();
        lexicon.read_valuations();
        lexicon.read_ties();
        lexicon.read_judging_words();
        lexicon.known = lexicon.known_words();
        lexicon
    }

    fn read_closed_classes(&mut self) {
        for fields in rows(include_str!("../words/closed.tsv")) {
            let [class, words] = fields[..] else { continue };
            let tag = match class {
                "det" => Tags::DET,
                "number" => Tags::NUMBER,
                "poss-pronoun" => Tags::POSS_PRONOUN,
                "pronoun" => Tags::PRONOUN,
                "wh" => Tags::WH,
                "that" => Tags::THAT,
                "be" => Tags::BE,
                "have" => Tags::HAVE,
                "do" => Tags::DO,
                "modal" => Tags::MODAL,
                "neg" => Tags::NEG,
                "to" => Tags::TO,
                "prep" => Tags::PREP,
                "conj" => Tags::CONJ,
                "but" => Tags::BUT,
                "sub" => Tags::SUB,
                "adv" => Tags::ADV,
                "negdet" => Tags::NO,
                "adj" => Tags::ADJ,
                "quantity" => Tags::QUANTITY,
                "envoy" => Tags::NOUN.or(Tags::ENVOY),
                "intent" => Tags::NOUN.or(Tags::INTENT),
                "refusal" => Tags::NOUN.or(Tags::UNWILLING),
                "unwilling" => Tags::ADJ.or(Tags::UNWILLING),
                _ => Tags::NOUN,
            };
            for word in words.split(' ') {
                self.add(word, tag);
            }
        }
    }

    fn read_verbs(&mut self) {
        for line in lines(include_str!("../words/verbs.txt")) {
            for word in line.split(' ') {
                let lemma = word.trim_end_matches('*');
                self.verb(lemma);
                if lemma.len() < word.len() {
                    self.add(lemma, Tags::NOUN);
                    self.add(&inflect::plural(lemma), Tags::NOUN.or(Tags::PLURAL));
                }
            }
        }
        for fields in rows(include_str!("../words/stance-verbs.tsv")) {
            let [words, kind, slots, ..] = fields[..] else { continue };
            let mut words = words.split(' ');
            let Some((lemma, kind)) = words.next().zip(Kind::of_name(kind)) else { continue };
            let (targets, besides) = slots.split_once(';').unwrap_or((slots, ""));
            let frame = VerbFrame {
                particles: words.map(|word| self.word_id(word)).collect(),
                kind,
                targets: self.slots(targets),
                besides: self.slots(besides),
                flags: fields.get(3).map(|flags| flags.split(' ').collect()).unwrap_or_default(),
            };
            let verb = self.verb(lemma);
            let verb = &mut self.verbs[usize::from(verb)];
            verb.is_ditransitive |= frame.targets.iter().any(|slot| slot.place == Place::Indirect);
            verb.frames.push(frame);
            verb.frames.sort_by_key(|frame| std::cmp::Reverse(frame.particles.len()));
        }
        for fields in rows(include_str!("../words/operators.tsv")) {
            let [lemma, noun, verb, control] = fields[..] else { continue };
            let operator = Operator {
                noun: effect(noun),
                verb: effect(verb),
                control: match control {
                    "obj" => Control::Object,
                    "both" => Control::Both,
                    _ => Control::Subject,
                },
            };
            let at = self.verb(lemma);
            let known = &mut self.verbs[usize::from(at)].operator;
            *known = Some(match *known {
                Some(known) if noun == "none" => Operator { noun: known.noun, ..operator },
                _ => operator,
            });
        }
        for line in lines(include_str!("../words/cues.tsv")) {
            let at = self.verb(line);
            self.verbs[usize::from(at)].is_cue = true;
        }
    }

    fn read_nouns(&mut self) {
        for fields in rows(include_str!("../words/stance-nouns.tsv")) {
            let [lemma, kind, slots, holders, ..] = fields[..] else { continue };
            let Some(kind) = Kind::of_name(kind) else { continue };
            let targets = self.slots(slots);
            let noun = Noun {
                lemma: lemma.into(),
                kind,
                sign: targets.first().map_or(0, |slot| slot.sign),
                targets,
                holders: holders
                    .split(' ')
                    .filter(|word| !word.is_empty())
                    .map(|word| self.word_id(word))
                    .collect(),
                flags: fields.get(4).map(|flags| flags.split(' ').collect()).unwrap_or_default(),
            };
            let at = self.nouns.len() as u16;
            self.nouns.push(noun);
            let noun = Tags::NOUN.or(Tags::STANCE);
            let singular = self.add(lemma, noun);
            let plural = self.add(&inflect::plural(lemma), noun.or(Tags::PLURAL));
            for id in [singular, plural] {
                self.words[id as usize].noun = Some(at);
            }
        }
        for (list, tag) in [
            (include_str!("../words/agents.txt"), Tags::AGENT.or(Tags::NOUN)),
            (include_str!("../words/goods.txt"), Tags::GOODS.or(Tags::NOUN)),
            (include_str!("../words/harms.txt"), Tags::HARM.or(Tags::NOUN)),
            (include_str!("../words/deeds.txt"), Tags::DEED.or(Tags::NOUN)),
            (include_str!("../words/people.txt"), Tags::PEOPLE.or(Tags::NOUN)),
            (include_str!("../words/times.txt"), Tags::TIME.or(Tags::NOUN)),
        ] {
            for word in lines(list).flat_map(|line| line.split(' ')) {
                self.add(word, tag);
            }
        }
    }

    fn read_valuations(&mut self) {
        for fields in rows(include_str!("../words/valuations.tsv")) {
            let [word, sign, scope] = fields[..] else { continue };
            let scope = match scope {
                "tie" => Tags::OF_TIES,
                "any" => Tags::OF_TIES.or(Tags::OF_ACTORS),
                "actor" => Tags::OF_ACTORS,
                "toward" => Tags::TOWARD,
                _ => Tags::default(),
            };
            let id = self.add(word, scope.or(Tags::ADJ));
            if let Some(sign) = sign_of(sign) {
                self.words[id as usize].value = sign;
            }
        }
    }

    fn read_ties(&mut self) {
        for fields in rows(include_str!("../words/ties.tsv")) {
            let [word, sign, places] = fields[..] else { continue };
            let Some(sign) = sign_of(sign) else { continue };
            for place in places.split(' ') {
                let place = match place {
                    "obj" => TieSign::Object,
                    "subj" => TieSign::Subject,
                    _ => TieSign::Of,
                };
                self.ties.insert((word, place), sign);
                if place == TieSign::Of {
                    self.add(word, Tags::NOUN)
                } else {
                    self.verb(word).into()
                };
            }
        }
    }

    fn read_judging_words(&mut self) {
        for fields in rows(include_str!("../words/judging.txt")) {
            let [value, words] = fields[..] else { continue };
            let value = value.parse().unwrap_or_default();
            for word in words.split(' ') {
                for form in [word.to_owned(), inflect::plural(word), format!("{word}ly")] {
                    let id = self.word_id(&form);
                    let known = &mut self.words[id as usize].valence;
                    if *known == 0 {
                        *known = value;
                    }
                }
            }
        }
    }

    /// The slots of a field such as `obj- against-`.
    fn slots(&mut self, field: &str) -> Vec<Slot> {
        field
            .split(' ')
            .filter_map(|slot| {
                let (place, sign) = slot.split_at_checked(slot.len().checked_sub(1)?)?;
                let place = match place {
                    "obj" => Place::Object,
                    "iobj" => Place::Indirect,
                    "subj" => Place::Subject,
                    "near" => Place::Near,
                    prep => Place::After(self.word_id(prep)),
                };
                Some(Slot { place, sign: sign_of(sign)? })
            })
            .collect()
    }

    /// The verb of this lemma, with all its forms, added where it is new.
    fn verb(&mut self, lemma: &'static str) -> u16 {
        if let Some(at) = self.verb_index.get(lemma) {
            return *at;
        }
        let at = self.verbs.len() as u16;
        self.verbs.push(Verb { lemma: lemma.into(), ..Verb::default() });
        self.verb_index.insert(lemma, at);
        let (past, part) = match self.irregular.get(lemma) {
            Some((past, part)) => ((*past).to_owned(), (*part).to_owned()),
            None => {
                let past = inflect::verb(lemma, Form::Past);
                (past.clone(), past)
            }
        };
        let mut forms = vec![
            (inflect::verb(lemma, Form::Base), Tags::BASE),
            (inflect::verb(lemma, Form::Third), Tags::THIRD),
            (inflect::verb(lemma, Form::Ing), Tags::ING),
        ];
        forms.extend(past.split('/').map(|form| (form.to_owned(), Tags::PAST)));
        forms.extend(part.split('/').map(|form| (form.to_owned(), Tags::PART)));
        if lemma.ends_with('l') {
            forms.push((format!("{lemma}ing"), Tags::ING));
            if !self.irregular.contains_key(lemma) {
                forms.push((format!("{lemma}ed"), Tags::PAST.or(Tags::PART)));
            }
        }
        for (form, tag) in forms {
            let id = self.add(&form, tag);
            let word = &mut self.words[id as usize];
            word.verb.get_or_insert(at);
        }
        at
    }

    /// Adds classes to a word.
    fn add(&mut self, word: &str, tags: Tags) -> WordId {
        let id = self.word_id(word);
        let word = &mut self.words[id as usize];
        word.tags = word.tags.or(tags);
        id
    }

    fn word_id(&mut self, word: &str) -> WordId {
        let next = self.words.len() as WordId;
        let id = *self.index.entry(fold_hash(word)).or_insert(next);
        if id == next {
            self.words.push(Word { text: word.into(), ..Word::default() });
        }
        id
    }

    fn known_words(&self) -> Known {
        Known {
            by: self.find("by"),
            of: self.find("of"),
            from: self.find("from"),
            for_: self.find("for"),
            on: self.find("on"),
            with: self.find("with"),
            in_: self.find("in"),
            between: self.find("between"),
            at: self.find("at"),
            over: self.find("over"),
            across: self.find("across"),
            near: self.find("near"),
            to: self.find("to"),
            against: self.find("against"),
            as_: self.find("as"),
            if_: self.find("if"),
        }
    }
}

fn effect(name: &str) -> Effect {
    match name {
        "keep" => Effect::Keep,
        "deed" => Effect::Deed,
        "flip" => Effect::Flip,
        "half" => Effect::Half,
        "doubt" => Effect::Doubt,
        "get" => Effect::Get,
        "accept" => Effect::Accept,
        "refuse" => Effect::Refuse,
        "blame" => Effect::Blame,
        _ => Effect::None,
    }
}

fn sign_of(sign: &str) -> Option<i8> {
    match sign {
        "+" => Some(1),
        "-" => Some(-1),
        "0" => Some(0),
        _ => None,
    }
}

/// The lines of a list that are no comments.
fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// The lines of a table, split at tabs.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    lines(table).map(|line| line.split('\t').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_lead_to_their_verb() {
        let lexicon = english();
        for (form, lemma) in [
            ("Sought", "seek"),
            ("condemned", "condemn"),
            ("sending", "send"),
            ("strikes", "strike"),
            ("signaled", "signal"),
        ] {
            assert_eq!(lexicon.verb_of(lexicon.find(form)).map(|verb| &*verb.lemma), Some(lemma));
        }
        assert_eq!(lexicon.find("xyzzy"), UNKNOWN);
    }

    #[test]
    fn every_row_of_the_tables_is_read() {
        for table in
            [include_str!("../words/stance-verbs.tsv"), include_str!("../words/stance-nouns.tsv")]
        {
            for fields in rows(table) {
                assert!(fields.len() >= 3 && Kind::of_name(fields[1]).is_some(), "{fields:?}");
                for slot in fields[2].split([' ', ';']).filter(|slot| !slot.is_empty()) {
                    assert!(sign_of(&slot[slot.len() - 1..]).is_some(), "{fields:?}");
                }
            }
        }
        for fields in rows(include_str!("../words/operators.tsv")) {
            assert_eq!(fields.len(), 4, "{fields:?}");
        }
    }

    #[test]
    fn verbs_with_particles_come_first() {
        let lexicon = english();
        let call = lexicon.verb_of(lexicon.find("called")).unwrap();
        assert_eq!(call.frames[0].particles.len(), 1);
        assert!(call.frames.last().unwrap().particles.is_empty());
    }
}
