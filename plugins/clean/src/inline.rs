//! What is left inside a line that stays: the mark of a cut-off text at its end.

use std::ops::Range;

/// The end of a line that says only that the text was cut off: five dots or more, "[+1234 chars]".
pub(crate) fn truncation(line: &str) -> Option<Range<usize>> {
    if let Some(open) = line.rfind("[+")
        && line.ends_with("chars]")
        && line.len() - open < 20
    {
        return Some(line.get(..open)?.trim_end().len()..line.len());
    }
    let dots = line.trim_end_matches(['.', '…']);
    let count: usize = line.get(dots.len()..)?.chars().map(|c| if c == '…' { 3 } else { 1 }).sum();
    (count >= 5 && !dots.trim().is_empty()).then(|| dots.trim_end().len()..line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_cut_off_texts() {
        assert_eq!(truncation("The talks went on ........"), Some(17..26));
        assert_eq!(truncation("The talks went on… [+1534 chars]"), Some(20..34));
        assert_eq!(truncation("The talks went on..."), None);
        assert_eq!(truncation("........"), None);
    }
}
