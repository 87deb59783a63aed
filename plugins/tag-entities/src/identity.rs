//! Who is meant: one id and one name for all mentions of the same one in a document.
//!
//! Known names have the lexicon's. An unknown full name gives an id of its own; a family name alone
//! means the last full name before it that ends so, else the first after it. An acronym means the
//! organisation it stands behind in brackets, or whose initials it is.

use docmill_core::vocab::entities::Kind;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::classes::Class;
use crate::lexicon::{Entry, lexicon};
use crate::names::{Candidate, Mention, Names};
use crate::prose::{Manner, Prose, Shape};
use crate::slug::slug;

/// Whom a mention means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// An entry of the lexicon.
    Known(u32),
    /// A name of this document: an index into [`Identities::locals`].
    Local(u32),
}

/// A name that only this document knows.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Buffers and results, for one document after the other.
#[derive(Default)]
pub(crate) struct Identities {
    /// Whom each mention means, in their order.
    pub(crate) who: Vec<Who>,
    pub(crate) locals: Vec<Local>,
    by_id: FxHashMap<String, u32>,
    /// Full names by the hash of their last word: where each stands, and who it is.
    surnames: FxHashMap<u64, Vec<(usize, Who)>>,
    /// The first one of each given name.
    given: FxHashMap<u64, Who>,
    /// Who bears a family name, with its hash.
    bearers: FxHashSet<(u64, Who)>,
    /// Organisations by the hash of their acronym.
    acronyms: FxHashMap<u64, Who>,
    names: FxHashMap<u64, Kind>,
}

impl Identities {
    /// Adds the candidates that the document shows to be names, and says whom each mention means.
    pub(crate) fn identify(&mut self, prose: &Prose<'_>, names: &mut Names) {
        self.who.clear();
        self.locals.clear();
        self.by_id.clear();
        self.surnames.clear();
        self.bearers.clear();
        self.given.clear();
        self.acronyms.clear();
        self.names.clear();
        self.full_names(prose, &names.mentions);
        self.promote(prose, names);
        for at in 0..names.mentions.len() {
            let who = self.who_is(prose, &mut names.mentions[at]);
            self.who.push(who);
        }
    }

    /// The id of the one meant.
    pub(crate) fn id(&self, who: Who) -> &str {
        match who {
            Who::Known(entry) => lexicon().entry(entry).map_or("", |entry| &entry.id),
            Who::Local(local) => self.locals.get(local as usize).map_or("", |local| &local.id),
        }
    }

    /// The readable name of the one meant.
    pub(crate) fn name(&self, who: Who) -> &str {
        match who {
            Who::Known(entry) => lexicon().entry(entry).map_or("", |entry| &entry.name),
            Who::Local(local) => self.locals.get(local as usize).map_or("", |local| &local.name),
        }
    }

    fn full_names(&mut self, prose: &Prose<'_>, mentions: &[Mention]) {
        for mention in mentions {
            let length = mention.end - mention.first;
            let last = last_name(prose, mention);
            match mention.kind {
                Kind::Person if length > 1 => {
                    let who = self.direct(prose, mention);
                    self.bear(prose.hashes[last], mention.first, who);
                    if is_family_first(prose, mention) {
                        self.bear(prose.hashes[mention.first], mention.first, who);
                    } else {
                        self.given.entry(prose.hashes[mention.first]).or_insert(who);
                    }
                }
                Kind::Organisation if length > 1 => {
                    let who = self.direct(prose, mention);
                    if let Some(acronym) = bracketed(prose, mention) {
                        self.acronyms.insert(prose.hashes[acronym], who);
                    }
                    let initials: String = (mention.first..mention.end)
                        .filter(|at| prose.is_capital(*at))
                        .filter_map(|at| prose.token(at).chars().next())
                        .collect();
                    if initials.chars().count() > 1 {
                        self.acronyms.entry(docmill_text::fold_hash(&initials)).or_insert(who);
                    }
                }
                _ => {}
            }
            self.names.entry(name_hash(prose, mention.first, mention.end)).or_insert(mention.kind);
        }
    }

    /// Notes who bears a family name from a place on.
    fn bear(&mut self, surname: u64, place: usize, who: Who) {
        let full = self.surnames.entry(surname).or_default();
        if full.last().is_none_or(|(_, before)| *before != who) {
            full.push((place, who));
        }
        self.bearers.insert((surname, who));
    }

    /// Makes mentions of the candidates whose name the document gives a kind elsewhere.
    fn promote(&mut self, prose: &Prose<'_>, names: &mut Names) {
        let before = names.mentions.len();
        for &Candidate { first, end } in &names.candidates {
            let single = end - first == 1;
            let word = prose.word(first);
            let doubtful = single
                && (word.opens || prose.manner(first) != Manner::Prose)
                && word.classes.has(Class::Ambiguous);
            let next = names.mentions[..before].partition_point(|mention| mention.end <= first);
            let taken =
                names.mentions[..before].get(next).is_some_and(|mention| mention.first < end);
            if taken || doubtful || word.classes.has(Class::NoName) {
                continue;
            }
            let kind = match self.names.get(&name_hash(prose, first, end)) {
                Some(kind) if *kind == Kind::Person || prose.manner(first) != Manner::Prose => {
                    Some(*kind)
                }
                _ if single && self.surnames.contains_key(&prose.hashes[first]) => {
                    Some(Kind::Person)
                }
                _ if single
                    && word.shape == Shape::Caps
                    && self.acronyms.contains_key(&prose.hashes[first]) =>
                {
                    Some(Kind::Organisation)
                }
                _ => None,
            };
            if let Some(kind) = kind {
                names.mentions.push(Mention {
                    first,
                    end,
                    kind,
                    entry: None,
                    rule: "named-elsewhere",
                    score: 0.75,
                });
            }
        }
        if names.mentions.len() > before {
            names.mentions.sort_by_key(|mention| mention.first);
        }
    }

