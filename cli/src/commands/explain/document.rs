//! One document as a story: what it is, its text with what was removed and who is named, and who
//! takes which stance toward whom, by which words.
//!
//! Removed text stands as `[-…-]{stage: reason}`, dim and struck through where there are colours; a
//! name is followed by its label, text that a stage wrote is underlined.

use std::collections::BTreeMap;

use anstyle::Style;
use docmill_core::{
    Document, SegmentKind, Span, Value,
    engine::Rereader,
    vocab::{entities, stances},
};

use super::removed::{self, Removed};
use crate::{
    table::{Align, aligned},
    term::{self, BLUE, BOLD, CYAN, DIM, GREEN, MAGENTA, RED, Shown, YELLOW, one_line, styled},
};

pub(super) fn told(document: Document<'_>, rereader: &mut Rereader<'_>) -> String {
    let (removed, lost) = removed::of(document, rereader);
    let mut story = head(document);
    story.push('\n');
    story.push_str(text(document, &removed).trim_end());
    story.push('\n');
    if let Some(why) = lost {
        story.push_str(&format!("\n{DIM}Removed text cannot be shown: {}.{DIM:#}\n", Shown(&why)));
    } else if document.map().is_none() {
        story.push_str(&format!(
            "\n{DIM}What was removed is not known: the sink that wrote this keeps no provenance.{DIM:#}\n"
        ));
    }
    story.push_str(&of_entities(document));
    story.push_str(&of_stances(document));
    story.push_str(&of_other_layers(document));
    story
}

fn head(document: Document<'_>) -> String {
    let origin = document.origin();
    let separator = if origin.locator.is_empty() { "" } else { ", " };
    let place = one_line(&format!("{}{separator}{}", origin.uri, origin.locator));
    let mut head = format!("{BOLD}{}{BOLD:#}\n", one_line(document.id()));
    if !place.is_empty() {
        head.push_str(&format!("{DIM}from:{DIM:#} {place}\n"));
    }
    for (key, value) in document.all_metadata() {
        head.push_str(&format!("{DIM}{}:{DIM:#} {}\n", one_line(key), one_line(&words(value))));
    }
    head
}

fn words(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(bool) => bool.to_string(),
        Value::Span(span) => format!("{}..{}", span.start, span.end),
        Value::List(list) => list.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Json(json) => json.to_owned(),
    }
}

fn text(document: Document<'_>, removed: &[Removed]) -> String {
    let text = document.text();
    let mut names: Vec<(Span, String)> = Vec::new();
    for entity in document.layer(entities::LAYER).iter().flat_map(|layer| layer.iter()) {
        // Of names in names, the outer one is shown.
        if names.last().is_none_or(|(last, _)| last.end <= entity.span().start) {
            names.push((entity.span(), one_line(entity.label())));
        }
    }
    let written: Vec<Span> = document
        .map()
        .into_iter()
        .flatten()
        .filter(|segment| matches!(segment.kind, SegmentKind::Inserted { .. }))
        .map(|segment| segment.text)
        .collect();

    let mut cuts: Vec<usize> = [0, text.len()].into();
    cuts.extend(
        names
            .iter()
            .map(|(span, _)| *span)
            .chain(written.iter().copied())
            .flat_map(|span| [span.start as usize, span.end as usize]),
    );
    cuts.extend(removed.iter().map(|removed| removed.at));
    cuts.retain(|at| text.is_char_boundary(*at));
    cuts.sort_unstable();
    cuts.dedup();

    let mut shown = String::new();
    let mut names = names.into_iter().peekable();
    let mut written = written.into_iter().peekable();
    let mut removed = removed.iter().peekable();
    for (at, cut) in cuts.iter().copied().enumerate() {
        while let Some((_, label)) = names.next_if(|(span, _)| span.end as usize <= cut) {
            shown.push_str(&format!("{DIM}[{label}]{DIM:#}"));
        }
        while written.next_if(|span| span.end as usize <= cut).is_some() {}
        while let Some(removed) = removed.next_if(|removed| removed.at <= cut) {
            shown.push_str(&of_removed(removed));
        }
        let Some(run) = cuts.get(at + 1).and_then(|end| text.get(cut..*end)) else { break };
        let named = names.peek().filter(|(span, _)| span.start as usize <= cut);
        let mut style = named.map_or(Style::new(), |(_, label)| colour(label));
        if written.peek().is_some_and(|span| span.start as usize <= cut) {
            style = style.underline();
        }
        shown.push_str(&styled(run, style));
    }
    shown
}

