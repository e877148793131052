//! The whole system: `cargo xtask test` starts a stack and runs this on it. Without a stack these tests are ignored.
#![allow(
    clippy::print_stdout,
    reason = "measured times are printed: they are no pass or fail of a shared machine"
)]

mod deployed;
mod digest;
mod duplicates;
mod guide;
mod refused;
mod rejected;
mod remove;
mod reprocess;
mod stopped;
mod sweep;
mod sync;
mod upload;
mod watch;
mod watchers;
