//! What `cargo xtask bench` measures ours by. Each verb is one process:
//!
//! - `worker`: renders originals on request, from memory to memory; see [`worker`].
//! - `score METRIC ORIGINAL FOLDER CACHE`: the `ssimulacra2`, or the 3-norm of `butteraugli`, of every variant under
//!   `FOLDER/{contender}`.
//! - `presets`: `presets.toml` as JSON, for the peers.
//! - `synthetic FOLDER`: originals made in code, for where there are no photos. `large FILE`: one of 100 megapixels.
#![allow(
    clippy::print_stdout,
    reason = "standard output is how the benchmark is answered"
)]

mod floor;
mod reference;
mod score;
mod synthetic;
mod worker;

use std::path::Path;

use anyhow::{Result, bail};
use darkroom_imaging::Presets;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["worker"] => worker::run(),
        ["score", metric, original, folder, cache] => score::run(
            metric.parse()?,
            Path::new(original),
            Path::new(folder),
            Path::new(cache),
        ),
        ["presets"] => {
            println!("{}", serde_json::to_string(&presets()?.presets)?);
            Ok(())
        }
        ["synthetic", folder] => synthetic::all(Path::new(folder)),
        ["large", file] => synthetic::large(Path::new(file)),
        _ => bail!("see the top of lab/engine/src/main.rs for the verbs"),
    }
}

/// The shipped presets.
fn presets() -> Result<Presets> {
    Ok(Presets::parse(include_str!("../../../presets.toml"))?)
}
