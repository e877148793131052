//! From samples to quantised coefficients.

use multiversion::multiversion;

use super::{
    blocks::PLACES,
    dct::{AREA, Block, SIDE, gain, transform},
    trellis::Trellis,
};

/// The smallest first coefficient, of a black block, and the largest of all that 8-bit JPEG can code (T.81, F.1.2).
const LEAST_DC: f32 = -1024.0;
const MOST: f32 = 1023.0;

/// Quantises the blocks of a plane.
pub(super) struct Quantiser<'a> {
    /// For each coefficient, column by column, the inverse of its step and its gain.
    factors: Block,
    /// Smaller ones, in steps, become 0.
    least: f32,
    trellis: Option<&'a Trellis>,
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
        }
    }

    /// The coefficients of a block of samples around 0, by place, and a mask of those that are not zero; the others' values do not
    /// matter.
    pub(super) fn quantise(&self, samples: &Block) -> ([i16; AREA], u64) {
        let (scaled, mut rest) = scaled(samples, &self.factors, self.least);
        let (mut exact, mut rounded, mut mask) = ([0.0; AREA], [0; AREA], 0);
        rounded[0] = round(scaled[0].clamp(LEAST_DC, MOST));
        rest &= !1;
        while rest != 0 {
            let index = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let place = usize::from(PLACES[index]);
            exact[place] = scaled[index].clamp(-MOST, MOST);
            rounded[place] = round(exact[place]);
            mask |= 1 << place;
        }
        if let Some(trellis) = self.trellis {
            mask = trellis.choose(&exact, mask, &mut rounded);
        }
        (rounded, mask)
    }
}

/// To the nearest, halves away from 0.
#[allow(clippy::cast_possible_truncation, reason = "it is clamped")]
fn round(value: f32) -> i16 {
    (value + 0.5_f32.copysign(value)) as i16
}

/// The transformed block in steps, column by column, and a mask of the coefficients that are at least `least`.
#[multiversion(targets("x86_64+avx2"))]
fn scaled(samples: &Block, factors: &Block, least: f32) -> (Block, u64) {
    let mut block = transform(samples);
    let mut mask = 0;
    for (column, factors) in block
        .chunks_exact_mut(SIDE)
        .zip(factors.chunks_exact(SIDE))
        .rev()
    {
        let mut bits = 0_u8;
        for (y, (value, factor)) in column.iter_mut().zip(factors).enumerate() {
            *value *= factor;
            bits |= u8::from(value.abs() >= least) << y;
        }
        mask = mask << SIDE | u64::from(bits);
    }
    (block, mask)
}
