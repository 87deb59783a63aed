//! Proofs that a run loses nothing: killed at any moment, on a full disk, with inputs that go away, stopped, divided.
//!
//! Each breaks a small run in some way, lets it go on, and compares all files with those of an unbroken one, byte for
//! byte. Those that take minutes run only when asked for: `cargo test -p docmill --test reliability -- --ignored`.

mod chance;
mod disk_full;
mod every_call;
mod fsync_order;
mod inputs;
mod jobs;
mod kills;
mod retries;
mod signals;
mod trace;
mod trial;
