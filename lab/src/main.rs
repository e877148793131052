//! What `cargo xtask bench` and `cargo xtask conformance` run: one file per verb. See ARCHITECTURE.md for the folders beside it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its user"
)]

mod bench;
mod conformance;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::run;

/// Measure Darkroom beside its peers.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run every file of a folder through the engine and through sharp.
    Conformance(conformance::Options),
    /// Compare speed, memory, bytes and quality with sharp, libvips and Pillow.
    Bench(bench::Options),
    #[command(hide = true)]
    Measured(conformance::child::Measured),
}

fn main() -> ExitCode {
    let result = match Args::parse().verb {
        Verb::Conformance(options) => conformance::run(&options),
        Verb::Bench(options) => bench::run(&options),
        Verb::Measured(child) => conformance::child::measured(&child),
    };
    run::exit_code(result)
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    fn parsed(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once("lab").chain(line.split_whitespace()))
    }

    #[test]
    fn options_are_read_before_anything_is_done() {
        for line in [
            "conformance images --no-sharp",
            "bench photos --rounds 3 --job jpeg",
            "measured 20 out err program --its own",
        ] {
            parsed(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn wrong_options_are_named() {
        for (line, said) in [
            ("conformance --wirte", "--wirte"),
            ("conformance a b", "'b'"),
            ("conformance --write --no-sharp", "--no-sharp"),
            ("bench --rounds 0", "0"),
            ("bench --equal --job jpeg", "--job"),
            ("measured", "PATIENCE"),
            ("measured soon a b true", "soon"),
        ] {
            let error = parsed(line)
                .err()
                .unwrap_or_else(|| panic!("{line} is taken"));
            assert_ne!(error.kind(), ErrorKind::DisplayHelp, "{line}");
            assert!(error.to_string().contains(said), "{line}: {error}");
        }
    }
}
