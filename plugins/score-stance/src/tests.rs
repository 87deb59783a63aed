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

#[test]
fn it_keeps_the_contract() {
    testing::check_stage::<ScoreStance>(testing::no_settings(), segmented);
}

/// Checks a text against the stances it should show, in any order.
#[track_caller]
fn shows(text: &str, want: &[&str]) {
    let mut found = stances_of(text);
    let mut want: Vec<String> = want.iter().map(|stance| (*stance).to_owned()).collect();
    found.sort();
    want.sort();
    assert_eq!(found, want, "{text}");
}

#[test]
fn what_is_promised_counts_half_and_who_says_it_vouches() {
    shows(
        "[Lima|country:PE] will give [Sofia|country:BG] four more radars, its minister said.",
        &["PE>BG act +0.5 quote"],
    );
}

#[test]
fn a_refused_request_is_two_stances() {
    shows(
        "[Athens|country:GR] has rebuffed requests from [Rabat|country:MA] for helicopters.",
        &["GR>MA act -1 action", "MA>GR appeal +1 action"],
    );
}

#[test]
fn what_is_denied_beside_what_is_given_is_a_stance_of_its_own() {
    for text in [
        "[Chad|country:TD] sent medical, not military, aid to [Fiji|country:FJ].",
        "[Chad|country:TD] sent [Fiji|country:FJ] tents, but no weapons.",
        "[Chad|country:TD] has supplied medical but not military aid to [Fiji|country:FJ].",
    ] {
        shows(text, &["TD>FJ act +1 action", "TD>FJ act -1 action"]);
    }
}

#[test]
fn what_a_source_says_of_others_is_embedded() {
    shows(
        "“[Peru|country:PE] has betrayed [Chile|country:CL],” said the envoy of [Laos|country:LA].",
        &["LA>PE attitude -1 quote", "PE>CL act -1 quote embedded"],
    );
    shows(
        "[Laos|country:LA] said that [Peru|country:PE] had attacked [Chile|country:CL].",
        &["PE>CL act -1 quote embedded"],
    );
}

#[test]
fn who_says_that_it_was_harmed_accuses() {
    shows(
        "“[Peru|country:PE] has bombed our ports,” said the president of [Chile|country:CL].",
        &["CL>PE attitude -1 quote", "PE>CL act -1 quote embedded"],
    );
}

#[test]
fn what_is_merely_kept_is_balanced() {
    shows(
        "[Nepal|country:NP] has kept good relations with both [Cuba|country:CU] and [Togo|country:TG].",
        &["NP>CU attitude +0 author", "NP>TG attitude +0 author"],
    );
}

#[test]
fn a_condemnation_withheld_is_neither_for_nor_against() {
    shows(
        "The [union|org:union] did not condemn [Oman|country:OM]’s raid on [Palau|country:PW].",
        &["union>OM attitude +0 action", "OM>PW act -1 action"],
    );
}

#[test]
fn a_participle_has_the_subject_that_follows() {
    shows(
        "Threatened by [Qatar|country:QA], [Nauru|country:NR] turned to [Palau|country:PW].",
        &["QA>NR appeal -1 action", "NR>PW appeal +1 action"],
    );
}

#[test]
fn a_bare_meeting_is_no_stance() {
    shows("[Egypt|country:EG]’s premier met [Kenya|country:KE]’s chancellor in [Bern|].", &[]);
    shows("[Egypt|country:EG] and [Kenya|country:KE] lie in Africa.", &[]);
    shows("The war between [Egypt|country:EG] and [Kenya|country:KE] went on.", &[]);
}

#[test]
fn negation_refusal_and_ending() {
    shows("[Peru|country:PE] refused to arm [Chile|country:CL].", &["PE>CL act -1 action"]);
    shows("[Peru|country:PE] has not sent [Chile|country:CL] any tanks.", &["PE>CL act -1 action"]);
    shows("[Peru|country:PE] did not attack [Chile|country:CL].", &["PE>CL act +0 action"]);
    shows("[Peru|country:PE] stopped shelling [Chile|country:CL].", &["PE>CL act +1 action"]);
    shows("[Peru|country:PE] ended its attacks on [Chile|country:CL].", &["PE>CL act +1 action"]);
    shows("[Peru|country:PE] suspended aid to [Chile|country:CL].", &["PE>CL act -1 action"]);
    shows("[Peru|country:PE] lifted sanctions on [Chile|country:CL].", &["PE>CL act +1 action"]);
    shows(
        "[Peru|country:PE] has yet to send troops to [Chile|country:CL].",
        &["PE>CL act -1 action"],
    );
}

