//! Gives arbitrary bytes to the check `json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| docmill_fuzz::run("json", bytes));
