//! Which input samples make an output sample, and how much of each.

use std::f64::consts::PI;

/// Bits of fraction of a weight.
pub(super) const WEIGHT_BITS: i32 = 14;
/// Bits of fraction of a sample between the two passes. It is 128 less than the sample, so that it fits into 16 bits.
pub(super) const LINE_BITS: i32 = 7;
/// From a sample of 8 bits, less 128 and times 256, times a weight, to a sample of the line: what `mulhrs` and `sqrdmulh` do.
pub(super) const ROWS_SHIFT: i32 = WEIGHT_BITS + 8 - LINE_BITS;
/// From a sum of weighed samples of the line to 8 bits.
pub(super) const COLUMNS_SHIFT: i32 = WEIGHT_BITS + LINE_BITS;
/// What is added before that shift: a half to round, and the 128.
pub(super) const COLUMNS_BIAS: i32 = (1 << (COLUMNS_SHIFT - 1)) + (128 << COLUMNS_SHIFT);

/// Weights of an output are filled up with zeros to a multiple of this, and lines are longer by as much,
/// so that they can be read in whole vectors.
pub(super) const LANES: usize = 8;

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

/// A weight for each distance.
struct Filter {
    /// The distance from which on it is zero, in samples of the coarser grid.
    radius: f64,
    weight: fn(f64) -> f64,
}

/// Lanczos with three lobes, to reduce.
const LANCZOS: Filter = Filter {
    radius: LOBES,
    weight: lanczos,
};

/// To enlarge, which happens to chroma alone: what decoders of JPEG and WebP do with halved chroma ("fancy upsampling"), and what
/// browsers therefore show. Lanczos overshoots at edges of colour.
const TRIANGLE: Filter = Filter {
    radius: 1.0,
    weight: triangle,
};

/// To enlarge to more than twice the samples, which libjpeg repeats.
const BOX: Filter = Filter {
    radius: 0.5,
    weight: |x| if x.abs() <= 0.5 { 1.0 } else { 0.0 },
};

impl Filter {
    /// For an output whose samples cover `scale` of the input's.
    fn of(scale: f64) -> Self {
        if scale >= 1.0 {
            LANCZOS
        } else if scale >= 0.5 {
            TRIANGLE
        } else {
            BOX
        }
    }
}

const LOBES: f64 = 3.0;

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
        Self::with_period(input, output, Period::of(input.scale_to(output)).as_ref())
    }

    fn with_period(input: Grid, output: Grid, period: Option<&Period>) -> Self {
        let scale = input.scale_to(output);
        let start = input.offset - output.offset * scale;
        let filter = Filter::of(scale);
        let stretch = scale.max(1.0);
        let mut exact = Vec::new();
        let mut spans = Vec::with_capacity(output.samples);
        let mut weights = Vec::new();
        let is_inside = |centre: f64| {
            let reach = filter.radius * stretch;
            centre - reach >= 0.0 && centre + reach <= to_f64(input.samples) - 1.0
        };
        for k in 0..output.samples {
            let centre = start + (to_f64(k) + 0.5) * scale;
            if let Some(period) = period
                && k >= period.outputs
                && is_inside(centre - to_f64(period.inputs))
                && is_inside(centre)
            {
                let before: &Span = &spans[k - period.outputs];
                spans.push(Span {
                    first: before.first + period.inputs,
                    ..*before
                });
                continue;
            }
            let first = weigh(&filter, centre, stretch, input.samples, &mut exact);
            let begin = weights.len();
            weights.extend(exact.iter().map(|weight| quantise(*weight)));
            balance(&mut weights[begin..]);
            spans.push(trim(&weights, begin, first));
        }
        Self::aligned(input.samples, &spans, &weights)
    }

    /// Gives every output the same number of whole lanes of weights.
    fn aligned(inputs: usize, spans: &[Span], weights: &[i16]) -> Self {
        let most = spans.iter().map(|span| span.length).max();
        let taps = most.unwrap_or(1).next_multiple_of(LANES);
        let mut axis = Self {
            inputs,
            first: Vec::with_capacity(spans.len()),
            taps,
            weights: vec![0; taps * spans.len()],
        };
        // so far to the right that whole vectors of inputs end less than LANES past the last
        let rightmost = (inputs + LANES - 1).saturating_sub(taps);
        for (span, aligned) in spans.iter().zip(axis.weights.chunks_exact_mut(taps)) {
            let moved = span.first.min(rightmost);
            axis.first.push(moved);
            aligned[span.first - moved..][..span.length]
                .copy_from_slice(&weights[span.begin..][..span.length]);
        }
        axis
    }

    /// The weights of output `k`.
    pub(crate) fn weights(&self, k: usize) -> &[i16] {
        &self.weights[k * self.taps..][..self.taps]
    }
}

/// After so many outputs, and inputs, the weights come again.
struct Period {
    outputs: usize,
    inputs: usize,
}

impl Period {
    /// Of most photos' sizes it is a few dozen; a longer one is not worth looking for.
    const LONGEST: usize = 256;

