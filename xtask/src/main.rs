//! The one task runner of the project: `cargo xtask VERB`, a file each.
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
mod run;
mod server;
mod site;
mod stack;
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask VERB

  local [--port N] [--detach] [--fresh]   run the whole system on a local AWS, until Ctrl-C
  local --stop                            stop it
  deploy [--yes] [Parameter=value ...]    build for AWS, deploy the stack and publish the page, with your AWS credentials
  test                                    run every test, the whole system and the page among them
  arm64                                   build for Lambda's processors and compare what they make with this one's, by qemu
  conformance [DIR] [--write]             every file of a folder through the engine, beside sharp (--no-sharp: alone);
                                          --write puts the table into docs/formats.md
  bench [DIR] [--rounds N] [--job JOB] [--only NAME]
                                          speed, memory, bytes and quality beside sharp, libvips and Pillow
  chaos [--jobs N] [--faults PERCENT] [--kill]
                                          jobs through a local stack while its wires fail and functions are killed
  bulk [--count N] [--photos DIR] [--side PIXELS]
                                          a folder of photos through a local stack: how fast, and what it takes beside rendering
  soak [--minutes N]                      mixed load on a local stack: does anything grow?";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (verb, options) = arguments
        .split_first()
        .map_or(("", &[][..]), |(verb, options)| (verb.as_str(), options));
    let result = match verb {
        "arm64" => arm64::run(options),
        "bench" => bench::run(options),
        "local" => local::run(options),
        "deploy" => deploy::run(options),
        "test" => test::run(options),
        "conformance" => conformance::run(options),
        conformance::child::VERB => conformance::child::measured(options),
        "" | "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other if load::ALL.iter().any(|load| load.verb == other) => load::ALL
            .iter()
            .filter(|load| load.verb == other)
            .try_for_each(|load| load::run(load, options)),
        other => {
            eprintln!("unknown verb: {other}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
