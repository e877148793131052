//! From rows that come in to rows of one output plane.

use super::{
    Window,
    axis::{Axis, Grid, LANES},
    clip::{self, Collector},
    kernels,
};
use crate::picture::planes::Plane;

/// Halve first while at least this ratio remains, so that the filter has no more than 26 taps.
const RATIO_AFTER_HALVING: f64 = 2.0;

/// An output plane in the making.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    rows: Axis,
    columns: Axis,
    /// One row of the input, weighed.
    line: Vec<i16>,
    /// The output row that comes next.
    next: usize,
    /// What the output loses.
    collector: Collector,
    /// The output.
    plane: Plane,
}

/// How often both axes are to be halved before the filter.
pub(crate) fn halvings(input: (Grid, Grid), output: (Grid, Grid)) -> usize {
    let mut scale = input.0.scale_to(output.0).min(input.1.scale_to(output.1));
    let mut times = 0;
    while scale >= 2.0 * RATIO_AFTER_HALVING {
        scale /= 2.0;
        times += 1;
    }
    times
}

impl Stream {
    /// From a plane on the grids `input` (columns, rows) to one on the grids `output`.
    pub(crate) fn new(input: (Grid, Grid), output: (Grid, Grid)) -> Self {
        Self {
            columns: Axis::new(input.0, output.0),
            rows: Axis::new(input.1, output.1),
            line: vec![0; input.0.samples + LANES],
            next: 0,
            collector: Collector::new(output.0.samples, output.1.samples),
            plane: Plane::new(output.0.samples, output.1.samples),
        }
    }

    /// Rows of the input that must stay in the window.
    pub(crate) fn taps(&self) -> usize {
        self.rows.taps
    }

    /// Makes every output row whose inputs have come.
    pub(crate) fn advance(&mut self, window: &Window) {
        let mut inputs: Vec<&[u8]> = Vec::with_capacity(self.rows.taps);
        while self.next < self.plane.height {
            let first = self.rows.first[self.next];
            let weights = used(self.rows.weights(self.next));
            if first + weights.len() > window.filled {
                break;
            }
            inputs.clear();
            inputs.extend((first..first + weights.len()).map(|y| window.row(y)));
            let columns = self.columns.inputs;
            let line = &mut self.line[..columns];
            kernels::weigh_rows(&inputs, weights, line);
            if let Some(clipped) = &window.clipped {
                clip::give_back(clipped, first, weights, line);
            }
            let width = self.plane.width;
            let row = &mut self.plane.data[self.next * width..][..width];
            kernels::weigh_columns(&self.line, &self.columns, row, self.collector.lost());
            self.collector.end_row(self.next);
            self.next += 1;
        }
    }

    /// The output, once all rows have come.
    pub(crate) fn finish(self) -> Plane {
        Plane {
            clipped: self.collector.finish(),
            ..self.plane
        }
    }
}

/// Without the zeros at the end, which only fill up.
fn used(weights: &[i16]) -> &[i16] {
    let zeros = weights
        .iter()
        .rev()
        .take_while(|weight| **weight == 0)
        .count();
    &weights[..weights.len() - zeros]
}

/// Moves what has come in `from` into `to`, which has half its columns and rows.
pub(crate) fn halve_into(from: &Window, to: &mut Window) {
    while to.filled < to.height {
        let (upper, lower) = (2 * to.filled, (2 * to.filled + 1).min(from.height - 1));
        if lower >= from.filled {
            break;
        }
        let width = to.width;
        kernels::halve(
            from.row(upper),
            from.row(lower),
            &mut to.row_mut(to.filled)[..width],
        );
        to.filled += 1;
    }
}
