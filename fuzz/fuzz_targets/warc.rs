//! Gives arbitrary bytes to the check `warc`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| docmill_fuzz::run("warc", bytes));
