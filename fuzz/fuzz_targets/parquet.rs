//! Gives arbitrary bytes to the check `parquet`.

#![no_main]

use std::{cell::RefCell, panic, process};

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

// libFuzzer's hook ends the process at any panic. The source contains those of the crate that reads Parquet; only the
// others are of interest.
libfuzzer_sys::fuzz_target!(
    init: panic::set_hook(Box::new(|panic| LAST.set(panic.to_string()))),
    |bytes: &[u8]| if panic::catch_unwind(|| docmill_fuzz::run("parquet", bytes)).is_err() {
        eprintln!("{}", LAST.take());
        process::abort();
    }
);
