//! Gives arbitrary bytes to the check `csv`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| docmill_fuzz::run("csv", bytes));
