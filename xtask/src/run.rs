//! Runs other programs. Their output goes to a log or to the terminal; an error shows the log's last lines.

use std::fs::{self, File};
use std::io::{self, IsTerminal, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

/// How often a long step reports that it is still running.
const HEARTBEAT: Duration = Duration::from_secs(10);

static STOPPING: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C, SIGTERM and SIGHUP end the program that this process waits for, so that this process can clean up.
pub fn catch_signals() -> Result<()> {
    ctrlc::set_handler(|| STOPPING.store(true, Ordering::SeqCst)).context("failed to catch Ctrl-C")
}

/// How the program ends; says what went wrong.
#[must_use]
pub fn exit_code(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the user asked to stop.
pub fn stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(1)
        .unwrap_or(Path::new("."))
        .to_owned()
}

/// Runs `work`; prints its name and how long it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    say(&format!("{what} ..."));
    let done = work()?;
    say(&format!(
        "  done in {:.1} s: {what}",
        start.elapsed().as_secs_f64()
    ));
    Ok(done)
}

/// Prints a line. On a terminal it takes the place of a progress line that is there.
pub fn say(line: &str) {
    let clear = if stdout().is_terminal() {
        "\r\x1b[K"
    } else {
        ""
    };
    println!("{clear}{line}");
}

/// Runs a command with its output in the file `log`; an error contains the last lines of the output.
pub fn logged(command: &mut Command, log: &Path) -> Result<()> {
    fs::create_dir_all(log.parent().unwrap_or(Path::new(".")))?;
    let file = File::create(log).with_context(|| format!("failed to write {}", log.display()))?;
    command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file);
    let status = wait(command, Some(log))?;
    if !status.success() {
        bail!(
            "failed to run {} ({status}); the end of {}:\n{}",
            show(command),
            log.display(),
            tail(log)
        );
    }
    Ok(())
}

/// Runs a command whose output goes to the terminal.
pub fn shown(command: &mut Command) -> Result<()> {
    let status = wait(command.stdin(Stdio::null()), None)?;
    if !status.success() {
        bail!("failed to run {} ({status})", show(command));
    }
    Ok(())
}

/// Runs a short command and returns its standard output; an error contains its standard error.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| spawn_error(command, error))?;
    if !output.status.success() {
        bail!(
            "failed to run {} ({}): {}",
            show(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("failed to read the output of {} as UTF-8", show(command)))
}

/// The last lines of a log.
#[must_use]
pub fn tail(log: &Path) -> String {
    let text = fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

fn wait(command: &mut Command, log: Option<&Path>) -> Result<ExitStatus> {
    let mut child = command
        .spawn()
        .map_err(|error| spawn_error(command, error))?;
    let start = Instant::now();
    let mut told = HEARTBEAT;
    loop {
        if let Some(status) = child.try_wait()? {
            return if stopping() {
                Err(anyhow!("stopped"))
            } else {
                Ok(status)
            };
        }
        if stopping() {
            child.kill()?;
        }
        if let Some(log) = log.filter(|_| start.elapsed() >= told) {
            say(&format!(
                "  still running after {} s (log: {})",
                told.as_secs(),
                log.display()
            ));
            told += HEARTBEAT;
        }
        sleep(Duration::from_millis(50));
    }
}

fn spawn_error(command: &Command, error: io::Error) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("failed to start {}", show(command)))
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    format!("`{line}`")
}
