//! Scores of everybody's variants against the reference of the same size.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};
use butteraugli::{ButteraugliParams, butteraugli_linear};
use imgref::ImgVec;
use rgb::RGB;
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};
use turbojpeg::PixelFormat;

use crate::reference::{Picture, webp_pixels};

/// Counts up when the reference or the score changes, so that no old score is taken for a new one.
const VERSION: u32 = 3;

/// What a score measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Metric {
    /// 100 is the reference itself.
    Ssimulacra2,
    /// The 3-norm of the distances; 0 is the reference itself.
    Butteraugli,
}

impl FromStr for Metric {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "ssimulacra2" => Ok(Self::Ssimulacra2),
            "butteraugli" => Ok(Self::Butteraugli),
            other => bail!("unknown metric: {other}"),
        }
    }
}

/// Scores by contender and preset.
type Scores = BTreeMap<String, BTreeMap<String, f64>>;

/// Prints `{contender: {preset: score}}` for the files `FOLDER/{contender}/{preset}.{ext}`. A score of the same bytes is
/// taken from the file `cache`.
pub(crate) fn run(metric: Metric, original: &Path, folder: &Path, cache: &Path) -> Result<()> {
    let bytes = fs::read(original)?;
    let mut known: BTreeMap<String, f64> = match fs::read(cache) {
        Ok(text) => serde_json::from_slice(&text)?,
        Err(_) => BTreeMap::new(), // the first run of all
    };
    let mut picture = None;
    let mut scores = Scores::new();
    for (contender, preset, path) in variants(folder)? {
        let variant = fs::read(&path)?;
        let key = key(metric, &bytes, &variant);
        let score = if let Some(score) = known.get(&key) {
            *score
        } else {
            let picture = match &mut picture {
                Some(picture) => picture,
                none => none.insert(Picture::of(&bytes)?),
            };
            score(
                metric,
                picture,
                &decode(&variant).with_context(|| path.clone())?,
            )?
        };
        known.insert(key, score);
        scores.entry(contender).or_default().insert(preset, score);
    }
    fs::write(cache, serde_json::to_vec(&known)?)?;
    println!("{}", serde_json::to_string(&scores)?);
    Ok(())
}

fn variants(folder: &Path) -> Result<Vec<(String, String, String)>> {
    let mut found = Vec::new();
    for contender in fs::read_dir(folder)? {
        let contender = contender?;
        for file in fs::read_dir(contender.path())? {
            let path = file?.path();
            let preset = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
            found.push((
                contender.file_name().to_string_lossy().into_owned(),
                preset.unwrap_or_default(),
                path.to_string_lossy().into_owned(),
            ));
        }
    }
    found.sort();
    Ok(found)
}

fn key(metric: Metric, original: &[u8], variant: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    (VERSION, metric, original, variant).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn score(metric: Metric, original: &Picture, variant: &Picture) -> Result<f64> {
    let expected = original.resized(variant.width, variant.height);
    match metric {
        Metric::Ssimulacra2 => Ok(compute_frame_ssimulacra2(rgb(&expected)?, rgb(variant)?)?),
        Metric::Butteraugli => {
            let (expected, variant) = (linear(&expected), linear(variant));
            let parameters = ButteraugliParams::default();
            let result = butteraugli_linear(expected.as_ref(), variant.as_ref(), &parameters);
            Ok(result.map_err(|e| anyhow!("butteraugli: {e}"))?.pnorm_3)
        }
    }
}

/// Linear light (IEC 61966-2-1), as butteraugli takes it.
fn linear(picture: &Picture) -> ImgVec<RGB<f32>> {
    let light = |value: f32| {
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    let pixel = |pixel: &[f32; 3]| RGB::from(pixel.map(light));
    let pixels = picture.pixels.iter().map(pixel).collect();
    ImgVec::new(pixels, picture.width, picture.height)
}

fn rgb(picture: &Picture) -> Result<Rgb> {
    let (transfer, primaries) = (TransferCharacteristic::SRGB, ColorPrimaries::BT709);
    let (width, height) = (picture.width, picture.height);
    Ok(Rgb::new(
        picture.pixels.clone(),
        width,
        height,
        transfer,
        primaries,
    )?)
}

fn decode(variant: &[u8]) -> Result<Picture> {
    let (width, height, data, alpha) = match variant {
        [0xff, 0xd8, ..] => {
            let image = turbojpeg::decompress(variant, PixelFormat::RGB)?;
            (image.width, image.height, image.pixels, false)
        }
        [b'R', b'I', b'F', b'F', ..] => webp_pixels(variant)?,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => return Picture::of(variant),
        _ => bail!("unknown file type: expected JPEG, WebP or AVIF"),
    };
    let unit = |value: u8| f32::from(value) / 255.0;
    let pixel = |p: &[u8]| {
        let alpha = if alpha { unit(p[3]) } else { 1.0 };
        [p[0], p[1], p[2]].map(|value| unit(value) * alpha + 1.0 - alpha)
    };
    Ok(Picture {
        width,
        height,
        pixels: data
            .chunks_exact(if alpha { 4 } else { 3 })
            .map(pixel)
            .collect(),
    })
}
