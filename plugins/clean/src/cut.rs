//! From verdicts to removals: whole ranges, each with its reason.
//!
//! What stays is untouched. Between two lines that stay there remains one line break, or two where a
//! blank line stood between them; at the ends of the text nothing remains. White space before a line
//! break goes, too.

use std::ops::Range;

use crate::lines::Line;

/// The reason of removed white space.
pub(crate) const WHITESPACE: &str = "whitespace";

/// A range of the text to remove, and why.
pub(crate) type Cut = (Range<usize>, &'static str);

/// The removals that leave the lines without a reason. `cuts` is cleared first; ranges come in text order,
/// do not touch where reasons are equal, and never overlap.
pub(crate) fn cuts_of(
    text: &str,
    lines: &[Line],
    reason: impl Fn(usize) -> Option<&'static str>,
    cuts: &mut Vec<Cut>,
) {
    cuts.clear();
    let mut at = 0;
    let mut kept: Option<usize> = None;
    while at <= lines.len() {
        let first = at;
        while at < lines.len() && reason(at).is_some() {
            at += 1;
        }
        // lines[first..at] go; lines[at] stays, or is the end of the text.
        let from = kept.map_or(0, |kept| lines[kept].end as usize);
        let to = lines.get(at).map_or(text.len(), |line| line.start as usize);
        let spaces = kept.is_some() && at < lines.len();
        let spared = if spaces {
            breaks_to_spare(text, lines, first..at, from..to)
        } else {
            [from..from, to..to]
        };
        let mut push = |range: Range<usize>, reason| push_around(cuts, range, &spared, reason);
        // White space before the first removed line, then each line with what follows it.
        let head = lines.get(first).filter(|_| first < at).map_or(to, |line| line.start as usize);
        push(from..head, WHITESPACE);
        for gone in first..at {
            let end = lines.get(gone + 1).map_or(text.len(), |line| line.start as usize);
            push(lines[gone].start as usize..end, reason(gone).unwrap_or(WHITESPACE));
        }
        kept = Some(at);
        at += 1;
    }
}

/// The line breaks that stay in a gap: one, or two where it holds a blank line. They are the first
/// after the line that stays and the last before the next one.
fn breaks_to_spare(
    text: &str,
    lines: &[Line],
    gone: Range<usize>,
    gap: Range<usize>,
) -> [Range<usize>; 2] {
    let blank = (gone.start..=gone.end).any(|at| lines.get(at).is_some_and(|line| line.gap));
    let inside = text.get(gap.clone()).unwrap_or_default();
    let found = memchr::memchr(b'\n', inside.as_bytes());
    let Some(first) = found.map(|at| gap.start + at) else {
        return [gap.start..gap.start, gap.end..gap.end];
    };
    let with_return = |at: usize| {
        let returned = at > gap.start && text.as_bytes().get(at - 1) == Some(&b'\r');
        at - usize::from(returned)..at + 1
    };
    let first = with_return(first);
    let last = with_return(gap.end.saturating_sub(1));
    let two = blank && last.start >= first.end;
    [first, if two { last } else { gap.end..gap.end }]
}

/// Adds a range without the two spared ones in it, joined to the range before where it can be.
fn push_around(
    cuts: &mut Vec<Cut>,
    range: Range<usize>,
    spared: &[Range<usize>; 2],
    reason: &'static str,
) {
    let mut from = range.start;
    for spare in spared.iter().chain(std::iter::once(&(range.end..range.end))) {
        let to = spare.start.clamp(from, range.end);
        if from < to {
            match cuts.last_mut() {
                Some((last, same)) if *same == reason && last.end == from => last.end = to,
                _ => cuts.push((from..to, reason)),
            }
        }
        from = spare.end.clamp(from, range.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::lines;

    /// Lines that begin with `-` go.
    fn cut(text: &str) -> String {
        let lines = lines(text);
        let mut cuts = Vec::new();
        let reason = |at: usize| text[lines[at].ink as usize..].starts_with('-').then_some("r");
        cuts_of(text, &lines, reason, &mut cuts);
        assert!(cuts.windows(2).all(|pair| pair[0].0.end <= pair[1].0.start));
        let mut left = String::new();
        let mut at = 0;
        for (range, _) in cuts {
            left.push_str(&text[at..range.start]);
            at = range.end;
        }
        left + &text[at..]
    }

    #[test]
    fn paragraphs_stay_apart_as_they_were() {
        assert_eq!(cut("a\n\n-x\n\nb"), "a\n\nb");
        assert_eq!(cut("a\n-x\nb"), "a\nb");
        assert_eq!(cut("a\n-x\n\nb"), "a\n\nb");
        assert_eq!(cut("a\n\n-x\n-y\nb\nc"), "a\n\nb\nc");
    }

    #[test]
    fn nothing_is_left_at_the_ends() {
        assert_eq!(cut("\n\n-x\n\na\n\n-y\n"), "a");
        assert_eq!(cut("-x\n-y"), "");
        assert_eq!(cut(" a \n"), " a");
        assert_eq!(cut(""), "");
        assert_eq!(cut(" \n "), "");
    }

    #[test]
    fn runs_of_blank_lines_collapse() {
        assert_eq!(cut("a\n\n\n\nb"), "a\n\nb");
        assert_eq!(cut("a \n \t\n b"), "a\n\n b");
        assert_eq!(cut("a\r\n\r\n\r\n-x\r\n\r\nb"), "a\r\n\r\nb");
        assert_eq!(cut("a\r\n-x\r\nb"), "a\r\nb");
    }

    #[test]
    fn equal_reasons_make_one_removal() {
        let text = "a\n\n-x\n\n-y\n\nb";
        let lines = lines(text);
        let mut cuts = Vec::new();
        cuts_of(text, &lines, |at| (1..3).contains(&at).then_some("r"), &mut cuts);
        assert_eq!(cuts.iter().filter(|(_, reason)| *reason == "r").count(), 1);
    }
}
