//! Plots the ratios as bars.

use std::fmt::Write;

use serde_json::Value;

use super::contender::CONTENDERS;
use super::report::object;

/// Sizes in pixels.
const WIDTH: f64 = 790.0;
/// What stands behind the longest bar.
const LABEL: f64 = 140.0;
const LEFT: f64 = 130.0;
const BAR: f64 = 18.0;
const GAP: f64 = 6.0;
const HEAD: f64 = 44.0;

/// A chart for each job and group of originals: processor time as a multiple of ours.
pub(super) fn draw(document: &Value) -> String {
    let mut body = String::new();
    let mut y = 10.0;
    for (job, groups) in object(&document["ratios"]) {
        for (group, contenders) in object(groups) {
            y = chart(&mut body, y, &format!("{group} to {job}"), contenders);
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y:.0}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
    )
}

/// Draws one chart from `y` on and returns where the next begins.
fn chart(body: &mut String, mut y: f64, title: &str, contenders: &Value) -> f64 {
    let cpu = |contender: &str| contenders[contender]["cpu"].as_f64();
    let most = CONTENDERS
        .iter()
        .filter_map(|(name, _)| cpu(name))
        .fold(1.0, f64::max);
    let _ = writeln!(
        body,
        "<text x=\"10\" y=\"{:.0}\" font-weight=\"600\" fill=\"#222\">{title}: CPU time on one core, multiples of Darkroom's</text>",
        y + 20.0
    );
    y += HEAD - 10.0;
    for (contender, _) in CONTENDERS {
        let Some(ratio) = cpu(contender) else {
            continue;
        };
        let colour = match contender {
            "darkroom" => "#c2410c",
            "floor" => "#d6d3d1",
            _ => "#64748b",
        };
        let length = ratio / most * (WIDTH - LEFT - LABEL);
        let milliseconds = contenders[contender]["cpu_ms"].as_f64().unwrap_or_default();
        let _ = writeln!(
            body,
            "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#222\">{contender}</text>\
             <rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{length:.1}\" height=\"{BAR}\" rx=\"2\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#222\">{ratio:.2}x ({milliseconds:.0} ms)</text>",
            LEFT - 8.0,
            y + BAR - 5.0,
            LEFT + length + 6.0,
            y + BAR - 5.0
        );
        y += BAR + GAP;
    }
    y + 14.0
}
