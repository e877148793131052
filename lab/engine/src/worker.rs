//! The engine as a process that loads once and works from memory to memory, as every contender does.
//!
//! One JSON object a line in, one out:
//! - `{"load": path}`: reads an original. Ours answers `{"kind", "megapixels", "bytes"}`, the peers `{"ok": true}`.
//! - `{"run": contender, "job": format}`: makes all variants of it, with `"quality": 1 to 100` at that quality (ours, sharp), with
//!   `"effort": "small" | "fast"` with that effort (ours). Answers `{"cpu_ms", "wall_ms", "bytes"}`, or
//!   `{"skip": reason}` where the contender has no such job.
//! - `{"save": folder}`: writes the variants of the last run as `{preset}.{ext}`. Answers `{"ok": true}`.

use std::fs;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use darkroom_imaging::{
    Format, Limits, Presets, Variant, Watch, plan,
    preset::{Effort, Wish},
    probe, render,
};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::{Value, json};

use crate::floor::Floor;

/// What stays in memory between requests.
#[derive(Default)]
struct Worker {
    original: Vec<u8>,
    variants: Vec<Variant>,
    floor: Option<Floor>,
}

/// Answers requests until standard input ends.
pub(crate) fn run() -> Result<()> {
    darkroom_heap::keep_buffers(); // as the render function does
    let mut worker = Worker::default();
    let mut answers = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = worker.answer(&serde_json::from_str(&line?)?)?;
        writeln!(answers, "{answer}")?;
        answers.flush()?;
    }
    Ok(())
}

impl Worker {
    fn answer(&mut self, request: &Value) -> Result<Value> {
        if let Some(path) = request["load"].as_str() {
            self.original = fs::read(path).with_context(|| format!("failed to read {path}"))?;
            self.floor = None;
            return self.describe();
        }
        if let Some(folder) = request["save"].as_str() {
            return self.save(Path::new(folder));
        }
        let (Some(contender), Some(job)) = (request["run"].as_str(), request["job"].as_str())
        else {
            bail!("unknown request: {request}");
        };
        match (contender, job) {
            ("darkroom", job) => self.render(job, request),
            ("floor", "jpeg") if probe(&self.original)?.format == Format::Jpeg => self.floor(),
            ("floor", _) => Ok(json!({"skip": "the floor is measured for JPEG to JPEG only"})),
            (other, _) => bail!("unknown contender: {other}"),
        }
    }

    /// The properties of an original by which the report groups similar ones.
    fn describe(&self) -> Result<Value> {
        let probe = probe(&self.original)?;
        let kind = match &probe.jpeg {
            Some(jpeg) if jpeg.progressive => "progressive",
            Some(_) => "baseline",
            None => probe.format.name(),
        };
        let megapixels = f64::from(probe.width) * f64::from(probe.height) / 1e6;
        Ok(json!({"kind": kind, "megapixels": megapixels, "bytes": probe.bytes}))
    }

    fn render(&mut self, job: &str, request: &Value) -> Result<Value> {
        let Some(presets) = presets(job, request)? else {
            return Ok(json!({"skip": "no such output format"}));
        };
        let meter = Meter::start()?;
        let plan = plan(&probe(&self.original)?, &presets, &Limits::default())?;
        let rendered = render(&self.original, &plan, &Watch::none())?;
        let mut answer = meter.stop()?;
        self.variants = rendered.variants;
        answer["bytes"] = self
            .variants
            .iter()
            .map(|variant| variant.bytes.len())
            .sum::<usize>()
            .into();
        answer["planned_bytes"] = plan.peak_bytes.into();
        Ok(answer)
    }

    fn floor(&mut self) -> Result<Value> {
        if self.floor.is_none() {
            self.render("jpeg", &Value::Null)?;
            self.floor = Some(Floor::new(&self.variants)?);
        }
        let floor = self.floor.as_ref().context("made above")?;
        let meter = Meter::start()?;
        let bytes = floor.run(&self.original)?;
        let mut answer = meter.stop()?;
        answer["bytes"] = bytes.into();
        Ok(answer)
    }

    fn save(&self, folder: &Path) -> Result<Value> {
        fs::create_dir_all(folder)?;
        for variant in &self.variants {
            let extension = match variant.format {
                Format::Jpeg => "jpg",
                other => other.name(),
            };
            fs::write(
                folder.join(format!("{}.{extension}", variant.preset)),
                &variant.bytes,
            )?;
        }
        Ok(json!({"ok": true}))
    }
}

/// The shipped presets, each with the one format `job`, and with the quality and effort of the request if it names any; none if the
/// engine does not write the format.
fn presets(job: &str, request: &Value) -> Result<Option<Presets>> {
    let wish = match job {
        "jpeg" => Wish::Jpeg,
        "webp" => Wish::Webp,
        "avif" => Wish::Avif,
        _ => return Ok(None),
    };
    let mut presets = crate::presets()?;
    for preset in &mut presets.presets {
        preset.formats = vec![wish];
        if let Some(quality) = request["quality"].as_u64() {
            preset.quality = u8::try_from(quality)?;
        }
        match request["effort"].as_str() {
            Some("fast") => preset.effort = Effort::Fast,
            Some("small") => preset.effort = Effort::Small,
            Some(other) => bail!("unknown effort: {other}"),
            None => {}
        }
    }
    Ok(Some(presets))
}

/// The time and the processor time (of all threads) of some work.
struct Meter {
    start: Instant,
    cpu_us: i64,
}

impl Meter {
    fn start() -> Result<Self> {
        Ok(Self {
            cpu_us: cpu_us()?,
            start: Instant::now(),
        })
    }

    fn stop(self) -> Result<Value> {
        let wall = self.start.elapsed();
        let cpu = u32::try_from(cpu_us()? - self.cpu_us).map_err(|_| anyhow!("over an hour"))?;
        Ok(json!({"cpu_ms": f64::from(cpu) / 1e3, "wall_ms": wall.as_secs_f64() * 1e3}))
    }
}

/// Processor time of this process so far, in microseconds.
fn cpu_us() -> Result<i64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok(usage.user_time().num_microseconds() + usage.system_time().num_microseconds())
}
