//! Keeps what clamping cuts off from the rows of a plane, and gives it back to what is made of the plane.

use multiversion::multiversion;

use super::axis::{LINE_BITS, WEIGHT_BITS};
use crate::picture::clipped::{Clipped, SIDE};

/// Collects what the rows of one plane lose.
#[derive(Debug, Clone)]
pub(super) struct Collector {
    clipped: Clipped,
    /// Sums of the squares of the present rows, in levels.
    lost: Vec<i16>,
    width: usize,
    height: usize,
}

impl Collector {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let clipped = Clipped {
            side: SIDE,
            rows: Vec::new(),
        };
        Self {
            clipped,
            lost: vec![0; width.div_ceil(SIDE)],
            width,
            height,
        }
    }

    /// Where the losses of the next row are added: one sum for [`SIDE`] samples.
    pub(super) fn lost(&mut self) -> &mut [i16] {
        &mut self.lost
    }

    /// Row `y` is made. With the last row of its squares, their means are kept.
    pub(super) fn end_row(&mut self, y: usize) {
        let is_last = y % SIDE == SIDE - 1 || y + 1 == self.height;
        if !is_last || self.lost.iter().all(|sum| *sum == 0) {
            return;
        }
        let rows = y % SIDE + 1;
        let mut means: Vec<i16> = self
            .lost
            .iter()
            .map(|sum| mean(*sum, rows * SIDE))
            .collect();
        let part = self.width % SIDE;
        if let Some(last) = means.last_mut().filter(|_| part > 0) {
            *last = mean(self.lost[self.width / SIDE], rows * part);
        }
        self.clipped.rows.resize(y / SIDE, Vec::new());
        self.clipped.rows.push(means);
        self.lost.fill(0);
    }

    /// What the plane has lost, if anything.
    pub(super) fn finish(self) -> Option<Clipped> {
        (!self.clipped.rows.is_empty()).then_some(self.clipped)
    }
}

/// The mean of a square, in 128ths of a level.
fn mean(sum: i16, samples: usize) -> i16 {
    let samples = i32::try_from(samples).unwrap_or(i32::MAX);
    i16::try_from((i32::from(sum) << LINE_BITS) / samples).unwrap_or_default()
}

/// Adds to `line`, which is the rows from `first` on times `weights`, what these rows have lost.
pub(super) fn give_back(clipped: &Clipped, first: usize, weights: &[i16], line: &mut [i16]) {
    let mut sums = Vec::new();
    let mut i = 0;
    while i < weights.len() {
        let row = (first + i) / clipped.side;
        let own = &weights[i..weights.len().min((row + 1) * clipped.side - first)];
        i += own.len();
        if let Some(means) = clipped.rows.get(row) {
            sums.resize(sums.len().max(means.len()), 0);
            let weight = own.iter().map(|weight| i32::from(*weight)).sum();
            weigh(means, weight, &mut sums);
        }
    }
    match clipped.side {
        4 => add::<4>(&sums, line),
        2 => add::<2>(&sums, line),
        _ => add::<1>(&sums, line),
    }
}

/// Adds `means` times `weight` to `sums`.
#[multiversion(targets("x86_64+avx2"))]
fn weigh(means: &[i16], weight: i32, sums: &mut [i32]) {
    for (sum, mean) in sums.iter_mut().zip(means) {
        *sum += i32::from(*mean) * weight;
    }
}

/// Adds each of `sums` to its `SIDE` samples.
#[multiversion(targets("x86_64+avx2"))]
fn add<const SIDE: usize>(sums: &[i32], line: &mut [i16]) {
    let more = |sum: i32| {
        let more = (sum + (1 << (WEIGHT_BITS - 1))) >> WEIGHT_BITS;
        i16::try_from(more).unwrap_or_default()
    };
    // in arrays, which become vectors
    let (squares, last) = line.as_chunks_mut::<SIDE>();
    for (samples, sum) in squares.iter_mut().zip(sums) {
        let more = more(*sum);
        *samples = samples.map(|sample| sample.saturating_add(more));
    }
    if let Some(sum) = sums.get(squares.len()) {
        for sample in last {
            *sample = sample.saturating_add(more(*sum));
        }
    }
}

/// Halving makes squares smaller; the sides that occur are written out in [`give_back`].
const _: () = assert!(SIDE == 4, "sides of 4, 2 and 1");
