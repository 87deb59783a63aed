//! Names of files, made of ids.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// The longest name that is made of an id, in bytes.
const LONGEST: usize = 72;

/// A file name for an id: ASCII letters, digits, `-`, `_` and `.`, which does not begin with a dot, and `_` in the
/// place of anything else. The ending `.txt` is left out, since it is added to what comes of this. Where more was
/// lost than punctuation, a hash of the id follows: ids in other scripts would all be the same.
pub(super) fn safe(id: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    let id_without = id.strip_suffix(".txt").unwrap_or(id);
    let chars = id_without.trim_start_matches('.').chars().take(LONGEST);
    let name: String = chars.map(|char| if plain(char) { char } else { '_' }).collect();
    let told = id.chars().all(|char| char.is_ascii_graphic()) && id.len() <= LONGEST;
    if told && name.contains(|char: char| char.is_ascii_alphanumeric()) {
        return name;
    }
    format!("{name}-{:08x}", hash(id.as_bytes()))
}

/// FNV-1a of 32 bits: the same on every machine.
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Gives each name once, also where capitals are not told apart. Remembers some 30 bytes of each name.
#[derive(Default)]
pub(super) struct Given {
    /// How often a name was asked for, by its hash. Two names of one hash cost a needless number, no more.
    times: HashMap<u64, u32>,
}

impl Given {
    /// The name, with a number behind it where it was given before.
    pub(super) fn once(&mut self, name: String) -> String {
        let mut times = self.count(&name);
        if times == 1 {
            return name;
        }
        loop {
            let numbered = format!("{name}-{times}");
            if self.count(&numbered) == 1 {
                return numbered;
            }
            times = self.count(&name);
        }
    }

    fn count(&mut self, name: &str) -> u32 {
        let mut hasher = DefaultHasher::new();
        name.to_ascii_lowercase().hash(&mut hasher);
        let times = self.times.entry(hasher.finish()).or_default();
        *times = times.saturating_add(1);
        *times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_its_name_as_far_as_it_can_be() {
        assert_eq!(safe("a-7.b_C"), "a-7.b_C");
        assert_eq!(safe("articles/7.txt"), "articles_7");
        assert_eq!(safe("../../x"), "_.._x");
        for id in ["../../x", "", ".", "..", ".txt", ".hidden", "a\\b", "a\0", "ä", "a b", "C:\\x"]
        {
            let name = safe(id);
            assert!(
                !name.starts_with('.') && !name.contains(['/', '\\', '\0', ' ', ':']),
                "{name}"
            );
            assert!(!name.is_empty() && name.len() <= LONGEST + 9);
        }
        assert_ne!(safe("ä"), safe("ö"));
        let [long, longer] = [500, 501].map(|length| safe(&"x".repeat(length)));
        assert_eq!((long.len(), long == longer), (LONGEST + 9, false));
    }

    #[test]
    fn a_name_is_given_once() {
        let mut given = Given::default();
        let names = ["a", "A-2", "a", "a", "A"].map(|name| given.once(name.to_owned()));
        assert_eq!(names, ["a", "A-2", "a-3", "a-4", "A-5"]);
    }
}
