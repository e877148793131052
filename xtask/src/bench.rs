//! `cargo xtask bench [DIR]`: compares Darkroom with its peers on the same photos, in one run, taking turns.

mod cold;
mod contender;
mod measure;
mod plot;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::functions::{self, Profile};
use crate::{run, tools};
use contender::Programs;
use measure::Original;

/// The default folder of photos.
const CORPUS: &str = "../shared/corpus/photos";
/// The accepted file extensions.
const FORMATS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// What is measured.
struct Options {
    originals: PathBuf,
    /// Runs per contender and file; the report uses medians.
    rounds: usize,
    /// One output format, or all.
    job: Option<String>,
    /// Only files whose name contains this.
    only: Option<String>,
}

/// Runs the verb with the words after it.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    run::catch_signals()?;
    let folder = run::root().join("target/bench");
    fs::create_dir_all(&folder)?;
    let peers = tools::peers()?;
    let packages = ["darkroom-bench", "darkroom-render"].map(str::to_owned);
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
    let ours = program("darkroom-bench")?;
    let options = options(arguments, &ours, &folder)?;
    let presets = folder.join("presets.json");
    fs::write(&presets, run::output(Command::new(&ours).arg("presets"))?)?;
    let programs = Programs {
        ours,
        peers,
        presets,
    };
    let large = folder.join("100mp.jpg");
    if !large.exists() && options.only.is_none() {
        run::step("making an original of 100 megapixels", || {
            run::shown(Command::new(&programs.ours).arg("large").arg(&large))
        })?;
    }
    let files = originals(&options, &large)?;
    let rows = measure::all(&programs, &files, &options, &folder)?;
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

fn options(arguments: &[String], ours: &Path, folder: &Path) -> Result<Options> {
    let mut options = Options {
        originals: PathBuf::new(),
        rounds: 5,
        job: None,
        only: None,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} needs a value"))
        };
        match word.as_str() {
            "--rounds" => options.rounds = value()?.parse().context("--rounds needs a number")?,
            "--job" => options.job = Some(value()?.clone()),
            "--only" => options.only = Some(value()?.clone()),
            other if other.starts_with('-') => {
                bail!("unknown option: {other} (allowed: --rounds, --job, --only)")
            }
            path => options.originals = PathBuf::from(path),
        }
    }
    if options.rounds == 0 {
        bail!("--rounds needs at least 1");
    }
    if options.originals.as_os_str().is_empty() {
        options.originals = run::root().join(CORPUS);
        if !options.originals.is_dir() {
            options.originals = folder.join("synthetic");
            run::step(
                "no folder of photos given: making synthetic originals",
                || run::shown(Command::new(ours).arg("synthetic").arg(&options.originals)),
            )?;
        }
    }
    Ok(options)
}

/// The files of the folder, sorted by name, and the large one, for which memory is measured.
fn originals(options: &Options, large: &Path) -> Result<Vec<Original>> {
    let folder = &options.originals;
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
    if let Some(word) = &options.only {
        files.retain(|file| file.name.contains(word.as_str()));
    }
    if files.is_empty() {
        bail!("failed to find pictures in {}", folder.display());
    }
    Ok(files)
}
