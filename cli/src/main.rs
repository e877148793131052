//! The `darkroom` command line: the engine and the pipeline without a Lambda around them.

mod args;
#[cfg(feature = "aws")]
mod buckets;
#[cfg(feature = "compare")]
mod compare;
#[cfg(feature = "aws")]
mod confirm;
mod duplicates;
mod originals;
mod output;
mod plan;
mod presets;
mod progress;
#[cfg(feature = "aws")]
mod redrive;
#[cfg(feature = "aws")]
mod remove;
mod render;
#[cfg(feature = "aws")]
mod reprocess;
#[cfg(feature = "aws")]
mod survey;
#[cfg(feature = "aws")]
mod watch;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use darkroom_imaging::Presets;

/// Exit codes: 0 all done, 1 something was rejected or failed, 2 wrong use.
fn main() -> ExitCode {
    let done = match args::Args::parse().command {
        args::Command::Render(args) => render::run(&args),
        args::Command::Plan(args) => plan::run(&args),
        args::Command::Presets(args) => presets::run(&args),
        #[cfg(feature = "compare")]
        args::Command::Compare(args) => compare::run(&args),
        args::Command::Duplicates(args) => duplicates::run(&args),
        #[cfg(feature = "aws")]
        args::Command::Reprocess(args) => on_aws(reprocess::run(&args)),
        #[cfg(feature = "aws")]
        args::Command::Redrive(args) => on_aws(redrive::run(&args)),
        #[cfg(feature = "aws")]
        args::Command::Remove(args) => on_aws(remove::run(&args)),
        #[cfg(feature = "aws")]
        args::Command::Watch(args) => on_aws(watch::run(&args)),
    };
    match done {
        Ok(code) => code,
        Err(error) if error.is::<output::Closed>() => ExitCode::from(output::CLOSED_EXIT),
        Err(error) => {
            output::note(format_args!("darkroom: {error:#}"));
            // Unusable presets or paths are wrong use; everything that fails later is a failure.
            ExitCode::from(if error.is::<args::WrongUse>() { 2 } else { 1 })
        }
    }
}

/// Runs a verb that talks to AWS. One thread is enough: it only waits.
#[cfg(feature = "aws")]
fn on_aws<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work)
}

/// The presets of a file, or the ones that ship with Darkroom.
fn presets(file: Option<&Path>) -> anyhow::Result<Presets> {
    let Some(file) = file else {
        return Presets::parse(include_str!("../../presets.toml"))
            .context("failed to parse the built-in presets.toml");
    };
    let text = std::fs::read_to_string(file).with_context(|| {
        args::WrongUse(format!("failed to read the presets: {}", file.display()))
    })?;
    Presets::parse(&text)
        .with_context(|| args::WrongUse(format!("failed to parse {}", file.display())))
}
