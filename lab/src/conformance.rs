//! `cargo xtask conformance`: runs every file of a folder through the engine, each in its own process, and through sharp.

pub(crate) mod child;
mod colour;
mod judge;
mod picture;
mod sharp;
mod table;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::child::{End, Run};
use self::judge::Outcome;
use self::picture::Picture;
use self::sharp::Sharp;
use xtask::functions::{self, Profile};
use xtask::run;

/// Wall time after which a process is killed.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often progress is printed.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// The preset of the picture used for comparison, added to the shipped presets.
const CHECK: &str =
    "\n[presets.check]\nfit = \"inside\"\nwidth = 64\nheight = 64\nformats = [\"png\"]\n";

/// What the command line asked for.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder of images (default: the collection beside the checkout, if there is one).
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Put the table into docs/formats.md.
    #[arg(long, conflicts_with = "no_sharp")]
    write: bool,
    /// Run the engine only.
    #[arg(long)]
    no_sharp: bool,
}

/// One file and its results.
pub(crate) struct Tried {
    /// The first folder of its path, which is its line in the table; the named folder if it is in no sub-folder.
    pub(crate) folder: String,
    /// Its path below the folder that was named.
    pub(crate) path: PathBuf,
    pub(crate) ours: Outcome,
    pub(crate) sharps: Option<Outcome>,
    pub(crate) wall: Duration,
    pub(crate) peak_bytes: u64,
    /// The memory that the plan promised, in bytes; the size of the file if there was no plan.
    pub(crate) promised: u64,
    /// Problems, in words for the list.
    pub(crate) wrong: Vec<String>,
    /// Whether it held more memory than promised.
    pub(crate) over_memory: bool,
    /// How sharp's picture differs.
    pub(crate) differs: Option<String>,
}

/// Runs the verb.
pub(crate) fn run(options: &Options) -> Result<()> {
    let with_sharp = !options.no_sharp;
    let corpus = corpus(options.folder.clone())?;
    run::catch_signals()?;
    let darkroom = build()?;
    let sharp = if with_sharp {
        Some(Sharp::new(sharp::install()?, PATIENCE))
    } else {
        None
    };
    let mut bench = Bench::new(darkroom, sharp)?;
    let files = files(&corpus)?;
    let tried = try_all(&mut bench, &corpus, &files)?;
    let mut table = table::table(&tried, with_sharp);
    let rows = if with_sharp {
        colour::compare(&bench, &corpus, &tried)?
    } else {
        Vec::new()
    };
    table += &table::colours(&rows);
    print!("{table}\n{}{}", table::list(&tried), table::figures(&rows));
    println!("the outputs of each file: {}", bench.made.display());
    if options.write {
        table::write(&run::root().join("docs/formats.md"), &table)?;
    }
    table::verdict(&tried, &rows)
}

/// The named folder, or the collection next to the checkout.
fn corpus(named: Option<PathBuf>) -> Result<PathBuf> {
    let beside = run::root().join("../shared/corpus");
    let folder = match named {
        Some(folder) => folder,
        None if beside.is_dir() => beside,
        None => bail!("name a folder of images: cargo xtask conformance DIR"),
    };
    if !folder.is_dir() {
        bail!("no such folder: {}", folder.display());
    }
    folder
        .canonicalize()
        .with_context(|| format!("failed to find {}", folder.display()))
}

/// The command line, compiled as for tests, so that an overflow panics.
fn build() -> Result<PathBuf> {
    run::step("building darkroom", || {
        functions::program("darkroom", Profile::Dev)
    })
}

/// Every file below a folder, sorted by path, without files that only document the others.
fn files(corpus: &Path) -> Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![corpus.to_owned()]);
    while let Some(folder) = folders.pop() {
        let read = || format!("failed to read {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(read)? {
            let entry = entry?;
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if !judge::is_document(&entry.file_name().to_string_lossy()) {
                files.push(entry.path().strip_prefix(corpus)?.to_owned());
            }
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("no files in {}", corpus.display());
    }
    Ok(files)
}

/// Where files are tried.
struct Bench {
    darkroom: PathBuf,
    sharp: Option<Sharp>,
    /// Holds the current file, under a neutral name, and the presets.
    work: PathBuf,
    presets: PathBuf,
    /// Keeps the outputs.
    made: PathBuf,
}

impl Bench {
    fn new(darkroom: PathBuf, sharp: Option<Sharp>) -> Result<Self> {
        let folder = run::root().join("target/conformance");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let (work, made) = (folder.join("work"), folder.join("made"));
        fs::create_dir_all(&work)?;
        fs::create_dir_all(&made)?;
        let presets = work.join("presets.toml");
        let shipped = fs::read_to_string(run::root().join("presets.toml"))?;
        fs::write(&presets, shipped + CHECK)?;
        Ok(Self {
            darkroom,
            sharp,
            work,
            presets,
            made,
        })
    }

