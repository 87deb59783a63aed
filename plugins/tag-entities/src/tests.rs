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

/// Only the actors: `words>actor`.
fn actors(text: &str) -> String {
    let tagged = tagged(text);
    let actor = |mention: &str| {
        let (words, rest) = mention.split_once('=')?;
        Some(format!("{words}>{}", rest.split_once('>').map_or("", |(_, actor)| actor)))
    };
    tagged.split('|').filter_map(actor).collect::<Vec<_>>().join(" | ")
}

#[test]
fn a_country_and_its_demonym_are_one() {
    assert_eq!(
        tagged("Peru thanked the Chilean government."),
        "Peru=GPE country:PE>country:PE|Chilean=NORP country:CL>country:CL"
    );
    assert_eq!(actors("U.S.-led talks with the DPRK"), "U.S.>country:US | DPRK>country:KP");
}

#[test]
fn a_demonym_of_someone_private_is_no_actor() {
    assert_eq!(
        actors("Two Chilean hauliers met a Peruvian envoy."),
        "Chilean> | Peruvian>country:PE"
    );
    assert_eq!(actors("It hosts thousands of Afghans."), "Afghans>");
    assert_eq!(actors("He owes the Afghans an answer."), "Afghans>country:AF");
    assert_eq!(actors("The talks were held in Spanish."), "Spanish>");
}

#[test]
fn a_capital_is_a_government_or_a_place() {
    assert_eq!(
        tagged("Lima wants more, but a meeting in Quito ended early."),
        "Lima=GPE place:lima>country:PE|Quito=GPE place:quito"
    );
    assert_eq!(actors("She flew to Oslo after a call to Riga."), "Oslo> | Riga>country:LV");
    assert_eq!(
        actors("Ties between Baku and Tbilisi are cold."),
        "Baku>country:AZ | Tbilisi>country:GE"
    );
    assert_eq!(actors("They met in Baku and Tbilisi."), "Baku> | Tbilisi>");
    assert_eq!(actors("The authorities in Hanoi denied it."), "Hanoi>country:VN");
    assert_eq!(actors("Hanoi’s refusal shook Hanoi’s mayor."), "Hanoi>country:VN | Hanoi>");
}

#[test]
fn a_dateline_names_no_actor() {
    assert_eq!(actors("LIMA (AP) — Peru agreed."), "LIMA> | AP> | Peru>country:PE");
    assert_eq!(actors("Lima, Peru, is old."), "Lima> | Peru>country:PE");
}

#[test]
fn an_unknown_minister_acts_for_the_state() {
    assert_eq!(
        tagged("Peruvian Deputy Energy Minister Olga Marquina left. Marquina said no."),
        "Peruvian=NORP country:PE>country:PE|Olga Marquina=PERSON person:olga-marquina>country:PE|Marquina=PERSON person:olga-marquina>country:PE"
    );
}

#[test]
fn an_office_stands_on_either_side_of_a_name() {
    assert_eq!(
        actors("Peru’s ambassador, Olga Marquina, left."),
        "Peru>country:PE | Olga Marquina>country:PE"
    );
    assert_eq!(
        actors("Olga Marquina, a spokeswoman for the Peruvian army, left."),
        "Olga Marquina>country:PE | Peruvian>country:PE"
    );
    assert_eq!(
        actors("Peru agreed. “We are glad,” said Foreign Minister Olga Marquina."),
        "Peru>country:PE | Olga Marquina>country:PE"
    );
}

#[test]
fn an_opposition_member_speaks_for_herself() {
    assert_eq!(
        actors("Peruvian opposition lawmaker Olga Marquina disagreed."),
        "Peruvian> | Olga Marquina>person:olga-marquina"
    );
}

#[test]
fn who_has_left_office_speaks_for_themselves() {
    assert_eq!(
        actors("Boric left. Former president Gabriel Boric gave no reason."),
        "Boric>person:gabriel-boric | Gabriel Boric>person:gabriel-boric"
    );
    assert_eq!(actors("President Boric left."), "Boric>country:CL");
    assert_eq!(
        actors("Olga Marquina, a former Peruvian envoy, left."),
        "Olga Marquina>person:olga-marquina | Peruvian>country:PE"
    );
}

#[test]
fn peoples_of_two_names_are_no_state() {
    assert_eq!(actors("It pleased Peruvian Americans."), "Peruvian> | Americans>");
}

#[test]
fn what_is_said_later_of_someone_holds_from_the_start() {
    assert_eq!(
        actors("Marquina left early. Peruvian Trade Minister Olga Marquina gave no reason."),
        "Marquina>country:PE | Peruvian>country:PE | Olga Marquina>country:PE"
    );
}

#[test]
fn an_organ_of_state_is_its_state() {
    assert_eq!(
        actors("Peru’s Foreign Ministry denied it."),
        "Peru>country:PE | Foreign Ministry>country:PE"
    );
    assert_eq!(actors("Iran’s Supreme Court sat."), "Iran>country:IR | Supreme Court>country:IR");
    assert_eq!(actors("The Kremlin denied it."), "Kremlin>country:RU");
}

#[test]
fn an_organisation_acts_for_itself() {
    assert_eq!(tagged("NATO met."), "NATO=ORG org:nato>org:nato");
    assert_eq!(actors("Brussels weighs a grant."), "Brussels>org:eu");
}

#[test]
fn an_acronym_means_what_it_was_given_for() {
    let tagged = tagged("The Northern Fisheries Commission (NFC) met. The NFC agreed.");
    assert_eq!(tagged.matches("org:northern-fisheries-commission").count(), 6, "{tagged}");
}

#[test]
fn a_first_name_makes_a_country_a_family_name() {
    assert_eq!(
        tagged("Michael Jordan scored twice."),
        "Michael Jordan=PERSON person:michael-jordan>person:michael-jordan"
    );
    assert_eq!(tagged("Jordan agreed."), "Jordan=GPE country:JO>country:JO");
}

#[test]
fn the_bearer_of_a_name_is_the_one_whose_country_is_named() {
    assert!(
        tagged("Tbilisi and Abkhazia quarrel over Georgia.")
            .ends_with("Georgia=GPE country:GE>country:GE")
    );
    assert!(
        tagged("Texas and Alabama are as hot as Georgia.").ends_with("Georgia=GPE place:georgia")
    );
}

#[test]
fn names_in_capitals_and_in_parts() {
    assert_eq!(actors("PERU ASKS CHILE FOR GAS"), "PERU>country:PE | CHILE>country:CL");
    assert_eq!(actors("Sa\u{303}o Tome\u{301} agreed."), "Sa\u{303}o Tome\u{301}>country:ST");
}

#[test]
fn a_rule_can_be_left_out_by_its_score() {
    let document = prepared("Peru agreed.");
    let mut changes = docmill_core::Changes::new();
    let mut stage = TagEntities::build(Settings { min_score: 1.0 }).unwrap();
    stage.process(&document.view(), &mut changes).unwrap();
    assert!(testing::annotated(&document, &changes, vocab::entities::LAYER).is_empty());
    assert!(TagEntities::build(Settings { min_score: 2.0 }).is_err());
}
