//! Captions of pictures, and lines that name only who made one.
//!
//! A caption is known by the credit at its end, in brackets or after a word such as "Photo:", or by a label
//! at its start ("File:"). Brackets are a credit if they begin with a credit word, or hold a source beside
//! other names ("NAME/AGENCY").

use crate::{
    kinds::Kind,
    lines::{Ending, View},
    words::{Shape, Word},
};

/// A line that ends in a picture's credit, with text before it.
pub(crate) fn caption(view: &View<'_>) -> u8 {
    if view.line.words > 120 {
        return 0;
    }
    let bracketed = match bracket_at_end(view) {
        Some((0, _)) | None => 0,
        Some((_, inside)) => maker_points(view, inside),
    };
    bracketed.max(credit_at_end(view)).max(label_at_start(view)).max(sign_at_end(view))
}

/// "... © Name" with names to the end.
fn sign_at_end(view: &View<'_>) -> u8 {
    let Some(sign) = view.text.rfind('©').filter(|sign| *sign > 0) else { return 0 };
    let sign = view.line.ink as usize + sign;
    let after = view.words.partition_point(|word| (word.start as usize) < sign);
    let names = view.words[after..].iter().all(|word| word.is_capital());
    if names && after >= 3 && (1..=8).contains(&(view.words.len() - after)) { 90 } else { 0 }
}

/// A line that is a credit and nothing else.
pub(crate) fn credit(view: &View<'_>) -> u8 {
    if view.words.len() > 14 {
        return 0;
    }
    if let Some((0, inside)) = bracket_at_end(view) {
        return maker_points(view, inside);
    }
    let Some(first) = view.words.first() else { return 0 };
    let names = view.line.capitals as usize + 1 >= view.words.len().saturating_sub(2);
    let agency = view.words.iter().any(|word| word.is(Kind::Agency));
    let colon = view.words.iter().take(3).any(|word| view.after(*word) == Some(':'));
    let by = view.words.iter().take(3).skip(1).any(|word| word.is(Kind::CreditBy));
    if first.is(Kind::Credit) && names && (colon || by) && view.words.len() > 1 {
        return 90;
    }
    if first.is(Kind::Credit) && colon && view.line.ending != Ending::Full {
        return 55;
    }
    let all_names = view.line.capitals as usize == view.words.len();
    match view.words.len() {
        1 if first.is(Kind::AgencyName) && all_names => 45,
        2..=8 if agency && all_names && (view.text.contains('/') || last_is_agency(view)) => 75,
        _ => 0,
    }
}

fn last_is_agency(view: &View<'_>) -> bool {
    view.words.last().is_some_and(|word| word.is(Kind::Agency) && word.shape != Shape::Lower)
}

/// The words inside the brackets that end the line, and how many words stand before them.
fn bracket_at_end<'a>(view: &View<'a>) -> Option<(usize, &'a [Word])> {
    let text = view.text.trim_end_matches(['.', ' ', '"', '”']);
    let open = match text.as_bytes().last()? {
        b')' => '(',
        b']' => '[',
        _ => return None,
    };
    let near = text.len().saturating_sub(220);
    let near = (near..text.len()).find(|at| text.is_char_boundary(*at))?;
    let opened = near + text[near..].rfind(open)?;
    let opened = view.line.ink as usize + opened;
    let before = view.words.partition_point(|word| (word.start as usize) < opened);
    Some((before, view.words.get(before..)?))
}

/// How surely words in brackets name the maker of a picture.
fn maker_points(view: &View<'_>, inside: &[Word]) -> u8 {
    let (Some(first), Some(last)) = (inside.first(), inside.last()) else { return 0 };
    let text = view.document.get(first.start as usize..last.end as usize).unwrap_or_default();
    let names = inside.iter().filter(|word| word.shape != Shape::Lower).count();
    let agency = inside.iter().any(|word| word.is(Kind::Agency) && word.shape != Shape::Lower);
    let mostly_names = names * 3 >= inside.len() * 2;
    let known = |word: &Word| word.is(Kind::Credit) || word.is(Kind::Agency);
    if inside.iter().all(known) && inside.iter().any(|word| word.is(Kind::Credit)) {
        return 85;
    }
    let labelled = inside.iter().take(3).any(|word| {
        word.is(Kind::Credit) && (view.after(*word) == Some(':') || follows_by(inside, word))
    });
    if labelled {
        return 95;
    }
    if inside.len() > 14 {
        return 0;
    }
    if first.is(Kind::Credit) && (inside.len() == 1 || mostly_names) {
        return 85;
    }
    if text.contains('/') && mostly_names && names > 0 && first.shape != Shape::Number {
        return if agency || inside.len() <= 6 { 90 } else { 60 };
    }
    if agency && mostly_names {
        return if inside.len() > 1 { 80 } else { 45 };
    }
    0
}

