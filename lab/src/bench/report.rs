//! The report of the measurements: JSON for programs, a table for people.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use anyhow::Result;
use serde_json::{Value, json};

use super::contender::CONTENDERS;
use super::measure::Row;

/// The kinds of originals that are summed up, and which files each has.
type Group = (&'static str, fn(&Row) -> bool);
const GROUPS: [Group; 5] = [
    ("baseline JPEG, 3 to 24 MP", |row| {
        row.kind == "baseline" && (2.9..25.0).contains(&row.megapixels)
    }),
    ("progressive JPEG", |row| row.kind == "progressive"),
    ("PNG", |row| row.kind == "png"),
    ("WebP", |row| row.kind == "webp"),
    ("JPEG of 100 MP", |row| row.megapixels > 50.0),
];

/// The preset whose score is only in the rows: libvips crops at whole pixels of the small picture, up to half a pixel beside the
/// centre, which costs 30 points of SSIMULACRA2 without a visible difference.
pub(super) const CROPPED: &str = "square";

/// A row of the report.
pub(super) fn row(row: &Row) -> Value {
    json!({
        "file": row.file,
        "kind": row.kind,
        "megapixels": row.megapixels,
        "job": row.job,
        "contender": row.contender,
        "cpu_ms": row.cpu_ms,
        "wall_ms": row.wall_ms,
        "peak_mb": row.peak_mb,
        "planned_mb": row.planned_mb,
        "bytes": row.bytes,
        "ssimulacra2": row.scores,
    })
}

/// For each job, group of originals and contender: how many times ours it takes (geometric means over the files), ours in
/// bytes of its files, and the least by which a variant of ours scores above its.
pub(super) fn ratios(rows: &[Row]) -> Value {
    let mut ratios = json!({});
    for job in ["jpeg", "webp", "avif"] {
        for (group, of) in GROUPS {
            let chosen: Vec<&Row> = rows
                .iter()
                .filter(|row| row.job == job && of(row))
                .collect();
            for (contender, _) in CONTENDERS {
                let pairs = pairs(&chosen, contender);
                if !pairs.is_empty() {
                    ratios[job][group][contender] = sum_up(&pairs);
                }
            }
        }
    }
    ratios
}

/// Ours and the contender's rows of the same file.
fn pairs<'a>(rows: &[&'a Row], contender: &str) -> Vec<(&'a Row, &'a Row)> {
    let ours: BTreeMap<&str, &Row> = rows
        .iter()
        .filter(|row| row.contender == CONTENDERS[0].0)
        .map(|row| (row.file.as_str(), *row))
        .collect();
    rows.iter()
        .filter(|row| row.contender == contender)
        .filter_map(|row| Some((*ours.get(row.file.as_str())?, *row)))
        .collect()
}

fn sum_up(pairs: &[(&Row, &Row)]) -> Value {
    let mean = |value: &dyn Fn(&Row, &Row) -> f64| {
        let logs: f64 = pairs.iter().map(|(ours, row)| value(ours, row).ln()).sum();
        (logs / float(pairs.len())).exp()
    };
    let differences = pairs.iter().flat_map(|(ours, row)| {
        let preset = |(preset, score): (&String, f64)| Some(ours.scores.get(preset)? - score);
        whole(row).filter_map(preset)
    });
    let scores: Vec<f64> = pairs
        .iter()
        .flat_map(|(_, row)| whole(row).map(|(_, score)| score))
        .collect();
    let sum = |bytes: &dyn Fn(&(&Row, &Row)) -> u64| float(pairs.iter().map(bytes).sum::<u64>());
    json!({
        "files": pairs.len(),
        "cpu_ms": mean(&|_, row| row.cpu_ms),
        "cpu": mean(&|ours, row| row.cpu_ms / ours.cpu_ms),
        "wall_ms": mean(&|_, row| row.wall_ms),
        "wall": mean(&|ours, row| row.wall_ms / ours.wall_ms),
        "peak_mb": pairs.iter().map(|(_, row)| row.peak_mb).fold(0.0, f64::max),
        "bytes": sum(&|(ours, _)| ours.bytes) / sum(&|(_, row)| row.bytes),
        "score": scores.iter().sum::<f64>() / float(scores.len()),
        "worst_score_difference": differences.reduce(f64::min),
    })
}

/// The scores of the presets that show the whole original.
fn whole(row: &Row) -> impl Iterator<Item = (&String, f64)> {
    let scores = row.scores.iter().map(|(preset, score)| (preset, *score));
    scores.filter(|(preset, _)| *preset != CROPPED)
}

#[allow(clippy::cast_precision_loss, reason = "shown with a few digits")]
pub(super) fn float<N: TryInto<u64>>(number: N) -> f64 {
    number.try_into().unwrap_or(u64::MAX) as f64
}

/// The processor, its cores, and what else the machine was doing.
pub(super) fn machine() -> Result<Value> {
    let processor = fs::read_to_string("/proc/cpuinfo")?;
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned());
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(json!({
        "processor": model,
        "cores": std::thread::available_parallelism()?,
        "load": load.split(' ').next(),
    }))
}

/// The ratios as Markdown.
pub(super) fn table(document: &Value) -> String {
    let mut text = String::new();
    for (job, groups) in object(&document["ratios"]) {
        for (group, contenders) in object(groups) {
            let files = &contenders[CONTENDERS[0].0]["files"];
            let plural = if files == 1 { "" } else { "s" };
            let _ = write!(
                text,
                "\n{group} to {job} ({files} file{plural})\n\n\
                 | | CPU ms | of ours | wall ms | of ours | peak MB | our bytes | score | our worst |\n\
                 |---|---|---|---|---|---|---|---|---|\n"
            );
            for (contender, _) in CONTENDERS {
                let Some(line) = contenders.get(contender) else {
                    continue;
                };
                let number = |field: &str, digits: usize| {
                    line[field]
                        .as_f64()
                        .map_or(String::new(), |value| format!("{value:.digits$}"))
                };
                let _ = writeln!(
                    text,
                    "| {contender} | {} | {}x | {} | {}x | {} | {}x | {} | {} |",
                    number("cpu_ms", 1),
                    number("cpu", 2),
                    number("wall_ms", 1),
                    number("wall", 2),
                    number("peak_mb", 1),
                    number("bytes", 3),
                    number("score", 2),
                    number("worst_score_difference", 2)
                );
            }
        }
    }
    let cold = &document["cold_start"];
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let _ = writeln!(
        text,
        "\ncold start: {:.1} ms, node + sharp + its AWS SDK {:.1} ms ({:.1}x); the render function has {:.1} MB",
        number(&cold["darkroom_ms"]),
        number(&cold["node_sharp_sdk_ms"]),
        number(&cold["ratio"]),
        number(&cold["render_binary_bytes"]) / 1e6
    );
    text
}

/// A JSON object's entries; none for anything else.
pub(super) fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
