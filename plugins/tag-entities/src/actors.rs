//! Which political actor a mention stands for here.
//!
//! A country does nearly always, a demonym unless someone or something private bears it ("Chilean
//! hauliers"): `nations`. A capital does unless it is a place here ("in Kyiv", "a visit to Moscow",
//! a dateline): `capitals`. An organ of state is its state; other organisations and persons are
//! actors themselves, but someone whom the text gives an office of a state is that state: `offices`.

mod capitals;
mod nations;
mod offices;

use docmill_core::vocab::entities::Kind;
use rustc_hash::FxHashMap;

use crate::classes::Class;
use crate::identity::{Identities, Who, entry_of};
use crate::lexicon::Sort;
use crate::names::Mention;
use crate::prose::Prose;

/// The actor of a mention, and the rule that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Acting {
    /// The one it stands for; `None` where it stands for no actor.
    pub(crate) actor: Option<Actor>,
    /// The rule that decided, where there was something to decide.
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

impl Acting {
    fn of(entry: u32) -> Self {
        Acting { actor: Some(Actor::Of(entry)), rule: None }
    }

    fn by(actor: Actor, rule: &'static str) -> Self {
        Acting { actor: Some(actor), rule: Some(rule) }
    }

    fn none(rule: &'static str) -> Self {
        Acting { actor: None, rule: Some(rule) }
    }
}

/// The rule that goes by what the text speaks of around: any other is surer.
const IN_CONTEXT: &str = "office-in-context";

/// Buffers.
#[derive(Default)]
pub(crate) struct Scratch {
    /// The side that the text gives each local name.
    sides: Vec<Option<Acting>>,
    /// Known officials who speak for themselves in this document.
    apart: FxHashMap<Who, Acting>,
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
    scratch.apart.clear();
    scratch.sides.resize(identities.locals.len(), None);
    for at in 0..mentions.len() {
        let scene = Scene { prose, mentions, identities, done: out };
        let mut acting = scene.acting(at);
        if let Who::Local(local) = identities.who[at]
            && let Some(side) = scratch.sides.get_mut(local as usize)
        {
            let surer = side.is_none_or(|side| side.rule == Some(IN_CONTEXT));
            if acting.rule.is_some() && acting.actor.is_some() && surer {
                *side = Some(acting);
            }
            acting = side.unwrap_or(acting);
        }
        if matches!(acting.actor, Some(Actor::Own(_)))
            && matches!(identities.who[at], Who::Known(_))
        {
            scratch.apart.insert(identities.who[at], acting);
        }
        out.push(acting);
    }
    // What a later mention says of someone holds for the earlier ones.
    for (acting, who) in out.iter_mut().zip(&identities.who) {
        if let Who::Local(local) = who
            && let Some(side) = scratch.sides.get(*local as usize).copied().flatten()
        {
            *acting = side;
        }
        if let Some(apart) = scratch.apart.get(who) {
            *acting = *apart;
        }
    }
}

/// A mention, and what stands around it.
struct Scene<'a, 'b> {
    prose: &'a Prose<'b>,
    mentions: &'a [Mention],
    identities: &'a Identities,
    /// The actors of the mentions before.
    done: &'a [Acting],
}

impl Scene<'_, '_> {
    fn acting(&self, at: usize) -> Acting {
        let mention = &self.mentions[at];
        let who = self.identities.who[at];
        if mention.kind != Kind::Person && self.prose.in_dateline(mention.first) {
            return Acting::none("dateline");
        }
        if let (Who::Known(entry), Some(known)) = (who, entry_of(who)) {
            return match known.sort {
                Sort::Country => self.country(at, entry),
                Sort::Demonym => self.demonym(at, entry),
                Sort::People => self.people(at, entry),
                Sort::Capital => self.capital(at, entry),
                Sort::Organ => self.organ(at, entry),
                Sort::Official => self.official(at, entry),
                Sort::Organisation if known.rules_at_home => self.ruling(at, entry),
                Sort::Polity | Sort::Seat | Sort::Organisation | Sort::Person => Acting::of(entry),
                Sort::Place | Sort::Group => Acting { actor: None, rule: None },
            };
        }
        let side = match mention.kind {
            Kind::Person => self.person(at),
            Kind::Organisation => self.institution(at),
            _ => return Acting { actor: None, rule: None },
        };
        side.unwrap_or(Acting { actor: Some(Actor::Own(who)), rule: None })
    }

    /// The sort of the one mentioned, where the lexicon knows them.
    fn sort(&self, at: usize) -> Option<Sort> {
        entry_of(self.identities.who[at]).map(|entry| entry.sort)
    }

    /// The mention that holds the one at `at`: right before it, or before a possessive.
    fn holder_before(&self, at: usize) -> Option<usize> {
        let first = self.mentions[at].first;
        let end =
            first.checked_sub(1).filter(|before| self.is_possessive(*before)).unwrap_or(first);
        at.checked_sub(1).filter(|holder| self.mentions[*holder].end == end)
    }

    /// Whether a token is `'s` or the bare apostrophe.
    fn is_possessive(&self, at: usize) -> bool {
        matches!(self.prose.token(at), "'s" | "’s" | "'" | "’" | "'S" | "’S")
    }

    fn has(&self, at: usize, class: Class) -> bool {
        self.prose.has(at, class)
    }
}
