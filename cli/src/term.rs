//! Text for terminals: styles, numbers, and foreign text that cannot play tricks.

use std::{
    fmt::{self, Display, Write as _},
    io::Write as _,
};

use anstyle::{AnsiColor, Style};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const RED: Style = AnsiColor::Red.on_default();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const BLUE: Style = AnsiColor::Blue.on_default();
pub(crate) const MAGENTA: Style = AnsiColor::Magenta.on_default();
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();

/// Says something to the user, on standard error, which may have gone.
pub(crate) fn tell(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Text from outside (documents, paths, messages), shown so that none of it acts on the terminal:
/// escape and other control characters, and those that change the direction of writing, stand as
/// `\u{1b}`. Line ends and tabs stay.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if acts(c) { write!(f, "{}", c.escape_unicode())? } else { f.write_char(c)? }
        }
        Ok(())
    }
}

/// Foreign text in a style, which begins anew on each line, as pagers want it.
pub(crate) fn styled(text: &str, style: Style) -> String {
    let mut styled = String::new();
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            styled.push('\n');
        }
        if !line.is_empty() {
            styled.push_str(&format!("{style}{}{style:#}", Shown(line)));
        }
    }
    styled
}

/// Foreign text on one line.
pub(crate) fn one_line(text: &str) -> String {
    Shown(&text.replace('\n', " ")).to_string()
}

/// Whether a terminal, or a reader of what it shows, could be misled by this character.
fn acts(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Marks, embeddings, overrides and isolates of direction; separators of lines; deprecated
        // format characters; the byte order mark; interlinear annotation; language tags.
        '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => true,
        c => c.is_control(),
    }
}

/// A count with its thousands apart: `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and what is counted: `1 document`, `2,000 documents`.
pub(crate) fn counted(number: u64, of: &str) -> String {
    format!("{} {of}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A size: `512 B`, `1.2 kB`, `34 MB`; a kB is 1,000 bytes.
pub(crate) fn size(bytes: u64) -> String {
    let mut amount = bytes as f64;
    let mut unit = "B";
    for larger in ["kB", "MB", "GB", "TB"] {
        if amount < 1000.0 {
            break;
        }
        amount /= 1000.0;
        unit = larger;
    }
    let digits = usize::from(unit != "B" && amount < 10.0);
    format!("{amount:.digits$} {unit}")
}

/// A time: `3 ms`, `2.41 s`, `3 min 20 s`.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 0.0995 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 60.0 {
        format!("{seconds:.2} s")
    } else {
        let whole = seconds as u64;
        format!("{} min {} s", count(whole / 60), whole % 60)
    }
}

/// A time as an estimate gives it: `1 s`, `45 s`, `3 min`, `2 h 5 min`.
pub(crate) fn about(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match minutes {
        _ if seconds < 99.5 => format!("{:.0} s", seconds.max(1.0)),
        0..100 => format!("{minutes} min"),
        _ => format!("{} h {} min", count(minutes / 60), minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_document_acts_on_the_terminal() {
        let shown = |text| Shown(text).to_string();
        assert_eq!(shown("a\u{1b}[31mred\u{7}"), "a\\u{1b}[31mred\\u{7}");
        assert_eq!(shown("\u{9b}2J\u{85}\u{7f}\r"), "\\u{9b}2J\\u{85}\\u{7f}\\u{d}");
        assert_eq!(shown("\u{202e}evil\u{2066}"), "\\u{202e}evil\\u{2066}");
        assert_eq!(shown("Ünï 🙂\tcode\n"), "Ünï 🙂\tcode\n");
    }

    #[test]
    fn numbers_are_for_readers() {
        assert_eq!([0, 999, 1000, 1234567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "document"), "1 document");
        assert_eq!(
            [0, 999, 1234, 99_600, 34_000_000].map(size),
            ["0 B", "999 B", "1.2 kB", "100 kB", "34 MB"]
        );
        assert_eq!(
            [0.2, 45.2, 99.6, 3000.0, 7500.0].map(about),
            ["1 s", "45 s", "2 min", "50 min", "2 h 5 min"]
        );
        assert_eq!([0.0031, 2.412, 200.0].map(seconds), ["3 ms", "2.41 s", "3 min 20 s"]);
    }
}
