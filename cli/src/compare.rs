//! `darkroom compare`: what other presets do to originals, before they are deployed.

mod page;
mod score;
mod sums;

use std::panic::resume_unwind;
use std::path::Path;
use std::process::ExitCode;
use std::thread;

use anyhow::{Context, Result};
use darkroom_imaging::{Error, Limits, Presets, Variant, Watch, plan, preset::Wish, probe, render};
use darkroom_pipeline::key::Key;
use darkroom_pipeline::route::{Routed, Routes};
use indicatif::HumanBytes;

use crate::args;
use crate::originals;
use crate::output;
use crate::progress;

/// One variant of one original, by the old presets and by the new ones.
struct Pair {
    /// The key of the original.
    original: String,
    /// `large.jpg`
    variant: String,
    /// Absent if those presets do not make it.
    sides: [Option<Side>; 2],
}

/// A variant by one of the two files of presets.
struct Side {
    width: u32,
    height: u32,
    media_type: &'static str,
    bytes: usize,
    /// SSIMULACRA2 against the same picture without loss; `None` where something moves or is too small.
    score: Option<f64>,
    /// The file; empty where the page shows no picture of it.
    file: Vec<u8>,
}

impl Pair {
    /// Whether both are the same file. Only before the files are dropped.
    fn is_same(&self) -> bool {
        matches!(&self.sides, [Some(old), Some(new)] if old.file == new.file)
    }

    /// The new score less the old one.
    fn gain(&self) -> Option<f64> {
        let [old, new] = &self.sides;
        Some(new.as_ref()?.score? - old.as_ref()?.score?)
    }
}

/// What was compared.
#[derive(Default)]
struct Compared {
    pairs: Vec<Pair>,
    /// Originals that cannot be rendered by one of the two, and why.
    failed: Vec<(String, String)>,
    /// Pairs that are the same file in both.
    same: usize,
}

