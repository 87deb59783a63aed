//! The rules: what a line says for being removed, and why.
//!
//! Each gives a line 0 to 100 points by its own words and shape, in a file of its own for each family. Cues from
//! the lists in `words/` are added up in [`own_points`]. The page around the line is weighed later, in
//! [`page`](crate::page).

mod author;
mod caption;
mod chrome;
mod dates;
mod labels;
mod segments;
mod share;

pub(crate) use author::{is_bare_name, lead_words};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    cues::{CUES, Place},
    lines::View,
    words::Signs,
};

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Why a line is removed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum Rule { $($(#[doc = $doc])+ $variant,)+ }

        impl Rule {
            /// All of them. Where two give a line equal points, the earlier names the removal.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),+];
            pub(crate) const COUNT: usize = Rule::ALL.len();

            /// Its name, as the reason of a removal.
            pub fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name,)+ }
            }
        }
    };
}

rules! {
    /// Navigation bars, buttons and other furniture of the page.
    Menu = "menu",
    /// Cookie and consent notices.
    CookieNotice = "cookie-notice",
    /// A picture's caption.
    Caption = "caption",
    /// A line that names only who made a picture.
    Credit = "credit",
    /// The line with the author's name.
    Byline = "byline",
    /// A note on the author or on who contributed.
    AuthorNote = "author-note",
    /// Boxes for newsletters, registration, log-in and subscription.
    SignUp = "sign-up",
    /// Share buttons and counters.
    ShareBar = "share-bar",
    /// Readers' comments and the boxes for them.
    Comments = "comments",
    /// Dates of publication and update, times to read.
    Timestamp = "timestamp",
    /// Copyright lines and legal notes.
    Copyright = "copyright",
    /// Markers of advertisements.
    Advertisement = "advertisement",
    /// Links to other articles and what introduces them.
    Related = "related",
    /// Lists of tags and topics.
    Tags = "tags",
    /// What players and embedded posts leave.
    Embed = "embed",
    /// Addresses and invitations to write.
    Contact = "contact",
    /// A line that stands again elsewhere on the page.
    Repeated = "repeated",
    /// What stands before the article and is no headline.
    Head = "head",
    /// What stands after the article.
    Tail = "tail",
}

/// A set of rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RuleSet(u32);

impl RuleSet {
    pub(crate) fn insert(&mut self, rule: Rule) {
        self.0 |= 1 << rule as u32;
    }

    pub(crate) fn has(self, rule: Rule) -> bool {
        self.0 >> rule as u32 & 1 == 1
    }
}

/// Points by rule.
pub(crate) type Points = [u8; Rule::COUNT];

/// What the words and the shape of a line say for each rule, and which rules know the whole line.
pub(crate) fn own_points(view: &View<'_>) -> (Points, RuleSet) {
    let mut points = [0; Rule::COUNT];
    let mut whole = RuleSet::default();
    // Of a rule's cues only the strongest of each place counts; places add up, but no word counts twice.
    let mut cues = [[0u8; 4]; Rule::COUNT];
    let mut covered = [0; Rule::COUNT];
    let mut any = false;
    CUES.find(view.words, view.truncated, |rule, place, found, words| {
        any = true;
        let best = &mut cues[rule as usize][place as usize];
        let covered = &mut covered[rule as usize];
        match place {
            Place::Within if words.start < *covered => {}
            // A second cue within the line counts half.
            Place::Within if *best > 0 => {
                *best = (*best).max(found).saturating_add((*best).min(found) / 2).min(100);
                *covered = words.end;
            }
            _ => {
                *best = (*best).max(found);
                if place != Place::End {
                    *covered = words.end.max(*covered);
                }
            }
        }
        if place == Place::Whole {
            whole.insert(rule);
        }
    });
    if any {
        for (sum, places) in points.iter_mut().zip(&cues) {
            *sum = places.iter().fold(0u8, |sum, points| sum.saturating_add(*points)).min(100);
        }
    }
    let mut give = |rule: Rule, found: u8| {
        let at = &mut points[rule as usize];
        *at = (*at).max(found);
    };
    let signs = view.signs;
    give(Rule::Caption, caption::caption(view));
    if view.line.words <= 40 {
        give(Rule::Menu, chrome::menu(view));
        if signs.have(&[Signs::OTHER, Signs::BRACKET]) {
            give(Rule::Copyright, chrome::copyright(view));
        }
        if signs.have(&[Signs::AT]) {
            give(Rule::Embed, chrome::handle(view));
            give(Rule::Contact, chrome::contact(view));
        }
        if signs.have(&[Signs::HASH, Signs::BAR, Signs::COMMA, Signs::OTHER]) {
            give(Rule::Tags, chrome::tags(view));
        }
        if signs.have(&[Signs::BAR, Signs::OTHER, Signs::WIDE])
            && let Some((rule, points)) = segments::segments(view)
        {
            give(rule, points);
        }
        if signs.have(&[Signs::COLON, Signs::BAR, Signs::OTHER])
            && let Some((rule, points)) = labels::label(view)
        {
            give(rule, points);
        }
        give(Rule::Embed, chrome::address(view));
        give(Rule::Credit, caption::credit(view));
        give(Rule::Byline, author::byline(view));
        give(Rule::ShareBar, share::share_bar(view));
        give(Rule::ShareBar, share::follow(view));
        give(Rule::Timestamp, dates::timestamp(view));
    }
    if view.line.words <= 80 {
        give(Rule::AuthorNote, author::note(view));
    }
    (points, whole)
}

#[cfg(test)]
pub(crate) fn points_of(text: &str, rule: Rule) -> u8 {
    crate::lines::lines(text).first().map_or(0, |line| line.points[rule as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_of_several_places_add_up() {
        let weak = points_of("To receive aid, the town had to ask", Rule::SignUp);
        let strong = points_of("To receive our newsletter, enter your email", Rule::SignUp);
        assert!(weak < 50 && strong >= 80, "{weak} {strong}");
    }

    #[test]
    fn names_are_those_of_settings() {
        for rule in Rule::ALL {
            let read: Rule = serde_json::from_value(rule.name().into()).unwrap();
            assert_eq!(read, *rule);
        }
    }
}
