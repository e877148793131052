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
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask VERB

  local [--port N] [--detach] [--fresh]   run the whole system on a local AWS, until Ctrl-C
  local --stop                            stop the local AWS
  deploy [--yes] [Parameter=value ...]    build for AWS, deploy the stack and publish the page, using your AWS credentials
  publish                                 build the page and publish it to the stack of samconfig.toml
  test                                    run every test, including the whole system and the page
  arm64                                   build for arm64, render under qemu, and compare the bytes with this machine's
  conformance [DIR] [--write]             run every file of a folder through the engine and through sharp (--no-sharp: engine only);
                                          --write puts the table into docs/formats.md
  bench [DIR] [--rounds N] [--job JOB] [--only NAME]
                                          compare speed, memory, bytes and quality with sharp, libvips and Pillow
  chaos [--jobs N] [--faults PERCENT] [--kill]
                                          run jobs through a local stack while requests fail and functions are killed
  bulk [--count N] [--photos DIR] [--side PIXELS]
                                          run a folder of photos through a local stack; report throughput and overhead
  soak [--minutes N]                      run a mixed load on a local stack and check that nothing grows";

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
        "publish" => deploy::publish(options),
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