/// Runs the verb: 0 when every original was rendered by both.
///
/// # Errors
/// Wrong use: unusable presets or paths, a page that cannot be written.
pub(crate) fn run(args: &args::Compare) -> Result<ExitCode> {
    darkroom_heap::keep_buffers();
    let routes = |file: &Path| anyhow::Ok(Routes::new(&crate::presets(Some(file))?));
    let routes = [routes(&args.old)?, routes(&args.new)?];
    let limits = Limits::default();
    let found = originals::find(&args.originals, &args.out, limits.max_bytes)?;
    let page = std::path::absolute(&args.out)?;
    let bar = progress::bar(found.originals.len());
    let mut compared = Compared::default();
    for original in &found.originals {
        let path = original.root.join(&original.key);
        if std::path::absolute(&path)? != page {
            let bytes = std::fs::read(&path);
            let bytes = bytes.with_context(|| format!("failed to read {}", path.display()))?;
            compared.add(&original.key, &bytes, &routes, &limits)?;
            compared.keep_pictures(args.pictures);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    for skipped in &found.failed {
        let failed = (skipped.name.clone(), skipped.reason.clone());
        compared.failed.push(failed);
    }
    summarise(&compared)?;
    std::fs::write(&args.out, page::html(&compared))
        .with_context(|| format!("failed to write {}", args.out.display()))?;
    output::note(format_args!("wrote {}", args.out.display()));
    Ok(ExitCode::from(u8::from(!compared.failed.is_empty())))
}

impl Compared {
    fn add(
        &mut self,
        key: &str,
        bytes: &[u8],
        routes: &[Routes; 2],
        limits: &Limits,
    ) -> Result<()> {
        let parsed = Key::parse(key)?;
        let side = |routes: &Routes| match routes.of(&parsed) {
            Routed::Ignored(_) => Ok(Vec::new()),
            Routed::Wanted(wanted) => variants(bytes, &wanted.presets, limits),
        };
        // Scores take most of the time, each on one thread.
        let sides = thread::scope(|scope| {
            let old = scope.spawn(|| side(&routes[0]));
            let new = side(&routes[1]);
            let old = old.join().unwrap_or_else(|panic| resume_unwind(panic));
            [old, new]
        });
        let [old, new] = match sides {
            [Ok(old), Ok(new)] => [old, new],
            [Err(error), _] | [_, Err(error)] => {
                let reason = format!("{error} ({})", error.code());
                self.failed.push((key.to_owned(), reason));
                return Ok(());
            }
        };
        for (variant, sides) in paired(old, new) {
            let pair = Pair {
                original: key.to_owned(),
                variant,
                sides,
            };
            if pair.is_same() {
                self.same += 1;
            }
            self.pairs.push(pair);
        }
        Ok(())
    }

    /// Drops the files of all pairs but `most`: of those that differ, the ones that lose most come first.
    fn keep_pictures(&mut self, most: usize) {
        let mut order: Vec<(bool, f64, usize)> = self
            .pairs
            .iter()
            .enumerate()
            .filter(|(_, pair)| {
                pair.sides
                    .iter()
                    .flatten()
                    .any(|side| !side.file.is_empty())
            })
            .map(|(index, pair)| (pair.is_same(), pair.gain().unwrap_or_default(), index))
            .collect();
        order.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        for (place, (is_same, _, index)) in order.into_iter().enumerate() {
            if is_same || place >= most {
                for side in self.pairs[index].sides.iter_mut().flatten() {
                    side.file = Vec::new();
                }
            }
        }
    }
}

/// The variants of both by name: those of the new presets in their order, then what only the old ones make.
fn paired(old: Vec<(String, Side)>, new: Vec<(String, Side)>) -> Vec<(String, [Option<Side>; 2])> {
    let with = |(name, side)| (name, [None, Some(side)]);
    let mut pairs: Vec<(String, [Option<Side>; 2])> = new.into_iter().map(with).collect();
    for (name, side) in old {
        if let Some((_, pair)) = pairs.iter_mut().find(|(known, _)| *known == name) {
            pair[0] = Some(side);
        } else {
            pairs.push((name, [Some(side), None]));
        }
    }
    pairs
}

/// The variants of an original by name, each with its score.
fn variants(
    bytes: &[u8],
    presets: &Presets,
    limits: &Limits,
) -> Result<Vec<(String, Side)>, Error> {
    let header = probe(bytes)?;
    let rendered = render(bytes, &plan(&header, presets, limits)?, &Watch::none())?;
    let mut lossless = presets.clone();
    for preset in &mut lossless.presets {
        preset.formats = vec![Wish::Png];
    }
    let references = render(bytes, &plan(&header, &lossless, limits)?, &Watch::none())?;
    let side = |variant: Variant| {
        let reference = references
            .variants
            .iter()
            .find(|reference| reference.preset == variant.preset);
        let score = reference
            .filter(|_| variant.frames == 1)
            .and_then(|reference| score::score(&reference.bytes, &variant.bytes));
        let name = format!("{}.{}", variant.preset, variant.format.extension());
        let side = Side {
            width: variant.width,
            height: variant.height,
            media_type: variant.format.media_type(),
            bytes: variant.bytes.len(),
            score,
            file: variant.bytes,
        };
        (name, side)
    };
    Ok(rendered.variants.into_iter().map(side).collect())
}

fn summarise(compared: &Compared) -> Result<()> {
    for (name, sum) in sums::of(compared) {
        let [old, new] = sum.bytes.map(HumanBytes);
        let scores = sum.mean_scores().map_or(String::new(), |[before, after]| {
            format!(", score {before:.1} to {after:.1}, worst {:+.1}", sum.worst)
        });
        output::line(format_args!(
            "{name}: {} originals, {old} to {new} ({:+.1} %){scores}",
            sum.pairs,
            sum.more_percent()
        ))?;
    }
    let one_sided = |pair: &&Pair| pair.sides.iter().any(Option::is_none);
    let one_sided = compared.pairs.iter().filter(one_sided).count();
    if one_sided > 0 {
        output::line(format_args!(
            "{one_sided} variants are made by one of the two only"
        ))?;
    }
    output::line(format_args!(
        "{} variants are the same in both",
        compared.same
    ))?;
    for (name, reason) in &compared.failed {
        output::note(output::shown(&format!("failed {name}: {reason}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A BMP of 320 x 240 pixels of 24 bits: a slope with noise.
    fn original() -> Vec<u8> {
        let (width, height) = (320_u32, 240_u32);
        let mut bytes = b"BM".to_vec();
        let fields = [
            54 + 3 * width * height,
            0,
            54,
            40,
            width,
            height,
            1 | 24 << 16,
            0,
            0,
            2835,
            2835,
            0,
            0,
        ];
        bytes.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        for index in 0..width * height {
            let (x, y) = (index % width, index / width);
            let noise = index.wrapping_mul(2_654_435_761) >> 27;
            bytes.extend(
                [x / 2 + noise, y / 2 + noise, 60 + x / 4 + y / 4]
                    .map(|value| u8::try_from(value.min(255)).unwrap_or(255)),
            );
        }
        bytes
    }

    fn compared(old: &str, new: &str) -> Compared {
        let routes = [old, new].map(|text| Routes::new(&Presets::parse(text).expect(text)));
        let mut compared = Compared::default();
        compared
            .add("a/b.bmp", &original(), &routes, &Limits::default())
            .expect("a key");
        compared
    }

    const OLD: &str = "[presets.small]\nwidth = 300\nquality = 85\n[presets.gone]\nwidth = 20\n[presets.same]\nwidth = 30\n";
    const NEW: &str = "[presets.small]\nwidth = 300\nquality = 30\n[presets.same]\nwidth = 30\n[presets.more]\nwidth = 10\n";

    #[test]
    fn coarser_steps_take_fewer_bytes_at_a_lower_score() {
        let mut compared = compared(OLD, NEW);
        assert_eq!((compared.pairs.len(), compared.same), (4, 1));
        let sums = sums::of(&compared);
        let small = &sums["small.jpg"];
        assert!(small.bytes[1] < small.bytes[0]);
        assert!(small.more_percent() < -20.0, "{:?}", small.bytes);
        let [before, after] = small.mean_scores().expect("scores");
        assert!(
            before > 60.0 && before <= 100.0 && after < before - 5.0,
            "{before} {after}"
        );
        assert!((small.worst - (after - before)).abs() < 1e-9);
        assert!(!sums.contains_key("gone.jpg"));
        compared.keep_pictures(2);
        let shown = |pair: &&Pair| {
            pair.sides
                .iter()
                .flatten()
                .any(|side| !side.file.is_empty())
        };
        let shown: Vec<&str> = compared
            .pairs
            .iter()
            .filter(shown)
            .map(|pair| pair.variant.as_str())
            .collect();
        assert_eq!(shown, ["small.jpg", "more.jpg"]);
    }

    #[test]
    fn a_page_shows_both_and_lets_no_name_into_its_markup() {
        let mut compared = compared(OLD, NEW);
        compared.pairs[0].original = "<b>&\"".to_owned();
        compared
            .failed
            .push(("<i>".to_owned(), "it is <cut>".to_owned()));
        let page = page::html(&compared);
        assert!(page.contains("&lt;b&gt;&amp;&quot;") && !page.contains("<b>&"));
        assert!(page.contains("&lt;i&gt;: it is &lt;cut&gt;"));
        assert_eq!(
            page.matches("data:image/jpeg;base64,").count(),
            2 + 1 + 2 + 1
        );
        assert!(!page.contains("://"), "it needs nothing else");
    }
}
