//! Copies many originals at once with the AWS CLI and measures throughput, the share of rendering, and leftovers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::time::{Instant, sleep};

use crate::bucket::keys;
use crate::originals::jpeg;
use crate::processes::{Process, functions, process};
use crate::stack::{Stack, depth, s3, sync};
use crate::ticker::Ticker;

/// The time without any progress after which the load gives up.
const PATIENCE: Duration = Duration::from_mins(5);

/// What to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Originals.
    pub count: usize,
    /// A folder of photos to vary; `None` for synthetic originals.
    pub photos: Option<PathBuf>,
    /// Width and height of synthetic ones.
    pub side: u16,
    /// The process of the local AWS.
    pub server: u32,
}

/// The result.
#[derive(Debug)]
pub struct Figures {
    /// Originals with an outcome, and messages in the DLQ.
    pub outcomes: usize,
    /// Messages that came into the DLQ.
    pub dead: u32,
    /// From the start of the copying to the last outcome.
    pub wall: Duration,
    /// CPU seconds of the functions and of the local AWS during the run.
    pub functions_cpu: f64,
    /// CPU seconds of the local AWS during the run.
    pub server_cpu: f64,
    /// Rendering the same files on the command line: CPU seconds.
    pub pure_cpu: f64,
    /// The wall time of that.
    pub pure_wall: Duration,
    /// The functions after the run.
    pub at_rest: Vec<Process>,
}

/// Copies and waits until every original has its outcome.
///
/// # Errors
/// AWS's complaints.
pub async fn copy(stack: &Stack, load: &Load) -> Result<Figures> {
    let folder = tempfile::tempdir()?;
    let prefix = format!("bulk-{}", std::process::id());
    let originals = make(load, &folder.path().join("originals"))?;
    let dead = depth(stack, &stack.dlq_url).await?;
    let before = Usage::now(load.server)?;
    let start = Instant::now();
    let copying = {
        let (stack, from, prefix) = (
            stack.clone(),
            folder.path().join("originals"),
            prefix.clone(),
        );
        tokio::task::spawn_blocking(move || sync(&stack, &from, &prefix))
    };
    let mut usage = before.clone();
    let (mut seen, mut since) = (0, Instant::now());
    let mut ticker = Ticker::start();
    let client = s3(&stack.admin());
    // Polling the queue costs the local AWS little; the outputs are listed once it is empty.
    loop {
        sleep(Duration::from_secs(1)).await;
        usage.add(load.server)?;
        let waiting = depth(stack, &stack.queue_url).await?;
        if waiting == 0 && copying.is_finished() {
            break;
        }
        ticker.say(|| {
            let copying = if copying.is_finished() {
                "copied"
            } else {
                "copying"
            };
            format!("{copying}, {waiting} messages wait")
        });
        if waiting != seen {
            (seen, since) = (waiting, Instant::now());
        }
        ensure!(
            since.elapsed() < PATIENCE,
            "{waiting} messages stay in the queue"
        );
    }
    let wall = start.elapsed();
    copying.await??;
    let outputs = keys(&client, &stack.output_bucket, &format!("{prefix}/")).await?;
    let manifests: BTreeSet<&str> = outputs
        .iter()
        .filter_map(|key| key.strip_suffix("/manifest.json")?.rsplit('/').next())
        .collect();
    let outcomes = originals
        .iter()
        .filter(|name| manifests.contains(name.as_str()))
        .count();
    let (pure_cpu, pure_wall) = render(stack, folder.path())?;
    Ok(Figures {
        outcomes,
        dead: depth(stack, &stack.dlq_url).await? - dead,
        wall,
        functions_cpu: usage.functions() - before.functions(),
        server_cpu: usage.server - before.server,
        pure_cpu,
        pure_wall,
        at_rest: functions(load.server)?,
    })
}

/// CPU seconds by process; a process that has ended keeps its last value.
#[derive(Debug, Clone, Default)]
struct Usage {
    server: f64,
    by_process: std::collections::BTreeMap<u32, f64>,
}

impl Usage {
    fn now(server: u32) -> Result<Self> {
        let mut usage = Self::default();
        usage.add(server)?;
        Ok(usage)
    }

    fn add(&mut self, server: u32) -> Result<()> {
        self.server = process(server)?.cpu_seconds;
        for function in functions(server)? {
            self.by_process.insert(function.id, function.cpu_seconds);
        }
        Ok(())
    }

    fn functions(&self) -> f64 {
        self.by_process.values().sum()
    }
}

/// Writes the originals, no two the same bytes; returns their names.
fn make(load: &Load, folder: &Path) -> Result<Vec<String>> {
    fs::create_dir_all(folder)?;
    let mut sources = Vec::new();
    if let Some(photos) = &load.photos {
        let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
        let mut paths: Vec<PathBuf> = fs::read_dir(photos)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        paths.retain(|path| {
            path.extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("jpg"))
        });
        paths.sort();
        for path in &paths {
            sources.push(read(path)?);
        }
    } else {
        for number in 0..16 {
            sources.push(jpeg(load.side + number, load.side, 1)?);
        }
    }
    ensure!(!sources.is_empty(), "no .jpg files");
    (0..load.count)
        .map(|number| {
            let name = format!("{number:06}.jpg");
            let mut bytes = sources[number % sources.len()].clone();
            bytes.extend(number.to_be_bytes()); // after the end of the picture
            fs::write(folder.join(&name), bytes)?;
            Ok(name)
        })
        .collect()
}

/// The same originals on the command line, on as many cores as the functions had: two.
fn render(stack: &Stack, folder: &Path) -> Result<(f64, Duration)> {
    let (originals, made) = (folder.join("originals"), folder.join("made"));
    let (originals, made) = (originals.to_string_lossy(), made.to_string_lossy());
    let start = std::time::Instant::now();
    let before = children_cpu()?;
    let status = stack
        .darkroom(&["render", &originals, "--out", &made, "-j", "2"])?
        .stderr(std::process::Stdio::null())
        .status()?;
    ensure!(status.code().is_some(), "darkroom render was killed");
    Ok((children_cpu()? - before, start.elapsed()))
}

/// CPU seconds of this process's children that have ended, as Linux counts: in hundredths.
fn children_cpu() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, rest) = stat.rsplit_once(')').context("no process name")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks =
        |place: usize| -> Result<f64> { Ok(fields.get(place).context("too short")?.parse()?) };
    // cutime and cstime: fields 16 and 17 of proc(5), counted from the state, which is 3.
    Ok((ticks(13)? + ticks(14)?) / 100.0)
}
