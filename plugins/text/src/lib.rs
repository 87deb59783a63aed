//! Tokens, sentences and quotations of news prose, and words and phrases as taggers read them.
//!
//! A library without components: stages call it, it knows nothing of documents or pipelines. All
//! results are flat arrays of byte offsets, written into buffers that the caller reuses. All rules
//! take linear time, never panic, and give the same result on every machine.
//!
//! ```
//! use docmill_text::*;
//!
//! let text = "Talks failed.\n\n“Israel's envoy didn't come,” Gen. Roe said.";
//! let (mut words, mut found, mut said) = (Vec::new(), Vec::new(), Vec::new());
//! tokens(text, &mut words);
//! sentences(text, &words, &mut found);
//! quotes(text, &words, &mut said);
//! assert_eq!(found[1].text(text), "“Israel's envoy didn't come,” Gen. Roe said.");
//! assert_eq!(&text[said[0].content()], "Israel's envoy didn't come,");
//! assert_eq!(found[1].tokens(&words)[2].text(text), "'s");
//!
//! let mut hashes = Vec::new();
//! fold_hashes(text, &words, &mut hashes);
//! let known = Phrases::new(Case::Capitalised, [("Gen. Roe", 7)]);
//! let mut matches = Vec::new();
//! known.matches(text, &words, &hashes, &mut matches);
//! assert_eq!(matches[0].id, 7);
//! ```
//!
//! Language: the rules name no word. What they must know (abbreviations, clitics, words that open
//! sentences) lies in the word lists of a [`Language`]; functions without one use [`english`].

mod characters;
mod fold;
mod language;
mod perceptron;
mod phrases;
mod quotes;
mod sentences;
mod token;
mod tokens;

pub use fold::{fold_eq, fold_hash, fold_hashes};
pub use language::{Language, WordLists, english};
pub use perceptron::{Example, Lattice, ModelError, Tagger, Training, train};
pub use phrases::{Case, PhraseMatch, Phrases};
pub use quotes::{Quotation, quotes};
pub use sentences::{LineBreaks, Sentence, sentences, sentences_in};
pub use token::{Token, TokenKind};
pub use tokens::{tokens, tokens_in};
