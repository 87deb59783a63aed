//! What a page puts around its texts: paths, symbols, addresses, copyright lines, tag lists.

use crate::{
    kinds::Kind,
    lines::{Ending, View},
    words::{Shape, Signs},
};

/// A line without words, or a path such as "Home > News > World".
pub(crate) fn menu(view: &View<'_>) -> u8 {
    if view.words.is_empty() {
        // Asterisks and dashes may part sections of an article.
        let parts = view.text.chars().all(|c| matches!(c, '*' | '-' | '–' | '—' | '⁂' | ' '));
        return if parts { 30 } else { 80 };
    }
    if view.words.len() <= 4
        && view.line.ending == Ending::Open
        && view.words.iter().all(|word| word.is(Kind::Section))
    {
        return 60;
    }
    if !view.signs.have(&[Signs::BAR, Signs::OTHER]) {
        return 0;
    }
    let arrows = view.text.chars().filter(|c| matches!(c, '>' | '›' | '»' | '→')).count();
    let steps = arrows + view.text.matches(" / ").count();
    let section = view.words.first().is_some_and(|word| word.is(Kind::Section));
    let back = view.text.starts_with(['←', '‹', '<']);
    let on = view.text.ends_with(['→', '›', '>']);
    if (back || on) && view.line.words <= 14 {
        return 65;
    }
    match steps {
        1 if section && view.line.words <= 8 => 85,
        2.. if section => 85,
        2.. if view.line.ending == Ending::Open && view.line.stops * 4 <= view.line.words => 75,
        _ => 0,
    }
}

/// A line with a copyright sign.
pub(crate) fn copyright(view: &View<'_>) -> u8 {
    let signs = ["©", "(c) 20", "(C) 20"];
    let Some(sign) = signs.iter().find_map(|sign| view.text.find(sign)) else { return 0 };
    let sign = view.line.ink as usize + sign;
    let before = view.words.partition_point(|word| (word.start as usize) < sign);
    if before < 3 { 95 } else { 60 }
}

/// An address on the web alone.
pub(crate) fn address(view: &View<'_>) -> u8 {
    let one = !view.text.contains(char::is_whitespace);
    let known = ["http://", "https://", "www.", "pic.twitter.com", "t.co/"];
    if one && known.iter().any(|start| view.text.starts_with(start)) { 75 } else { 0 }
}

/// A post's author and handle: "Name (@name) · 3 May".
pub(crate) fn handle(view: &View<'_>) -> u8 {
    if view.text.contains("(@") && view.words.len() <= 14 && view.line.ending == Ending::Open {
        65
    } else {
        0
    }
}

/// A line with an e-mail address or a telephone number.
pub(crate) fn contact(view: &View<'_>) -> u8 {
    let mail = view.text.split_ascii_whitespace().any(is_mail);
    let short = view.line.words <= 14;
    match (mail, short) {
        (true, true) => 70,
        (true, false) => 35,
        _ => 0,
    }
}

fn is_mail(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| {
        name.ends_with(|c: char| c.is_ascii_alphanumeric())
            && host.contains('.')
            && host.starts_with(|c: char| c.is_ascii_alphanumeric())
    })
}

/// Hashtags alone, or short names between commas or bars.
pub(crate) fn tags(view: &View<'_>) -> u8 {
    if view.text.starts_with('#')
        && view.text.split_ascii_whitespace().all(|part| part.starts_with('#'))
    {
        return if view.words.iter().all(|word| word.shape == Shape::Number) { 0 } else { 85 };
    }
    let names = view.line.capitals * 4 >= view.line.words * 3;
    if !names || view.line.ending != Ending::Open || view.line.stops * 8 > view.line.words {
        return 0;
    }
    let separators = view.text.chars().filter(|c| matches!(c, '|' | '·' | '•' | ',')).count();
    if separators >= 3 { 45 } else { 0 }
}

#[cfg(test)]
mod tests {
    use crate::rules::{Rule, points_of};

    #[test]
    fn paths_and_symbols() {
        assert!(points_of("Home > News > World", Rule::Menu) >= 70);
        assert!(points_of("Home / World / Strike ends in Port Elm", Rule::Menu) >= 70);
        assert!(points_of("← Older post: Ports, again", Rule::Menu) >= 60);
        assert!(points_of("×", Rule::Menu) >= 70);
        assert!(points_of("* * *", Rule::Menu) < 50);
        assert!(points_of("The road home", Rule::Menu) < 50);
    }

    #[test]
    fn copyright_lines() {
        assert!(points_of("© The Port Elm Beacon", Rule::Copyright) >= 90);
        assert!(
            points_of("Copyright 2021 Beacon Media. All rights reserved.", Rule::Copyright) >= 70
        );
        assert!(points_of("The court ruled on copyright in songs.", Rule::Copyright) < 50);
    }

    #[test]
    fn addresses_and_tags() {
        assert!(points_of("https://example.org/a", Rule::Embed) >= 70);
        assert!(points_of("Write to news@example.org", Rule::Contact) >= 70);
        assert!(points_of("#PortElm #harbour", Rule::Tags) >= 70);
        assert!(points_of("Tags: harbour, strike", Rule::Tags) >= 70);
    }
}
