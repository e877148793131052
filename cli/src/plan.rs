//! `darkroom plan`: prints every decision made before a pixel is decoded.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, Result};
use darkroom_imaging::{Limits, plan, probe};

use crate::args::{self, WrongUse};
use crate::output;

/// Runs the verb: 0 with a plan, 1 when the original would be rejected.
///
/// # Errors
/// Wrong use: unusable presets, or a file that cannot be read.
pub(crate) fn run(args: &args::Plan) -> Result<ExitCode> {
    let presets = crate::presets(args.presets.as_deref())?;
    let file = args.file.display();
    let mut bytes = Vec::new();
    let read = if args.file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(&args.file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.with_context(|| WrongUse(format!("failed to read the original: {file}")))?;
    match probe(&bytes).and_then(|probe| plan(&probe, &presets, &Limits::default())) {
        Ok(plan) => {
            if args.json {
                output::line(serde_json::to_string(&plan)?)?;
            } else {
                output::line(plan)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            output::note(format_args!(
                "{file} would be rejected: {error} ({})",
                error.code()
            ));
            Ok(ExitCode::from(1))
        }
    }
}
