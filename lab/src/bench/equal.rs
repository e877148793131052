//! Bytes at equal quality: how large our files are where their score is that of a peer's file.
//!
//! Both render at several qualities. The logarithm of our bytes is taken as linear between two neighbouring scores.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::contender::{self, CONTENDERS, Cores, Process, Programs};
use super::measure::Original;
use super::report::{CROPPED, float, machine, object};
use xtask::run;

/// The qualities that are rendered, and the peer's that counts: the default of the shipped presets.
const QUALITIES: [u8; 3] = [65, 80, 92];
const PEERS: u8 = 80;
/// Whom we are compared with: the best use of sharp, with 4:2:0 and optimised tables.
const PEER: &str = "sharp-best";
/// Our efforts.
const EFFORTS: [&str; 2] = ["small", "fast"];
const METRICS: [&str; 2] = ["ssimulacra2", "butteraugli"];

/// The sizes of one preset's files at the qualities, with their scores.
type Curve = Vec<(f64, f64)>;

/// Compares every file, prints a table, and writes `equal.json` beside the report: for each effort and metric our bytes in relation
/// to the peer's, by file and preset.
pub(super) fn run(programs: &Programs, files: &[Original], folder: &Path) -> Result<()> {
    let document = json!({
        "machine": machine()?,
        "versions": contender::versions(programs)?,
        "efforts": all(programs, files, folder)?,
    });
    let file = folder.join("equal.json");
    fs::write(&file, serde_json::to_vec_pretty(&document)?)?;
    print!("{}", table(&document["efforts"]));
    println!("wrote {}", file.display());
    Ok(())
}

/// Renders and scores every file.
fn all(programs: &Programs, files: &[Original], folder: &Path) -> Result<Value> {
    let mut ratios: BTreeMap<(&str, &str), Vec<Value>> = BTreeMap::new();
    let (_, program) = CONTENDERS
        .into_iter()
        .find(|(name, _)| *name == PEER)
        .context("the peer is a contender")?;
    let mut ours = Process::start(programs, CONTENDERS[0].1, Cores::All)?;
    let mut peer = Process::start(programs, program, Cores::All)?;
    for (index, file) in files.iter().enumerate() {
        println!(
            "equal quality, {} of {}: {}",
            index + 1,
            files.len(),
            file.name
        );
        let made = folder.join("equal").join(&file.name);
        if made.exists() {
            fs::remove_dir_all(&made)?; // of an earlier run
        }
        for process in [&mut ours, &mut peer] {
            process.ask(&json!({"load": file.path}))?;
        }
        for quality in QUALITIES {
            save(&mut peer, &json!({"run": PEER, "quality": quality}), &made)?;
            for effort in EFFORTS {
                let run = json!({"run": CONTENDERS[0].0, "quality": quality, "effort": effort});
                save(&mut ours, &run, &made)?;
            }
        }
        for metric in METRICS {
            let scores = scores(programs, file, metric, &made)?;
            for effort in EFFORTS {
                let of_file = compare(&file.name, effort, &scores, &made)?;
                ratios.entry((effort, metric)).or_default().extend(of_file);
            }
        }
    }
    let mut document = json!({});
    for ((effort, metric), variants) in ratios {
        document[effort][metric] = sum_up(&variants);
    }
    Ok(document)
}

/// Runs a contender and writes its files to a folder named by the request.
fn save(process: &mut Process, run: &Value, made: &Path) -> Result<()> {
    let mut request = run.clone();
    request["job"] = json!("jpeg");
    process.ask(&request)?;
    let who = run["effort"].as_str().unwrap_or(PEER);
    process.ask(&json!({"save": made.join(format!("{who} {}", run["quality"]))}))?;
    Ok(())
}

