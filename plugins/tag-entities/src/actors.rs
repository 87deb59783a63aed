//! Which political actor a mention stands for here.
//!
//! A country does always, a demonym unless someone or something private bears it ("Chilean
//! hauliers"). A capital does unless it is a place here ("in Kyiv", "a visit to Moscow", a
//! dateline). An organ of state is its state; other organisations and persons are actors
//! themselves, but a person whom the text gives an office of a state is that state.

use std::ops::Range;

use docmill_core::vocab::entities::Kind;

use crate::classes::Class;
use crate::identity::{Identities, Who, entry_of};
use crate::lexicon::Sort;
use crate::names::Mention;
use crate::prose::{Prose, Shape};

/// The actor of a mention, and the rule that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Acting {
    /// The one it stands for; `None` where it stands for no actor.
    pub(crate) actor: Option<Actor>,
    /// The rule that decided, where it is not the one that found the mention.
    pub(crate) rule: Option<&'static str>,
}

/// An actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Actor {
    /// The one that an entry of the lexicon stands for.
    Of(u32),
    /// The one who is named.
    Own(Who),
}

/// Says which actor each mention stands for. `out` is cleared first, then in the mentions' order.
pub(crate) fn assign(
    prose: &Prose<'_>,
    mentions: &[Mention],
    identities: &Identities,
    scratch: &mut Scratch,
    out: &mut Vec<Acting>,
) {
    out.clear();
    scratch.sides.clear();
    scratch.sides.resize(identities.locals.len(), None);
    for at in 0..mentions.len() {
        let acting =
            Scene { prose, mentions, identities, done: out }.acting(at, &mut scratch.sides);
        out.push(acting);
    }
    // What a later mention says of someone holds for the earlier ones.
    for (at, acting) in out.iter_mut().enumerate() {
        if let Who::Local(local) = identities.who[at]
            && let Some((side, rule)) = scratch.sides.get(local as usize).copied().flatten()
        {
            *acting = Acting { actor: Some(side), rule: Some(rule) };
        }
    }
}

