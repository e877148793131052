//! The project's task runner: `cargo xtask VERB`, one file per verb.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its user"
)]

mod arm64;
mod bench;
mod conformance;
mod deploy;
mod fingerprint;
mod functions;
mod load;
mod local;
mod progress;
mod run;
mod server;
mod site;
mod stack;
mod template;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Run, test, measure and deploy Darkroom.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run the whole system on a local AWS, until Ctrl-C.
    Local(local::Options),
    /// Build for AWS, deploy the stack and publish the page, using your AWS credentials.
    Deploy(deploy::Options),
    /// Build the page and publish it to the stack of samconfig.toml.
    Publish,
    /// Run every test, including the whole system and the page.
    Test,
    /// Build for arm64, render under qemu, and compare the bytes with this machine's.
    Arm64,
    /// Run every file of a folder through the engine and through sharp.
    Conformance(conformance::Options),
    /// Compare speed, memory, bytes and quality with sharp, libvips and Pillow.
    Bench(bench::Options),
    #[command(flatten)]
    Load(load::Load),
    #[command(hide = true)]
    Measured(conformance::child::Measured),
}

fn main() -> ExitCode {
    let result = match Args::parse().verb {
        Verb::Local(options) => local::run(&options),
        Verb::Deploy(options) => deploy::run(&options),
        Verb::Publish => deploy::publish(),
        Verb::Test => test::run(),
        Verb::Arm64 => arm64::run(),
        Verb::Conformance(options) => conformance::run(&options),
        Verb::Bench(options) => bench::run(&options),
        Verb::Load(load) => load::run(&load),
        Verb::Measured(child) => conformance::child::measured(&child),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
