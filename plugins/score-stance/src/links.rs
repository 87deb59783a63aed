//! How the chunks of a sentence hang together: lists of phrases, subjects, objects, complements.
//!
//! No full parse: each verb group looks for its subject to the left and for its objects to the right, over a bounded
//! number of chunks, and stops where its clause does.

mod complements;
mod lists;
mod objects;
mod shapes;
mod subjects;

use complements::link_nonfinite;
use lists::join_lists;
use objects::{find_objects, relative_object};
use shapes::{share_auxiliary, tell_bare_infinitive, tell_participle};
use subjects::subject_of_finite;

use crate::{
    chunks::{Sentence, Shape},
    lexicon::{Lexicon, Tags},
    units::Pos,
};

/// How many chunks a search passes at most.
const WINDOW: usize = 48;

/// Links the chunks of a sentence.
pub(crate) fn link(sentence: &mut Sentence, lexicon: &Lexicon) {
    join_lists(sentence, lexicon);
    for at in 1..sentence.chunks.len() {
        if let (Some(prep), Some(phrase)) = (sentence.prep_at(at - 1), sentence.phrase_at(at)) {
            sentence.phrases[phrase].prep = Some(prep);
        }
    }
    for group in 1..sentence.groups.len() {
        tell_bare_infinitive(sentence, lexicon, group);
    }
    for group in 0..sentence.groups.len() {
        tell_participle(sentence, lexicon, group);
    }
    for group in 0..sentence.groups.len() {
        find_objects(sentence, lexicon, group);
        if sentence.groups[group].shape == Shape::Finite {
            let subject = subject_of_finite(sentence, lexicon, group);
            set_subject(sentence, group, subject);
        }
    }
    for group in 1..sentence.groups.len() {
        share_auxiliary(sentence, group);
    }
    for group in 0..sentence.groups.len() {
        let known = sentence.groups[group];
        if known.object.is_none() && !known.passive && known.shape == Shape::Finite {
            sentence.groups[group].object = relative_object(sentence, group);
        }
    }
    for group in 0..sentence.groups.len() {
        if sentence.groups[group].shape != Shape::Finite {
            link_nonfinite(sentence, lexicon, group);
        }
    }
}

fn set_subject(sentence: &mut Sentence, group: usize, subject: Option<usize>) {
    sentence.groups[group].subject = subject;
    if let Some(subject) = subject {
        sentence.phrases[subject].governor.get_or_insert(group);
    }
}

/// Whether a phrase names someone, as far as its head shows.
fn names_someone(sentence: &Sentence, phrase: usize) -> bool {
    sentence.head(phrase).is_some_and(|head| {
        matches!(head.pos, Pos::Name | Pos::Pronoun) || head.tags.any(Tags::AGENT) || head.capital
    })
}

fn is_time(sentence: &Sentence, phrase: usize) -> bool {
    sentence
        .head(phrase)
        .is_some_and(|head| head.tags.any(Tags::TIME) || head.pos == Pos::Num && head.plural)
}

fn is_adjective(sentence: &Sentence, phrase: usize) -> bool {
    sentence.head(phrase).is_some_and(|head| head.pos == Pos::Adj)
}

/// The chunk after a list of phrases.
fn list_end(sentence: &Sentence, phrase: usize) -> Option<usize> {
    let last = sentence.list(phrase).last()?;
    Some(sentence.phrases[last].chunk + 1)
}
