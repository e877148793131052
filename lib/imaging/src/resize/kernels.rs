//! The inner loops, each in the processor's own instructions where there are some, else in plain Rust.

#[cfg(target_arch = "x86_64")]
use super::avx2;
use super::axis::Axis;
#[cfg(target_arch = "aarch64")]
use super::neon;
#[cfg(not(target_arch = "aarch64"))]
use super::plain;

/// `line[x]` = sum of `weights[i] * (rows[i][x] - 128)`, each rounded to [`LINE_BITS`](super::axis::LINE_BITS) of fraction. Rows are at least as long as
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

/// `row[k]` = 128 + sum of the axis' weights times `line`, rounded and clamped to 8 bits. What clamping takes away, in levels, is
/// added to `lost[k / SIDE]`. `line` has [`LANES`](super::axis::LANES) more samples than the axis has inputs.
pub(crate) fn weigh_columns(line: &[i16], axis: &Axis, row: &mut [u8], lost: &mut [i16]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = avx2::Avx2::find() {
        return avx2::weigh_columns(avx2, line, axis, row, lost);
    }
    #[cfg(target_arch = "aarch64")]
    return neon::weigh_columns(line, axis, row, lost);
    #[cfg(not(target_arch = "aarch64"))]
    plain::weigh_columns(line, axis, 0, row, lost);
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

#[cfg(test)]
mod tests {
    use proptest::{
        collection::vec,
        prelude::{any, prop_assert_eq, proptest},
    };

    use super::{Axis, halve, weigh_columns, weigh_rows};
    use crate::{
        picture::clipped::SIDE,
        resize::{Grid, axis::LANES, plain},
    };

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
            let (mut lost, mut also_lost) = (vec![0; outputs.div_ceil(SIDE)], vec![0; outputs.div_ceil(SIDE)]);
            plain::weigh_columns(line, &axis, 0, &mut expected, &mut lost);
            weigh_columns(line, &axis, &mut got, &mut also_lost);
            prop_assert_eq!((expected, lost), (got, also_lost));
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
