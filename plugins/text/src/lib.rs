//! Sentences and tokens of news prose, for the stages that read it.
//!
//! A library without components: stages call it, it knows nothing of documents or pipelines. All results are flat
//! arrays of byte offsets, written into buffers that the caller reuses; all rules take linear time, never panic
//! and give the same result on every machine. What they must know of a language lies in word lists
//! ([`Language`]), English being built in.

mod characters;
mod fold;
mod language;
mod phrases;
mod quotes;
mod sentences;
mod token;
mod tokens;

pub use fold::{fold_eq, fold_hash, fold_hashes};
pub use language::{Language, WordLists, english};
pub use phrases::{Case, PhraseMatch, Phrases};
pub use quotes::{Quotation, quotes};
pub use sentences::{LineBreaks, Sentence, sentences, sentences_in};
pub use token::{Token, TokenKind};
pub use tokens::{tokens, tokens_in};
