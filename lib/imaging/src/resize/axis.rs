//! Which input samples make an output sample, and how much of each.

use std::f64::consts::PI;

use super::kernels::{LANES, WEIGHT_BITS};

/// Where the samples of one axis of a plane lie: sample `k` covers `[k, k + 1)` of `position * per_pixel + offset`,
/// where `position` is in pixels of the original.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Grid {
    /// Samples for one pixel of the original.
    pub per_pixel: f64,
    /// Where the original's first pixel begins.
    pub offset: f64,
    /// Number of samples.
    pub samples: usize,
}

impl Grid {
    /// The grid after joining samples in pairs.
    pub(crate) fn halved(self) -> Self {
        Self {
            per_pixel: self.per_pixel / 2.0,
            offset: self.offset / 2.0,
            samples: self.samples.div_ceil(2),
        }
    }

    /// How many samples of `self` one sample of `output` covers.
    pub(crate) fn scale_to(self, output: Self) -> f64 {
        self.per_pixel / output.per_pixel
    }
}

/// Radius of the filter in samples of the coarser grid: Lanczos with three lobes.
const RADIUS: f64 = 3.0;

/// The weights of an axis: output `k` is the sum of `weights(k)` times the inputs from `first[k]` on.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    /// Number of inputs. Weights may reach past them by less than [`LANES`], with zeros.
    pub inputs: usize,
    /// First input of each output.
    pub first: Vec<usize>,
    /// Weights of each output, the same number for all and a multiple of [`LANES`]: the last may be zero.
    pub taps: usize,
    /// `taps` for each output; they sum to `1 << WEIGHT_BITS`.
    pub weights: Vec<i16>,
}

impl Axis {
    pub(crate) fn new(input: Grid, output: Grid) -> Self {
        let scale = input.scale_to(output);
        let start = input.offset - output.offset * scale;
        let stretch = scale.max(1.0);
        let rows: Vec<(usize, Vec<i16>)> = (0..output.samples)
            .map(|k| weigh(start + (to_f64(k) + 0.5) * scale, stretch, input.samples))
            .collect();
        let most = rows.iter().map(|(_, weights)| weights.len()).max();
        let taps = most.unwrap_or(1).next_multiple_of(LANES);
        let mut axis = Self {
            inputs: input.samples,
            first: Vec::new(),
            taps,
            weights: Vec::new(),
        };
        // so far to the right that whole vectors of inputs end less than LANES past the last
        let rightmost = (input.samples + LANES - 1).saturating_sub(taps);
        for (first, weights) in rows {
            let moved = first.min(rightmost);
            axis.first.push(moved);
            axis.weights.extend(std::iter::repeat_n(0, first - moved));
            axis.weights.extend(&weights);
            axis.weights.resize(axis.first.len() * taps, 0);
        }
        axis
    }

    /// The weights of output `k`.
    pub(crate) fn weights(&self, k: usize) -> &[i16] {
        &self.weights[k * self.taps..][..self.taps]
    }
}

/// The first input and the weights around `centre`, cut off at the ends of the input.
fn weigh(centre: f64, stretch: f64, samples: usize) -> (usize, Vec<i16>) {
    let last = to_f64(samples - 1);
    let from = (centre - RADIUS * stretch).floor().clamp(0.0, last);
    let to = (centre + RADIUS * stretch).ceil().clamp(from, last);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the samples above"
    )]
    let (from, to) = (from as usize, to as usize);
    let exact: Vec<f64> = (from..=to)
        .map(|i| lanczos((to_f64(i) + 0.5 - centre) / stretch))
        .collect();
    let sum: f64 = exact.iter().sum();
    if sum.abs() < 1e-6 {
        // the centre is far outside the input: its end goes on for ever
        return (
            if centre <= 0.0 { from } else { to },
            vec![1 << WEIGHT_BITS],
        );
    }
    let mut weights: Vec<i16> = exact.iter().map(|weight| quantise(weight / sum)).collect();
    balance(&mut weights);
    let leading = weights.iter().take_while(|weight| **weight == 0).count();
    let trailing = weights
        .iter()
        .rev()
        .take_while(|weight| **weight == 0)
        .count();
    weights.truncate(weights.len() - trailing);
    weights.drain(..leading);
    (from + leading, weights)
}

/// Gives what rounding lost or gained to the largest weight, so that flat areas stay as they are.
fn balance(weights: &mut [i16]) {
    let sum: i32 = weights.iter().map(|weight| i32::from(*weight)).sum();
    let error = (1 << WEIGHT_BITS) - sum;
    if let Some(largest) = weights.iter_mut().max_by_key(|weight| **weight) {
        *largest = i16::try_from(i32::from(*largest) + error).unwrap_or(*largest);
    }
}

fn quantise(weight: f64) -> i16 {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "weights are between -1 and 2, the range of i16 in 14 bits of fraction"
    )]
    let fixed = (weight * f64::from(1 << WEIGHT_BITS)).round() as i16;
    fixed
}

fn lanczos(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        1.0
    } else if x.abs() >= RADIUS {
        0.0
    } else {
        let (a, b) = (PI * x, PI * x / RADIUS);
        a.sin() / a * (b.sin() / b)
    }
}

/// Sides have at most 32 bits, which a double holds exactly.
fn to_f64(samples: usize) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53 samples")]
    let exact = samples as f64;
    exact
}