    fn darkroom(&self, verb: &[&str]) -> Result<Run> {
        let presets = self.presets.display().to_string();
        let arguments = [verb, &["--presets", &presets, "--json"]].concat();
        child::run(&self.darkroom, &arguments, PATIENCE, &self.work)
    }

    fn try_one(&mut self, corpus: &Path, path: &Path) -> Result<Tried> {
        let original = self.work.join("original");
        fs::write(&original, fs::read(corpus.join(path))?)?; // not a copy, which would be read-only like its source
        let (file, out) = (original.display().to_string(), self.made.join(path));
        let planned = self.darkroom(&["plan", &file])?;
        let rendered = self.darkroom(&[
            "render",
            &file,
            "--out",
            &out.display().to_string(),
            "-j",
            "1",
        ])?;
        let manifest = serde_json::from_str::<Value>(&rendered.stdout).ok();
        let mut tried = Tried {
            folder: group(corpus, path),
            path: path.to_owned(),
            ours: judge::outcome(&rendered, manifest.as_ref(), out.join("original/check.png")),
            sharps: None,
            wall: planned.wall.max(rendered.wall),
            peak_bytes: planned.peak_bytes.max(rendered.peak_bytes),
            promised: fs::metadata(&original)?.len(),
            wrong: Vec::new(),
            over_memory: false,
            differs: None,
        };
        judge_costs(&mut tried, &planned, &rendered);
        if let Some(sharp) = &mut self.sharp {
            tried.sharps = Some(sharp.render(&original, &out.join("sharp.png"))?);
        }
        Ok(tried)
    }
}

/// Checks time, memory and panics, which no outcome excuses.
fn judge_costs(tried: &mut Tried, planned: &Run, rendered: &Run) {
    let plan = serde_json::from_str::<Value>(&planned.stdout).unwrap_or_default();
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    tried.promised = plan["peak_bytes"].as_u64().unwrap_or(tried.promised);
    tried.over_memory = tried.peak_bytes > judge::most_memory(tried.promised);
    let probe = &plan["probe"];
    let pixels = number(&probe["width"]) * number(&probe["height"]) * number(&probe["frames"]);
    let slow = planned.cpu.max(rendered.cpu) > judge::most_time(pixels);
    if planned.end == End::Late || slow {
        tried.ours = Outcome::Hang;
    }
    if !matches!(planned.end, End::Code(0 | 1) | End::Late) {
        tried.ours = Outcome::Crash(format!("while planning: {}", planned.stderr.trim()));
    }
    if [planned, rendered]
        .iter()
        .any(|run| run.stderr.contains("panicked at"))
    {
        tried.wrong.push("a decoder panicked (caught)".to_owned());
    }
}

fn group(corpus: &Path, path: &Path) -> String {
    let lies_in_one = path.components().count() > 1;
    let first = if lies_in_one {
        path.iter().next()
    } else {
        corpus.file_name()
    };
    first.unwrap_or_default().to_string_lossy().into_owned()
}

fn try_all(bench: &mut Bench, corpus: &Path, files: &[PathBuf]) -> Result<Vec<Tried>> {
    println!("running {} files of {}", files.len(), corpus.display());
    let (start, mut told) = (Instant::now(), HEARTBEAT);
    let mut tried = Vec::new();
    for path in files {
        let one = bench.try_one(corpus, path);
        tried.push(one.with_context(|| format!("failed to try {}", path.display()))?);
        if run::stopping() {
            bail!("stopped");
        }
        if start.elapsed() >= told {
            println!("  {} of {}: {}", tried.len(), files.len(), path.display());
            told += HEARTBEAT;
        }
    }
    println!("  done in {:.1} s", start.elapsed().as_secs_f64());
    compare(&mut tried)?;
    Ok(tried)
}

/// Finds problems by file names, by twins and by comparison with sharp.
fn compare(tried: &mut [Tried]) -> Result<()> {
    let mut pictures: HashMap<PathBuf, Picture> = HashMap::new();
    for one in &*tried {
        if let Outcome::Ready(picture) = &one.ours {
            pictures.insert(one.path.clone(), picture::read(picture)?);
        }
    }
    for one in tried {
        let name = one.path.file_name().unwrap_or_default().to_string_lossy();
        one.wrong
            .extend(judge::against_the_rules(&one.folder, &name, &one.ours));
        let Some(ours) = pictures.get(&one.path) else {
            continue;
        };
        let twin = judge::upright_twin(&one.path).and_then(|twin| pictures.get(&twin));
        one.wrong
            .extend(twin.and_then(|twin| judge::unlike_twin(ours, twin)));
        if let Some(Outcome::Ready(sharps)) = &one.sharps {
            one.differs = judge::unlike_sharps(ours, &picture::read(sharps)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_goes_by_first_folders() {
        let of = |path| group(Path::new("/x/corpus"), Path::new(path));
        assert_eq!(of("image-rs/bmp/a.bmp"), "image-rs");
        assert_eq!(of("a.bmp"), "corpus");
    }
}
