//! The memory that a plan promises, beside what rendering holds by Linux's account: each case in a process of its own.

#![allow(
    clippy::print_stdout,
    reason = "a child answers by its output; the ratios are there to be read"
)]

mod cases;

use std::fs;
use std::ops::RangeInclusive;
use std::process::Command;

use darkroom_imaging::{Watch, plan, probe, render};

use crate::limits;

/// Names the case that a child measures.
const CASE: &str = "DARKROOM_TEST_MEMORY";
/// Promised bytes for each held one, where one encoder takes most of the memory. Measuring varies by a few percent.
const CLOSE: RangeInclusive<f64> = 0.97..=1.25;
/// The same where several encoders may be at work at once, or where a file may grow as large as noise makes it, but need not.
const SAFE: RangeInclusive<f64> = 0.97..=1.8;

/// A line of `/proc/self/status`, in bytes.
fn status(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes
        .and_then(|number| number.parse().ok())
        .expect(name);
    kilobytes * 1024
}

#[test]
#[ignore = "a_plan_promises_what_rendering_holds runs it, each case in a process of its own"]
fn measure() {
    let (bytes, presets) = cases::case(&std::env::var(CASE).expect("the name of a case"));
    let plan = plan(&probe(&bytes).expect("a header"), &presets, &limits()).expect("a plan");
    let before = status("VmRSS:");
    fs::write("/proc/self/clear_refs", "5").expect("Linux"); // resets the peak: proc_pid_clear_refs(5)
    render(&bytes, &plan, &Watch::none()).expect("a picture of a test");
    let held = status("VmHWM:").saturating_sub(before);
    println!("{CASE} {} {held}", plan.peak_bytes - plan.probe.bytes);
}

/// What `name` is promised, and what it holds, in bytes, the original apart.
fn measured(name: &str) -> (f64, f64) {
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "memory::measure", "--ignored", "--nocapture"])
        .env(CASE, name)
        .env("RAYON_NUM_THREADS", "2")
        // one heap, as lib/heap; nothing kept, so that each buffer is seen
        .env("MALLOC_ARENA_MAX", "1")
        .env("MALLOC_TRIM_THRESHOLD_", "0")
        .output()
        .expect("a child");
    let text = String::from_utf8_lossy(&output.stdout);
    let found = text.lines().find_map(|line| line.split_once(CASE));
    let (_, numbers) = found.unwrap_or_else(|| panic!("{name}: {output:?}"));
    let mut numbers = numbers.split_whitespace().map(str::parse);
    let mut next = || numbers.next().expect("two").expect("a number");
    (next(), next())
}

#[test]
#[cfg(target_os = "linux")]
fn a_plan_promises_what_rendering_holds() {
    let mut wrong = Vec::new();
    for (name, range) in [
        ("to-avif", CLOSE),
        ("to-avif-full", CLOSE),
        ("to-avif-alpha", CLOSE),
        ("to-webp", CLOSE),
        ("to-webp-alpha", CLOSE),
        ("to-webp-lossless", CLOSE),
        ("to-png", CLOSE),
        ("to-gif", CLOSE),
        ("to-three", CLOSE),
        ("shipped", SAFE),
        ("shipped-alpha", SAFE),
        ("moving", SAFE),
        ("moving-webp", SAFE),
        ("moving-gif", SAFE),
        ("moving-lossless", SAFE),
    ] {
        let (promised, held) = measured(name);
        let ratio = promised / held;
        println!("{name}: {promised:.0} bytes promised, {held:.0} held: {ratio:.2}");
        if !range.contains(&ratio) {
            wrong.push(format!(
                "{name}: {promised:.0} promised, {held:.0} held: {ratio:.2}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
