//! `cargo xtask bench` and `cargo xtask conformance`: each is a verb of `darkroom-lab`, which nobody else has to compile.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use xtask::run;

/// What the verb of the lab reads itself.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Compiles the lab, and becomes it.
pub(crate) fn run(verb: &str, arguments: &Arguments) -> Result<()> {
    let mut lab = Command::new("cargo");
    lab.args(["run", "--quiet", "--manifest-path"])
        .arg(run::root().join("Cargo.toml"))
        .args(["--package", "darkroom-lab", "--", verb])
        .args(&arguments.arguments);
    Err(lab.exec()).context("failed to start cargo")
}