/// Whether "by" or "via" follows a word.
fn follows_by(inside: &[Word], word: &Word) -> bool {
    let next = inside.iter().find(|other| other.start > word.start);
    next.is_some_and(|next| next.is(Kind::CreditBy))
}

/// "... Photo: Name", "... Photograph by Name/Agency" or "... Name/Getty Images" at the end.
fn credit_at_end(view: &View<'_>) -> u8 {
    let count = view.words.len();
    for at in count.saturating_sub(9).max(1)..count.saturating_sub(1) {
        let word = view.words[at];
        if !word.is(Kind::Credit) || word.shape == Shape::Lower {
            continue;
        }
        let rest = &view.words[at + 1..];
        let names = rest.iter().filter(|word| word.shape != Shape::Lower).count();
        let labelled = view.after(word) == Some(':') || follows_by(view.words, &word);
        if labelled && names * 3 >= rest.len() * 2 {
            return 85;
        }
    }
    if view.line.ending == Ending::Full || view.line.words > 60 || count < 3 {
        return 0;
    }
    let tail = &view.words[count.saturating_sub(4)..];
    let agency = tail.iter().any(|word| word.is(Kind::Agency));
    let from = tail.first().map_or(0, |word| word.start as usize);
    let text = view.document.get(from..view.line.end as usize).unwrap_or_default();
    let pictures = tail.iter().any(|word| word.is(Kind::Credit) && word.shape != Shape::Lower);
    if agency && (text.contains('/') || pictures) && last_is_name(view) { 75 } else { 0 }
}

fn last_is_name(view: &View<'_>) -> bool {
    view.words.last().is_some_and(|word| word.is_capital())
}

/// "File: ...", "FILE PHOTO: ...", "Illustrative: ...", "FILE - ...".
fn label_at_start(view: &View<'_>) -> u8 {
    let Some(first) = view.words.first() else { return 0 };
    let known = first.is(Kind::LabelCaption) && first.is_capital();
    if !known || view.words.len() < 4 {
        return 0;
    }
    let mark = |word: Option<&Word>| {
        word.and_then(|word| view.after(*word)).is_some_and(|c| matches!(c, ':' | '-' | '–' | '—'))
    };
    if mark(Some(first)) || view.words[1].is(Kind::Credit) && mark(view.words.get(1)) {
        75
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::{Rule, points_of};

    fn caption(text: &str) -> bool {
        points_of(text, Rule::Caption) >= 70
    }

    fn credit(text: &str) -> bool {
        points_of(text, Rule::Credit) >= 70
    }

    #[test]
    fn a_credit_in_brackets_makes_a_caption() {
        assert!(caption("The harbour of Port Elm at dawn. (photo credit: MARA QUILL)"));
        assert!(caption("Mayor Ines Dole speaks in Port Elm, May 3, 2021. (Jon Ash/AFP)"));
        assert!(caption(
            "Mayor Ines Dole (L) and Tom Reed, in Port Elm. (Harbour Press / POOL / AFP)"
        ));
        assert!(caption("A street in Port Elm. [Mara Quill/Reuters]"));
        assert!(caption("Mayor Ines Dole (file photo)"));
    }

    #[test]
    fn other_brackets_do_not() {
        assert!(!caption("He led the Port Elm Harbour Authority (PEHA)."));
        assert!(!caption("Turnout rose to 61 percent (up from 54 percent in the last vote)."));
        assert!(!caption("The share of yes/no answers fell (see below)."));
        assert!(!caption("The match ended in a draw (1/1)."));
    }

    #[test]
    fn a_labelled_name_at_the_end_makes_a_caption() {
        assert!(caption("The harbour at dawn. Photo: Mara Quill"));
        assert!(caption("The harbour at dawn. Photograph: Mara Quill/The Beacon"));
        assert!(caption("The harbour at dawn Mara Quill/Getty Images"));
        assert!(caption("The harbour at dawn © MARA QUILL / BEACON"));
        assert!(!caption("He took a photo: it showed the harbour"));
    }

    #[test]
    fn a_label_at_the_start_makes_a_caption() {
        assert!(caption("File: The harbour of Port Elm, where the talks were held."));
        assert!(caption("FILE PHOTO: The harbour of Port Elm"));
        assert!(!caption("File the form at the town hall"));
    }

    #[test]
    fn a_credit_alone_is_a_credit() {
        assert!(credit("(photo credit: MARA QUILL)"));
        assert!(credit("Photo by Mara Quill"));
        assert!(credit("Image: Mara Quill"));
        assert!(credit("Mara Quill/AFP"));
        assert!(!credit("Reuters reported the talks first"));
    }
}
