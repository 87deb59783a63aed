//! From a condition's text to a checked [`Condition`]: by precedence climbing, each operand with its type.
//!
//! Takes linear time, and refuses what is nested deeper than [`MAX_DEPTH`]. Everything that can be known without a
//! document is checked here: functions, types, layers' names, regular expressions.

use docmill_core::vocab::sentences;
use regex::RegexBuilder;

use crate::{
    condition::{Comparison, Condition, Property, Term},
    mistake::Mistake,
    slips::differ_by_a_slip,
    tokens::{Token, TokenKind, tokens},
};

/// How deep parentheses and `not` may be nested.
const MAX_DEPTH: usize = 64;

/// The largest regular expression, in bytes as compiled.
const MAX_PATTERN: usize = 1 << 20;

const FUNCTIONS: [&str; 4] = ["has", "count", "contains", "matches"];

// How tightly operators bind.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARISON: u8 = 4;

/// Reads a condition.
pub(crate) fn parse(source: &str) -> Result<Condition, Mistake> {
    let tokens = tokens(source)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, layers: Vec::new() };
    if parser.peek().kind == TokenKind::End {
        return Err(Mistake::new(0, "the condition is missing; write, for example, words > 80"));
    }
    let root = parser.expression(OR)?.condition()?;
    let rest = parser.peek();
    if rest.kind != TokenKind::End {
        let message = match rest.kind {
            TokenKind::Name(name) if ["and", "or"].contains(&name.to_lowercase().as_str()) => {
                format!("`{name}` is written in small letters: {}", name.to_lowercase())
            }
            _ => format!("expected `and`, `or` or the end here, not {}", rest.kind.shown()),
        };
        return Err(Mistake::new(rest.at, message));
    }
    Ok(Condition { root, layers: parser.layers })
}

/// What kind of value a term gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Number,
    Text,
    Bool,
    /// What metadata holds shows only in the document.
    Unknown,
}

impl Type {
    fn shown(self) -> &'static str {
        match self {
            Type::Number => "a number",
            Type::Text => "a text",
            Type::Bool => "true or false",
            Type::Unknown => "metadata",
        }
    }
}

/// A term with its type and the byte where it begins.
struct Operand {
    at: usize,
    of: Type,
    term: Term,
}

impl Operand {
    /// The term, if it can decide by itself.
    fn condition(self) -> Result<Term, Mistake> {
        match self.of {
            Type::Bool | Type::Unknown => Ok(self.term),
            Type::Number => {
                Err(Mistake::new(self.at, "a number is no condition; compare it, as in words > 80"))
            }
            Type::Text => {
                let message =
                    "a text is no condition; compare it, as in outlet == \"…\", or use contains(…)";
                Err(Mistake::new(self.at, message))
            }
        }
    }
}

struct Parser<'t, 's> {
    tokens: &'t [Token<'s>],
    at: usize,
    depth: usize,
    layers: Vec<String>,
}

impl<'t, 's> Parser<'t, 's> {
    fn peek(&self) -> &'t Token<'s> {
        static END: Token<'static> = Token { at: usize::MAX, kind: TokenKind::End };
        self.tokens.get(self.at).or(self.tokens.last()).unwrap_or(&END)
    }

