//! The sinks `jsonl` and `csv`.
