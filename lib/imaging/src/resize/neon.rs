//! The inner loops in NEON, which every aarch64 processor has.
#![allow(
    unsafe_code,
    reason = "vectors are loaded and stored through pointers; each is argued where it is made"
)]

use std::arch::aarch64::{
    vaddq_s32, vaddvq_s32, vcombine_s16, vdupq_n_s32, vget_high_s16, vget_high_u8, vget_low_s16,
    vget_low_u8, vld1q_s16, vld1q_u8, vmlal_n_s16, vmlal_s16, vmovl_u8, vqmovn_s32,
    vreinterpretq_s16_u16, vshrq_n_s32, vst1q_s16,
};

use super::{
    axis::Axis,
    kernels::{COLUMNS_SHIFT, LANES, ROWS_SHIFT, plain},
};

/// Pixels of one step of `weigh_rows`.
const STEP: usize = 16;

pub(super) fn weigh_rows(rows: &[&[u8]], weights: &[i16], line: &mut [i16]) {
    assert!(
        rows.len() == weights.len() && rows.iter().all(|row| row.len() >= line.len()),
        "whole rows"
    );
    let whole = line.len() / STEP * STEP;
    for x in (0..whole).step_by(STEP) {
        // SAFETY: `x + STEP` is at most the length of the line, hence of each row.
        unsafe {
            let mut sums = [vdupq_n_s32(1 << (ROWS_SHIFT - 1)); 4];
            for (row, weight) in rows.iter().zip(weights) {
                let samples = vld1q_u8(row.as_ptr().add(x));
                let left = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(samples)));
                let right = vreinterpretq_s16_u16(vmovl_u8(vget_high_u8(samples)));
                sums[0] = vmlal_n_s16(sums[0], vget_low_s16(left), *weight);
                sums[1] = vmlal_n_s16(sums[1], vget_high_s16(left), *weight);
                sums[2] = vmlal_n_s16(sums[2], vget_low_s16(right), *weight);
                sums[3] = vmlal_n_s16(sums[3], vget_high_s16(right), *weight);
            }
            let narrow = |sum| vqmovn_s32(vshrq_n_s32::<ROWS_SHIFT>(sum));
            let to = line.as_mut_ptr().add(x);
            vst1q_s16(to, vcombine_s16(narrow(sums[0]), narrow(sums[1])));
            vst1q_s16(
                to.add(STEP / 2),
                vcombine_s16(narrow(sums[2]), narrow(sums[3])),
            );
        }
    }
    plain::weigh_rows(rows, weights, whole, line);
}

pub(super) fn weigh_columns(line: &[i16], axis: &Axis, row: &mut [u8]) {
    assert!(
        row.len() <= axis.first.len() && line.len() >= axis.inputs + LANES,
        "a line with room at its end"
    );
    for (k, sample) in row.iter_mut().enumerate() {
        let weights = axis.weights(k);
        let mut sum = 0;
        // SAFETY: the axis has whole lanes of weights for each output and reads from `first[k]` on, at most up to its
        // inputs filled up to whole lanes; the line is that long.
        unsafe {
            let inputs = line.as_ptr().add(axis.first[k]);
            let mut sums = vdupq_n_s32(0);
            let mut more = vdupq_n_s32(0);
            for i in (0..weights.len()).step_by(LANES) {
                let (input, weight) =
                    (vld1q_s16(inputs.add(i)), vld1q_s16(weights.as_ptr().add(i)));
                sums = vmlal_s16(sums, vget_low_s16(input), vget_low_s16(weight));
                more = vmlal_s16(more, vget_high_s16(input), vget_high_s16(weight));
            }
            sum += vaddvq_s32(vaddq_s32(sums, more));
        }
        let value = (sum + (1 << (COLUMNS_SHIFT - 1))) >> COLUMNS_SHIFT;
        *sample = u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX);
    }
}