    fn of(scale: f64) -> Option<Self> {
        (1..=Self::LONGEST).find_map(|outputs| {
            let inputs = to_f64(outputs) * scale;
            let whole = inputs.round();
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a few times the side of a picture at most"
            )]
            ((inputs - whole).abs() < 1e-9).then_some(Self {
                outputs,
                inputs: whole as usize,
            })
        })
    }
}

/// The weights of an output that are not zero; outputs a [`Period`] apart share them.
struct Span {
    /// Its first input.
    first: usize,
    /// Where its weights begin, and how many they are.
    begin: usize,
    length: usize,
}

/// What of the weights from `begin` on, which start at input `first`, is not zero at either end.
fn trim(weights: &[i16], begin: usize, first: usize) -> Span {
    let own = &weights[begin..];
    let leading = own.iter().take_while(|weight| **weight == 0).count();
    let trailing = own.iter().rev().take_while(|weight| **weight == 0).count();
    Span {
        first: first + leading,
        begin: begin + leading,
        length: own.len() - leading - trailing,
    }
}

/// Puts the weights around `centre`, cut off at the ends of the input, into `weights` and returns the first input.
fn weigh(
    filter: &Filter,
    centre: f64,
    stretch: f64,
    samples: usize,
    weights: &mut Vec<f64>,
) -> usize {
    let last = to_f64(samples - 1);
    let from = (centre - filter.radius * stretch).floor().clamp(0.0, last);
    let to = (centre + filter.radius * stretch).ceil().clamp(from, last);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the samples above"
    )]
    let (from, to) = (from as usize, to as usize);
    let step = 1.0 / stretch;
    let begin = (to_f64(from) + 0.5 - centre) * step;
    weights.clear();
    weights.extend((0..=to - from).map(|i| (filter.weight)(begin + to_f64(i) * step)));
    let sum: f64 = weights.iter().sum();
    if sum.abs() < 1e-6 {
        // the centre is far outside the input: its end goes on for ever
        weights.clear();
        weights.push(1.0);
        return if centre <= 0.0 { from } else { to };
    }
    for weight in weights {
        *weight /= sum;
    }
    from
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

/// `sin(pi x) / (pi x) * sin(pi x / 3) / (pi x / 3)` for `|x| < 3`. Made of additions, multiplications and divisions only, so
/// that it is the same on every processor, and an order faster than two sines of the C library.
fn lanczos(x: f64) -> f64 {
    let third = PI / LOBES * x.abs();
    if third < 1e-6 {
        return 1.0;
    }
    if third >= PI {
        return 0.0;
    }
    let sine = sine(third.min(PI - third));
    // sin(3 a) = 3 sin a - 4 sin^3 a
    let triple = sine * (3.0 - 4.0 * sine * sine);
    sine * triple / (LOBES * third * third)
}

/// 1 at 0, falling to 0 at a distance of 1.
fn triangle(x: f64) -> f64 {
    (1.0 - x.abs()).max(0.0)
}

/// Sine between 0 and pi / 2: its Taylor series, which is within 1e-9 there.
fn sine(angle: f64) -> f64 {
    const FACTORS: [f64; 7] = [
        -1.0 / 1_307_674_368_000.0,
        1.0 / 6_227_020_800.0,
        -1.0 / 39_916_800.0,
        1.0 / 362_880.0,
        -1.0 / 5_040.0,
        1.0 / 120.0,
        -1.0 / 6.0,
    ];
    let square = angle * angle;
    let series = FACTORS
        .iter()
        .fold(0.0, |sum, factor| sum * square + factor);
    angle * (1.0 + square * series)
}

/// Sides have at most 32 bits, which a double holds exactly.
fn to_f64(samples: usize) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53 samples")]
    let exact = samples as f64;
    exact
}

#[cfg(test)]
mod tests {
    use super::{Axis, Grid, PI, Period, lanczos, to_f64};

    fn grid(samples: usize, per_pixel: f64) -> Grid {
        Grid {
            per_pixel,
            offset: 0.0,
            samples,
        }
    }

    #[test]
    fn weights_that_come_again_are_those_that_would_be_computed() {
        for (inputs, outputs, length) in [
            (4032, 1920, Some(10)),
            (5472, 1920, Some(20)),
            (640, 640, Some(1)),
            (100, 150, Some(3)),
            (3999, 1913, None),
        ] {
            let (input, output) = (
                grid(inputs, 1.0),
                grid(outputs, to_f64(outputs) / to_f64(inputs)),
            );
            let period = Period::of(input.scale_to(output));
            assert_eq!(period.as_ref().map(|period| period.outputs), length);
            let repeated = Axis::with_period(input, output, period.as_ref());
            let computed = Axis::with_period(input, output, None);
            assert_eq!(repeated.first, computed.first, "{inputs} to {outputs}");
            assert_eq!(repeated.weights, computed.weights, "{inputs} to {outputs}");
        }
    }

    #[test]
    fn lanczos_is_its_formula() {
        for i in -4000..4000 {
            let x = f64::from(i) / 1000.0;
            let expected = if i == 0 {
                1.0
            } else if x.abs() >= 3.0 {
                0.0
            } else {
                (PI * x).sin() / (PI * x) * ((PI * x / 3.0).sin() / (PI * x / 3.0))
            };
            assert!((lanczos(x) - expected).abs() < 1e-8, "at {x}");
        }
    }
}
