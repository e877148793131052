//! The inner loops in AVX2.
#![allow(
    unsafe_code,
    reason = "vectors are loaded and stored through pointers; each is argued where it is made"
)]

use std::arch::x86_64::{
    __m128i, __m256i, _mm_extract_epi32, _mm_hadd_epi32, _mm_loadu_si128, _mm_madd_epi16,
    _mm_max_epi16, _mm_min_epi16, _mm_packs_epi32, _mm_packus_epi16, _mm_set1_epi16,
    _mm_setzero_si128, _mm_storel_epi64, _mm_sub_epi16, _mm_testz_si128, _mm256_add_epi16,
    _mm256_add_epi32, _mm256_castsi256_si128, _mm256_extracti128_si256, _mm256_hadd_epi32,
    _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_mulhrs_epi16,
    _mm256_packus_epi16, _mm256_permute2x128_si256, _mm256_permute4x64_epi64, _mm256_set1_epi8,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setzero_si256, _mm256_srai_epi32,
    _mm256_srli_epi16, _mm256_storeu_si256, _mm256_unpackhi_epi8, _mm256_unpacklo_epi8,
    _mm256_xor_si256, _mm256_zextsi128_si256,
};

use super::{
    axis::{Axis, COLUMNS_BIAS, COLUMNS_SHIFT, LANES},
    plain,
};
use crate::picture::clipped::SIDE;

/// Pixels of one step of `weigh_rows` and of `halve`, and outputs of one of `weigh_columns`.
const ROWS_STEP: usize = 64;
const STEP: usize = 16;
const OUTPUTS: usize = 8;

/// The processor has AVX2: only [`Avx2::find`] makes one.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    pub(super) fn find() -> Option<Self> {
        std::arch::is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

pub(super) fn weigh_rows(_: Avx2, rows: &[&[u8]], weights: &[i16], line: &mut [i16]) {
    assert!(
        rows.len() == weights.len() && rows.iter().all(|row| row.len() >= line.len()),
        "whole rows"
    );
    // SAFETY: AVX2 is there; every row has at least as many samples as the line.
    unsafe { rows_in_vectors(rows, weights, line) }
}

pub(super) fn weigh_columns(_: Avx2, line: &[i16], axis: &Axis, row: &mut [u8], lost: &mut [i16]) {
    assert!(
        row.len() <= axis.first.len() && line.len() >= axis.inputs + LANES,
        "a line with room at its end"
    );
    // SAFETY: AVX2 is there; the axis reads no further than `inputs`, filled up to whole lanes. A constant number of
    // lanes lets the compiler unroll the usual ones.
    unsafe {
        match axis.taps / LANES {
            1 => columns_in_vectors::<1>(line, axis, row, lost),
            2 => columns_in_vectors::<2>(line, axis, row, lost),
            3 => columns_in_vectors::<3>(line, axis, row, lost),
            _ => columns_in_vectors::<0>(line, axis, row, lost),
        }
    }
}

pub(super) fn halve(_: Avx2, upper: &[u8], lower: &[u8], row: &mut [u8]) {
    assert!(
        upper.len() == lower.len() && upper.len().div_ceil(2) >= row.len(),
        "whole rows"
    );
    // SAFETY: AVX2 is there; both rows have two samples for each of the output, but perhaps for its last.
    unsafe { halve_in_vectors(upper, lower, row) }
}

