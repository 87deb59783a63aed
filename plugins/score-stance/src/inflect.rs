//! The forms of English verbs and nouns, by rule; the irregular ones stand in a word list.

/// A form of a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `support`, as after "to" and "will".
    Base,
    /// `supports`.
    Third,
    /// `supported`, of a regular verb: past and participle are the same word.
    Past,
    /// `supporting`.
    Ing,
}

/// A form of a verb whose parts follow the rules. `lemma` is in lower case.
pub(crate) fn verb(lemma: &str, form: Form) -> String {
    match form {
        Form::Base => lemma.to_owned(),
        Form::Third => plural(lemma),
        Form::Past => {
            if lemma.ends_with('e') {
                format!("{lemma}d")
            } else if let Some(stem) = ends_in_consonant_and_y(lemma) {
                format!("{stem}ied")
            } else {
                format!("{}ed", doubled(lemma))
            }
        }
        Form::Ing => {
            if let Some(stem) = lemma.strip_suffix("ie") {
                format!("{stem}ying")
            } else if lemma.ends_with('e')
                && !ends_in_any(lemma, &["ee", "oe", "ye"])
                && lemma.len() > 2
            {
                format!("{}ing", &lemma[..lemma.len() - 1])
            } else {
                format!("{}ing", doubled(lemma))
            }
        }
    }
}

/// The plural of a noun, which is also the form of a verb for the third person.
pub(crate) fn plural(word: &str) -> String {
    if let Some(stem) = ends_in_consonant_and_y(word) {
        format!("{stem}ies")
    } else if ends_in_any(word, &["s", "x", "z", "ch", "sh"])
        || matches!(word, "go" | "do" | "veto" | "embargo" | "forgo" | "undergo" | "echo")
    {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

fn ends_in_any(word: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| word.ends_with(end))
}

fn ends_in_consonant_and_y(word: &str) -> Option<&str> {
    let stem = word.strip_suffix('y')?;
    let before = stem.chars().next_back()?;
    (!is_vowel(before)).then_some(stem)
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// Verbs of more syllables whose last consonant doubles, since the stress lies there.
const STRESSED_LAST: &[&str] = &[
    "commit", "admit", "permit", "submit", "omit", "emit", "transmit", "refer", "prefer", "defer",
    "confer", "transfer", "infer", "deter", "incur", "occur", "recur", "rebut", "regret", "expel",
    "repel", "compel", "propel", "rebel", "control", "patrol", "cancel", "quarrel", "equip",
    "abhor", "kidnap", "unplug", "outfit", "begin", "forget", "upset", "label", "channel",
    "travel", "signal", "funnel", "model", "tunnel", "counsel", "shovel", "level", "fulfil",
    "handicap", "program", "shrug", "airdrop", "overlap", "forbid", "reset", "acquit", "concur",
];

/// The stem before a vowel: `ban` gives `bann`.
fn doubled(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let &[.., before, vowel, last] = letters.as_slice() else {
        return word.to_owned();
    };
    let closed = !is_vowel(last)
        && !matches!(last, 'w' | 'x' | 'y')
        && is_vowel(vowel)
        && (!is_vowel(before)
            || before == 'u' && letters.len() > 3 && letters[letters.len() - 4] == 'q');
    let syllables =
        letters.windows(2).filter(|pair| is_vowel(pair[1]) && !is_vowel(pair[0])).count()
            + usize::from(letters.first().is_some_and(|first| is_vowel(*first)));
    if closed && (syllables == 1 || STRESSED_LAST.contains(&word)) {
        format!("{word}{last}")
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(lemma: &str) -> String {
        [Form::Third, Form::Past, Form::Ing].map(|form| verb(lemma, form)).join(" ")
    }

    #[test]
    fn regular_verbs() {
        assert_eq!(forms("support"), "supports supported supporting");
        assert_eq!(forms("praise"), "praises praised praising");
        assert_eq!(forms("deny"), "denies denied denying");
        assert_eq!(forms("destroy"), "destroys destroyed destroying");
        assert_eq!(forms("attack"), "attacks attacked attacking");
        assert_eq!(forms("clash"), "clashes clashed clashing");
        assert_eq!(forms("agree"), "agrees agreed agreeing");
        assert_eq!(forms("die"), "dies died dying");
    }

    #[test]
    fn last_consonants_double_under_stress() {
        assert_eq!(forms("ban"), "bans banned banning");
        assert_eq!(forms("expel"), "expels expelled expelling");
        assert_eq!(forms("visit"), "visits visited visiting");
        assert_eq!(forms("quit"), "quits quitted quitting");
        assert_eq!(forms("target"), "targets targeted targeting");
        assert_eq!(forms("need"), "needs needed needing");
    }
}
