//! A document's text and annotations in brat's standoff format, as its pages "standoff" and "configuration"
//! define it.
//!
//! Positions are in chars. An annotation that goes over a line's end is written in fragments, each in one line.

use std::fmt::Write;

use docmill_core::{
    Document, Offsets, Positions, Span,
    vocab::{entities, stances},
};

use crate::{
    cell,
    mentions::{self, Mentions},
};

/// The kinds of annotation that the files hold.
pub(super) fn configuration() -> String {
    let mut conf = String::from("[entities]\n");
    for kind in entities::Kind::ALL {
        conf.push_str(kind.name());
        conf.push('\n');
    }
    conf.push_str("\n[relations]\n\n[events]\n");
    for kind in stances::Kind::ALL {
        conf.push_str(kind.name());
        conf.push_str("\tHolder?:<ENTITY>, Target?:<ENTITY>\n");
    }
    let channels: Vec<_> = stances::Channel::ALL.iter().map(|channel| channel.name()).collect();
    conf.push_str("\n[attributes]\n");
    conf.push_str("Polarity\tArg:<EVENT>, Value:favourable|balanced|unfavourable\n");
    conf.push_str(&format!("Channel\tArg:<EVENT>, Value:{}\n", channels.join("|")));
    conf.push_str("Embedded\tArg:<EVENT>\n");
    conf
}

/// The text. A space stands for a carriage return: programs that open a file as text take both chars of a
/// line's end for one, and would count all that follows wrongly.
pub(super) fn text(document: &Document<'_>) -> String {
    document.text().replace('\r', " ")
}

/// The annotations.
pub(super) fn annotations(document: &Document<'_>) -> String {
    let mentions = Mentions::read(document);
    let positions = Positions::new(document.text(), Offsets::Chars);
    let mut lines =
        Lines { text: document.text(), positions, lines: String::new(), bound: 0, notes: 0 };
    let mut bound = Vec::new();
    for entity in mentions.all() {
        let number = lines.text_bound(entity.kind.name(), entity.span);
        bound.push(number);
        if let Some(number) = number {
            let mut note = format!("{}, {}", entity.id, entity.name);
            if let Some(actor) = entity.actor {
                note.push_str(", actor ");
                note.push_str(actor);
            }
            lines.note(&format!("T{number}"), &note);
        }
    }
    let (mut events, mut attributes) = (0, 0);
    for stance in stances::read(document) {
        let kind = stance.kind.name();
        let trigger = lines.text_bound(kind, stance.trigger);
        let Some(trigger) = trigger.or_else(|| lines.text_bound(kind, stance.span)) else {
            continue;
        };
        events += 1;
        let event = format!("E{events}");
        lines.push(format_args!("{event}\t{kind}:T{trigger}"));
        for (role, actor) in [("Holder", stance.holder), ("Target", stance.target)] {
            let mention = mentions.near(actor, &stance).and_then(|at| *bound.get(at)?);
            if let Some(mention) = mention {
                lines.push(format_args!(" {role}:T{mention}"));
            }
        }
        lines.push(format_args!("\n"));

        let embedded = if stance.embedded { Some("Embedded") } else { None };
        let polarity = format!("Polarity {event} {}", mentions::sign(&stance));
        let channel = format!("Channel {event} {}", stance.channel.name());
        let all = [Some(polarity), Some(channel), embedded.map(|name| format!("{name} {event}"))];
        for attribute in all.into_iter().flatten() {
            attributes += 1;
            lines.push(format_args!("A{attributes}\t{attribute}\n"));
        }
        let note = format!(
            "{} to {}, polarity {}, confidence {}",
            stance.holder,
            stance.target,
            cell::number(stance.polarity),
            cell::number(stance.confidence),
        );
        lines.note(&event, &note);
    }
    lines.lines
}

struct Lines<'a> {
    text: &'a str,
    positions: Positions<'a>,
    lines: String,
    /// How many text-bound annotations there are.
    bound: usize,
    notes: usize,
}

impl Lines<'_> {
    /// Adds an annotation of a piece of the text; `None` where nothing of it can be seen.
    fn text_bound(&mut self, label: &str, span: Span) -> Option<usize> {
        let fragments: Vec<Span> = fragments(self.text, span);
        if fragments.is_empty() {
            return None;
        }
        self.bound += 1;
        let number = self.bound;
        self.push(format_args!("T{number}\t{label}"));
        for (at, fragment) in fragments.iter().enumerate() {
            let (start, end) = self.positions.outside(*fragment);
            self.push(format_args!("{}{start} {end}", if at == 0 { " " } else { ";" }));
        }
        let texts: Vec<_> =
            fragments.iter().map(|fragment| fragment.of(self.text).unwrap_or_default()).collect();
        self.push(format_args!("\t{}\n", texts.join(" ")));
        Some(number)
    }

    fn note(&mut self, of: &str, note: &str) {
        self.notes += 1;
        let number = self.notes;
        let note = note.replace(breaks, " ");
        self.push(format_args!("#{number}\tAnnotatorNotes {of}\t{note}\n"));
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.lines.write_fmt(text);
    }
}

/// The runs of a span that hold no char that ends a line or a column, without white space at their ends.
fn fragments(text: &str, span: Span) -> Vec<Span> {
    let mut start = span.start as usize;
    let mut fragments = Vec::new();
    for run in span.of(text).unwrap_or_default().split(breaks) {
        let trimmed = run.trim();
        let at = start + (run.len() - run.trim_start().len());
        if !trimmed.is_empty() {
            fragments.push(Span::new(at, at + trimmed.len()));
        }
        start += run.len();
        // The char that ended it.
        start += text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }
    fragments
}

/// Whether programs take a char for the end of a line or of a column.
fn breaks(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_over_lines_is_fragments() {
        let of = |text: &str| -> Vec<String> {
            let found = fragments(text, Span::new(0, text.len()));
            found.iter().map(|span| span.of(text).unwrap().to_owned()).collect()
        };
        assert_eq!(of("Port\r\n  Elm \u{2028}👍\ty"), ["Port", "Elm", "👍", "y"]);
        assert_eq!(of(" Port Elm"), ["Port Elm"]);
        assert_eq!(of("\n \n"), [""; 0]);
    }

    #[test]
    fn the_configuration_names_all_kinds() {
        let conf = configuration();
        for line in [
            "GPE\n",
            "attitude\tHolder?:<ENTITY>, Target?:<ENTITY>\n",
            "Value:quote|action|author\n",
        ] {
            assert!(conf.contains(line), "{conf}");
        }
    }
}
