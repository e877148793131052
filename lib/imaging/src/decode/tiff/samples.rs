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
        DecodingResult::I8(_)
        | DecodingResult::I16(_)
        | DecodingResult::I32(_)
        | DecodingResult::I64(_) => {
            return Err(Error::Unsupported(format!(
                "TIFF with signed {bits}-bit samples"
            )));
        }
        _ => {
            return Err(Error::Unsupported(format!("TIFF with {bits}-bit samples")));
        }
    })
}

/// Samples of 1, 2 or 4 bits, rows beginning at whole bytes.
fn spread(data: &[u8], bits: u8, samples_a_row: usize, scale: bool) -> Vec<u8> {
    let (mask, per_byte) = ((1u8 << bits) - 1, usize::from(8 / bits));
    let factor = if scale { factor(bits) } else { 1 };
    let row_bytes = samples_a_row.div_ceil(per_byte).max(1);
    let samples = data.chunks_exact(row_bytes).flat_map(|row| {
        let of_byte =
            move |&byte: &u8| (1..=8 / bits).map(move |i| (byte >> (8 - i * bits) & mask) * factor);
        row.iter().flat_map(of_byte).take(samples_a_row)
    });
    samples.collect()
}

/// Spreads the largest value of 1, 2 or 4 bits to 255.
pub(super) fn factor(bits: u8) -> u8 {
    255 / ((1u8 << bits) - 1)
}

/// Palette indices to RGB; TIFF's palette has 16 bits a sample: all reds, all greens, all blues.
/// Other samples of a pixel follow its colour as they are.
pub(super) fn look_up(pixels: &[u8], channels: usize, colours: &[u16]) -> Vec<u8> {
    let count = colours.len() / 3;
    // Some writers left the upper byte empty.
    let narrow = colours.iter().all(|&value| value < 256);
    let sample = |i: usize| match colours.get(i) {
        Some(&value) if narrow => value.to_le_bytes()[0],
        Some(&value) => to_eight(value),
        None => 0,
    };
    let colour = |pixel: &[u8]| {
        let index = usize::from(pixel[0]).min(count.saturating_sub(1));
        [0, 1, 2].map(|plane| sample(plane * count + index))
    };
    let mut looked_up = Vec::with_capacity(pixels.len() / channels * (channels + 2));
    for pixel in pixels.chunks_exact(channels) {
        looked_up.extend(colour(pixel));
        looked_up.extend(&pixel[1..]);
    }
    looked_up
}

/// Planes of one depth to pixels.
pub(super) fn interleave(planes: Vec<Samples>) -> Result<Samples, Error> {
    let (mut eight, mut sixteen) = (Vec::new(), Vec::new());
    for plane in planes {
        match plane {
            Samples::Eight(plane) => eight.push(plane),
            Samples::Sixteen(plane) => sixteen.push(plane),
        }
    }
    match (eight.as_slice(), sixteen.as_slice()) {
        (planes, []) => Ok(Samples::Eight(together(planes))),
        ([], planes) => Ok(Samples::Sixteen(together(planes))),
        _ => Err(Error::Corrupt("its planes differ in depth".into())),
    }
}

fn together<T: Copy>(planes: &[Vec<T>]) -> Vec<T> {
    let length = planes.iter().map(Vec::len).min().unwrap_or(0);
    (0..length)
        .flat_map(|i| planes.iter().map(move |plane| plane[i]))
        .collect()
}

/// Full-range BT.601, as TIFF's default coefficients are, of the first three of each `channels` samples.
pub(super) fn ycc_to_rgb(samples: &mut [u8], channels: usize) {
    for pixel in samples.chunks_exact_mut(channels) {
        let [y, cb, cr] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        let (cb, cr) = (cb - 128.0, cr - 128.0);
        let rgb = [
            y + 1.402 * cr,
            y - 0.344_136 * cb - 0.714_136 * cr,
            y + 1.772 * cb,
        ];
        for (sample, value) in pixel.iter_mut().zip(rgb) {
            *sample = (value + 0.5).clamp(0.0, 255.0) as u8;
        }
    }
}

/// Grey of samples whose 0 is white; those after the first of each `channels` stay.
pub(super) fn invert(samples: &mut Samples, channels: usize) {
    match samples {
        Samples::Eight(samples) => {
            for sample in samples.iter_mut().step_by(channels) {
                *sample = u8::MAX - *sample;
            }
        }
        Samples::Sixteen(samples) => {
            for sample in samples.iter_mut().step_by(channels) {
                *sample = u16::MAX - *sample;
            }
        }
    }
}
