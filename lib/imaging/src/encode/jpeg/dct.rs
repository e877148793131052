//! The forward DCT of 8 by 8 samples.
//!
//! It adds and multiplies `f32` in a fixed order and contracts nothing, so every processor gives the same bits.
#![allow(
    clippy::inline_always,
    reason = "only as parts of a function that is compiled for AVX2 do they become its instructions"
)]

use multiversion::multiversion;

/// Samples in a block's row.
pub(super) const SIDE: usize = 8;
/// Samples, or coefficients, of a block.
pub(super) const AREA: usize = SIDE * SIDE;
/// Blocks that are transformed at once: enough for long loops, few enough for the fastest cache.
pub(super) const BLOCKS: usize = 32;
/// Samples in a row of those.
pub(super) const WIDTH: usize = BLOCKS * SIDE;
/// Eight rows of samples of blocks side by side.
pub(super) type Strip = [[f32; WIDTH]; SIDE];

/// The algorithm multiplies the coefficient of each frequency by its gain, once for the columns and once for the rows.
const GAINS: [f32; SIDE] = [
    1.0,
    1.387_039_8,
    1.306_563,
    1.175_875_6,
    1.0,
    0.785_694_96,
    0.541_196_1,
    0.275_899_4,
];

/// The ratio between the coefficient of [`transform`] and that of the DCT of JPEG, for `u` waves in a row and `v` in a column.
pub(super) fn gain(u: usize, v: usize) -> f32 {
    8.0 * GAINS[u] * GAINS[v]
}

/// The DCT of blocks of samples around 0, in place. The coefficient for `u` waves in a row and `v` in a column of a block is then in
/// row `u`, at the block's sample `v`, and multiplied by its [`gain`].
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn transform(strip: &mut Strip) {
    down(strip);
    turn(strip);
    down(strip);
}

/// Swaps the rows and columns of each block.
#[inline(always)]
fn turn(strip: &mut Strip) {
    for block in 0..BLOCKS {
        let mut copy = [[0.0; SIDE]; SIDE];
        for (to, from) in copy.iter_mut().zip(strip.iter()) {
            to.copy_from_slice(&from[block * SIDE..][..SIDE]);
        }
        for (x, row) in strip.iter_mut().enumerate() {
            for (to, from) in row[block * SIDE..][..SIDE].iter_mut().zip(&copy) {
                *to = from[x];
            }
        }
    }
}

/// The DCT of each column, with five multiplications: Y. Arai, T. Agui and M. Nakajima, "A fast DCT-SQ scheme for images", 1988.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "a column lies in eight rows, which change together"
)]
fn down(strip: &mut Strip) {
    // cosines of multiples of pi / 16
    const C4: f32 = std::f32::consts::FRAC_1_SQRT_2;
    const C6: f32 = 0.382_683_43;
    const C2_MINUS_C6: f32 = 0.541_196_1;
    const C2_PLUS_C6: f32 = 1.306_563;
    for x in 0..WIDTH {
        let sum = |y: usize| strip[y][x] + strip[SIDE - 1 - y][x];
        let difference = |y: usize| strip[y][x] - strip[SIDE - 1 - y][x];

        let (outer, inner) = (sum(0) + sum(3), sum(1) + sum(2));
        let (outer_off, inner_off) = (sum(0) - sum(3), sum(1) - sum(2));
        let turned = (inner_off + outer_off) * C4;

        let low = difference(3) + difference(2);
        let middle = (difference(2) + difference(1)) * C4;
        let high = difference(1) + difference(0);
        let shared = (low - high) * C6;
        let low = low * C2_MINUS_C6 + shared;
        let high = high * C2_PLUS_C6 + shared;
        let (far, near) = (difference(0) + middle, difference(0) - middle);

        strip[0][x] = outer + inner;
        strip[1][x] = far + high;
        strip[2][x] = outer_off + turned;
        strip[3][x] = near - low;
        strip[4][x] = outer - inner;
        strip[5][x] = near + low;
        strip[6][x] = outer_off - turned;
        strip[7][x] = far - high;
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::{SIDE, Strip, WIDTH, gain, transform};

    /// By the formula of JPEG (T.81, A.3.3), of block `block`.
    fn by_definition(strip: &Strip, block: usize, u: usize, v: usize) -> f64 {
        let c = |w: usize| if w == 0 { 0.5_f64.sqrt() } else { 1.0 };
        let wave = |at: usize, w: usize| {
            let turns = u32::try_from((2 * at + 1) * w).unwrap_or(0);
            (f64::from(turns) * PI / 16.0).cos()
        };
        let mut sum = 0.0;
        for (y, row) in strip.iter().enumerate() {
            for (x, sample) in row[block * SIDE..][..SIDE].iter().enumerate() {
                sum += f64::from(*sample) * wave(x, u) * wave(y, v);
            }
        }
        sum * c(u) * c(v) / 4.0
    }

    #[test]
    fn the_transform_is_jpegs() {
        let sample = |i: usize| f32::from(u8::try_from(i * i * 37 % 256).unwrap_or(0)) - 128.0;
        let strip: Strip = std::array::from_fn(|y| std::array::from_fn(|x| sample(y * WIDTH + x)));
        let mut got = strip;
        transform(&mut got);
        for block in [0, 1, 31] {
            for u in 0..SIDE {
                for v in 0..SIDE {
                    let got = f64::from(got[u][block * SIDE + v] / gain(u, v));
                    let expected = by_definition(&strip, block, u, v);
                    assert!(
                        (got - expected).abs() < 1e-3,
                        "{u}, {v}: {got}, not {expected}"
                    );
                }
            }
        }
    }
}
