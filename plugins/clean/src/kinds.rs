//! Kinds of words: what the lists in `words/` say of a single word.

use std::sync::LazyLock;

use crate::words::{entries, hash_of};

/// The lists that a word can stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A function word.
    Stop,
    /// Speaks to the reader.
    Reader,
    /// Stands in dates and times.
    Date,
    /// Makes a line of date words a date.
    DateCore,
    /// Makes a date one of publication.
    DateStamp,
    /// Stands before the name of a picture's maker.
    Credit,
    /// Where pictures come from.
    Agency,
    /// The same, also where it stands alone.
    AgencyName,
    /// Stands between a credit word and a name.
    CreditBy,
    /// The name of a share button.
    Social,
    /// Begins a line of share buttons.
    SocialLead,
    /// Asks the reader to follow someone elsewhere.
    Follow,
    /// The name of a paper's section.
    Section,
    /// Joins the words of names.
    NameJoiner,
    /// Stands after an author's name.
    BioVerb,
    /// The same, rather of a person in the article.
    BioVerbPast,
    /// Stands before an author's name, itself before that, or before a colon; after a paper's name.
    By,
    BylineVerb,
    BylineAuthor,
    BylineStaff,
    /// A label before the title of something else, by what that is; before a caption.
    LabelRelated,
    LabelEmbed,
    LabelTags,
    LabelCaption,
    /// What newspaper writers are.
    Role,
    /// What guest authors are.
    Scholar,
    /// Begins a cue.
    CueFirst,
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kinds(u32);

impl Kinds {
    pub(crate) fn have(self, kind: Kind) -> bool {
        self.0 >> kind as u32 & 1 == 1
    }
}

/// The lists, each with the heading that its entries stand under.
const LISTS: [(Kind, &str, &str); 29] = [
    (Kind::Stop, include_str!("../words/stopwords.txt"), ""),
    (Kind::Reader, include_str!("../words/reader.txt"), ""),
    (Kind::Date, include_str!("../words/dates.txt"), ""),
    (Kind::DateCore, include_str!("../words/date-cores.txt"), ""),
    (Kind::DateStamp, include_str!("../words/date-stamps.txt"), ""),
    (Kind::Credit, include_str!("../words/credits.txt"), "[credit]"),
    (Kind::Agency, include_str!("../words/credits.txt"), "[agency]"),
    (Kind::Agency, include_str!("../words/credits.txt"), "[beside]"),
    (Kind::AgencyName, include_str!("../words/credits.txt"), "[agency]"),
    (Kind::CreditBy, include_str!("../words/credits.txt"), "[by]"),
    (Kind::Social, include_str!("../words/social.txt"), ""),
    (Kind::Social, include_str!("../words/social.txt"), "[lead]"),
    (Kind::SocialLead, include_str!("../words/social.txt"), "[lead]"),
    (Kind::Follow, include_str!("../words/follow.txt"), ""),
    (Kind::Section, include_str!("../words/sections.txt"), ""),
    (Kind::NameJoiner, include_str!("../words/name-joiners.txt"), ""),
    (Kind::BioVerb, include_str!("../words/bio-verbs.txt"), "[present]"),
    (Kind::BioVerb, include_str!("../words/bio-verbs.txt"), "[past]"),
    (Kind::BioVerbPast, include_str!("../words/bio-verbs.txt"), "[past]"),
    (Kind::By, include_str!("../words/bylines.txt"), "[by]"),
    (Kind::BylineVerb, include_str!("../words/bylines.txt"), "[verb]"),
    (Kind::BylineAuthor, include_str!("../words/bylines.txt"), "[author]"),
    (Kind::BylineStaff, include_str!("../words/bylines.txt"), "[staff]"),
    (Kind::LabelRelated, include_str!("../words/labels.txt"), "[related]"),
    (Kind::LabelEmbed, include_str!("../words/labels.txt"), "[embed]"),
    (Kind::LabelTags, include_str!("../words/labels.txt"), "[tags]"),
    (Kind::LabelCaption, include_str!("../words/labels.txt"), "[caption]"),
    (Kind::Role, include_str!("../words/roles.txt"), ""),
    (Kind::Scholar, include_str!("../words/scholars.txt"), ""),
];

/// The kinds of a word.
pub(crate) fn kinds_of(hash: u64) -> Kinds {
    LEXICON.slots[LEXICON.slot(hash)].1
}

/// All listed words, in a table with open addressing that fits the first cache: three quarters of it are free, a
/// word's place is the top of its hash, and the slot holds the middle.
struct Lexicon {
    slots: Vec<(u32, Kinds)>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { slots: vec![(0, Kinds::default()); 1 << Lexicon::BITS] };
    for (kind, list, heading) in LISTS {
        let mut under = "";
        for entry in entries(list) {
            if entry.starts_with('[') {
                under = entry;
            } else if under == heading {
                lexicon.insert(hash_of(entry), kind);
            }
        }
    }
    for first in crate::cues::first_words() {
        lexicon.insert(first, Kind::CueFirst);
    }
    lexicon
});

impl Lexicon {
    const BITS: u32 = 12;

    fn insert(&mut self, hash: u64, kind: Kind) {
        let at = self.slot(hash);
        self.slots[at].0 = tag(hash);
        self.slots[at].1.0 |= 1 << kind as u32;
    }

    /// The slot of a word, or the free one where it would stand.
    fn slot(&self, hash: u64) -> usize {
        let mut at = (hash >> (64 - Self::BITS)) as usize;
        while self.slots[at].0 != tag(hash) && self.slots[at].0 != 0 {
            at = (at + 1) % self.slots.len();
        }
        at
    }
}

/// What tells words in a slot apart; never 0.
fn tag(hash: u64) -> u32 {
    (hash >> 16) as u32 | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_room() {
        let taken = LEXICON.slots.iter().filter(|(tag, _)| *tag != 0).count();
        assert!(taken * 2 < LEXICON.slots.len(), "{taken}: raise BITS");
    }

    #[test]
    fn a_word_is_of_the_kinds_of_its_lists() {
        let monday = kinds_of(hash_of("monday"));
        assert!(monday.have(Kind::Date) && monday.have(Kind::DateCore) && !monday.have(Kind::Stop));
        assert!(!kinds_of(hash_of("harbour")).have(Kind::Date));
    }
}
