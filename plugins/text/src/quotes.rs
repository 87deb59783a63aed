//! Quotations: the spans between paired quotation marks.
//!
//! Curly, straight and angular marks, single and double, nested in one another. A straight mark
//! opens or closes by what stands beside it, an apostrophe that belongs to a word is none (the
//! tokenizer has kept it there), and a plural possessive ("the leaders’ talks") closes a single
//! quotation only if nothing after it does.
//!
//! A quotation of several paragraphs opens each with a mark and closes only the last: that is one
//! quotation. One that a blank line follows, and then no opening mark, has not been closed: it is
//! none, and no mark after it is read differently for it. One pass, without looking ahead.

use std::cmp::Reverse;
use std::ops::Range;

use crate::token::{Token, TokenKind};

/// A quotation that spans more bytes than this lacks a mark somewhere, and is none.
const LONGEST: u32 = 16 * 1024;
/// Quotations nested more deeply than this are passed over.
const DEEPEST: usize = 6;

/// A quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quotation {
    /// First byte: that of its opening mark.
    pub start: u32,
    /// One past the last byte of its closing mark.
    pub end: u32,
    /// First byte after its opening mark.
    pub content_start: u32,
    /// First byte of its closing mark.
    pub content_end: u32,
    /// How many quotations it lies in.
    pub depth: u32,
}

impl Quotation {
    /// Where it stands with its marks, in bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Where that stands which the marks enclose, in bytes. It holds the marks that open its
    /// further paragraphs.
    pub fn content(self) -> Range<usize> {
        self.content_start as usize..self.content_end as usize
    }
}

/// Finds the quotations of `text`, whose tokens are given: in text order, outer before inner. `out`
/// is cleared first.
///
/// ```
/// let text = "“They said ‘never’,” Roe said.";
/// let (mut tokens, mut quotes) = (Vec::new(), Vec::new());
/// docmill_text::tokens(text, &mut tokens);
/// docmill_text::quotes(text, &tokens, &mut quotes);
/// let found: Vec<&str> = quotes.iter().map(|quote| &text[quote.content()]).collect();
/// assert_eq!(found, ["They said ‘never’,", "never"]);
/// ```
pub fn quotes(text: &str, tokens: &[Token], out: &mut Vec<Quotation>) {
    out.clear();
    let mut pairs = Pairs { open: Vec::new(), out };
    let mut before: Option<&Token> = None;
    for (token, next) in tokens.iter().zip(tokens.iter().skip(1).map(Some).chain([None])) {
        let gap = before.map_or(0, |before| before.end)..token.start;
        let breaks = if gap.len() > 1 || !pairs.open.is_empty() { breaks(text, gap) } else { 0 };
        let mark = match token.kind {
            TokenKind::Punctuation => mark(text, before, *token, next),
            _ => None,
        };
        if breaks > 0 && !pairs.open.is_empty() {
            let goes_on = mark.is_some_and(|mark| {
                mark.role != Role::Closes && pairs.open.iter().any(|open| open.form == mark.form)
            });
            if goes_on {
                before = Some(token);
                continue;
            }
            if breaks > 1 {
                pairs.close_above(0);
            }
        }
        if let Some(mark) = mark {
            pairs.take(mark, *token);
        }
        before = Some(token);
    }
    pairs.close_above(0);
    out.sort_unstable_by_key(|quote| (quote.start, Reverse(quote.end)));
    let mut around: Vec<u32> = Vec::new();
    for quote in out {
        around.retain(|end| *end > quote.start);
        quote.depth = around.len() as u32;
        around.push(quote.end);
    }
}

/// The forms of marks. All of one form can close one another: pages mix curly and straight ones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Double,
    Single,
    Angle,
    SingleAngle,
    Corner,
    DoubleCorner,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Opens,
    Closes,
    /// Closes, unless another mark does: perhaps an apostrophe.
    MayClose,
    /// Closes what is open, or opens.
    Either,
}

#[derive(Clone, Copy)]
struct Mark {
    form: Form,
    role: Role,
    curly: bool,
}

/// A mark that has opened.
struct Open {
    form: Form,
    curly: bool,
    token: Token,
    /// A mark that may have closed it.
    may_close: Option<Token>,
}

struct Pairs<'a> {
    open: Vec<Open>,
    out: &'a mut Vec<Quotation>,
}

