//! The project's task runner: `cargo xtask VERB`, one file per verb.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its user"
)]

mod arm64;
mod deploy;
mod lab;
mod load;
mod local;
mod server;
mod site;
mod stack;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::run;

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
    Conformance(lab::Arguments),
    /// Compare speed, memory, bytes and quality with sharp, libvips and Pillow.
    Bench(lab::Arguments),
    #[command(flatten)]
    Load(load::Load),
}

fn main() -> ExitCode {
    let result = match Args::parse().verb {
        Verb::Local(options) => local::run(&options),
        Verb::Deploy(options) => deploy::run(&options),
        Verb::Publish => deploy::publish(),
        Verb::Test => test::run(),
        Verb::Arm64 => arm64::run(),
        Verb::Conformance(arguments) => lab::run("conformance", &arguments),
        Verb::Bench(arguments) => lab::run("bench", &arguments),
        Verb::Load(load) => load::run(&load),
    };
    run::exit_code(result)
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    fn parsed(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once("xtask").chain(line.split_whitespace()))
    }

    #[test]
    fn options_are_read_before_anything_is_done() {
        for line in [
            "local --port 5000 --detach --fresh",
            "local --stop",
            "deploy --yes NoticeEmail=a@b.c MaxConcurrency=9",
            "conformance images --no-sharp",
            "bench --help", // of the lab, which reads these itself
            "chaos --jobs 5 --kill",
        ] {
            parsed(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn wrong_options_are_named() {
        for (line, said) in [
            ("local --port", "--port"),
            ("local --port 70000", "70000"),
            ("local --prot 1", "--prot"),
            ("local --stop --fresh", "--stop"),
            ("deploy NoticeEmail", "NoticeEmail"),
            ("deploy --force", "--force"),
            ("deploy --region=x", "--region"),
            ("chaos --jobs", "--jobs"),
            ("chaos --minutes 5", "--minutes"),
            ("test --fast", "--fast"),
            ("frob", "frob"),
        ] {
            let error = parsed(line)
                .err()
                .unwrap_or_else(|| panic!("{line} is taken"));
            assert_ne!(error.kind(), ErrorKind::DisplayHelp, "{line}");
            assert!(error.to_string().contains(said), "{line}: {error}");
        }
    }
}
