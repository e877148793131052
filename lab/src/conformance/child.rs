//! Runs a program in a child process and measures it: output, time, memory, exit.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::resource::{Resource, UsageWho, getrusage, setrlimit};
use nix::sys::time::TimeValLike;
use serde_json::{Value, json};

use xtask::run;

/// The hidden verb by which this program starts itself again.
const VERB: &str = "measured";
/// The most address space of a child, so that a runaway cannot take the machine down.
const ADDRESS_SPACE: u64 = 4 << 30;

/// A program to run and measure. The system reports the peak of memory only for all children of a process together, so each child
/// gets its own parent.
#[derive(clap::Args)]
pub(crate) struct Measured {
    /// Milliseconds after which it is killed.
    patience: u64,
    /// The files for what it prints.
    out: PathBuf,
    err: PathBuf,
    program: PathBuf,
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// How a child ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// It exited with this code.
    Code(i32),
    /// A signal killed it.
    Signal(i32),
    /// It exceeded its time and was killed.
    Late,
}

/// The result of a child.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) end: End,
    pub(crate) wall: Duration,
    /// Processor time on all threads.
    pub(crate) cpu: Duration,
    /// Peak of resident memory.
    pub(crate) peak_bytes: u64,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program for at most `patience`; its output goes through files in `folder`.
pub(crate) fn run(
    program: &Path,
    arguments: &[&str],
    patience: Duration,
    folder: &Path,
) -> Result<Run> {
    let (out, err) = (folder.join("stdout"), folder.join("stderr"));
    let this = std::env::current_exe().context("failed to find this program")?;
    let mut measured = Command::new(this);
    measured
        .arg(VERB)
        .arg(patience.as_millis().to_string())
        .args([&out, &err])
        .arg(program)
        .args(arguments);
    let told: Value = serde_json::from_str(&run::output(&mut measured)?)?;
    let number = |name: &str| {
        told[name]
            .as_i64()
            .with_context(|| format!("failed to read {name} of a child"))
    };
    let read = |path: &Path| -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
    };
    let micros =
        |name| -> Result<Duration> { Ok(Duration::from_micros(number(name)?.try_into()?)) };
    Ok(Run {
        end: match (told["late"].as_bool(), told["signal"].as_i64()) {
            (Some(true), _) => End::Late,
            (_, Some(signal)) => End::Signal(signal.try_into()?),
            _ => End::Code(number("code")?.try_into()?),
        },
        wall: micros("wall_us")?,
        cpu: micros("cpu_us")?,
        peak_bytes: number("peak_bytes")?.try_into()?,
        stdout: read(&out)?,
        stderr: read(&err)?,
    })
}

/// The hidden verb: runs a program and prints what it took as JSON.
pub(crate) fn measured(child: &Measured) -> Result<()> {
    let patience = Duration::from_millis(child.patience);
    let program = &child.program;
    // Some systems lack this limit; without it only the machine is less protected.
    let _ = setrlimit(Resource::RLIMIT_AS, ADDRESS_SPACE, ADDRESS_SPACE);
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(&child.arguments)
        .stdin(Stdio::null())
        .stdout(File::create(&child.out)?)
        .stderr(File::create(&child.err)?)
        .spawn()
        .with_context(|| format!("failed to start {}", program.display()))?;
    let mut pause = Duration::from_micros(200);
    let mut late = false;
    let status: ExitStatus = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if !late && start.elapsed() > patience {
            late = true;
            child.kill()?;
        }
        sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(5));
    };
    let wall = start.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let told = json!({
        "late": late,
        "code": status.code(),
        "signal": status.signal(),
        "wall_us": u64::try_from(wall.as_micros())?,
        "cpu_us": cpu,
        "peak_bytes": usage.max_rss() * unit,
    });
    println!("{told}");
    Ok(())
}