    fn next(&mut self) -> &'t Token<'s> {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// An expression whose operators bind at least so tightly.
    fn expression(&mut self, least: u8) -> Result<Operand, Mistake> {
        let mut left = self.operand()?;
        loop {
            let token = self.peek();
            let power = match token.kind {
                TokenKind::Name("or") => OR,
                TokenKind::Name("and") => AND,
                TokenKind::Comparison(_) => COMPARISON,
                _ => return Ok(left),
            };
            if power < least {
                return Ok(left);
            }
            self.next();
            let right = self.expression(power + 1)?;
            left = match token.kind {
                TokenKind::Comparison(comparison) => compare(left, comparison, right)?,
                _ => join(power, left, right)?,
            };
            let next = self.peek();
            if power == COMPARISON && matches!(next.kind, TokenKind::Comparison(_)) {
                let message = "comparisons cannot be chained; join two with `and`";
                return Err(Mistake::new(next.at, message));
            }
        }
    }

    fn operand(&mut self) -> Result<Operand, Mistake> {
        let Token { at, kind } = self.next();
        let at = *at;
        let of = |of, term| Ok(Operand { at, of, term });
        match kind {
            TokenKind::Number(number) => of(Type::Number, Term::Number(*number)),
            TokenKind::Text(text) => of(Type::Text, Term::Text(text.clone())),
            TokenKind::Mark('(') => self.nested(at, |parser| {
                let inner = parser.expression(OR)?;
                parser.mark(')')?;
                Ok(Operand { at, ..inner })
            }),
            TokenKind::Name("not") => self.nested(at, |parser| {
                let term = parser.expression(NOT)?.condition()?;
                Ok(Operand { at, of: Type::Bool, term: Term::Not(Box::new(term)) })
            }),
            TokenKind::Name("true") => of(Type::Bool, Term::Bool(true)),
            TokenKind::Name("false") => of(Type::Bool, Term::Bool(false)),
            TokenKind::Name("metadata") => {
                self.mark('[')?;
                let key = self.string("a metadata key in quotes")?;
                self.mark(']')?;
                of(Type::Unknown, Term::Metadata(key))
            }
            TokenKind::Name(name) if !["and", "or"].contains(name) => match self.peek().kind {
                TokenKind::Mark('(') => self.call(at, name),
                _ => self.name(at, name),
            },
            other => {
                let message = format!(
                    "expected a name, a number, a text in quotes, `not` or `(` here, not {}",
                    other.shown()
                );
                Err(Mistake::new(at, message))
            }
        }
    }

    fn nested(
        &mut self,
        at: usize,
        inner: impl FnOnce(&mut Self) -> Result<Operand, Mistake>,
    ) -> Result<Operand, Mistake> {
        if self.depth == MAX_DEPTH {
            let message =
                format!("this is nested deeper than {MAX_DEPTH}; take parentheses or `not` out");
            return Err(Mistake::new(at, message));
        }
        self.depth += 1;
        let operand = inner(self);
        self.depth -= 1;
        operand
    }

    /// A property of the document, or a metadata key.
    fn name(&mut self, at: usize, name: &str) -> Result<Operand, Mistake> {
        if let Some((_, property)) = Property::ALL.iter().find(|(known, _)| *known == name) {
            let of = match property {
                Property::Text | Property::Id => Type::Text,
                _ => Type::Number,
            };
            if *property == Property::Sentences {
                self.reads(sentences::LAYER);
            }
            return Ok(Operand { at, of, term: Term::Property(*property) });
        }
        let known = Property::ALL.iter().map(|(name, _)| *name);
        let meant = format!("metadata of that name is metadata[\"{name}\"]");
        if FUNCTIONS.contains(&name) {
            return Err(Mistake::new(at, format!("`{name}` is a function; {meant}")));
        }
        if let Some(near) = known.into_iter().find(|known| differ_by_a_slip(known, name)) {
            let message = format!("there is no `{name}`; did you mean `{near}`? {meant}");
            return Err(Mistake::new(at, message));
        }
        Ok(Operand { at, of: Type::Unknown, term: Term::Metadata(name.to_owned()) })
    }

    /// A call of a function, whose `(` comes next.
    fn call(&mut self, at: usize, name: &str) -> Result<Operand, Mistake> {
        if !FUNCTIONS.contains(&name) {
            let near = FUNCTIONS.iter().find(|known| differ_by_a_slip(known, name));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", FUNCTIONS.join(", ")),
            };
            return Err(Mistake::new(at, format!("there is no function `{name}`; {help}")));
        }
        self.mark('(')?;
        let (of, term) = match name {
            "has" => (Type::Bool, Term::Has(self.key()?)),
            "count" => {
                let place = self.peek().at;
                let layer = self.string("the layer's name in quotes")?;
                if layer.is_empty() {
                    return Err(Mistake::new(place, "name a layer, as in count(\"entities\")"));
                }
                let label = match self.peek().kind {
                    TokenKind::Mark(',') => {
                        self.next();
                        Some(self.string("a label in quotes")?)
                    }
                    _ => None,
                };
                self.reads(&layer);
                (Type::Number, Term::Count(layer, label))
            }
            _ => {
                let text = self.text()?;
                self.mark(',')?;
                let place = self.peek().at;
                if name == "contains" {
                    let part = self.string("the part to look for in quotes")?;
                    (Type::Bool, Term::Contains(text, part))
                } else {
                    let pattern = self.string("a regular expression in quotes")?;
                    (Type::Bool, Term::Matches(text, regex(&pattern, place)?))
                }
            }
        };
        self.mark(')')?;
        Ok(Operand { at, of, term })
    }

