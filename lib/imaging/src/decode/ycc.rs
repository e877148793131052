//! Converts the planes of a video codec to pixels: any matrix of ITU-T H.273, any range, any subsampling.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "samples are clamped to their range before they are cast"
)]

use super::av1::{Coded, Siting};
use crate::Error;
use crate::geometry::Size;
use crate::picture::samples::Channels;

/// Pixels of `depth` bits a sample, in 16-bit words: a picture, or a tile of one.
pub(super) struct Part {
    pub(super) size: Size,
    pub(super) channels: Channels,
    pub(super) depth: u8,
    /// Row after row.
    pub(super) data: Vec<u16>,
}

/// Grey, or R, G, B in full range.
pub(super) fn to_part(coded: &Coded) -> Result<Part, Error> {
    let Coded { size, depth, .. } = *coded;
    let range = Range::of(coded);
    if coded.planes.len() == 1 {
        return Ok(Part {
            size,
            channels: Channels::Grey,
            depth,
            data: coded.planes[0]
                .iter()
                .map(|&y| range.sample(range.luma(y)))
                .collect(),
        });
    }
    let matrix = Matrix::of(coded)?;
    let width = size.width as usize;
    let columns = positions(width, coded.halved.0, coded.siting == Siting::Centre);
    let rows = positions(
        size.height as usize,
        coded.halved.1,
        coded.siting != Siting::TopLeft,
    );
    let chroma_width = if coded.halved.0 {
        width.div_ceil(2)
    } else {
        width
    };
    let mut data = Vec::with_capacity(width * size.height as usize * 3);
    let mut chroma = [vec![0; chroma_width], vec![0; chroma_width]];
    for (luma, row) in coded.planes[0].chunks_exact(width).zip(rows) {
        for (mixed, plane) in chroma.iter_mut().zip(&coded.planes[1..]) {
            let (one, other) = (
                &plane[row.first * chroma_width..],
                &plane[row.second * chroma_width..],
            );
            for ((mixed, one), other) in mixed.iter_mut().zip(one).zip(other) {
                *mixed = u32::from(*one) * (4 - row.weight) + u32::from(*other) * row.weight;
            }
        }
        for (&luma, at) in luma.iter().zip(&columns) {
            let [blue, red] = [0, 1].map(|i: usize| {
                let sum = chroma[i][at.first] * (4 - at.weight) + chroma[i][at.second] * at.weight;
                f64::from(sum) / 16.0
            });
            let rgb = matrix.to_rgb(
                range.luma(luma),
                range.chroma(blue, &matrix),
                range.chroma(red, &matrix),
            );
            data.extend(rgb.map(|value| range.sample(value)));
        }
    }
    Ok(Part {
        size,
        channels: Channels::Rgb,
        depth,
        data,
    })
}

/// The two chroma samples around a pixel, and the quarters of the second's weight.
#[derive(Clone, Copy)]
struct Position {
    first: usize,
    second: usize,
    weight: u32,
}

/// Where the chroma of each of `count` pixels of a row or column is: between its neighbours, linearly.
/// Samples of half the number lie midway between pairs of pixels (`centred`), or upon the first of each pair.
fn positions(count: usize, halved: bool, centred: bool) -> Vec<Position> {
    let last = count.div_ceil(2).saturating_sub(1);
    let at = |x: usize| {
        if !halved {
            return (x, x, 0);
        }
        let half = x / 2;
        match (x.is_multiple_of(2), centred) {
            (true, true) => (half.saturating_sub(1), half, 3),
            (false, true) => (half, (half + 1).min(last), 1),
            (true, false) => (half, half, 0),
            (false, false) => (half, (half + 1).min(last), 2),
        }
    };
    (0..count)
        .map(at)
        .map(|(first, second, weight)| Position {
            first,
            second,
            weight,
        })
        .collect()
}

/// From stored samples to 0 to 1 (luma) and -1/2 to 1/2 (chroma), and back to samples of full range.
struct Range {
    luma_offset: f64,
    luma_span: f64,
    chroma_offset: f64,
    chroma_span: f64,
    most: f64,
}

impl Range {
    /// H.273, equations 20 to 38: limited range is 16 to 235 (luma) and 16 to 240 (chroma) of 8 bits.
    fn of(coded: &Coded) -> Self {
        let most = f64::from((1u32 << coded.depth) - 1);
        let step = f64::from(1u32 << (coded.depth - 8));
        let (luma_offset, luma_span, chroma_span) = if coded.full_range {
            (0.0, most, most)
        } else {
            (16.0 * step, 219.0 * step, 224.0 * step)
        };
        Self {
            luma_offset,
            luma_span,
            chroma_offset: 128.0 * step,
            chroma_span,
            most,
        }
    }

    fn luma(&self, sample: u16) -> f64 {
        (f64::from(sample) - self.luma_offset) / self.luma_span
    }

    /// With the identity matrix the other planes are colours like the first.
    fn chroma(&self, sample: f64, matrix: &Matrix) -> f64 {
        match matrix {
            Matrix::Identity => (sample - self.luma_offset) / self.luma_span,
            _ => (sample - self.chroma_offset) / self.chroma_span,
        }
    }

    fn sample(&self, value: f64) -> u16 {
        (value.clamp(0.0, 1.0) * self.most + 0.5) as u16
    }
}

/// How Y'CbCr becomes RGB.
enum Matrix {
    /// The planes are G, B, R.
    Identity,
    /// Y', Cg, Co.
    Ycgco,
    /// By the weights of red and blue in Y'.
    Weights { red: f64, blue: f64 },
}

impl Matrix {
    /// By H.273, table 4. What is unspecified is BT.601, as `libavif` and browsers have it.
    fn of(coded: &Coded) -> Result<Self, Error> {
        let by_primaries = |primaries: u8| match primaries {
            9 => (0.2627, 0.0593),
            11 | 12 => (0.228_975, 0.079_287),
            5 | 6 => (0.299, 0.114),
            _ => (0.2126, 0.0722),
        };
        let (red, blue) = match coded.matrix {
            0 => return Ok(Self::Identity),
            8 => return Ok(Self::Ycgco),
            1 => (0.2126, 0.0722),
            4 => (0.30, 0.11),
            7 => (0.212, 0.087),
            9 | 10 => (0.2627, 0.0593),
            // derived from the primaries
            12 | 13 => by_primaries(coded.primaries),
            2 | 3 | 5 | 6 => (0.299, 0.114),
            other => {
                return Err(Error::Unsupported(format!(
                    "AVIF with the matrix coefficients {other}"
                )));
            }
        };
        Ok(Self::Weights { red, blue })
    }

    fn to_rgb(&self, luma: f64, second: f64, third: f64) -> [f64; 3] {
        match *self {
            Self::Identity => [third, luma, second],
            Self::Ycgco => [luma - second + third, luma + second, luma - second - third],
            Self::Weights { red, blue } => {
                let (r, b) = (
                    luma + 2.0 * (1.0 - red) * third,
                    luma + 2.0 * (1.0 - blue) * second,
                );
                [r, (luma - red * r - blue * b) / (1.0 - red - blue), b]
            }
        }
    }
}
