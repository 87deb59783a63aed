//! Ties and relations: nouns that join two sides, valued by the words around them.
//!
//! "Cooperation", "tensions" value by themselves; "ties", "relations" only with a word that values them: "close ties",
//! "relations soured", "revamp ties", "a warming of ties". What is merely kept is balanced: sign 0.

use docmill_core::vocab::stances::{Channel, Kind};

use crate::{
    lexicon::{Flag, Place, TieSign},
    mentions::{self, Named},
    nouns::NounRule,
    outlook::{self, Outlook},
    scoring::{Family, Findings},
    units::Pos,
};

/// Adds what a noun says of its two sides.
pub(crate) fn apply(rule: &NounRule<'_>, findings: &mut Findings) {
    let Some((one, other, both)) = sides(rule) else { return };
    let governor = rule.governing_group();
    let mut outlook = Outlook::DONE;
    outlook.turned = rule.phrase.negated;
    let value = value(rule);
    let sign = if rule.noun.is(Flag::Value) {
        match value {
            // "kept close ties with both A and B"
            Some(_) if other.len() >= 2 && is_kept(rule) => 0,
            Some(0) if rule.noun.kind == Kind::Act => return,
            Some(sign) => sign,
            None => return,
        }
    } else {
        match value {
            Some(-1) if rule.noun.sign > 0 => -1,
            _ => rule.noun.sign,
        }
    };
    if let Some(group) = governor {
        let above = outlook::of_group(rule.read, rule.lexicon, group);
        outlook.turned ^= above.turned;
        outlook.degree = outlook.degree.min(above.degree);
    }
    let family = if rule.noun.is(Flag::Value) { Family::Tie } else { Family::Noun };
    let mut shown = rule.shown(sign, outlook, family, 0.0);
    if shown.kind == Kind::Attitude {
        shown.channel = Channel::Author;
    }
    findings.add(&one, &other, shown);
    if both {
        findings.add(&other, &one, shown);
    }
}

/// The two sides, and whether each holds it toward the other.
fn sides(rule: &NounRule<'_>) -> Option<(Vec<Named>, Vec<Named>, bool)> {
    let between = rule.lexicon.known.between;
    let slot = |prep: u32| rule.noun.targets.iter().any(|slot| slot.place == Place::After(prep));
    if slot(between)
        && let Some(named) = rule.named_after(between).filter(|named| named.len() >= 2)
    {
        let (one, rest) = named.split_first()?;
        return Some((vec![*one], rest.to_vec(), true));
    }
    let names = names_before(rule);
    if let [one, other] = names[..] {
        return Some((vec![one], vec![other], true));
    }
    if let Some((_, [one, other])) = rule.read.pairs.iter().find(|(phrase, _)| *phrase == rule.at) {
        let named = |actor: u32| Named { actor, span: rule.trigger(), owned: true };
        return Some((vec![named(*one)], vec![named(*other)], true));
    }
    let (targets, _) = rule.targets()?;
    let mut owners = rule.owners();
    let own = !owners.is_empty();
    let speaker = rule.reading.speech.around(rule.sentence, rule.trigger());
    let speaker = speaker.and_then(|said| said.speaker.zip(said.speaker_span));
    let hoped = rule.phrase.prep == Some(rule.lexicon.known.for_);
    let hoped = hoped
        .then_some(rule.phrase.governor)
        .flatten()
        .and_then(|group| rule.read.groups[group].subject);
    let hoped =
        hoped.map(|phrase| mentions::named(rule.reading, rule.lexicon, rule.sentence, phrase));
    if let Some(named) = hoped.filter(|named| !own && !named.is_empty()) {
        owners = named;
    } else if !own && rule.governing_group().is_none() {
        let (actor, span) = speaker?;
        owners = vec![Named { actor, span, owned: false }];
    } else if !own {
        let group = rule.governing_group()?;
        let known = rule.read.groups[group];
        let phrase = if known.passive { known.agent? } else { known.subject? };
        owners = mentions::named(rule.reading, rule.lexicon, rule.sentence, phrase);
    }
    let mutual = own && rule.noun.sign < 0 && !rule.noun.is(Flag::Value);
    (!owners.is_empty()).then_some((owners, targets, mutual))
}

/// The names right before the noun: "Chile–Peru ties".
fn names_before(rule: &NounRule<'_>) -> Vec<Named> {
    let units = rule.read.units.get(rule.phrase.start..rule.phrase.head).unwrap_or_default();
    units
        .iter()
        .filter(|unit| unit.pos == Pos::Name)
        .filter_map(|unit| {
            Some(Named {
                actor: mentions::actor_of(rule.reading, unit)?,
                span: unit.span,
                owned: false,
            })
        })
        .collect()
}

/// Whether the tie is merely kept as it is.
fn is_kept(rule: &NounRule<'_>) -> bool {
    let governor = rule.governing_group().map(|group| rule.read.groups[group].main);
    let word = governor.and_then(|unit| rule.read.units.get(unit)).map(|unit| unit.word);
    word.and_then(|word| rule.lexicon.tie_sign(word, TieSign::Object)) == Some(0)
}

/// How the words around a noun value it.
fn value(rule: &NounRule<'_>) -> Option<i8> {
    if let Some(sign) = rule.adjective() {
        return Some(sign);
    }
    let read = rule.read;
    let known = rule.lexicon.known;
    let boasted = rule
        .phrase
        .prep
        .is_some_and(|prep| prep == known.of || prep == known.for_)
        .then_some(rule.phrase.governor)
        .flatten();
    if let Some(group) = rule.governing_group().or(boasted) {
        let known = read.groups[group];
        if let Some(sign) = rule.lexicon.tie_sign(read.units[known.main].word, TieSign::Object) {
            return Some(sign);
        }
    }
    let subject_of =
        read.groups.iter().find(|group| group.subject == Some(rule.at) && !group.passive);
    let predicate = subject_of
        .filter(|group| read.units[group.main].pos == Pos::Be)
        .and_then(|group| read.phrase_at(group.chunk + 1))
        .and_then(|phrase| rule.valued(phrase));
    if predicate.is_some() {
        return predicate;
    }
    if let Some(sign) = subject_of
        .and_then(|group| rule.lexicon.tie_sign(read.units[group.main].word, TieSign::Subject))
    {
        return Some(sign);
    }
    let of = rule.phrase.chunk.checked_sub(2)?;
    if read.prep_at(of + 1) == Some(rule.lexicon.known.of) {
        let head = read.head(read.phrase_at(of)?)?;
        return rule.lexicon.tie_sign(head.word, TieSign::Of);
    }
    None
}
