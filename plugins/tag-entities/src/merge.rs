//! How the finding of the lists and rules and that of the statistical tagger become one.
//!
//! Where both found the same words, the lists say whom they name; where only the tagger did, it says
//! what they are; where only the lists or a rule that is sure did, their mention stays. A mention that
//! does not stay becomes a candidate: the rest of the document may show it to be a name.

use std::ops::Range;

use docmill_core::vocab::entities::Kind;

use crate::classes::Class;
use crate::features::{Features, keeps_kind};
use crate::gazetteer::Known;
use crate::lexicon::{Sort, lexicon};
use crate::names::{Candidate, Mention, Names};
use crate::prose::{Prose, Shape};

/// A name that the tagger found; an event or work has no kind.
type Found = (Range<usize>, Option<Kind>);

/// Replaces the mentions by those of lists, rules and tagger together. All are in text order, without
/// overlap. `scratch` is a buffer.
pub(crate) fn merge(
    prose: &Prose<'_>,
    known: &[Known],
    found: &[Found],
    names: &mut Names,
    scratch: &mut Vec<Mention>,
) {
    scratch.clear();
    let Names { mentions, candidates } = names;
    let mut rules = mentions.iter().copied().peekable();
    let mut known = known.iter().copied().peekable();
    let mut free = 0;
    let mut settle = |rule: Mention, free: usize, limit: usize, out: &mut Vec<Mention>| {
        if rule.first >= free && rule.end <= limit && stays(&rule) {
            out.push(rule);
        } else if rule.entry.is_none() {
            candidates.push(Candidate { first: rule.first, end: rule.end });
        }
    };
    for (tokens, kind) in found {
        while let Some(rule) = rules.next_if(|rule| rule.first < tokens.start) {
            settle(rule, free, tokens.start, scratch);
        }
        while known.next_if(|known| known.first < tokens.start).is_some() {}
        let same = |first: usize, end: usize| first == tokens.start && end == tokens.end;
        let rule = rules.peek().filter(|rule| same(rule.first, rule.end)).copied();
        let entry =
            known.peek().filter(|known| same(known.first, known.end)).map(|known| known.entry);
        if let Some(mention) = revise(prose, tokens, *kind, rule, entry) {
            scratch.push(mention);
            free = tokens.end;
        } else if kind.is_none() && tokens.len() > 1 {
            free = tokens.end;
            // "Russia-Ukraine War" names both; "2019 Canadian federal election" names the election.
            let dated = prose.word(tokens.start).shape == Shape::Number;
            while let Some(rule) = rules.next_if(|rule| rule.end <= tokens.end && !dated) {
                if is_nation(&rule) {
                    scratch.push(rule);
                }
            }
        }
        while let Some(rule) = rules.next_if(|rule| rule.first < free) {
            if !same(rule.first, rule.end) {
                settle(rule, usize::MAX, 0, scratch);
            }
        }
    }
    for rule in rules {
        settle(rule, free, usize::MAX, scratch);
    }
    std::mem::swap(mentions, scratch);
}

/// Whether a mention is of a country, its capital or its people.
fn is_nation(mention: &Mention) -> bool {
    let entry = mention.entry.and_then(|entry| lexicon().entry(entry));
    entry.is_some_and(|entry| keeps_kind(entry.sort))
}

/// Whether a mention of the rules stays where the tagger found nothing.
fn stays(mention: &Mention) -> bool {
    match mention.entry.and_then(|entry| lexicon().entry(entry)) {
        Some(entry) => {
            keeps_kind(entry.sort)
                || mention.end - mention.first > 1
                || matches!(
                    entry.sort,
                    Sort::Seat | Sort::Official | Sort::Organ | Sort::Organisation
                )
        }
        None => mention.score >= 0.85,
    }
}

/// The mention that a name of the tagger's makes, with what rules and lists know of the same words.
fn revise(
    prose: &Prose<'_>,
    tokens: &Range<usize>,
    kind: Option<Kind>,
    same: Option<Mention>,
    known: Option<u32>,
) -> Option<Mention> {
    let entry = same
        .and_then(|same| same.entry)
        .or(known)
        .and_then(|entry| lexicon().entry(entry).map(|known| (entry, known)));
    if let Some((number, entry)) = entry {
        let fits = match kind {
            Some(kind) => kind == entry.kind || kind == Kind::Place && entry.kind == Kind::Location,
            None => false,
        };
        let nation =
            keeps_kind(entry.sort) && (kind != Some(Kind::Person) || !is_in_name(prose, tokens));
        if fits || nation || entry.sort == Sort::Seat {
            let rule = if fits { "gazetteer" } else { "gazetteer-alone" };
            return Some(Mention {
                first: tokens.start,
                end: tokens.end,
                kind: entry.kind,
                entry: Some(number),
                rule,
                score: 0.95,
            });
        }
    }
    let kind = match kind? {
        _ if names_agency(prose, tokens) => Kind::Organisation,
        Kind::Person | Kind::Organisation if opens_dateline(prose, tokens) => Kind::Place,
        Kind::Place if is_location(prose, tokens) => Kind::Location,
        kind => kind,
    };
    let agreed = same.filter(|same| same.kind == kind);
    let (rule, score) = agreed.map_or(("statistics", 0.8), |same| (same.rule, same.score.max(0.9)));
    Some(Mention { first: tokens.start, end: tokens.end, kind, entry: None, rule, score })
}

