//! From samples to quantised coefficients.

use multiversion::multiversion;

use super::{
    blocks::PLACES,
    dct::{AREA, Block, SIDE, gain, transform},
    trellis::{Trellis, Ways},
};

/// The smallest first coefficient, of a black block, and the largest of all that 8-bit JPEG can code (T.81, F.1.2).
const LEAST_DC: f32 = -1024.0;
const MOST: f32 = 1023.0;

/// Quantises the blocks of a plane, one after another.
pub(super) struct Quantiser<'a> {
    /// For each coefficient, column by column, the inverse of its step and its gain.
    factors: Block,
    /// Smaller ones, in steps, become 0.
    least: f32,
    trellis: Option<&'a Trellis>,
    /// The last block's coefficients by place, in steps and as whole numbers. Those that are 0 have old values here.
    exact: Block,
    rounded: [i16; AREA],
    ways: Ways,
}

impl<'a> Quantiser<'a> {
    /// `steps` are row by row.
    pub(super) fn new(steps: &[u8; AREA], least: f32, trellis: Option<&'a Trellis>) -> Self {
        let factor = |index: usize| {
            let step = steps[index % SIDE * SIDE + index / SIDE];
            1.0 / (gain(index) * f32::from(step))
        };
        Self {
            factors: std::array::from_fn(factor),
            least,
            trellis,
            exact: [0.0; AREA],
            rounded: [0; AREA],
            ways: Ways::default(),
        }
    }

    /// The coefficients of a block by place, and a mask of those that are not zero. Only the first and those have their values.
    pub(super) fn quantise(&mut self, samples: &[[u8; SIDE]; SIDE]) -> (&[i16; AREA], u64) {
        let (scaled, mut rest) = scaled(samples, &self.factors, self.least);
        let mut mask = 0;
        self.rounded[0] = round(scaled[0].clamp(LEAST_DC, MOST));
        rest &= !1;
        while rest != 0 {
            let index = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let place = usize::from(PLACES[index]);
            // the block is column by column
            let value = scaled[index % SIDE * SIDE + index / SIDE].clamp(-MOST, MOST);
            self.exact[place] = value;
            self.rounded[place] = round(value);
            mask |= 1 << place;
        }
        if let Some(trellis) = self.trellis {
            mask = trellis.choose(&self.exact, mask, &mut self.rounded, &mut self.ways);
        }
        (&self.rounded, mask)
    }
}

/// To the nearest, halves away from 0.
#[allow(clippy::cast_possible_truncation, reason = "it is clamped")]
fn round(value: f32) -> i16 {
    (value + 0.5_f32.copysign(value)) as i16
}

/// The transformed block in steps, column by column, and a mask, row by row, of the coefficients that are at least `least`.
#[multiversion(targets("x86_64+avx2"))]
fn scaled(samples: &[[u8; SIDE]; SIDE], factors: &Block, least: f32) -> (Block, u64) {
    let mut block = [0.0; AREA];
    for (to, row) in block.chunks_exact_mut(SIDE).zip(samples) {
        for (to, sample) in to.iter_mut().zip(row) {
            *to = f32::from(*sample) - 128.0;
        }
    }
    let mut block = transform(&block);
    // a row's bits in each lane
    let mut bits = [0_u32; SIDE];
    for (x, (column, factors)) in block
        .chunks_exact_mut(SIDE)
        .zip(factors.chunks_exact(SIDE))
        .enumerate()
    {
        for y in 0..SIDE {
            column[y] *= factors[y];
            bits[y] |= u32::from(column[y].abs() >= least) << x;
        }
    }
    let bytes = bits.map(|bits| bits.to_le_bytes()[0]);
    (block, u64::from_le_bytes(bytes))
}
