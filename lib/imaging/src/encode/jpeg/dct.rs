//! The forward DCT of 8 by 8 samples.
//!
//! It adds and multiplies `f32` in a fixed order and contracts nothing, so every processor gives the same bits.
#![allow(
    clippy::inline_always,
    reason = "only as parts of a function compiled for AVX2 do they become its instructions"
)]

/// Samples in a block's row.
pub(super) const SIDE: usize = 8;
/// Samples, or coefficients, of a block.
pub(super) const AREA: usize = SIDE * SIDE;
/// 64 samples row by row, or 64 coefficients column by column.
pub(super) type Block = [f32; AREA];
/// One row: a vector of AVX2, two of NEON.
type Row = [f32; SIDE];

/// The algorithm multiplies the coefficient of each frequency by its gain, once for the columns and once for the rows.
const GAINS: Row = [
    1.0,
    1.387_039_8,
    1.306_563,
    1.175_875_6,
    1.0,
    0.785_694_96,
    0.541_196_1,
    0.275_899_4,
];

/// The ratio between the coefficient at `index` of [`transform`], column by column, and that of the DCT of JPEG.
pub(super) fn gain(index: usize) -> f32 {
    8.0 * GAINS[index / SIDE] * GAINS[index % SIDE]
}

/// The DCT of a block of samples around 0. Each coefficient is multiplied by its [`gain`].
#[inline(always)]
pub(super) fn transform(block: &Block) -> Block {
    let (rows, _) = block.as_chunks::<SIDE>();
    let rows = std::array::from_fn(|y| rows[y]);
    let columns = transposed(down(rows));
    let coefficients = down(columns);
    let mut result = [0.0; AREA];
    for (to, from) in result.chunks_exact_mut(SIDE).zip(coefficients) {
        to.copy_from_slice(&from);
    }
    result
}

#[inline(always)]
fn transposed(rows: [Row; SIDE]) -> [Row; SIDE] {
    std::array::from_fn(|x| std::array::from_fn(|y| rows[y][x]))
}

#[inline(always)]
fn plus(one: Row, other: Row) -> Row {
    std::array::from_fn(|x| one[x] + other[x])
}

#[inline(always)]
fn minus(one: Row, other: Row) -> Row {
    std::array::from_fn(|x| one[x] - other[x])
}

#[inline(always)]
fn times(row: Row, factor: f32) -> Row {
    row.map(|value| value * factor)
}

/// Eight DCTs at once, down the columns, with five multiplications each: Y. Arai, T. Agui and M. Nakajima, "A fast DCT-SQ scheme
/// for images", 1988.
#[inline(always)]
fn down(rows: [Row; SIDE]) -> [Row; SIDE] {
    // cosines of multiples of pi / 16
    const C4: f32 = std::f32::consts::FRAC_1_SQRT_2;
    const C6: f32 = 0.382_683_43;
    const C2_MINUS_C6: f32 = 0.541_196_1;
    const C2_PLUS_C6: f32 = 1.306_563;
    let sum = |y: usize| plus(rows[y], rows[SIDE - 1 - y]);
    let difference = |y: usize| minus(rows[y], rows[SIDE - 1 - y]);

    let (outer, inner) = (plus(sum(0), sum(3)), plus(sum(1), sum(2)));
    let (outer_off, inner_off) = (minus(sum(0), sum(3)), minus(sum(1), sum(2)));
    let turned = times(plus(inner_off, outer_off), C4);

    let low = plus(difference(3), difference(2));
    let middle = times(plus(difference(2), difference(1)), C4);
    let high = plus(difference(1), difference(0));
    let shared = times(minus(low, high), C6);
    let low = plus(times(low, C2_MINUS_C6), shared);
    let high = plus(times(high, C2_PLUS_C6), shared);
    let (far, near) = (plus(difference(0), middle), minus(difference(0), middle));
    [
        plus(outer, inner),
        plus(far, high),
        plus(outer_off, turned),
        minus(near, low),
        minus(outer, inner),
        plus(near, low),
        minus(outer_off, turned),
        minus(far, high),
    ]
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::{AREA, Block, gain, transform};

    /// By the formula of JPEG (T.81, A.3.3).
    fn by_definition(block: &Block, u: usize, v: usize) -> f64 {
        let c = |w: usize| if w == 0 { 0.5_f64.sqrt() } else { 1.0 };
        let angle = |at: usize, w: usize| {
            let (at, w) = (
                u32::try_from(at).unwrap_or(0),
                u32::try_from(w).unwrap_or(0),
            );
            f64::from((2 * at + 1) * w) * PI / 16.0
        };
        let wave = |i: usize| f64::from(block[i]) * angle(i % 8, u).cos() * angle(i / 8, v).cos();
        (0..AREA).map(wave).sum::<f64>() * c(u) * c(v) / 4.0
    }

    #[test]
    fn the_transform_is_jpegs() {
        let sample = |i: usize| f32::from(u8::try_from(i * i * 37 % 256).unwrap_or(0)) - 128.0;
        let block: Block = std::array::from_fn(sample);
        let got = transform(&block);
        for u in 0..8 {
            for v in 0..8 {
                let at = u * 8 + v;
                let got = f64::from(got[at] / gain(at));
                let expected = by_definition(&block, u, v);
                assert!(
                    (got - expected).abs() < 1e-3,
                    "{u}, {v}: {got}, not {expected}"
                );
            }
        }
    }
}
