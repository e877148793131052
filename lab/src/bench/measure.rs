//! Every contender renders every original. They take turns, so that other load on the machine affects all of them equally.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Options;
use super::contender::{CONTENDERS, Cores, Process, Program, Programs};
use xtask::run;

/// Output formats, and the contenders measured for each: all, or the best of each kind.
const JOBS: [&str; 3] = ["jpeg", "webp", "avif"];
/// Above this size, in megapixels, only the best are measured, once.
const LARGE: f64 = 50.0;

/// A file to render.
pub(super) struct Original {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

impl Original {
    pub(super) fn new(path: PathBuf) -> Self {
        let name = path.file_name().unwrap_or_default();
        Self {
            name: name.to_string_lossy().into_owned(),
            path,
        }
    }

    /// By its name.
    pub(super) fn is_jpeg(&self) -> bool {
        let extension = self.path.extension().unwrap_or_default();
        ["jpg", "jpeg"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    }
}

/// The measurements of one contender for one original.
pub(super) struct Row {
    pub(super) file: String,
    /// `baseline`, `progressive`, `png`, ...
    pub(super) kind: String,
    pub(super) megapixels: f64,
    pub(super) job: &'static str,
    pub(super) contender: &'static str,
    /// On one core, summed over all threads.
    pub(super) cpu_ms: f64,
    /// On all cores.
    pub(super) wall_ms: f64,
    /// Peak of resident memory above the idle process, in a fresh process on all cores.
    pub(super) peak_mb: f64,
    /// The memory that our plan promised, without the file.
    pub(super) planned_mb: Option<f64>,
    pub(super) bytes: u64,
    /// By preset; empty for the floor, which makes no variants.
    pub(super) scores: BTreeMap<String, f64>,
}

/// Measures everything.
pub(super) fn all(
    programs: &Programs,
    files: &[Original],
    options: &Options,
    folder: &Path,
) -> Result<Vec<Row>> {
    let jobs: Vec<&'static str> = JOBS
        .into_iter()
        .filter(|job| options.job.as_deref().is_none_or(|wanted| wanted == *job))
        .collect();
    let mut one = Team::start(programs, Cores::One)?;
    let mut all = Team::start(programs, Cores::All)?;
    let mut rows = Vec::new();
    let start = Instant::now();
    for (index, file) in files.iter().enumerate() {
        let about = one.load(file)?;
        all.load(file)?;
        for job in &jobs {
            let megapixels = about["megapixels"].as_f64().unwrap_or_default();
            println!(
                "{:4.0} s  {} of {}: {} to {job}",
                start.elapsed().as_secs_f64(),
                index + 1,
                files.len(),
                file.name
            );
            let rounds = if megapixels > LARGE {
                1
            } else {
                options.rounds
            };
            let cpu = one.medians(job, rounds, megapixels, "cpu_ms")?;
            let wall = all.medians(job, rounds, megapixels, "wall_ms")?;
            let made = folder.join("variants").join(&file.name).join(job);
            let scores = score(programs, file, &mut all, &cpu, &made, job)?;
            for (contender, cpu) in cpu {
                let (peak, answer) = peak(programs, file, contender, job)?;
                rows.push(Row {
                    file: file.name.clone(),
                    kind: about["kind"].as_str().unwrap_or_default().to_owned(),
                    megapixels,
                    job,
                    contender,
                    cpu_ms: cpu,
                    wall_ms: wall.get(contender).copied().unwrap_or_default(),
                    peak_mb: mega(peak),
                    planned_mb: answer["planned_bytes"].as_u64().map(|planned| {
                        mega(planned.saturating_sub(about["bytes"].as_u64().unwrap_or_default()))
                    }),
                    bytes: answer["bytes"].as_u64().unwrap_or_default(),
                    scores: scores.get(contender).cloned().unwrap_or_default(),
                });
            }
        }
    }
    Ok(rows)
}

#[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// One process for each program.
struct Team(Vec<(Program, Process)>);

impl Team {
    fn start(programs: &Programs, cores: Cores) -> Result<Self> {
        let mut team = Self(Vec::new());
        for (_, program) in CONTENDERS {
            if team.0.iter().all(|(known, _)| *known != program) {
                team.0
                    .push((program, Process::start(programs, program, cores)?));
            }
        }
        Ok(team)
    }

    fn of(&mut self, program: Program) -> Result<&mut Process> {
        let found = self.0.iter_mut().find(|(known, _)| *known == program);
        found
            .map(|(_, process)| process)
            .context("every program was started")
    }

    /// What our program says of the original.
    fn load(&mut self, file: &Original) -> Result<Value> {
        let mut about = Value::Null;
        for (program, process) in &mut self.0 {
            let answer = process.ask(&json!({"load": file.path}))?;
            if *program == Program::Ours {
                about = answer;
            }
        }
        Ok(about)
    }

    /// The median of `field` for each contender that has the job, after one run that does not count.
    fn medians(
        &mut self,
        job: &str,
        rounds: u32,
        megapixels: f64,
        field: &str,
    ) -> Result<BTreeMap<&'static str, f64>> {
        let mut values: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
        for round in 0..=rounds {
            for (contender, program) in CONTENDERS {
                if !takes_part(contender, job, megapixels) {
                    continue;
                }
                let request = json!({"run": contender, "job": job});
                let answer = self.of(program)?.ask(&request)?;
                let value = answer[field].as_f64().filter(|_| round > 0);
                if let Some(value) = value {
                    values.entry(contender).or_default().push(value);
                } else if answer["skip"].is_string() && contender == CONTENDERS[0].0 {
                    return Ok(BTreeMap::new()); // nothing to compare with
                }
            }
        }
        Ok(values
            .into_iter()
            .map(|(contender, values)| (contender, median(values)))
            .collect())
    }
}

/// All contenders render JPEG; only the best of each kind render the slow formats.
fn takes_part(contender: &str, job: &str, megapixels: f64) -> bool {
    let best = ["darkroom", "sharp-best", "libvips-best"].contains(&contender);
    best || (job == "jpeg" && megapixels <= LARGE)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}

/// Scores by contender and preset.
type Scores = BTreeMap<String, BTreeMap<String, f64>>;

/// Makes every contender of `measured` save its variants, and scores them.
fn score(
    programs: &Programs,
    file: &Original,
    team: &mut Team,
    measured: &BTreeMap<&'static str, f64>,
    made: &Path,
    job: &str,
) -> Result<Scores> {
    if made.exists() {
        fs::remove_dir_all(made)?; // of an earlier run
    }
    for (contender, program) in CONTENDERS {
        if contender == "floor" || !measured.contains_key(contender) {
            continue;
        }
        let process = team.of(program)?;
        process.ask(&json!({"run": contender, "job": job}))?;
        process.ask(&json!({"save": made.join(contender)}))?;
    }
    if !made.exists() {
        return Ok(Scores::new());
    }
    let cache = made.join("../../../scores.json");
    let mut score = Command::new(&programs.ours);
    score
        .args(["score", "ssimulacra2"])
        .arg(&file.path)
        .args([made, &cache]);
    Ok(serde_json::from_str(&run::output(&mut score)?)?)
}

/// The memory one contender takes in a process that has done nothing before.
fn peak(programs: &Programs, file: &Original, contender: &str, job: &str) -> Result<(u64, Value)> {
    let found = CONTENDERS.into_iter().find(|(name, _)| *name == contender);
    let (_, program) = found.context("a contender")?;
    let mut process = Process::start(programs, program, Cores::All)?;
    process.ask(&json!({"load": file.path}))?;
    process.peak_of(&json!({"run": contender, "job": job}))
}
