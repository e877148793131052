//! The inner loops: each in plain Rust here, which says what every processor's version must give, bit for bit,
//! and in the processor's own instructions where there are some.

#[cfg(target_arch = "x86_64")]
use super::avx2;
use super::axis::Axis;
#[cfg(target_arch = "aarch64")]
use super::neon;

/// Bits of fraction of a weight.
pub(crate) const WEIGHT_BITS: i32 = 14;
/// Bits of fraction of a sample between the two passes. It is 128 less than the sample, so that it fits into 16 bits.
pub(crate) const LINE_BITS: i32 = 7;
/// From a sample of 8 bits, less 128 and times 256, times a weight, to a sample of the line: what `mulhrs` and `sqrdmulh` do.
const ROWS_SHIFT: i32 = WEIGHT_BITS + 8 - LINE_BITS;
/// From a sum of weighed samples of the line to 8 bits.
pub(super) const COLUMNS_SHIFT: i32 = WEIGHT_BITS + LINE_BITS;
/// What is added before that shift: a half to round, and the 128.
pub(super) const COLUMNS_BIAS: i32 = (1 << (COLUMNS_SHIFT - 1)) + (128 << COLUMNS_SHIFT);

/// Weights of an output are filled up with zeros to a multiple of this, and lines are longer by as much,
/// so that they can be read in whole vectors.
pub(crate) const LANES: usize = 8;

/// `line[x]` = sum of `weights[i] * (rows[i][x] - 128)`, each rounded to [`LINE_BITS`] of fraction. Rows are at least as long as
/// `line`. Weights of a filter, whose absolute values sum to less than 2, cannot overflow.
pub(crate) fn weigh_rows(rows: &[&[u8]], weights: &[i16], line: &mut [i16]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = avx2::Avx2::find() {
        return avx2::weigh_rows(avx2, rows, weights, line);
    }
    #[cfg(target_arch = "aarch64")]
    return neon::weigh_rows(rows, weights, line);
    #[cfg(not(target_arch = "aarch64"))]
    plain::weigh_rows(rows, weights, 0, line);
}

/// `row[k]` = 128 + sum of the axis' weights times `line`, rounded and clamped to 8 bits. `line` has [`LANES`] more samples
/// than the axis has inputs.
pub(crate) fn weigh_columns(line: &[i16], axis: &Axis, row: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = avx2::Avx2::find() {
        return avx2::weigh_columns(avx2, line, axis, row);
    }
    #[cfg(target_arch = "aarch64")]
    return neon::weigh_columns(line, axis, row);
    #[cfg(not(target_arch = "aarch64"))]
    plain::weigh_columns(line, axis, 0, row);
}

/// `row[x]` = the mean of the four samples at `2 * x` of two rows; a last odd column counts twice. A half is rounded down in even
/// columns and up in odd ones, as in libjpeg: always up would make the picture brighter by an eighth of a step each time.
pub(crate) fn halve(upper: &[u8], lower: &[u8], row: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = avx2::Avx2::find() {
        return avx2::halve(avx2, upper, lower, row);
    }
    #[cfg(target_arch = "aarch64")]
    return neon::halve(upper, lower, row);
    #[cfg(not(target_arch = "aarch64"))]
    plain::halve(upper, lower, 0, row);
}

/// What the others must equal; they also leave it what is too short for a vector.
pub(super) mod plain {
    use super::{Axis, COLUMNS_BIAS, COLUMNS_SHIFT, ROWS_SHIFT};

    /// [`super::weigh_rows`] from column `from` on.
    pub(in super::super) fn weigh_rows(
        rows: &[&[u8]],
        weights: &[i16],
        from: usize,
        line: &mut [i16],
    ) {
        for (x, sample) in line.iter_mut().enumerate().skip(from) {
            *sample = rows.iter().zip(weights).fold(0, |sum: i16, (row, weight)| {
                let centred = (i32::from(row[x]) - 128) * 256;
                let product =
                    (centred * i32::from(*weight) + (1 << (ROWS_SHIFT - 1))) >> ROWS_SHIFT;
                sum.wrapping_add(i16::try_from(product).unwrap_or(i16::MAX))
            });
        }
    }

    /// [`super::weigh_columns`] from output `from` on. NEON's leaves it nothing.
    #[cfg(any(test, not(target_arch = "aarch64")))]
    pub(in super::super) fn weigh_columns(line: &[i16], axis: &Axis, from: usize, row: &mut [u8]) {
        for (k, sample) in row.iter_mut().enumerate().skip(from) {
            let inputs = &line[axis.first[k]..];
            let weighed = inputs
                .iter()
                .zip(axis.weights(k))
                .map(|(input, weight)| i32::from(*input) * i32::from(*weight));
            let value = (weighed.sum::<i32>() + COLUMNS_BIAS) >> COLUMNS_SHIFT;
            *sample = u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX);
        }
    }

    /// [`super::halve`] from output `from` on.
    pub(in super::super) fn halve(upper: &[u8], lower: &[u8], from: usize, row: &mut [u8]) {
        let pairs = upper.chunks(2).zip(lower.chunks(2));
        for (x, (sample, (upper, lower))) in row.iter_mut().zip(pairs).enumerate().skip(from) {
            let sum = |pair: &[u8]| u16::from(pair[0]) + u16::from(pair[pair.len() - 1]);
            let rounding = if x % 2 == 0 { 1 } else { 2 };
            *sample = u8::try_from((sum(upper) + sum(lower) + rounding) / 4).unwrap_or(u8::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{
        collection::vec,
        prelude::{any, prop_assert_eq, proptest},
    };

    use super::{Axis, LANES, halve, plain, weigh_columns, weigh_rows};
    use crate::resize::Grid;

    proptest! {
        #[test]
        fn rows_as_in_plain_rust(width in 1..300_usize, seed in vec(any::<u8>(), 600..900), weights in vec(-3000..12000_i16, 1..27)) {
            let rows: Vec<&[u8]> = (0..weights.len()).map(|i| &seed[i * 7..][..width]).collect();
            let (mut expected, mut got) = (vec![0; width], vec![0; width]);
            plain::weigh_rows(&rows, &weights, 0, &mut expected);
            weigh_rows(&rows, &weights, &mut got);
            prop_assert_eq!(expected, got);
        }

        #[test]
        fn columns_as_in_plain_rust(width in 1..300_usize, outputs in 1..300_usize, seed in vec(-20000..20000_i16, 320)) {
            #[allow(clippy::cast_precision_loss, reason = "small sizes")]
            let per_pixel = outputs as f64 / width as f64;
            let grid = |per_pixel, samples| Grid { per_pixel, offset: 0.0, samples };
            let axis = Axis::new(grid(1.0, width), grid(per_pixel, outputs));
            let line = &seed[..width + LANES];
            let (mut expected, mut got) = (vec![0; outputs], vec![0; outputs]);
            plain::weigh_columns(line, &axis, 0, &mut expected);
            weigh_columns(line, &axis, &mut got);
            prop_assert_eq!(expected, got);
        }

        #[test]
        fn halves_as_in_plain_rust(width in 1..200_usize, seed in vec(any::<u8>(), 400)) {
            let (upper, lower) = (&seed[..width], &seed[200..][..width]);
            let (mut expected, mut got) = (vec![0; width.div_ceil(2)], vec![0; width.div_ceil(2)]);
            plain::halve(upper, lower, 0, &mut expected);
            halve(upper, lower, &mut got);
            prop_assert_eq!(expected, got);
        }
    }
}