impl Pairs<'_> {
    fn take(&mut self, mark: Mark, token: Token) {
        let at = self.open.iter().rposition(|open| open.form == mark.form);
        match (mark.role, at) {
            (Role::Closes | Role::Either, Some(at)) => {
                self.close_above(at + 1);
                if let Some(open) = self.open.pop() {
                    self.add(open.token, token);
                }
            }
            (Role::MayClose, Some(_)) => {
                // Not across a quotation within.
                if let Some(open) = self.open.last_mut().filter(|open| open.form == mark.form) {
                    open.may_close = Some(token);
                }
            }
            (Role::Opens | Role::Either, _) => {
                // A mark that opens where its like has just done so: the first was never closed.
                if at.is_some_and(|at| at + 1 == self.open.len()) {
                    self.close_above(self.open.len() - 1);
                }
                if self.open.len() < DEEPEST {
                    let Mark { form, curly, .. } = mark;
                    self.open.push(Open { form, curly, token, may_close: None });
                }
            }
            (Role::Closes | Role::MayClose, None) => {}
        }
    }

    /// Gives up what is open above a depth, except where a mark may have closed it.
    fn close_above(&mut self, depth: usize) {
        while self.open.len() > depth
            && let Some(open) = self.open.pop()
        {
            // A straight mark may have been an apostrophe itself ("the '90s").
            if let (Some(close), true) = (open.may_close, open.curly) {
                self.add(open.token, close);
            }
        }
    }

    fn add(&mut self, open: Token, close: Token) {
        if close.end - open.start <= LONGEST {
            self.out.push(Quotation {
                start: open.start,
                end: close.end,
                content_start: open.end,
                content_end: close.start,
                depth: 0,
            });
        }
    }
}

/// What mark a token is, if it is one.
fn mark(text: &str, before: Option<&Token>, token: Token, after: Option<&Token>) -> Option<Mark> {
    use Form::*;
    let curly = |form, role| Some(Mark { form, role, curly: true });
    match token.text(text) {
        "“" => {
            // In German “ closes: „so“.
            let role = if spaced_before(before, token) { Role::Opens } else { Role::Either };
            curly(Double, role)
        }
        "”" => curly(Double, Role::Closes),
        "„" => curly(Double, Role::Opens),
        "‘" | "'" if is_decade(text, token, after) => None,
        "‘" => curly(Single, Role::Opens),
        "‚" => curly(Single, Role::Opens),
        "«" => curly(Angle, Role::Opens),
        "»" => curly(Angle, Role::Closes),
        "‹" => curly(SingleAngle, Role::Opens),
        "›" => curly(SingleAngle, Role::Closes),
        "「" => curly(Corner, Role::Opens),
        "」" => curly(Corner, Role::Closes),
        "『" => curly(DoubleCorner, Role::Opens),
        "』" => curly(DoubleCorner, Role::Closes),
        "’" => {
            let possessive = is_possessive(text, before, token, after);
            curly(Single, if possessive { Role::MayClose } else { Role::Closes })
        }
        straight @ ("\"" | "'") => {
            let before_it = spaced_before(before, token);
            let after_it = after.is_none_or(|after| after.start > token.end);
            let form = if straight == "\"" { Double } else { Single };
            let role = match (before_it, after_it) {
                (true, false) => Role::Opens,
                (false, true) if form == Single && is_possessive(text, before, token, after) => {
                    Role::MayClose
                }
                (false, true) => Role::Closes,
                // Punctuation follows, or it stands alone: `"Yes",` or `" Yes "`.
                (false, false) if opens_before(text, before) => Role::Opens,
                (false, false) if form == Single => Role::Closes,
                _ => Role::Either,
            };
            Some(Mark { form, role, curly: false })
        }
        _ => None,
    }
}

/// Whether white space stands before a token, or nothing.
fn spaced_before(before: Option<&Token>, token: Token) -> bool {
    before.is_none_or(|before| before.end < token.start)
}

/// Whether the token before is a bracket, dash or quotation mark after which one opens.
fn opens_before(text: &str, before: Option<&Token>) -> bool {
    let mark = before.map_or("", |before| before.text(text));
    matches!(mark, "(" | "[" | "{" | "—" | "–" | "--" | "“" | "‘" | "«" | "/" | ":")
}

/// Whether an apostrophe may be that of a plural: a word in s before it, a word in lower case
/// after.
fn is_possessive(text: &str, before: Option<&Token>, token: Token, after: Option<&Token>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    before.end == token.start
        && before.is_word()
        && before.text(text).ends_with(['s', 'S', 'z'])
        && after.is_word()
        && after.start > token.end
        && !after.text(text).starts_with(char::is_uppercase)
}

