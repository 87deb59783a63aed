//! What the stage finds in a line of text, written `words=label id>actor`.

use docmill_core::{DocumentBuf, Stage, testing, vocab};

use super::{Settings, TagEntities};

/// A document with the layers that the stage needs.
pub(crate) fn prepared(text: &str) -> DocumentBuf {
    let mut document = DocumentBuf::with_text(text);
    let (mut tokens, mut sentences) = (Vec::new(), Vec::new());
    docmill_text::tokens(text, &mut tokens);
    docmill_text::sentences(text, &tokens, &mut sentences);
    document.add_layer(vocab::sentences::LAYER);
    for sentence in &sentences {
        document.annotate(vocab::sentences::LAYER, sentence.start..sentence.end);
    }
    document.add_layer(vocab::tokens::LAYER);
    for token in &tokens {
        let kind = match token.kind {
            docmill_text::TokenKind::Word => "word",
            docmill_text::TokenKind::Number => "number",
            docmill_text::TokenKind::Punctuation => "punctuation",
            docmill_text::TokenKind::Symbol => "symbol",
        };
        document.annotate(vocab::tokens::LAYER, token.start..token.end).label(kind);
    }
    document.seal();
    document
}

fn tagged(text: &str) -> String {
    let document = prepared(text);
    let mut changes = docmill_core::Changes::new();
    let mut stage = TagEntities::build(Settings::default()).unwrap();
    stage.process(&document.view(), &mut changes).unwrap();
    let document = testing::with_annotations(&document, &changes);
    let mut out = Vec::new();
    for entity in vocab::entities::read(&document.view()) {
        let words = entity.span.of(text).unwrap_or_default();
        let actor = entity.actor.map(|actor| format!(">{actor}")).unwrap_or_default();
        out.push(format!("{words}={} {}{actor}", entity.kind.name(), entity.id));
    }
    out.join("|")
}

#[test]
fn it_keeps_the_contract() {
    testing::check_stage::<TagEntities>(testing::no_settings(), prepared);
}

#[test]
fn a_country_and_its_demonym_are_one() {
    assert_eq!(
        tagged("Peru thanked the Chilean government."),
        "Peru=GPE country:PE>country:PE|Chilean=NORP country:CL>country:CL"
    );
}

#[test]
fn a_capital_is_a_government_or_a_place() {
    assert_eq!(
        tagged("Lima wants more, but a meeting in Quito ended early."),
        "Lima=GPE place:lima>country:PE|Quito=GPE place:quito"
    );
}

#[test]
fn an_unknown_minister_acts_for_the_state() {
    assert_eq!(
        tagged("Peruvian Deputy Energy Minister Olga Marquina left. Marquina said no."),
        "Peruvian=NORP country:PE>country:PE|Olga Marquina=PERSON person:olga-marquina>country:PE|Marquina=PERSON person:olga-marquina>country:PE"
    );
}