/// Scores by folder and preset.
fn scores(programs: &Programs, file: &Original, metric: &str, made: &Path) -> Result<Value> {
    let cache = made.join(format!("../../{metric}.json"));
    let mut score = Command::new(&programs.ours);
    score.args(["score", metric]).arg(&file.path);
    score.args([made, &cache]);
    Ok(serde_json::from_str(&run::output(&mut score)?)?)
}

fn compare(file: &str, effort: &str, scores: &Value, made: &Path) -> Result<Vec<Value>> {
    let curve = |who: &str, preset: &str| -> Result<Curve> {
        let points = QUALITIES.iter().map(|quality| {
            let folder = format!("{who} {quality}");
            let bytes = fs::metadata(made.join(&folder).join(format!("{preset}.jpg")))?.len();
            let score = scores[&folder][preset].as_f64();
            Ok((score.context("a score")?, float(bytes).ln()))
        });
        points.collect()
    };
    let mut found = Vec::new();
    for (preset, _) in object(&scores[format!("{PEER} {PEERS}")]) {
        if preset == CROPPED {
            continue;
        }
        let at = QUALITIES.iter().position(|quality| *quality == PEERS);
        let (score, bytes) = curve(PEER, preset)?[at.context("one of the qualities")?];
        let (equal, within) = at_score(&curve(effort, preset)?, score);
        found.push(json!({
            "file": file, "preset": preset, "ratio": (equal - bytes).exp(), "within": within,
        }));
    }
    Ok(found)
}

/// The logarithm of the bytes at `score`, and whether the score lies within the curve.
fn at_score(curve: &Curve, score: f64) -> (f64, bool) {
    let mut curve = curve.clone();
    curve.sort_by(|one, other| one.0.total_cmp(&other.0));
    let above = curve.iter().position(|(known, _)| *known >= score);
    let second = above.unwrap_or(curve.len() - 1).max(1);
    let (low, high) = (curve[second - 1], curve[second]);
    let bytes = low.1 + (high.1 - low.1) * (score - low.0) / (high.0 - low.0);
    let within = curve[0].0 <= score && score <= curve[curve.len() - 1].0;
    (bytes, within)
}

fn sum_up(variants: &[Value]) -> Value {
    let ratios: Vec<f64> = variants
        .iter()
        .filter_map(|variant| variant["ratio"].as_f64())
        .collect();
    let logs: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    let outside = variants.iter().filter(|variant| variant["within"] == false);
    json!({
        "mean": (logs / float(ratios.len())).exp(),
        "worst": ratios.iter().copied().fold(0.0, f64::max),
        "outside": outside.count(),
        "variants": variants,
    })
}

/// The sums as Markdown.
fn table(document: &Value) -> String {
    let mut text = format!(
        "\nJPEG: our bytes where the score is that of {PEER} at quality {PEERS}\n\n\
         | effort | score | mean | worst variant | variants | beyond our scores |\n|---|---|---|---|---|---|\n"
    );
    for (effort, metrics) in object(document) {
        for (metric, sum) in object(metrics) {
            let percent = |field: &str| (sum[field].as_f64().unwrap_or_default() - 1.0) * 100.0;
            let _ = writeln!(
                text,
                "| {effort} | {metric} | {:+.1} % | {:+.1} % | {} | {} |",
                percent("mean"),
                percent("worst"),
                sum["variants"].as_array().map_or(0, Vec::len),
                sum["outside"]
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_interpolated_between_neighbouring_scores() {
        let curve = vec![(60.0, 1.0), (70.0, 2.0), (90.0, 4.0)];
        assert_eq!(at_score(&curve, 65.0), (1.5, true));
        assert_eq!(at_score(&curve, 80.0), (3.0, true));
        assert_eq!(at_score(&curve, 95.0), (4.5, false), "beyond the best");
        assert_eq!(at_score(&curve, 50.0), (0.0, false), "below the worst");
        // butteraugli falls as quality rises
        let falling = vec![(3.0, 1.0), (2.0, 2.0), (1.0, 4.0)];
        assert_eq!(at_score(&falling, 1.5), (3.0, true));
    }
}
