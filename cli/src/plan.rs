//! `darkroom plan`: prints every decision made before a pixel is decoded, and with --cost what it costs on AWS.

mod cost;

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use darkroom_imaging::{Limits, Plan, plan, probe};
use darkroom_pipeline::key::Key;
use darkroom_pipeline::route::{Routed, Routes};
use serde_json::json;

use crate::args::{self, WrongUse};
use crate::output;

/// Runs the verb: 0 with a plan or an ignoring route, 1 when the original would be rejected.
///
/// # Errors
/// Wrong use: unusable presets or key, or a file that cannot be read.
pub(crate) fn run(args: &args::Plan) -> Result<ExitCode> {
    let all = crate::presets(args.presets.as_deref())?;
    let routes = Routes::new(&all);
    let key = args
        .key
        .as_deref()
        .map(|key| Key::parse(key).map_err(|reason| WrongUse(format!("--key {key}: {reason}"))));
    let presets = match key.transpose()?.as_ref().map(|key| routes.of(key)) {
        None => &routes.others.presets,
        Some(Routed::Wanted(wanted)) => &wanted.presets,
        Some(Routed::Ignored(glob)) => return ignored(args, glob),
    };
    let probe = match &args.file {
        Some(file) => probe(&read(file)?),
        None => Ok(cost::usual_photo()),
    };
    match probe.and_then(|probe| plan(&probe, presets, &Limits::default())) {
        Ok(plan) => {
            print(&plan, args)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            output::note(format_args!(
                "{} would be rejected: {error} ({})",
                args.file
                    .as_deref()
                    .unwrap_or(Path::new("a photo"))
                    .display(),
                error.code()
            ));
            Ok(ExitCode::from(1))
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.with_context(|| WrongUse(format!("failed to read the original: {}", file.display())))?;
    Ok(bytes)
}

fn print(plan: &Plan, args: &args::Plan) -> Result<()> {
    let usage = || cost::usage(plan, &args.usage);
    match (args.cost, args.json) {
        (true, true) => output::line(cost::json(&usage())),
        (true, false) => output::line(cost::table(&usage())),
        (false, true) => output::line(serde_json::to_string(plan)?),
        (false, false) => output::line(plan),
    }
}

fn ignored(args: &args::Plan, glob: &str) -> Result<ExitCode> {
    if args.json {
        output::line(json!({"ignored": glob}))?;
    } else {
        output::line(format_args!(
            "ignored: the route {glob:?} makes nothing of it"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
