//! Runs sharp on the same files: one Node process takes one file after another; a new one starts after a crash.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::judge::Outcome;
use xtask::tools;

/// Installs sharp as `lab/sharp/package-lock.json` pins it; returns the folder of its script.
pub(crate) fn install() -> Result<PathBuf> {
    tools::node_program(
        "lab/sharp",
        &["package.json", "package-lock.json", "render.js"],
    )
}

/// sharp, waiting for files.
pub(crate) struct Sharp {
    folder: PathBuf,
    patience: Duration,
    process: Option<Process>,
}

struct Process {
    child: Child,
    files: ChildStdin,
    answers: Receiver<String>,
}

impl Sharp {
    /// `folder` is what [`install`] gave.
    pub(crate) fn new(folder: PathBuf, patience: Duration) -> Self {
        Self {
            folder,
            patience,
            process: None,
        }
    }

    /// Lets sharp make a PNG of at most 64 x 64 of a file.
    pub(crate) fn render(&mut self, file: &Path, out: &Path) -> Result<Outcome> {
        fs::create_dir_all(out.parent().unwrap_or(Path::new(".")))?;
        let mut process = match self.process.take() {
            Some(process) => process,
            None => start(&self.folder)?,
        };
        writeln!(process.files, "{}", json!({"file": file, "out": out}))?;
        match process.answers.recv_timeout(self.patience) {
            Ok(line) => {
                self.process = Some(process);
                let answer: Value = serde_json::from_str(&line)?;
                let reason = || answer["reason"].as_str().unwrap_or_default().to_owned();
                Ok(if answer["outcome"] == "ready" {
                    Outcome::Ready(out.to_owned())
                } else {
                    Outcome::Rejected {
                        code: "rejected".to_owned(),
                        reason: reason(),
                    }
                })
            }
            Err(RecvTimeoutError::Timeout) => {
                end(process)?;
                Ok(Outcome::Hang)
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = end(process)?;
                Ok(Outcome::Crash(status))
            }
        }
    }
}

impl Drop for Sharp {
    fn drop(&mut self) {
        if let Some(process) = self.process.take()
            && let Err(error) = end(process)
        {
            eprintln!("error: {error:#}");
        }
    }
}

fn start(folder: &Path) -> Result<Process> {
    let mut child = Command::new("node")
        .arg("render.js")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("failed to start node")?;
    let files = child.stdin.take().context("failed to talk to node")?;
    let output = child.stdout.take().context("failed to listen to node")?;
    let (sender, answers) = channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    Ok(Process {
        child,
        files,
        answers,
    })
}

/// Ends the process, which may have ended already; says how.
fn end(mut process: Process) -> Result<String> {
    drop(process.files);
    process.child.kill()?;
    Ok(process.child.wait()?.to_string())
}
