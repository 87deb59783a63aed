//! Slips of the pen: how a mistyped name is known.

/// Whether two names differ by one letter more, less or other, or by two neighbours exchanged; letter case aside.
pub(crate) fn differ_by_a_slip(known: &str, written: &str) -> bool {
    let letters = |name: &str| name.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    let (mut known, mut written) = (letters(known), letters(written));
    for _ in 0..2 {
        while !known.is_empty() && known.last() == written.last() {
            known.pop();
            written.pop();
        }
        known.reverse();
        written.reverse();
    }
    match (known.as_slice(), written.as_slice()) {
        ([a, b], [c, d]) => a == d && b == c,
        (known, written) => known.len() <= 1 && written.len() <= 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_and_no_more() {
        for slip in ["word", "wordss", "werds", "wrods", "Words", "wods"] {
            assert!(differ_by_a_slip("words", slip), "{slip}");
        }
        for other in ["w", "world", "swords2", "", "wrodz"] {
            assert!(!differ_by_a_slip("words", other), "{other}");
        }
    }
}
