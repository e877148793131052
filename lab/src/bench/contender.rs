//! The contenders, each in a process that loads once and works from memory to memory.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use xtask::run;
use xtask::tools::Peers;

/// Every contender and its program. Ours comes first: the others are compared with it.
pub(super) const CONTENDERS: [(&str, Program); 9] = [
    ("darkroom", Program::Ours),
    ("floor", Program::Ours),
    ("sharp-best", Program::Node),
    ("sharp-fastest", Program::Node),
    ("sharp", Program::Node),
    ("libvips-best", Program::Python("vips.py")),
    ("libvips", Program::Python("vips.py")),
    ("pillow-best", Program::Python("pillow.py")),
    ("pillow", Program::Python("pillow.py")),
];

/// Bytes that the peers' allocator keeps for the next run, and the longest buffer that it keeps: as ours, see `keep_buffers` in
/// lib/heap.
const KEPT: &str = "268435456";
const LONGEST: &str = "67108864";

/// The program that runs a contender.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Program {
    Ours,
    Node,
    Python(&'static str),
}

/// Where the programs are.
pub(super) struct Programs {
    pub(super) ours: PathBuf,
    pub(super) peers: Peers,
    /// The presets as JSON.
    pub(super) presets: PathBuf,
}

/// How many processor cores a process may use.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Cores {
    One,
    All,
}

/// A running contender. Dropping it ends it.
pub(super) struct Process {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Process {
    /// Starts `program`; it answers once it is loaded.
    pub(super) fn start(programs: &Programs, program: Program, cores: Cores) -> Result<Self> {
        let scripts = run::root().join("lab/peers");
        let (path, arguments): (&Path, Vec<PathBuf>) = match program {
            Program::Ours => (&programs.ours, vec![PathBuf::from("worker")]),
            Program::Node => (
                Path::new("node"),
                vec![
                    programs.peers.node.join("sharp.cjs"),
                    programs.presets.clone(),
                ],
            ),
            Program::Python(script) => (
                &programs.peers.python,
                vec![scripts.join(script), programs.presets.clone()],
            ),
        };
        let mut command = match cores {
            Cores::All => Command::new(path),
            Cores::One => {
                let mut pinned = Command::new("taskset");
                pinned.args(["--cpu-list", "0"]).arg(path);
                pinned.env("VIPS_CONCURRENCY", "1"); // it would start threads for cores it may not use
                pinned
            }
        };
        if program != Program::Ours {
            // The allocator settings of our programs; they make the others faster too.
            command
                .env("MALLOC_ARENA_MAX", "1")
                .env("MALLOC_MMAP_THRESHOLD_", LONGEST)
                .env("MALLOC_TRIM_THRESHOLD_", KEPT);
        }
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("failed to start {}", path.display()))?;
        let (requests, answers) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            child,
            requests,
            answers: BufReader::new(answers.context("a pipe was asked for")?),
        })
    }

    /// Sends one request and waits for its answer.
    pub(super) fn ask(&mut self, request: &Value) -> Result<Value> {
        if run::stopping() {
            bail!("stopped");
        }
        let requests = self.requests.as_mut().context("a pipe was asked for")?;
        writeln!(requests, "{request}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("failed to get an answer to {request}"))
    }

    /// The peak of resident memory during `request`, above the memory resident before it, in bytes.
    pub(super) fn peak_of(&mut self, request: &Value) -> Result<(u64, Value)> {
        let proc = PathBuf::from(format!("/proc/{}", self.child.id()));
        let idle = status(&proc, "VmRSS:")?;
        fs::write(proc.join("clear_refs"), "5").context("failed to reset the peak of memory")?;
        let answer = self.ask(request)?;
        Ok((status(&proc, "VmHWM:")?.saturating_sub(idle), answer))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.requests.take()); // it ends when its input does
        let _ = self.child.wait();
    }
}

/// A line of `/proc/{pid}/status`, in bytes.
fn status(proc: &Path, line: &str) -> Result<u64> {
    let text = fs::read_to_string(proc.join("status"))
        .context("failed to read a process's memory: measuring it needs Linux")?;
    let kilobytes = text
        .lines()
        .find_map(|text| text.strip_prefix(line))
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|number| number.parse::<u64>().ok());
    Ok(kilobytes.with_context(|| format!("failed to find {line}"))? * 1024)
}

/// The versions of the contenders.
pub(super) fn versions(programs: &Programs) -> Result<Value> {
    let node = "const s=require('sharp').versions;console.log(JSON.stringify({node:process.version,sharp:s.sharp,\"sharp's libvips\":s.vips}))";
    let python = "import json,pyvips,PIL;print(json.dumps({'pyvips':pyvips.__version__,\"pyvips's libvips\":'.'.join(str(pyvips.version(i)) for i in range(3)),'Pillow':PIL.__version__}))";
    let mut versions: Value = serde_json::from_str(&run::output(
        Command::new("node")
            .args(["-e", node])
            .current_dir(&programs.peers.node),
    )?)?;
    let more: Value = serde_json::from_str(&run::output(
        Command::new(&programs.peers.python).args(["-c", python]),
    )?)?;
    for (name, version) in more.as_object().into_iter().flatten() {
        versions[name.as_str()] = json!(version);
    }
    Ok(versions)
}
