//! Gives arbitrary bytes to the check `lock`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| docmill_fuzz::run("lock", bytes));
