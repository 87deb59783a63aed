//! The sources `files` and `jsonl`.
