//! Names: how they are written, and which one a misspelt one was meant to be.

/// Lower-case letters, digits and single hyphens, beginning with a letter.
pub(crate) fn is_kebab_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.split('-').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// The name most like `name`, if one is like it: as few as a third of its chars are wrong,
/// misplaced, too many or missing. Of two as near, the one that comes first.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let lower = name.to_lowercase().replace('_', "-");
    let allowed = (lower.chars().count() / 3).max(1);
    let distances = known.into_iter().map(|known| (distance(&lower, known), known));
    distances.filter(|(d, _)| *d <= allowed).min_by_key(|(d, _)| *d).map(|(_, known)| known)
}

/// The optimal string alignment distance: insertions, deletions, replacements, and swaps of
/// neighbours. Names longer than 64 chars are not compared.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().max(b.len()) > 64 {
        return usize::MAX;
    }
    let mut two_up = vec![0; b.len() + 1];
    let mut up: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = up[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(up[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(two_up[j - 2] + 1);
            }
        }
        two_up = std::mem::replace(&mut up, row);
    }
    up[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_near() {
        let known = ["clean", "segment", "tag-entities", "score-stance"];
        for (slip, meant) in [
            ("claen", Some("clean")),
            ("tag_entities", Some("tag-entities")),
            ("Segment", Some("segment")),
            ("score-stances", Some("score-stance")),
            ("translate", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(slip, known), meant, "{slip}");
        }
    }

    #[test]
    fn kebab_case_is_strict() {
        for good in ["a", "tag-entities", "v2-x"] {
            assert!(is_kebab_case(good), "{good}");
        }
        for bad in ["", "A", "a--b", "-a", "a-", "a_b", "2a", "é"] {
            assert!(!is_kebab_case(bad), "{bad}");
        }
    }
}
