//! The processes of a local AWS: itself, and the functions it runs.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A process of this machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// Its id.
    pub id: u32,
    /// CPU seconds it has used.
    pub cpu_seconds: f64,
    /// Memory it holds, in MB.
    pub resident_mb: f64,
    /// Files and sockets it has open.
    pub files: usize,
}

/// The functions that this local AWS runs at the moment: those of its child processes that are called `bootstrap`.
///
/// # Errors
/// When `ps` fails.
pub fn functions(server: u32) -> Result<Vec<Process>> {
    Ok(all()?
        .into_iter()
        .filter(|(parent, command, _)| *parent == server && command.contains("bootstrap"))
        .map(|(_, _, process)| process)
        .collect())
}

/// One process.
///
/// # Errors
/// When there is none.
pub fn process(id: u32) -> Result<Process> {
    let found = all()?.into_iter().find(|(_, _, process)| process.id == id);
    found
        .map(|(_, _, process)| process)
        .with_context(|| format!("process {id} does not run"))
}

/// Kills one of the functions, SIGKILL, this time one and another time another; false when none runs.
///
/// # Errors
/// When `ps` fails.
pub fn kill_function(server: u32, time: usize) -> Result<bool> {
    let functions = functions(server)?;
    let Some(victim) = functions.get(time % functions.len().max(1)) else {
        return Ok(false);
    };
    let status = Command::new("kill")
        .args(["-KILL", &victim.id.to_string()])
        .status()?;
    Ok(status.success()) // it may have ended by itself just now
}

/// Parent, command line and process of everything that runs.
fn all() -> Result<Vec<(u32, String, Process)>> {
    let output = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid=,time=,rss=,args="])
        .output()?;
    ensure!(output.status.success(), "ps failed");
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(read).collect())
}

fn read(line: &str) -> Option<(u32, String, Process)> {
    let mut words = line.split_whitespace();
    let id = words.next()?.parse().ok()?;
    let parent = words.next()?.parse().ok()?;
    let cpu_seconds = seconds(words.next()?)?;
    let resident: f64 = words.next()?.parse().ok()?;
    let command = words.collect::<Vec<_>>().join(" ");
    let files = std::fs::read_dir(format!("/proc/{id}/fd")).map_or(0, Iterator::count);
    let process = Process {
        id,
        cpu_seconds,
        resident_mb: resident / 1000.0,
        files,
    };
    Some((parent, command, process))
}

/// `[[DD-]HH:]MM:SS` in seconds.
fn seconds(time: &str) -> Option<f64> {
    let (days, time) = time.split_once('-').unwrap_or(("0", time));
    let mut parts = time.rsplit(':').map(str::parse::<f64>);
    let mut next = || parts.next().transpose().ok();
    let (seconds, minutes, hours) = (next()??, next()?, next()?);
    let days = days.parse::<f64>().ok()?;
    Some(((days * 24.0 + hours.unwrap_or(0.0)) * 60.0 + minutes.unwrap_or(0.0)) * 60.0 + seconds)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_of_ps_are_read() {
        for (text, want) in [
            ("00:07", Some(7.0)),
            ("01:02:03", Some(3723.0)),
            ("1-00:00:01", Some(86_401.0)),
            ("x", None),
        ] {
            assert_eq!(seconds(text), want, "{text}");
        }
    }
}
