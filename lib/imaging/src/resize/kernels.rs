//! The two inner loops. What is written here in plain Rust is what every processor's version must give, bit for bit.

use super::axis::Axis;

/// Bits of fraction of a weight.
pub(crate) const WEIGHT_BITS: u32 = 14;
/// Bits of fraction of a sample between the two passes.
pub(crate) const LINE_BITS: u32 = 6;

/// `line[x]` = sum of `weights[i] * rows[i][x]`, with [`LINE_BITS`] of fraction. Rows are at least as long as `line`.
pub(crate) fn weigh_rows(rows: &[&[u8]], weights: &[i16], line: &mut [i16]) {
    const SHIFT: u32 = WEIGHT_BITS - LINE_BITS;
    for (x, sample) in line.iter_mut().enumerate() {
        let sum: i32 = rows
            .iter()
            .zip(weights)
            .map(|(row, weight)| i32::from(row[x]) * i32::from(*weight))
            .sum();
        *sample = saturate((sum + (1 << (SHIFT - 1))) >> SHIFT);
    }
}

/// `row[k]` = sum of the axis' weights times `line`, rounded and clamped to 8 bits.
pub(crate) fn weigh_columns(line: &[i16], axis: &Axis, row: &mut [u8]) {
    const SHIFT: u32 = WEIGHT_BITS + LINE_BITS;
    for (k, sample) in row.iter_mut().enumerate() {
        let inputs = &line[axis.first[k]..];
        let sum: i32 = inputs
            .iter()
            .zip(axis.weights(k))
            .map(|(input, weight)| i32::from(*input) * i32::from(*weight))
            .sum();
        let value = (sum + (1 << (SHIFT - 1))) >> SHIFT;
        *sample = u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX);
    }
}

/// `row[x]` = the mean of the four samples at `2 * x` of two rows, rounded half up; a last odd column counts twice.
pub(crate) fn halve(upper: &[u8], lower: &[u8], row: &mut [u8]) {
    let pairs = upper.chunks(2).zip(lower.chunks(2));
    for (sample, (upper, lower)) in row.iter_mut().zip(pairs) {
        let sum = |pair: &[u8]| u16::from(pair[0]) + u16::from(pair[pair.len() - 1]);
        *sample = u8::try_from((sum(upper) + sum(lower) + 2) / 4).unwrap_or(u8::MAX);
    }
}

fn saturate(value: i32) -> i16 {
    i16::try_from(value).unwrap_or(if value < 0 { i16::MIN } else { i16::MAX })
}
