//! `darkroom plan`: prints every decision made before a pixel is decoded.

use std::process::ExitCode;

use anyhow::{Context, Result};
use darkroom_imaging::{Limits, plan, probe};

use crate::args::{self, WrongUse};

/// Runs the verb: 0 with a plan, 1 when the original would be rejected.
///
/// # Errors
/// Wrong use: unusable presets, or a file that cannot be read.
pub(crate) fn run(args: &args::Plan) -> Result<ExitCode> {
    let presets = crate::presets(args.presets.as_deref())?;
    let file = args.file.display();
    let bytes = std::fs::read(&args.file)
        .with_context(|| WrongUse(format!("failed to read the original: {file}")))?;
    match probe(&bytes).and_then(|probe| plan(&probe, &presets, &Limits::default())) {
        Ok(plan) => {
            if args.json {
                println!("{}", serde_json::to_string(&plan)?);
            } else {
                println!("{plan}");
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("{file} would be rejected: {error} ({})", error.code());
            Ok(ExitCode::from(1))
        }
    }
}
