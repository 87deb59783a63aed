//! Bylines, and notes on who wrote or contributed.

use crate::{
    kinds::Kind,
    lines::{Ending, View},
    words::{Shape, Word},
};

/// "By Name", "Name and Name, Place", "Name, Diplomatic Correspondent".
pub(crate) fn byline(view: &View<'_>) -> u8 {
    let count = view.words.len();
    if count == 0 || count > 16 || view.line.ending == Ending::Full && count > 6 {
        return 0;
    }
    let lead = lead_words(view);
    if lead > 0 {
        let rest = &view.words[lead..];
        let fits = |word: &Word| {
            word.shape != Shape::Lower
                || word.is(Kind::NameJoiner)
                || word.is(Kind::Date)
                || word.is(Kind::By)
        };
        let second = rest.first().is_some_and(|word| word.is_capital());
        if second && rest.iter().all(fits) && view.line.numbers < 8 {
            return 90;
        }
        return 0;
    }
    let names = view.line.capitals as usize
        + view.words.iter().filter(|word| word.is(Kind::NameJoiner)).count()
        >= count;
    let role = view.words.iter().any(|word| word.is(Kind::Role));
    let staff = view.words.last().is_some_and(|word| word.is(Kind::BylineStaff));
    if (role || staff) && count <= 8 && names && view.line.ending == Ending::Open {
        return 60;
    }
    0
}

/// How many words come before the name: "By", "Written by", "Author:".
pub(crate) fn lead_words(view: &View<'_>) -> usize {
    let is = |at: usize, kind| view.words.get(at).is_some_and(|word| word.is(kind));
    let colon = view.words.first().is_some_and(|word| view.after(*word) == Some(':'));
    if is(0, Kind::By) || colon && is(0, Kind::BylineAuthor) {
        1
    } else if is(0, Kind::BylineVerb) && is(1, Kind::By) {
        2
    } else {
        0
    }
}

/// "Name is the paper's diplomatic reporter", "Name is a fellow at the Institute".
pub(crate) fn note(view: &View<'_>) -> u8 {
    let name = view
        .words
        .iter()
        .take(7)
        .take_while(|word| word.is_capital() || word.is(Kind::NameJoiner))
        .count();
    if !(1..7).contains(&name) || view.words[0].shape == Shape::Lower {
        return 0;
    }
    let Some(verb) = view.words.get(name) else { return 0 };
    if !verb.is(Kind::BioVerb) {
        return 0;
    }
    let rest = &view.words[name + 1..];
    let near = &rest[..rest.len().min(14)];
    let present = !verb.is(Kind::BioVerbPast);
    let role = near.iter().position(|word| word.is(Kind::Role));
    let scholar = near.iter().any(|word| word.is(Kind::Scholar));
    match (role, scholar) {
        // A name of one word is more often a person of the article.
        (Some(at), _) if at < 10 && name >= 2 && present => 65,
        (Some(_), _) => 40,
        (None, true) if name >= 2 && present => 35,
        (None, true) => 20,
        _ => 0,
    }
}

/// Whether a line is a person's name alone: a byline where it stands by itself before the article.
pub(crate) fn is_bare_name(view: &View<'_>) -> bool {
    let count = view.words.len();
    let agency = count <= 3
        && view.words.iter().any(|word| word.is(Kind::Agency) && word.shape != Shape::Lower);
    let named = view
        .words
        .iter()
        .all(|word| word.is_capital() && !word.is_number() || word.is(Kind::NameJoiner));
    named && (agency || (2..=4).contains(&count)) && view.line.ending == Ending::Open
}

#[cfg(test)]
mod tests {
    use crate::rules::{Rule, points_of};

    #[test]
    fn bylines() {
        for line in [
            "By Mara Quill",
            "BY MARA QUILL AND JON ASH",
            "By Mara Quill in Port Elm",
            "By Mara Quill, Diplomatic Correspondent",
            "Written by Mara Quill",
            "By MARA QUILL May 3, 2021 10:15 am",
        ] {
            assert!(points_of(line, Rule::Byline) >= 70, "{line}");
        }
        for line in ["By the harbour, boats wait", "By Monday it was over.", "By land and sea"] {
            assert!(points_of(line, Rule::Byline) < 50, "{line}");
        }
    }

    #[test]
    fn notes_on_the_author() {
        for line in [
            "Mara Quill is The Beacon's diplomatic reporter",
            "Mara Quill covers the harbour for The Beacon and is its columnist.",
            "Mara Quill contributed to this report.",
            "(Reporting by Mara Quill; Editing by Jon Ash)",
        ] {
            assert!(points_of(line, Rule::AuthorNote) >= 60, "{line}");
        }
        for line in [
            "Mara Quill is the mayor of Port Elm.",
            "Quill was a reporter before she ran for mayor.",
            "The reporter said she had been turned away.",
        ] {
            assert!(points_of(line, Rule::AuthorNote) < 50, "{line}");
        }
    }
}
