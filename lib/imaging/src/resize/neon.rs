//! The inner loops in NEON, which every aarch64 processor has.
#![allow(
    unsafe_code,
    reason = "vectors are loaded and stored through pointers; each is argued where it is made"
)]

use std::arch::aarch64::{
    vaddq_s16, vaddq_s32, vaddq_u16, vaddvq_s32, vdupq_n_s16, vdupq_n_s32, vdupq_n_u8, vdupq_n_u32,
    veorq_u8, vget_high_s16, vget_low_s16, vld1q_s16, vld1q_u8, vmlal_s16, vpadalq_u8, vpaddlq_u8,
    vqrdmulhq_n_s16, vreinterpretq_s16_u8, vreinterpretq_u16_u32, vshrn_n_u16, vst1_u8, vst1q_s16,
    vzip1q_u8, vzip2q_u8,
};

use super::{
    axis::{Axis, COLUMNS_BIAS, COLUMNS_SHIFT, LANES},
    plain,
};
use crate::picture::clipped::SIDE;

/// Pixels of one step of `weigh_rows`, and of `halve`.
const ROWS_STEP: usize = 32;
const STEP: usize = 8;

pub(super) fn weigh_rows(rows: &[&[u8]], weights: &[i16], line: &mut [i16]) {
    assert!(
        rows.len() == weights.len() && rows.iter().all(|row| row.len() >= line.len()),
        "whole rows"
    );
    if line.len() < ROWS_STEP {
        return plain::weigh_rows(rows, weights, 0, line);
    }
    // the last step overlaps the one before it
    let last = line.len() - ROWS_STEP;
    for x in (0..last).step_by(ROWS_STEP).chain([last]) {
        // SAFETY: `x + ROWS_STEP` is at most the length of the line, hence of each row.
        unsafe { rows_step(rows, weights, x, line.as_mut_ptr().add(x)) };
    }
}

/// [`ROWS_STEP`] samples of the line from `x` on.
unsafe fn rows_step(rows: &[&[u8]], weights: &[i16], x: usize, line: *mut i16) {
    const VECTORS: usize = ROWS_STEP / 16;
    // SAFETY: the caller vouches for ROWS_STEP samples of each row from `x` on, and of the line.
    unsafe {
        let (zero, sign) = (vdupq_n_u8(0), vdupq_n_u8(0x80));
        let mut sums = [[vdupq_n_s16(0); 2]; VECTORS];
        for (row, weight) in rows.iter().zip(weights) {
            for (i, [low, high]) in sums.iter_mut().enumerate() {
                // in the upper byte of a word each, less 128
                let centred = veorq_u8(vld1q_u8(row.as_ptr().add(x + 16 * i)), sign);
                let left = vreinterpretq_s16_u8(vzip1q_u8(zero, centred));
                let right = vreinterpretq_s16_u8(vzip2q_u8(zero, centred));
                *low = vaddq_s16(*low, vqrdmulhq_n_s16(left, *weight));
                *high = vaddq_s16(*high, vqrdmulhq_n_s16(right, *weight));
            }
        }
        for (i, [low, high]) in sums.into_iter().enumerate() {
            vst1q_s16(line.add(16 * i), low);
            vst1q_s16(line.add(16 * i + 8), high);
        }
    }
}

pub(super) fn weigh_columns(line: &[i16], axis: &Axis, row: &mut [u8], lost: &mut [i16]) {
    assert!(
        row.len() <= axis.first.len() && line.len() >= axis.inputs + LANES,
        "a line with room at its end"
    );
    for (k, sample) in row.iter_mut().enumerate() {
        let weights = axis.weights(k);
        // SAFETY: the axis has whole lanes of weights for each output and reads from `first[k]` on, at most up to its
        // inputs filled up to whole lanes; the line is that long.
        let sum = unsafe {
            let inputs = line.as_ptr().add(axis.first[k]);
            let mut sums = vdupq_n_s32(0);
            let mut more = vdupq_n_s32(0);
            for i in (0..weights.len()).step_by(LANES) {
                let (input, weight) =
                    (vld1q_s16(inputs.add(i)), vld1q_s16(weights.as_ptr().add(i)));
                sums = vmlal_s16(sums, vget_low_s16(input), vget_low_s16(weight));
                more = vmlal_s16(more, vget_high_s16(input), vget_high_s16(weight));
            }
            vaddvq_s32(vaddq_s32(sums, more))
        };
        let value = (sum + COLUMNS_BIAS) >> COLUMNS_SHIFT;
        *sample = plain::clamp(value, &mut lost[k / SIDE]);
    }
}

pub(super) fn halve(upper: &[u8], lower: &[u8], row: &mut [u8]) {
    assert!(
        upper.len() == lower.len() && upper.len().div_ceil(2) >= row.len(),
        "whole rows"
    );
    let whole = row.len().min(upper.len() / 2) / STEP * STEP;
    for x in (0..whole).step_by(STEP) {
        // SAFETY: `2 * (x + STEP)` is at most the length of both rows, and `x + STEP` of the output.
        unsafe {
            // 1 and 2 in turns, and x is even
            let rounding = vreinterpretq_u16_u32(vdupq_n_u32(2 << 16 | 1));
            let pairs = vpaddlq_u8(vld1q_u8(upper.as_ptr().add(2 * x)));
            let sums = vpadalq_u8(pairs, vld1q_u8(lower.as_ptr().add(2 * x)));
            vst1_u8(
                row.as_mut_ptr().add(x),
                vshrn_n_u16::<2>(vaddq_u16(sums, rounding)),
            );
        }
    }
    plain::halve(upper, lower, whole, row);
}