#[test]
fn what_is_intended_counts_half() {
    shows("[Peru|country:PE] plans to sanction [Chile|country:CL].", &["PE>CL act -0.5 action"]);
    shows("[Peru|country:PE] could help [Chile|country:CL].", &["PE>CL act +0.5 action"]);
    shows("[Peru|country:PE] agreed to lend [Chile|country:CL] money.", &["PE>CL act +0.5 action"]);
}

#[test]
fn a_call_to_both_sides_favours_neither() {
    shows(
        "[Chile|country:CL] clashed with [Peru|country:PE]. [Cuba|country:CU] urged both countries to talk.",
        &["CL>PE act -1 action", "CU>CL appeal +0 quote", "CU>PE appeal +0 quote"],
    );
}

#[test]
fn passives_turn_subject_and_agent() {
    shows("[Peru|country:PE] was condemned by [Chile|country:CL].", &["CL>PE attitude -1 action"]);
    shows(
        "A town in [Peru|country:PE] was shelled by [Chile|country:CL]’s army.",
        &["CL>PE act -1 action"],
    );
}

#[test]
fn nouns_have_holders_and_targets() {
    shows(
        "[Peru|country:PE]’s support for [Chile|country:CL] is old.",
        &["PE>CL attitude +1 action"],
    );
    shows("Strikes by [Peru|country:PE] on [Chile|country:CL] went on.", &["PE>CL act -1 action"]);
    shows(
        "Tensions between [Peru|country:PE] and [Chile|country:CL] grew.",
        &["PE>CL attitude -1 author", "CL>PE attitude -1 author"],
    );
    shows("[Peru|country:PE] imposed tariffs on [Chile|country:CL].", &["PE>CL act -1 action"]);
    shows(
        "[Peru|country:PE] faced criticism from [Chile|country:CL].",
        &["CL>PE attitude -1 action"],
    );
}

#[test]
fn whoever_backs_an_enemy_is_against() {
    shows("[Peru|country:PE] backs [Chile|country:CL]’s enemies.", &["PE>CL attitude -1 action"]);
}

#[test]
fn refusals_in_other_words() {
    shows(
        "[Chad|country:TD] approved sending [Fiji|country:FJ] radars, but not missiles.",
        &["TD>FJ act +0.5 action", "TD>FJ act -0.5 action"],
    );
    shows(
        "[Chad|country:TD]’s reluctance to send tents to [Fiji|country:FJ] grew.",
        &["TD>FJ act -1 action"],
    );
    shows(
        "[Chad|country:TD] denied accusations by [Fiji|country:FJ].",
        &["FJ>TD attitude -1 action"],
    );
}

#[test]
fn envoys_agreements_and_neutrality() {
    shows(
        "[Chad|country:TD] recalled its ambassador to [Fiji|country:FJ].",
        &["TD>FJ act -1 action"],
    );
    shows(
        "[Chad|country:TD] and [Fiji|country:FJ] signed an agreement on fishing.",
        &["TD>FJ act +1 action", "FJ>TD act +1 action"],
    );
    shows(
        "[Chad|country:TD] and [Fiji|country:FJ] clashed. [Cuba|country:CU] took no side.",
        &[
            "TD>FJ act -1 action",
            "FJ>TD act -1 action",
            "CU>TD attitude +0 author",
            "CU>FJ attitude +0 author",
        ],
    );
}

#[test]
fn a_quote_counts_as_a_whole_where_no_word_of_it_does() {
    shows(
        "[Chad|country:TD] closed its border with [Fiji|country:FJ]. “Shame needs no passport at the gate,” said [Fiji|country:FJ]’s envoy.",
        &["TD>FJ act -1 action", "FJ>TD attitude -1 quote"],
    );
}

#[test]
fn what_a_source_says_another_should_do_is_an_appeal() {
    shows(
        "[Chad|country:TD] said that [Fiji|country:FJ] must free the crew.",
        &["TD>FJ appeal -1 quote"],
    );
}

#[test]
fn pronouns_mean_the_nearest_that_fits() {
    shows(
        "[Chad|country:TD]’s premier, [Ama Roe|country:TD|PERSON], arrived. She thanked [Fiji|country:FJ].",
        &["TD>FJ attitude +1 action"],
    );
    shows("[Chad|country:TD] said it would arm [Fiji|country:FJ].", &["TD>FJ act +0.5 quote"]);
}