/// Whether an apostrophe stands for a century: "the '90s", "of '68".
fn is_decade(text: &str, token: Token, after: Option<&Token>) -> bool {
    after.is_some_and(|after| {
        let year = after.text(text).trim_end_matches('s');
        after.start == token.end
            && year.len() == 2
            && year.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// How many line breaks a gap holds, two standing for more.
fn breaks(text: &str, gap: Range<u32>) -> usize {
    let gap = text.get(gap.start as usize..gap.end as usize).unwrap_or("");
    gap.bytes().filter(|byte| *byte == b'\n').take(2).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokens;

    /// What the quotations of `text` enclose, separated by `|`.
    fn found(text: &str) -> String {
        let (mut words, mut out) = (Vec::new(), Vec::new());
        tokens(text, &mut words);
        quotes(text, &words, &mut out);
        out.iter().map(|quote| &text[quote.content()]).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn curly_and_straight() {
        assert_eq!(found("“Yes,” he said. “No.”"), "Yes,|No.");
        assert_eq!(found("\"Yes,\" he said (\"No.\") - \" Well \""), "Yes,|No.| Well ");
        assert_eq!(found("«Oui», „ja“, 「はい」"), "Oui|ja|はい");
        assert_eq!(found("“Mixed,\" he said, \"marks.”"), "Mixed,|marks.");
    }

    #[test]
    fn nested() {
        assert_eq!(
            found("“He said ‘so “be” it’ twice.”"),
            "He said ‘so “be” it’ twice.|so “be” it|be"
        );
        assert_eq!(found("'He said \"so\" twice.'"), "He said \"so\" twice.|so");
    }

    #[test]
    fn apostrophes_are_no_marks() {
        assert_eq!(found("Israel’s leaders’ talks in the ’90s don’t"), "");
        assert_eq!(found("the '90s and the leaders' talks, of ‘68 or leaders’ talks"), "");
        assert_eq!(found("‘so “the leaders’ talks” it"), "the leaders’ talks");
        assert_eq!(found("‘The leaders’ talks failed’ and"), "The leaders’ talks failed");
        assert_eq!(found("a ‘war of words’ over it"), "war of words");
    }

    #[test]
    fn paragraphs_of_one_quotation() {
        let text = "“We left.\n\n“We came back.\n\n“We stayed,” she said. “Yes.”";
        assert_eq!(found(text), "We left.\n\n“We came back.\n\n“We stayed,|Yes.");
        assert_eq!(found("\"We left.\n\n\"We stayed,\" she said."), "We left.\n\n\"We stayed,");
    }

    #[test]
    fn a_mark_that_is_not_closed_spoils_nothing() {
        assert_eq!(found("“We left.\n\nShe said “yes” and “no”."), "yes|no");
        assert_eq!(found("A 5\" gun.\n\nShe said \"yes\" twice."), "yes");
        assert_eq!(found("“We left. “Yes,” he said. ” Odd"), "Yes,");
    }

    #[test]
    fn a_wrapped_quotation_is_whole() {
        assert_eq!(found("“We\nleft,” he said."), "We\nleft,");
    }

    #[test]
    fn depth_counts_the_quotations_around() {
        let (mut words, mut out) = (Vec::new(), Vec::new());
        let text = "“a ‘b’ c” “d”";
        tokens(text, &mut words);
        quotes(text, &words, &mut out);
        assert_eq!(out.iter().map(|quote| quote.depth).collect::<Vec<_>>(), [0, 1, 0]);
    }

    #[test]
    fn time_is_linear() {
        for piece in ["“", "”", "\" ", "‘a “b ", "s’ a ", "“a\n\n", "“a” "] {
            found(&piece.repeat(1_000_000 / piece.len()));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn quotations_are_nested_or_apart(parts in prop::collection::vec(prop::sample::select(vec![
            "“", "”", "\"", "‘", "’", "'", "«", "»", "„", "a", "as", "B", " ", ".", ",", "(", "\n", "\n\n",
        ]), 0..60)) {
            let text = parts.concat();
            let (mut words, mut out) = (Vec::new(), Vec::new());
            tokens(&text, &mut words);
            quotes(&text, &words, &mut out);
            for quote in &out {
                prop_assert!(text.get(quote.range()).is_some() && text.get(quote.content()).is_some());
            }
            for (at, outer) in out.iter().enumerate() {
                for inner in &out[at + 1..] {
                    let apart = inner.start >= outer.end;
                    prop_assert!(apart || inner.start >= outer.content_start && inner.end <= outer.content_end);
                }
            }
        }
    }
}
