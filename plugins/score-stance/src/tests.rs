//! Tests of the stage on invented sentences, in which `[Oslo|country:NO]` marks an actor.

use docmill_core::{
    Changes, DocumentBuf, Stage,
    testing::{self, with_annotations},
    vocab::{entities, sentences, stances, tokens},
};

use crate::{ScoreStance, Settings};

/// A document of a text in which `[words|actor]` marks an actor and `[words|]` an entity that is none here. Kind is
/// PERSON where the id says so, NORP where it is followed by `|NORP`, ORG for `org:` ids, else GPE.
pub(crate) fn marked(marked: &str) -> DocumentBuf {
    let mut text = String::new();
    let mut found = Vec::new();
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((mark, after)) = after.split_once(']') else { break };
        text.push_str(before);
        let mut fields = mark.split('|');
        let words = fields.next().unwrap_or_default();
        let start = text.len();
        text.push_str(words);
        found.push((
            start..text.len(),
            fields.next().unwrap_or_default(),
            fields.next().unwrap_or_default(),
        ));
        rest = after;
    }
    text.push_str(rest);
    let mut document = segmented(&text);
    for (span, actor, kind) in found {
        let words = &text[span.clone()];
        let label = match kind {
            "" if actor.starts_with("person:") => "PERSON",
            "" if actor.starts_with("org:") => "ORG",
            "" => "GPE",
            kind => kind,
        };
        let id = if actor.is_empty() { format!("place:{words}") } else { actor.to_owned() };
        let entity = document
            .annotate(entities::LAYER, span)
            .label(label)
            .with("entity", id.as_str())
            .with("name", words);
        if !actor.is_empty() {
            let short = actor.split_once(':').map_or(actor, |(_, id)| id);
            entity.with("actor", actor).with("actor-name", short);
        }
    }
    document.seal();
    document
}

/// A document of a text with its sentences and tokens, and an empty layer `entities`.
pub(crate) fn segmented(text: &str) -> DocumentBuf {
    let mut document = DocumentBuf::with_text(text);
    let (mut words, mut found) = (Vec::new(), Vec::new());
    docmill_text::tokens(text, &mut words);
    docmill_text::sentences(text, &words, &mut found);
    for layer in [sentences::LAYER, tokens::LAYER, entities::LAYER] {
        document.add_layer(layer);
    }
    for sentence in &found {
        document.annotate(sentences::LAYER, sentence.range());
    }
    for word in &words {
        let label = match word.kind {
            docmill_text::TokenKind::Word => "word",
            docmill_text::TokenKind::Number => "number",
            docmill_text::TokenKind::Punctuation => "punctuation",
            docmill_text::TokenKind::Symbol => "symbol",
        };
        document.annotate(tokens::LAYER, word.range()).label(label);
    }
    document.seal();
    document
}

/// The stances of a marked text, each as `NO>UA act +0.5 quote`, embedded ones with `embedded` at the end.
pub(crate) fn stances_of(text: &str) -> Vec<String> {
    let document = marked(text);
    let mut stage = ScoreStance::build(Settings::default()).unwrap();
    let mut changes = Changes::new();
    stage.process(&document.view(), &mut changes).unwrap();
    let scored = with_annotations(&document, &changes);
    stances::read(&scored.view())
        .map(|stance| {
            let embedded = if stance.embedded { " embedded" } else { "" };
            let (holder, target) = (stance.holder_name, stance.target_name);
            format!(
                "{holder}>{target} {} {:+} {}{embedded}",
                stance.kind.name(),
                stance.polarity,
                stance.channel.name()
            )
        })
        .collect()
}

/// Shows how a text is read: `MARKED="…" cargo test -p docmill-score-stance dump -- --nocapture --ignored`.
#[test]
#[ignore = "for looking at readings"]
#[allow(clippy::print_stdout)]
fn dump() {
    let text = std::env::var("MARKED").unwrap_or_default();
    let document = marked(&text);
    let lexicon = crate::lexicon::english();
    let reading = crate::reading::Reading::of(&document.view(), lexicon);
    for (at, read) in reading.sentences.iter().enumerate() {
        println!("--- sentence {at}");
        for (index, unit) in read.units.iter().enumerate() {
            print!("{index}:{}/{:?} ", reading.piece(at, index), unit.pos);
        }
        println!();
        let words = |start: usize, end: usize| {
            (start..end).map(|unit| reading.piece(at, unit)).collect::<Vec<_>>().join(" ")
        };
        let phrase = |phrase: Option<usize>| {
            phrase.map_or("-".to_owned(), |phrase| {
                words(read.phrases[phrase].start, read.phrases[phrase].end)
            })
        };
        for (index, group) in read.groups.iter().enumerate() {
            println!(
                "  {index} [{}] {:?} passive {} neg {} modal {} | subj {} | obj {} | iobj {} | agent {} | gov {:?} compl {:?} reports {:?} end {}",
                words(group.start, group.end),
                group.shape,
                group.passive,
                group.negated,
                group.modal,
                phrase(group.subject),
                phrase(group.object),
                phrase(group.indirect),
                phrase(group.agent),
                group.governor,
                group.complement,
                group.reports,
                group.clause_end
            );
        }
        for phrase in &read.phrases {
            println!(
                "  ({}) head {} joined {:?} gov {:?} neg {}",
                words(phrase.start, phrase.end),
                reading.piece(at, phrase.head),
                phrase.joined,
                phrase.governor,
                phrase.negated
            );
        }
        println!("  chunks {:?}", read.chunks);
    }
    println!("{:#?}", reading.speech.said);
    for stance in stances_of(&text) {
        println!("=> {stance}");
    }
}

#[test]
fn it_keeps_the_contract() {
    testing::check_stage::<ScoreStance>(testing::no_settings(), segmented);
}