/// The ends of its last line stay behind the reason, so that the layout is the document's. White space
/// alone is shown as it stood, without marks: there is nothing to strike through.
fn of_removed(removed: &Removed) -> String {
    let gone = Style::new().dimmed().strikethrough();
    let text = removed.text.as_deref().unwrap_or("…");
    if !text.is_empty() && text.trim().is_empty() {
        return styled(text, Style::new());
    }
    let body = text.trim_end_matches('\n');
    format!(
        "{DIM}[-{DIM:#}{}{DIM}-]{{{}: {}}}{DIM:#}{}",
        styled(body, gone),
        one_line(&removed.stage),
        one_line(&removed.reason),
        &text[body.len()..],
    )
}

fn colour(label: &str) -> Style {
    match entities::Kind::of_name(label) {
        Some(entities::Kind::Person) => YELLOW,
        Some(entities::Kind::Organisation) => CYAN,
        Some(entities::Kind::Place) => GREEN,
        Some(entities::Kind::Location) => BLUE,
        Some(entities::Kind::Group) => MAGENTA,
        None => BOLD,
    }
}

/// Who is named, how often, for whom each acts, and by which rule it was found.
fn of_entities(document: Document<'_>) -> String {
    let mut times: BTreeMap<[String; 5], u64> = BTreeMap::new();
    for entity in entities::read(&document) {
        let actor = entity.actor.map(|actor| entity.actor_name.unwrap_or(actor));
        let row = [
            entity.kind.name().to_owned(),
            one_line(entity.name),
            one_line(entity.id),
            actor.map(|actor| format!("acts for {}", one_line(actor))).unwrap_or_default(),
            entity.rule.map(one_line).unwrap_or_default(),
        ];
        *times.entry(row).or_default() += 1;
    }
    if times.is_empty() {
        return String::new();
    }
    let rows: Vec<[String; 6]> = times
        .into_iter()
        .map(|([label, name, id, actor, rule], times)| {
            [format!("  {label}"), name, id, actor, rule, format!("×{times}")]
        })
        .collect();
    let columns = [Align::Left; 6];
    format!("\n{BOLD}Entities{BOLD:#}\n{}", aligned(&rows, &columns))
}

fn of_stances(document: Document<'_>) -> String {
    let stances: Vec<_> = stances::read(&document).collect();
    if stances.is_empty() {
        return String::new();
    }
    let mut told = format!("\n{BOLD}Stances{BOLD:#}\n");
    for stance in stances {
        let colour = match stance.sign() {
            1 => GREEN,
            0 => DIM,
            _ => RED,
        };
        told.push_str(&format!(
            "  {BOLD}{} → {}{BOLD:#}  {colour}{:+}{colour:#}  {}, {}{}, confidence {:.2}  {DIM}{}{DIM:#}\n",
            one_line(stance.holder_name),
            one_line(stance.target_name),
            stance.polarity,
            stance.kind.name(),
            stance.channel.name(),
            if stance.embedded { ", embedded" } else { "" },
            stance.confidence,
            one_line(stance.rule),
        ));
        told.push_str(&format!(
            "      {}\n",
            sentence(document.text(), stance.sentence, stance.trigger)
        ));
    }
    told
}

/// A sentence with its trigger in bold.
fn sentence(text: &str, sentence: Span, trigger: Span) -> String {
    let part = |span: Span| one_line(span.of(text).unwrap_or_default());
    if !sentence.contains(trigger) {
        return format!("{} … {BOLD}{}{BOLD:#}", part(sentence), part(trigger));
    }
    let before = Span { start: sentence.start, end: trigger.start };
    let after = Span { start: trigger.end, end: sentence.end };
    format!("{}{BOLD}{}{BOLD:#}{}", part(before), part(trigger), part(after))
}

fn of_other_layers(document: Document<'_>) -> String {
    let others = document
        .layers()
        .filter(|layer| ![entities::LAYER, stances::LAYER].contains(&layer.name()))
        .map(|layer| format!("{} ({})", one_line(layer.name()), term::count(layer.len() as u64)));
    let others: Vec<String> = others.collect();
    if others.is_empty() {
        return String::new();
    }
    format!("\n{DIM}Other layers: {}.{DIM:#}\n", others.join(", "))
}
