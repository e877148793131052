//! Compares colours with other programs: littleCMS for files with an ICC profile, libheif for HEIC.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::judge::Outcome;
use super::picture::{self, Picture};
use super::{Bench, PATIENCE, Tried, child};
use xtask::{run, tools};

/// The original at its own size, without loss.
const WHOLE: &str =
    "[presets.whole]\nfit = \"inside\"\nwidth = 65500\nheight = 65500\nformats = [\"png\"]\n";
/// Names that libheif's decoder goes by: the new one first.
const HEIF_DECODERS: [&str; 2] = ["heif-dec", "heif-convert"];

/// A line of the table.
pub(crate) struct Row {
    /// The comparison and its tolerance.
    pub(crate) what: &'static str,
    /// One figure per file.
    pub(crate) figures: Vec<(PathBuf, f64)>,
    /// Which of them is the worst.
    worst: fn(f64, f64) -> f64,
    /// Whether the mean and the worst figure are good enough.
    good: fn(f64, f64) -> bool,
}

impl Row {
    /// The mean of the figures, and the worst of them; none without files.
    pub(crate) fn mean_and_worst(&self) -> Option<(f64, f64)> {
        let figures = || self.figures.iter().map(|(_, figure)| *figure);
        let worst = figures().reduce(self.worst)?;
        let count = u32::try_from(self.figures.len()).ok()?;
        Some((figures().sum::<f64>() / f64::from(count), worst))
    }

    fn add(
        &mut self,
        path: &Path,
        pictures: Option<(Picture, Picture)>,
        figure: fn(&Picture, &Picture) -> f64,
    ) {
        let figure = pictures.map(|(ours, theirs)| (path.to_owned(), figure(&ours, &theirs)));
        self.figures.extend(figure);
    }

    /// Whether it is as near as it has to be.
    pub(crate) fn is_good(&self) -> bool {
        self.mean_and_worst()
            .is_none_or(|(mean, worst)| (self.good)(mean, worst))
    }
}

/// By RGB profiles, by CMYK profiles, and HEIC.
fn rows() -> [Row; 3] {
    let row = |what, worst, good| Row {
        what,
        figures: Vec::new(),
        worst,
        good,
    };
    [
        row(
            "littleCMS, RGB profiles: mean dE76, at most 1",
            f64::max,
            |mean, _| mean <= 1.0,
        ),
        row(
            "littleCMS, CMYK profiles: mean dE76, at most 2",
            f64::max,
            |mean, _| mean <= 2.0,
        ),
        row(
            "libheif, HEIC: PSNR in dB, at least 35",
            f64::min,
            |_, worst| worst >= 35.0,
        ),
    ]
}

/// Compares every ready file that has a profile or is a HEIC.
pub(crate) fn compare(bench: &Bench, corpus: &Path, tried: &[Tried]) -> Result<Vec<Row>> {
    let decoder = HEIF_DECODERS.into_iter().find(|name| tools::found(name));
    if decoder.is_none() {
        println!("HEIC is not compared: heif-dec is missing; install libheif-examples");
    }
    let mut others = LittleCms::start()?;
    let [mut rgb, mut cmyk, mut heic] = rows();
    let is_ready = |one: &&Tried| matches!(one.ours, Outcome::Ready(_));
    for one in tried.iter().filter(is_ready) {
        let file = corpus.join(&one.path);
        let what = || format!("failed to compare {}", one.path.display());
        let by_profile = match others.model(&file)?.as_deref() {
            Some("RGB") => Some(&mut rgb),
            Some("CMYK") => Some(&mut cmyk),
            _ => None,
        };
        if let Some(row) = by_profile {
            let pictures = bench.whole(&mut others, &file, &file);
            row.add(&one.path, pictures.with_context(what)?, mean_de76);
        }
        if let Some(decoder) = decoder.filter(|_| is_heic(&file)) {
            let theirs = bench.by_libheif(decoder, &file).with_context(what)?;
            let pictures = bench.whole(&mut others, &file, &theirs);
            heic.add(&one.path, pictures.with_context(what)?, psnr);
        }
        if run::stopping() {
            bail!("stopped");
        }
    }
    Ok(vec![rgb, cmyk, heic])
}

fn is_heic(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default().to_string_lossy();
    ["heic", "heif"].contains(&extension.to_ascii_lowercase().as_str())
}

impl Bench {
    /// What we make of `file` at its own size, and `theirs` in sRGB; the same pixels of both. None if Pillow has something
    /// against `theirs`, which is said.
    fn whole(
        &self,
        others: &mut LittleCms,
        file: &Path,
        theirs: &Path,
    ) -> Result<Option<(Picture, Picture)>> {
        let presets = self.work.join("whole.toml");
        fs::write(&presets, WHOLE)?;
        let out = self.work.join("whole");
        let words = [file, &out, &presets].map(|path| path.display().to_string());
        let [file_word, out_word, presets_word] = &words;
        let arguments = [
            "render",
            file_word,
            "--out",
            out_word,
            "--presets",
            presets_word,
        ];
        let rendered = child::run(&self.darkroom, &arguments, PATIENCE, &self.work)?;
        let name = file.file_name().unwrap_or_default();
        let ours = out.join(name).join("whole.png");
        if !ours.is_file() {
            bail!(
                "failed to render it at its own size: {}",
                rendered.stderr.trim()
            );
        }
        // what is not the original itself has been turned by who made it
        let answer = others.ask(&json!({
            "ours": ours, "theirs": theirs, "upright": theirs != file, "out": self.work
        }))?;
        fs::remove_dir_all(&out)?;
        if let Some(error) = answer["error"].as_str() {
            println!("not compared: {}: {error}", file.display());
            return Ok(None);
        }
        Ok(Some((
            picture::read(&self.work.join("ours.png"))?,
            picture::read(&self.work.join("theirs.png"))?,
        )))
    }

