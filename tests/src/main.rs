//! Loads on a local stack, for `cargo xtask chaos`, `bulk` and `soak`. They start the stack and pass its location in the
//! environment.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to its user"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use darkroom_tests::bulk;
use darkroom_tests::soak;
use darkroom_tests::stack::{Stack, depth, stack};
use darkroom_tests::storm::{self, Storm};
use darkroom_tests::wire::{self, Wire};

/// A load and its options.
#[derive(Parser)]
enum Load {
    Chaos {
        #[arg(long, default_value_t = 1000)]
        jobs: u16,
        /// Calls that fail, in percent.
        #[arg(long, default_value_t = 30)]
        faults: u8,
        /// Kill functions too.
        #[arg(long)]
        kill: bool,
    },
    Bulk {
        #[arg(long, default_value_t = 2000)]
        count: usize,
        #[arg(long)]
        photos: Option<PathBuf>,
        /// The side of generated photos, in pixels.
        #[arg(long, default_value_t = 64)]
        side: u16,
    },
    Soak {
        #[arg(long, default_value_t = 30)]
        minutes: u64,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Load::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// True if everything went right.
async fn run(load: Load) -> Result<bool> {
    let stack = stack();
    match load {
        Load::Chaos { jobs, faults, kill } => {
            let storm = Storm {
                jobs,
                percent: faults.into(),
                victim: kill.then(server).transpose()?,
            };
            chaos(&stack, storm).await
        }
        Load::Bulk {
            count,
            photos,
            side,
        } => {
            let copy = bulk::Load {
                count,
                photos,
                side,
                server: server()?,
            };
            bulk(&stack, &copy).await
        }
        Load::Soak { minutes } => soak(&stack, minutes).await,
    }
}

/// Runs a storm and a dead letter; true if everything went right.
async fn chaos(stack: &Stack, storm: Storm) -> Result<bool> {
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
async fn bulk(stack: &Stack, load: &bulk::Load) -> Result<bool> {
    let figures = bulk::copy(stack, load).await?;
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
async fn soak(stack: &Stack, minutes: u64) -> Result<bool> {
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

/// The process of the local AWS.
fn server() -> Result<u32> {
    let id = std::env::var("DARKROOM_SERVER").context("DARKROOM_SERVER is not set")?;
    Ok(id.parse()?)
}
