//! The page: sums, both pictures of every pair whose files were kept, and a table of all pairs. One file that needs no other.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indicatif::HumanBytes;

use super::{Compared, Pair, Side, sums};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem}\
    table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}\
    td:first-child,th:first-child{text-align:left}.pair{display:flex;gap:1rem;flex-wrap:wrap}\
    figure{margin:0;flex:1 1 20rem}img{max-width:100%;height:auto}.worse{color:#b00020}.better{color:#0a6b2e}";

/// The whole page.
pub(super) fn html(compared: &Compared) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Old and new presets</title><style>{STYLE}</style>\
         <h1>Old and new presets</h1>"
    );
    let same = compared.same;
    push(
        &mut page,
        format_args!("<p>{same} variants are the same in both.</p>"),
    );
    for (name, reason) in &compared.failed {
        let (name, reason) = (escaped(name), escaped(reason));
        push(
            &mut page,
            format_args!("<p class=\"worse\">{name}: {reason}</p>"),
        );
    }
    summary(&mut page, compared);
    page += "<h2>Side by side</h2>";
    let shown = |pair: &&Pair| {
        pair.sides
            .iter()
            .flatten()
            .any(|side| !side.file.is_empty())
    };
    for pair in compared.pairs.iter().filter(shown) {
        pictures(&mut page, pair);
    }
    table(&mut page, compared);
    page + "</html>\n"
}

fn push(page: &mut String, text: std::fmt::Arguments) {
    let _ = page.write_fmt(text); // writing to a String cannot fail
}

fn summary(page: &mut String, compared: &Compared) {
    *page += "<table><tr><th>variant<th>originals<th>old<th>new<th>bytes<th>old score<th>new score<th>worst change";
    for (name, sum) in sums::of(compared) {
        let [old, new] = sum.bytes.map(HumanBytes);
        let scores = sum
            .mean_scores()
            .map_or("<td><td><td>".to_owned(), |[before, after]| {
                format!("<td>{before:.1}<td>{after:.1}<td>{:+.1}", sum.worst)
            });
        push(
            page,
            format_args!(
                "<tr><td>{name}<td>{}<td>{old}<td>{new}<td>{:+.1} %{scores}",
                sum.pairs,
                sum.more_percent()
            ),
        );
    }
    *page += "</table>";
}

fn pictures(page: &mut String, pair: &Pair) {
    let (original, variant) = (escaped(&pair.original), &pair.variant);
    push(
        page,
        format_args!("<h3>{original}, {variant}</h3><div class=\"pair\">"),
    );
    for (name, side) in ["old", "new"].into_iter().zip(&pair.sides) {
        let Some(side) = side else {
            push(
                page,
                format_args!("<figure><figcaption>{name}: not made</figcaption></figure>"),
            );
            continue;
        };
        let data = STANDARD.encode(&side.file);
        let (width, height, media_type) = (side.width, side.height, side.media_type);
        push(
            page,
            format_args!(
                "<figure><img alt=\"{name}\" loading=\"lazy\" width=\"{width}\" height=\"{height}\" src=\"data:{media_type};base64,{data}\">\
                 <figcaption>{name}: {}</figcaption></figure>",
                described(side)
            ),
        );
    }
    *page += "</div>";
}

/// `640x480, 41 kB, score 78.2`
fn described(side: &Side) -> String {
    let score = side
        .score
        .map_or(String::new(), |score| format!(", score {score:.1}"));
    let (width, height) = (side.width, side.height);
    format!("{width}x{height}, {}{score}", HumanBytes(side.bytes as u64))
}

fn table(page: &mut String, compared: &Compared) {
    *page +=
        "<h2>All variants</h2><table><tr><th>original<th>variant<th>old<th>new<th>change of score";
    for pair in &compared.pairs {
        let side = |side: &Option<Side>| side.as_ref().map_or("not made".to_owned(), described);
        let [old, new] = pair.sides.each_ref().map(side);
        let gain = pair.gain().map_or("<td>".to_owned(), |gain| {
            let class = if gain < 0.0 { "worse" } else { "better" };
            format!("<td class=\"{class}\">{gain:+.1}")
        });
        let (original, variant) = (escaped(&pair.original), &pair.variant);
        push(
            page,
            format_args!("<tr><td>{original}<td>{variant}<td>{old}<td>{new}{gain}"),
        );
    }
    *page += "</table>";
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
