//! Sentences and tokens of news prose, for the stages that read it.
