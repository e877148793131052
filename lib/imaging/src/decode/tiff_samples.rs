//! What TIFF does to samples that other formats do not: any depth, planes, palettes, multiplied alpha.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "samples are clamped to their range before they are cast"
)]

use half::f16;
use tiff::decoder::DecodingResult;

use crate::Error;
use crate::picture::samples::{Samples, to_eight};

/// The samples as 8 or 16 bits. Where `scale` is set, fewer than 8 bits are spread to 0 to 255;
/// floats are taken as 0 to 1.
pub(super) fn unpack(
    data: DecodingResult,
    bits: u8,
    samples_a_row: usize,
    scale: bool,
) -> Result<Samples, Error> {
    let float = |value: f64| (value.clamp(0.0, 1.0) * 65535.0 + 0.5) as u16;
    Ok(match data {
        DecodingResult::U8(data) if bits == 8 => Samples::Eight(data),
        DecodingResult::U8(data) if matches!(bits, 1 | 2 | 4) => {
            Samples::Eight(spread(&data, bits, samples_a_row, scale))
        }
        DecodingResult::U16(data) if bits == 16 => Samples::Sixteen(data),
        DecodingResult::U32(data) if bits == 32 => {
            Samples::Sixteen(data.into_iter().map(|v| (v >> 16) as u16).collect())
        }
        DecodingResult::U64(data) if bits == 64 => {
            Samples::Sixteen(data.into_iter().map(|v| (v >> 48) as u16).collect())
        }
        DecodingResult::F16(data) => {
            Samples::Sixteen(data.into_iter().map(|v: f16| float(v.to_f64())).collect())
        }
        DecodingResult::F32(data) => {
            Samples::Sixteen(data.into_iter().map(|v| float(v.into())).collect())
        }
        DecodingResult::F64(data) => Samples::Sixteen(data.into_iter().map(float).collect()),
        _ => {
            return Err(Error::Unsupported(format!(
                "TIFF with {bits}-bit or signed samples"
            )));
        }
    })
}

/// Samples of 1, 2 or 4 bits, rows beginning at whole bytes.
fn spread(data: &[u8], bits: u8, samples_a_row: usize, scale: bool) -> Vec<u8> {
    let (mask, per_byte) = ((1u8 << bits) - 1, usize::from(8 / bits));
    let factor = if scale { 255 / mask } else { 1 };
    let row_bytes = samples_a_row.div_ceil(per_byte).max(1);
    let samples = data.chunks_exact(row_bytes).flat_map(|row| {
        let of_byte =
            move |&byte: &u8| (1..=8 / bits).map(move |i| (byte >> (8 - i * bits) & mask) * factor);
        row.iter().flat_map(of_byte).take(samples_a_row)
    });
    samples.collect()
}

/// Palette indices to RGB; TIFF's palette has 16 bits a sample: all reds, all greens, all blues.
pub(super) fn look_up(indices: &[u8], colours: &[u16]) -> Vec<u8> {
    let count = colours.len() / 3;
    // Some writers left the upper byte empty.
    let narrow = colours.iter().all(|&value| value < 256);
    let sample = |i: usize| match colours.get(i) {
        Some(&value) if narrow => value.to_le_bytes()[0],
        Some(&value) => to_eight(value),
        None => 0,
    };
    let colour = |&index: &u8| {
        let index = usize::from(index).min(count.saturating_sub(1));
        [
            sample(index),
            sample(count + index),
            sample(2 * count + index),
        ]
    };
    indices.iter().flat_map(colour).collect()
}

/// `count` planes one after the other to pixels.
pub(super) fn interleave<T: Copy>(planes: &[T], count: usize) -> Vec<T> {
    let length = planes.len() / count;
    (0..length)
        .flat_map(|i| (0..count).map(move |plane| planes[plane * length + i]))
        .collect()
}

/// The first `keep` of each `count` samples.
pub(super) fn keep_first<T: Copy>(samples: Vec<T>, count: usize, keep: usize) -> Vec<T> {
    if count == keep {
        return samples;
    }
    samples
        .chunks_exact(count)
        .flat_map(|pixel| pixel[..keep.min(count)].iter().copied())
        .collect()
}

/// Full-range BT.601, as TIFF's default coefficients are.
pub(super) fn ycc_to_rgb(samples: &[u8]) -> Vec<u8> {
    let pixel = |p: &[u8]| {
        let (y, cb, cr) = (
            f32::from(p[0]),
            f32::from(p[1]) - 128.0,
            f32::from(p[2]) - 128.0,
        );
        [
            y + 1.402 * cr,
            y - 0.344_136 * cb - 0.714_136 * cr,
            y + 1.772 * cb,
        ]
        .map(|v| (v + 0.5).clamp(0.0, 255.0) as u8)
    };
    samples.chunks_exact(3).flat_map(pixel).collect()
}

/// Colours that were multiplied by alpha, the last of `channels`, divided by it.
pub(super) fn unmultiply(samples: &mut Samples, channels: usize) {
    fn divide<T: Copy + Into<u64> + TryFrom<u64>>(samples: &mut [T], channels: usize, most: u64) {
        for pixel in samples.chunks_exact_mut(channels) {
            let alpha: u64 = pixel[channels - 1].into();
            for colour in &mut pixel[..channels - 1] {
                let value: u64 = (*colour).into();
                let straight = (value * most + alpha / 2)
                    .checked_div(alpha)
                    .unwrap_or(0)
                    .min(most);
                *colour = T::try_from(straight).unwrap_or(*colour);
            }
        }
    }
    match samples {
        Samples::Eight(samples) => divide(samples, channels, 255),
        Samples::Sixteen(samples) => divide(samples, channels, 65535),
    }
}
