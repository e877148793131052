//! The inner loops in plain Rust: what every processor's version must give, bit for bit. They also do what is too short for a vector.

use super::axis::{Axis, COLUMNS_BIAS, COLUMNS_SHIFT, ROWS_SHIFT};
use crate::picture::clipped::SIDE;

/// [`super::kernels::weigh_rows`] from column `from` on.
pub(super) fn weigh_rows(rows: &[&[u8]], weights: &[i16], from: usize, line: &mut [i16]) {
    for (x, sample) in line.iter_mut().enumerate().skip(from) {
        *sample = rows.iter().zip(weights).fold(0, |sum: i16, (row, weight)| {
            let centred = (i32::from(row[x]) - 128) * 256;
            let product = (centred * i32::from(*weight) + (1 << (ROWS_SHIFT - 1))) >> ROWS_SHIFT;
            sum.wrapping_add(i16::try_from(product).unwrap_or(i16::MAX))
        });
    }
}

/// [`super::kernels::weigh_columns`] from output `from` on. NEON's leaves it nothing.
#[cfg(any(test, not(target_arch = "aarch64")))]
pub(super) fn weigh_columns(
    line: &[i16],
    axis: &Axis,
    from: usize,
    row: &mut [u8],
    lost: &mut [i16],
) {
    for (k, sample) in row.iter_mut().enumerate().skip(from) {
        let inputs = &line[axis.first[k]..];
        let weighed = inputs
            .iter()
            .zip(axis.weights(k))
            .map(|(input, weight)| i32::from(*input) * i32::from(*weight));
        let value = (weighed.sum::<i32>() + COLUMNS_BIAS) >> COLUMNS_SHIFT;
        *sample = clamp(value, &mut lost[k / SIDE]);
    }
}

/// `value` in 8 bits; what that takes away is added to `lost`. A value lies less than 2^9 beyond the range, so that a square's
/// sum fits.
#[inline]
pub(super) fn clamp(value: i32, lost: &mut i16) -> u8 {
    let clamped = value.clamp(0, 255);
    *lost += i16::try_from(value - clamped).unwrap_or_default();
    u8::try_from(clamped).unwrap_or(u8::MAX)
}

/// [`super::kernels::halve`] from output `from` on.
pub(super) fn halve(upper: &[u8], lower: &[u8], from: usize, row: &mut [u8]) {
    let pairs = upper.chunks(2).zip(lower.chunks(2));
    for (x, (sample, (upper, lower))) in row.iter_mut().zip(pairs).enumerate().skip(from) {
        let sum = |pair: &[u8]| u16::from(pair[0]) + u16::from(pair[pair.len() - 1]);
        let rounding = if x % 2 == 0 { 1 } else { 2 };
        *sample = u8::try_from((sum(upper) + sum(lower) + rounding) / 4).unwrap_or(u8::MAX);
    }
}