    /// A HEIC by libheif's decoder, with the profile that the file has: as PNG, or, where the PNG's library will not have that
    /// profile, as the best JPEG.
    fn by_libheif(&self, decoder: &str, file: &Path) -> Result<PathBuf> {
        for name in ["libheif.png", "libheif.jpg"] {
            let out = self.work.join(name);
            fs::write(&out, [])?;
            run::output(
                Command::new(decoder)
                    .args(["-q", "100"])
                    .arg(file)
                    .arg(&out),
            )?;
            if fs::metadata(&out)?.len() > 0 {
                return Ok(out);
            }
        }
        bail!("{decoder} failed to decode it")
    }
}

/// Pillow with littleCMS, waiting for files.
struct LittleCms {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl LittleCms {
    fn start() -> Result<Self> {
        let mut child = Command::new(tools::peers_python()?)
            .arg(run::root().join("lab/littlecms/convert.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("failed to start Python")?;
        let asks = child.stdin.take().context("failed to talk to Python")?;
        let answers = child.stdout.take().context("failed to listen to Python")?;
        Ok(Self {
            child,
            asks,
            answers: BufReader::new(answers),
        })
    }

    fn ask(&mut self, ask: &Value) -> Result<Value> {
        writeln!(self.asks, "{ask}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).context("failed to parse the answer of Pillow")
    }

    /// What the profile of a file is for, as ICC writes it; none if it has no profile, or Pillow cannot read the file.
    fn model(&mut self, file: &Path) -> Result<Option<String>> {
        let answer = self.ask(&json!({ "file": file }))?;
        Ok(answer["model"].as_str().map(str::to_owned))
    }
}

impl Drop for LittleCms {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("error: failed to end Python: {error}");
        }
    }
}

/// Pixels of both, three samples each.
fn pairs<'a>(one: &'a Picture, other: &'a Picture) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    one.samples
        .chunks_exact(4)
        .zip(other.samples.chunks_exact(4))
}

/// The mean over all pixels of the distance in CIELAB (CIE 15, 8.2.1).
fn mean_de76(one: &Picture, other: &Picture) -> f64 {
    let distance = |(one, other): (&[u8], &[u8])| {
        let (one, other) = (lab(one), lab(other));
        (0..3)
            .map(|i| (one[i] - other[i]).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    mean(pairs(one, other).map(distance))
}

/// Peak signal-to-noise ratio of R, G and B in dB; 99 for the same pixels.
fn psnr(one: &Picture, other: &Picture) -> f64 {
    let error = |(one, other): (&[u8], &[u8])| {
        let squares = (0..3).map(|i| f64::from(one[i].abs_diff(other[i])).powi(2));
        squares.sum::<f64>() / 3.0
    };
    let error = mean(pairs(one, other).map(error));
    (10.0 * (255.0 * 255.0 / error).log10()).min(99.0)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    sum / count
}

/// sRGB (IEC 61966-2-1) to CIELAB of D50, the white of ICC profiles, its colorants adapted to it by Bradford.
fn lab(rgb: &[u8]) -> [f64; 3] {
    const TO_XYZ: [[f64; 3]; 3] = [
        [0.436_074_7, 0.385_064_9, 0.143_080_4],
        [0.222_504_5, 0.716_878_6, 0.060_616_9],
        [0.013_932_2, 0.097_104_5, 0.714_173_3],
    ];
    const WHITE: [f64; 3] = [0.96422, 1.0, 0.82521];
    let linear = [0, 1, 2].map(|i: usize| {
        let encoded = f64::from(rgb[i]) / 255.0;
        if encoded <= 0.04045 {
            encoded / 12.92
        } else {
            ((encoded + 0.055) / 1.055).powf(2.4)
        }
    });
    let [x, y, z] = [0, 1, 2].map(|i: usize| {
        let value: f64 = (0..3).map(|j| TO_XYZ[i][j] * linear[j]).sum();
        let value = value / WHITE[i];
        if value > 0.008_856 {
            value.cbrt()
        } else {
            7.787 * value + 16.0 / 116.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_books() {
        let near = |a: f64, b: f64| (a - b).abs() < 0.05;
        let [l, a, b] = lab(&[255, 0, 0]);
        // sRGB's red in D50
        assert!(
            near(l, 54.29) && near(a, 80.81) && near(b, 69.89),
            "{l} {a} {b}"
        );
        let (white, black) = (Picture::flat([255; 4]), Picture::flat([0, 0, 0, 255]));
        assert!(near(mean_de76(&white, &black), 100.0));
        assert!(near(psnr(&white, &black), 0.0));
        assert!(near(psnr(&white, &white), 99.0));
        assert!(near(
            psnr(&white, &Picture::flat([254, 254, 254, 255])),
            48.13
        ));
    }

    #[test]
    fn a_row_is_judged_by_its_mean_or_by_its_worst() {
        let row = |worst: fn(f64, f64) -> f64, good: fn(f64, f64) -> bool| Row {
            what: "w",
            figures: vec![("a".into(), 30.0), ("b".into(), 50.0)],
            worst,
            good,
        };
        let by_worst = row(f64::min, |_, worst| worst >= 35.0);
        assert_eq!(by_worst.mean_and_worst(), Some((40.0, 30.0)));
        assert!(!by_worst.is_good());
        assert!(row(f64::max, |mean, _| mean <= 40.0).is_good());
    }
}
