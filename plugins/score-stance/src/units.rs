//! The units of a sentence: its tokens, with the tokens of a mention taken as one.

use docmill_core::{
    Span,
    vocab::tokens::{Kind, Token},
};

use crate::lexicon::{Lexicon, Tags, UNKNOWN, WordId};

/// What a unit is in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pos {
    /// A mention of an entity.
    Name,
    Noun,
    Adj,
    Num,
    Det,
    /// The determiner `no`.
    No,
    PossPronoun,
    Pronoun,
    /// `'s` or `'` after whoever possesses.
    Poss,
    Adv,
    /// A verb in the base form.
    Base,
    /// In the third person, present.
    Third,
    /// In the past; maybe a participle.
    Past,
    /// A participle that is no past form: `given`.
    Part,
    Ing,
    Be,
    Have,
    Do,
    Modal,
    Neg,
    /// `to` before a verb.
    To,
    Prep,
    Conj,
    But,
    /// A word that opens a subordinate clause.
    Sub,
    That,
    /// `who`, `which`.
    Wh,
    Comma,
    Colon,
    Semicolon,
    Dash,
    OpenQuote,
    CloseQuote,
    OpenBracket,
    CloseBracket,
    /// What ends a sentence.
    Stop,
    Other,
}

impl Pos {
    /// Whether it is a main verb.
    pub(crate) fn is_verb(self) -> bool {
        matches!(self, Pos::Base | Pos::Third | Pos::Past | Pos::Part | Pos::Ing)
    }

    pub(crate) fn is_auxiliary(self) -> bool {
        matches!(self, Pos::Be | Pos::Have | Pos::Do | Pos::Modal)
    }
}

/// A token, or the tokens of a mention.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) span: Span,
    pub(crate) word: WordId,
    /// Index of the mention, if it is one.
    pub(crate) mention: Option<u32>,
    pub(crate) pos: Pos,
    pub(crate) tags: Tags,
    /// Whether it starts with a capital.
    pub(crate) capital: bool,
    /// Whether the text stands right at the unit before.
    pub(crate) glued: bool,
    /// Whether it is the plural of an unknown noun, by its look.
    pub(crate) plural: bool,
    /// Whether it is written in capitals: "U.S.", "NATO".
    pub(crate) acronym: bool,
    /// Whether it stands in direct speech.
    pub(crate) quoted: bool,
    /// Whom a pronoun means.
    pub(crate) referent: Option<u32>,
}

/// A mention as the units need it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MentionSpan {
    pub(crate) span: Span,
    /// Its place among the mentions.
    pub(crate) index: u32,
}

/// Appends the units of one sentence, their classes not yet told apart ([`Pos::Other`]).
///
/// `tokens` are those of the sentence; `mentions` are all those that may lie in it, in text order. Of mentions that
/// overlap, the first and longest counts; one that starts or ends within a token does not.
pub(crate) fn read(
    text: &str,
    tokens: &[Token],
    mentions: &[MentionSpan],
    lexicon: &Lexicon,
    units: &mut Vec<Unit>,
) {
    let mut mentions = mentions.iter().peekable();
    let mut at = 0;
    let mut before = u32::MAX;
    while let Some(token) = tokens.get(at) {
        while mentions.next_if(|mention| mention.span.start < token.span.start).is_some() {}
        let mention = mentions.peek().filter(|mention| mention.span.start == token.span.start);
        let covered = mention.and_then(|mention| {
            let rest = &tokens[at..];
            let count = rest.iter().take_while(|token| token.span.end <= mention.span.end).count();
            let ends = count > 0 && rest[count - 1].span.end == mention.span.end;
            ends.then_some((count, mention.span, mention.index))
        });
        let glued = before == token.span.start;
        let unit = match covered {
            Some((count, span, index)) => {
                at += count;
                Unit {
                    span,
                    word: UNKNOWN,
                    mention: Some(index),
                    pos: Pos::Name,
                    tags: Tags::default(),
                    capital: true,
                    glued,
                    plural: false,
                    acronym: span.of(text).is_some_and(is_acronym),
                    quoted: false,
                    referent: None,
                }
            }
            None => {
                at += 1;
                plain(text, *token, glued, lexicon)
            }
        };
        before = unit.span.end;
        units.push(unit);
    }
}

/// Whether a name has no lower-case letter.
fn is_acronym(name: &str) -> bool {
    !name.chars().any(char::is_lowercase)
}

fn plain(text: &str, token: Token, glued: bool, lexicon: &Lexicon) -> Unit {
    let piece = token.span.of(text).unwrap_or_default();
    let first = piece.bytes().next().unwrap_or(b' ');
    let mut unit = Unit {
        span: token.span,
        word: UNKNOWN,
        mention: None,
        pos: Pos::Other,
        tags: Tags::default(),
        capital: first.is_ascii_uppercase(),
        glued,
        plural: false,
        acronym: false,
        quoted: false,
        referent: None,
    };
    match token.kind {
        Kind::Word => {
            unit.word = lexicon.find(piece);
            unit.tags = lexicon.word(unit.word).tags;
            unit.plural = unit.tags.any(Tags::PLURAL)
                || piece.ends_with('s') && !piece.ends_with("ss") && piece.len() > 3;
        }
        Kind::Number => unit.pos = Pos::Num,
        Kind::Symbol => {
            unit.pos = if matches!(piece, "$" | "€" | "£" | "¥" | "%") {
                Pos::Num
            } else if piece == "&" {
                Pos::Conj
            } else {
                Pos::Other
            };
        }
        Kind::Punctuation => {
            unit.word = lexicon.find(piece);
            unit.pos = punctuation(piece, first);
        }
    }
    unit
}

fn punctuation(piece: &str, first: u8) -> Pos {
    match piece {
        "," => Pos::Comma,
        ":" => Pos::Colon,
        ";" => Pos::Semicolon,
        "“" | "„" | "«" | "‘" => Pos::OpenQuote,
        "”" | "»" => Pos::CloseQuote,
        "\"" => Pos::OpenQuote,
        "(" | "[" => Pos::OpenBracket,
        ")" | "]" => Pos::CloseBracket,
        "—" | "–" | "--" | "-" | "―" => Pos::Dash,
        "'" | "’" => Pos::Poss,
        _ if matches!(first, b'.' | b'!' | b'?') || piece == "…" => Pos::Stop,
        _ => Pos::Other,
    }
}
