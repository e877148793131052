//! Loads on a local stack, for `cargo xtask chaos`, `bulk` and `soak`. They start the stack and pass its location in the
//! environment.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to its user"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use darkroom_tests::bulk::{self, Load};
use darkroom_tests::soak;
use darkroom_tests::stack::{Stack, depth, stack};
use darkroom_tests::storm::{self, Storm};
use darkroom_tests::wire::{self, Wire};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (verb, options) = words
        .split_first()
        .map_or(("", &[][..]), |(verb, rest)| (verb.as_str(), rest));
    let stack = stack();
    let result = match verb {
        "chaos" => chaos(&stack, options).await,
        "bulk" => bulk(&stack, options).await,
        "soak" => soak(&stack, options).await,
        other => Err(anyhow::anyhow!("unknown load: {other}")),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a storm and a dead letter; true if everything went right.
async fn chaos(stack: &Stack, options: &[String]) -> Result<bool> {
    let kill = options.iter().any(|word| word == "--kill");
    let storm = Storm {
        jobs: number(options, "--jobs")?.unwrap_or(1000),
        percent: number(options, "--faults")?.unwrap_or(30),
        victim: kill.then(server).transpose()?,
    };
    let wire = wire::lay(&stack.endpoint).await?;
    let plugged = wire::plug(stack, &wire)?;
    let result = rage_and_redrive(stack, &wire, storm).await;
    wire::unplug(stack, &plugged)?;
    result
}

async fn rage_and_redrive(stack: &Stack, wire: &Wire, storm: Storm) -> Result<bool> {
    let aftermath = storm::rage(stack, wire, storm).await?;
    let verdict = &aftermath.verdict;
    let calls = wire.calls.load(Ordering::Relaxed);
    println!("  {calls:6} calls");
    for (kind, count) in wire.tally() {
        println!("  {count:6} {kind}");
    }
    println!(
        "{} jobs, {} % of the calls failed, {} functions killed, {:.0} s: {} right, {} wrong, {} lost, {} untold, {} in the DLQ",
        storm.jobs,
        storm.percent,
        aftermath.killed,
        aftermath.took.as_secs_f64(),
        verdict.right,
        verdict.wrong,
        verdict.lost,
        verdict.untold,
        aftermath.dead
    );
    for complaint in &verdict.complaints {
        println!("  {complaint}");
    }
    storm::die_and_be_redriven(stack, wire).await?;
    println!("a dead letter told its reason, and was redriven");
    storm::outlast(stack, wire).await?;
    println!("a job that took longer than the queue hides messages kept its own");
    Ok(verdict.right == usize::from(storm.jobs) && aftermath.dead == 0)
}

/// Runs a bulk copy; true if every original has its outcome.
async fn bulk(stack: &Stack, options: &[String]) -> Result<bool> {
    let load = Load {
        count: number(options, "--count")?.unwrap_or(2000),
        photos: number::<PathBuf>(options, "--photos")?,
        side: number(options, "--side")?.unwrap_or(64),
        server: server()?,
    };
    let figures = bulk::copy(stack, &load).await?;
    let rate = |count: usize, time: Duration| {
        f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / time.as_secs_f64()
    };
    println!(
        "{} originals: {} outcomes, {} in the DLQ, {} waiting",
        load.count,
        figures.outcomes,
        figures.dead,
        depth(stack, &stack.queue_url).await?
    );
    println!(
        "  through the stack {:7.1} s {:6.1} a second; CPU: functions {:.1} s, local AWS {:.1} s",
        figures.wall.as_secs_f64(),
        rate(load.count, figures.wall),
        figures.functions_cpu,
        figures.server_cpu
    );
    println!(
        "  only rendered     {:7.1} s {:6.1} a second; CPU: {:.1} s",
        figures.pure_wall.as_secs_f64(),
        rate(load.count, figures.pure_wall),
        figures.pure_cpu
    );
    println!(
        "  the functions need {:+.0} % CPU beside rendering",
        (figures.functions_cpu / figures.pure_cpu - 1.0) * 100.0
    );
    for process in &figures.at_rest {
        println!(
            "  at rest: function {}: {:.0} MB, {} files",
            process.id, process.resident_mb, process.files
        );
    }
    Ok(figures.outcomes == load.count && figures.dead == 0)
}

/// Runs a mixed load; true if nothing grew from the second to the last quarter of the time, and nothing died.
async fn soak(stack: &Stack, options: &[String]) -> Result<bool> {
    let minutes: u64 = number(options, "--minutes")?.unwrap_or(30);
    let samples = soak::run(stack, server()?, Duration::from_mins(minutes), |sample| {
        println!(
            "{:5.1} min: {:5} deeds, {} processes, {:6.1} MB, {:4} files, {} waiting, {} dead",
            sample.at.as_secs_f64() / 60.0,
            sample.deeds,
            sample.processes,
            sample.resident_mb,
            sample.files,
            sample.waiting,
            sample.dead
        );
    })
    .await?;
    let quarter = samples.len() / 4;
    let most = |from: usize, to: usize| {
        let part = &samples[from..to];
        let memory = part.iter().map(|s| s.resident_mb).fold(0.0, f64::max);
        (memory, part.iter().map(|s| s.files).max().unwrap_or(0))
    };
    let (early, late) = (
        most(quarter, 2 * quarter),
        most(samples.len() - quarter, samples.len()),
    );
    println!(
        "at most {:.1} MB and {} files in the second quarter, {:.1} MB and {} files in the last",
        early.0, early.1, late.0, late.1
    );
    let dead = samples.last().map_or(0, |sample| sample.dead);
    Ok(late.0 <= early.0 * 1.1 && late.1 <= early.1 + 4 && dead == 0)
}

/// The word after an option.
fn number<T: FromStr>(options: &[String], name: &str) -> Result<Option<T>> {
    let Some(place) = options.iter().position(|word| word == name) else {
        return Ok(None);
    };
    let word = options
        .get(place + 1)
        .with_context(|| format!("{name} needs a word after it"))?;
    match word.parse() {
        Ok(value) => Ok(Some(value)),
        Err(_) => bail!("failed to read {name}: {word}"),
    }
}

/// The process of the local AWS.
fn server() -> Result<u32> {
    let id = std::env::var("DARKROOM_SERVER").context("DARKROOM_SERVER is not set")?;
    Ok(id.parse()?)
}
