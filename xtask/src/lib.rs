//! What the tasks share with `lab/`, which measures: it runs programs, compiles them, and installs the tools that they need.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its user"
)]
#![allow(
    clippy::missing_errors_doc,
    reason = "every error goes to the person who started the task; no caller decides on one"
)]

pub mod fingerprint;
pub mod functions;
mod progress;
pub mod run;
pub mod template;
pub mod tools;