    /// What `has` asks for: a metadata key.
    fn key(&mut self) -> Result<String, Mistake> {
        let at = self.peek().at;
        let operand = self.nested(at, |parser| parser.operand())?;
        match operand.term {
            Term::Metadata(key) => Ok(key),
            _ => Err(Mistake::new(
                at,
                "`has` takes a metadata key: has(outlet), has(metadata[\"my-key\"])",
            )),
        }
    }

    /// What `contains` and `matches` look at: the text, or metadata.
    fn text(&mut self) -> Result<Box<Term>, Mistake> {
        let at = self.peek().at;
        let operand = self.nested(at, |parser| parser.expression(OR))?;
        match operand.of {
            Type::Text | Type::Unknown => Ok(Box::new(operand.term)),
            other => {
                let message =
                    format!("this is {}; name `text` or a metadata key here", other.shown());
                Err(Mistake::new(at, message))
            }
        }
    }

    fn string(&mut self, wanted: &str) -> Result<String, Mistake> {
        let token = self.next();
        match &token.kind {
            TokenKind::Text(text) => Ok(text.clone()),
            other => {
                let message = format!("expected {wanted} here, not {}", other.shown());
                Err(Mistake::new(token.at, message))
            }
        }
    }

    fn mark(&mut self, mark: char) -> Result<(), Mistake> {
        let token = self.next();
        if token.kind == TokenKind::Mark(mark) {
            return Ok(());
        }
        let message = format!("expected `{mark}` here, not {}", token.kind.shown());
        Err(Mistake::new(token.at, message))
    }

    fn reads(&mut self, layer: &str) {
        if !self.layers.iter().any(|known| known == layer) {
            self.layers.push(layer.to_owned());
        }
    }
}

fn compare(left: Operand, comparison: Comparison, right: Operand) -> Result<Operand, Mistake> {
    let known = left.of != Type::Unknown && right.of != Type::Unknown;
    if known && left.of != right.of {
        let (a, b) = (left.of.shown(), right.of.shown());
        let help = match (&left.term, &right.term) {
            (_, Term::Text(text)) | (Term::Text(text), _) if text.parse::<f64>().is_ok() => {
                "; take the quotes away"
            }
            _ => "; compare like with like",
        };
        return Err(Mistake::new(right.at, format!("{a} cannot be compared with {b}{help}")));
    }
    if comparison.orders() && [left.of, right.of].contains(&Type::Bool) {
        let message = format!(
            "true and false have no order; write `==` or `!=`, not `{}`",
            comparison.sign()
        );
        return Err(Mistake::new(right.at, message));
    }
    let term = Term::Compare(Box::new(left.term), comparison, Box::new(right.term));
    Ok(Operand { at: left.at, of: Type::Bool, term })
}

/// Joins two conditions by `and` or `or`; long chains stay flat.
fn join(power: u8, left: Operand, right: Operand) -> Result<Operand, Mistake> {
    let at = left.at;
    let (left, right) = (left.condition()?, right.condition()?);
    let term = match (power, left) {
        (AND, Term::All(mut terms)) => {
            terms.push(right);
            Term::All(terms)
        }
        (AND, left) => Term::All(vec![left, right]),
        (_, Term::Any(mut terms)) => {
            terms.push(right);
            Term::Any(terms)
        }
        (_, left) => Term::Any(vec![left, right]),
    };
    Ok(Operand { at, of: Type::Bool, term })
}

fn regex(pattern: &str, at: usize) -> Result<regex::Regex, Mistake> {
    RegexBuilder::new(pattern).size_limit(MAX_PATTERN).build().map_err(|error| {
        let message = match error {
            regex::Error::CompiledTooBig(_) => {
                "this regular expression is too large; make its repetitions shorter".to_owned()
            }
            error => {
                // The last line says what; those before draw where.
                let shown = error.to_string();
                let what = shown.lines().last().unwrap_or_default().trim_start_matches("error: ");
                format!("this is not a regular expression: {what}")
            }
        };
        Mistake::new(at, message)
    })
}