    fn who_is(&mut self, prose: &Prose<'_>, mention: &mut Mention) -> Who {
        let single = mention.end - mention.first == 1;
        let hash = prose.hashes[mention.first];
        if single
            && mention.kind == Kind::Person
            && let Some(who) = self.bearer(hash, mention)
        {
            return who;
        }
        if single
            && mention.kind == Kind::Person
            && mention.entry.is_none()
            && let Some(who) = self.given.get(&hash)
        {
            return *who;
        }
        if single
            && mention.kind == Kind::Organisation
            && mention.entry.is_none()
            && let Some(who) = self.acronyms.get(&hash)
        {
            return *who;
        }
        self.direct(prose, mention)
    }

    /// The bearer of a family name that stands alone: the last one named in full before, else the
    /// first after.
    fn bearer(&self, hash: u64, mention: &Mention) -> Option<Who> {
        let full = self.surnames.get(&hash)?;
        if let Some(entry) = mention.entry {
            let known = Who::Known(entry);
            if self.bearers.contains(&(hash, known)) {
                return Some(known);
            }
        }
        let place = full.partition_point(|(at, _)| *at < mention.first);
        full.get(place.saturating_sub(1)).map(|(_, who)| *who)
    }

    /// Whom a mention means by itself.
    fn direct(&mut self, prose: &Prose<'_>, mention: &Mention) -> Who {
        if let Some(entry) = mention.entry {
            return Who::Known(entry);
        }
        let name = readable(prose, mention);
        let prefix = match mention.kind {
            Kind::Person => "person",
            Kind::Organisation => "org",
            Kind::Place | Kind::Location => "place",
            Kind::Group => "group",
        };
        let id = format!("{prefix}:{}", slug(&name));
        if let Some(local) = self.by_id.get(&id) {
            return Who::Local(*local);
        }
        let local = self.locals.len() as u32;
        self.by_id.insert(id.clone(), local);
        self.locals.push(Local { id, name });
        Who::Local(local)
    }
}

/// The entry of the one meant, if the lexicon knows them.
pub(crate) fn entry_of(who: Who) -> Option<&'static Entry> {
    match who {
        Who::Known(entry) => lexicon().entry(entry),
        Who::Local(_) => None,
    }
}

/// Whether a person's family name comes first: `Ri Kwang-hyok`, `Xi Jinping`.
fn is_family_first(prose: &Prose<'_>, mention: &Mention) -> bool {
    let last = prose.token(mention.end - 1);
    let syllables =
        last.split_once('-').is_some_and(|(_, tail)| tail.starts_with(char::is_lowercase));
    prose.has(mention.first, Class::FamilyFirst) || syllables && mention.end - mention.first == 2
}

/// The token of a person's family name: the last but `Jr.`, `III`.
fn last_name(prose: &Prose<'_>, mention: &Mention) -> usize {
    let last = mention.end - 1;
    let suffix = matches!(prose.token(last), "Jr" | "Jr." | "Sr" | "Sr." | "II" | "III" | "IV");
    if suffix && mention.end - mention.first > 2 { last - 1 } else { last }
}

/// The acronym that stands in brackets behind a name.
fn bracketed(prose: &Prose<'_>, mention: &Mention) -> Option<usize> {
    let acronym = mention.end + 1;
    let fits = prose.token(mention.end) == "("
        && prose.token(mention.end + 2) == ")"
        && prose.word(acronym).shape == Shape::Caps;
    fits.then_some(acronym)
}

/// A hash of a name, whatever its case.
fn name_hash(prose: &Prose<'_>, first: usize, end: usize) -> u64 {
    prose.hashes[first..end]
        .iter()
        .fold(0, |sum: u64, hash| (sum.rotate_left(7) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// A name as it is written, with one space where any space is, and not in capitals.
fn readable(prose: &Prose<'_>, mention: &Mention) -> String {
    let written = prose.span(mention.first..mention.end).of(prose.text).unwrap_or_default();
    let mut name = String::with_capacity(written.len());
    for word in written.split_whitespace() {
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(word);
    }
    let caps = mention.kind == Kind::Person
        && mention.end - mention.first > 1
        && !name.chars().any(char::is_lowercase);
    if caps { title_case(&name) } else { name }
}

fn title_case(name: &str) -> String {
    let mut inside = false;
    let mut title = String::with_capacity(name.len());
    for c in name.chars() {
        if inside {
            title.extend(c.to_lowercase());
        } else {
            title.push(c);
        }
        inside = c.is_alphabetic();
    }
    title
}
