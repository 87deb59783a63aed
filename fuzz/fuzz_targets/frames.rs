//! Gives arbitrary bytes to the check `frames`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| docmill_fuzz::run("frames", bytes));
