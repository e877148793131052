//! `cargo xtask bench [DIR]`: compares Darkroom with its peers on the same photos, in one run, taking turns.

mod cold;
mod contender;
mod equal;
mod measure;
mod plot;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::json;

use contender::Programs;
use measure::Original;
use xtask::functions::{self, Profile};
use xtask::{run, tools};

/// The default folder of photos.
const CORPUS: &str = "../shared/corpus/photos";
/// The accepted file extensions.
const FORMATS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// What the command line asked for.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder of photos (default: the collection beside the checkout, or else synthetic ones).
    #[arg(value_name = "DIR")]
    originals: Option<PathBuf>,
    /// Runs per contender and file; the report uses medians.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The only output format to measure: jpeg, webp or avif.
    #[arg(long, value_name = "FORMAT")]
    job: Option<String>,
    /// Measure only files whose name contains this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Compare only the bytes of JPEGs at equal scores, over three qualities: minutes for each photo.
    #[arg(long, conflicts_with_all = ["job", "rounds"])]
    equal: bool,
}

/// Runs the verb.
pub(crate) fn run(options: &Options) -> Result<()> {
    run::catch_signals()?;
    let folder = run::root().join("target/bench");
    fs::create_dir_all(&folder)?;
    let peers = tools::peers()?;
    let packages = ["darkroom-lab-engine", "darkroom-render"].map(str::to_owned);
    let built = run::step(
        "building the engine and the render function (release)",
        || functions::compile(&packages, Profile::Release),
    )?;
    let program = |name: &str| {
        let found = built.iter().find(|(package, _)| package == name);
        found
            .map(|(_, path)| path.clone())
            .with_context(|| format!("failed to build {name}"))
    };
    let ours = program("darkroom-lab-engine")?;
    let photos = photos(options.originals.clone(), &ours, &folder)?;
    let presets = folder.join("presets.json");
    fs::write(&presets, run::output(Command::new(&ours).arg("presets"))?)?;
    let programs = Programs {
        ours,
        peers,
        presets,
    };
    let large = folder.join("100mp.jpg");
    if !large.exists() && options.only.is_none() && !options.equal {
        run::step("making an original of 100 megapixels", || {
            run::shown(Command::new(&programs.ours).arg("large").arg(&large))
        })?;
    }
    let mut files = originals(&photos, options.only.as_deref(), &large)?;
    if options.equal {
        files.retain(|file| file.is_jpeg() && file.path != large);
        return equal::run(&programs, &files, &folder);
    }
    let rows = measure::all(&programs, &files, options, &folder)?;
    let cold = cold::measure(&programs.peers, &program("darkroom-render")?)?;
    let ratios = report::ratios(&rows);
    let document = json!({
        "machine": report::machine()?,
        "versions": contender::versions(&programs)?,
        "rounds": options.rounds,
        "rows": rows.iter().map(report::row).collect::<Vec<_>>(),
        "ratios": ratios,
        "cold_start": cold,
    });
    fs::write(
        folder.join("report.json"),
        serde_json::to_vec_pretty(&document)?,
    )?;
    fs::write(folder.join("plot.svg"), plot::draw(&document))?;
    print!("{}", report::table(&document));
    println!(
        "wrote {} and plot.svg next to it",
        folder.join("report.json").display()
    );
    Ok(())
}

/// The named folder, the collection beside the checkout, or synthetic originals that `ours` makes.
fn photos(named: Option<PathBuf>, ours: &Path, folder: &Path) -> Result<PathBuf> {
    let beside = run::root().join(CORPUS);
    if let Some(photos) = named.or_else(|| beside.is_dir().then_some(beside)) {
        return Ok(photos);
    }
    let synthetic = folder.join("synthetic");
    run::step(
        "no folder of photos given: making synthetic originals",
        || run::shown(Command::new(ours).arg("synthetic").arg(&synthetic)),
    )?;
    Ok(synthetic)
}

/// The files of the folder, sorted by name, and the large one, for which memory is measured.
fn originals(folder: &Path, only: Option<&str>, large: &Path) -> Result<Vec<Original>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("failed to read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    paths.retain(|path| {
        let extension = path
            .extension()
            .map(|end| end.to_string_lossy().to_lowercase());
        extension.is_some_and(|end| FORMATS.contains(&end.as_str()))
    });
    if large.exists() {
        paths.push(large.to_owned());
    }
    let mut files: Vec<Original> = paths.into_iter().map(Original::new).collect();
    if let Some(word) = only {
        files.retain(|file| file.name.contains(word));
    }
    if files.is_empty() {
        bail!("failed to find pictures in {}", folder.display());
    }
    Ok(files)
}
