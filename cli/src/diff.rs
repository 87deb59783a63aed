//! What differs between two texts, by lines.

use crate::term::{GREEN, RED, Shown};

/// More pairs of lines than these are not compared: all of them then count as different.
const COMPARED: usize = 1 << 20;

/// A line of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'a> {
    Both(&'a str),
    Wanted(&'a str),
    Got(&'a str),
}

/// The lines of both texts: those only in `wanted` after a red minus, those only in `got` after a
/// green plus. Blanks at the end of such a line are shown as `·`.
pub(crate) fn of_texts(wanted: &str, got: &str) -> Vec<String> {
    let wanted: Vec<&str> = wanted.split('\n').collect();
    let got: Vec<&str> = got.split('\n').collect();
    let drawn = lines(&wanted, &got).into_iter().map(|line| match line {
        Line::Both(text) => format!("  {}", Shown(text)),
        Line::Wanted(text) => format!("{RED}- {}{RED:#}", with_end(text)),
        Line::Got(text) => format!("{GREEN}+ {}{GREEN:#}", with_end(text)),
    });
    drawn.collect()
}

fn with_end(line: &str) -> String {
    let plain = line.trim_end_matches(' ');
    format!("{}{}", Shown(plain), "·".repeat(line.len() - plain.len()))
}

/// A longest common subsequence of lines, and what stands between.
fn lines<'a>(wanted: &[&'a str], got: &[&'a str]) -> Vec<Line<'a>> {
    let head = wanted.iter().zip(got).take_while(|(a, b)| a == b).count();
    let (same, wanted) = wanted.split_at(head);
    let got = &got[head..];
    let tail = wanted.iter().rev().zip(got.iter().rev()).take_while(|(a, b)| a == b).count();
    let (wanted, end) = wanted.split_at(wanted.len() - tail);
    let got = &got[..got.len() - tail];

    let mut lines: Vec<Line<'a>> = same.iter().map(|line| Line::Both(line)).collect();
    let (mut w, mut g) = (0, 0);
    if wanted.len().saturating_mul(got.len()) <= COMPARED {
        let common = common_after(wanted, got);
        while w < wanted.len() && g < got.len() {
            if wanted[w] == got[g] {
                lines.push(Line::Both(wanted[w]));
                (w, g) = (w + 1, g + 1);
            } else if common[w + 1][g] >= common[w][g + 1] {
                lines.push(Line::Wanted(wanted[w]));
                w += 1;
            } else {
                lines.push(Line::Got(got[g]));
                g += 1;
            }
        }
    }
    lines.extend(wanted[w..].iter().map(|line| Line::Wanted(line)));
    lines.extend(got[g..].iter().map(|line| Line::Got(line)));
    lines.extend(end.iter().map(|line| Line::Both(line)));
    lines
}

/// How many lines the texts have in common from each pair of lines on.
fn common_after(wanted: &[&str], got: &[&str]) -> Vec<Vec<u32>> {
    let mut common = vec![vec![0; got.len() + 1]; wanted.len() + 1];
    for w in (0..wanted.len()).rev() {
        for g in (0..got.len()).rev() {
            common[w][g] = match wanted[w] == got[g] {
                true => common[w + 1][g + 1] + 1,
                false => common[w + 1][g].max(common[w][g + 1]),
            };
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(wanted: &str, got: &str) -> String {
        anstream::adapter::strip_str(&of_texts(wanted, got).join("\n")).to_string()
    }

    #[test]
    fn only_what_differs_is_marked() {
        assert_eq!(plain("a\nb\nc\nd", "a\nx\nc\nd"), "  a\n- b\n+ x\n  c\n  d");
        assert_eq!(plain("a\nb", "a"), "  a\n- b");
        assert_eq!(plain("", "x"), "- \n+ x");
        assert_eq!(plain("a\nb\nc", "b\nc\ne"), "- a\n  b\n  c\n+ e");
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(plain("a ", "a\u{1b}"), "- a·\n+ a\\u{1b}");
    }
}