/// Whether what stands beside shows a person: a given name or title before, or a capital behind.
fn is_in_name(prose: &Prose<'_>, tokens: &Range<usize>) -> bool {
    let before = prose.before(tokens.start).is_some_and(|before| {
        let classes = prose.word(before).classes;
        prose.is_capital(before)
            && classes.any(&[Class::FirstName, Class::FormOfAddress, Class::StateOffice])
    });
    before || prose.is_capital(tokens.end)
}

/// Whether a name stands in the brackets of a dateline: "LIMA (Andes Wire) —".
fn names_agency(prose: &Prose<'_>, tokens: &Range<usize>) -> bool {
    let opened = tokens.start > 0 && prose.token(tokens.start - 1) == "(";
    opened && prose.token(tokens.end) == ")" && prose.in_dateline(tokens.start)
}

/// Whether a name opens a dateline: "COLUMBIA, S.C. —".
fn opens_dateline(prose: &Prose<'_>, tokens: &Range<usize>) -> bool {
    let ends = matches!(prose.token(tokens.end), "," | "(" | "—" | "–" | "--" | "-");
    ends && tokens.start == prose.sentence_of(tokens.start).start && prose.in_dateline(tokens.start)
}

/// Whether a place has no government, by its form.
fn is_location(prose: &Prose<'_>, tokens: &Range<usize>) -> bool {
    let last = tokens.end - 1;
    let governed =
        ["city", "town", "village", "province", "state", "county", "district", "region", "oblast"];
    tokens.len() > 1
        && (prose.has(last, Class::PlaceLast) && !governed.iter().any(|word| prose.is(last, word))
            || ["mount", "lake", "gulf", "cape", "river"]
                .iter()
                .any(|word| prose.is(tokens.start, word)))
}

/// A name without what does not belong to it: small words and clitics at its ends, titles before a
/// person, offices behind an organisation. Nothing where only such is left.
pub(crate) fn trimmed(
    prose: &Prose<'_>,
    name: Range<usize>,
    kind: Kind,
    features: &Features,
) -> Range<usize> {
    let small = |at: usize| !prose.is_capital(at) && prose.word(at).shape != Shape::Number;
    let Range { mut start, mut end } = name;
    while start < end && small(start) && features.is_unmarked(start) {
        start += 1;
    }
    // "The Kremlin", where the lists know "Kremlin".
    let article = |at: usize| {
        prose.is(at, "the") && features.is_unmarked(at) && !features.is_unmarked(at + 1)
    };
    if start + 1 < end && article(start) {
        start += 1;
    }
    while start < end
        && (prose.word(end - 1).shape == Shape::Clitic
            || small(end - 1) && features.is_unmarked(end - 1))
    {
        end -= 1;
    }
    let title = |at: usize| {
        prose.word(at).classes.any(&[Class::StateOffice, Class::OwnOffice])
            && !prose.has(at, Class::Surname)
    };
    match kind {
        Kind::Person if start < end && features.is_unmarked(start) => {
            start = after_titles(prose, start..end);
        }
        Kind::Organisation => {
            while start < end && title(end - 1) && features.is_unmarked(end - 1) {
                end -= 1;
            }
        }
        _ => {}
    }
    let money = prose.token(end) == "$" && end - start == 1;
    if money || (start..end).all(|at| is_office(prose, at) && features.is_unmarked(at)) {
        start..start
    } else {
        start..end
    }
}

/// Whether a token is but part of an office.
pub(crate) fn is_office(prose: &Prose<'_>, at: usize) -> bool {
    let classes = prose.word(at).classes;
    classes.any(&[
        Class::StateOffice,
        Class::OwnOffice,
        Class::OfficeModifier,
        Class::FormOfAddress,
    ]) && !classes.any(&[Class::FirstName, Class::Surname])
}

/// Where a person's name starts behind the titles before it: behind the last word of the last
/// office, where all before belongs to offices.
pub(crate) fn after_titles(prose: &Prose<'_>, name: Range<usize>) -> usize {
    let mut first = name.start;
    for at in name.start..name.end.saturating_sub(1) {
        let classes = prose.word(at).classes;
        let given = classes.has(Class::FirstName) && name.end - at == 2;
        let office = classes.any(&[
            Class::StateOffice,
            Class::OwnOffice,
            Class::FormOfAddress,
            Class::OfficeModifier,
        ]);
        if given || !office || classes.has(Class::Particle) {
            break;
        }
        if classes.any(&[Class::StateOffice, Class::FormOfAddress]) {
            first = at + 1;
        }
    }
    first
}
