//! Text in XML 1.0.

use std::borrow::Cow;

/// The text, with U+FFFD in the place of chars that XML 1.0 cannot hold in any form: control characters, and
/// U+FFFE and U+FFFF (the production `Char`).
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let forbidden = |char: char| {
        matches!(char, '\0'..='\u{1f}' if !matches!(char, '\t' | '\n' | '\r'))
            || matches!(char, '\u{fffe}' | '\u{ffff}')
    };
    match text.contains(forbidden) {
        true => Cow::Owned(text.replace(forbidden, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

/// A clean text as it stands in an attribute or an element. White space but spaces is written by number: in
/// an attribute readers would make spaces of it.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            char => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(clean("a\u{0}b\u{1f}\u{fffe}"), "a\u{fffd}b\u{fffd}\u{fffd}");
        assert_eq!(clean("👍 \t\u{7f}\u{85}"), "👍 \t\u{7f}\u{85}");
        assert_eq!(escaped("<a & \"b\">\n'"), "&lt;a &amp; &quot;b&quot;&gt;&#10;'");
    }
}
