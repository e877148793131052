//! Compares small pictures, of two programs or of two twins.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context, Result, bail};
use png::{ColorType, Decoder, Transformations};

/// A picture with its colours multiplied by alpha, so that invisible pixels cannot differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// R, G, B, A in turn.
    pub(crate) samples: Vec<u8>,
}

/// Reads a PNG.
pub(crate) fn read(path: &Path) -> Result<Picture> {
    let what = || format!("failed to read {}", path.display());
    let mut decoder = Decoder::new(BufReader::new(File::open(path).with_context(what)?));
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().with_context(what)?;
    let mut data = vec![0; reader.output_buffer_size().with_context(what)?];
    let info = reader.next_frame(&mut data).with_context(what)?;
    let pixel: fn(&[u8]) -> [u8; 4] = match info.color_type {
        ColorType::Grayscale => |p| [p[0], p[0], p[0], 255],
        ColorType::GrayscaleAlpha => |p| [p[0], p[0], p[0], p[1]],
        ColorType::Rgb => |p| [p[0], p[1], p[2], 255],
        ColorType::Rgba => |p| [p[0], p[1], p[2], p[3]],
        ColorType::Indexed => bail!("failed to expand the palette of {}", path.display()),
    };
    let samples = data[..info.buffer_size()]
        .chunks_exact(info.color_type.samples())
        .flat_map(|p| multiplied(pixel(p)))
        .collect();
    Ok(Picture {
        width: info.width,
        height: info.height,
        samples,
    })
}

fn multiplied([red, green, blue, alpha]: [u8; 4]) -> [u8; 4] {
    let times = |colour: u8| {
        let product = u16::from(colour) * u16::from(alpha);
        u8::try_from((product + 127) / 255).unwrap_or(255)
    };
    [times(red), times(green), times(blue), alpha]
}

/// The mean difference of two pictures' samples, 0 to 255; none when they differ in size.
pub(crate) fn difference(one: &Picture, other: &Picture) -> Option<f64> {
    if (one.width, one.height) != (other.width, other.height) || one.samples.is_empty() {
        return None;
    }
    let sum: u64 = one
        .samples
        .iter()
        .zip(&other.samples)
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    // alpha that both are without must not thin the difference out
    let opaque = |picture: &Picture| picture.samples.chunks_exact(4).all(|p| p[3] == 255);
    let channels = if opaque(one) && opaque(other) { 3 } else { 4 };
    #[allow(clippy::cast_precision_loss, reason = "sums over small pictures")]
    let mean = sum as f64 / (one.samples.len() / 4 * channels) as f64;
    Some(mean)
}

#[cfg(test)]
impl Picture {
    /// Two pixels of one colour.
    pub(super) fn flat(pixel: [u8; 4]) -> Self {
        Self {
            width: 2,
            height: 1,
            samples: pixel.repeat(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(pixel: [u8; 4]) -> Picture {
        Picture::flat(multiplied(pixel))
    }

    #[test]
    fn only_what_can_be_seen_differs() {
        let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-9);
        let (red, black) = (flat([255, 0, 0, 255]), flat([0, 0, 0, 255]));
        assert!(near(difference(&red, &black), 85.0));
        assert!(near(
            difference(&flat([255, 0, 0, 0]), &flat([0, 0, 9, 0])),
            0.0
        ));
        let tall = Picture {
            width: 1,
            height: 2,
            ..red.clone()
        };
        assert_eq!(difference(&red, &tall), None);
    }
}
