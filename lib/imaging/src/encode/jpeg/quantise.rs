//! From samples to quantised coefficients.

use multiversion::multiversion;

use super::{
    blocks::{Blocks, PLACES},
    dct::{AREA, BLOCKS, SIDE, Strip, WIDTH, gain, transform},
    trellis::{Trellis, Ways},
};
use crate::picture::planes::Plane;

/// The smallest first coefficient, of a black block, and the largest of all that 8-bit JPEG can code (T.81, F.1.2).
const LEAST_DC: f32 = -1024.0;
const MOST: f32 = 1023.0;

/// Quantises the blocks of a plane.
pub(super) struct Quantiser<'a> {
    /// The inverse of each coefficient's step and gain, where the transformed strip has it.
    factors: Box<Strip>,
    /// Smaller ones, in steps, become 0.
    least: f32,
    trellis: Option<&'a Trellis>,
    strip: Box<Strip>,
    /// One block's coefficients by place, in steps and as whole numbers. Those that are 0 have old values here.
    exact: [f32; AREA],
    rounded: [i16; AREA],
    ways: Ways,
}

impl<'a> Quantiser<'a> {
    /// `steps` are row by row.
    pub(super) fn new(steps: &[u8; AREA], least: f32, trellis: Option<&'a Trellis>) -> Self {
        let factor = |u: usize, v: usize| 1.0 / (gain(u, v) * f32::from(steps[v * SIDE + u]));
        let factors = std::array::from_fn(|u| std::array::from_fn(|x| factor(u, x % SIDE)));
        Self {
            factors: Box::new(factors),
            least,
            trellis,
            strip: Box::new([[0.0; WIDTH]; SIDE]),
            exact: [0.0; AREA],
            rounded: [0; AREA],
            ways: Ways::default(),
        }
    }

    /// All blocks of `plane`. Beyond its edges its last column and row are repeated.
    pub(super) fn quantise(&mut self, plane: &Plane) -> Blocks {
        let (columns, rows) = (plane.width.div_ceil(SIDE), plane.height.div_ceil(SIDE));
        let mut blocks = Blocks::new(columns * rows);
        for y in 0..rows {
            for first in (0..columns).step_by(BLOCKS) {
                for (row, strip) in self.strip.iter_mut().enumerate() {
                    let row = plane.row((y * SIDE + row).min(plane.height - 1));
                    fill(strip, &row[first * SIDE..]);
                }
                transform(&mut self.strip);
                let masks = scale(&mut self.strip, &self.factors, self.least);
                let count = BLOCKS.min(columns - first);
                for (block, mask) in masks.chunks_exact(SIDE).take(count).enumerate() {
                    let mask = mask
                        .iter()
                        .rev()
                        .fold(0, |mask, row| mask << SIDE | u64::from(*row));
                    let mask = self.round(block, mask);
                    blocks.push(&self.rounded, mask);
                }
            }
        }
        blocks
    }

    /// Rounds the coefficients of a block that `mask` names, row by row. The new mask is by place.
    fn round(&mut self, block: usize, mask: u64) -> u64 {
        let at = block * SIDE;
        self.rounded[0] = round(self.strip[0][at].clamp(LEAST_DC, MOST));
        let (mut rest, mut mask) = (mask & !1, 0);
        while rest != 0 {
            let index = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let place = usize::from(PLACES[index]);
            let value = self.strip[index % SIDE][at + index / SIDE].clamp(-MOST, MOST);
            self.exact[place] = value;
            self.rounded[place] = round(value);
            mask |= 1 << place;
        }
        match self.trellis {
            Some(trellis) => trellis.choose(&self.exact, mask, &mut self.rounded, &mut self.ways),
            None => mask,
        }
    }
}

/// To the nearest, halves away from 0.
#[allow(clippy::cast_possible_truncation, reason = "it is clamped")]
fn round(value: f32) -> i16 {
    (value + 0.5_f32.copysign(value)) as i16
}

/// A row of a strip from that of a plane, around 0.
#[multiversion(targets("x86_64+avx2"))]
fn fill(strip: &mut [f32; WIDTH], row: &[u8]) {
    let whole = row.len().min(WIDTH);
    for (to, from) in strip.iter_mut().zip(row) {
        *to = f32::from(*from) - 128.0;
    }
    let last = strip[whole - 1];
    strip[whole..].fill(last);
}

/// Divides the coefficients by their steps. Returns for each block and its row of coefficients, from few waves in a column to many, a
/// byte with a bit for each that is at least `least`.
#[multiversion(targets("x86_64+avx2"))]
fn scale(strip: &mut Strip, factors: &Strip, least: f32) -> [u8; WIDTH] {
    let mut bits = [0_u32; WIDTH];
    for (u, (row, factors)) in strip.iter_mut().zip(factors).enumerate() {
        for ((bits, value), factor) in bits.iter_mut().zip(row).zip(factors) {
            *value *= factor;
            *bits |= u32::from(value.abs() >= least) << u;
        }
    }
    bits.map(|bits| bits.to_le_bytes()[0])
}