/// Buffers.
#[derive(Default)]
pub(crate) struct Scratch {
    /// The actor that the text gives each local name, and the rule.
    sides: Vec<Option<(Actor, &'static str)>>,
}

/// The most tokens that are looked at around a mention.
const REACH: usize = 8;

struct Scene<'a, 'b> {
    prose: &'a Prose<'b>,
    mentions: &'a [Mention],
    identities: &'a Identities,
    /// The actors of the mentions before.
    done: &'a [Acting],
}

impl Scene<'_, '_> {
    fn acting(&self, at: usize, sides: &mut [Option<(Actor, &'static str)>]) -> Acting {
        let mention = &self.mentions[at];
        let who = self.identities.who[at];
        let of = |entry: u32| Some(Actor::Of(entry));
        if mention.kind != Kind::Person && self.in_dateline(mention.first) {
            return Acting { actor: None, rule: Some("dateline") };
        }
        match (who, entry_of(who).map(|entry| entry.sort)) {
            (Who::Known(entry), Some(sort)) => match sort {
                Sort::Country => self.country(at, entry),
                Sort::Demonym | Sort::People => self.demonym(at, entry, sort),
                Sort::Capital => self.capital(at, entry),
                Sort::Polity | Sort::Seat | Sort::Organ | Sort::Organisation => {
                    Acting { actor: of(entry), rule: None }
                }
                Sort::Official => self.official(at, entry),
                Sort::Person => Acting { actor: of(entry), rule: None },
                Sort::Place | Sort::Group => Acting { actor: None, rule: None },
            },
            _ => {
                let side = match mention.kind {
                    Kind::Person => self.person(at),
                    Kind::Organisation => self.institution(at),
                    _ => None,
                };
                let Who::Local(local) = who else { return Acting { actor: None, rule: None } };
                let known = sides.get(local as usize).copied().flatten();
                if let (Some(side), None) = (side, known) {
                    sides[local as usize] = Some(side);
                }
                match known.or(side) {
                    Some((actor, rule)) => Acting { actor: Some(actor), rule: Some(rule) },
                    None if matches!(mention.kind, Kind::Person | Kind::Organisation) => {
                        Acting { actor: Some(Actor::Own(who)), rule: None }
                    }
                    None => Acting { actor: None, rule: None },
                }
            }
        }
    }

    /// A country: always an actor, but where it only says where something is.
    fn country(&self, at: usize, entry: u32) -> Acting {
        let prose = self.prose;
        let first = self.mentions[at].first;
        let place = prose.before(first).is_some_and(|before| {
            PLACE_ADJECTIVES[1..].iter().any(|word| prose.is(before, word))
                || prose.is(before, "of") && before > 0 && prose.is(before - 1, "out")
                || prose.is(before, "in")
                    && prose.word(before).opens
                    && prose.token(self.mentions[at].end) == ","
        });
        match place {
            true => Acting { actor: None, rule: Some("country-as-place") },
            false => Acting { actor: Some(Actor::Of(entry)), rule: None },
        }
    }

    /// Whether a token stands in a dateline: "KYIV (AP) —", "Ankara, March 3 (Wire) —".
    fn in_dateline(&self, first: usize) -> bool {
        let prose = self.prose;
        let sentence = prose.sentence_of(first);
        if first >= sentence.start + 12 {
            return false;
        }
        let end = sentence.end.min(sentence.start + 16);
        let dash = (first..end).find(|at| matches!(prose.token(*at), "—" | "–" | "--" | "-"));
        dash.is_some_and(|dash| {
            let plain = (sentence.start..dash).all(|at| {
                matches!(
                    prose.word(at).shape,
                    Shape::Capital | Shape::Caps | Shape::Number | Shape::Initial
                ) || matches!(prose.token(at), "," | "(" | ")" | "/" | ".")
            });
            plain
                && dash > sentence.start
                && (prose.token(dash - 1) == ")" || prose.word(sentence.start).shape == Shape::Caps)
        })
    }

    /// `Ukrainian`: its state, unless someone or something private bears it.
    fn demonym(&self, at: usize, entry: u32, sort: Sort) -> Acting {
        let prose = self.prose;
        let mention = &self.mentions[at];
        let state = Acting { actor: Some(Actor::Of(entry)), rule: None };
        let none = |rule| Acting { actor: None, rule: Some(rule) };
        let counted = |before: usize| {
            prose.word(before).shape == Shape::Number
                || [
                    "many",
                    "some",
                    "most",
                    "two",
                    "three",
                    "four",
                    "five",
                    "six",
                    "seven",
                    "eight",
                    "nine",
                    "ten",
                    "dozens",
                    "hundreds",
                    "thousands",
                    "young",
                    "ordinary",
                    "million",
                    "millions",
                ]
                .iter()
                .any(|word| prose.is(before, word))
        };
        if sort == Sort::People {
            return match prose.before(mention.first) {
                Some(before)
                    if counted(before)
                        || prose.is(before, "of") && before > 0 && counted(before - 1) =>
                {
                    none("people-counted")
                }
                _ => state,
            };
        }
        let end = prose.sentence_of(mention.first).end.min(mention.end + 4);
        for next in mention.end..end {
            let classes = prose.word(next).classes;
            if classes.any(&[Class::Government, Class::StateOffice]) {
                return state;
            }
            if classes.has(Class::Private) {
                return none("demonym-private");
            }
            // "Israeli and Ukrainian officials": whatever the other is.
            let joined = next == mention.end && (prose.is(next, "and") || prose.token(next) == "-");
            let stops = prose.word(next).shape == Shape::Mark
                || prose.word(next).classes.any(&[
                    Class::NoName,
                    Class::Locative,
                    Class::Says,
                    Class::Toward,
                ]);
            if !joined && stops {
                break;
            }
        }
        let bare = prose.word(mention.end).shape == Shape::Mark && prose.token(mention.end) != "-";
        if bare
            && prose
                .before(mention.first)
                .is_some_and(|before| prose.is(before, "in") || prose.is(before, "speak"))
        {
            return none("language");
        }
        state
    }

    /// `Kyiv`: its government, unless it is a place here.
    fn capital(&self, at: usize, entry: u32) -> Acting {
        let place = |rule| Acting { actor: None, rule: Some(rule) };
        let government = |rule| Acting { actor: Some(Actor::Of(entry)), rule: Some(rule) };
        match self.capital_use(at) {
            Ok(rule) => government(rule),
            Err(rule) => place(rule),
        }
    }

    /// The rule by which a capital is a government, or that by which it is a place.
    fn capital_use(&self, at: usize) -> Result<&'static str, &'static str> {
        let prose = self.prose;
        let mention = &self.mentions[at];
        let (first, end) = (mention.first, mention.end);
        let sentence = prose.sentence_of(first);
        let next = |offset: usize| {
            if end + offset < sentence.end { prose.token(end + offset) } else { "" }
        };
        if next(0) == ","
            && self.mentions.get(at + 1).is_some_and(|next| {
                next.first == end + 1 && self.sort(at + 1) == Some(Sort::Country)
            })
        {
            return Err("city-of-country");
        }
        let possessive = prose.word(end).shape == Shape::Clitic && matches!(next(0), "'s" | "’s");
        let noun = end + usize::from(possessive);
        if noun < sentence.end {
            let classes = prose.word(noun).classes;
            if classes.has(Class::PlaceLast) || PLACE_NOUNS.iter().any(|word| prose.is(noun, word))
            {
                return Err("city-noun");
            }
        }
        let Some(mut before) = prose.before(first) else { return Ok("capital-subject") };
        while (before > sentence.start)
            && PLACE_ADJECTIVES.iter().any(|word| prose.is(before, word))
        {
            before -= 1;
        }
        if possessive && !prose.has(before, Class::Locative) {
            return Ok("capital-possessive");
        }
        // "Moscow and Kyiv": as the one before.
        if prose.is(before, "and")
            || prose.token(before) == ","
            || prose.is(before, "or")
            || matches!(prose.token(before), "-" | "–")
        {
            let sibling = at.checked_sub(1).filter(|sibling| self.mentions[*sibling].end == before);
            if let Some(sibling) =
                sibling.filter(|sibling| self.sort(*sibling) == Some(Sort::Capital))
            {
                return match self.done.get(sibling).and_then(|acting| acting.actor) {
                    Some(_) => Ok("capital-beside"),
                    None => Err("city-beside"),
                };
            }
        }
        let window = before.saturating_sub(REACH).max(sentence.start)..before;
        let last_of = |class: Class| window.clone().rev().find(|at| prose.has(*at, class));
        if prose.is(before, "to") || prose.is(before, "from") {
            let bond = last_of(Class::Bond);
            let travel = last_of(Class::Travel);
            return match (bond, travel) {
                (Some(bond), Some(travel)) if bond < travel => Err("city-travelled-to"),
                (Some(_), _) => Ok("capital-bond"),
                (None, Some(_)) => Err("city-travelled-to"),
                (None, None) if prose.is(before, "from") => Err("city-preposition"),
                (None, None) => Ok("capital-object"),
            };
        }
        let opening = prose.word(before).opens;
        if prose.has(before, Class::Locative)
            && (prose.word(before).shape == Shape::Lower || opening)
        {
            return Err("city-preposition");
        }
        if prose.is(before, "of")
            && before > sentence.start
            && PLACE_HEADS.iter().any(|word| prose.is(before - 1, word))
        {
            return Err("city-noun");
        }
        Ok("capital-default")
    }

    /// A known official: their state, unless the text says that they speak for themselves.
    fn official(&self, at: usize, entry: u32) -> Acting {
        let mention = &self.mentions[at];
        let own = self.prose.before(mention.first).is_some_and(|before| {
            let window = before.saturating_sub(2).max(self.prose.sentence_of(mention.first).start)
                ..before + 1;
            window.clone().any(|at| self.prose.is(at, "opposition"))
                && window.clone().any(|at| {
                    self.prose.is(at, "leader")
                        || self.prose.is(at, "head")
                        || self.prose.is(at, "chief")
                })
        });
        if own {
            return Acting {
                actor: Some(Actor::Own(self.identities.who[at])),
                rule: Some("opposition-leader"),
            };
        }
        Acting { actor: Some(Actor::Of(entry)), rule: None }
    }

    /// The side of an unknown person, by the office that the text gives them.
    fn person(&self, at: usize) -> Option<(Actor, &'static str)> {
        let mention = &self.mentions[at];
        let sentence = self.prose.sentence_of(mention.first);
        self.of_state(at)
            .or_else(|| self.office_before(at, &sentence))
            .or_else(|| self.office_after(at, &sentence))
    }

    /// "Colonel X of Niger's council".
    fn of_state(&self, at: usize) -> Option<(Actor, &'static str)> {
        let mention = &self.mentions[at];
        let before = self.prose.before(mention.first)?;
        let holder = self.mentions.get(at + 1).filter(|next| next.first == mention.end + 1)?;
        let office = self.prose.has(before, Class::StateOffice) && self.prose.is(mention.end, "of");
        (office && holder.kind != Kind::Person).then(|| self.side_of(at + 1, true, false)).flatten()
    }

    /// "Ukrainian Deputy Energy Minister X", "Japan's ambassador, X", "Foreign Ministry spokesman X".
    fn office_before(&self, at: usize, sentence: &Range<usize>) -> Option<(Actor, &'static str)> {
        let prose = self.prose;
        let mut place = self.mentions[at].first.checked_sub(1)?;
        if prose.token(place) == "," {
            place = place.checked_sub(1)?;
        }
        let (mut office, mut own) = (false, false);
        let mut steps = 0;
        while place >= sentence.start && steps < REACH {
            let classes = prose.word(place).classes;
            if classes.has(Class::StateOffice) {
                office = true;
            } else if classes.has(Class::OwnOffice) || prose.is(place, "opposition") {
                own = true;
            } else if let Some(holder) = self.ends_at(at, place + 1) {
                // "its consul in Mumbai, X", "Minister for the Pacific X".
                let first = self.mentions[holder].first;
                let within = first > sentence.start
                    && (prose.is(first - 1, "in") || prose.is(first - 1, "at"));
                if !within && self.sort(holder) != Some(Sort::Place) {
                    return self.side_of(holder, office, own);
                }
                place = first;
            } else if !(classes.has(Class::OfficeModifier)
                || matches!(prose.token(place), "'s" | "’s")
                || prose.is(place, "of")
                || ["for", "in", "at"].iter().any(|word| prose.is(place, word))
                || prose.is(place, "the"))
            {
                break;
            }
            steps += 1;
            let Some(next) = place.checked_sub(1) else { break };
            place = next;
        }
        (office && !own).then(|| self.context(at)).flatten()
    }

    /// The mention before `at` that ends at a token.
    fn ends_at(&self, at: usize, end: usize) -> Option<usize> {
        (at.saturating_sub(4)..at).rev().find(|other| self.mentions[*other].end == end)
    }

    /// "X, Israel's ambassador in Baku", "X, a deputy foreign minister", "X, a spokesman for the Y".
    fn office_after(&self, at: usize, sentence: &Range<usize>) -> Option<(Actor, &'static str)> {
        let prose = self.prose;
        let comma = self.mentions[at].end;
        if prose.token(comma) != "," {
            return None;
        }
        let (mut office, mut own) = (false, false);
        let end = sentence.end.min(comma + 1 + REACH + 4);
        let mut holder = None;
        let mut next = at + 1;
        let mut place = comma + 1;
        while place < end {
            if let Some(mention) = self.mentions.get(next).filter(|mention| mention.first == place)
            {
                if self.mentions[next].kind == Kind::Person {
                    break;
                }
                holder = holder.or(Some(next));
                place = mention.end;
                next += 1;
                if office {
                    break;
                }
                continue;
            }
            let word = prose.word(place);
            if word.classes.has(Class::StateOffice) {
                office = true;
            } else if word.classes.has(Class::OwnOffice) || prose.is(place, "opposition") {
                own = true;
            } else if word.shape == Shape::Mark && prose.token(place) != "-"
                || prose.is(place, "who")
                || prose.has(place, Class::Says)
            {
                break;
            }
            place += 1;
        }
        if !office || own {
            return None;
        }
        match holder {
            Some(holder) => self.side_of(holder, office, own),
            None => self.context(at),
        }
    }

    /// The actor of someone who holds an office of the one mentioned.
    fn side_of(&self, holder: usize, office: bool, own: bool) -> Option<(Actor, &'static str)> {
        let who = self.identities.who[holder];
        let kind = self.mentions[holder].kind;
        match (who, self.sort(holder)) {
            (
                Who::Known(entry),
                Some(Sort::Country | Sort::Demonym | Sort::Capital | Sort::Seat | Sort::Organ),
            ) => (office && !own).then_some((Actor::Of(entry), "office-of-state")),
            (Who::Known(entry), Some(Sort::Organisation | Sort::Polity)) => {
                let medium = entry_of(who).is_some_and(|entry| entry.is_medium);
                (!medium && (office || own)).then_some((Actor::Of(entry), "office-of-organisation"))
            }
            _ if kind == Kind::Organisation && office => match self.done.get(holder) {
                Some(Acting { actor: Some(actor), .. }) => Some((*actor, "office-of-organisation")),
                _ => Some((Actor::Own(who), "office-of-organisation")),
            },
            _ => None,
        }
    }

    /// An organ of state by its name: "Russia's Foreign Ministry", "Swedish Defence Ministry".
    fn institution(&self, at: usize) -> Option<(Actor, &'static str)> {
        let prose = self.prose;
        let mention = &self.mentions[at];
        let organ = (mention.first..mention.end)
            .any(|token| ORGANS.iter().any(|word| prose.is(token, word)));
        if !organ {
            return None;
        }
        // The country inside the name.
        for token in mention.first..mention.end {
            if let Some(entry) = self.nation(token) {
                return Some((Actor::Of(entry), "organ-of-state"));
            }
        }
        let before = mention.first.checked_sub(1)?;
        let holder = at.checked_sub(1).filter(|holder| {
            let end = self.mentions[*holder].end;
            end == mention.first
                || end == before && matches!(prose.token(before), "'s" | "’s" | "'" | "’")
        });
        if let Some(holder) = holder
            && let Some(Acting { actor: Some(actor), .. }) = self.done.get(holder)
        {
            return Some((*actor, "organ-of-state"));
        }
        self.context(at)
    }

    /// The country that one token names, by the lists.
    fn nation(&self, token: usize) -> Option<u32> {
        if !self.prose.has(token, Class::Nation) {
            return None;
        }
        crate::lexicon::lexicon().nation(self.prose.hashes[token])
    }

    /// The state that the text speaks of here: the last in this sentence, else the first in the
    /// sentence before.
    fn context(&self, at: usize) -> Option<(Actor, &'static str)> {
        let sentence = self.prose.word(self.mentions[at].first).sentence;
        let state = |other: &usize| {
            matches!(
                self.sort(*other),
                Some(
                    Sort::Country
                        | Sort::Demonym
                        | Sort::Capital
                        | Sort::Seat
                        | Sort::Organ
                        | Sort::Official
                )
            )
        };
        let number = |other: usize| self.prose.word(self.mentions[other].first).sentence;
        let start = at.saturating_sub(24);
        let here = (start..at).rev().take_while(|other| number(*other) == sentence).find(state);
        let found = here.or_else(|| {
            let last = (start..at).rev().map(number).find(|other| *other < sentence)?;
            (start..at).filter(|other| number(*other) == last).find(state)
        })?;
        let actor = self.done.get(found)?.actor?;
        Some((actor, "office-in-context"))
    }

    fn sort(&self, at: usize) -> Option<Sort> {
        entry_of(self.identities.who[at]).map(|entry| entry.sort)
    }
}

/// Nouns after a city's name that make it a place.
const PLACE_NOUNS: &[&str] = &[
    "residents",
    "mayor",
    "suburb",
    "suburbs",
    "outskirts",
    "area",
    "metro",
    "subway",
    "underground",
    "hotel",
    "summit",
    "university",
    "marathon",
    "time",
    "neighborhood",
    "neighbourhood",
    "zoo",
    "court",
    "apartment",
    "bureau",
    "correspondent",
    "conference",
    "meeting",
    "stock",
];
/// Nouns before `of` and a city's name that make it a place.
const PLACE_HEADS: &[&str] = &[
    "city",
    "capital",
    "town",
    "outskirts",
    "suburb",
    "suburbs",
    "center",
    "centre",
    "streets",
    "north",
    "south",
    "east",
    "west",
    "mayor",
    "port",
    "university",
    "outside",
    "parts",
    "siege",
    "battle",
    "bombing",
    "shelling",
    "residents",
    "part",
    "district",
];
/// Words between a preposition and a city's name.
const PLACE_ADJECTIVES: &[&str] = &[
    "the", "eastern", "western", "northern", "southern", "central", "downtown", "nearby",
    "occupied", "capital",
];
/// Words in the names of organs of state.
const ORGANS: &[&str] = &[
    "ministry",
    "department",
    "army",
    "navy",
    "guard",
    "police",
    "parliament",
    "senate",
    "assembly",
    "cabinet",
    "court",
    "embassy",
    "force",
    "forces",
    "prosecutor",
    "treasury",
    "government",
    "directorate",
    "consulate",
    "customs",
    "marines",
];