#[target_feature(enable = "avx2")]
unsafe fn rows_in_vectors(rows: &[&[u8]], weights: &[i16], line: &mut [i16]) {
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
#[target_feature(enable = "avx2")]
unsafe fn rows_step(rows: &[&[u8]], weights: &[i16], x: usize, line: *mut i16) {
    const VECTORS: usize = ROWS_STEP / 32;
    let (zero, sign) = (_mm256_setzero_si256(), _mm256_set1_epi8(i8::MIN));
    let mut low = [zero; VECTORS];
    let mut high = [zero; VECTORS];
    for (row, weight) in rows.iter().zip(weights) {
        let weight = _mm256_set1_epi16(*weight);
        for i in 0..VECTORS {
            // SAFETY: the caller vouches for ROWS_STEP samples of each row from `x` on.
            let samples = unsafe { _mm256_loadu_si256(row.as_ptr().add(x + 32 * i).cast()) };
            // in the upper byte of a word each, less 128
            let centred = _mm256_xor_si256(samples, sign);
            let (left, right) = (
                _mm256_unpacklo_epi8(zero, centred),
                _mm256_unpackhi_epi8(zero, centred),
            );
            low[i] = _mm256_add_epi16(low[i], _mm256_mulhrs_epi16(left, weight));
            high[i] = _mm256_add_epi16(high[i], _mm256_mulhrs_epi16(right, weight));
        }
    }
    for i in 0..VECTORS {
        // unpacking works within each half of a vector
        let first = _mm256_permute2x128_si256::<0x20>(low[i], high[i]);
        let second = _mm256_permute2x128_si256::<0x31>(low[i], high[i]);
        // SAFETY: the caller vouches for ROWS_STEP samples of the line.
        unsafe {
            _mm256_storeu_si256(line.add(32 * i).cast(), first);
            _mm256_storeu_si256(line.add(32 * i + 16).cast(), second);
        }
    }
}

/// `KNOWN` times [`LANES`] taps; 0: as many as the axis has.
#[target_feature(enable = "avx2")]
unsafe fn columns_in_vectors<const KNOWN: usize>(
    line: &[i16],
    axis: &Axis,
    row: &mut [u8],
    lost: &mut [i16],
) {
    let groups = if KNOWN == 0 { axis.taps / LANES } else { KNOWN };
    let whole = row.len() / OUTPUTS * OUTPUTS;
    let bias = _mm256_set1_epi32(COLUMNS_BIAS);
    for k in (0..whole).step_by(OUTPUTS) {
        // SAFETY: `k + OUTPUTS` is at most the number of outputs of the axis.
        let sums = |i: usize| unsafe { sum(line, axis, k + i, groups) };
        let sum01 = _mm256_hadd_epi32(sums(0), sums(1));
        let sum23 = _mm256_hadd_epi32(sums(2), sums(3));
        let sum45 = _mm256_hadd_epi32(sums(4), sums(5));
        let sum67 = _mm256_hadd_epi32(sums(6), sums(7));
        let (front, back) = (
            _mm256_hadd_epi32(sum01, sum23),
            _mm256_hadd_epi32(sum45, sum67),
        );
        // each half of `front` has parts of the sums 0 to 3, each of `back` of 4 to 7
        let lower = _mm256_permute2x128_si256::<0x20>(front, back);
        let upper = _mm256_permute2x128_si256::<0x31>(front, back);
        let sums = _mm256_add_epi32(_mm256_add_epi32(lower, upper), bias);
        let values = _mm256_srai_epi32::<COLUMNS_SHIFT>(sums);
        let words = _mm_packs_epi32(
            _mm256_castsi256_si128(values),
            _mm256_extracti128_si256::<1>(values),
        );
        // a word has an upper byte if it is not in 8 bits
        if _mm_testz_si128(words, _mm_set1_epi16(!0xff)) == 0 {
            note_lost(words, &mut lost[k / SIDE..]);
        }
        // SAFETY: `k + OUTPUTS` is at most the length of the row.
        unsafe {
            _mm_storel_epi64(
                row.as_mut_ptr().add(k).cast(),
                _mm_packus_epi16(words, words),
            );
        }
    }
    plain::weigh_columns(line, axis, whole, row, lost);
}

/// Adds what clamping takes from `values` to the sums of their squares.
#[cold]
#[target_feature(enable = "avx2")]
fn note_lost(values: __m128i, lost: &mut [i16]) {
    let clamped = _mm_max_epi16(
        _mm_min_epi16(values, _mm_set1_epi16(255)),
        _mm_setzero_si128(),
    );
    let pairs = _mm_madd_epi16(_mm_sub_epi16(values, clamped), _mm_set1_epi16(1));
    let squares = _mm_hadd_epi32(pairs, pairs);
    let first = i16::try_from(_mm_extract_epi32::<0>(squares)).unwrap_or_default();
    let second = i16::try_from(_mm_extract_epi32::<1>(squares)).unwrap_or_default();
    lost[0] += first;
    lost[1] += second;
}

/// A step of outputs fills whole squares.
const _: () = assert!(OUTPUTS == 2 * SIDE, "two squares");

/// Eight partial sums of output `k`.
#[target_feature(enable = "avx2")]
unsafe fn sum(line: &[i16], axis: &Axis, k: usize, groups: usize) -> __m256i {
    let mut sum = _mm256_setzero_si256();
    // SAFETY: `k` is an output of the axis, which has `groups * LANES` weights for it and reads from `first[k]` on, at
    // most up to its inputs filled up to whole lanes; the line is that long.
    unsafe {
        let inputs = line.as_ptr().add(*axis.first.get_unchecked(k));
        let weights = axis.weights.as_ptr().add(k * groups * LANES);
        for i in (0..groups / 2 * 2).step_by(2) {
            let input: __m256i = _mm256_loadu_si256(inputs.add(i * LANES).cast());
            let weight = _mm256_loadu_si256(weights.add(i * LANES).cast());
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(input, weight));
        }
        if groups % 2 == 1 {
            let input: __m128i = _mm_loadu_si128(inputs.add((groups - 1) * LANES).cast());
            let weight = _mm_loadu_si128(weights.add((groups - 1) * LANES).cast());
            sum = _mm256_add_epi32(sum, _mm256_zextsi128_si256(_mm_madd_epi16(input, weight)));
        }
    }
    sum
}

#[target_feature(enable = "avx2")]
unsafe fn halve_in_vectors(upper: &[u8], lower: &[u8], row: &mut [u8]) {
    let whole = row.len().min(upper.len() / 2) / STEP * STEP;
    let ones = _mm256_set1_epi8(1);
    let rounding = _mm256_set1_epi32(2 << 16 | 1); // 1 and 2 in turns, and x is even
    for x in (0..whole).step_by(STEP) {
        // SAFETY: `2 * (x + STEP)` is at most the length of both rows.
        let load = |row: &[u8]| unsafe { _mm256_loadu_si256(row.as_ptr().add(2 * x).cast()) };
        let pairs = |row| _mm256_maddubs_epi16(load(row), ones);
        let sums = _mm256_add_epi16(_mm256_add_epi16(pairs(upper), pairs(lower)), rounding);
        let means = _mm256_srli_epi16::<2>(sums);
        let packed = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(means, means));
        // SAFETY: `x + STEP` is at most the length of the row.
        unsafe { store_half(row.as_mut_ptr().add(x), packed) };
    }
    plain::halve(upper, lower, whole, row);
}

/// Stores the lower half of a vector: 16 bytes.
#[target_feature(enable = "avx2")]
unsafe fn store_half(to: *mut u8, vector: __m256i) {
    // SAFETY: the caller has room for 16 bytes.
    unsafe { std::arch::x86_64::_mm_storeu_si128(to.cast(), _mm256_castsi256_si128(vector)) }
}
