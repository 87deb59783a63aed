//! The commands as users meet them: what the binary prints where, and its exit codes.

mod bench;
mod check;
mod explain;
mod lock;
mod new;
mod plan;
mod programs;
mod retry;
mod run;
mod sandbox;
mod show;
mod signals;
mod terminal;
mod test;
mod verify;
mod watch;
